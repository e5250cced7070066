"""What needs a look, and answers given in place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Template

from app.errors import Invalid
from app.i18n import _
from app.models import Finding
from app.services import Member, Services
from app.services.imports import Decision
from app.web.guards import MEMBER
from app.web.htmx import is_htmx
from app.web.render import page_or_partial, partial, redirect
from app.web.types import AnyRequest, FormBody, MemberDep, Reply, ServicesDep

HABITS = 3  # months whose filings make the first guesses


def number(data: dict[str, str], name: str) -> int:
    text = data.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid(_("Choose an answer."), field=name)
    return int(text)


def answered(request: AnyRequest, services: Services, message: str) -> Reply:
    """Say what was done, with Undo; the page's cards look again."""
    if not is_htmx(request):
        return redirect(request, "/")
    change_set = services.journal.change_set_id
    return partial(
        "toast", event="saldo:changed", message=message, undo_url=f"/activity/{change_set}/undo" if change_set else ""
    )


async def questions(services: Services, member: Member, whole: bool = False) -> dict[str, Any]:
    """What templates show of the inbox: all of it, or the few that the overview has room for."""
    history = await services.insights.history(member.book.months.of(services.today), HABITS)
    inboxes = services.inbox
    inbox = await (inboxes.all if whole else inboxes.look)(history.labels, history.months)
    if inbox.unfiled:
        inbox = await inboxes.guessed(inbox, history.labels, await services.categorisation.ready())
    return {"inbox": inbox, "account_names": {each.id: each.name for each in await services.accounts.all()}}


def compared(findings: Iterable[Finding]) -> set[int]:
    """Ids of the transactions that findings are about or are compared with."""
    return {id_ for each in findings for id_ in (each.transaction_id, *each.comparable) if id_ is not None}


class InboxController(Controller):
    path = "/inbox"
    opt = MEMBER

    @get("/", name="inbox")
    async def show_inbox(self, request: AnyRequest, services: ServicesDep, member: MemberDep) -> Template:
        """Every question, with what it is about."""
        context = await questions(services, member, whole=True)
        lines = await services.transaction_list.lines(sorted(compared(context["inbox"].findings)))
        return page_or_partial(
            request,
            "inbox",
            "inbox/list",
            **context,
            lines={each.id: each for each in lines},
            recurring=len(await services.recurring_candidates.open()),
        )

    @get("/card", name="inbox:card")
    async def card(self, services: ServicesDep, member: MemberDep) -> Template:
        """The overview's questions again, with guesses that the overview does not wait for."""
        return partial("overview/inbox", **await questions(services, member), guessing=False)

    @post("/line", name="inbox:line", status_code=200)
    async def line(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Reply:
        """Say of a file's line whether it is one that is booked already."""
        answer: Decision
        if data.get("answer") == "book":
            answer = "book"
        elif data.get("answer") == "skip":
            answer = "skip"
        else:
            raise Invalid(_("Choose an answer."), field="answer")
        await services.imports.decide(number(data, "batch"), {number(data, "line"): answer})
        await services.session.flush()
        return answered(request, services, _("Kept both") if answer == "book" else _("Skipped as a duplicate"))

    @post("/{transaction_id:int}/file", name="inbox:file", status_code=200)
    async def file(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int], data: FormBody
    ) -> Reply:
        """File a line in the category whose button was pressed."""
        row = await services.transactions.recategorise(transaction_id, number(data, "category"))
        await services.session.flush()
        name = (await services.categories.by_id())[row.category_id or 0].name
        return answered(request, services, _("Categorized as {category}", category=name))

    @post("/transfer", name="inbox:transfer", status_code=200)
    async def transfer(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Reply:
        """Tie two lines that are the sides of one transfer, or remember that they are none."""
        source, target, apart = number(data, "source"), number(data, "target"), data.get("answer") == "apart"
        await (services.transfers.keep_apart if apart else services.transfers.link)(source, target)
        return answered(request, services, _("Kept as two transactions") if apart else _("Linked as a transfer"))

"""Review: transactions and findings that need an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Template

from app.domain.ids import read_id
from app.errors import Invalid
from app.i18n import _, ngettext
from app.models import Finding
from app.services import Member, Services
from app.services.imports import Decision
from app.services.inbox import MAX_LINES
from app.web.forms import parse_id
from app.web.guards import MEMBER
from app.web.render import page_or_partial, partial
from app.web.types import AnyRequest, FormBody, MemberDep, Reply, ServicesDep
from app.web.undo import CHANGED, respond_with_undo

HISTORY_MONTHS = 3  # for the first suggestions


async def questions(services: Services, member: Member, whole: bool = False) -> dict[str, Any]:
    """Return the open questions for the templates: all of them, or the few that the overview shows."""
    history = await services.insights.history(member.book.months.of(services.today), HISTORY_MONTHS)
    inboxes = services.inbox
    inbox = await (inboxes.get_all if whole else inboxes.get_preview)(history.labels, history.months)
    if inbox.uncategorized:
        inbox = await inboxes.add_suggestions(inbox, history.labels, await services.categorisation.load())
    return {"inbox": inbox, "account_names": {each.id: each.name for each in await services.accounts.all()}}


def compared(findings: Iterable[Finding]) -> set[int]:
    """Return the ids of the transactions that findings are about or compare with."""
    return {id_ for each in findings for id_ in (each.transaction_id, *each.comparable) if id_ is not None}


class InboxController(Controller):
    path = "/inbox"
    opt = MEMBER

    @get("/", name="inbox")
    async def show_inbox(self, request: AnyRequest, services: ServicesDep, member: MemberDep) -> Template:
        """Show all open questions."""
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
        """Return the review card of the overview with suggested categories, which the overview doesn't wait for."""
        return partial("overview/inbox", **await questions(services, member), guessing=False)

    @get("/count", name="inbox:count", opt={"cached": True})
    async def count(self, services: ServicesDep) -> Template:
        """The number of open questions, for the badges of the navigation."""
        return partial("inbox/count", inbox=await services.inbox.get_all({}, ()))

    @post("/line", name="inbox:line", status_code=200)
    async def decide_line(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Reply:
        """Say whether a line of a bank file is new or a duplicate."""
        answers: dict[str, tuple[Decision, str]] = {
            "book": ("book", _("Kept both")),
            "skip": ("skip", _("Skipped as a duplicate")),
        }
        if data.get("answer") not in answers:
            raise Invalid(_("Choose an answer."), field="answer")
        decision, message = answers[data["answer"]]
        await services.import_decisions.decide(parse_id(data, "batch"), {parse_id(data, "line"): decision})
        return await respond_with_undo(request, services, "/", event=CHANGED, message=message)

    @post("/{transaction_id:int}/file", name="inbox:categorise", status_code=200)
    async def categorise(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int], data: FormBody
    ) -> Reply:
        """Give the transactions of a question the category whose button was pressed."""
        others = [id_ for each in data.get("others", "").split(",")[:MAX_LINES] if (id_ := read_id(each)) is not None]
        category_id = parse_id(data, "category")
        changed = await services.inbox.categorise([transaction_id, *others], category_id)
        name = (await services.categories.by_id())[category_id].name
        message = (
            ngettext("Categorized as {category}", "Categorized {n} transactions as {category}", changed, category=name)
            if changed
            else _("Already categorized")
        )
        return await respond_with_undo(request, services, "/", event=CHANGED, message=message)

    @post("/transfer", name="inbox:transfer", status_code=200)
    async def decide_transfer(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Reply:
        """Link two transactions as a transfer, or remember that they are none."""
        source, target = parse_id(data, "source"), parse_id(data, "target")
        if data.get("answer") == "apart":
            await services.transfers.dismiss_pair(source, target)
            message = _("Kept as two transactions")
        else:
            await services.transfers.link(source, target)
            message = _("Linked as a transfer")
        return await respond_with_undo(request, services, "/", event=CHANGED, message=message)

"""Every route says who may use it, and nobody reaches another household's rows through any of them."""

from __future__ import annotations

import re
from datetime import date
from uuid import uuid4

import pytest
from litestar.routes import HTTPRoute
from sqlalchemy import select

from app.asgi import create_litestar
from app.models import (
    Account,
    ApiToken,
    Attachment,
    AuthSession,
    Candidate,
    Category,
    CategoryGroup,
    CategoryKind,
    ChangeSet,
    Finding,
    ImportBatch,
    ImportRow,
    Job,
    Payee,
    Rate,
    Recurring,
    RowOutcome,
    Rule,
    SavedFilter,
    Tag,
    Transaction,
)
from app.services.recurring import bill_id_of

NOBODY = 987_654_321
DAY = date(2026, 3, 1)
POLICIES = {"public", "member", "admin"}
#: Path parameters that are words: one that the route knows.
WORDS = {"verb": "archive", "form": "csv", "state": "archive", "way": "up", "name": "none", "card": "latest"}


def walk():
    """Each (path, method, handler) of the application, but for what Litestar adds by itself."""
    for route in create_litestar().routes:
        if isinstance(route, HTTPRoute):
            for method, (handler, _asgi) in route.route_handler_map.items():
                if method not in ("OPTIONS", "HEAD"):
                    yield route.path, method, handler


ROUTES = sorted(walk(), key=lambda each: each[:2])
names = [f"{method} {path}" for path, method, _handler in ROUTES]


@pytest.mark.parametrize(("path", "method", "handler"), ROUTES, ids=names)
def test_a_route_declares_its_policy(path, method, handler):
    assert handler.opt.get("policy") in POLICIES, f"{method} {path} needs opt = PUBLIC, MEMBER or ADMIN"


def parameters(path):
    return re.findall(r"{(\w+):(\w+)}", path)


def is_private(handler):
    return handler.opt.get("policy") != "public"


PRIVATE = [each for each in ROUTES if is_private(each[2])]
WITH_ID = [each for each in PRIVATE if any(kind == "int" for _name, kind in parameters(each[0]))]


# What Alice owns: the name of the path parameter, and how a row of it is made.


async def own(services, row):
    services.session.add(row)
    await services.session.flush()
    return row.id


async def account(services):
    found = await services.session.scalars(
        select(Account.id).where(Account.book_id == services.member.book.id).order_by(Account.id)
    )
    return found.first()


async def group(services):
    name = f"Hers {uuid4().hex[:8]}"
    return await own(services, CategoryGroup(book_id=services.member.book.id, name=name, kind=CategoryKind.EXPENSE))


async def category(services):
    return await own(
        services,
        Category(book_id=services.member.book.id, group_id=await group(services), name="Hers", icon="tag", colour=1),
    )


async def payee(services):
    key = uuid4().hex[:8]
    return await own(services, Payee(book_id=services.member.book.id, name=key.upper(), key=key))


async def tag(services):
    key = uuid4().hex[:8]
    return await own(services, Tag(book_id=services.member.book.id, name=key, key=key))


async def transaction(services):
    row = Transaction(
        book_id=services.member.book.id,
        account_id=await account(services),
        booked_on=DAY,
        amount_minor=-100,
        currency="EUR",
    )
    await services.ledger.insert(row)
    return row.id


async def transfer(services):
    from app.schemas.transfers import TransferIn

    other = await own(services, Account(book_id=services.member.book.id, name="Bank", kind="checking", currency="EUR"))
    made, _out, _into = await services.transfers.add(
        TransferIn.model_validate(
            {"from": await account(services), "to": other, "amount": "1.00", "booked_on": DAY.isoformat()}
        )
    )
    return made.id


async def rule(services):
    return await own(
        services, Rule(book_id=services.member.book.id, when={"payee_contains": "x"}, then={"payee": "Hers"})
    )


async def batch(services):
    return await own(
        services,
        ImportBatch(book_id=services.member.book.id, account_id=await account(services), source="csv"),
    )


async def row(services):
    return await own(
        services,
        ImportRow(book_id=services.member.book.id, batch_id=await batch(services), line=2, outcome=RowOutcome.UNSURE),
    )


async def saved_filter(services):
    return await own(services, SavedFilter(book_id=services.member.book.id, name="Hers", query="search=x"))


async def rate(services):
    return await own(
        services,
        Rate(book_id=services.member.book.id, base="EUR", quote="USD", rate="1.1", as_of=DAY, source="manual"),
    )


async def job(services):
    return await own(services, Job(book_id=services.member.book.id, user_id=services.member.user.id, kind="x"))


async def attachment(services):
    return await own(
        services,
        Attachment(
            book_id=services.member.book.id,
            transaction_id=await transaction(services),
            filename="a.pdf",
            media_type="application/pdf",
            size=1,
            sha256="0" * 64,
            path="x",
        ),
    )


async def token(services):
    found = await services.session.scalars(select(ApiToken.id).where(ApiToken.user_id == services.member.user.id))
    return found.first()


async def session(services):
    found = await services.session.scalars(select(AuthSession.id).where(AuthSession.user_id == services.member.user.id))
    return found.first()


async def change_set(services):
    await payee(services)
    found = await services.session.scalars(
        select(ChangeSet.id).where(ChangeSet.book_id == services.member.book.id).order_by(ChangeSet.id.desc())
    )
    return found.first()


async def recurring(services):
    made = Recurring(
        book_id=services.member.book.id,
        name="Rent",
        kind="bill",
        amount_minor=80000,
        amount_max_minor=80000,
        currency="EUR",
        cadence="monthly",
        starts_on=DAY,
    )
    return await own(services, made)


async def bill(services):
    return bill_id_of(await recurring(services), DAY)


async def candidate(services):
    values = {"name": "Rent", "kind": "bill", "cadence": "monthly", "currency": "EUR", "low_minor": 1, "high_minor": 1}
    return await own(
        services,
        Candidate(
            book_id=services.member.book.id, key="x", last_on=DAY, next_on=DAY, count=3, confidence=900, **values
        ),
    )


async def finding(services):
    made = Finding(
        book_id=services.member.book.id,
        key="x",
        kind="amount_high",
        on=DAY,
        payee="Rent",
        payee_key="-rent",
        transaction_id=await transaction(services),
        currency="EUR",
        amount_minor=100,
        low_minor=1,
        high_minor=2,
        score=900,
    )
    return await own(services, made)


MAKERS = {
    "account_id": account,
    "attachment_id": attachment,
    "batch_id": batch,
    "bill_id": bill,
    "candidate_id": candidate,
    "finding_id": finding,
    "recurring_id": recurring,
    "category_id": category,
    "change_set_id": change_set,
    "filter_id": saved_filter,
    "group_id": group,
    "job_id": job,
    "payee_id": payee,
    "rate_id": rate,
    "request_id": job,
    "row_id": row,
    "rule_id": rule,
    "session_id": session,
    "tag_id": tag,
    "token_id": token,
    "transaction_id": transaction,
    "transfer_id": transfer,
}


async def one_of_each(services):
    """Ids by the names of path parameters."""
    return {name: await maker(services) for name, maker in MAKERS.items()}


@pytest.mark.parametrize(
    "name", sorted({name for each in WITH_ID for name, kind in parameters(each[0]) if kind == "int"})
)
def test_there_is_a_row_to_try_each_kind_of_id_with(name):
    assert name in MAKERS or name in ("year", "month"), f"add to MAKERS how Alice gets a {name}, so that Bob can try it"


def ask(person, method, path):
    if path.startswith("/api/"):
        return person.api(method, path, **({} if method in ("GET", "DELETE") else {"json": {}}))
    return person.get(path) if method == "GET" else person.post(path, {})


@pytest.mark.parametrize(
    ("path", "method", "handler"), WITH_ID, ids=[f"{method} {path}" for path, method, _handler in WITH_ID]
)
def test_it_is_private(alice, bob, path, method, handler):
    """Bob is told the same of Alice's row as of one that never was."""

    async def make(services):
        return {name: await MAKERS[name](services) for name, kind in parameters(path) if kind == "int"}

    hers = alice.work(make)

    def filled(ids):
        return re.sub(r"{(\w+):\w+}", lambda found: str(ids.get(found[1], WORDS.get(found[1], "none"))), path)

    of_alice, of_nobody = ask(bob, method, filled(hers)), ask(bob, method, filled(dict.fromkeys(hers, NOBODY)))
    assert of_alice.status_code == of_nobody.status_code
    # 303: a fragment asked for without htmx leads to its list, whether or not there is such a row.
    assert of_alice.status_code in ({404, 303} if method == "GET" else {404, 403, 303, 400, 422})


@pytest.mark.parametrize(
    ("path", "method", "handler"), PRIVATE, ids=[f"{method} {path}" for path, method, _handler in PRIVATE]
)
def test_it_is_closed_to_strangers(stranger, path, method, handler):
    filled = re.sub(r"{(\w+):(\w+)}", lambda found: "1" if found[2] == "int" else WORDS.get(found[1], "none"), path)
    if filled.startswith("/api/"):
        answer = stranger.client.request(method, filled, json={})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    else:
        answer = stranger.get(filled) if method == "GET" else stranger.post(filled, {})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login")


ADMIN = [each for each in PRIVATE if each[2].opt.get("policy") == "admin"]


def test_admin_pages_are_closed_to_users(alice):
    for path, method, _handler in ADMIN:
        filled = re.sub(r"{(\w+):(\w+)}", "1", path)
        assert ask(alice, method, filled).status_code in (403, 404), path

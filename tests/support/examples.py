"""One row of each kind, for tests that need any row: the name of a path parameter, and how to make a row for it."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from app.models import (
    ApiToken,
    AuthSession,
    Candidate,
    ChangeSet,
    Finding,
    FindingKind,
    ImportBatch,
    ImportRow,
    ImportStatus,
    Job,
    JobState,
    RowOutcome,
    Status,
)
from app.schemas.accounts import AccountIn
from app.schemas.categories import CategoryIn, GroupIn
from app.schemas.currencies import RateIn
from app.schemas.recurring import RecurringIn
from app.schemas.rules import RuleIn
from app.schemas.transactions import SplitIn, TransactionIn, TransactionPatch
from app.schemas.transfers import TransferIn
from app.services import Services
from app.services.attachments import prepare
from app.services.recurring import bill_id_of

Maker = Callable[[Services], Awaitable[int]]
DAY = date(2026, 3, 1)
CSV = b"Date,Payee,Amount\n2026-03-01,Baker,-3.50\n2026-03-02,Grocer,-20.00\n"


_days = count()  # a pair of currencies has one rate a day


def unique(word: str) -> str:
    return f"{word} {uuid4().hex[:8]}"


async def _store(services: Services, row: Any) -> int:
    services.session.add(row)
    await services.session.flush()
    return int(row.id)


async def account(services: Services) -> int:
    row = await services.accounts.add(AccountIn(name=unique("Account"), kind="checking", currency="EUR"))
    return row.id


async def asset_account(services: Services) -> int:
    row = await services.accounts.add(AccountIn(name=unique("House"), kind="asset", currency="EUR"))
    return row.id


async def account_with_transaction(services: Services) -> int:
    account_id = await account(services)
    await transaction(services, account=account_id)
    return account_id


async def group(services: Services) -> int:
    return (await services.categories.add_group(GroupIn(name=unique("Group"), kind="expense"))).id


async def category(services: Services) -> int:
    row = CategoryIn(name=unique("Category"), group=await group(services), icon="tag", colour=1)
    return (await services.categories.add(row)).id


async def payee(services: Services) -> int:
    return (await services.payees.add(unique("Payee"))).id


async def tag(services: Services) -> int:
    return (await services.tags.add(unique("tag"))).id


async def transaction(services: Services, **more: Any) -> int:
    account_id = more.pop("account", None) or await account(services)
    entry = {"account": account_id, "booked_on": DAY, "amount": "-1.00", "payee": unique("Baker"), **more}
    return (await services.transactions.add(TransactionIn.model_validate(entry))).id


async def incoming_transaction(services: Services) -> int:
    """The other side of a transfer from ``transaction``."""
    return await transaction(services, amount="1.00")


async def corrected_transaction(services: Services) -> int:
    """A transaction with a category that a similar one does not have."""
    name = unique("Baker")
    await transaction(services, payee=name)
    row_id = await transaction(services, payee=name)
    await services.transactions.recategorise(row_id, await category(services))
    return row_id


async def reconciled_transaction(services: Services) -> int:
    row_id = await transaction(services)
    await services.transactions.edit(row_id, TransactionPatch(status=Status.RECONCILED))
    return row_id


async def split_transaction(services: Services) -> int:
    parts = [SplitIn(amount="-0.40", category=await category(services)), SplitIn(amount="-0.60", category=None)]
    return await transaction(services, splits=parts)


async def transfer(services: Services) -> int:
    entry = {"from": await account(services), "to": await account(services), "amount": "1.00", "booked_on": DAY}
    made, _out, _into = await services.transfers.add(TransferIn.model_validate(entry))
    return made.id


async def transfer_leg(services: Services) -> int:
    return (await services.transactions.legs(await transfer(services)))[0].id


async def attachment(services: Services) -> int:
    file = await prepare("note.pdf", b"%PDF-1.4 note")
    return (await services.attachments.add(await transaction(services), file)).id


async def rule(services: Services) -> int:
    entry = {"when": {"payee_contains": unique("Baker")}, "then": {"category": await category(services)}}
    return (await services.rules.add(RuleIn.model_validate(entry))).id


async def matching_rule(services: Services) -> int:
    """A rule that has a transaction to change."""
    name = unique("Baker")
    await transaction(services, payee=name)
    entry = {"when": {"payee_contains": name}, "then": {"category": await category(services)}}
    return (await services.rules.add(RuleIn.model_validate(entry))).id


async def saved_filter(services: Services) -> int:
    return (await services.saved_filters.add(unique("Filter"), "search=x")).id


async def rate(services: Services) -> int:
    return (
        await services.currencies.add(
            RateIn(base="EUR", quote="USD", rate="1.1", as_of=DAY - timedelta(days=next(_days)))
        )
    ).id


async def recurring(services: Services) -> int:
    entry = {"payee": unique("Landlord"), "amount": "800", "starts_on": DAY, "currency": "EUR"}
    return (await services.recurring.add(RecurringIn.model_validate(entry))).id


async def paused_recurring(services: Services) -> int:
    return (await services.recurring.pause(await recurring(services))).id


async def recurring_with_new_price(services: Services) -> int:
    rule_id = await recurring(services)
    await _store(services, _candidate(services, recurring_id=rule_id, before_minor=80000, after_minor=85000))
    return rule_id


async def bill(services: Services) -> int:
    return bill_id_of(await recurring(services), DAY)


def _candidate(services: Services, **more: Any) -> Candidate:
    values = {"kind": "bill", "cadence": "monthly", "currency": "EUR", "low_minor": 100, "high_minor": 100}
    return Candidate(
        book_id=services.member.book.id,
        key=unique("key"),
        name=unique("Gym"),
        last_on=DAY,
        next_on=DAY,
        count=3,
        confidence=900,
        **values,
        **more,
    )


async def candidate(services: Services) -> int:
    return await _store(services, _candidate(services))


async def finding(services: Services, kind: FindingKind = FindingKind.AMOUNT_HIGH, **more: Any) -> int:
    values = {
        "transaction_id": await transaction(services),
        "payee": "Rent",
        "payee_key": "-rent",
        "currency": "EUR",
        "amount_minor": 100,
        "low_minor": 1,
        "high_minor": 2,
        "score": 900,
        **more,
    }
    return await _store(
        services, Finding(book_id=services.member.book.id, key=unique("key"), kind=kind, on=DAY, **values)
    )


async def duplicate_finding(services: Services) -> int:
    return await finding(services, FindingKind.DUPLICATE)


async def missing_bill(services: Services) -> int:
    return await finding(services, FindingKind.MISSING_BILL, candidate_id=await candidate(services))


async def draft(services: Services) -> int:
    return (await services.import_drafts.add(io.BytesIO(CSV), "march.csv", await account(services))).id


async def finished_import(services: Services, **more: Any) -> int:
    made = ImportBatch(
        book_id=services.member.book.id,
        account_id=await account(services),
        source="csv",
        status=ImportStatus.DONE,
        summary={"closing": [DAY.isoformat(), 100]},
    )
    return await _store(services, made)


async def import_row(services: Services) -> int:
    made = ImportRow(
        book_id=services.member.book.id, batch_id=await finished_import(services), line=2, outcome=RowOutcome.UNSURE
    )
    return await _store(services, made)


async def import_with_unsure_line(services: Services) -> int:
    """A finished import whose line 2 needs a decision."""
    texts = {"payee": "Baker", "memo": "", "category": "", "external_id": ""}
    parsed = {
        "booked_on": DAY.isoformat(),
        "minor": -350,
        "amount": "-3.50",
        "currency": "EUR",
        "identity": 1,
        "ordinal": 0,
        **texts,
    }
    batch_id = await finished_import(services)
    await _store(
        services,
        ImportRow(book_id=services.member.book.id, batch_id=batch_id, line=2, outcome=RowOutcome.UNSURE, parsed=parsed),
    )
    return batch_id


async def request(services: Services) -> int:
    """A sentence that was sent to the API."""
    made = Job(
        book_id=services.member.book.id,
        user_id=services.member.user.id,
        kind="transaction_request",
        state=JobState.DONE,
        arguments={"text": "x", "transactions": []},
    )
    return await _store(services, made)


async def change_set(services: Services) -> int:
    """The change set that this unit of work writes."""
    await payee(services)
    await services.session.flush()
    newest = select(ChangeSet.id).where(ChangeSet.book_id == services.member.book.id).order_by(ChangeSet.id.desc())
    return int((await services.session.scalars(newest)).first() or 0)


async def token(services: Services) -> int:
    found = select(ApiToken.id).where(ApiToken.user_id == services.member.user.id).order_by(ApiToken.id)
    return int((await services.session.scalars(found)).first() or 0)


async def session(services: Services) -> int:
    found = select(AuthSession.id).where(AuthSession.user_id == services.member.user.id)
    return int((await services.session.scalars(found)).first() or 0)


MAKERS: dict[str, Maker] = {
    "account_id": account,
    "attachment_id": attachment,
    "batch_id": draft,
    "bill_id": bill,
    "candidate_id": candidate,
    "category_id": category,
    "change_set_id": change_set,
    "filter_id": saved_filter,
    "finding_id": finding,
    "group_id": group,
    "payee_id": payee,
    "rate_id": rate,
    "recurring_id": recurring,
    "request_id": request,
    "rule_id": rule,
    "session_id": session,
    "tag_id": tag,
    "token_id": token,
    "transaction_id": transaction,
    "transfer_id": transfer,
}


async def one_of_each(services: Services) -> dict[str, int]:
    """Make a row of each kind; ids by the names of path parameters."""
    return {name: await make(services) for name, make in MAKERS.items()}

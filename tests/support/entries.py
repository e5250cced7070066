"""Short ways for tests to fill a small book by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from app import db
from app.models import AccountKind
from app.schemas.accounts import AccountIn
from app.schemas.transactions import SplitIn, TransactionIn
from app.schemas.transfers import TransferIn
from app.services.ledger.invariants import check_invariants


def category(person: Any, key: str) -> int:
    async def look(services: Any) -> int:
        return (await services.categories.by_key())[key].id

    return person.work(look)


def account(
    person: Any, name: str, currency: str = "EUR", kind: AccountKind = AccountKind.CHECKING, opening: str = "0"
) -> int:
    entry = AccountIn(name=name, kind=kind, currency=currency, opening_balance=opening)

    async def work(services: Any) -> int:
        return (await services.accounts.add(entry)).id

    return person.work(work)


def cash(person: Any) -> int:
    async def look(services: Any) -> int:
        return (await services.accounts.default()).id

    return person.work(look)


def enter(person: Any, day: str, amount: str, key: str | None = None, **more: Any) -> int:
    """Book an entry in a category; without one it stays unfiled, whatever the models think."""
    parts = [SplitIn(category=category(person, name), amount=part) for name, part in more.pop("parts", {}).items()]
    entry = TransactionIn.model_validate(
        {
            "booked_on": day,
            "amount": amount,
            "payee": "Somebody",
            "category": category(person, key) if key else None,
            "splits": parts,
            **more,
        }
    )

    async def work(services: Any) -> int:
        row = await services.transactions.add(entry)
        if key is None and not parts and row.category_id is not None:
            await services.transactions.recategorise(row.id, None)
        return row.id

    return person.work(work)


def transfer(person: Any, day: str, amount: str, source: int, target: int) -> None:
    entry = TransferIn.model_validate({"from": source, "to": target, "amount": amount, "booked_on": day})
    person.work(lambda services: services.transfers.add(entry))


def looked(person: Any, verb: Any, today: date) -> Any:
    """What ``verb(services)`` sees on that day."""

    async def work(services: Any) -> Any:
        return await verb(type(services)(services.session, services.member, today))

    return person.work(work)


def findings(person: Any) -> list[Any]:
    async def prove(_services: Any) -> list[Any]:
        async with db.read_session() as session:
            return await check_invariants(session)

    return person.work(prove)

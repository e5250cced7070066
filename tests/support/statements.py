"""A bank file, and ways to import it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.schemas.transactions import TransactionIn

BANK = """\
Buchungstag;Empfänger;Verwendungszweck;Betrag
02.03.2026;REWE SAGT DANKE 4411;Einkauf;-42,18
03.03.2026;Stadtwerke Köln GmbH;Abschlag März;-120,00
03.03.2026;Bäckerei Kamps;;-3,50
03.03.2026;Bäckerei Kamps;;-3,50
31.03.2026;ACME GmbH;Gehalt;2.500,00
"""


def account(person: Any) -> int:
    async def first(services: Any) -> int:
        return (await services.accounts.default()).id

    return int(person.work(first))


def send(person: Any, text: str | bytes, **params: Any) -> Any:
    form = {"account": str(params.pop("account", None) or account(person))}
    form |= {"mapping": mapping} if (mapping := params.pop("mapping", None)) else {}
    headers = params.pop("headers", {})
    content = text.encode() if isinstance(text, str) else text
    return person.api(
        "POST", "/api/v1/transactions/import", params=params, data=form, headers=headers,
        files={"file": ("bank.csv", content, "text/csv")},
    )  # fmt: skip


def lines(person: Any, *rows: dict[str, Any], **params: Any) -> Any:
    body = {"account": account(person), "transactions": list(rows)}
    headers = params.pop("headers", {})
    return person.api("POST", "/api/v1/transactions/import", json=body, params=params, headers=headers)


def balance(person: Any) -> int:

    from app.models import AccountTotal

    async def look(services: Any) -> int:
        found = select(AccountTotal.posted_minor).where(AccountTotal.book_id == services.member.book.id)
        return await services.session.scalar(found) or 0

    return int(person.work(look))


def sound(person: Any) -> None:
    from app.services.ledger.invariants import check_invariants

    assert [str(each) for each in person.work(lambda services: check_invariants(services.session))] == []


def typed(person: Any, **entry: Any) -> int:
    """A row that the person enters by hand; its id."""

    async def add(services: Any) -> int:
        return int((await services.transactions.add(TransactionIn(**entry))).id)

    return int(person.work(add))


def upload(person: Any, text: str | bytes = BANK, name: str = "march.csv", **form: str) -> Any:
    content = text.encode() if isinstance(text, str) else text
    return person.post("/imports", data={"account": "", **form}, files={"file": (name, content, "text/csv")})


def draft(person: Any, text: str | bytes = BANK) -> str:
    answer = upload(person, text)
    assert answer.status_code == 303, answer.text[:500]
    return str(answer.headers["location"])

"""What an import promises: nothing twice, hand-typed rows matched, tombstones kept, undone as if it had not been."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select

from app import db
from app.models import ChangeSet, Payee, Status, Tombstone, Transaction
from tests.support.statements import BANK, account, balance, lines, send, sound, typed


def stored(person: Any, *columns: Any) -> list[Any]:
    async def look(services: Any) -> Any:
        return [tuple(row) for row in await services.session.execute(select(*columns).order_by(Transaction.id))]

    return list(person.work(look))


def test_a_hand_typed_row_is_matched_by_its_bank_line_and_restored_by_undo(alice: Any) -> None:
    row = typed(alice, payee="Rewe", amount="-42.18", booked_on="2026-03-01", memo="with Bob")
    columns = (
        Transaction.booked_on,
        Transaction.amount_minor,
        Transaction.identity,
        Transaction.ordinal,
        Transaction.statement_text,
        Transaction.status,
        Transaction.memo,
    )
    before = stored(alice, *columns)
    said = send(alice, BANK).json()
    assert (said["created"], said["duplicates"]) == (4, 1)
    assert said["rows"][0]["transaction"] == row
    matched = stored(alice, *columns)[0]
    assert matched[2] is not None
    assert matched[4:] == ("REWE SAGT DANKE 4411", Status.CLEARED, "with Bob")
    assert balance(alice) == 233082
    assert send(alice, BANK).json()["created"] == 0
    sound(alice)
    alice.api("POST", f"/api/v1/imports/{said['batch']}/undo")
    assert stored(alice, *columns) == before
    assert balance(alice) == -4218
    sound(alice)


def test_the_nearest_hand_typed_row_is_taken(alice: Any) -> None:
    early = typed(alice, payee="Rewe", amount="-5", booked_on="2026-03-01")
    late = typed(alice, payee="Rewe", amount="-5", booked_on="2026-03-04")
    said = lines(
        alice,
        {"booked_on": "2026-03-02", "payee": "REWE 1", "amount": "-5.00"},
        {"booked_on": "2026-03-04", "payee": "REWE 2", "amount": "-5.00"},
    ).json()
    assert [row["transaction"] for row in said["rows"]] == [early, late]


def test_a_deleted_line_does_not_come_back(alice: Any) -> None:
    rows = send(alice, BANK).json()["rows"]

    async def remove(services: Any) -> None:
        await services.transactions.delete(rows[0]["transaction"])

    alice.work(remove)
    said = send(alice, BANK).json()
    assert (said["created"], said["duplicates"]) == (0, 5)
    assert "deleted" in said["rows"][0]["reason"]
    assert balance(alice) == 233082 + 4218


def test_undo_leaves_no_tombstone_and_no_payee(alice: Any) -> None:
    batch = send(alice, BANK).json()["batch"]
    alice.api("POST", f"/api/v1/imports/{batch}/undo")

    async def count(services: Any) -> list[int]:
        return [
            await services.session.scalar(select(func.count()).select_from(model))
            for model in (Transaction, Tombstone, Payee)
        ]

    assert alice.work(count) == [0, 0, 0]


def test_an_import_is_one_change_set_that_its_undo_takes_back(alice: Any) -> None:
    batch = send(alice, BANK).json()["batch"]
    alice.api("POST", f"/api/v1/imports/{batch}/undo")

    async def look(services: Any) -> Any:
        rows = await services.session.execute(
            select(ChangeSet.id, ChangeSet.undoes_id, ChangeSet.actor)
            .where(ChangeSet.import_batch_id == batch)
            .order_by(ChangeSet.id)
        )
        return [tuple(row) for row in rows]

    (first, nothing, actor), (_second, undoes, _actor) = alice.work(look)
    assert (nothing, actor.value, undoes) == (None, "import", first)


def test_undo_takes_a_linked_transfer_apart(alice: Any) -> None:
    from app.schemas.accounts import AccountIn

    async def open_savings(services: Any) -> int:
        entry = AccountIn(name="Savings", kind="savings", currency="EUR")
        return int((await services.accounts.add(entry)).id)

    savings = alice.work(open_savings)
    other = typed(alice, payee="Giro", amount="300", booked_on="2026-03-06", account=savings)
    said = lines(alice, {"booked_on": "2026-03-05", "payee": "Savings", "amount": "-300.00"}).json()

    async def link(services: Any) -> None:
        await services.transfers.link(said["rows"][0]["transaction"], other)

    alice.work(link)
    asked = alice.api("POST", f"/api/v1/imports/{said['batch']}/undo")
    assert asked.status_code == 409
    undone = alice.api("POST", f"/api/v1/imports/{said['batch']}/undo", json={"even_edited": True})
    assert undone.status_code == 200, undone.text
    assert stored(alice, Transaction.id, Transaction.transfer_id) == [(other, None)]
    sound(alice)


def test_ten_thousand_lines_take_few_statements(alice: Any) -> None:
    text = io.StringIO()
    text.write("Date;Payee;Amount\n")
    for n in range(10_000):
        text.write(f"2026-{n % 12 + 1:02d}-{n % 28 + 1:02d};Shop {n % 60};-{n % 90 + 1},{n % 100:02d}\n")
    statements: Counter[str] = Counter()

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements[statement.split()[0]] += 1

    engine = db.database().writer.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        said = send(alice, text.getvalue()).json()
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert said["created"] == 10_000
    assert statements.total() < 60
    sound(alice)


def test_a_year_of_real_card_lines_adds_up_and_goes_in_once(alice: Any, shared_data: Path) -> None:
    """A card as a bank would write it: semicolons, decimal commas, sums made without the app."""
    with gzip.open(shared_data / "categorisation" / "bham_cards.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    card = Counter(row["user"] for row in rows).most_common(1)[0][0]
    mine = [row for row in rows if row["user"] == card][:1500]

    def cents(row: dict[str, str]) -> int:
        whole, _dot, part = row["amount"].strip().replace(",", "").partition(".")
        minor = int(whole.lstrip("-") or 0) * 100 + int((part + "00")[:2])
        return minor if whole.startswith("-") else -minor

    def written(some: list[dict[str, str]]) -> str:
        out = ["Buchungstag;Empfänger;Betrag"]
        for row in some:
            minor = cents(row)
            sign = "-" if minor < 0 else ""
            day = date.fromisoformat(row["date"][:10])
            out.append(f'{day:%d.%m.%Y};"{row["merchant"].strip()}";{sign}{abs(minor) // 100},{abs(minor) % 100:02d}')
        return "\n".join(out) + "\n"

    total = sum(map(cents, mine))
    half = len(mine) // 2
    first = send(alice, written(mine[: half + 50])).json()
    assert first["failed"] == 0, first["rows"][:3]
    whole = send(alice, written(mine)).json()
    assert first["created"] + whole["created"] == len(mine)
    assert balance(alice) == total
    assert send(alice, written(mine)).json()["created"] == 0
    sound(alice)
    for batch in (whole["batch"], first["batch"]):
        alice.api("POST", f"/api/v1/imports/{batch}/undo")
    assert balance(alice) == 0
    assert account(alice)
    sound(alice)

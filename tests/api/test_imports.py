"""Imports over the API: files and JSON in, nothing twice, questions asked, decisions, undo."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cases import each_case
from tests.support.statements import BANK, account, balance, lines, send, sound


def test_a_file_goes_in_with_its_physical_lines(alice: Any) -> None:
    answer = send(alice, BANK)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert (said["created"], said["duplicates"], said["unsure"], said["failed"]) == (5, 0, 0, 0)
    assert said["questions"] == []
    assert [row["line"] for row in said["rows"]] == [2, 3, 4, 5, 6]
    assert {row["outcome"] for row in said["rows"]} == {"created"}
    assert said["rows"][0]["parsed"]["amount"] == "-42.18"
    assert len({row["transaction"] for row in said["rows"]}) == 5
    assert balance(alice) == 233082
    sound(alice)


def test_ids_in_the_answer_are_those_of_the_rows(alice: Any) -> None:
    from sqlalchemy import select

    from app.models import Transaction

    rows = send(alice, BANK).json()["rows"]

    async def look(services: Any) -> Any:
        return dict(
            tuple(each) for each in await services.session.execute(select(Transaction.id, Transaction.amount_minor))
        )

    kept = alice.work(look)
    for row in rows:
        assert kept[row["transaction"]] == int(row["parsed"]["amount"].replace(".", ""))


def test_the_same_file_again_adds_nothing(alice: Any) -> None:
    first = send(alice, BANK).json()
    again = send(alice, BANK).json()
    assert (again["created"], again["duplicates"]) == (0, 5)
    assert [row["transaction"] for row in again["rows"]] == [row["transaction"] for row in first["rows"]]
    assert balance(alice) == 233082


def test_an_overlapping_file_adds_only_what_is_new(alice: Any) -> None:
    send(alice, BANK)
    later = BANK + "01.04.2026;Netflix;;-12,99\n"
    said = send(alice, later).json()
    assert (said["created"], said["duplicates"]) == (1, 5)
    assert [row["line"] for row in said["rows"] if row["outcome"] == "created"] == [7]


def test_a_dry_run_writes_nothing(alice: Any) -> None:
    answer = send(alice, BANK, dry_run=True)
    assert answer.status_code == 200
    assert answer.json()["created"] == 5
    assert answer.json()["batch"] is None
    assert balance(alice) == 0
    assert alice.api("GET", "/api/v1/imports").json()["imports"] == []


def test_what_the_file_cannot_decide_is_asked_and_nothing_is_booked(alice: Any) -> None:
    open_file = "Date,Payee,Amount\n03/04/2026,Rewe,-1.00\n05/06/2026,Lidl,-2.00\n"
    answer = send(alice, open_file)
    assert answer.status_code == 400
    said = answer.json()
    assert [question["field"] for question in said["questions"]] == ["date_format"]
    assert said["questions"][0]["sample"] in open_file
    assert balance(alice) == 0
    choice = next(each for each in said["questions"][0]["choices"] if each.lower().startswith("d"))
    answered = send(alice, open_file, mapping=f'{{"date_format": "{choice}"}}')
    assert answered.status_code == 201, answered.text
    assert answered.json()["rows"][0]["parsed"]["booked_on"] == "2026-04-03"


def test_an_answer_is_remembered_for_the_next_file_of_this_bank(alice: Any) -> None:
    first = "Date,Payee,Amount\n03/04/2026,Rewe,-1.00\n"
    choice = next(c for c in send(alice, first).json()["questions"][0]["choices"] if c.lower().startswith("d"))
    send(alice, first, mapping=f'{{"date_format": "{choice}"}}')
    later = send(alice, "Date,Payee,Amount\n05/06/2026,Lidl,-2.00\n")
    assert later.status_code == 201
    assert later.json()["rows"][0]["parsed"]["booked_on"] == "2026-06-05"


def test_lines_that_cannot_be_read_are_listed_and_the_others_go_in(alice: Any) -> None:
    said = send(alice, BANK.replace("-120,00", "viel")).json()
    assert (said["created"], said["failed"]) == (4, 1)
    bad = next(row for row in said["rows"] if row["outcome"] == "failed")
    assert bad["line"] == 3
    assert bad["reason"]
    sound(alice)


def test_json_lines_go_in_and_their_ids_keep_them_single(alice: Any) -> None:
    row = {"booked_on": "2026-03-02", "payee": "Rewe", "amount": "-42.18", "external_id": "a1"}
    said = lines(alice, row, {"booked_on": "2026-03-03", "payee": "Lidl", "amount": -7})
    assert said.status_code == 201, said.text
    assert said.json()["created"] == 2
    renamed = lines(alice, row | {"payee": "REWE Markt"}).json()
    assert (renamed["created"], renamed["duplicates"]) == (0, 1)


def test_a_reference_with_another_amount_is_asked_about(alice: Any) -> None:
    row = {"booked_on": "2026-03-02", "payee": "Rewe", "amount": "-42.18", "external_id": "a1"}
    lines(alice, row)
    said = lines(alice, row | {"amount": "-43.18"}).json()
    assert said["unsure"] == 1
    assert said["rows"][0]["transaction"] is not None
    decided = alice.api("POST", f"/api/v1/imports/{said['batch']}/decide", json={"rows": {"1": "book"}})
    assert decided.status_code == 200, decided.text
    assert decided.json()["created"] == 1
    assert balance(alice) == -8536
    sound(alice)


@each_case(
    ("row", "field"),
    [
        ({"amount": "1.234"}, "transactions[0].amount"),
        ({"amount": "much"}, "transactions[0].amount"),
        ({"booked_on": "yesterday"}, "transactions[0].booked_on"),
        ({"colour": "red"}, "transactions[0].colour"),
        ({"payee": "a\x00b"}, "transactions[0].payee"),
    ],
)
def test_bad_json_is_refused_at_its_field(alice: Any, row: dict[str, Any], field: str) -> None:
    answer = lines(alice, {"booked_on": "2026-03-02", "payee": "Rewe", "amount": "-1.00"} | row)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert balance(alice) == 0


def test_unsure_lines_wait_until_they_are_decided(alice: Any) -> None:
    lines(alice, {"booked_on": "2026-03-02", "payee": "Rewe", "amount": "-42.18"})
    other = {"booked_on": "2026-03-02", "payee": "Tankstelle Nord", "amount": "-42.18"}
    said = lines(alice, other).json()
    assert (said["created"], said["unsure"]) == (0, 1)
    assert balance(alice) == -4218
    wrong = alice.api("POST", f"/api/v1/imports/{said['batch']}/decide", json={"rows": {"9": "book"}})
    assert wrong.status_code == 400
    decided = alice.api("POST", f"/api/v1/imports/{said['batch']}/decide", json={"rows": {"1": "book"}}).json()
    assert (decided["created"], decided["unsure"]) == (1, 0)
    assert decided["rows"][0]["transaction"]
    assert balance(alice) == -8436
    assert lines(alice, other).json()["duplicates"] == 1
    sound(alice)


def test_a_skipped_line_stays_away(alice: Any) -> None:
    lines(alice, {"booked_on": "2026-03-02", "payee": "Rewe", "amount": "-42.18"})
    other = {"booked_on": "2026-03-02", "payee": "Tankstelle Nord", "amount": "-42.18"}
    batch = lines(alice, other).json()["batch"]
    decided = alice.api("POST", f"/api/v1/imports/{batch}/decide", json={"rows": {"1": "skip"}}).json()
    assert (decided["created"], decided["duplicates"], decided["unsure"]) == (0, 1, 0)
    assert lines(alice, other).json()["duplicates"] == 1
    assert balance(alice) == -4218
    sound(alice)


@pytest.mark.parametrize(("word", "minor"), [("keep", -8436), ("skip", -4218), ("ask", -4218)])
def test_unsure_lines_can_be_decided_beforehand(alice: Any, word: str, minor: int) -> None:
    lines(alice, {"booked_on": "2026-03-02", "payee": "Rewe", "amount": "-42.18"})
    lines(alice, {"booked_on": "2026-03-02", "payee": "Tankstelle Nord", "amount": "-42.18"}, unsure=word)
    assert balance(alice) == minor
    sound(alice)


def test_undo_empties_the_ledger_and_the_file_may_come_again(alice: Any) -> None:
    batch = send(alice, BANK).json()["batch"]
    undone = alice.api("POST", f"/api/v1/imports/{batch}/undo")
    assert undone.status_code == 200, undone.text
    assert undone.json()["status"] == "undone"
    assert balance(alice) == 0
    sound(alice)
    assert alice.api("POST", f"/api/v1/imports/{batch}/undo").status_code == 409
    assert send(alice, BANK).json()["created"] == 5


def test_the_list_and_one_import_tell_how_it_went(alice: Any) -> None:
    batch = send(alice, BANK.replace("-120,00", "viel")).json()["batch"]
    listed = alice.api("GET", "/api/v1/imports").json()
    assert listed["pagination"] == {"page": 1, "limit": 50, "total": 1, "pages": 1}
    assert listed["imports"][0]["filename"] == "bank.csv"
    one = alice.api("GET", f"/api/v1/imports/{batch}").json()
    assert (one["status"], one["progress"], one["failed"]) == ("done", 100, 1)
    assert [row["line"] for row in one["lines"]] == [3]


def test_a_key_sent_twice_imports_once(alice: Any) -> None:
    key = {"Idempotency-Key": "once"}
    first, second = send(alice, BANK, headers=key), send(alice, BANK, headers=key)
    assert first.json() == second.json()
    assert len(alice.api("GET", "/api/v1/imports").json()["imports"]) == 1
    assert send(alice, BANK + "01.04.2026;Netflix;;-12,99\n", headers=key).status_code == 409


@each_case(
    ("content", "status"),
    [
        (b"", 415),
        (b"\x89PNG\r\n\x1a\n" + bytes(300), 415),
        (b"%PDF-1.7 ...", 415),
        (b"PK\x03\x04" + bytes(100), 415),
        (b"hello", 415),
        (bytes(range(256)) * 4, 415),
    ],
)
def test_what_is_no_statement_is_refused_with_a_sentence(alice: Any, content: bytes, status: int) -> None:
    answer = send(alice, content)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]
    assert answer.json()["errors"][0]["field"] == "file"


def test_a_file_that_is_too_large_is_refused(alice: Any) -> None:
    answer = send(alice, b"Date;Amount\n" + b"2026-01-01;1,00\n" * 3_400_000)
    assert answer.status_code == 413


@each_case("mapping", ["{", '{"colour": "red"}', '{"date": "Nope"}', '{"delimiter": "x"}', "[]"])
def test_a_wrong_mapping_is_refused(alice: Any, mapping: str) -> None:
    answer = send(alice, BANK, mapping=mapping)
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_a_file_in_utf_16_goes_in(alice: Any) -> None:
    said = send(alice, BANK.encode("utf-16")).json()
    assert said["created"] == 5
    assert said["rows"][2]["parsed"]["payee"] == "Bäckerei Kamps"


def test_debit_and_credit_columns_under_a_preamble_go_in(alice: Any) -> None:
    text = (
        "Account holder;Alice\nPeriod;March\n\nDate;Libellé;Débit;Crédit\n"
        "13/03/2026;CARREFOUR;12,50;\n14/03/2026;SALAIRE;;1 900,00\n"
    )
    said = send(alice, text).json()
    assert [(row["line"], row["parsed"]["amount"]) for row in said["rows"]] == [(5, "-12.50"), (6, "1900.00")]


def test_another_currency_is_converted_and_the_original_kept(alice: Any) -> None:
    from sqlalchemy import select

    from app.models import Transaction

    said = send(alice, "Date,Payee,Amount,Currency\n2026-03-13,Amtrak,-100.00,USD\n").json()
    assert said["created"] == 1, said

    async def look(services: Any) -> Any:
        return (await services.session.scalars(select(Transaction))).one()

    row = alice.work(look)
    assert (row.currency, row.original_minor, row.original_currency) == ("EUR", -10000, "USD")
    assert row.rate
    assert -10000 < row.amount_minor < -7000
    assert send(alice, "Date,Payee,Amount,Currency\n2026-03-13,Amtrak,-100.00,USD\n").json()["duplicates"] == 1
    sound(alice)


def test_it_is_private(alice: Any, bob: Any) -> None:
    batch = send(alice, BANK).json()["batch"]
    assert bob.api("GET", f"/api/v1/imports/{batch}").status_code == 404
    assert bob.api("POST", f"/api/v1/imports/{batch}/undo").status_code == 404
    assert bob.api("POST", f"/api/v1/imports/{batch}/decide", json={"rows": {"2": "book"}}).status_code == 404
    assert send(bob, BANK, account=account(alice)).status_code == 404
    assert bob.api("GET", "/api/v1/imports").json()["imports"] == []
    assert balance(alice) == 233082


def test_other_kinds_of_content_are_refused(alice: Any) -> None:
    answer = alice.api("POST", "/api/v1/transactions/import", content=b"x", headers={"content-type": "text/plain"})
    assert answer.status_code == 415


def test_a_dry_run_has_an_end(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.routes.api.imports.MAX_DRY_RUN_LINES", 3)
    answer = send(alice, BANK, dry_run="true")
    assert answer.status_code == 413
    assert "at most" in answer.json()["detail"]


OPEN_SIGNS = "Date,Payee,Amount\n2026-03-01,Qwx,6.45\n2026-03-02,Zrt,23.10\n2026-03-03,Plk,5.00\n"


def test_open_signs_are_asked_and_answered_by_the_mapping(alice: Any) -> None:
    answer = send(alice, OPEN_SIGNS)
    assert answer.status_code == 400
    (question,) = answer.json()["questions"]
    assert (question["field"], question["choices"]) == ("flipped", ["true", "false"])
    assert question["examples"][0] == {"payee": "Qwx", "amount": "6.45", "currency": "EUR"}
    assert send(alice, OPEN_SIGNS, mapping='{"flipped": "true"}').json()["created"] == 3
    assert balance(alice) == -3455


def test_what_was_decided_by_payees_is_said_as_a_warning(alice: Any) -> None:
    text = "Date,Payee,Amount\n2026-03-01,STARBUCKS,6.45\n2026-03-02,UBER TRIP,23.10\n2026-03-03,LIDL,5.00\n"
    said = send(alice, text).json()
    assert balance(alice) == -3455
    assert any("read as spending" in warning for warning in said["warnings"])


def test_a_file_of_another_currency_goes_into_no_account_unasked(alice: Any) -> None:
    content = "Date,Payee,Amount (USD)\n2026-03-01,Shop,-10.00\n"
    form = {"file": ("usd.csv", content, "text/csv")}
    answer = alice.api("POST", "/api/v1/transactions/import", files=form)
    assert answer.status_code == 400
    (question,) = answer.json()["questions"]
    assert question["field"] == "account"
    assert question["choices"] == [str(account(alice))]

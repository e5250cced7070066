"""The import pages: upload, questions, preview, commit, summary, undo; with and without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.models import AccountKind
from app.schemas.accounts import AccountIn
from tests.support.statements import BANK, account, balance, draft, lines, sound, upload


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def chosen(answer: Any) -> str:
    """The account that the draft goes into."""
    select = re.search(r'<select[^>]*name="account".*?</select>', answer.text, re.S)
    assert select
    option = re.search(r"<option[^>]*selected[^>]*>([^<]*)<", select[0])
    assert option
    return option[1].strip()


def test_the_page_invites_the_first_file(alice: Any) -> None:
    page = alice.get("/imports")
    assert page.status_code == 200
    assert "Nothing imported yet" in page.text
    assert 'type="file"' in page.text


def test_an_upload_is_looked_at_before_anything_is_booked(alice: Any) -> None:
    where = draft(alice)
    page = alice.get(where)
    assert page.status_code == 200
    assert "Import 5 transactions" in words(page)
    assert "REWE" in page.text
    assert balance(alice) == 0
    assert "Not imported yet" in alice.get("/imports").text


def test_a_file_goes_into_the_account_it_fits(alice: Any) -> None:
    """Not into the wallet that everybody begins with, and into one in its own currency where there is one."""

    async def accounts(services: Any) -> None:
        for name, kind, code in (
            ("Wallet", AccountKind.CASH, "EUR"), ("Francs", AccountKind.CHECKING, "CHF"),
            ("Everyday", AccountKind.CHECKING, "EUR"),
        ):  # fmt: skip
            await services.accounts.add(AccountIn(name=name, kind=kind, currency=code))

    alice.work(accounts)
    francs = "Datum;Text;Betrag;Währung\n14.03.2026;Migros;-12,50;CHF\n15.03.2026;Coop;-13,50;CHF\n"

    assert chosen(alice.get(draft(alice))) == "Everyday · EUR"
    assert chosen(alice.get(draft(alice, francs))) == "Francs · CHF"
    other = alice.get(draft(alice, francs.replace("CHF", "SEK")))
    assert chosen(other) == "Everyday · EUR"
    assert "This file is in SEK, but Everyday is in EUR" in words(other)


def test_a_commit_books_and_sums_up(alice: Any) -> None:
    where = draft(alice)
    assert alice.post(f"{where}/commit", data={}).headers["location"] == where
    page = alice.get(where)
    assert "5 transactions imported" in words(page)
    assert "2,500.00" in page.text
    assert "166" not in page.text or "169.18" in page.text
    assert balance(alice) == 233082
    sound(alice)


def test_a_second_click_books_nothing_twice(alice: Any) -> None:
    where = draft(alice)
    alice.post(f"{where}/commit", data={})
    assert alice.post(f"{where}/commit", data={}).status_code == 409
    assert balance(alice) == 233082


def test_the_file_is_kept_apart_and_dropped_when_it_is_in(alice: Any) -> None:
    from app.services.imports.files import folder

    before = set(folder().glob("*"))
    where = draft(alice)
    (kept,) = set(folder().glob("*")) - before
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "march" not in kept.name
    alice.post(f"{where}/commit", data={})
    assert not kept.exists()


def test_a_discarded_draft_leaves_nothing(alice: Any) -> None:
    from app.services.imports.files import folder

    before = set(folder().glob("*"))
    where = draft(alice)
    assert alice.post(f"{where}/discard", data={}).status_code == 303
    assert set(folder().glob("*")) == before
    assert alice.get(where).status_code == 404


def test_what_is_ambiguous_is_asked_and_remembered(alice: Any) -> None:
    where = draft(alice, "Date,Payee,Amount\n03/04/2026,Rewe,-1.00\n05/06/2026,Lidl,-2.00\n")
    page = alice.get(where)
    assert "can be read in two ways" in page.text
    assert "Import 2" not in page.text
    assert alice.post(f"{where}/commit", data={}).status_code == 422
    choice = next(c for c in re.findall(r'name="date_format" value="([^"]+)"', page.text) if c.lower().startswith("d"))
    form = {"account": str(account(alice)), "date_format": choice, "column-0": "date", "column-1": "payee"}
    answered = alice.post(f"{where}/mapping", data={**form, "column-2": "amount"})
    assert answered.status_code == 303, answered.text[:800]
    page = alice.get(where)
    assert "Import 2 transactions" in words(page)
    assert "3 Apr" in page.text
    alice.post(f"{where}/commit", data={})
    again = alice.get(draft(alice, "Date,Payee,Amount\n07/08/2026,Aldi,-1.00\n"))
    assert "before" in words(again)
    assert "7 Aug" in again.text


def test_columns_can_be_given_another_meaning(alice: Any) -> None:
    where = draft(alice, "Date,A,B,Amount\n2026-03-04,Rewe,Milk,-1.00\n")
    form = {"account": str(account(alice)), "decimal": ".", "column-0": "date", "column-1": "memo"}
    answer = alice.htmx("post", f"{where}/mapping", data=form | {"column-2": "payee", "column-3": "amount"})
    assert answer.status_code == 200
    assert "Milk" in answer.text
    alice.post(f"{where}/commit", data={})
    assert "Milk" in alice.api("GET", "/api/v1/transactions").text or balance(alice) == -100


@pytest.mark.parametrize(
    "form",
    [
        {"column-0": "amount", "column-1": "payee", "column-2": "date"},
        {"column-0": "date", "column-1": "date", "column-2": "amount"},
        {"column-0": "date", "column-1": "payee", "column-2": "amount", "date_format": "x"},
    ],
)
def test_a_wrong_mapping_is_said_and_the_draft_stays(alice: Any, form: dict[str, str]) -> None:
    where = draft(alice, "Date,Payee,Amount\n2026-03-04,Rewe,-1.00\n")
    answer = alice.post(f"{where}/mapping", data={"account": str(account(alice)), **form})
    assert answer.status_code == 422
    assert "Rewe" in answer.text
    assert "Import 1 transaction" in words(alice.get(where))


def test_unsure_lines_are_decided_on_the_draft(alice: Any) -> None:
    lines(alice, {"booked_on": "2026-03-02", "payee": "Aral", "amount": "-42.18"})
    where = draft(alice)
    page = alice.get(where)
    assert "may be a duplicate" in page.text
    assert 'name="row-2"' in page.text
    alice.post(f"{where}/commit", data={"row-2": "book"})
    assert balance(alice) == 233082 - 4218
    sound(alice)


def test_unsure_lines_wait_on_the_summary(alice: Any) -> None:
    lines(alice, {"booked_on": "2026-03-02", "payee": "Aral", "amount": "-42.18"})
    where = draft(alice)
    alice.post(f"{where}/commit", data={})
    assert "may be a duplicate" in alice.get(where).text
    assert alice.post(f"{where}/decide", data={"row-2": "skip"}).status_code == 303
    assert "may be a duplicate" not in alice.get(where).text
    assert balance(alice) == 233082
    sound(alice)


def test_bad_lines_are_listed_and_the_person_picks(alice: Any) -> None:
    where = draft(alice, BANK.replace("-120,00", "viel"))
    page = alice.get(where)
    assert "1 line cannot be read" in words(page)
    assert "Line 3" in words(page)
    assert alice.post(f"{where}/commit", data={"bad": "nothing"}).status_code == 409
    assert balance(alice) == 0
    alice.post(f"{where}/commit", data={"bad": "rest"})
    assert balance(alice) == 233082 + 12000
    assert "Line 3" in words(alice.get(where))


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 415), (b"\x89PNG\r\n\x1a\n" + bytes(300), 415), (b"just words\nand more words\n", 415)],
)
def test_what_is_no_statement_is_said_at_the_field(alice: Any, content: bytes, status: int) -> None:
    answer = upload(alice, content)
    assert answer.status_code == status
    assert 'id="file-error"' in answer.text
    assert "Earlier imports" in answer.text


def test_no_file_at_all_is_said_at_the_field(alice: Any) -> None:
    answer = alice.post("/imports", data={"account": ""}, files={"other": ("x", b"x")})
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


STATEMENT = """\
Datum;Text;Betrag;Saldo
04.03.2026;Rewe;-10,00;1.240,00
04.03.2026;Lidl;-50,00;1.250,00
02.03.2026;Bakery;-3,50;1.300,00
"""


@pytest.mark.parametrize("order", [1, -1])
def test_the_banks_balance_becomes_the_books(alice: Any, order: int) -> None:
    """Files begin with the newest line or with the oldest; the last day has two lines."""
    head, *rows = STATEMENT.splitlines()
    where = draft(alice, "\n".join([head, *rows[::order]]))
    alice.post(f"{where}/commit", data={"unsure": "ask"})
    page = words(alice.get(where))
    assert "Balance differs by" in page
    assert re.search(r"Set the opening balance to \S*1.303.50", page), page

    assert alice.post(f"{where}/fix-opening-balance").status_code == 303

    assert "agrees with your bank" in words(alice.get(where))
    assert "1,240.00" in words(alice.get("/accounts"))
    sound(alice)


@pytest.mark.parametrize("order", [1, -1])
def test_lines_of_one_day_tell_by_their_steps_which_balance_is_the_last(alice: Any, order: int) -> None:
    head, *rows = STATEMENT.splitlines()[:3]
    where = draft(alice, "\n".join([head, *rows[::order]]))
    assert re.search(r"The file ends at \S*1.240.00", words(alice.get(where)))
    alice.post(f"{where}/commit", data={"unsure": "ask"})
    assert re.search(r"Bank file: \S*1.240.00", words(alice.get(where)))


def test_lines_of_one_day_without_steps_do_not_tell_a_balance(alice: Any) -> None:
    where = draft(alice, "Datum;Text;Betrag;Saldo\n04.03.2026;Rewe;-10,00;1.240,00\n04.03.2026;Lidl;-50,00;7,00\n")
    alice.post(f"{where}/commit", data={"unsure": "ask"})
    assert "Balance differs" not in words(alice.get(where))


def test_the_balance_of_a_single_line_is_the_last(alice: Any) -> None:
    where = draft(alice, "\n".join(STATEMENT.splitlines()[:2]))
    alice.post(f"{where}/commit", data={"unsure": "ask"})
    assert re.search(r"Set the opening balance to \S*1.250.00", words(alice.get(where)))


def test_a_file_without_a_balance_says_nothing_of_one(alice: Any) -> None:
    where = draft(alice)
    alice.post(f"{where}/commit", data={"unsure": "ask"})
    assert "Balance differs" not in words(alice.get(where))
    assert alice.post(f"{where}/fix-opening-balance").status_code == 409


def test_undo_on_the_page(alice: Any) -> None:
    where = draft(alice)
    alice.post(f"{where}/commit", data={})
    assert alice.post(f"{where}/undo", data={}).status_code == 303
    assert "This import was undone" in alice.get(where).text
    assert balance(alice) == 0
    sound(alice)


def test_undo_asks_once_when_rows_were_edited(alice: Any) -> None:
    from sqlalchemy import select

    from app.models import Transaction

    where = draft(alice)
    alice.post(f"{where}/commit", data={})

    async def edit(services: Any) -> None:
        row = await services.session.scalar(select(Transaction).order_by(Transaction.id).limit(1))
        await services.ledger.update(row, memo="mine")

    alice.work(edit)
    asked = alice.post(f"{where}/undo", data={})
    assert asked.status_code == 409
    assert "You edited 1 transaction" in asked.text
    assert balance(alice) == 233082
    assert alice.post(f"{where}/undo", data={"even_edited": "on"}).status_code == 303
    assert balance(alice) == 0
    sound(alice)


def test_transfers_between_own_accounts_are_suggested(alice: Any) -> None:
    from app.models import Account, AccountKind

    async def open_savings(services: Any) -> int:
        row = Account(
            book_id=services.member.book.id, name="Savings", kind=AccountKind.SAVINGS, currency="EUR", position=2
        )
        services.session.add(row)
        await services.session.flush()
        return int(row.id)

    savings = alice.work(open_savings)
    lines(alice, {"booked_on": "2026-03-05", "payee": "To savings", "amount": "-300.00"})
    answer = upload(alice, "Date,Payee,Amount\n2026-03-06,From giro,300.00\n", account=str(savings))
    where = answer.headers["location"]
    alice.post(f"{where}/commit", data={})
    page = alice.get(where)
    assert "may be a transfer" in page.text
    form = dict(re.findall(r'name="(one|other)" value="(\d+)"', page.text))
    assert alice.post(f"{where}/link", data=form).status_code == 303
    assert "may be a transfer" not in alice.get(where).text
    sound(alice)


def test_it_is_private(alice: Any, bob: Any) -> None:
    where = draft(alice)
    assert bob.get(where).status_code == 404
    for verb in ("commit", "discard", "undo", "decide", "mapping", "link", "fix-opening-balance"):
        assert bob.post(f"{where}/{verb}", data={"row-2": "book"}).status_code == 404
    assert "march.csv" not in bob.get("/imports").text


CARD = "Date,Payee,Amount\n2026-03-01,Qwx,6.45\n2026-03-02,Zrt,23.10\n2026-03-03,Plk,5.00\n"


def test_an_open_sign_is_asked_with_rows_read_both_ways(alice: Any) -> None:
    where = draft(alice, CARD)
    page = words(alice.get(where))
    assert "Are positive amounts spending or income?" in page
    assert "Positive is spending" in page
    assert re.search(r"[-−]\S*6.45", page)
    assert alice.post(f"{where}/commit", data={}).status_code == 422
    form = {"column-0": "date", "column-1": "payee", "column-2": "amount", "flipped": "true"}
    assert alice.post(f"{where}/mapping", data=form).status_code == 303
    alice.post(f"{where}/commit", data={})
    assert balance(alice) == -3455
    again = alice.get(draft(alice, "Date,Payee,Amount\n2026-04-01,Abc,1.00\n2026-04-02,Def,2.00\n2026-04-03,G,3.00\n"))
    assert "Import 3 transactions" in words(again)


def test_a_file_of_another_currency_needs_an_account_of_it(alice: Any) -> None:
    content = "Date,Payee,Amount (USD),Balance\n2026-03-01,Shop,-10.00,90.00\n2026-03-02,Cafe,-5.00,85.00\n"
    answer = alice.post("/imports", data={}, files={"file": ("Chase4417_Activity_20260302.csv", content)})
    where = answer.headers["location"]
    page = words(alice.get(where))
    assert "New account: Chase ··4417 · USD" in page
    assert "Import 2" not in page
    assert alice.post(f"{where}/commit", data={}).status_code == 422
    columns = {"column-0": "date", "column-1": "payee", "column-2": "amount", "column-3": "balance"}
    assert alice.post(f"{where}/mapping", data=columns | {"into": "new"}).status_code == 303
    page = words(alice.get(where))
    assert chosen(alice.get(where)) == "Chase ··4417 · USD"
    alice.post(f"{where}/commit", data={})
    accounts = alice.api("GET", "/api/v1/accounts").json()["accounts"]
    assert [each["balance"] for each in accounts if each["name"] == "Chase ··4417"] == ["-15.00"]
    assert chosen(alice.get(draft(alice, content))) == "Chase ··4417 · USD"


def test_a_category_is_changed_in_the_preview_and_the_banks_word_for_it_remembered(alice: Any) -> None:
    head = "Date,Payee,Amount,Category\n"
    where = draft(alice, head + "2026-03-01,Qwxz,-6.45,Eating out\n2026-03-02,Zrtw,-3.10,Zork\n")
    page = alice.get(where)
    assert re.search(r'name="category-2"[^>]*value="Dining out"', page.text)
    alice.post(
        f"{where}/commit", data={"category-3": "Pets", "was-3": "", "category-2": "Dining out", "was-2": "Dining out"}
    )
    again = alice.get(draft(alice, head + "2026-04-02,Other,-4.00,Zork\n"))
    assert re.search(r'name="category-2"[^>]*value="Pets"', again.text)
    assert alice.post(f"{draft(alice)}/commit", data={"category-2": "Nonsense"}).status_code == 422


def test_the_preview_compares_the_balance_and_names_what_is_missing(alice: Any) -> None:
    lines(alice, {"booked_on": "2026-03-02", "payee": "Bakery shop", "amount": "-3.50"})
    page = words(alice.get(draft(alice, STATEMENT)))
    assert "Money out" in page
    assert "Balance differs by" in page
    exact = STATEMENT.replace("1.240,00", "-63,50").replace("1.250,00", "-53,50").replace("1.300,00", "-3,50")
    page = words(alice.get(draft(alice, exact)))
    assert "Balance agrees" in page or "has exactly this amount" in page


def test_a_cash_machine_is_offered_as_a_transfer_to_the_wallet(alice: Any) -> None:
    async def add_wallet(services: Any) -> None:
        await services.accounts.add(AccountIn(name="Wallet", kind=AccountKind.CASH, currency="EUR"))

    alice.work(add_wallet)
    where = draft(alice, "Date,Payee,Amount\n2026-03-06,GELDAUTOMAT 123,-50.00\n2026-03-07,Shop,-1.00\n")
    assert "Transfer with Wallet?" in words(alice.get(where))
    alice.post(f"{where}/commit", data={})
    page = alice.get(where)
    assert "may be a transfer with Wallet" in words(page)
    form = dict(re.findall(r'name="(one|account)" value="(\d+)"', page.text))
    assert alice.post(f"{where}/link", data=form).status_code == 303
    assert "may be a transfer" not in words(alice.get(where))
    assert balance(alice) == -5100
    sound(alice)


def test_a_pending_line_is_imported_on_request_and_its_booking_is_the_same(alice: Any) -> None:
    head = "Date,Payee,Amount,Status\n"
    where = draft(alice, head + "2026-03-06,HOTEL AUTH,-80.00,Pending\n2026-03-05,Shop,-1.00,Booked\n")
    assert "1 line is not booked" in words(alice.get(where))
    form = {"column-0": "date", "column-1": "payee", "column-2": "amount", "column-3": "state", "pending": "on"}
    alice.post(f"{where}/mapping", data=form)
    alice.post(f"{where}/commit", data={})
    assert balance(alice) == -8100
    booked = draft(alice, "Date,Payee,Amount\n2026-03-11,Grand Hotel Bern,-80.00\n2026-03-05,Shop,-1.00\n")
    alice.post(f"{booked}/commit", data={})
    assert balance(alice) == -8100
    rows = alice.api("GET", "/api/v1/transactions?search=hotel").json()["transactions"]
    assert [row["status"] for row in rows] == ["cleared"]
    sound(alice)
    alice.post(f"{booked}/undo", data={})
    sound(alice)

"""The accounts page and its forms."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import select

from app.models import Account, Transaction
from tests.support.cases import each_case

FORM = {"name": "Giro", "kind": "checking", "currency": "EUR", "opening_balance": "1.250,50"}


async def ids(services):
    found = select(Account.name, Account.id).where(Account.book_id == services.member.book.id)
    return {row.name: row.id for row in await services.session.execute(found)}


def book(person, account_id, minor=-1250, day=date(2026, 3, 14)):
    async def work(services):
        await services.ledger.insert(
            Transaction(
                book_id=services.member.book.id,
                account_id=account_id,
                booked_on=day,
                amount_minor=minor,
                currency="EUR",
            )
        )

    person.work(work)


def add(person, **more):
    answer = person.htmx("post", "/accounts", data=FORM | {"opening_balance": "10"} | more)
    assert answer.status_code == 200, answer.text
    return person.work(ids)[more.get("name", "Giro")]


def test_an_account_is_added_in_place_and_can_be_undone(alice):
    answer = alice.htmx("post", "/accounts", data=FORM | {"opening_balance": "-10.50"})

    assert "Giro" in answer.text
    assert "−€10.50" in answer.text
    assert "/undo" in answer.text
    assert answer.headers["hx-trigger"] == "saldo:close"


def test_without_scripts_it_leads_back_to_the_list(alice):
    answer = alice.post("/accounts", data=FORM | {"opening_balance": ""})

    assert answer.status_code == 303
    page = alice.get(answer.headers["location"]).text
    assert "Giro" in page
    undo = re.search(r'action="(/activity/\d+/undo)"', page)
    assert undo, "the page offers to undo it"
    alice.post(undo[1])
    assert "Giro" not in alice.get("/accounts").text


@each_case(
    ("sent", "words"),
    [
        ({"name": " "}, "This field is required."),
        ({"currency": "EU"}, "is not a currency"),
        ({"opening_balance": "lots"}, "is not an amount"),
        ({"opening_balance": "1.2345"}, "EUR has 2 decimals"),
        ({"name": "CASH"}, "with this name already"),
    ],
)
def test_what_is_wrong_is_said_in_the_form(alice, sent, words):
    for answer in (alice.htmx("post", "/accounts", data=FORM | sent), alice.post("/accounts", data=FORM | sent)):
        assert answer.status_code in (409, 422)
        assert 'aria-invalid="true"' in answer.text
        assert words in answer.text


def test_the_currency_stays_once_there_are_transactions(alice):
    account_id = add(alice)
    book(alice, account_id)

    assert 'name="currency"' not in alice.get(f"/accounts/{account_id}/edit").text
    answer = alice.htmx("post", f"/accounts/{account_id}", data=FORM | {"currency": "USD", "opening_balance": "0"})
    assert answer.status_code == 409
    assert "can’t change" in answer.text


def test_an_account_shows_its_balance_over_time_and_on_a_day(alice):
    account_id = add(alice)
    book(alice, account_id)

    assert "€10.00" in alice.get(f"/accounts/{account_id}?on=2026-03-13").text
    shown = alice.get(f"/accounts/{account_id}?on=2026-03-14&span=all").text
    assert "−€2.50" in shown
    assert "Show as table" in shown
    assert alice.get(f"/accounts/{account_id}?on=yesterday&span=x").status_code == 200


def test_only_an_empty_account_is_deleted_and_others_are_archived(alice):
    account_id = add(alice)
    book(alice, account_id)

    assert alice.htmx("post", f"/accounts/{account_id}/delete").status_code == 409
    assert "Archived" in alice.htmx("post", f"/accounts/{account_id}/archive").text
    assert "Unarchive" in alice.get("/accounts").text
    assert alice.htmx("post", f"/accounts/{account_id}/restore").status_code == 200
    assert alice.htmx("post", f"/accounts/{add(alice, name='Empty')}/delete").status_code == 200
    assert "Empty" not in alice.work(ids)


def test_accounts_are_moved_and_one_is_the_default(alice):
    one, other = add(alice), add(alice, name="Second")
    text = alice.htmx("post", f"/accounts/{other}/up").text

    assert text.index(f"/accounts/{other}/edit") < text.index(f"/accounts/{one}/edit")
    assert alice.htmx("post", f"/accounts/{one}/default").status_code == 200
    assert alice.htmx("post", f"/accounts/{one}/archive").status_code == 409
    assert alice.htmx("post", f"/accounts/{one}/explode").status_code == 404


def test_the_total_names_what_has_an_approximate_rate(alice):
    add(alice, name="Dinar", currency="DZD", opening_balance="1000")

    assert "Approximate: DZD" in alice.get("/accounts").text


def test_it_is_private(alice, bob):
    account_id = add(alice)

    for path in ("", "/edit"):
        assert bob.get(f"/accounts/{account_id}{path}").status_code == 404
    for path in ("", "/archive", "/delete", "/up", "/default"):
        assert bob.htmx("post", f"/accounts/{account_id}{path}", data=FORM).status_code == 404
    assert "Giro" not in bob.get("/accounts").text


def balances(page):
    """Amount and balance of each row of the register, newest first."""
    rows = re.findall(r'<data class="money[^"]*" value="([^"]+)".*?<span class="num">([^<]+)</span>', page, re.DOTALL)
    return [(amount, balance.strip()) for amount, balance in rows]


def test_the_register_shows_the_balance_after_each_transaction(alice):
    account_id = add(alice)
    for day, minor in ((2, 500), (1, -300), (2, -100), (3, 25)):
        book(alice, account_id, minor, date(2026, 3, day))

    page = alice.get(f"/accounts/{account_id}").text.partition('id="register"')[2]

    assert balances(page) == [("0.25", "€11.25"), ("-1.00", "€11.00"), ("5.00", "€12.00"), ("-3.00", "€7.00")]


def test_the_register_continues_in_the_middle_of_a_day(alice, monkeypatch):
    monkeypatch.setattr("app.services.accounts.REGISTER_ROWS", 2)
    account_id = add(alice)
    for minor in (100, 200, 300, 400, 500):
        book(alice, account_id, minor, date(2026, 3, 2))

    found, url = [], f"/accounts/{account_id}"
    while url:
        page = alice.htmx("get", url).text.partition('id="register"')[2] or alice.htmx("get", url).text
        found += balances(page)
        url = (re.search(r'hx-get="(/accounts/[^"#]+)', page) or [None, None])[1]

    assert [balance for _amount, balance in found] == ["€25.00", "€20.00", "€16.00", "€13.00", "€11.00"]


def test_the_register_hides_accounts_of_other_books(alice, bob):
    assert bob.get(f"/accounts/{add(alice)}?after=739000.1").status_code == 404


def test_a_saved_filter_is_deleted_with_undo(alice):
    alice.post("/transactions/filters", {"name": "Fuel", "query": "search=Shell"})
    filter_id = re.search(r"/transactions/filters/(\d+)/delete", alice.get("/transactions").text)[1]

    answer = alice.post(f"/transactions/filters/{filter_id}/delete")

    page = alice.get(answer.headers["location"]).text
    assert "Fuel</a>" not in page
    alice.post(re.search(r'action="(/activity/\d+/undo)"', page)[1])
    assert "Fuel</a>" in alice.get("/transactions").text

"""Finding transactions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.schemas.transactions import SplitIn, TransactionIn
from app.services import transaction_list
from app.services.transaction_list import read_filter
from tests.support import entries
from tests.support.cases import each_case

DAY = date(2026, 3, 14)


@pytest.fixture
def ledger(alice: Any) -> Any:
    """Alice's entries: lunch, rent split in two, salary, and a coffee that is not filed."""

    async def fill(services: Any) -> dict[str, int]:
        key = await services.categories.by_key()
        rows = {
            "lunch": {"amount": "-12.50", "payee": "Café Zoë", "category": key["dining_out"].id, "tags": ["Trip"]},
            "rent": {
                "amount": "-900",
                "payee": "Landlord",
                "splits": [
                    SplitIn(amount="-800", category=key["housing"].id),
                    SplitIn(amount="-100", category=key["utilities"].id),
                ],
            },
            "salary": {"amount": "2500", "payee": "ACME", "category": key["salary"].id},
            "coffee": {"amount": "-3.20", "payee": "Kiosk", "memo": "100% arabica"},
        }
        ids = {}
        for back, (name, row) in enumerate(rows.items()):
            added = await services.transactions.add(TransactionIn(booked_on=DAY - timedelta(back), **row))
            ids[name] = added.id
        return ids

    return alice.work(fill)


def found(person: Any, ids: dict[str, int], after: str | None = None, **params: Any) -> list[str]:
    wanted, problems = read_filter({name: [str(value)] for name, value in params.items()})
    assert problems == {}
    page = person.work(lambda services: services.transaction_list.page(wanted, after))
    names = {row_id: name for name, row_id in ids.items()}
    return [names[line.id] for line in page.lines]


@each_case(
    ("params", "names"),
    [
        ({}, ["lunch", "rent", "salary", "coffee"]),
        ({"search": "cafe"}, ["lunch"]),
        ({"q": "CAFÉ zoe"}, ["lunch"]),
        ({"search": "12.50"}, ["lunch"]),
        ({"search": "dining"}, ["lunch"]),
        ({"search": "rent landlord"}, ["rent"]),
        ({"search": ">100"}, ["rent", "salary"]),
        ({"search": ">12.50 <900"}, []),
        ({"search": "12.50..900"}, ["lunch", "rent"]),
        ({"search": "<=12,50 cafe"}, ["lunch"]),
        ({"search": "2026-03"}, ["lunch", "rent", "salary", "coffee"]),
        ({"search": "2026-03-13"}, ["rent"]),
        ({"search": "march 2026 >1000"}, ["salary"]),
        ({"search": "2025"}, []),
        ({"search": "12,50"}, ["lunch"]),
        ({"search": "100%"}, ["coffee"]),
        ({"search": "_"}, []),
        ({"category": "unfiled"}, ["coffee"]),
        ({"uncategorised": "yes"}, ["coffee"]),
        ({"tag": "TRIP"}, ["lunch"]),
        ({"payee": "cafe zoe"}, ["lunch"]),
        ({"payee": "nobody"}, []),
        ({"since": "2026-03-13", "until": "2026-03-13"}, ["rent"]),
        ({"min_amount": "12.50", "max_amount": "900"}, ["lunch", "rent"]),
        ({"max_amount": "12.499"}, ["coffee"]),
        ({"flow": "in"}, ["salary"]),
        ({"status": "pending"}, []),
        ({"transfer": "yes"}, []),
        ({"sort_by": "amount", "sort_order": "asc"}, ["rent", "lunch", "coffee", "salary"]),
        ({"account": 987654}, []),
        ({"batch": 1}, []),
    ],
)
def test_a_filter_finds(alice: Any, ledger: Any, params: dict[str, Any], names: list[str]) -> None:
    assert found(alice, ledger, **params) == names


def test_a_category_is_found_in_splits(alice: Any, ledger: Any) -> None:
    async def key(services: Any) -> int:
        return (await services.categories.by_key())["utilities"].id

    assert found(alice, ledger, category=alice.work(key)) == ["rent"]


@each_case(
    ("name", "value"),
    [
        ("since", "2026-02-31"), ("since", "20260101"), ("until", "x"), ("account", "1; drop"), ("category", "٣"),
        ("min_amount", "1e9"), ("status", "gone"), ("sort_by", "payee"), ("search", "a\x00b"), ("search", "\ud800"),
        ("account", "9" * 30),
    ],
)  # fmt: skip
def test_rubbish_in_the_address_is_told(name: str, value: str) -> None:
    _wanted, problems = read_filter({name: [value]})
    assert list(problems) == [name]


def test_an_address_says_the_same_filter_again() -> None:
    params = {
        "search": ["a&b"], "account": ["1", "2"], "category": ["unfiled"], "since": ["2026-01-01"], "transfer": ["no"],
        "min_amount": ["5"], "sort_by": ["amount"], "sort_order": ["asc"], "batch": ["3"], "status": ["cleared"],
    }  # fmt: skip
    wanted, _problems = read_filter(params)
    from urllib.parse import parse_qs

    again, problems = read_filter(parse_qs(wanted.query))
    assert problems == {}
    assert again == wanted


@pytest.mark.parametrize("sort", ["date", "amount"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_meet_without_gap_or_overlap(alice: Any, ledger: Any, sort: str, order: str) -> None:
    wanted, _problems = read_filter({"sort_by": [sort], "sort_order": [order]})

    async def walk(services: Any) -> Any:
        every = [line.id for line in (await services.transaction_list.page(wanted)).lines]
        seen: list[int] = []
        after = None
        while True:
            page = await services.transaction_list.page(wanted, after, limit=1)
            seen += [line.id for line in page.lines]
            if page.next is None:
                return every, seen
            after = page.next

    every, seen = alice.work(walk)
    assert seen == every
    assert len(seen) == 4


def test_sums_and_days_leave_nothing_out(alice: Any, ledger: Any) -> None:
    wanted, _problems = read_filter({"since": ["2026-01-01"]})
    page = alice.work(lambda services: services.transaction_list.page(wanted, limit=2))
    assert (page.count, page.is_more) == (4, False)
    assert [(each.into, each.out) for each in page.sums] == [(250000, -91570)]
    assert page.days[DAY][0].net == -1250


def test_a_cursor_that_means_nothing_starts_at_the_top(alice: Any, ledger: Any) -> None:
    for rubbish in ("x", "1", "9" * 40 + ".1", "-1.2", "\ud800"):
        assert found(alice, ledger, rubbish)[:1] == ["lunch"]


def test_rows_are_private(alice: Any, bob: Any, ledger: Any) -> None:
    assert found(bob, ledger) == []
    assert bob.work(lambda services: services.transaction_list.lines(list(ledger.values()))) == []


def pages(person: Any, wanted: Any, limit: int) -> list[list[int]]:
    """The rows of the first pages by their numbers, until one is empty."""
    found: list[list[int]] = []

    async def one(services: Any) -> list[int]:
        page = await services.transaction_list.page(wanted, limit=limit, offset=limit * len(found))
        return [line.id for line in page.lines]

    while rows := person.work(one):
        found.append(rows)
    return found


@pytest.fixture
def bank(alice: Any) -> int:
    """An account of Alice's with some of fourteen transactions: three a day, the others are in another account."""
    account = entries.account(alice, "Bank")
    for number in range(14):
        entries.enter(alice, f"2026-03-{10 + number // 3}", f"-{number}.50", account=account if number % 4 else None)
    return account


@each_case("limit", [1, 2, 3, 5, 100])
@each_case("dates", [{}, {"since": "2026-03-12"}, {"until": "2026-03-13"}])
@each_case("order", ["desc", "asc"])
@each_case("one_account", [True, False])
def test_a_page_by_its_number_is_the_one_by_cursor(
    alice: Any, bob: Any, monkeypatch: Any, bank: int, limit: int, dates: Any, order: str, one_account: bool
) -> None:
    monkeypatch.setattr(transaction_list, "MIN_ROWS_TO_SKIP_BY_DAY", 2)
    asked = {**({"account": str(bank)} if one_account else {}), "sort_order": order, **dates}
    wanted, problems = read_filter({name: [value] for name, value in asked.items()})
    assert problems == {}

    async def whole(services: Any) -> list[int]:
        return [line.id async for lines in services.transaction_list.stream(wanted, batch=limit) for line in lines]

    by_number = pages(alice, wanted, limit)
    assert [each for page in by_number for each in page] == alice.work(whole)
    assert all(len(page) == limit for page in by_number[:-1])
    assert pages(bob, wanted, limit) == []


def test_deep_pages_of_a_filter_go_by_cursor(alice: Any) -> None:
    entries.enter(alice, "2026-03-10", "-1.50", payee="Baker")
    path = "/api/v1/transactions?limit=100&page=101"
    assert alice.api("GET", path).status_code == 200
    assert alice.api("GET", f"{path}&account={entries.cash(alice)}&since=2026-01-01").status_code == 200
    for filter_ in ("search=baker", "min_amount=1", "status=cleared", "sort_by=amount&payee=baker"):
        answer = alice.api("GET", f"{path}&{filter_}")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "page"
        assert "cursor" in answer.json()["errors"][0]["message"]
        assert alice.api("GET", f"/api/v1/transactions?limit=100&page=100&{filter_}").status_code == 200


def test_a_split_counts_in_a_category_by_its_part(alice):
    """List, report and category page have one total."""
    month = date(2026, 3, 1)
    entries.enter(alice, "2026-03-02", "-900.00", parts={"housing": "-800.00", "utilities": "-100.00"})
    entries.enter(alice, "2026-03-03", "-20.00", "housing")
    housing = entries.category(alice, "housing")

    async def totals(services: Any) -> tuple[Any, ...]:
        page = await services.transaction_list.page(read_filter({"category": [str(housing)]})[0])
        summed = await services.transaction_list.totals(read_filter({"category": [str(housing)]})[0])
        report = await services.reports.get(month)
        shown = await services.category_page.get(housing, month)
        in_report = next(s.minor for g in report.sides[0].groups for s in g.shares if s.label.id == housing)
        days = [(day, [each.out for each in sums]) for day, sums in sorted(page.days.items())]
        return page.sums[0].out, summed[0].out, -in_report, -shown.now, days

    found = entries.looked(alice, totals, date(2026, 3, 15))

    assert found[:4] == (-82_000,) * 4
    assert found[4] == [(date(2026, 3, 2), [-80_000]), (date(2026, 3, 3), [-2_000])]


def test_ids_are_repeated_or_have_commas_between_them():
    repeated, _problems = read_filter({"category": ["3", "5", "unfiled"], "account": ["7"]})
    joined, problems = read_filter({"category": ["3,5,unfiled"], "account": ["7"]})
    _found, refused = read_filter({"category": ["3,x"]})

    assert (joined, problems) == (repeated, {})
    assert list(refused) == ["category"]

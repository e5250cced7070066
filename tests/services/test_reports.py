"""Reports of any period, accounts and tags: every figure is the total of the transactions that it links to."""

from __future__ import annotations

import html
import re
from datetime import date
from urllib.parse import parse_qs

import pytest

from app.domain.money import Money
from app.domain.period import Months, Period
from app.routes.reports import ReportLinks
from app.services.transaction_list import read_filter
from tests.support.entries import account, category, enter, looked, transfer
from tests.support.journal import save

TODAY = date(2026, 5, 20)
SPRING = Period(date(2026, 3, 1), date(2026, 6, 1))
WITHIN = Period(date(2026, 3, 5), date(2026, 5, 12))


def fill(person):
    """Return a checking account that has some of the transactions, which have splits, refunds and more than one tag."""
    checking = account(person, "Checking")
    savings = account(person, "Savings")
    for number, month in enumerate(("2026-02", "2026-03", "2026-04", "2026-05")):
        enter(person, f"{month}-01", "2000.00", "salary", payee="Employer", account=checking)
        enter(person, f"{month}-04", f"-{80 + number}.10", "groceries", payee="Market", tags=["trip", "food"])
        parts = {"groceries": "-35.05", "household": "-15.00"}
        enter(person, f"{month}-05", "-50.05", parts=parts, payee="Market", account=checking, tags=["trip"])
        enter(person, f"{month}-11", "-9.00", payee="Kiosk", account=checking)
        enter(person, f"{month}-12", "12.50", "groceries", payee="Market", account=checking)
        enter(person, f"{month}-13", "4.00", payee="Stranger")
        transfer(person, f"{month}-14", "400.00", checking, savings)
    mixed = [{"category": category(person, "travel"), "amount": "-30.00"}, {"amount": "-5.00"}]
    enter(person, "2026-04-20", "-35.00", payee="Hotel", splits=mixed, account=checking)
    return checking


@pytest.mark.parametrize("period", [SPRING, WITHIN, Period(date(2026, 4, 1), date(2026, 5, 1))], ids=str)
@pytest.mark.parametrize("has_account", [False, True], ids=["all accounts", "one account"])
@pytest.mark.parametrize("tag", ["", "trip"])
def test_each_figure_is_the_total_of_its_transactions(alice, period, has_account, tag):
    accounts = [fill(alice)] if has_account else (fill(alice), ())[1]

    async def compare(services):
        report = await services.reports.get_period(period, accounts, tag)
        links = ReportLinks(report)
        figures = {"net": (report.totals.saved, links.net()), "net before": (report.previous.saved, links.net(True))}
        for side in report.sides:
            sign = 1 if side.kind == "income" else -1
            figures[side.kind] = sign * side.minor, links.kind(side.kind)
            figures[f"{side.kind} before"] = sign * side.previous, links.kind(side.kind, True)
            for group in side.groups:
                figures[f"group {group.name}"] = sign * group.minor, links.categories(group.shares, side.kind)
                for each in group.shares:
                    name = f"{side.kind} {each.label.name}"
                    figures[name] = sign * each.minor, links.categories([each], side.kind)
                    figures[f"{name} before"] = sign * each.previous, links.categories([each], side.kind, True)
        for payee in report.payees:
            figures[payee.name] = -payee.minor, links.payee(payee.payee_id)
        found = {}
        for name, (minor, url) in figures.items():
            wanted, problems = read_filter(parse_qs(url.partition("?")[2]))
            page = await services.transaction_list.page(wanted)
            summed = await services.transaction_list.totals(wanted)
            found[name] = minor, sum(each.net for each in page.sums), sum(each.net for each in summed), problems
        return found

    found = looked(alice, compare, TODAY)

    assert found == {name: (each[0],) * 3 + ({},) for name, each in found.items()}
    assert {"net", "income", "expense", "expense Groceries", "Market"} <= found.keys()


def test_months_and_days_give_the_same_report(alice):
    """Whole months are read from month totals, parts of months from transactions."""
    fill(alice)

    async def figures(services):
        whole = await services.reports.get_period(SPRING)
        by_rows = await services.insights.sum_rows(whole.rows, services.insights.in_base())
        return whole.totals.flows, by_rows.flows, whole.before, whole.averaged

    whole, by_rows, before, averaged = looked(alice, figures, TODAY)

    assert whole == by_rows
    assert (before, averaged) == (Period(date(2025, 12, 1), date(2026, 3, 1)), 0)


def test_other_currencies_count_at_the_rate_of_each_month(alice):
    dollars = account(alice, "Travel", "USD")
    for day in ("2026-01-05", "2026-01-06", "2026-02-05"):
        enter(alice, day, "-33.33", "travel", payee="Hotel", account=dollars)

    async def figures(services):
        months = [await services.reports.get(date(2026, month, 1)) for month in (1, 2)]
        both = await services.reports.get_period(Period(date(2026, 1, 1), date(2026, 2, 28)))
        return [each.totals.expenses for each in months], both.totals.expenses, both.payees[0].minor

    months, both, payee = looked(alice, figures, TODAY)

    assert both == payee == sum(months)


def test_the_period_before_has_equal_length():
    months = Months(15)
    before = months.before(Period(date(2026, 3, 15), date(2026, 5, 15)))

    assert before == Period(date(2026, 1, 15), date(2026, 3, 15))
    assert months.before(Period(date(2026, 3, 1), date(2026, 3, 11))) == Period(date(2026, 2, 19), date(2026, 3, 1))


def test_the_page_takes_a_period_accounts_and_a_tag_from_its_url(alice):
    checking = fill(alice)
    page = alice.get(f"/reports?from=2026-03-05&to=2026-05-12&account={checking}&tag=TRIP").text

    assert "5 Mar 2026 – 12 May 2026" in page or "Mar 5, 2026 – May 12, 2026" in page
    assert "Previous period" in page
    assert "Typical" not in page
    link = html.unescape(re.search(r'href="(/transactions\?[^"]*kind=expense[^"]*)"', page)[1])
    shown = alice.get(link).text
    assert Money(-3 * 5005, "EUR").shown.strip("-−") in page
    assert "3 transactions" in shown
    assert "Spending" in shown


@pytest.mark.parametrize("preset", ["this-month", "last-month", "last-3-months", "this-year", "last-year"])
def test_presets_are_links_that_keep_the_filters(alice, preset):
    checking = fill(alice)
    page = alice.get(f"/reports?period={preset}&account={checking}").text

    current = re.search(r'href="([^"]*)" aria-current="true"', page)[1]
    assert html.unescape(current) == f"/reports?period={preset}&account={checking}"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("from=2026-05-01&to=2026-04-01", "This is before the first day."),
        ("from=2026-05-01", "Enter a date."),
        ("from=2026-02-30&to=2026-04-01", "is not a date"),
        ("from=0001-01-01&to=2026-04-01", "Enter a year from 1900 to 2999."),
        ("from=1901-01-01&to=2026-04-01", "Choose at most 50 years."),
    ],
)
def test_an_invalid_period_has_a_message_at_its_field(alice, query, message):
    answer = alice.get(f"/reports?{query}")

    assert answer.status_code == 200
    assert message in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_accounts_and_tags_of_others_are_ignored(alice, bob):
    enter(bob, "2026-04-04", "-80.00", "groceries", payee="Secret shop", tags=["hidden"])
    theirs = account(bob, "Theirs")
    enter(alice, "2026-04-04", "-7.00", "groceries", payee="Market")

    page = alice.get(f"/reports?from=2026-04-01&to=2026-04-10&account={theirs}&tag=hidden").text

    assert "Secret shop" not in page
    assert "Market" in page


def test_categories_open_in_the_last_budget_month_of_the_period(alice):
    save(alice, first_day_of_month="15")
    enter(alice, "2026-04-10", "-7.00", "groceries", payee="Market")  # in the month that begins on 15 March

    for query in ("month=2026-03", "from=2026-02-01&to=2026-04-12"):
        assert f'href="/categories/{category(alice, "groceries")}?month=2026-03"' in alice.get(f"/reports?{query}").text

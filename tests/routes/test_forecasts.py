"""The forecast page: its states, its suppositions, and that it is private."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.support.cases import each_case
from tests.support.forecasts import account, computed, half_a_year


def page(person, query=""):
    answer = person.get(f"/forecast{query}")
    assert answer.status_code == 200
    return answer.text


def test_an_empty_book_is_led_to_its_first_entries(alice):
    body = page(alice)

    assert "No forecast yet" in body
    assert 'href="/imports"' in body


POLL = re.compile(r'hx-get="([^"]+)" hx-trigger="load delay:(\d+)s"')


def test_before_the_worker_has_run_a_first_estimate_is_shown_and_asks_again(alice):
    alice.work(half_a_year)
    body = page(alice, "?days=30")

    assert "First estimate" in body
    assert POLL.findall(body) == [("/forecast/fresh?days=30&amp;turn=1", "3")]


@pytest.mark.parametrize("first", ["what=sofa+900", "days=30&after="])
def test_where_no_worker_runs_the_page_asks_ever_more_seldom_and_ends_with_a_link(alice, first):
    alice.work(half_a_year)
    url, waits = f"/forecast/fresh?{first}&turn=0", []
    while found := POLL.findall(answer := alice.htmx("get", url).text):
        ((address, seconds),) = found
        url = unescape(address)
        waits.append(int(seconds))
        assert len(waits) < 20

    assert waits == sorted(waits)
    assert 60 < sum(waits) < 300
    assert "isn’t ready yet" in answer
    assert "hx-get" not in answer
    again = "/forecast?" + first.removesuffix("&after=")
    assert f'href="{again}"' in answer
    assert "load delay" in page(alice, again.removeprefix("/forecast"))


@pytest.mark.parametrize("turn", ["-1", "9" * 400, "x", "٣", "%C2%B2"])
def test_a_turn_nobody_took_ends_the_asking(alice, turn):
    alice.work(half_a_year)
    answer = alice.htmx("get", f"/forecast/fresh?turn={turn}")

    assert answer.status_code == 200
    assert 'href="/forecast"' in answer.text or "load delay" in answer.text


def test_once_it_has_run_the_page_is_complete(alice):
    alice.work(half_a_year)
    computed(alice)
    body = page(alice)

    assert "load delay" not in body
    for words in ("Expected on", "Linden Property", "Groceries", "Forecast accuracy", "Show as table", "Payday"):
        assert words in body
    fresh = alice.htmx("get", "/forecast/fresh?days=90&turn=3")
    assert 'id="forecast"' in fresh.text
    assert fresh.headers["HX-Retarget"] == "#forecast"


def test_a_supposition_is_a_chip_that_can_be_dropped(alice):
    alice.work(half_a_year)
    computed(alice)
    body = page(alice, "?days=30&what=rent+%2B100")

    assert "Rent and mortgage +€100.00 a month" in body
    assert 'href="/forecast?days=30"' in body


def test_a_scenario_beyond_the_period_says_so(alice):
    alice.work(half_a_year)
    computed(alice)
    what = "what=480+on+12+february"

    assert "Choose a longer period." in page(alice, f"?days=30&{what}")
    assert "Choose a longer period." not in page(alice, f"?days=365&{what}")


def test_what_cannot_be_understood_is_told_at_its_field(alice):
    alice.work(half_a_year)
    computed(alice)
    body = page(alice, "?what=flibber+%2B3&what=rent+%2B100")

    assert "No category or recurring payment is called “flibber”." in body
    assert 'aria-invalid="true"' in body
    assert "Rent and mortgage +€100.00 a month" in body


def test_while_it_is_being_typed_nothing_is_scolded(alice):
    alice.work(half_a_year)
    computed(alice)

    assert 'aria-invalid="true"' not in alice.htmx("get", "/forecast/preview?new=ren").text
    assert "Sofa €900.00" in alice.htmx("get", "/forecast/preview?new=sofa+900").text


def test_a_second_supposition_joins_the_first(alice):
    """Whatever the order in which a browser sends the field and what holds already."""
    alice.work(half_a_year)
    computed(alice)

    for address in ("?new=sofa+900&what=rent+%2B100", "?what=rent+%2B100&new=sofa+900"):
        typing = alice.htmx("get", f"/forecast/preview{address}").text
        assert 'name="what" value="rent +100"' in typing
        assert 'name="new" type="text" value="sofa 900"' in typing
        sent = page(alice, address)
        assert 'name="what" value="rent +100"' in sent
        assert 'name="what" value="sofa 900"' in sent
        assert 'name="new" type="text" value=""' in sent


@each_case("query", ["?days=rubbish", "?days=-1", "?days=" + "9" * 400, "?account=all", "?what=%00&what="])
def test_rubbish_in_the_address_falls_back(alice, query):
    alice.work(half_a_year)
    page(alice, query)


def test_another_books_account_does_not_exist(alice, bob):
    theirs = alice.work(lambda services: account(services, "Secret"))

    assert bob.get(f"/forecast?account={theirs}").status_code == 404
    assert bob.get("/forecast?account=no-such").status_code == 404


def test_it_is_for_members_only(stranger):
    assert stranger.get("/forecast").status_code == 303


def test_it_can_be_computed_again(alice):
    alice.work(half_a_year)
    computed(alice)
    answer = alice.htmx("post", "/forecast/refresh", data={"query": "days=30"})

    assert answer.status_code == 200
    assert "/forecast/fresh?days=30&amp;after=" in answer.text
    assert alice.post("/forecast/refresh").status_code == 303

"""Forecasts over the API."""

from __future__ import annotations

import pytest

from tests.support.forecasts import account, computed, half_a_year

URL = "/api/v1/forecasts"


@pytest.fixture
def books(alice):
    alice.work(half_a_year)
    computed(alice)
    return alice


def test_the_seed_shape_has_the_total_and_then_the_categories(books):
    body = books.api("GET", "/api/forecast/?months=2").json()

    assert set(body) == {"currency", "horizon", "series", "method", "backtest"}
    assert (body["currency"], body["horizon"]) == ("EUR", 2)
    assert body["series"][0]["name"] == "total"
    assert {"Groceries", "Rent and mortgage"} <= {each["name"] for each in body["series"]}
    assert set(body["backtest"]) == {"mase", "smape", "coverage", "months"}
    for point in body["series"][0]["points"]:
        assert set(point) == {"date", "value", "lower", "upper"}
        assert point["lower"] <= point["value"] <= point["upper"]


def test_spending_is_texts_beside_a_currency(books):
    body = books.api("GET", f"{URL}?months=3").json()

    assert (body["target"], body["unit"], body["quality"]) == ("spending", "month", "full")
    assert [point["value"] for point in body["series"][0]["points"]] == ["1100.00"] * 3


def test_one_category_and_income(books):
    async def by_key(services):
        return (await services.categories.by_key())["salary"].id

    salary = books.work(by_key)
    income = books.api("GET", f"{URL}?target=income&category={salary}").json()

    assert [point["value"] for point in income["series"][0]["points"]] == ["2000.00"] * 3
    assert books.api("GET", f"{URL}?target=spending&category={salary}").status_code == 400


def test_days_add_up_to_their_months(books):
    by_month = books.api("GET", f"{URL}?months=2").json()["series"][0]["points"]
    by_day = books.api("GET", f"{URL}?months=2&unit=day").json()["series"][0]["points"]
    for month in by_month:
        days = [float(each["value"]) for each in by_day if each["date"][:7] == month["date"][:7]]
        assert sum(days) == pytest.approx(float(month["value"]))


def test_a_balance_by_day_with_a_supposition(books):
    plain = books.api("GET", f"{URL}?target=balance&months=1").json()["series"][0]["points"]
    supposed = books.api("GET", f"{URL}?target=balance&months=1&what=sofa+900").json()

    assert supposed["what"] == ["sofa 900"]
    for one, other in zip(plain, supposed["series"][0]["points"], strict=True):
        assert float(one["value"]) - float(other["value"]) == pytest.approx(900)


BAD = """months=0 months=99 months=x target=weather unit=week what=flibber+%2B3 category=-1 target=balance&category=1
account=1 target=balance&account=x target=balance&account=99999999999999999999"""


def test_bad_input_is_400(books):
    answers = {query: books.api("GET", f"{URL}?{query}").status_code for query in BAD.split()}

    assert set(answers.values()) == {400}, answers


def test_the_seed_route_refuses_bad_horizons(books):
    assert books.api("GET", "/api/forecast/?months=0").status_code == 400
    assert books.api("GET", "/api/forecast/?months=13").status_code == 400


def test_another_books_things_do_not_exist(books, bob):
    theirs = books.work(lambda services: account(services, "Secret"))

    assert bob.api("GET", f"{URL}?target=balance&account={theirs}").status_code == 404
    assert bob.api("GET", f"{URL}?category=999999").status_code == 404
    assert bob.api("GET", "/api/forecast/").json()["series"][0]["points"][0]["value"] == 0
    assert books.client.get("/api/forecast/").status_code == 401

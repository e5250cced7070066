"""The converter and the page of own rates."""

from __future__ import annotations

RATE = {"base": "EUR", "quote": "DZD", "rate": "150,5", "as_of": "2026-10-01"}


def rate_id(person):
    async def work(services):
        return (await services.currencies.own())[0].id

    return person.work(work)


def test_the_converter_answers_with_its_rate(alice):
    text = alice.get("/currencies?amount=100&base=EUR&quote=USD&on=2026-10-31").text

    assert "111.72" in text
    assert "European Central Bank" in text
    assert "<html" not in alice.htmx("get", "/currencies?amount=1&base=EUR&quote=USD").text


def test_what_cannot_be_converted_is_said(alice):
    assert "No rate is known" in alice.get("/currencies?quote=ISK&on=2012-01-02").text
    assert "approximate rate" in alice.get("/currencies?quote=DZD").text
    assert "is not an amount" in alice.get("/currencies?amount=x").text
    assert "is not a currency" in alice.get("/currencies?base=1").text
    assert "This is not a date" in alice.get("/currencies?on=x").text


def test_own_rates_are_added_edited_and_deleted(alice):
    assert "150.5" in alice.htmx("post", "/currencies/rates", data=RATE).text
    url = f"/currencies/rates/{rate_id(alice)}"

    assert "15,050.00" in alice.get("/currencies?quote=DZD").text
    assert "150.5" in alice.get(f"{url}/edit").text
    assert "200" in alice.htmx("post", url, data=RATE | {"rate": "200"}).text
    assert alice.htmx("post", url, data=RATE | {"rate": "x"}).status_code == 422
    assert alice.post("/currencies/rates", data=RATE).status_code == 409
    assert "No custom rates" in alice.htmx("post", f"{url}/delete").text


def test_it_is_private(alice, bob):
    alice.post("/currencies/rates", data=RATE)
    url = f"/currencies/rates/{rate_id(alice)}"

    assert bob.get(f"{url}/edit").status_code == 404
    assert bob.htmx("post", url, data=RATE).status_code == 404
    assert bob.htmx("post", f"{url}/delete").status_code == 404

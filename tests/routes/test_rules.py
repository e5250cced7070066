"""The page of rules, the form with its preview, and applying a rule to the past."""

from __future__ import annotations

import pytest

from app.schemas.transactions import TransactionIn


def category(person, key):
    async def work(services):
        return (await services.categories.by_key())[key].id

    return person.work(work)


def book(person, payee="Lidl", amount="-12.50"):
    async def work(services):
        return (await services.transactions.add(TransactionIn(payee=payee, amount=amount))).id

    return person.work(work)


def rules(person):
    async def work(services):
        return [(rule.id, rule.when, rule.then, rule.enabled) for rule in await services.rules.all()]

    return person.work(work)


def form(person, **more):
    return {
        "payee_contains": "lidl",
        "category": category(person, "gifts"),
        "min_amount": "10,00",
        "tags": "a, b",
        **more,
    }


def filed(person, row):
    async def work(services):
        return (await services.transactions.get(row)).category_id

    return person.work(work)


def test_a_rule_is_added_for_what_comes(alice):
    row = book(alice)
    assert "No rules yet" in alice.get("/rules").text

    assert alice.post("/rules", data=form(alice)).headers["location"].startswith("/rules?done=")
    assert rules(alice)[0][1:3] == (
        {"payee_contains": "lidl", "min_amount": "10"},
        {"category": category(alice, "gifts"), "tags": ["a", "b"]},
    )
    assert filed(alice, row) == category(alice, "groceries")
    assert "Payee contains “lidl”, at least €10.00" in alice.get("/rules").text


def test_a_rule_is_saved_and_applied_in_one_go(alice):
    row = book(alice)
    answer = alice.htmx("post", "/rules", data=form(alice, run="1"))

    landed = alice.get(answer.headers["hx-redirect"]).text
    assert "A rule changed 1 transaction" in landed
    assert "data-undo" in landed
    assert filed(alice, row) == category(alice, "gifts")


def test_the_preview_shows_before_and_after(alice):
    book(alice)
    text = alice.htmx("get", "/rules/preview", params=form(alice)).text

    assert "1 past transaction matches" in text
    assert "Nothing has changed yet" in text
    assert "Gifts" in text
    assert "Add at least one condition." in alice.htmx("get", "/rules/preview").text
    assert "is not an amount" in alice.htmx("get", "/rules/preview?min_amount=x").text


def test_a_correction_becomes_a_rule_in_one_click(alice):
    text = alice.get(f"/rules/new?from={book(alice)}").text

    assert 'value="Lidl"' in text
    assert f'<option value="{category(alice, "groceries")}" selected' in text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"payee_contains": "", "min_amount": ""}, "Add at least one condition."),
        ({"category": "", "tags": ""}, "Add at least one action"),
        ({"min_amount": "lots"}, "is not an amount"),
        ({"min_amount": "20", "max_amount": "10"}, "greater than the maximum"),
        ({"category": "999999"}, "Choose one of your categories."),
        ({"account": "999999"}, "Choose one of your accounts."),
        ({"tags": "x" * 50}, "too long"),
    ],
)
def test_what_is_wrong_is_said_in_the_form(alice, sent, words):
    for answer in (
        alice.htmx("post", "/rules", data=form(alice, **sent)),
        alice.post("/rules", data=form(alice, **sent)),
    ):
        assert answer.status_code == 422
        assert words in answer.text
    assert rules(alice) == []


def test_rules_are_edited_ordered_switched_and_deleted(alice):
    alice.post("/rules", data=form(alice))
    alice.post("/rules", data=form(alice, payee_contains="aldi"))
    first, second = (rule[0] for rule in rules(alice))

    assert "lidl" in alice.get(f"/rules/{first}/edit").text
    alice.post(f"/rules/{first}", data=form(alice, payee_contains="rewe"))
    assert alice.htmx("post", f"/rules/{second}/up").status_code == 200
    assert [rule[1]["payee_contains"] for rule in rules(alice)] == ["aldi", "rewe"]
    assert "Off" in alice.htmx("post", f"/rules/{first}/off").text
    assert alice.htmx("post", f"/rules/{first}/run").status_code == 409
    assert alice.htmx("post", f"/rules/{first}/delete").status_code == 200
    assert len(rules(alice)) == 1


def test_it_is_private(alice, bob):
    alice.post("/rules", data=form(alice))
    rule_id, row = rules(alice)[0][0], book(alice)

    assert bob.get(f"/rules/{rule_id}/edit").status_code == 404
    assert bob.get(f"/rules/new?from={row}").status_code == 404
    assert bob.post(f"/rules/{rule_id}", data=form(bob)).status_code == 404
    for verb in ("run", "up", "on", "off", "delete"):
        assert bob.htmx("post", f"/rules/{rule_id}/{verb}").status_code == 404

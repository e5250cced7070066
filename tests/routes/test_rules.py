"""The page of rules, the form with its preview, and applying a rule to the past."""

from __future__ import annotations

from app.models import AccountKind
from app.schemas.transactions import TransactionIn
from app.services.transaction_list import Filter
from tests.support import entries
from tests.support.cases import each_case
from tests.support.statements import lines


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


@each_case(
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


def transfer_rule(alice, savings, **more):
    return alice.post("/rules", data={"payee_contains": "savings plan", "transfer": str(savings), **more})


def other_sides(alice, account_id):
    async def work(services):
        return [
            (line.booked_on.isoformat(), line.amount.wire, line.transfer_id is not None)
            for line in (await services.transaction_list.page(Filter(account=(account_id,)))).lines
        ]

    return alice.work(work)


def test_a_rule_links_the_matching_transaction_or_adds_the_other_side(alice):
    savings = entries.account(alice, "Savings", kind=AccountKind.SAVINGS)
    for day, amount in (("2026-02-02", "-80"), ("2026-03-02", "-90")):
        entries.enter(alice, day, amount, "gifts", payee="Savings plan")
    entries.enter(alice, "2026-03-04", "90", account=savings)

    query = {"payee_contains": "savings plan", "transfer": str(savings)}
    preview = alice.get("/rules/preview", params=query).text
    assert "2 would change" in preview
    assert "Transfer: Savings" in preview

    transfer_rule(alice, savings, run="1")
    assert other_sides(alice, savings) == [("2026-03-04", "90.00", True), ("2026-02-02", "80.00", True)]
    assert "Transfer: Savings" in alice.get("/rules").text
    assert "0 past transactions" in alice.get("/rules/preview", params=query).text
    entries.enter(alice, "2026-04-02", "-70", payee="Savings plan")
    assert other_sides(alice, savings)[0] == ("2026-04-02", "70.00", True)
    assert entries.findings(alice) == []


def test_an_import_makes_the_transfers_of_rules_and_undo_takes_them_back(alice):
    savings = entries.account(alice, "Savings", kind=AccountKind.SAVINGS)
    entries.enter(alice, "2026-03-04", "90", account=savings)
    transfer_rule(alice, savings)
    rows = [
        {"booked_on": "2026-03-02", "payee": "Savings plan", "amount": "-90"},
        {"booked_on": "2026-03-09", "payee": "Savings plan", "amount": "-30"},
    ]
    assert lines(alice, *rows).json()["created"] == 2
    assert other_sides(alice, savings) == [("2026-03-09", "30.00", True), ("2026-03-04", "90.00", True)]
    assert entries.findings(alice) == []

    async def undo(services):
        await services.journal.undo((await services.journal.page(limit=1))[0].id)

    alice.work(undo)
    assert other_sides(alice, savings) == [("2026-03-04", "90.00", False)]
    assert entries.findings(alice) == []


def test_a_transfer_rule_names_a_usable_account_and_no_category(alice, bob):
    savings = entries.account(alice, "Savings")
    foreign = entries.account(bob, "Foreign")
    assert transfer_rule(alice, foreign).status_code == 422
    assert transfer_rule(alice, savings, account=str(savings)).status_code == 422
    both = transfer_rule(alice, savings, category=str(category(alice, "gifts")))
    assert both.status_code == 422
    assert "Transfers have no category" in both.text
    assert rules(alice) == []

"""Rules and predictions over the API."""

from __future__ import annotations

from tests.support.cases import each_case

URL = "/api/v1/rules"


def category(person, key):
    async def work(services):
        return (await services.categories.by_key())[key].id

    return person.work(work)


def book(person, payee="Lidl", amount="-12.50"):
    async def work(services):
        from app.schemas.transactions import TransactionIn

        return (await services.transactions.add(TransactionIn(payee=payee, amount=amount))).id

    return person.work(work)


def rule(person, **more):
    body = {"when": {"payee_contains": "lidl"}, "then": {"category": category(person, "gifts")}, **more}
    return person.api("POST", URL, json=body)


def test_a_rule_is_added_previewed_and_run(alice):
    row = book(alice)
    made = rule(alice).json()
    seen = alice.api("POST", f"{URL}/preview", json={"when": made["when"], "then": made["then"]}).json()

    assert (seen["matches"], seen["changing"], seen["sample"][0]["id"]) == (1, 1, row)
    ran = alice.api("POST", f"{URL}/{made['id']}/run")
    assert ran.json()["changed"] == 1
    assert alice.api("POST", f"{URL}/{made['id']}/run").status_code == 409


def test_rules_are_ordered_switched_off_and_deleted(alice):
    first, second = rule(alice).json()["id"], rule(alice).json()["id"]
    alice.api("PATCH", f"{URL}/{second}", json={"position": 0, "enabled": False})

    listed = alice.api("GET", URL).json()["rules"]
    assert [(each["id"], each["enabled"]) for each in listed] == [(second, False), (first, True)]
    assert alice.api("DELETE", f"{URL}/{first}").status_code == 204
    assert alice.api("GET", f"{URL}/{first}").status_code == 404


@each_case(
    ("sent", "field"),
    [
        ({"when": {}}, "when"),
        ({"then": {}}, "then"),
        ({"when": {"min_amount": "-3"}}, "when.min_amount"),
        ({"when": {"min_amount": 5, "max_amount": 4}}, "when"),
        ({"when": {"payee_contains": "x", "colour": 1}}, "when.colour"),
        ({"when": {"account": 10**9}}, "when.account"),
        ({"then": {"category": 10**9}}, "then.category"),
        ({"then": {"tags": ["x" * 41]}}, "then.tags[0]"),
    ],
)
def test_bad_input_is_said_at_its_field(alice, sent, field):
    answer = rule(alice, **sent)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_the_categories_of_others_cannot_be_named(alice, bob):
    assert rule(alice, then={"category": category(bob, "gifts")}).status_code == 400


def test_it_is_private(alice, bob):
    url = f"{URL}/{rule(alice).json()['id']}"
    book(alice)

    assert [bob.api(method, url).status_code for method in ("GET", "DELETE")] == [404, 404]
    assert bob.api("PATCH", url, json={"enabled": False}).status_code == 404
    assert bob.api("POST", f"{url}/run").status_code == 404
    assert bob.api("POST", f"{URL}/preview", json={"when": {"payee_contains": "lidl"}}).json()["matches"] == 0


def test_a_category_is_predicted_with_its_reason(alice):
    body = alice.api(
        "POST", "/api/v1/transactions/predict-category", json={"text": "LIDL SAGT DANKE", "amount": "-12.50"}
    ).json()

    assert body["category"]["name"] == "Groceries"
    assert body["confidence"] > 0.9
    assert len(body["top"]) == 3
    assert body["because"]


@each_case("sent", [{}, {"text": ""}, {"text": "x", "amount": "1.234"}, {"text": "x", "amount": True}])
def test_what_cannot_be_predicted_is_refused(alice, sent):
    assert alice.api("POST", "/api/v1/transactions/predict-category", json=sent).status_code == 400

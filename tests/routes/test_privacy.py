"""Nobody reaches another household's rows through any route.

Each route with an id is tried with a real row of Alice's and a valid request: Bob, who has a household of his own, gets
404 for the very request that works for Alice. Where a request names rows in its body too, each of them is tried.
"""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app import db
from app.models import ChangeSet
from tests.support.route_examples import EXAMPLES, REFERENCES, make_rows
from tests.support.routes import PRIVATE_ROUTES

WITH_ID = [each for each in PRIVATE_ROUTES if each.id_names]


BY_NAME = {str(each): each for each in PRIVATE_ROUTES}
FOREIGN = [
    pytest.param(BY_NAME[name], example, foreign, id=f"{name} {foreign}")
    for name, example in {**EXAMPLES, **REFERENCES}.items()
    for foreign in example.body_names
    if name in BY_NAME
]


def test_every_route_with_an_id_has_an_example():
    assert {str(each) for each in WITH_ID} == set(EXAMPLES), "add a valid request to EXAMPLES, so that Bob can try it"
    assert set(REFERENCES) <= set(BY_NAME)


def count_changes(run):
    async def work() -> int:
        async with db.read_session() as session:
            return await session.scalar(select(func.count()).select_from(ChangeSet)) or 0

    return run(work)


@pytest.mark.parametrize("route", WITH_ID, ids=str)
def test_a_route_hides_rows_of_other_households(alice, bob, run, route):
    example = EXAMPLES[str(route)]
    ids = make_rows(alice, route, example)
    changes = count_changes(run)

    refused = example.send(bob, route, ids)
    assert refused.status_code == 404
    assert count_changes(run) == changes, "a refused request has no effect"

    answer = example.send(alice, route, ids)  # proves that the request is valid
    assert answer.status_code in {200, 201, 202, 204, 303}, answer.text[:2000]


@pytest.mark.parametrize(("route", "example", "foreign"), FOREIGN)
def test_a_request_cannot_name_rows_of_other_households(alice, bob, run, route, example, foreign):
    """All rows of the request are Bob's own but one."""
    own = make_rows(bob, route, example)
    hers = make_rows(alice, route, example)
    changes = count_changes(run)

    answer = example.send(bob, route, {**own, foreign: hers[foreign]})
    assert answer.status_code < 500
    if route.method != "GET" and answer.status_code < 400:
        assert foreign == "transaction_id", "a selection may be empty, anything else is refused"
    assert count_changes(run) == changes

    valid = example.send(bob, route, own)
    assert valid.status_code in {200, 201, 202, 204, 303}, valid.text[:2000]

"""Whatever is sent to the API, the answer is one that its reference tells of, and never a 5xx."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.entries import findings
from tests.support.examples import one_of_each
from tests.support.fuzzing import tried

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
KEPT = {"content-type", "idempotency-key"}
BASE = "http://localhost:8000"
SAMPLE, WHOLE = 2, 200  # of each operation


@pytest.fixture(scope="module")
def operations(application: Any) -> list[Any]:
    """All operations; what removes comes last, and her own token at the very end."""
    from app.web.openapi import with_refusals

    schema = schemathesis.openapi.from_dict(with_refusals(application.app.openapi_schema.to_schema()))
    found = [each.ok() for each in schema.get_all_operations()]
    return sorted(found, key=lambda each: (each.method == "delete", "token" in each.path))


def send(person: Any, case: Any) -> Any:
    """The answer to a made-up request; nothing where it is none that HTTP could carry."""
    try:
        asked = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
    except (requests.RequestException, ValueError):
        return None
    assert asked.url is not None
    headers = {name: value for name, value in asked.headers.items() if name.lower() in KEPT}
    try:
        return person.api(asked.method, asked.url.removeprefix(BASE), content=asked.body, headers=headers)
    except UnicodeError:
        return None


@pytest.mark.fuzz
@pytest.mark.sqlite_only
@pytest.mark.parametrize("who", ["her own", "another's"])
def test_the_api_answers_as_it_tells(alice: Any, bob: Any, operations: list[Any], who: str) -> None:
    """With Alice's token and Alice's ids, and with Bob's token and Alice's ids: those are none to him."""

    hers = alice.work(one_of_each)
    person = alice if who == "her own" else bob

    def probe(operation: Any) -> None:
        ids = {each.name: hers[each.name] for each in operation.path_parameters if each.name in hers}
        modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

        @tried(SAMPLE, WHOLE)
        @given(case=st.one_of(modes), real=st.integers(0, 3).map(bool))
        def sent(case: Any, real: bool) -> None:
            if ids and (real or person is bob):
                case.path_parameters = {**case.path_parameters, **ids}
            answer = send(person, case)
            if answer is None:
                return
            case.validate_response(answer, checks=CHECKS)
            if ids and person is bob:
                assert answer.status_code >= 400

        sent()

    for operation in operations:
        if person is alice or any(each.name in hers for each in operation.path_parameters):
            probe(operation)
    assert findings(alice) == []

"""Tables of cases that share one test, and with it one database."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest


def each_case(names: str | Sequence[str], values: Iterable[Any]) -> Callable[[Any], Any]:
    """Run all cases of a table in one test; every case that fails is reported by its values.

    Like ``pytest.mark.parametrize``, for cases that leave nothing behind, such as functions without state, queries and
    refused input: a database for each of them takes much longer than the case itself.
    """
    columns = [each.strip() for each in names.split(",")] if isinstance(names, str) else list(names)
    rows = [dict(zip(columns, row if len(columns) > 1 else (row,), strict=True)) for row in values]

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)
        nested = "subtests" in signature.parameters

        def looped(*args: Any, subtests: pytest.Subtests, **fixtures: Any) -> None:
            if nested:
                fixtures["subtests"] = subtests
            for row in rows:
                with subtests.test(**{name: ascii(value)[:80] for name, value in row.items()}):
                    test(*args, **fixtures, **row)

        kept = [each for each in signature.parameters.values() if each.name not in {*columns, "subtests"}]
        needed = inspect.Parameter("subtests", inspect.Parameter.KEYWORD_ONLY)
        looped.__dict__.update(test.__dict__)
        looped.__name__, looped.__doc__, looped.__module__ = test.__name__, test.__doc__, test.__module__
        looped.__qualname__ = test.__qualname__
        looped.__signature__ = signature.replace(parameters=[*kept, needed])  # type: ignore[attr-defined]
        return looped

    return decorate

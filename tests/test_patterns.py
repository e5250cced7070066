"""No regular expression of the application takes more than linear time, whatever a stranger sends."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import app

CHARACTERS = 1_500
NOTICEABLE_SECONDS = 0.003  # what takes less is not measured again
TIMES_LONGER = 4
MAX_GROWTH = 9  # for a text four times as long: a linear pattern takes 4 times as long, a quadratic one 16 times
MAX_SECONDS = 0.1
PIECES = [
    *("a", "A", "1", " ", "\n", "-", "_", "é", "(", "*", ".", "'", '"', "/", "<", "x", "0", ":", "+", "=", "&", "\x01"),
    *(
        "1,",
        "1.",
        "1 ",
        "1'",
        "a ",
        "a.",
        "a-",
        "a1",
        "ab ",
        "und",
        "1a",
        "1:",
        "a@",
        "a:",
        "x*",
        "1/",
        "é1",
        "; ",
        "١",
    ),
    *(" \n", "a, ", "a and ", "1 000", ",000", " 000", "- ", "( ", "=a", "%a", "\\", "\r\n", "00", "ss", "12h", "a'"),
]
NOT_IMPORTED = ("app.asgi", "app.__main__")
INLINE = {"search", "match", "fullmatch", "sub", "findall", "finditer", "split"}


def patterns_of(value: Any, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth < 4 and isinstance(value, dict):
        for each in [*value.keys(), *value.values()]:
            yield from patterns_of(each, depth + 1)
    elif depth < 4 and isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from patterns_of(each, depth + 1)


def patterns_of_classes(module: Any) -> Iterator[re.Pattern[str]]:
    for value in vars(module).values():
        if isinstance(value, type) and value.__module__ == module.__name__:
            for each in vars(value).values():
                yield from patterns_of(each)


def inline_patterns(path: Path) -> Iterator[re.Pattern[str]]:
    """Patterns that are written where they are used: ``re.search(r"…", text)`` and ``re.compile`` in functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        called = node.func if isinstance(node, ast.Call) and node.args else None
        if not isinstance(called, ast.Attribute) or getattr(called.value, "id", "") != "re":
            continue
        first = node.args[0]
        if called.attr in INLINE | {"compile"} and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield re.compile(first.value)


def all_patterns() -> dict[str, re.Pattern[str]]:
    found: dict[str, re.Pattern[str]] = {}
    for info in pkgutil.walk_packages(app.__path__, "app."):
        if info.name in NOT_IMPORTED:
            continue
        module = importlib.import_module(info.name)
        each: list[re.Pattern[str]] = [*patterns_of_classes(module), *inline_patterns(Path(module.__file__ or ""))]
        for value in vars(module).values():
            each += patterns_of(value)
        found |= {pattern.pattern: pattern for pattern in each}
    return found


PATTERNS = all_patterns()


def hostile_texts(pattern: str) -> Iterator[tuple[str, str]]:
    """Pieces to repeat, alone and behind what the pattern asks for; the text they end with matches nothing."""
    words = sorted(set(re.findall(r"[a-z]{2,}", pattern)), key=len, reverse=True)[:3]
    for piece in [*PIECES, *(f"{word} " for word in words)]:
        yield "", piece
    for word in words[:1]:
        for piece in PIECES[:16]:
            yield f"{word} ", piece


def seconds(pattern: re.Pattern[str], head: str, piece: str, characters: int) -> float:
    text = head + (piece * characters)[:characters] + "\x00!"
    begun = time.process_time()
    pattern.search(text)
    pattern.fullmatch(text)
    return time.process_time() - begun


def slow_text(pattern: re.Pattern[str]) -> str:
    """The first text on which the pattern takes more than linear time, with the seconds; empty where there is none."""
    for head, piece in hostile_texts(pattern.pattern):
        if seconds(pattern, head, piece, CHARACTERS) < NOTICEABLE_SECONDS:
            continue
        short, long = (
            min(seconds(pattern, head, piece, characters) for _ in range(3))  # a busy machine takes its share
            for characters in (CHARACTERS, CHARACTERS * TIMES_LONGER)
        )
        if short >= MAX_SECONDS or (long >= short * MAX_GROWTH and short >= NOTICEABLE_SECONDS / 2):
            return f"{short:.3f} s, {long:.3f} s: {head + piece!r}…"
    return ""


def test_patterns_take_linear_time_on_hostile_text() -> None:
    assert {source: found for source, pattern in PATTERNS.items() if (found := slow_text(pattern))} == {}


def test_the_patterns_of_the_application_are_found() -> None:
    assert len(PATTERNS) > 100

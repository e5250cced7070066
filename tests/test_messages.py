"""Every sentence of Python and of the templates reaches the translators."""

from __future__ import annotations

import re
import tomllib
from contextvars import copy_context
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from app.i18n import _, ngettext, use_locale

ROOT = Path(__file__).parents[1]
KEYWORDS = {"_": None, "ngettext": (1, 2), "mark": None}


@pytest.fixture(scope="module")
def messages():
    """What ``make messages`` collects."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(each["pattern"], each["method"]) for each in mappings]
    options = {
        each["pattern"]: {key: str(value) for key, value in each.items() if key not in ("method", "pattern")}
        for each in mappings
    }
    found = extract_from_dir(ROOT / "app", methods, options, KEYWORDS, strip_comment_tags=True)
    return {text for each in found for text in (each[2] if isinstance(each[2], tuple) else (each[2],))}


def test_the_sentences_of_templates_are_collected(messages):
    missing = {}
    for path in (ROOT / "app" / "templates").rglob("*.html"):
        source = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
        if found := set(re.findall(r"""_\("([^"\\{%]{2,})"[,)]""", source)) - messages:
            missing[path.name] = found
    assert missing == {}


def test_sentences_of_python_plurals_and_marked_titles_are_collected(messages):
    assert {"Sign in first.", "Too many attempts. Wait {n} second.", "Overview"} <= messages


@pytest.mark.parametrize(("locale", "counted"), [("en-GB", "2,566"), ("de-DE", "2.566"), ("fr-FR", "2\u00a0566")])
def test_a_count_is_written_as_the_reader_writes_it(locale, counted):
    def said():
        use_locale(locale)
        return ngettext("{n} transaction", "{n} transactions", 2566).split(" ")[0], _("And {n} more.", n=2566)

    assert copy_context().run(said) == (counted, f"And {counted} more.")

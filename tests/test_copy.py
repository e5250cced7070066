"""Product terms: pages, messages, documentation and docstrings avoid the words that have a standard term."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
TEMPLATES = sorted((ROOT / "app" / "templates").rglob("*.html"))
MODULES = sorted((ROOT / "app").rglob("*.py"))
JINJA = Environment(extensions=["jinja2.ext.i18n"])
TRANSLATED = {"_", "gettext", "ngettext", "mark"}


def read_patterns(name: str) -> re.Pattern[str]:
    lines = (DATA / name).read_text().splitlines()
    words = [line for line in lines if line and not line.startswith("#")]
    return re.compile(r"\b(?:" + "|".join(words) + r")\b", re.IGNORECASE)


BANNED = read_patterns("banned-words.txt")
BANNED_IN_INTERFACE = read_patterns("banned-interface-words.txt")
# Names that contain a banned word and stay: URLs, identifiers and formats.
IDENTIFIERS = re.compile(r"`[^`]*`|``[^`]*``|https?://\S+|\{\w*\}|\b\w+\.(?:py|html|md)\b")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def find_banned(text: str, *, interface: bool) -> list[str]:
    plain = IDENTIFIERS.sub(" ", " ".join(text.split()))
    found = [match[0] for match in BANNED.finditer(plain)]
    if interface:
        found += [match[0] for match in BANNED_IN_INTERFACE.finditer(plain)]
    return [f"{word!r} in {plain[:80]!r}" for word in found]


def messages_of_module(tree: ast.Module) -> Iterator[str]:
    """Strings that are translated: the arguments of ``_()``, ``ngettext()`` and ``mark()``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in TRANSLATED:
                yield from (
                    each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)
                )


def docstrings_of_module(tree: ast.Module) -> Iterator[str]:
    """Docstrings of the module and its public classes and functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            is_public = not getattr(node, "name", "").startswith("_")
            if is_public and (text := ast.get_docstring(node)):
                yield text


def findings_in(path: Path) -> list[str]:
    """Banned words in what people read of a file."""
    source = path.read_text()
    if path.suffix == ".md":
        return find_banned(source, interface=False)
    if path.suffix == ".html":
        texts = [
            text
            for _line, _function, message in JINJA.extract_translations(source)
            for text in (message if isinstance(message, tuple) else (message,))
            if text
        ]
        return [each for text in texts for each in find_banned(text, interface=True)]
    tree = ast.parse(source)
    found = [each for text in messages_of_module(tree) for each in find_banned(text, interface=True)]
    return found + [each for text in docstrings_of_module(tree) for each in find_banned(text, interface=False)]


@pytest.mark.parametrize("paths", [MODULES, TEMPLATES, DOCUMENTS], ids=["modules", "templates", "documents"])
def test_what_people_read_uses_the_product_terms(paths: list[Path]) -> None:
    found = {name_of(path): findings_in(path) for path in paths}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize("text", ["3 rows stand out.", "Where it went", "Not filed yet", "It is a double."])
def test_a_banned_word_is_found(text: str) -> None:
    assert find_banned(text, interface=False)


def test_words_of_the_code_are_found_in_the_interface_only() -> None:
    assert find_banned("Your books are busy.", interface=True)
    assert not find_banned("A book has members.", interface=False)

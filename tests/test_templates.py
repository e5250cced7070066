"""What templates promise: declared contexts, no inline code, every word translatable, readable colours."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, TemplateSyntaxError, meta

from app.settings import settings
from app.web.filters import FILTERS
from app.web.templates import environment

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "app" / "templates"
EVERY = sorted(TEMPLATES.rglob("*.html"))
PAGES = [path for path in EVERY if "email" not in path.parts]
PARTIALS = sorted((TEMPLATES / "partials").rglob("*.html"))
GLOBALS = {
    "_", "ngettext", "url_for", "static", "csrf_token", "nav", "user", "book", "today", "theme", "request",
    "member", "locale", "language", "version", "range", "dict", "namespace", "cycler", "joiner",
}  # fmt: skip
READER = Environment()
READER.filters.update(FILTERS)
TOKENS = (ROOT / "assets" / "css" / "tokens.css").read_text()

FORBIDDEN = {
    "a style attribute": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "a script without src": r"<script(?![^>]*\bsrc=)",
    "hx-on": r"\bhx-on\b",
    "a javascript: value": r"[\"'](?:js|javascript):",
    "a trigger filter": r"hx-trigger=\"[^\"]*\[",
    "an event attribute": r"\son[a-z]+\s*=\s*[\"']",
    "the safe filter": r"\|\s*safe\b",
    "autoescape": r"\{%-?\s*autoescape\b",
    "htmx 2 names": r"\bhx-(?:disabled-elt|ext|sse-swap|sse-connect)\b",
}

TEXTS = ("aria-label", "placeholder", "title", "alt", "aria-description", "data-copied")


def name(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def without_jinja(source: str) -> str:
    named = re.sub(r"(</?)\{\{.*?\}\}", r"\1i", source)  # <{{ tag }}> is an element all the same
    return re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", named, flags=re.DOTALL)


class Words(HTMLParser):
    """Words that a person sees or hears and that are written in the template itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.keep(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for attribute, value in attrs:
            if attribute in TEXTS or (tag == "meta" and attribute == "description"):
                self.keep(value or "")

    def keep(self, words: str) -> None:
        spoken = words.strip(" ·\n")
        if re.search(r"[^\W\d_]{2}", spoken) and spoken != "Saldo":
            self.found.append(spoken)


def wrong_in(paths: list[Path], problems: Callable[[Path], Any]) -> dict[str, Any]:
    """The templates in which something is wrong, with what it is."""
    return {name(path): found for path in paths if (found := problems(path))}


def test_partials_declare_their_context():
    def undeclared(path: Path) -> set[str] | str:
        source = path.read_text()
        head = re.match(r"\{# in:(.*?)#\}", source)
        if not head:
            return "the first line is {# in: what, it, needs #}"
        return meta.find_undeclared_variables(READER.parse(source)) - GLOBALS - set(re.findall(r"\w+", head[1]))

    assert wrong_in(PARTIALS, undeclared) == {}


def test_templates_can_be_read():
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    for each in FILTERS:
        environment.filters.setdefault(each, str)

    def syntax_error(path: Path) -> str:
        try:
            environment.get_template(name(path))
        except TemplateSyntaxError as error:
            return str(error)
        return ""

    assert wrong_in(EVERY, syntax_error) == {}


def test_templates_hold_no_code_and_no_style():
    def forbidden(path: Path) -> list[str]:
        source = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
        return [what for what, pattern in FORBIDDEN.items() if re.search(pattern, source)]

    assert wrong_in(PAGES, forbidden) == {}


def test_every_word_is_translatable():
    def untranslated(path: Path) -> list[str]:
        words = Words()
        words.feed(without_jinja(path.read_text()))
        return words.found

    assert wrong_in(PAGES, untranslated) == {}


def test_posting_forms_carry_the_token_and_work_without_scripts():
    def incomplete(path: Path) -> list[str]:
        forms = re.findall(r"<form\b.*?</form>", path.read_text(), flags=re.DOTALL)
        posting = [form for form in forms if "hx-post" in form.partition(">")[0] or 'method="post"' in form]
        return [
            form[:100]
            for form in posting
            if not ('method="post"' in form and "action=" in form and ("csrf()" in form or "_csrf_token" in form))
        ]

    assert wrong_in(PAGES, incomplete) == {}


def test_icons_of_templates_are_in_the_sprite():
    sprite = set(re.findall(r'id="([a-z0-9-]+)"', (ROOT / "app" / "static" / "icons.svg").read_text()))

    def missing(path: Path) -> set[str]:
        return set(re.findall(r"\bicon(?:_button)?\(\s*[\"']([a-z0-9-]+)[\"']", path.read_text())) - sprite

    assert wrong_in(PAGES, missing) == {}, "npm run build gathers the icons"


def tokens(side: int) -> dict[str, str]:
    """Colours by name: 0 for light, 1 for dark."""
    found = re.findall(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)", TOKENS)
    return {token: (light, dark)[side] for token, light, dark in found}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TONES = ("brand", "pos", "neg", "warn", "ai")
GROUNDS = ("paper", "surface", "sunken", "raised")
READ = [
    *[(ink, ground) for ink in ("ink", "muted") for ground in GROUNDS],
    ("faint", "surface"), ("faint", "raised"), ("paper", "ink"),
    *[(tone, ground) for tone in TONES for ground in ("paper", "surface", "raised")],
    *[(tone, f"{tone}-soft") for tone in TONES],
    ("brand-ink", "brand"), ("ink", "brand-soft"),
]  # fmt: skip
SEEN = [("line-strong", ground) for ground in ("surface", "paper", "raised")] + [
    (f"c{at}", "surface") for at in range(1, 9)
]


def too_faint(pairs: list[tuple[str, str]], colours: dict[str, str], least: float) -> list[str]:
    return [f"{ink} on {ground}" for ink, ground in pairs if contrast(colours[ink], colours[ground]) < least]


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
def test_text_fields_and_charts_can_be_seen(side):
    assert too_faint(READ, tokens(side), 4.5) == []
    assert too_faint(SEEN, tokens(side), 3) == [], "borders of fields, colours of charts"


def test_templates_are_compiled_once_and_a_broken_copy_does_no_harm():
    def drawn():
        return environment().get_template("components/icon.html").module.icon("x", "text-lg")

    kept = settings().data_dir / "templates"
    shutil.rmtree(kept, ignore_errors=True)
    said = [drawn(), drawn()]
    [file] = kept.iterdir()
    file.write_bytes(file.read_bytes()[:40])
    said.append(drawn())
    shutil.rmtree(kept)
    kept.write_text("A file stands where the folder should be.")
    said.append(drawn())
    kept.unlink()

    assert len(set(said)) == 1
    assert "#x" in said[0]

"""What templates promise: declared contexts, no inline code, every word translatable, readable colours."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, meta

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


@pytest.mark.parametrize("path", PARTIALS, ids=name)
def test_partial_declares_its_context(path):
    source = path.read_text()
    head = re.match(r"\{# in:(.*?)#\}", source)
    assert head, "the first line is {# in: what, it, needs #}"
    declared = set(re.findall(r"\w+", head[1]))
    used = meta.find_undeclared_variables(READER.parse(source)) - GLOBALS
    assert used <= declared


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_template_can_be_read(path):
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    for each in FILTERS:
        environment.filters.setdefault(each, str)
    environment.get_template(name(path))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_template_holds_no_code_and_no_style(path):
    source = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, source)] == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_word_is_translatable(path):
    words = Words()
    words.feed(without_jinja(path.read_text()))
    assert words.found == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_posting_forms_carry_the_token_and_work_without_scripts(path):
    source = path.read_text()
    for form in re.findall(r"<form\b.*?</form>", source, flags=re.DOTALL):
        if "hx-post" in form.partition(">")[0] or 'method="post"' in form:
            assert 'method="post"' in form
            assert "action=" in form
            assert "csrf()" in form or "_csrf_token" in form


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_icons_of_a_template_are_in_the_sprite(path):
    sprite = set(re.findall(r'id="([a-z0-9-]+)"', (ROOT / "app" / "static" / "icons.svg").read_text()))
    asked = set(re.findall(r"\bicon(?:_button)?\(\s*[\"']([a-z0-9-]+)[\"']", path.read_text()))
    assert asked <= sprite, "npm run build gathers the icons"


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


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), READ, ids="-on-".join)
def test_text_can_be_read(side, ink, ground):
    colours = tokens(side)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), SEEN, ids="-on-".join)
def test_borders_of_fields_and_colours_of_charts_can_be_seen(side, mark, ground):
    colours = tokens(side)
    assert contrast(colours[mark], colours[ground]) >= 3


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

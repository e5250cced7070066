"""Two tabs edit the same thing: the second is shown what the first saved, keeps what was typed, and may save again."""

from __future__ import annotations

import html
import re

import pytest

from tests.support.entries import account
from tests.support.examples import MAKERS

pytestmark = pytest.mark.postgresql_too

NOTICE = "Someone else changed this."


def filled(text):
    """A form's fields as a browser would send them back."""
    form = re.search(r'<form[^>]*method="post"[^>]*>(?:(?!</form>).)*name="seen".*?</form>', text, re.S)[0]
    found = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)
        kind = re.search(r'type="([^"]*)"', tag)
        is_off = kind and kind[1] in ("radio", "checkbox") and "checked" not in tag
        if name and name[1] != "_csrf_token" and not is_off:
            value = re.search(r'value="([^"]*)"', tag)
            found[name[1]] = html.unescape(value[1]) if value else ""
    for name, body in re.findall(r'<select\b[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', body) or re.search(r'<option value="([^"]*)"', body)
        found[name] = chosen[1] if chosen else ""
    for name, body in re.findall(r'<textarea\b[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = html.unescape(body)
    return found


FORMS = [
    ("account_id", "/accounts/{}", "name", ("Her bank", "His bank")),
    ("category_id", "/categories/{}", "name", ("Hens", "Bees")),
    ("group_id", "/categories/groups/{}", "name", ("Animals", "Farm")),
    ("payee_id", "/payees/{}", "name", ("Her baker", "His baker")),
    ("tag_id", "/tags/{}", "name", ("holiday", "journey")),
    ("recurring_id", "/recurring/{}", "payee", ("Her rent", "His rent")),
    ("rule_id", "/rules/{}", "payee_contains", ("hens", "bees")),
]


@pytest.mark.parametrize(("kind", "path", "field", "names"), FORMS, ids=[each[0] for each in FORMS])
@pytest.mark.parametrize("way", ["htmx", "plain"])
def test_the_second_tab_sees_both_versions(alice, kind, path, field, names, way):
    address = path.format(alice.work(MAKERS[kind]))
    first, second = (filled(alice.get(f"{address}/edit").text) for _each in range(2))
    one, other = names

    def save(values):
        return alice.htmx("post", address, data=values) if way == "htmx" else alice.post(address, values)

    assert save({**first, field: one}).status_code in (200, 303)
    late = save({**second, field: other})
    assert late.status_code == 409
    assert NOTICE in late.text
    assert f"Saved value: {one}" in late.text
    again = filled(late.text)
    assert again[field] == other
    assert filled(alice.get(f"{address}/edit").text)[field] == one  # nothing was saved

    assert save(again).status_code in (200, 303)
    assert filled(alice.get(f"{address}/edit").text)[field] == other


def test_saving_twice_in_one_tab_is_no_conflict(alice):
    address = f"/accounts/{account(alice, 'Bank')}"
    for name in ("One", "Two"):
        form = filled(alice.get(f"{address}/edit").text)
        assert alice.htmx("post", address, data={**form, "name": name}).status_code == 200


def test_a_form_that_is_also_wrong_says_what_is_stored_first(alice):
    address = f"/accounts/{account(alice, 'Bank')}"
    form = filled(alice.get(f"{address}/edit").text)
    assert alice.post(address, {**form, "name": "Savings"}).status_code == 303
    late = alice.post(address, {**form, "name": "", "opening_balance": "lots"})
    assert late.status_code == 409
    assert "lots" in late.text
    assert alice.post(address, filled(late.text)).status_code == 422


def test_a_name_with_markup_is_shown_as_text(alice):
    address = f"/tags/{alice.work(MAKERS['tag_id'])}"
    form = filled(alice.get(f"{address}/edit").text)
    assert alice.post(address, {**form, "name": "<b>x</b>"}).status_code == 303
    late = alice.post(address, {**form, "name": "other"})
    assert "<b>x</b>" not in late.text
    assert "&lt;b&gt;x&lt;/b&gt;" in late.text

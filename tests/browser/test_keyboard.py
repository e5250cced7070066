"""Everything by keys: the palette, single keys, and where they keep still."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched, book


def active(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


@pytest.mark.parametrize("keys", ["Control+k", "Meta+k"])
def test_the_palette_opens_finds_and_goes(household: Page, keys: str) -> None:
    household.goto("/")
    household.keyboard.press(keys)
    expect(household.locator("#palette")).to_be_visible()
    household.keyboard.type("reports")
    expect(household.locator("#palette [role=option]").first).to_contain_text("Reports")
    household.keyboard.press("Enter")
    household.wait_for_url("**/reports")


def test_a_quick_typist_goes_where_the_text_says(household: Page) -> None:
    household.goto("/")
    household.keyboard.press("Control+k")
    expect(household.locator("#palette [role=option]").first).not_to_contain_text("Reports")
    household.keyboard.type("reports")
    household.keyboard.press("Enter")  # before the list has answered
    household.wait_for_url("**/reports")


def test_escape_closes_the_palette(household: Page) -> None:
    household.goto("/")
    household.keyboard.press("Control+k")
    household.keyboard.press("Escape")
    expect(household.locator("#palette")).to_be_hidden()


def test_what_is_typed_in_the_palette_can_be_booked(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("bread 3.20")
    page.locator("#palette [data-fill]").first.click()
    expect(page.locator("#quick-add")).to_have_value("bread 3.20")
    expect(page.locator("#quick-add-chips")).to_contain_text("3.20")


def test_n_adds_and_slash_searches(household: Page) -> None:
    household.goto("/transactions")
    household.keyboard.press("n")
    assert active(household) == "quick-add"
    household.keyboard.type("n / z")
    expect(household.locator("#quick-add")).to_have_value("n / z")
    household.evaluate("document.activeElement.blur()")
    household.keyboard.press("/")
    assert active(household) == "search"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_choice_of_a_menu_is_done_and_leaves_the_focus_there(windows: Watched, sign_up, scripts: bool) -> None:  # type: ignore[no-untyped-def]
    signed_up = sign_up(windows.window()).context.storage_state()
    page = windows.window(storage_state=signed_up, java_script_enabled=scripts)
    page.goto("/categories")
    names = page.locator("section").first.locator("li .font-medium")
    first = names.first.inner_text()
    page.get_by_role("button", name=f"More for {first}").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move down").click()
    expect(names.nth(1)).to_have_text(first)
    if scripts:
        expect(page.get_by_role("button", name=f"More for {first}")).to_be_focused()


@pytest.mark.parametrize(("key", "path"), [("t", "/transactions"), ("v", "/inbox"), ("i", "/recurring")])
def test_g_and_a_letter_go_there(household: Page, key: str, path: str) -> None:
    household.goto("/")
    household.keyboard.press("g")
    household.keyboard.press(key)
    household.wait_for_url(f"**{path}")


def test_a_question_mark_shows_the_keys(household: Page) -> None:
    household.goto("/")
    household.keyboard.press("?")
    expect(household.locator("#shortcuts")).to_be_visible()
    household.keyboard.press("Escape")
    expect(household.locator("#shortcuts")).to_be_hidden()


def test_a_list_is_walked_marked_and_cleared(household: Page) -> None:
    household.goto("/transactions")
    rows = household.locator("[data-list] [data-row]")
    for key in "jjk":
        household.keyboard.press(key)
    expect(rows.nth(0)).to_have_attribute("data-active", "")
    household.keyboard.press("x")
    expect(household.locator("[data-bulk-count]")).to_have_text("1")
    household.keyboard.press("Escape")
    expect(household.locator("#bulk")).to_be_hidden()
    household.keyboard.press("j")
    household.keyboard.press("e")
    expect(household.locator("[data-list] form input[name=payee]")).to_be_focused()


def test_z_takes_the_last_change_back(page: Page) -> None:
    book(page)
    page.locator("#quick-add").fill("bread 3.20")
    page.keyboard.press("Enter")
    row = page.locator("[data-list] [data-row]").filter(has_text="3.20")
    expect(row).to_have_count(1)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("z")
    expect(row).to_have_count(0)


def test_single_keys_can_be_switched_off(page: Page) -> None:
    page.goto("/settings")
    page.locator("[name=shortcuts]").uncheck()
    page.locator("form[action='/settings/looks']").get_by_role("button", name="Save").click()
    page.wait_for_url("**/settings?done=saved")
    page.goto("/")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()


def test_the_theme_stays_and_never_flashes(page: Page) -> None:
    page.goto("/accounts")
    with page.expect_response("**/settings/theme"):
        page.locator("[popovertarget=person-menu]").click()
        page.get_by_role("button", name="Switch theme").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    answer = page.goto("/accounts")
    assert answer is not None
    assert 'data-theme="dark"' in answer.text(), "the page would be light until a script ran"

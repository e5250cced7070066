"""Forms that open in a sheet beside their list do the same on a page of their own, and beside anything else."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect


def test_the_first_step_of_a_newcomer_makes_an_account(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Add account").click()
    page.wait_for_url("**/accounts/new")
    page.fill("[name=name]", "Everyday")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/accounts(\?done=\d+)?$"))
    expect(page.locator("main")).to_contain_text("Everyday")


FORMS = {
    "/categories/new": {"name": "Bees"},
    "/categories/groups/new": {"name": "Garden"},
    "/recurring/new": {"payee": "Honey club", "amount": "12", "starts_on": "2026-12-01"},
    "/tags/new": {"name": "hive"},
    "/currencies/rates/new": {"base": "USD", "quote": "EUR", "rate": "0.9"},
}


@pytest.mark.parametrize("path", FORMS)
def test_a_sheet_of_its_own_saves(page: Page, path: str) -> None:
    page.goto(path)
    for name, value in FORMS[path].items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main").get_by_role("button", name=re.compile("Save|Add")).click()
    page.wait_for_url(lambda url: not url.endswith("/new"))
    expect(page.locator("main")).to_contain_text(next(iter(FORMS[path].values())))


def test_a_sheet_of_its_own_is_left_by_cancel(page: Page) -> None:
    page.goto("/recurring/new")
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(re.compile(r"/recurring$"))


def test_a_sheet_of_its_own_says_what_is_wrong(page: Page) -> None:
    page.goto("/accounts/new")
    page.fill("[name=name]", "Everyday")
    page.fill("[name=opening_balance]", "a lot")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main [aria-invalid=true]")).to_have_value("a lot")
    expect(page.locator("[name=name]")).to_have_value("Everyday")


def test_a_category_is_renamed_on_its_own_page(page: Page) -> None:
    page.goto("/categories")
    page.locator("main a[href^='/categories/']:not([hx-get], [href$='.csv'])").first.click()
    page.get_by_role("link", name="Edit").click()
    page.locator("main [name=name]").fill("Something else")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/categories(\?done=\d+)?$"))
    expect(page.locator("main")).to_contain_text("Something else")

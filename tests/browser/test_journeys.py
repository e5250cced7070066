"""What people do on an ordinary day, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Locator, Page, Route, expect

from tests.browser.conftest import Watched, book

STATEMENT = """Buchungstag;Valuta;Auftraggeber / Begünstigter;Verwendungszweck;Betrag;Währung
02.11.2026;02.11.2026;Bäckerei Krume;Kartenzahlung;-4,80;EUR
05.11.2026;05.11.2026;Stadtwerke;Abschlag November;-1.082,40;EUR
15.11.2026;15.11.2026;Nordlicht GmbH;Gehalt;2.950,00;EUR
"""


def rows(page: Page) -> Locator:
    return page.locator("[data-list] [data-row]")


def test_said_added_and_undone(windows: Watched, sign_up: Callable[[Page], Page]) -> None:
    page = sign_up(windows.window())
    page.locator("#quick-add").press_sequentially("lunch 14.50 yesterday")
    expect(page.locator("#quick-add-chips")).to_contain_text("14.50")
    page.keyboard.press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text("14.50")
    expect(page.locator("#quick-add")).to_have_value("")
    page.locator("[data-undo]").click()
    expect(page.get_by_role("button", name="Redo")).to_be_visible()
    page.goto("/transactions")
    expect(rows(page).filter(has_text="14.50")).to_have_count(0)


def test_an_entry_stands_in_the_list_at_once(page: Page) -> None:
    page.goto("/transactions")
    page.locator("#quick-add").fill("lunch 14.50 yesterday")
    page.keyboard.press("Enter")
    expect(rows(page).filter(has_text="14.50")).to_have_count(1)


def test_a_statement_with_semicolons_and_commas_goes_in_and_out_again(page: Page) -> None:
    page.goto("/imports")
    page.locator("input[type=file]").set_input_files(
        {"name": "konto.csv", "mimeType": "text/csv", "buffer": STATEMENT.encode("iso-8859-1")}
    )
    page.wait_for_url("**/imports/*")
    expect(page.locator("#main")).to_contain_text("€1,082.40")
    expect(page.locator("#main")).to_contain_text("Bäckerei Krume")
    page.get_by_role("button", name="Import 3 transactions").click()
    expect(page.get_by_role("heading", name="3 transactions imported")).to_be_visible()
    page.get_by_role("button", name="Undo import").click()
    expect(page.get_by_role("heading", name="This import was undone")).to_be_visible()
    page.goto("/transactions")
    expect(page.get_by_text("Stadtwerke")).to_have_count(0)


def test_a_row_is_edited_where_it_stands(page: Page) -> None:
    book(page, "bread 3.20")
    rows(page).first.locator("[data-action=edit]").click()
    page.get_by_label("Payee", exact=True).and_(page.locator("[data-row] input")).fill("Corner Bakery")
    page.keyboard.press("Enter")
    expect(rows(page).filter(has_text="Corner Bakery")).to_have_count(1)
    expect(rows(page).locator("form")).to_have_count(0)


def test_many_are_filed_at_once(page: Page) -> None:
    book(page, "bread 3.20", "apples 4.10", "cheese 7.00")
    expect(page.locator("#bulk")).to_be_hidden()
    rows(page).nth(0).locator("[data-select]").click()
    rows(page).nth(2).locator("[data-select]").click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-count]")).to_have_text("3")
    page.locator("#bulk select[name=category]").select_option(label="Pets")
    page.get_by_role("button", name="Categorize", exact=True).click()
    expect(rows(page).filter(has_text="Pets")).to_have_count(3)
    page.keyboard.press("z")
    expect(rows(page).filter(has_text="Pets")).to_have_count(0)


def test_a_refused_form_keeps_what_was_typed_and_leads_to_the_error(page: Page) -> None:
    page.goto("/transactions/new")
    page.fill("#entry [name=amount]", "a lot")
    page.fill("#entry [name=payee]", "Corner Bakery")
    page.locator("#entry").get_by_role("button", name="Add", exact=True).click()
    amount = page.locator("#entry [name=amount][aria-invalid=true]")
    expect(amount).to_have_value("a lot")
    expect(page.locator("#entry [name=payee]")).to_have_value("Corner Bakery")
    assert page.evaluate("document.querySelector('#entry').contains(document.activeElement)"), "focus left the form"


def test_the_second_of_two_tabs_sees_both_versions(windows: Watched, page: Page) -> None:
    book(page, "bread 3.20")
    page.locator("[data-action=open]").first.click()
    page.wait_for_url("**/transactions/*")
    other = windows.tab(page.context)
    other.goto(page.url)
    for window, name in ((page, "First Bakery"), (other, "Second Bakery")):
        window.fill("#entry [name=payee]", name)
        window.locator("#entry").get_by_role("button", name="Save").click()
        if window is page:
            expect(page.locator("[data-toast]").or_(page.get_by_text("First Bakery")).first).to_be_visible()
            page.wait_for_load_state("networkidle")
    expect(other.locator("#entry [name=payee]")).to_have_value("Second Bakery")
    expect(other.locator("#main")).to_contain_text("First Bakery")


def test_everything_essential_works_without_javascript(windows: Watched, sign_up: Callable[[Page], Page]) -> None:
    page = sign_up(windows.window(java_script_enabled=False))
    page.goto("/transactions")
    page.fill("#quick-add", "lunch 14.50 yesterday")
    page.locator("#quick-add-form button[type=submit]").click()
    page.goto("/transactions")
    expect(rows(page).filter(has_text="14.50")).to_have_count(1)
    page.locator("[data-action=open]").first.click()
    page.fill("#entry [name=payee]", "Corner Bakery")
    page.locator("#entry").get_by_role("button", name="Save").click()
    page.goto("/transactions")
    expect(rows(page).filter(has_text="Corner Bakery")).to_have_count(1)
    page.goto("/imports")
    page.locator("input[type=file]").set_input_files(
        {"name": "konto.csv", "mimeType": "text/csv", "buffer": STATEMENT.encode()}
    )
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Import 3 transactions").click()
    page.get_by_role("button", name="Undo import").click()
    expect(page.get_by_role("heading", name="This import was undone")).to_be_visible()
    page.goto("/activity")
    page.get_by_role("button", name="Undo").first.click()
    page.context.clear_cookies()
    page.goto("/transactions")
    page.wait_for_url("**/login**")


def test_signing_in_needs_no_javascript(windows: Watched) -> None:
    page = windows.window(java_script_enabled=False)
    page.goto("/login")
    page.fill("[name=username]", "demo")
    page.fill("[name=password]", "open the books")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Available balance")).to_be_visible()


def test_a_report_is_printed_without_the_shell_around_it(household):
    household.goto("/reports")
    household.evaluate("window.print = () => { document.title = 'printed'; }")
    household.get_by_role("button", name="Print or save as PDF").click()
    assert household.title() == "printed"

    household.emulate_media(media="print")
    assert not household.get_by_role("navigation").first.is_visible()
    assert household.get_by_role("heading", name="Spending by category").is_visible()


def keep_in(held: list[Route]) -> Callable[[Route], None]:
    """Hold requests back until the test answers them."""

    def hold(route: Route) -> None:
        held.append(route)

    return hold


@pytest.mark.parametrize(
    ("address", "field", "text", "preview", "answer"),
    [
        ("/transactions", "#quick-add", "lunch 12.50 on 31 february", "/quick-add/parse", "Answer the highlighted"),
        ("/forecast", "#what-new", "laptop 200", "/forecast/preview", "laptop"),
    ],
)
def test_a_late_preview_never_replaces_the_answer_to_what_was_sent(
    household: Page, address: str, field: str, text: str, preview: str, answer: str
) -> None:
    page, held = household, list[Route]()
    page.goto(address)
    page.route(f"**{preview}*", keep_in(held))
    with page.expect_request(f"**{preview}*"):
        page.locator(field).press_sequentially(text)
    page.keyboard.press("Enter")
    expect(page.locator("#main").get_by_text(answer).first).to_be_visible()
    for route in held:
        with suppress(Error):  # a newer preview has taken its place
            route.fulfill(status=200, content_type="text/html", body="<p id=forecast>too late</p>")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(page.get_by_text("too late")).to_have_count(0)
    expect(page.locator("#main").get_by_text(answer).first).to_be_visible()


def test_adding_in_the_sheet_stays_on_the_page_and_refreshes_its_figures(page: Page) -> None:
    page.goto("/accounts")
    page.locator("#accounts a[href^='/accounts/']").first.click()
    balance = page.locator("#balance + p")
    expect(balance).to_contain_text("0.00")
    address = page.url
    page.keyboard.press("n")
    amount = page.locator("#add-body [name=amount]")
    expect(amount).to_be_focused()
    amount.fill("0")
    page.keyboard.press("Enter")
    expect(page.locator("#add-body .field-error")).to_be_visible()
    amount.fill("12.34")
    page.keyboard.press("Enter")
    expect(balance).to_contain_text("12.34")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("z")
    expect(balance).not_to_contain_text("12.34")
    assert page.url == address

"""What entries refer to: accounts, categories, payees, tags."""

from __future__ import annotations

from typing import Any


def test_a_new_book_has_a_default_account_and_categories(alice: Any) -> None:
    async def look(services: Any) -> Any:
        return await services.accounts.default(), await services.categories.groups(), await services.categories.by_key()

    account, groups, by_key = alice.work(look)
    assert (account.name, account.currency, account.balance_minor) == ("Cash", "EUR", 0)
    assert groups[0].categories[0].name == "Groceries"
    assert by_key["groceries"].id == groups[0].categories[0].id


def test_a_payee_is_found_again_however_it_is_written(alice: Any) -> None:
    async def twice(services: Any) -> Any:
        return await services.payees.named("Café Zoë"), await services.payees.named("CAFE ZOE")

    one, other = alice.work(twice)
    assert one.id == other.id
    assert one.name == "Café Zoë"


def test_tags_are_made_once(alice: Any) -> None:
    async def twice(services: Any) -> Any:
        first = await services.tags.named(["Trip", "trip", " "])
        return first, await services.tags.named(["TRIP", "Work"])

    first, second = alice.work(twice)
    assert len(first) == 1
    assert [tag.name for tag in second] == ["Trip", "Work"]

"""Filing combines rules, what the user filed, and what is generally known."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.models import CategorisedBy, Category, MonthTotal, Transaction
from app.schemas.rules import RuleIn
from app.schemas.transactions import TransactionIn
from app.services.categorisation import RowText

DAY = date(2026, 3, 14)


def category(person, key):
    async def work(services):
        return (await services.categories.by_key())[key].id

    return person.work(work)


def add(person, payee, amount="-12.50", **more):
    async def work(services):
        row = await services.transactions.add(TransactionIn(payee=payee, amount=amount, booked_on=DAY, **more))
        return row.id, row.category_id, row.categorised_by, row.reason

    return person.work(work)


def file(person, *texts, minor=-1250):
    async def work(services):
        categoriser = await services.categorisation.load()
        return categoriser.categorise([RowText(text, minor, "EUR", DAY) for text in texts])

    return person.work(work)


def rule(person, when, **then):
    async def work(services):
        return (await services.rules.add(RuleIn(when=when, then=then))).id

    return person.work(work)


def test_a_new_user_has_what_is_generally_known(alice):
    filed = file(alice, "LIDL SAGT DANKE")[0]

    assert filed.category_id == category(alice, "groceries")
    assert filed.by is CategorisedBy.MODEL
    assert filed.confidence > 900


def test_what_nobody_knows_is_left_open_with_guesses(alice):
    filed = file(alice, "Zqxv 77")[0]

    assert filed.category_id is None
    assert len(filed.top) == 3


def test_what_the_user_filed_wins_over_what_is_known(alice):
    pets = category(alice, "pets")
    for _ in range(3):
        add(alice, "Lidl", category=pets)
    filed = file(alice, "Lidl")[0]

    assert (filed.category_id, filed.by) == (pets, CategorisedBy.MEMORY)
    assert "3 times" in filed.reason


def test_an_own_category_is_learned_too(alice):
    async def make(services):
        group = (await services.categories.groups())[0]
        row = Category(book_id=services.member.book.id, group_id=group.id, name="Bees")
        services.session.add(row)
        await services.session.flush()
        return row.id

    bees = alice.work(make)
    for _ in range(4):
        add(alice, "Imkerei Honigtal", category=bees)

    assert file(alice, "Imkerei Honigtal")[0].category_id == bees


def test_rules_come_first(alice):
    gifts = category(alice, "gifts")
    rule(alice, {"payee_contains": "lidl"}, category=gifts, payee="Lidl Nord", tags=["weekly"])
    filed = file(alice, "LIDL 4411")[0]

    assert (filed.category_id, filed.by, filed.payee, filed.tags) == (
        gifts,
        CategorisedBy.RULE,
        "Lidl Nord",
        ("weekly",),
    )


def test_a_typed_entry_is_filed_by_itself(alice):
    _id, category_id, categorised_by, because = add(alice, "Lidl")

    assert category_id == category(alice, "groceries")
    assert categorised_by is CategorisedBy.MODEL
    assert because


def test_the_likes_of_a_correction_are_filed_with_it_and_undone_with_it(alice):
    pets = category(alice, "pets")
    rows = [add(alice, "Lidl")[0] for _ in range(3)]

    async def correct(services):
        row = await services.transactions.recategorise(rows[0], pets)
        return await services.categorisation.similar(row)

    assert sorted(alice.work(correct)) == rows[1:]

    async def refile(services):
        count = await services.categorisation.recategorise_similar(await services.transactions.get(rows[0]))
        return count, services.journal.change_set_id

    count, change_set = alice.work(refile)
    assert count == 2
    assert months(alice)[pets] == -3750

    alice.work(lambda services: services.journal.undo(change_set))
    assert months(alice) == {pets: -1250, category(alice, "groceries"): -2500}


def months(person):
    async def work(services):
        rows = await services.session.execute(
            select(MonthTotal.category_id, MonthTotal.in_minor - MonthTotal.out_minor).where(
                MonthTotal.book_id == services.member.book.id, MonthTotal.count > 0
            )
        )
        return dict(tuple(row) for row in rows)

    return person.work(work)


def test_memories_are_private(alice, bob):
    for _ in range(3):
        add(alice, "Zqxv", category=category(alice, "pets"))

    assert file(alice, "Zqxv")[0].category_id is not None
    assert file(bob, "Zqxv")[0].category_id is None


def test_a_rule_runs_over_the_past_as_one_change_set(alice):
    rows = [add(alice, "Lidl")[0] for _ in range(3)]
    gifts = category(alice, "gifts")
    rule_id = rule(alice, {"payee_contains": "lidl", "min_amount": 10}, category=gifts, payee="Discount", tags=["x"])

    async def run(services):
        return await services.rules.run(rule_id), services.journal.change_set_id

    async def look(services):
        found = select(Transaction).where(Transaction.id.in_(rows)).order_by(Transaction.id)
        return [(row.category_id, row.search_text.split()[0]) for row in await services.session.scalars(found)]

    changed, change_set = alice.work(run)
    assert changed == 3
    assert alice.work(look) == [(gifts, "discount")] * 3

    alice.work(lambda services: services.journal.undo(change_set))
    assert alice.work(look) == [(category(alice, "groceries"), "lidl")] * 3


def test_one_entry_is_filed_from_what_is_near_it_in_a_large_book(alice, monkeypatch):
    pets, gifts = category(alice, "pets"), category(alice, "gifts")
    for payee in ("Zqxv", "Zqxv", "Zqxv Wolfratshausen", "Lidl", "Aldi"):
        add(alice, payee, category=pets if "Zqxv" in payee else gifts)
    monkeypatch.setattr("app.services.categorisation.MAX_NEARBY_ROWS", 3)

    _id, filed, by, because = add(alice, "Zqxv")
    assert (filed, by) == (pets, CategorisedBy.MEMORY)
    assert "2 times" in because


def test_a_memo_speaks_where_the_payee_says_nothing(alice):
    async def work(services):
        categoriser = await services.categorisation.load()
        lines = [RowText("XQZ GMBH", 265000, "EUR", DAY, memo) for memo in ("Gehalt/Lohn 11", "Kundennummer 11")]
        return [filed.category_id for filed in categoriser.categorise(lines)]

    assert alice.work(work) == [category(alice, "salary"), None]


def test_one_payee_goes_one_way(alice):
    """At some amounts the café is sure, at others it is nearly so; a list shows them together."""

    async def work(services):
        categoriser = await services.categorisation.load()
        alone = {
            minor: categoriser.categorise([RowText("Cafe Einstein", minor, "EUR", DAY)])[0]
            for minor in (-356, -512, -1119)
        }
        return list(alone.values()), categoriser.categorise(
            [RowText("Cafe Einstein", minor, "EUR", DAY) for minor in alone]
        )

    alone, together = alice.work(work)
    coffee = category(alice, "coffee")

    assert [each.category_id for each in alone] == [coffee, coffee, None], "else this shows nothing"
    assert [each.category_id for each in together] == [coffee, coffee, coffee]
    assert together[2].confidence == alone[2].confidence

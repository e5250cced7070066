"""Decide whether a statement line is already in the ledger."""

from datetime import date

from app.domain.statement.identity import (
    Candidate,
    Existing,
    compare,
    identity,
    normalise,
    similar,
    with_ordinals,
)
from tests.support.cases import each_case

DAY = date(2026, 3, 13)


def ids(*payees):
    return list(with_ordinals(identity(1, DAY, -350, "EUR", normalise(payee)) for payee in payees))


def test_an_identity_is_stable_and_fits_a_signed_integer():
    assert identity(1, DAY, -350, "EUR", "coffee") == 3726666884145602898
    assert 0 <= identity(2**60, DAY, 10**15, "KWD", "é" * 500) < 2**63


@each_case(
    "other",
    [
        *((2, DAY, -350, "EUR", "coffee"), (1, DAY, 350, "EUR", "coffee"), (1, DAY, -350, "USD", "coffee")),
        *((1, date(2026, 3, 14), -350, "EUR", "coffee"), (1, DAY, -350, "EUR", "tea")),
    ],
)
def test_what_differs_in_one_thing_is_another_line(other):
    assert identity(*other) != identity(1, DAY, -350, "EUR", "coffee")


def test_writing_and_accents_make_no_difference():
    assert normalise("  CAFÉ, de Flore! ") == normalise("cafe de flore") == "cafe de flore"


def test_two_real_payments_stay_two_and_the_same_file_adds_none():
    first = ids("Coffee", "Coffee", "Tea")

    assert len(set(first)) == 3
    assert set(ids("COFFEE", "coffee", "Tea")) == set(first)


def test_an_overlapping_file_adds_only_what_is_new():
    assert len(set(ids("Coffee", "Coffee", "Coffee")) - set(ids("Coffee", "Coffee"))) == 1


@each_case(
    ("one", "other", "least", "most"),
    [
        ("LIDL SAGT DANKE 1234 BERLIN", "Lidl", 100, 100),
        ("Blue Bottle Coffee", "Blue Bottle", 60, 99),
        ("Bäckerei Müller", "Backerei Muller", 100, 100),
        ("Bakery", "Petrol station", 0, 40),
        ("", "Bakery", 0, 0),
    ],
)
def test_payees_are_alike_after_cleaning(one, other, least, most):
    assert least <= similar(one, other) <= most


LINE = Candidate(DAY, -350, "EUR", "SQ *BLUE BOTTLE 4421 OAKLAND")


def row(payee="Blue Bottle", day=11, minor=-350, **more):
    return Existing(7, date(2026, 3, day), minor, "EUR", payee, **more)


@each_case(
    ("existing", "kind"),
    [
        ([], "new"),
        ([row(by_hand=True)], "same"),
        ([row(by_hand=True, day=8)], "new"),
        ([row(by_hand=True, minor=-351)], "new"),
        ([row("something else", by_hand=True)], "unsure"),
        ([row("something else", day=13)], "unsure"),
        ([row("something else", day=12)], "new"),
        ([row(day=12)], "new"),
        ([row("something else", by_hand=True), row(by_hand=True)], "same"),
    ],
)
def test_a_line_is_held_against_what_is_booked(existing, kind):
    outcome = compare(LINE, existing)

    assert outcome.kind == kind
    assert bool(outcome.reason) == bool(outcome.match_id) == (kind != "new")


def test_the_banks_own_reference_decides():
    line = LINE._replace(external_id="T1")

    assert compare(line, [row("other", external_id="T1")]).kind == "same"
    assert compare(line, [row("other", external_id="T1", minor=-1)]).kind == "unsure"
    assert compare(line, [row("other", day=13, external_id="T2")]).kind == "new"

"""Cleaning payees."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.payees import clean, key, name_key
from tests.support.cases import each_case


@each_case(
    ("printed", "payee"),
    [
        ("SQ *BLUE BOTTLE 4421 OAKLAND", "Blue Bottle"),
        ("PAYPAL *SPOTIFY 35314369001", "Spotify"),
        ("LIDL SAGT DANKE 1234 BERLIN", "Lidl"),
        ("CARTE 12/03 CARREFOUR CITY PARIS", "Carrefour City"),
        ("COMPRA EN MERCADONA 1234 MADRID", "Mercadona"),
        ("AMZN Mktp DE*2K3L45", "Amazon"),
        ("KARTENZAHLUNG REWE SAGT DANKE", "Rewe"),
        ("TFL TRAVEL CH", "TfL"),
        ("UBER *EATS", "Uber Eats"),
        ("STARBUCKS STORE #12345 SEATTLE WA", "Starbucks"),
        ("PAIEMENT PAR CARTE X1234 BOULANGERIE PAUL 12/03", "Boulangerie Paul"),
        ("VISA PURCHASE TRADER JOES 123", "Trader Joes"),
        ("EREF+12345 Vodafone GmbH", "Vodafone"),
        ("BAECKEREI MUELLER FIL 12 KOELN", "Baeckerei Mueller"),
        ("www.opusenergy.com", "Opusenergy"),
        ("tesco stores 5506", "Tesco"),
        ("PRLV SEPA EDF", "EDF"),
        ("SQ *KIOSK 22", "Kiosk 22"),
        ("SumUp  *Cafe Rosa", "Cafe Rosa"),
        ("PAYPAL *HJM SERVICES", "Hjm Services"),
        ("GREYSTAR RENT WEB PMTS WEB", "Greystar Rent"),
        ("COMCAST ONLINE PMT PPD ID", "Comcast"),
        ("REF 882134 M. OKAFOR", "M. Okafor"),
        ("Reference: 20261103 Jean Dupont", "Jean Dupont"),
    ],
)
def test_it_drops_what_only_a_machine_reads(printed, payee):
    assert clean(printed) == payee


@each_case(
    "name",
    [
        *("McDonald's", "H&M", "IKEA", "dm", "7-Eleven", "O2", "Jean Dupont", "Dr. Anna Müller", "Payee 001"),
        *(
            "Studio 54",
            "Bank of Madrid",
            "Hotel Paris",
            "Café de Flore",
            "1&1",
            "A",
            "1234",
            "Rent",
            "So Good",
        ),
        *("E.ON Energie", "C&A"),
    ],
)
def test_a_name_stays_as_it_is(name):
    assert clean(name) == name


@pytest.mark.parametrize(
    ("printed", "person"),
    [
        ("VIR SEPA RECU DE Jean Dupont", "Jean Dupont"),
        ("Transfer to Maria Garcia", "Maria Garcia"),
        ("Transferencia a favor de Ana López", "Ana López"),
        ("DE89 3704 0044 0532 0130 00 Max Mustermann", "Max Mustermann"),
    ],
)
def test_the_people_in_transfers_stay(printed, person):
    assert clean(printed) == person


PARTS = """SQ * PAYPAL LIDL Berlin 1234 12/03 CARTE GmbH www.x.com Jean ltd #12 - & of 4421 NY x12 SEPA:
Café EREF+1
CB St. TOTAL 001 o2"""
WORDS = st.sampled_from(PARTS.split())


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=8).map(" ".join)))
def test_a_clean_payee_stays_clean_and_is_never_lost(text):
    once = clean(text)

    assert clean(once) == once
    assert bool(once) or not any(c.isprintable() and not c.isspace() for c in text)
    assert key(once) == key(text)


def test_two_writings_of_one_payee_share_a_key():
    assert key("CAFÉ ZÜRICH GMBH") == key("Cafe Zurich") == "cafe zurich"
    assert key("NETFLIX") == key("NETFLIX PARIS FR") == key("NETFLIX.COM 866-579-7172") == "netflix"
    assert key("RENT MARCH LANDLORD SMITH") == key("RENT APRIL LANDLORD SMITH") == "rent landlord smith"
    assert key("STANDING ORDER") == "standing order"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna", "Anna Berlin"),
        ("Invoice 2026-01", "Invoice 2026-02"),
        ("Store GmbH", "Store AG"),
        ("+49 phone", "49 phone"),
    ],
)
def test_typed_names_are_told_apart(one, other):
    assert name_key(one) != name_key(other)
    assert name_key("Café  Zoë’s") == name_key("CAFE ZOE'S")

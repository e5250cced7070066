"""Reading CSV statements."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.statement.csv import inspect, read
from app.domain.statement.lines import MAX_BYTES, BadLine, Line
from app.errors import Invalid, SaldoError, TooLarge, UnsupportedFile
from tests.support.cases import each_case


def lines(data, mapping=None, currency="EUR"):
    return list(read(data.encode() if isinstance(data, str) else data, mapping, currency))


def booked(data, mapping=None, currency="EUR"):
    found = lines(data, mapping, currency)
    assert not [line for line in found if isinstance(line, BadLine)]
    return [(line.booked_on.isoformat(), line.minor, line.payee_text) for line in found]


PLAIN = "Date,Payee,Amount\n2026-03-13,Bakery,-12.50\n2026-03-14,Work,1200.00\n"
GERMAN = (
    "Konto;DE12\nSaldo vom 01.03.2026;1.234,56 EUR\n\n"
    "Buchungstag;Wertstellung;Beguenstigter/Zahlungspflichtiger;Verwendungszweck;Betrag;Währung;Saldo\n"
    "13.03.26;13.03.26;Bäcker;Brot;-12,50;EUR;100,00\n"
    '14.03.26;14.03.26;Markt;"eins\nzwei";-1.012,50;EUR;-912,50\n'
    "15.03.26;15.03.26;Lohn;März;2.000,00;EUR;1.087,50\n"
)


class TestDialects:
    def test_a_plain_file_is_read(self):
        assert lines(PLAIN)[0] == Line(2, date(2026, 3, 13), -1250, "EUR", "Bakery")

    @each_case("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
    def test_each_encoding_is_found(self, encoding):
        found = lines(GERMAN.encode(encoding))

        assert [line.payee_text for line in found] == ["Bäcker", "Markt", "Lohn"]
        assert found[1].memo == "eins zwei"

    def test_lines_keep_their_physical_number(self):
        assert [line.line for line in lines(GERMAN)] == [5, 6, 8]

    def test_the_preamble_is_passed_over_and_the_balance_read(self):
        found = inspect(GERMAN.encode(), currency="EUR")

        assert found.header_line == 4
        assert found.mapping.to_dict() == {
            "date": "Buchungstag",
            "amount": "Betrag",
            "payee": "Beguenstigter/Zahlungspflichtiger",
            "memo": "Verwendungszweck",
            "currency": "Währung",
            "balance": "Saldo",
            "date_format": "DD.MM.YY",
            "decimal": ",",
            "delimiter": ";",
            "encoding": "utf-8",
            "header": True,
        }
        assert lines(GERMAN)[1].balance_minor == -91250

    @each_case("mark", [",", ";", "\t", "|"])
    @each_case("end", ["\n", "\r\n", "\r"])
    def test_each_delimiter_and_line_end_is_found(self, mark, end):
        assert booked(PLAIN.replace(",", mark).replace("\n", end))[1] == ("2026-03-14", 120000, "Work")

    def test_excel_may_say_the_delimiter_itself(self):
        assert [line.line for line in lines("sep=;\n" + PLAIN.replace(",", ";"))] == [3, 4]

    def test_trailing_delimiters_do_no_harm(self):
        assert len(booked(PLAIN.replace("\n", ",,\n"))) == 2

    def test_a_file_without_header_is_guessed_by_its_values(self):
        found = inspect(b"2026-03-13,-3.50,Coffee\n2026-03-14,-4.50,Tea\n", currency="EUR")

        assert not found.header
        assert (found.mapping.date, found.mapping.amount, found.mapping.payee) == (0, 1, 2)
        assert booked("2026-03-13,-3.50,Coffee\n2026-03-14,-4.50,Tea\n")[0] == ("2026-03-13", -350, "Coffee")

    def test_debit_and_credit_become_one_signed_amount(self):
        text = "Fecha;Concepto;Cargo;Abono\n13/03/2026;Mercado;12,50;\n14/03/2026;Nómina;;1.200,00\n"

        assert [row[1] for row in booked(text)] == [-1250, 120000]

    def test_a_column_may_say_in_or_out(self):
        text = 'Datum,Naam,Af Bij,Bedrag (EUR)\n20260313,Bakker,Af,"12,50"\n20260314,Werk,Bij,"1200,00"\n'

        assert [row[1] for row in booked(text)] == [-1250, 120000]

    def test_the_balance_tells_that_the_signs_are_turned_round(self):
        rows = "2026-03-13,A,10.00,90.00\n2026-03-14,B,20.00,70.00\n2026-03-15,C,-5.00,75.00\n"
        rows += "2026-03-16,D,1.00,74.00\n"

        assert [row[1] for row in booked("Date,Payee,Amount,Balance\n" + rows)] == [-1000, -2000, 500, -100]

    def test_the_amount_at_the_shop_is_not_the_one_on_the_account(self):
        text = "Booking Date,Partner Name,Original Amount,Original Currency,Amount (EUR)\n"
        text += "2026-03-13,Diner,-10.00,USD,-9.20\n"

        assert lines(text)[0][2:4] == (-920, "EUR")

    def test_a_reference_that_the_payer_wrote_is_no_id(self):
        rows = "2026-03-13,A,-1.00,RENT\n2026-04-13,A,-1.00,RENT\n"

        assert [line.external_id for line in lines("Date,Payee,Amount,Reference\n" + rows)] == ["", ""]
        assert [line.external_id for line in lines("Date,Payee,Amount,ID\n2026-03-13,A,-1.00,x7\n")] == ["x7"]

    def test_a_card_that_writes_its_charges_without_a_sign_is_turned_round(self):
        text = "Date,Description,Amount\n10/30/2026,STARBUCKS,6.45\n10/29/2026,UBER TRIP,23.10\n"
        paid = "10/15/2026,AUTOPAY PAYMENT - THANK YOU,-500.00\n"

        assert [row[1] for row in booked(text + paid)] == [-645, -2310, 50000]
        refunded = text + "10/15/2026,SHOP REFUND,-5.00\n"
        assert [row[1] for row in booked(refunded)] == [645, 2310, -500]

    def test_what_was_not_paid_is_no_line_and_says_so(self):
        head = "Completed Date,Description,Amount,State\n"
        rows = "2026-10-02,Lidl,-12.34,COMPLETED\n2026-10-04,Uber,-9.10,PENDING\n2026-10-05,Bolt,-5.10,REVERTED\n"
        found = lines(head + rows)

        assert [line.minor for line in found if isinstance(line, Line)] == [-1234]
        assert [line.reason for line in found if isinstance(line, BadLine)] == [
            "This payment is pending: PENDING. A later file will include it.",
            "This payment was not made: REVERTED.",
        ]

    def test_a_row_over_two_lines_may_end_in_one_mark_more_than_the_header(self):
        text = "Date;Libellé;Débit Euros;Crédit Euros\n"
        text += '30/10/2026;"PAIEMENT PAR CARTE\nMONOPRIX PARIS";23,45;;\n29/10/2026;"VIREMENT\nEMPLOYEUR";;2 400,00;\n'

        assert booked(text) == [
            ("2026-10-30", -2345, "PAIEMENT PAR CARTE MONOPRIX PARIS"),
            ("2026-10-29", 240000, "VIREMENT EMPLOYEUR"),
        ]

    def test_the_kind_of_a_booking_and_the_number_of_an_account_are_no_payee(self):
        kinds = "Date,Account,Amount,Subcategory,Memo\n30/10/2026,20-00-00 12345678,-23.45,Debit,TESCO STORES\n"
        numbers = "Date,Counterparty,Name / Description,Amount\n2026-10-30,NL33INGB0001234567,Werkgever,1850.00\n"

        assert booked(kinds)[0][2] == "TESCO STORES"
        assert booked(numbers)[0][2] == "Werkgever"

    def test_sums_and_blank_lines_at_the_end_are_no_lines(self):
        assert len(booked(PLAIN + "\n,,\nTotal,,1187.50\n-----,,\n")) == 2

    def test_our_own_export_comes_back_as_it_was(self):
        assert booked("Date,Payee,Amount\n2026-03-13,'=SUM(A1),-1.00\n")[0][2] == "=SUM(A1)"

    @each_case(
        ("written", "day"),
        [
            ("13/03/2026", "2026-03-13"),
            ("03/13/2026", "2026-03-13"),
            ("20260313", "2026-03-13"),
            ("13.03.26", "2026-03-13"),
            ("1.2.2026", "2026-02-01"),
            ("13 mars 2026", "2026-03-13"),
            ("13. März 2026", "2026-03-13"),
            ("Mar 13, 2026", "2026-03-13"),
            ("13-ene-2026", "2026-01-13"),
            ("13 févr. 2026", "2026-02-13"),
            ("2026-03-13T10:20:30Z", "2026-03-13"),
            ("2026-03-13 10:20:30", "2026-03-13"),
        ],
    )
    def test_dates_are_read_in_many_writings(self, written, day):
        assert booked(f"Date;Payee;Amount\n{written};X;-1.00\n")[0][0] == day


class TestQuestions:
    def test_an_amount_that_can_be_read_two_ways_is_asked(self):
        data = b'Date,Payee,Amount\n2026-03-13,A,"1,234"\n2026-03-14,B,"2,345"\n'

        (question,) = inspect(data, currency="EUR").questions

        assert (question.field, question.choices, question.sample) == ("decimal", (".", ","), "1,234")
        with pytest.raises(Invalid) as error:
            lines(data)
        assert error.value.field == "decimal"
        assert [row[1] for row in booked(data, {"decimal": "."})] == [123400, 234500]

    def test_a_balance_answers_for_the_amounts(self):
        data = 'Date,Payee,Amount,Balance\n2026-03-13,A,"1,234","1,234.50"\n'

        assert booked(data)[0][1] == 123400

    def test_a_date_that_can_be_read_two_ways_is_asked(self):
        data = b"Date,Payee,Amount\n01/02/2026,A,-1.00\n02/03/2026,B,-2.00\n"

        (question,) = inspect(data, currency="EUR").questions

        assert (question.field, question.choices) == ("date_format", ("DD/MM/YYYY", "MM/DD/YYYY"))
        assert booked(data, {"date_format": "MM/DD/YYYY"})[0][0] == "2026-01-02"
        assert booked(data, {"date_format": "%d/%m/%Y"})[0][0] == "2026-02-01"

    def test_one_line_far_down_answers_for_all(self):
        data = "Date,Payee,Amount\n" + "01/02/2026,A,-1.00\n" * 1000 + "13/02/2026,B,-2.00\n"

        assert booked(data)[0][0] == "2026-02-01"

    def test_a_missing_column_is_asked(self):
        (question,) = inspect(b"Foo,Bar\n2026-03-13,x\n", currency="EUR").questions

        assert (question.field, question.choices) == ("amount", ("Foo", "Bar"))


class TestMappings:
    def test_what_was_found_is_remembered_and_read_back(self):
        remembered = inspect(GERMAN.encode(), currency="EUR").mapping.to_dict()

        assert booked(GERMAN, remembered) == booked(GERMAN)

    def test_columns_are_given_by_name_or_number(self):
        data = "Day,Spent,Who,Shop\n2026-03-13,-1.00,me,Bakery\n"

        assert booked(data, {"payee": "Shop"})[0][2] == booked(data, {"payee": 3})[0][2] == "Bakery"

    @each_case(
        ("mapping", "field"),
        [
            ({"payee": "Nobody"}, "payee"),
            ({"amount": 7}, "amount"),
            ({"date": "Payee"}, "date"),
            ({"amount": "Payee"}, "amount"),
            ({"date": True}, "date"),
            ({"decimal": "x"}, "decimal"),
            ({"delimiter": "abc"}, "delimiter"),
            ({"delimiter": "|"}, "delimiter"),
            ({"encoding": "klingon"}, "encoding"),
            ({"encoding": "base64"}, "encoding"),
            ({"date_format": "soon"}, "date_format"),
            ({"date_format": "MM/DD/YYYY"}, "date_format"),
            ({"header": "yes"}, "header"),
            ({"colour": 1}, "colour"),
            ({"amount": "Amount", "debit": "Payee"}, "amount"),
        ],
    )
    def test_a_wrong_mapping_names_its_field(self, mapping, field):
        with pytest.raises(Invalid) as error:
            lines("Date,Payee,Amount\n31/12/2026,Bakery,-12.50\n", mapping)
        assert error.value.field == field

    def test_files_of_one_bank_share_a_fingerprint(self):
        one = inspect(PLAIN.encode(), currency="EUR").fingerprint

        assert one == inspect((PLAIN + "2026-03-15,C,-1.00\n").encode(), currency="EUR").fingerprint
        assert one != inspect(GERMAN.encode(), currency="EUR").fingerprint


class TestBadLines:
    @each_case(
        ("row", "reason"),
        [
            ("31/02/2026,X,-1.00", "not a valid date"),
            ("soon,X,-1.00", "not a date"),
            ("14/03/2026,X,", "amount is missing"),
            ("14/03/2026,X,1.005", "has more"),
            ("14/03/2026,X,1E+400", "not an amount"),
            ("14/03/2026,X,NaN", "not an amount"),
            ("14/03/2026,X,１２.00", "not an amount"),
            ("14/03/2026,X,1_000.00", "not an amount"),
            ("14/03/2026,X", "2 cells"),
            ("14/03/2026,X,Y,-1.00", "4 cells"),
            ("14/03/2026,a\x01b,-1.00", "not text"),
            ("14/03/2026," + "x" * 2000 + ",-1.00", "longer"),
            ('14/03/2026,"X,-1.00', "never closed"),
        ],
    )
    def test_it_is_listed_with_its_line_and_the_others_go_on(self, row, reason):
        found = lines(f"Date,Payee,Amount\n13/03/2026,A,-1.00\n{row}\n15/03/2026,B,-2.00\n16/03/2026,C,-3.00\n")

        bad = [line for line in found if isinstance(line, BadLine)]
        assert [line.line for line in bad] == [3]
        assert reason in bad[0].reason
        assert [line.payee_text for line in found if isinstance(line, Line)] == ["A", "B", "C"]

    def test_an_unknown_currency_is_listed(self):
        found = lines(
            "Date,Payee,Amount,Currency\n2026-03-13,A,-1.00,EUR\n2026-03-14,B,-1.00,QQQ\n2026-03-14,B,-1,JPY\n"
        )

        assert [(line.line, type(line)) for line in found] == [(2, Line), (3, BadLine), (4, Line)]
        assert found[2].minor == -1

    def test_a_yen_has_no_decimals(self):
        assert isinstance(lines("Date,Payee,Amount\n2026-03-13,A,100\n2026-03-13,A,1.5\n", None, "JPY")[1], BadLine)

    @pytest.mark.parametrize("end", ["2026-03-15,Sho", "2026-0", "2026-03-15,Shop,-1.5", "2026-03-15,Shop,-15"])
    def test_a_line_the_download_broke_off_in_is_listed(self, end):
        assert isinstance(lines(PLAIN + end)[-1], BadLine)


class TestHostileFiles:
    @each_case(
        ("data", "says"),
        [
            (b"", "empty"),
            (b"\n \n\n", "file is empty"),
            (b"\x89PNG\r\n\x1a\n\0\0", "picture"),
            (b"%PDF-1.7 ...", "PDF"),
            (b"PK\x03\x04....", "Excel"),
            (b"\xd0\xcf\x11\xe0....", "Excel"),
            (b"OFXHEADER:100\n", "OFX"),
            (b"<html><table>", "web page"),
            (bytes(range(256)) * 20, "not a text file"),
            (b"Dear customer,\nplease call us.\n", "no table"),
            (b"nothing to see here", "no table"),
            (("a," * 2000 + "\n").encode() + ("1," * 2000).encode(), "2"),
        ],
    )
    def test_what_is_no_statement_is_refused_with_advice(self, data, says):
        with pytest.raises(UnsupportedFile) as error:
            lines(data)
        assert says in error.value.message

    def test_a_file_too_large_is_refused_unread(self):
        with pytest.raises(TooLarge):
            lines(bytes(MAX_BYTES + 1))

    def test_a_cell_of_five_megabytes_is_one_bad_line(self):
        found = lines(PLAIN + f"2026-03-15,{'x' * 5_000_000},-1.00\n2026-03-16,C,-1.00\n")

        assert [type(line) for line in found] == [Line, Line, BadLine, Line]

    def test_a_stray_quote_on_each_of_many_lines_does_no_harm(self):
        found = lines(PLAIN + '2026-03-15,"X,-1.00\n\n2026-03-15,Y,-1.00\n' * 5_000)

        assert sum(isinstance(line, Line) for line in found) == 5_002

    def test_mixed_encodings_are_read_line_by_line(self):
        data = "Date,Payee,Amount\n2026-03-13,Café,-1.00\n".encode() + "2026-03-14,Bäcker,-1.00\n".encode("cp1252")

        assert [row[2] for row in booked(data)] == ["Café", "Bäcker"]
        assert inspect(data, currency="EUR").warnings

    def test_a_mark_before_a_quoted_header_is_none_of_it(self):
        data = '\ufeff"Date","Payee","Amount"\n"2026-03-13","Baker","-1.00"\n'.encode()

        assert [row.minor for row in read(data, {"date": "Date", "amount": "Amount", "encoding": "utf-8"}, "EUR")] == [
            -100
        ]

    def test_a_header_alone_is_no_error(self):
        assert lines("Date,Payee,Amount\n") == []
        assert inspect(b"Date,Payee,Amount\n", currency="EUR").warnings

    def test_headers_of_one_name_are_told_apart_by_their_number(self):
        found = inspect(b"Date,Name,Name,Amount\n2026-03-13,A,B,-1.00\n", currency="EUR")

        assert found.mapping.payee == 1
        assert found.warnings


PARTS = """Date Amount Payee Debit Saldo Total EUR 13/03/2026 2026-03-13 01/02/26 -1,50 1.234,50 1,234
sep=; x é １ ٣ ()
- 99999999999999999999"""
CELLS = st.sampled_from([*PARTS.split(), '"', '""', "\0", "", "\n", "\r", ",", ";", "\t", "|", "\ud7ff"])
FILES = st.one_of(st.binary(max_size=200), st.lists(CELLS, max_size=40).map(lambda cells: "".join(cells).encode()))
FIELDS = st.sampled_from(("date", "amount", "debit", "payee", "header", "encoding", "decimal", "delimiter"))
VALUES = st.one_of(st.integers(-1, 5), st.booleans(), st.sampled_from(["Date", "utf-16", "ascii", ".", ";", "dmy", ""]))


@settings(max_examples=400, deadline=None)
@given(FILES, st.one_of(st.none(), st.dictionaries(FIELDS, VALUES, max_size=3)))
def test_only_our_own_errors_come_out(data, mapping):
    with suppress(SaldoError):
        for line in read(data, mapping, "EUR"):
            assert isinstance(line, (Line, BadLine))

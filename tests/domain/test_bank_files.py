"""Bank files as banks write them, each read without a mapping into an account of its currency and kind."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from app.domain.categories import KIND_OF
from app.domain.money import Money
from app.domain.statement.csv import Inspection, Traits, inspect, read
from app.domain.statement.lines import BadLine, Line
from app.errors import SaldoError
from app.ml.seed_table import hints
from tests.support.cases import each_case

FOLDER = Path(__file__).parents[1] / "data" / "statements"
TODAY = date(2026, 11, 30)

#: file, currency, is_card, lines as "day amount payee"
CASES = [
    ("ch_swisscard.csv", "CHF", True, [
        "2026-02-27 -45.20 BEISPIEL LADEN ZUERICH", "2026-02-26 -80.00 BEISPIEL TANKSTELLE",
        "2026-02-25 20.00 BEISPIEL LADEN RETOURE", "2026-02-20 1000.00 IHRE ZAHLUNG – BESTEN DANK"]),
    ("de_lbb.csv", "EUR", True, [
        "2026-02-27 -45.20 BEISPIEL SHOP", "2026-02-25 -80.00 BEISPIEL BAHN",
        "2026-02-20 500.00 GUTSCHRIFT ABBUCHUNG"]),
    ("v_latin_balanceflip.csv", "EUR", True, [
        "2026-02-03 -50.00 Example Shop", "2026-02-14 -30.00 Example Fuel", "2026-02-20 80.00 Payment",
        "2026-02-27 -12.00 Example Books"]),
    ("actual_parens.csv", "USD", False, [
        "2026-01-01 400.00 Paycheck Example", "2026-01-22 -30.00 Example Diner", "2026-01-23 -12.34 Example Shop"]),
    ("v_dash.csv", "CHF", False, [
        "2026-02-27 -12.00 Beispiel Laden", "2026-02-25 2500.00 Beispiel Arbeit", "2026-02-03 -50.00 Beispiel Strom",
        "2026-02-02 -3.50 Beispiel Kiosk"]),
    ("de_kreissparkasse.csv", "EUR", False, [
        "2026-02-27 -45.20 Beispiel Laden", "2026-02-25 2500.00 Beispiel Arbeit GmbH",
        "2025-12-31 -50.00 Beispiel Strom"]),
    ("br_bradesco.csv", "BRL", False, [
        "2026-02-02 2500.00 PIX RECEBIDO EXEMPLO", "2026-02-14 -1234.56 COMPRA MERCADO EXEMPLO",
        "2026-02-27 -12.90 TARIFA BANCARIA"]),
    ("ca_td.csv", "CAD", False, [
        "2026-02-27 -45.20 EXAMPLE GROCERY TORONTO", "2026-02-26 800.00 PAYROLL EXAMPLE INC",
        "2026-02-14 -19.90 GYM CLUB", "2026-02-03 -1020.00 RENT"]),
    ("in_axis.csv", "INR", False, [
        "2026-02-03 -50.00 UPI/P2M/EXAMPLE POWER", "2026-02-25 125000.00 NEFT/EXAMPLE WORK",
        "2026-02-27 -123456.78 POS/EXAMPLE SHOP"]),
    ("no_sparebank1.csv", "NOK", False, [
        "2026-02-27 -1234.50 Eksempel Butikk", "2026-02-25 2500.00 Lønn Eksempel AS",
        "2026-02-03 -50.00 Strøm Eksempel"]),
    ("uk_barclaycard.csv", "GBP", True, [
        "2026-02-10 -20.59 Shop Name, AnyTown GB", "2026-02-12 -45.00 Example Fuel",
        "2026-02-20 500.00 Payment, Thank You", "2026-02-22 -12.49 Example Books"]),
    ("jp_smbc.csv", "JPY", False, [
        "2026-08-27 -34291 ﾔﾁﾝ", "2026-08-27 -2434 ﾎｹﾝ ﾚｲ", "2026-08-23 229673 給料振込 ﾚｲ"]),
    ("revolut_mixed.csv", "EUR", False, [
        "2026-02-27 -45.20 Example Shop", "2026-02-25 -101.00 Exchanged to GBP", "2026-02-20 -52.50 Cash withdrawal"]),
    ("au_nab.csv", "AUD", False, [
        "2026-02-27 -45.20 Example Store Perth", "2026-02-26 3.10 Interest", "2026-02-25 800.00 Salary Example",
        "2026-02-14 -19.90 Gym Club"]),
    ("de_deutsche_en.csv", "EUR", False, [
        "2026-02-27 -1234.50 Beispiel Laden", "2026-02-25 2500.00 Beispiel Arbeit GmbH",
        "2026-02-03 -50.00 Beispiel Strom"]),
    ("at_raiffeisen_rcm.dat", "EUR", False, [
        "2026-03-11 -6.49 BAUHAUS BEISPIEL", "2026-03-11 -7.96 BACKSTUBE MUSTER",
        "2026-03-12 1250.00 Musterfirma GmbH", "2026-03-13 -227.73 Strom Muster"]),
    ("dk_danske.csv", "DKK", False, ["2026-02-25 2500.00 Løn Eksempel A/S", "2026-02-27 -1234.50 Eksempel Butik"]),
    ("actual_code.csv", "AUD", True, [
        "2026-02-27 -1234.50 Example Shop", "2026-02-25 2500.00 Payment received", "2026-02-03 -50.00 Example Power"]),
    ("cn_wechat.csv", "CNY", False, [
        "2026-09-23 -18.00 示例咖啡", "2026-09-16 200.00 示例", "2026-09-07 -30.00 示例菜市场"]),
    ("de_volksbank.csv", "EUR", False, [
        "2026-02-27 -1234.50 Beispiel Laden", "2026-02-25 2500.00 Beispiel Arbeit GmbH",
        "2026-02-03 -50.00 Beispiel Strom"]),
    ("in_icici_cc.csv", "INR", True, [
        "2026-02-27 -1234.50 EXAMPLE SHOP BANGALORE IN", "2026-02-25 25000.00 BBPS Payment received",
        "2026-02-03 -50.00 EXAMPLE POWER"]),
    ("lt_swedbank.csv", "EUR", False, [
        "2026-02-03 -50.00 Pavyzdys Elektra", "2026-02-25 2500.00 Pavyzdys UAB",
        "2026-02-27 -1234.50 PIRKINYS 0000 PAVYZDYS PARDUOTUVE"]),
    ("nl_knab.csv", "EUR", False, [
        "2026-02-27 -1234.50 Voorbeeldwinkel", "2026-02-25 2500.00 Voorbeeld BV",
        "2026-02-03 -50.00 Stroom Voorbeeld"]),
    ("crypto_card.csv", "EUR", False, [
        "2026-02-27 -4.50 Example Cafe", "2026-02-26 -11.90 Example Shop London",
        "2026-02-25 100.00 EUR -> Card Top-Up"]),
    ("ru_tbank.csv", "RUB", False, [
        "2026-02-27 -1050.00 Пример Кафе", "2026-02-25 45000.00 Пример Работа", "2026-02-03 -50.00 Пример Свет"]),
    ("hu_erste.csv", "HUF", False, [
        "2026-02-27 -12350.00 Pelda Bolt", "2026-02-25 250000.00 Pelda Kft", "2026-02-03 -5000.00 Pelda Aram"]),
    ("se_lansforsakringar.csv", "SEK", False, [
        "2026-02-27 -1234.50 Exempel Butik", "2026-02-25 2500.00 Lön Exempel AB", "2026-02-03 -50.00 El Exempel"]),
]  # fmt: skip


def expected_sign(text: str) -> int:
    kinds = {KIND_OF[hint.key] for hint in hints(text)}
    return {frozenset({"expense"}): -1, frozenset({"income"}): 1}.get(frozenset(kinds), 0)


def traits(*, is_card: bool = False) -> Traits:
    return Traits(is_card=is_card, today=TODAY, expected_sign=expected_sign)


def booked(data: bytes | str, currency: str = "EUR", mapping: object = None, *, is_card: bool = False) -> list[str]:
    """The lines of a file as "day amount payee"; all in the account's currency."""
    data = data.encode() if isinstance(data, str) else data
    found = [line for line in read(data, mapping, currency, traits(is_card=is_card)) if isinstance(line, Line)]  # type: ignore[arg-type]
    assert {line.currency for line in found} <= {currency}
    return [f"{line.booked_on} {Money(line.minor, currency).wire} {line.payee_text}".strip() for line in found]


def look(data: str, currency: str = "EUR", mapping: object = None, *, is_card: bool = False) -> Inspection:
    return inspect(data.encode(), mapping=mapping, currency=currency, traits=traits(is_card=is_card))  # type: ignore[arg-type]


def asked(data: str, currency: str = "EUR", *, is_card: bool = False) -> list[str]:
    return [question.field for question in look(data, currency, is_card=is_card).questions]


@pytest.mark.parametrize(("name", "currency", "is_card", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_bank_file_is_read_without_a_mapping(name: str, currency: str, is_card: bool, expected: list[str]) -> None:
    data = (FOLDER / name).read_bytes()
    assert booked(data, currency, is_card=is_card) == expected
    remembered = inspect(data, currency=currency, traits=traits(is_card=is_card)).mapping.to_dict()
    assert booked(data, currency, remembered, is_card=is_card) == expected


class TestSigns:
    @each_case(
        ("out", "into"),
        [
            ("Dr", "Cr"), ("D", "K"), ("D", "C"), ("S", "H"), ("Soll", "Haben"), ("Af", "Bij"), ("支出", "收入"),
            ("Debet", "Kredit"), ("Debe", "Haber"), ("Cargo", "Abono"), ("Uscita", "Entrata"), ("MD", "D"),
            ("Wydatek", "Wpływ"), ("Kiadás", "Bevétel"), ("Ut", "Inn"), ("Gider", "Gelir"), ("Расход", "Приход"),
            ("出金", "入金"), ("مدين", "دائن"), ("-", "+"), ("Débit", "Crédit"), ("Belastung", "Gutschrift"),
        ],
    )  # fmt: skip
    @each_case("header", ["Date;Payee;Amount;Side\n", "Date;Payee;Amount; \n", ""])
    def test_a_column_of_signs_is_found_in_any_language(self, out: str, into: str, header: str) -> None:
        rows = f"27.02.2026;Shop one;12,50;{out}\n26.02.2026;Work;100,00;{into}\n25.02.2026;Shop two;3,00;{out}\n"
        assert booked(header + rows) == [
            "2026-02-27 -12.50 Shop one", "2026-02-26 100.00 Work", "2026-02-25 -3.00 Shop two"
        ]  # fmt: skip

    def test_unknown_words_are_learned_from_the_balance(self) -> None:
        rows = "2026-02-01,A,10.00,zork,90.00\n2026-02-02,B,5.00,zork,85.00\n2026-02-03,C,20.00,blip,105.00\n"
        rows += "2026-02-04,D,1.00,blip,106.00\n"
        text = "Date,Payee,Amount,What,Balance\n" + rows
        assert [line.split()[1] for line in booked(text)] == ["-10.00", "-5.00", "20.00", "1.00"]
        mapping = look(text).mapping.to_dict()
        assert mapping["sides"] == {"zork": "out", "blip": "in"}
        assert booked("Date,Payee,Amount,What,Balance\n2026-02-05,E,3.00,zork,103.00\n", mapping=mapping) == [
            "2026-02-05 -3.00 E"
        ]

    def test_a_storno_keeps_its_own_sign(self) -> None:
        rows = "2026-02-01,A,-10.00,Debit\n2026-02-02,B,10.00,Debit\n2026-02-03,C,20.00,Credit\n"
        assert [line.split()[1] for line in booked("Date,Payee,Amount,Type\n" + rows)] == ["-10.00", "10.00", "20.00"]

    @pytest.mark.parametrize("header", ["Datum,Text,Xa,Xb,Stand\n", ""])
    @pytest.mark.parametrize("is_newest_first", [True, False])
    def test_a_pair_without_names_is_told_by_the_balance(self, header: str, is_newest_first: bool) -> None:
        rows = ["2026-02-01,Rent,40.00,,60.00\n", "2026-02-02,Work,,15.00,75.00\n", "2026-02-03,Food,5.00,,70.00\n"]
        found = booked(header + "".join(rows[::-1] if is_newest_first else rows))
        assert sorted(line.split()[1] for line in found) == ["-40.00", "-5.00", "15.00"]

    def test_a_pair_that_nothing_tells_apart_is_asked_and_accepts_its_answers(self) -> None:
        text = "2026-02-01,Qwx,40.00,\n2026-02-02,Zrt,,15.00\n2026-02-03,Plk,5.00,\n2026-02-04,Mnb,,6.00\n"
        (question,) = look(text).questions
        assert question.field == "debit"
        signs = {
            choice: [line.split()[1][0] == "-" for line in booked(text, mapping={"debit": choice})]
            for choice in question.choices
        }
        assert list(signs.values()) == [[True, False, True, False], [False, True, False, True]]

    def test_known_shops_turn_a_card_file_round(self) -> None:
        text = "Date,Payee,Amount\n2026-02-01,STARBUCKS,6.45\n2026-02-02,UBER TRIP,23.10\n2026-02-03,LIDL,12.00\n"
        for is_card in (True, False):
            assert [line.split()[1] for line in booked(text, is_card=is_card)] == ["-6.45", "-23.10", "-12.00"]

    def test_what_neither_shops_nor_balance_tell_is_asked_with_two_rows(self) -> None:
        text = "Date,Payee,Amount\n2026-02-01,Qwx,6.45\n2026-02-02,Zrt,23.10\n2026-02-03,Plk,-5.00\n"
        (question,) = look(text, is_card=True).questions
        assert (question.field, question.choices) == ("flipped", ("true", "false"))
        assert [(row.payee, row.minor) for row in question.examples] == [("Qwx", 645), ("Plk", -500)]
        answers = [[line.split()[1] for line in booked(text, mapping={"flipped": each})] for each in question.choices]
        assert answers == [["-6.45", "-23.10", "5.00"], ["6.45", "23.10", "-5.00"]]

    def test_all_positive_amounts_of_strangers_are_asked(self) -> None:
        text = "Date,Payee,Amount\n2026-02-01,Qwx,6.45\n2026-02-02,Zrt,23.10\n2026-02-03,Plk,5.00\n"
        assert asked(text) == asked(text, is_card=True) == ["flipped"]
        assert asked(text.replace("6.45", "+6.45")) == []

    def test_the_balance_is_not_taken_for_the_amount(self) -> None:
        rows = "2026-02-01,A,1000.00,-10.00\n2026-02-02,B,995.00,-5.00\n2026-02-03,C,1015.00,20.00\n"
        assert [line.split()[1] for line in booked(rows)] == ["-10.00", "-5.00", "20.00"]

    def test_a_fee_is_booked_where_the_balance_or_nothing_says_it_is_included(self) -> None:
        head = "Date,Description,Amount,Fee,Balance\n"
        beside = head + "2026-02-01,A,-10.00,0.00,90.00\n2026-02-02,B,-20.00,1.00,69.00\n2026-02-03,C,-5.00,0,64.00\n"
        inside = head + "2026-02-01,A,-10.00,0.00,90.00\n2026-02-02,B,-20.00,1.00,70.00\n2026-02-03,C,-5.00,0,65.00\n"
        assert [line.split()[1] for line in booked(beside)] == ["-10.00", "-21.00", "-5.00"]
        assert [line.split()[1] for line in booked(inside)] == ["-10.00", "-20.00", "-5.00"]
        net = "Date,Name,Gross,Fee,Net\n2026-02-01,A,50.00,-2.00,48.00\n2026-02-02,B,-9.00,0.00,-9.00\n"
        assert [line.split()[1] for line in booked(net)] == ["48.00", "-9.00"]


class TestRows:
    @each_case(
        "state", ["Pending", "Venter", "Vorgemerkt", "En attente", "Pendiente", "Scheduled", "予定", "В обработке"]
    )
    def test_what_has_not_happened_is_listed_and_imported_as_pending_on_request(self, state: str) -> None:
        text = f"Date,Payee,Amount,Status\n2026-02-01,A,-10.00,Booked\n2026-02-02,B,-5.00,{state}\n"
        text += "2026-02-03,C,-2.00,Declined\n"
        found = list(read(text.encode(), None, "EUR", traits()))
        assert [line.kind for line in found if isinstance(line, BadLine)] == ["pending", "not_booked"]
        assert booked(text) == ["2026-02-01 -10.00 A"]
        both = [line for line in read(text.encode(), {"pending": True}, "EUR", traits()) if isinstance(line, Line)]
        assert [(line.payee_text, line.is_pending) for line in both] == [("A", False), ("B", True)]

    @each_case(
        "text",
        [
            "Opening balance", "Closing Balance 28.02.2026", "Turnover", "Anfangssaldo", "Endsaldo", "Saldo anterior",
            "Solde initial", "Saldo iniziale", "Begin saldo", "Ingående saldo", "Входящий остаток", "期末余额",
            "Balance brought forward",
        ],
    )  # fmt: skip
    def test_balances_with_a_date_and_an_amount_are_no_transactions(self, text: str) -> None:
        rows = f"2026-02-01,{text},100.00\n2026-02-02,Shop,-5.00\n2026-02-28,{text},95.00\n"
        assert booked("Date,Payee,Amount\n" + rows) == ["2026-02-02 -5.00 Shop"]

    @pytest.mark.parametrize("shop", ["New Balance", "New Balance Store", "Total Energies", "Saldo Bar"])
    def test_a_shop_named_like_a_balance_is_one(self, shop: str) -> None:
        assert booked(f"Date,Payee,Amount\n2026-02-02,{shop},-5.00\n") == [f"2026-02-02 -5.00 {shop}"]

    def test_a_short_row_is_kept_and_a_shifted_one_is_not(self) -> None:
        head = "Date,Amount,Payee,Note,More\n2026-02-01,-1.00,A,x,y\n"
        assert booked(head + "2026-02-02,-2.00,B\n") == ["2026-02-01 -1.00 A", "2026-02-02 -2.00 B"]
        assert booked(head + "2026-02-02,-2,50,B,x,y\n") == ["2026-02-01 -1.00 A"]

    def test_cells_in_formulas_are_read(self) -> None:
        text = 'Date,Payee,Amount\n="2026-02-27",="Shop",="-1,234.50"\n="2026-02-26",="Work",="10.00"\n'
        assert booked(text) == ["2026-02-27 -1234.50 Shop", "2026-02-26 10.00 Work"]

    @pytest.mark.parametrize("days", [["31.12.", "05.01.", "27.02."], ["27.02.", "05.01.", "31.12."]])
    def test_dates_without_a_year_follow_each_other(self, days: list[str]) -> None:
        text = "Datum;Text;Betrag\n" + "".join(f"{day};X;-1,00\n" for day in days)
        found = sorted(line.split()[0] for line in booked(text))
        assert found == ["2025-12-31", "2026-01-05", "2026-02-27"]
        assert "no year" in look(text).warnings[0]

    def test_an_id_that_repeats_in_a_file_stays_an_id(self) -> None:
        rows = "2026-02-01,A,-1.00,tx-1\n2026-02-02,B,-2.00,tx-2\n2026-02-02,B,-2.00,tx-2\n"
        assert look("Date,Payee,Amount,Transaction ID\n" + rows).mapping.external_id == "Transaction ID"


class TestNames:
    def test_the_account_holder_is_no_payee(self) -> None:
        text = "Datum;Auftraggeber;Empfänger;Betrag\n01.02.2026;Mara;Shop;-5,00\n02.02.2026;Work AG;Mara;90,00\n"
        text += "03.02.2026;Mara;Bakery;-2,00\n"
        assert [line.partition(" ")[2] for line in booked(text)] == ["-5.00 Shop", "90.00 Work AG", "-2.00 Bakery"]

    def test_the_kind_of_a_booking_is_no_payee(self) -> None:
        text = "27/02/2026,CARD PURCHASE,Corner Shop,-4.00\n26/02/2026,DIRECT DEBIT,Gym,-20.00\n"
        text += "25/02/2026,TRANSFER,Alex,30.00\n"
        assert [line.split(" ", 2)[2] for line in booked(text)] == ["Corner Shop", "Gym", "Alex"]


class TestCurrencies:
    @each_case(
        ("header", "currency"),
        [
            ("Betrag (€)", "EUR"), ("Amount (EUR)", "EUR"), ("Amount in CHF", "CHF"), ("Valor (R$)", "BRL"),
            ("Amount(in Rs)", "INR"), ("金额(元)", "CNY"), ("Amount £", "GBP"), ("Amount ($)", "USD"),
        ],
    )  # fmt: skip
    def test_the_header_names_the_currency(self, header: str, currency: str) -> None:
        found = inspect(f"Date;Payee;{header}\n2026-02-01;A;-1.00\n".encode(), currency="DZD")
        assert (found.layout.currency, found.currencies) == (currency, frozenset({currency}))

    def test_a_shared_sign_is_the_currency_of_the_account(self) -> None:
        assert look("Date;Payee;Amount ($)\n2026-02-01;A;-1.00\n", "CAD").layout.currency == "CAD"

    def test_cells_name_the_currency(self) -> None:
        assert look("Date;Payee;Amount\n2026-02-01;A;-£1.00\n2026-02-02;B;£2.50\n").currencies == frozenset({"GBP"})


@each_case(
    ("encoding", "header", "payee"),
    [
        ("cp932", "日付,摘要,お引出し,お預入れ,残高", "給料振込"),
        ("euc_jp", "日付,摘要,お引出し,お預入れ,残高", "給料振込"),
        ("gb18030", "交易日期,摘要,支出,收入,余额", "示例咖啡"),
        ("big5", "交易日期,摘要,支出金額,存入,餘額", "範例商店"),
        ("cp949", "거래일자,적요,출금액,입금액,잔액", "스타벅스"),
        ("cp1251", "Дата,Описание,Расход,Приход,Остаток", "Пример магазин"),
    ],
)
def test_files_of_other_scripts_are_decoded(encoding: str, header: str, payee: str) -> None:
    text = f"{header}\n2026/8/27,{payee},100,,900\n2026/8/28,{payee},,50,950\n2026/8/29,{payee},20,,930\n"
    found = booked(text.encode(encoding), "JPY")
    assert found == [f"2026-08-27 -100 {payee}", f"2026-08-28 50 {payee}", f"2026-08-29 -20 {payee}"]


def test_a_question_accepts_each_of_its_answers() -> None:
    text = "Foo;Bar;Baz\n01.02.2026;Shop;1,234\n02.02.2026;Shop;2,345\n"
    for field, choices in ((each.field, each.choices) for each in look(text).questions):
        for choice in choices:
            assert field not in [each.field for each in look(text, mapping={field: choice}).questions]


@each_case("cell", ["1 " * 20, "1," * 20, "' " * 20, "(" * 40, "- " * 20, "27 " * 13, "..,," * 10, "a" * 40])
def test_hostile_cells_take_no_time(cell: str) -> None:
    rows = "".join(f'2026-03-13,{cell},"{cell}"\n' for _ in range(100))
    started = time.process_time()
    with suppress(SaldoError):
        list(read(f"Date,{cell},Amount\n{rows}".encode(), None, "EUR"))
    assert time.process_time() - started < 2

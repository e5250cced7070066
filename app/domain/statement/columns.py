"""Guessing which column is what, by the names banks give them and by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from app.domain.money import currencies
from app.domain.statement import amounts, dates
from app.domain.statement.identity import normalise


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


# Best name first. All are in the spelling of ``normalise``: small, no accents, no punctuation.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "date": _names(
        """
        booked on, booking date, buchungstag, buchungsdatum, buchung, transaction date, date operation,
        date de l operation, date de comptabilisation, date comptable, fecha operacion, fecha de
        operacion, fecha contable, fecha, posting date, posted date, post date, date posted, posted, date,
        datum, trans date, transaction date utc, completed date, date completed, date finished, created
        on, started date, timestamp, time, data, data operazione, data contabile, data operacao,
        boekdatum, bokforingsdag, bokforingsdatum, transaktionsdatum, bogforingsdato, dato, data operacji,
        data transakcji, kaufdatum, umsatzdatum, belegdatum, jour, dia, tag, day, value date, date valeur,
        date de valeur, valuta, valutadatum, wertstellung, wertstellungstag, wert, fecha valor, f valor,
        data valuta, rentedatum, التاريخ, дата, дата операции
        """
    ),
    "amount": _names(
        """
        amount, transaction amount, amount eur, amount usd, amount gbp, betrag, betrag eur, umsatz, umsatz
        in eur, montant, montant eur, montant de l operation, importe, importe eur, monto, cantidad,
        importo, valor, quantia, montante, bedrag, bedrag eur, belopp, belob, kwota, net amount, net,
        value, sum, amount local, billing amount, paid, total, المبلغ, сумма, сумма операции
        """
    ),
    "debit": _names(
        """
        debit, debit amount, debits, soll, sollbetrag, belastung, ausgang, lastschrift, debit eur, montant
        debit, debit euros, cargo, cargos, debe, gasto, gastos, money out, paid out, withdrawal,
        withdrawals, withdrawal amt, withdrawal amount, out, outflow, ausgaben, depense, depenses,
        addebiti, addebito, uscite, dare, af, spent, payments out, amount out, مدين
        """
    ),
    "credit": _names(
        """
        credit, credit amount, credits, haben, habenbetrag, gutschrift, eingang, credit eur, montant
        credit, credit euros, abono, abonos, haber, ingreso, ingresos, money in, paid in, deposit,
        deposits, deposit amt, deposit amount, in, inflow, einnahmen, recette, recettes, accrediti,
        accredito, entrate, avere, bij, received, payments in, amount in, دائن
        """
    ),
    "payee": _names(
        """
        payee, merchant, merchant name, counterparty, counterparty name, counter party, beneficiary or
        remitter, beguenstigter zahlungspflichtiger, begunstigter zahlungspflichtiger, name
        zahlungsbeteiligter, zahlungsempfanger, zahlungsempfaenger, zahlungsempfanger in,
        zahlungspflichtiger, auftraggeber empfanger, auftraggeber beguenstigter, auftraggeber
        begunstigter, empfanger, empfaenger, handler, partner name, partner, tiers, beneficiaire,
        marchand, commerce, beneficiario, comercio, naam omschrijving, tegenpartij, mottagare, name, nom,
        nombre, description, transaction description, beschreibung, buchungstext, libelle, libelle
        simplifie, libelle operation, libelle de l operation, designation, concepto, descripcion,
        descrizione, causale, descricao, omschrijving, beskrivning, tekst, opis, details, detail,
        transaction details, narrative, transaction, operation, operacion, text, who, title, particulars,
        verwendungszweck, narration, الوصف, описание, label, supplier, supplierfound, vendor, store, shop
        """
    ),
    "memo": _names(
        """
        memo, note, notes, verwendungszweck, zweck, vwz, reference text, remarks, remark, comment,
        comments, kommentar, commentaire, observaciones, observacion, informations complementaires,
        libelle complementaire, motif, notiz, nota, notas, mededelingen, mededeling, payment reference,
        additional information, zahlungsgrund, details de l operation, mas datos, concepto ampliado,
        message, description, buchungstext, details, memo description, purpose, reference
        """
    ),
    "currency": _names(
        """
        currency, wahrung, waehrung, devise, monnaie, moneda, divisa, valuta, munt, valuta code, ccy,
        currency code, kontowahrung, waluta, moeda, валюта, العملة
        """
    ),
    "balance": _names(
        """
        balance, running balance, saldo, saldo nach buchung, saldo eur, kontostand, solde, solde eur,
        saldo disponible, available balance, closing balance, ledger balance, balance after, saldo na
        mutatie, saldo dopo, stand, nieuw saldo, الرصيد, остаток
        """
    ),
    "category": _names(
        """
        category, kategorie, categorie, categoria, category name, rubrique, sub category, spending
        category, hauptkategorie, bucket, categorie operation
        """
    ),
    "external_id": _names(
        """
        id, transaction id, external id, fitid, uuid, reference number, bank reference, transaktions id,
        transaktionsnummer, buchungsreferenz, referenznummer, numero operation, numero d operation,
        reference, ref, referencia, referenz, numero de movimiento, transaction number, tx id,
        volgnr, end to end id, source id
        """
    ),
    "account": _names(
        """
        account, konto, compte, cuenta, account name, account number, kontonummer, rekening,
        auftragskonto, numero de compte, bezeichnung auftragskonto, conto, own account, iban auftragskonto
        """
    ),
    "direction": _names(
        """
        soll haben, s h, soll haben kennzeichen, af bij, debit credit, credit debit, d c, dr cr, cr dr,
        credit debit indicator, debit credit indicator, direction, sens, indicator, umsatzart, transaction
        type, type, typ, sign
        """
    ),
    "state": _names("state, status, transaction status, statut, estado, zustand, buchungsstatus"),
}
DONE = frozenset(
    _names(
        """
        completed, complete, done, booked, posted, settled, success, successful, paid, executed, gebucht,
        umsatz gebucht, abgeschlossen, ausgefuhrt, comptabilise, execute, executee, effectue, completado, realizado,
        """
    )
)
#: States of what was never paid, and of what is not paid yet.
UNPAID = frozenset(
    _names(
        """
        reverted, reversed, declined, failed, cancelled, canceled, denied, rejected, refused, expired, voided, void,
        annule, annulee, refuse, refusee, abgelehnt, storniert, fehlgeschlagen, rechazado, cancelado, anulado
        """
    )
)
PENDING = frozenset(
    _names(
        """
        pending, processing, authorized, authorised, in progress, on hold, en attente, en cours, vorgemerkt, offen,
        ausstehend, pendiente
        """
    )
)
OUT = frozenset(
    _names(
        """
        debit, d, dr, dbit, soll, s, af, out, outgoing, withdrawal, expense, sent, ausgang, belastung,
        lastschrift, debito, cargo, payment, out, depense, gasto, money out
        """
    )
)
IN = frozenset(
    _names(
        """
        credit, c, cr, crdt, haben, h, bij, in, incoming, deposit, income, received, eingang, gutschrift,
        credito, abono, money in
        """
    )
)
TOTALS = re.compile(
    r"(?:sub ?total|grand total|totals?|total general|"
    r"summen?|gesamt\w*|zwischensumme|somme|suma|totale|totaal|"
    r"(?:opening|closing|starting|ending|beginning|final|initial|available|current|new|old|previous)?"
    r" ?balance|"
    r"(?:anfangs|end|neuer|alter|schluss)? ?saldo|kontostand|"
    r"(?:ancien|nouveau)? ?solde(?: (?:final|initial|debiteur|crediteur))?|"
    r"saldo (?:inicial|final|anterior)|end of (?:file|report|statement)|eof)\b.*"
)


ACCOUNT_NUMBER = re.compile(r"[A-Z]{0,2}\d[\dA-Z* -]{7,}")
STATES = DONE | UNPAID | PENDING
# The amount and currency at the shop are not those on the account.
FOREIGN = frozenset(_names("original, origine, foreign, exchange, fremdwahrung, ursprung, ursprungsbetrag, extranjera"))
SURE = 196  # from here on a name is that of an id, and no mere reference, which the payer may have written


@dataclass(frozen=True, slots=True)
class Shape:
    """What stands in a column: shares of its filled cells, from 0 to 100."""

    filled: int
    dates: int
    amounts: int
    signed: int
    currency: int
    sides: int
    states: int
    numbers: int
    words: int
    distinct: int
    length: int


EMPTY = Shape(*[0] * 11)


@cache
def roles_of(name: str) -> dict[str, int]:
    """The roles that a header may stand for with a score; exact names score above contained words."""
    plain = normalise(name)
    if not plain:
        return {}
    found: dict[str, int] = {}
    for role, names in SYNONYMS.items():
        for rank, synonym in enumerate(names):
            if plain == synonym:
                found[role] = max(found.get(role, 0), 200 - rank)
            elif len(synonym) > 3 and f" {synonym} " in f" {plain} ":
                found[role] = max(found.get(role, 0), 90 - rank // 2)
    return found


def hits(cells: Sequence[str]) -> int:
    """How many different roles the cells of a header row name."""
    return len(
        {max(found, key=lambda role: found[role]) for cell in cells if len(cell) < 60 and (found := roles_of(cell))}
    )


def shape(cells: Sequence[str]) -> Shape:
    """Sum up a column of a sample."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return EMPTY
    part = 100 / len(filled)
    known = currencies()
    lower = [cell.casefold() for cell in filled]
    return Shape(
        filled=round(100 * len(filled) / len(cells)),
        dates=round(part * sum(map(dates.is_date, filled))),
        amounts=round(part * sum(map(amounts.is_amount, filled))),
        signed=round(part * sum(1 for cell in filled if "," in cell or "." in cell or cell[0] in "-+(−")),
        currency=round(part * sum(1 for cell in filled if cell.upper() in known)),
        sides=round(part * sum(1 for cell in lower if cell in OUT or cell in IN)),
        states=round(part * sum(1 for cell in lower if cell in STATES)),
        numbers=round(part * sum(1 for cell in filled if ACCOUNT_NUMBER.fullmatch(cell))),
        words=round(part * sum(1 for cell in filled if sum(map(str.isalpha, cell)) * 2 >= len(cell))),
        distinct=round(part * len(set(filled))),
        length=round(sum(map(len, filled)) / len(filled)),
    )


def guess(
    header: Sequence[str], shapes: Sequence[Shape], taken: dict[str, int], absent: frozenset[str]
) -> dict[str, int]:
    """The column of each role: what is ``taken`` stays, the rest goes to the best name and shape left."""
    names = [roles_of(header[at]) if at < len(header) else {} for at in range(len(shapes))]
    found, free = dict(taken), set(range(len(shapes))) - set(taken.values())
    free -= {at for at, name in enumerate(header) if not FOREIGN.isdisjoint(normalise(name).split())}

    def best(role: str, least: int) -> None:
        if role in found or role in absent:
            return
        scores = {at: score for at in free if (score := _score(role, names[at], shapes[at])) >= least}
        if scores:
            found[role] = max(scores, key=lambda at: (scores[at], -at))
            free.discard(found[role])

    best("date", 60)
    paired = "debit" in found or "credit" in found
    if "amount" not in found and not paired:
        pair = [max((_score(role, names[at], shapes[at]) for at in free), default=0) for role in ("debit", "credit")]
        amount = max((_score("amount", names[at], shapes[at]) for at in free), default=0)
        paired = min(pair) > 100 and (amount < 230 or min(pair) >= amount)
    best("balance", 150)
    if paired:
        best("debit", 80)
        best("credit", 80)
    else:
        best("amount", 60)
        if "amount" not in found and "amount" not in absent:  # a file of what was spent, or of what came in
            best("debit", 150)
            best("credit", 150)
    best("currency", 90)
    if "amount" in found:
        best("direction", 160)
    best("state", 200)
    best("payee", 40)
    best("external_id", 150)
    best("category", 150)
    best("memo", 100)
    best("account", 150)
    return found


def _score(role: str, names: dict[str, int], column: Shape) -> int:
    """A name counts up to 200, what stands in the column up to 100; a shape that cannot be rules it out."""
    name = names.get(role, 0)
    if role == "date":
        return name + column.dates if column.dates >= 50 or (not column.filled and name) else 0
    if role in ("amount", "debit", "credit", "balance"):
        if column.dates > 50 or (column.filled and column.amounts < 60):
            return 0
        if not name:
            return (
                column.amounts // 2 + column.signed // 2 if role == "amount" and not names and column.filled > 50 else 0
            )
        return name + (column.amounts if column.filled else 50)
    if role == "currency":
        return name + column.currency if column.currency >= 60 or (not column.filled and name) else 0
    if role == "direction":
        return name + column.sides if column.sides >= 95 and column.filled >= 95 else 0
    if role == "state":
        return name + column.states if column.states >= 95 and column.filled >= 95 else 0
    if role in ("payee", "memo"):
        return _text_score(role, name, names, column)
    if role == "external_id" and column.filled and (column.distinct < 100 or column.filled < 90):
        return 0
    if role == "external_id" and name < SURE and column.words >= 30:
        return 0
    return name + 1 if name and column.dates < 50 else 0


def _text_score(role: str, name: int, names: dict[str, int], column: Shape) -> int:
    if column.dates > 50 or column.currency > 60 or (column.amounts > 60 and column.filled):
        return 0
    if column.sides >= 95 or column.states >= 95 or column.numbers >= 60:
        return 0  # what kind of booking it is, or the number of an account
    if not column.filled:
        return name
    if name:
        return name + column.filled // 4 + column.distinct // 10
    if names or role == "memo":
        return 0
    return column.words // 4 + column.distinct // 4 + min(column.length, 30)

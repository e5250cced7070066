"""Recognize transfers with another own account by their text: cash machines, pots, card payments, own names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.domain.statement.csv.money import CARD_PAYMENT
from app.domain.statement.lines import Line
from app.domain.statement.vocabulary import fold
from app.models import Account, AccountKind
from app.services.accounts import AccountOption

MAX_TEXTS = 20_000  # cached
#: Account names that are too common to recognize.
COMMON_NAMES = {"account", "bank", "card", "cash", "checking", "konto", "credit", "debit", "main", "giro", "visa"}
MIN_NAME_CHARACTERS = 4  # of an account name; shorter ones match by chance
CASH = re.compile(
    r"\b(?:atm|cash (?:withdrawal|machine|advance)|cashpoint|geldautomat|gaa|ga nr|bargeld(?:auszahlung|abhebung)?"
    r"|retrait(?: dab)?|dab|cajero|(?:retirada|disposicion)(?: de)? efectivo|prelievo|prelevamento|bancomat|geldopname"
    r"|geldautomaat|bankomat|saque|multibanco|uttag|minibank|kontanthaevning|nosto|wyplata z bankomatu"
    r"|снятие наличных|банкомат)\b"
)
SAVINGS = re.compile(
    r"\b(?:pot|savings?|round ?ups?|spare change|spaces?|vaults?|sparen|sparkonto|tagesgeld|livret|epargne"
    r"|ahorros?|risparmi|spaarrekening)\b"
)
CARD = re.compile(
    r"\b(?:(?:credit|crcard|cr) ?(?:card|crd|cd)(?: (?:pmt|pymt|payment|autopay|bill|services?))?"
    r"|card ?(?:pmt|pymt|serv\w*)"
    r"|crd (?:autopay|epay|pmt)|cardmember serv\w*|amex epayment|american express (?:payment|ach pmt)"
    r"|kreditkarten?(?:abrechnung|zahlung)?|carte de credit|tarjeta de credito|carta di credito)\b"
)


class TransferFinder:
    """Finds the other account of a transfer by the text of a line."""

    def __init__(self, account: Account, accounts: Sequence[AccountOption]) -> None:
        """Only accounts of the same currency can be the other side."""
        self.is_card = account.kind is AccountKind.CREDIT_CARD
        self.others = [each for each in accounts if each.id != account.id and each.currency == account.currency]
        self.names = [(f" {fold(each.name)} ", each) for each in self.others]
        self._found: dict[tuple[str, str, bool], AccountOption | None] = {}

    def find(self, line: Line) -> AccountOption | None:
        if not self.others:
            return None
        key = line.payee_text, line.memo, line.minor > 0
        if key not in self._found:
            if len(self._found) >= MAX_TEXTS:
                self._found.clear()
            self._found[key] = self._find(fold(f"{line.payee_text} {line.memo}"), is_income=line.minor > 0)
        return self._found[key]

    def _find(self, text: str, *, is_income: bool) -> AccountOption | None:
        for name, each in self.names:
            if len(name) >= MIN_NAME_CHARACTERS + 2 and name in f" {text} " and name.strip() not in COMMON_NAMES:
                return each
        if not is_income and CASH.search(text):
            return self._only(AccountKind.CASH)
        if self.is_card and is_income and CARD_PAYMENT.search(text):
            checking = [each for each in self.others if each.kind is AccountKind.CHECKING]
            return next((each for each in checking if each.is_default), checking[0] if len(checking) == 1 else None)
        if not self.is_card and not is_income and CARD.search(text):
            return self._only(AccountKind.CREDIT_CARD)
        return self._only(AccountKind.SAVINGS) if SAVINGS.search(text) else None

    def _only(self, kind: AccountKind) -> AccountOption | None:
        found = [each for each in self.others if each.kind is kind]
        return found[0] if len(found) == 1 else None

"""The accounts of a sentence: by their own names and by what people call them in four languages."""

# ruff: noqa: E501 (tables of words read better in long lines)

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from app.domain.phrases.words import words

_generic = (
    r"(?:[\w'-]{1,20} )?(?:(?:savings?|checking|current|joint|bank|credit|debit|main|cash|visa|mastercard|amex|card|account|paypal|revolut|wallet"
    r"|livret(?: a)?|epargne|courant|compte(?: courant| joint| epargne)?|carte(?: de credit| bleue)?|especes|liquide"
    r"|ahorros?|cuenta(?: corriente| de ahorros?)?|tarjeta(?: de credito)?|efectivo|girokonto|konto|sparkonto|tagesgeld\w{0,6}|kreditkarte|karte|bargeld|atm)"
    r"(?: account| card| compte)?)"
)
_article = (
    r"(?:my |our |mon |ma |mes |mi |mis |mein\w{0,2} |unser\w{0,2} |the |le |la |les |el |den |das |dem |der |die )?"
)
_from = r"from|out of|off|du|de|depuis|desde|vom|von|aus|d'"
_to = r"to|into|in|onto|vers|sur|au|aux|a|auf|aufs|ins|zum|zur|nach|hacia|dans"
_by = r"with|by|in|using|via|on|through|par|avec|sur|en|con|mit|per|uber|from|de|du|von|vom"
BRANDS = (
    "visa",
    "mastercard",
    "amex",
    "paypal",
    "revolut",
    "n26",
    "wise",
    "monzo",
    "cash",
    "bargeld",
    "especes",
    "efectivo",
)
TAILS = ("account", "card", "fund", "konto", "karte", "compte", "cuenta", "bank")

#: A cash machine: what one withdraws goes to cash.
WITHDRAWAL = words(
    "atm|cash machine|cash point|cashpoint|cash withdrawal|withdrew|withdraw|withdrawn|withdrawal|took out|taken out|take out cash|cash out|bancomat|bankomat|geldautomat*|automaten|barabhebung|bargeldabhebung|abgehoben|abheben|abhebung"
    "|distributeur|dab|retrait|retire|retirer|cajero*|saque|sacado|sacar|retirada|retirado"
)
WITHDRAWAL_FEE = words("fee|fees|frais|gebuhr*|comision|charge|takeout|out food")
MACHINE = words(
    "atm|cash machine|cash point|cashpoint|bancomat|bankomat|geldautomat*|automaten|distributeur|dab|cajero*|cash|bargeld"
)
PUT = words("put|mis|puse|pasado|deposited|deposit|einbezahlt|eingezahlt|depose|verse|ingrese|saved|stashed|parked")
PAID_OFF = re.compile(r"(?<!\w)(?:paid|pay|paying|paid down|pay down)(?: .{0,30}?)? (?:off|down)(?!\w)")


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns for the accounts of one book; group 1 is the account."""

    source: re.Pattern[str]
    target: re.Pattern[str]
    means: re.Pattern[str]
    paid_off: re.Pattern[str]
    bare: re.Pattern[str] | None


@lru_cache(maxsize=64)
def patterns(names: tuple[str, ...]) -> Patterns:
    """Patterns that find these accounts, given by their folded names, and the usual words for accounts."""
    called = sorted({alias for name in names for alias in aliases(name)}, key=len, reverse=True)
    own = "|".join(re.escape(name) for name in called)
    account = _article + "(" + (f"(?:{own})(?!\\w)|" if own else "") + _generic + r")(?!\w)"
    return Patterns(
        re.compile(rf"(?<!\w)(?:{_from}) {account}"),
        re.compile(rf"(?<!\w)(?:{_to}) {account}"),
        re.compile(rf"(?<!\w)(?:{_by}) {account}"),
        re.compile(
            rf"(?<!\w)(?:off|down) (?:[^a-z]{{0,12}}(?:eur|euros?|dollars?|pounds?)? ?(?:on|of|off|from) )?{account}"
        ),
        re.compile(rf"(?:^|(?<=[\s\x01]))({own})\W{{0,9}}$") if own else None,
    )


def aliases(name: str) -> set[str]:
    """What an account is called: its name, the name without a last word such as “card”, and its brand."""
    parts = name.split()
    found = {name}
    if len(parts) > 1 and parts[-1] in TAILS:
        found.add(" ".join(parts[:-1]))
    return found | {part for part in parts if part in BRANDS}

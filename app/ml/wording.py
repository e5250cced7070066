"""Amounts and days as estimators write them into their reasons, in the reader's language."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from app.i18n import current_locale


def money(amount: float, currency: str | None, *, whole: bool = False) -> str:
    """An amount with its currency, or bare where none is known; without cents if `whole`."""
    locale = current_locale().replace("-", "_")
    if currency is None:
        return str(format_decimal(round(amount, 0 if whole else 2), locale=locale))
    if whole:
        return str(format_currency(round(amount), currency, "#,##0 ¤¤", locale=locale, currency_digits=False))
    return str(format_currency(amount, currency, locale=locale))


def day(on: date) -> str:
    return str(format_date(on, "medium", locale=current_locale().replace("-", "_")))

"""Query parameters that several pages share."""

from __future__ import annotations

from datetime import date

from app.services import Member
from app.web.types import AnyRequest

FIRST_MONTH, LAST_MONTH = date(1900, 2, 1), date(2999, 12, 1)


def get_month(request: AnyRequest, member: Member) -> date:
    """Return the budget month of ``?month=2026-10``, or the current one if that is missing or not a month."""
    months = member.book.months
    try:
        asked = date.fromisoformat(f"{request.query_params.get('month', '')}-01")
    except ValueError:
        return months.of(member.today)
    if not FIRST_MONTH <= asked <= LAST_MONTH:
        return months.of(member.today)
    return asked.replace(day=months.first_day)

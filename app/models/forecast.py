"""Stored forecasts, one row for each series."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Currency, OfBook, PortableJSON, WithId


class Forecast(WithId, OfBook, Base):
    """A forecast series. Derived data: it can be deleted and computed again.

    ``target`` names the series (``spending``, ``income``, ``category:12``, ``balance:3``, …), ``up_to`` is the last day
    of its input, ``version`` the book's latest change set at that time. ``points`` are minor units of ``currency``, or
    recurring payments if the target is ``items``.
    """

    __tablename__ = "forecast"
    __table_args__ = (
        Index("uq_forecast_book_id_target", "book_id", "target", unique=True),
        {"sqlite_autoincrement": True},
    )

    target: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(Currency)
    computed_at: Mapped[datetime]
    up_to: Mapped[date]
    version: Mapped[int] = mapped_column(BigInteger, default=0)
    method: Mapped[str] = mapped_column(String(120), default="")
    points: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    backtest: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)

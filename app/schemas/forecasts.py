"""Forecasts as they go out: seed-shaped with numbers, under /api/v1 with texts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel


class BacktestOut(BaseModel):
    """How the method did on the book's own past; nothing where there was too little of it."""

    mase: float | None
    smape: float | None
    coverage: float | None
    months: int


class PlainPoint(BaseModel):
    date: date
    value: float
    lower: float
    upper: float


class PlainSeries(BaseModel):
    name: str
    points: list[PlainPoint]


class PlainForecast(BaseModel):
    """The seed shape: ``total`` first, then the categories; the band holds 8 of 10 outcomes."""

    currency: str
    horizon: int
    series: list[PlainSeries]
    method: str
    backtest: BacktestOut


class PointOut(BaseModel):
    """``lower`` and ``upper`` hold 8 of 10 outcomes, the others 5 and 19 of 20."""

    date: date
    value: str
    lower: str
    upper: str
    lower_50: str
    upper_50: str
    lower_95: str
    upper_95: str


class SeriesOut(BaseModel):
    name: str
    category: int | None = None
    account: int | None = None
    currency: str
    points: list[PointOut]
    method: str
    backtest: BacktestOut


class ForecastOut(BaseModel):
    """``running`` is what the running month is heading for, of which ``booked`` is there already.

    ``quality`` is ``quick`` until the worker has computed the full forecast.
    """

    target: Literal["spending", "income", "balance"]
    unit: Literal["day", "month"]
    horizon: int
    currency: str
    quality: Literal["full", "quick"]
    computed_at: datetime | None
    history_months: int
    running: PointOut | None
    booked: str | None
    what: list[str]
    series: list[SeriesOut]
    method: str
    backtest: BacktestOut

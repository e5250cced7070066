"""Output of forecasts: numbers for earlier clients, decimal text under ``/api/v1``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel


class BacktestOut(BaseModel):
    """Accuracy of the method on past months; null if there are too few."""

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
    """Forecast for earlier clients: ``total`` first, then categories. The range is that of 8 in 10 outcomes."""

    currency: str
    horizon: int
    series: list[PlainSeries]
    method: str
    backtest: BacktestOut


class PointOut(BaseModel):
    """``lower`` and ``upper`` are the 80 % range, the others the 95 % range."""

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
    """``running`` is the projection of the current month, of which ``booked`` has happened.

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

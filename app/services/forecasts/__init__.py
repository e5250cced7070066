"""What will happen: spending, income and balances ahead, computed by a job and read by pages."""

from app.services.forecasts.outlook import Band, Outlook, Quality
from app.services.forecasts.results import ALL, INCOME, ITEMS, SPENDABLE, SPENDING
from app.services.forecasts.service import ForecastService

__all__ = ("ALL", "INCOME", "ITEMS", "SPENDABLE", "SPENDING", "Band", "ForecastService", "Outlook", "Quality")

"""What will happen: spending, income and balances ahead, computed by a job and read by pages."""

from app.services.forecasts.compute import ALL, INCOME, SPENDABLE, SPENDING
from app.services.forecasts.service import Band, ForecastService, Outlook, Quality

__all__ = ("ALL", "INCOME", "SPENDABLE", "SPENDING", "Band", "ForecastService", "Outlook", "Quality")

"""All controllers, each listed once."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from app.routes.accounts import AccountsController
from app.routes.anomalies import AnomaliesController
from app.routes.api import auth as api_auth
from app.routes.api.accounts import AccountsApi
from app.routes.api.budget_suggestions import SuggestionsApi
from app.routes.api.categories import CategoriesApi
from app.routes.api.categorisation import PredictionsApi, ScoreApi
from app.routes.api.currencies import CurrencyApi
from app.routes.api.docs import DocsController
from app.routes.api.expenses import ExpensesApi
from app.routes.api.forecasts import ForecastsApi, LegacyForecastApi
from app.routes.api.imports import ImportsApi
from app.routes.api.insights import InsightsApi
from app.routes.api.journal import ChangesApi
from app.routes.api.me import LegacyMeController, MeController
from app.routes.api.payees import PayeesApi
from app.routes.api.recurring import BillsApi, RecurringApi
from app.routes.api.rules import RulesApi
from app.routes.api.tags import TagsApi
from app.routes.api.tokens import TokensController
from app.routes.api.transactions import TransactionsApi
from app.routes.api.transfers import TransfersApi
from app.routes.auth import AuthController, LinkController
from app.routes.categories import CategoriesController
from app.routes.command_palette import CommandPaletteController
from app.routes.currencies import CurrenciesController
from app.routes.forecasts import ForecastController
from app.routes.health import HealthController
from app.routes.imports import ImportsController
from app.routes.inbox import InboxController
from app.routes.journal import JournalController
from app.routes.list_exports import ListExportController
from app.routes.model_catalogue import ModelsController
from app.routes.overview import OverviewController
from app.routes.payees import PayeesController
from app.routes.quick_add import QuickAddController
from app.routes.reconciliation import ReconciliationController
from app.routes.recurring import RecurringController
from app.routes.reports import ReportsController
from app.routes.rules import RulesController
from app.routes.settings import SecurityController, SettingsController, TokenPagesController
from app.routes.tags import TagsController
from app.routes.transactions.bulk import BulkEditController
from app.routes.transactions.detail import TransactionController
from app.routes.transactions.forms import TransactionFormController
from app.routes.transactions.list import TransactionListController
from app.routes.transactions.transfers import TransferController

PAGES: list[ControllerRouterHandler] = [
    AccountsController,
    JournalController,
    AnomaliesController,
    ModelsController,
    AuthController,
    DocsController,
    OverviewController,
    CategoriesController,
    PayeesController,
    CurrenciesController,
    ReconciliationController,
    RulesController,
    TagsController,
    BulkEditController,
    TransactionController,
    TransactionFormController,
    TransferController,
    ForecastController,
    HealthController,
    ImportsController,
    LinkController,
    ListExportController,
    SecurityController,
    SettingsController,
    InboxController,
    CommandPaletteController,
    RecurringController,
    ReportsController,
    TokenPagesController,
    QuickAddController,
    TransactionListController,
]
API: list[ControllerRouterHandler] = [
    AccountsApi,
    ForecastsApi,
    LegacyForecastApi,
    ImportsApi,
    ChangesApi,
    InsightsApi,
    MeController,
    LegacyMeController,
    TokensController,
    api_auth.AuthController,
    api_auth.LegacyAuthController,
    CategoriesApi,
    CurrencyApi,
    PayeesApi,
    TagsApi,
    PredictionsApi,
    ScoreApi,
    RecurringApi,
    BillsApi,
    SuggestionsApi,
    RulesApi,
    ExpensesApi,
    TransactionsApi,
    TransfersApi,
]

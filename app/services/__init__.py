"""Everything Saldo can do for one member of a book, behind one door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import read_session, write_session
from app.i18n import use_locale
from app.models import Actor
from app.services.accounts import AccountService
from app.services.activity import ActivityService
from app.services.anomalies import AnomalyService
from app.services.attachments import AttachmentService
from app.services.book_cursors import BookCursorService
from app.services.budget_suggestions import BudgetSuggestionService
from app.services.bulk_edit import BulkEditService
from app.services.categories import CategoryService
from app.services.categorisation import CategorisationService
from app.services.category_page import CategoryPageService
from app.services.command_palette import CommandPaletteService
from app.services.currencies import CurrencyService
from app.services.forecasts import ForecastService
from app.services.forecasts.page import ForecastPageService
from app.services.forecasts.safe_to_spend import SafeToSpendService
from app.services.forecasts.savings import SavingsForecastService
from app.services.forecasts.scenarios import ScenarioService
from app.services.habits import HabitService
from app.services.history import HistoryService
from app.services.imports import ImportDecisions, ImportDrafts, ImportService
from app.services.inbox import InboxService
from app.services.insights import InsightService
from app.services.jobs import JobService
from app.services.journal import JournalService
from app.services.ledger.writer import LedgerWriter
from app.services.member import BookInfo, Member, Person, member_of
from app.services.overview import OverviewService
from app.services.payees import PayeeService
from app.services.profile import ProfileService
from app.services.quick_add import QuickAddService
from app.services.reconciliation import ReconciliationService
from app.services.recurring import RecurringService
from app.services.recurring_candidates import RecurringCandidateService
from app.services.reports import ReportService
from app.services.rules import RuleService
from app.services.sample_data.service import SampleDataService
from app.services.saved_filters import SavedFilterService
from app.services.sessions import SessionService
from app.services.setup_checklist import SetupChecklistService
from app.services.tags import TagService
from app.services.tokens import TokenService
from app.services.transaction_list import TransactionListService
from app.services.transaction_requests import TransactionRequestService
from app.services.transactions import TransactionService
from app.services.transfers import TransferService
from app.services.unit_of_work import commit_scope, lock_book
from app.services.users import UserService
from app.services.valuations import ValuationService

__all__ = (
    "AdminServices",
    "BookInfo",
    "Member",
    "Person",
    "Services",
    "admin_unit_of_work",
    "member_of",
    "reading",
    "unit_of_work",
)


class Services:
    """One member's services over one session; each is built on first use."""

    def __init__(self, session: AsyncSession, member: Member, today: date | None = None) -> None:
        self.session, self.member = session, member
        self.today = today or member.today
        session.info["member"] = member
        self.journal.recorder  # noqa: B018  – what is flushed from here on is written down

    @cached_property
    def journal(self) -> JournalService:
        return JournalService(self)

    @cached_property
    def ledger(self) -> LedgerWriter:
        return LedgerWriter(self.session, self.member)

    @cached_property
    def book_cursors(self) -> BookCursorService:
        return BookCursorService(self)

    @cached_property
    def activity(self) -> ActivityService:
        return ActivityService(self)

    @cached_property
    def command_palette(self) -> CommandPaletteService:
        return CommandPaletteService(self)

    @cached_property
    def transactions(self) -> TransactionService:
        return TransactionService(self)

    @cached_property
    def transaction_list(self) -> TransactionListService:
        return TransactionListService(self)

    @cached_property
    def attachments(self) -> AttachmentService:
        return AttachmentService(self)

    @cached_property
    def bulk_edit(self) -> BulkEditService:
        return BulkEditService(self)

    @cached_property
    def quick_add(self) -> QuickAddService:
        return QuickAddService(self)

    @cached_property
    def saved_filters(self) -> SavedFilterService:
        return SavedFilterService(self)

    @cached_property
    def transfers(self) -> TransferService:
        return TransferService(self)

    @cached_property
    def valuations(self) -> ValuationService:
        return ValuationService(self)

    @cached_property
    def imports(self) -> ImportService:
        return ImportService(self)

    @cached_property
    def import_drafts(self) -> ImportDrafts:
        return ImportDrafts(self)

    @cached_property
    def import_decisions(self) -> ImportDecisions:
        return ImportDecisions(self)

    @cached_property
    def accounts(self) -> AccountService:
        return AccountService(self)

    @cached_property
    def categories(self) -> CategoryService:
        return CategoryService(self)

    @cached_property
    def transaction_requests(self) -> TransactionRequestService:
        return TransactionRequestService(self)

    @cached_property
    def payees(self) -> PayeeService:
        return PayeeService(self)

    @cached_property
    def tags(self) -> TagService:
        return TagService(self)

    @cached_property
    def reconciliation(self) -> ReconciliationService:
        return ReconciliationService(self)

    @cached_property
    def rules(self) -> RuleService:
        return RuleService(self)

    @cached_property
    def setup_checklist(self) -> SetupChecklistService:
        return SetupChecklistService(self)

    @cached_property
    def categorisation(self) -> CategorisationService:
        return CategorisationService(self)

    @cached_property
    def forecasts(self) -> ForecastService:
        return ForecastService(self)

    @cached_property
    def forecast_page(self) -> ForecastPageService:
        return ForecastPageService(self)

    @cached_property
    def scenarios(self) -> ScenarioService:
        return ScenarioService(self)

    @cached_property
    def safe_to_spend(self) -> SafeToSpendService:
        return SafeToSpendService(self)

    @cached_property
    def savings_forecast(self) -> SavingsForecastService:
        return SavingsForecastService(self)

    @cached_property
    def habits(self) -> HabitService:
        return HabitService(self)

    @cached_property
    def history(self) -> HistoryService:
        return HistoryService(self)

    @cached_property
    def recurring(self) -> RecurringService:
        return RecurringService(self)

    @cached_property
    def recurring_candidates(self) -> RecurringCandidateService:
        return RecurringCandidateService(self)

    @cached_property
    def budget_suggestions(self) -> BudgetSuggestionService:
        return BudgetSuggestionService(self)

    @cached_property
    def anomalies(self) -> AnomalyService:
        return AnomalyService(self)

    @cached_property
    def currencies(self) -> CurrencyService:
        return CurrencyService(self)

    @cached_property
    def profile(self) -> ProfileService:
        return ProfileService(self)

    @cached_property
    def sessions(self) -> SessionService:
        return SessionService(self.session)

    @cached_property
    def tokens(self) -> TokenService:
        return TokenService(self.session)

    @cached_property
    def insights(self) -> InsightService:
        return InsightService(self)

    @cached_property
    def overview(self) -> OverviewService:
        return OverviewService(self)

    @cached_property
    def category_page(self) -> CategoryPageService:
        return CategoryPageService(self)

    @cached_property
    def reports(self) -> ReportService:
        return ReportService(self)

    @cached_property
    def inbox(self) -> InboxService:
        return InboxService(self)

    @cached_property
    def sample_data(self) -> SampleDataService:
        return SampleDataService(self)


class AdminServices:
    """Work that is not bound to a book, over one session: jobs, users, sessions, tokens."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    @cached_property
    def jobs(self) -> JobService:
        return JobService(self.session)

    @cached_property
    def users(self) -> UserService:
        return UserService(self.session)

    @cached_property
    def sessions(self) -> SessionService:
        return SessionService(self.session)

    @cached_property
    def tokens(self) -> TokenService:
        return TokenService(self.session)


@asynccontextmanager
async def admin_unit_of_work() -> AsyncIterator[AdminServices]:
    """Open services that are not bound to a book. Everything is saved at the end, or nothing."""
    async with write_session() as session, commit_scope(session):
        yield AdminServices(session)


@asynccontextmanager
async def unit_of_work(
    member: Member, *, actor: Actor = Actor.USER, label: str = "", today: date | None = None
) -> AsyncIterator[Services]:
    """A member's services outside a request: all is saved at the end, or nothing."""
    use_locale(member.user.locale)
    async with write_session() as session:
        services = Services(session, member.require_write(), today)
        services.journal.note(label, actor=actor)
        async with commit_scope(session):
            await lock_book(session, member.book.id)
            yield services


@asynccontextmanager
async def reading(member: Member, today: date | None = None) -> AsyncIterator[Services]:
    """A member's services for looking only."""
    use_locale(member.user.locale)
    async with read_session() as session:
        yield Services(session, member, today)

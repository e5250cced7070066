"""Database models, one module for each noun."""

from __future__ import annotations

from app.models.account import Account, AccountKind
from app.models.base import Base
from app.models.book import Book, BookMember, BookRole
from app.models.book_cursor import BookCursor
from app.models.category import Category, CategoryGroup, CategoryKind
from app.models.finding import Finding, FindingKind, FindingState
from app.models.forecast import Forecast
from app.models.imports import ImportBatch, ImportMapping, ImportRow, ImportStatus, RowOutcome, Tombstone
from app.models.job import Job, JobState
from app.models.journal import Actor, Change, ChangeAction, ChangeSet
from app.models.payee import Payee
from app.models.rate import Rate
from app.models.recurring import BillMark, Cadence, Candidate, CandidateState, Recurring, RecurringKind
from app.models.rule import Rule
from app.models.security import Attempt, IdempotencyKey, SecurityEvent
from app.models.session import ApiToken, AuthSession, LinkPurpose, OneTimeLink, RefreshToken
from app.models.tag import Tag, TransactionTag
from app.models.total import TRANSFER, UNFILED, AccountTotal, DayTotal, MonthTotal
from app.models.transaction import (
    Attachment,
    CategorisedBy,
    DismissedTransferPair,
    SavedFilter,
    Split,
    Status,
    Transaction,
    Transfer,
)
from app.models.user import OnboardingStatus, Profile, User, UserRole

__all__ = (
    "TRANSFER",
    "UNFILED",
    "Account",
    "AccountKind",
    "AccountTotal",
    "Actor",
    "ApiToken",
    "Attachment",
    "Attempt",
    "AuthSession",
    "Base",
    "BillMark",
    "Book",
    "BookCursor",
    "BookMember",
    "BookRole",
    "Cadence",
    "Candidate",
    "CandidateState",
    "CategorisedBy",
    "Category",
    "CategoryGroup",
    "CategoryKind",
    "Change",
    "ChangeAction",
    "ChangeSet",
    "DayTotal",
    "DismissedTransferPair",
    "Finding",
    "FindingKind",
    "FindingState",
    "Forecast",
    "IdempotencyKey",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "ImportStatus",
    "Job",
    "JobState",
    "LinkPurpose",
    "MonthTotal",
    "OnboardingStatus",
    "OneTimeLink",
    "Payee",
    "Profile",
    "Rate",
    "Recurring",
    "RecurringKind",
    "RefreshToken",
    "RowOutcome",
    "Rule",
    "SavedFilter",
    "SecurityEvent",
    "Split",
    "Status",
    "Tag",
    "Tombstone",
    "Transaction",
    "TransactionTag",
    "Transfer",
    "User",
    "UserRole",
)

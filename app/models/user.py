"""Users and their profiles."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Currency, Stamped, WithId, choice, currency_check


class UserRole(enum.StrEnum):
    USER = "user"
    SUPPORT = "support"
    ADMIN = "admin"


class User(WithId, Stamped, Base):
    """A user. Without email and password (created in a chat) it can be claimed on the web later."""

    __tablename__ = "user"

    username: Mapped[str | None] = mapped_column(String(60))
    username_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    email_verified_at: Mapped[datetime | None]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[UserRole] = mapped_column(choice(UserRole, "role"), default=UserRole.USER)
    suspended_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(String(120), default="")
    first_name: Mapped[str] = mapped_column(String(60), default="")
    last_name: Mapped[str] = mapped_column(String(60), default="")
    avatar: Mapped[str | None] = mapped_column(String(80))
    locale: Mapped[str] = mapped_column(String(12), default="en-GB")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    theme: Mapped[str] = mapped_column(String(8), default="")
    shortcuts: Mapped[bool] = mapped_column(default=True)


class OnboardingStatus(enum.StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


class Profile(WithId, Stamped, Base):
    """A user's financial profile. Amounts are in ``currency``, income is per month."""

    __tablename__ = "profile"
    __table_args__ = (currency_check(), {"sqlite_autoincrement": True})

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    currency: Mapped[str] = mapped_column(Currency)
    monthly_income_minor: Mapped[int | None] = mapped_column(BigInteger)
    savings_minor: Mapped[int | None] = mapped_column(BigInteger)
    investments_minor: Mapped[int | None] = mapped_column(BigInteger)
    debts_minor: Mapped[int | None] = mapped_column(BigInteger)
    savings_rate_permille: Mapped[int | None] = mapped_column(Integer)
    onboarding_status: Mapped[OnboardingStatus] = mapped_column(
        choice(OnboardingStatus, "onboarding_status"), default=OnboardingStatus.NOT_STARTED
    )
    user_ai_preferences: Mapped[str] = mapped_column(Text, default="")
    personal_info: Mapped[str] = mapped_column(Text, default="")
    extra_info: Mapped[str] = mapped_column(Text, default="")
    ai_summary: Mapped[str] = mapped_column(Text, default="")
    motivation: Mapped[str] = mapped_column(Text, default="")
    financial_context: Mapped[str] = mapped_column(Text, default="")
    action_plan: Mapped[str] = mapped_column(Text, default="")
    behavioural_tag: Mapped[str] = mapped_column(String(60), default="")
    check_in_frequency: Mapped[str] = mapped_column(String(12), default="")
    last_check_in_at: Mapped[datetime | None]
    next_check_in_at: Mapped[datetime | None]

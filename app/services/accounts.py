"""Accounts: where money is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Invalid
from app.i18n import _
from app.models import Account, AccountKind, AccountTotal
from app.models.repository import BookRepository
from app.services.member import Member


class AccountRepository(BookRepository[Account]):
    model_type = Account

    @property
    def missing(self) -> str:  # type: ignore[override]
        return _("That account does not exist.")


@dataclass(frozen=True, slots=True)
class AccountOption:
    """An account as lists and choices show it; the balance counts everything that is booked."""

    id: int
    name: str
    currency: str
    kind: AccountKind
    is_default: bool
    balance_minor: int
    is_archived: bool


class AccountService:
    """The accounts of one book. Reads are kept for the life of the service."""

    def __init__(self, session: AsyncSession, member: Member) -> None:
        self.session, self.member = session, member
        self._all: list[AccountOption] | None = None

    @cached_property
    def repository(self) -> AccountRepository:
        return AccountRepository(self.session, self.member.book.id)

    async def all(self) -> list[AccountOption]:
        """Every account in the order of the book, archived ones too."""
        if self._all is None:
            query = (
                select(
                    Account.id,
                    Account.name,
                    Account.currency,
                    Account.kind,
                    Account.is_default,
                    Account.opening_balance_minor + func.coalesce(AccountTotal.posted_minor, 0),
                    Account.archived_at.is_not(None),
                )
                .outerjoin(AccountTotal, AccountTotal.account_id == Account.id)
                .where(Account.book_id == self.member.book.id)
                .order_by(Account.position, Account.id)
            )
            self._all = [AccountOption(*row) for row in await self.session.execute(query)]
        return self._all

    def forget(self) -> None:
        """Read again next time, after something changed."""
        self._all = None

    async def options(self) -> list[AccountOption]:
        """The accounts that may be booked on."""
        return [each for each in await self.all() if not each.is_archived]

    async def default(self) -> AccountOption:
        """Where entries go that name no account."""
        active = await self.options()
        if not active:
            raise Invalid(_("Make an account first: there is none to book on."), field="account")
        return next((each for each in active if each.is_default), active[0])

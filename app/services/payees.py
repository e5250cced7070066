"""Payees: whom money goes to or comes from."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain import payees
from app.models import Payee
from app.models.repository import BookRepository
from app.services.member import Member


class PayeeRepository(BookRepository[Payee]):
    model_type = Payee


def key_of(name: str) -> str:
    """Under what a payee is found again, however it is written."""
    return (payees.key(name) or name.casefold().strip())[:120]


class PayeeService:
    """The payees of one book."""

    def __init__(self, session: AsyncSession, member: Member) -> None:
        self.session, self.member = session, member
        self.repository = PayeeRepository(session, member.book.id)
        self._by_key: dict[str, Payee] = {}

    async def named(self, name: str) -> Payee:
        """The payee that is known under this name; a new one when there is none."""
        key = key_of(name)
        found = self._by_key.get(key)
        if found is None:
            own = select(Payee).where(Payee.book_id == self.member.book.id, Payee.key == key)
            found = await self.session.scalar(own)
        if found is None:
            found = Payee(book_id=self.member.book.id, name=name.strip()[:120], key=key)
            self.session.add(found)
            await self.session.flush()
        self._by_key[key] = found
        return found

    async def names(self, limit: int = 500) -> list[str]:
        """Names to suggest, the newest first."""
        query = select(Payee.name).where(Payee.book_id == self.member.book.id).order_by(Payee.id.desc()).limit(limit)
        return list(await self.session.scalars(query))

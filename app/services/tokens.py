"""API tokens: personal ones that a user names and revokes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import ApiToken, Book, BookMember, User
from app.services.member import BOOK, PERSON, Member, from_row
from app.services.sessions import hash_of, new_token

PREFIX = "saldo_"


class TokenService:
    """Finds the member that a Bearer token stands for."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def create(self, member: Member, name: str) -> str:
        """A personal token for the member's book; the only time that it is told."""
        token = PREFIX + new_token()
        self.session.add(
            ApiToken(
                user_id=member.user.id, book_id=member.book.id, name=name, token_hash=hash_of(token), hint=token[-4:]
            )
        )
        await self.session.flush()
        return token

    async def member(self, token: str) -> Member | None:
        if not token.startswith(PREFIX):
            return None
        query = (
            select(*PERSON, *BOOK, BookMember.role)
            .select_from(ApiToken)
            .join(User, User.id == ApiToken.user_id)
            .join(Book, Book.id == ApiToken.book_id)
            .join(BookMember, (BookMember.book_id == Book.id) & (BookMember.user_id == User.id))
            .where(ApiToken.token_hash == hash_of(token), ApiToken.revoked_at.is_(None), User.suspended_at.is_(None))
        )
        row = (await self.session.execute(query)).first()
        return from_row(tuple(row)) if row else None

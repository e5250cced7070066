"""Tags: words that a person puts on transactions."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Tag
from app.services.member import Member


class TagService:
    """The tags of one book."""

    def __init__(self, session: AsyncSession, member: Member) -> None:
        self.session, self.member = session, member

    async def all(self) -> list[tuple[int, str]]:
        """Id and name of every tag, by name."""
        query = select(Tag.id, Tag.name).where(Tag.book_id == self.member.book.id).order_by(Tag.key)
        return [(row.id, row.name) for row in await self.session.execute(query)]

    async def named(self, names: Iterable[str]) -> list[Tag]:
        """The tags of these names, in their order; new ones are made for those that are not there."""
        wanted: dict[str, str] = {}
        for name in filter(None, map(str.strip, names)):
            wanted.setdefault(name.casefold()[:40], name[:40])
        if not wanted:
            return []
        query = select(Tag).where(Tag.book_id == self.member.book.id, Tag.key.in_(wanted))
        found = {tag.key: tag for tag in await self.session.scalars(query)}
        for key, name in wanted.items():
            if key not in found:
                found[key] = Tag(book_id=self.member.book.id, name=name, key=key)
                self.session.add(found[key])
        await self.session.flush()
        return [found[key] for key in wanted]

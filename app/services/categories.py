"""Categories: what money was for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Category, CategoryGroup, CategoryKind
from app.services.member import Member


@dataclass(frozen=True, slots=True)
class CategoryOption:
    """A category as lists and choices show it; ``colour`` is 1 to 8."""

    id: int
    key: str | None
    name: str
    icon: str
    colour: int
    kind: CategoryKind
    group_id: int
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class GroupOption:
    id: int
    name: str
    kind: CategoryKind
    categories: tuple[CategoryOption, ...]


class CategoryService:
    """The categories of one book. Reads are kept for the life of the service."""

    def __init__(self, session: AsyncSession, member: Member) -> None:
        self.session, self.member = session, member
        self._all: list[GroupOption] | None = None

    async def _groups(self) -> list[GroupOption]:
        """Every group in the order of the book, archived categories too."""
        if self._all is None:
            groups = select(CategoryGroup.id, CategoryGroup.name, CategoryGroup.kind)
            groups = groups.where(CategoryGroup.book_id == self.member.book.id)
            rows = select(
                Category.id,
                Category.key,
                Category.name,
                Category.icon,
                Category.colour,
                CategoryGroup.kind,
                Category.group_id,
                Category.archived_at.is_not(None),
            ).join(CategoryGroup, CategoryGroup.id == Category.group_id)
            rows = rows.where(Category.book_id == self.member.book.id).order_by(Category.position, Category.id)
            found = [CategoryOption(*row) for row in await self.session.execute(rows)]
            self._all = [
                GroupOption(group.id, group.name, group.kind, tuple(e for e in found if e.group_id == group.id))
                for group in await self.session.execute(groups.order_by(CategoryGroup.position, CategoryGroup.id))
            ]
        return self._all

    def forget(self) -> None:
        """Read again next time, after something changed."""
        self._all = None

    async def groups(self) -> list[GroupOption]:
        """The groups with the categories that may be filed into."""
        return [
            GroupOption(group.id, group.name, group.kind, tuple(e for e in group.categories if not e.is_archived))
            for group in await self._groups()
        ]

    async def by_id(self) -> dict[int, CategoryOption]:
        """Every category by its id, archived ones too: history keeps their names."""
        return {each.id: each for group in await self._groups() for each in group.categories}

    async def by_key(self) -> dict[str, CategoryOption]:
        """The active default categories by their stable key."""
        return {each.key: each for each in (await self.by_id()).values() if each.key and not each.is_archived}

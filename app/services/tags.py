"""Tags of transactions: add, rename, merge and delete them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from app.db import rows
from app.errors import Conflict, Invalid
from app.i18n import _, mark
from app.models import Rule, Tag, TransactionTag
from app.models.repository import BookRepository
from app.services.base import Service


class TagRepository(BookRepository[Tag]):
    model_type = Tag
    not_found_message = mark("That tag does not exist.")


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag with the number of its transactions."""

    id: int
    name: str
    count: int


ALL = select(Tag.id, Tag.name).where(Tag.book_id == bindparam("book_id")).order_by(Tag.key)


class TagService(Service):
    """The tags of one book."""

    async def all(self) -> list[tuple[int, str]]:
        """Return id and name of every tag, by name."""
        return [(id_, name) for id_, name in await rows(self.session, ALL, {"book_id": self.member.book.id})]

    async def named(self, names: Iterable[str]) -> list[Tag]:
        """Return the tags with these names, in their order. Missing ones are added."""
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

    async def counted(self) -> list[TagLine]:
        """Return every tag with the number of its transactions, by name."""
        query = (
            select(Tag.id, Tag.name, func.count(TransactionTag.id))
            .outerjoin(TransactionTag, TransactionTag.tag_id == Tag.id)
            .where(Tag.book_id == self.member.book.id)
            .group_by(Tag.id, Tag.name, Tag.key)
            .order_by(Tag.key)
        )
        return [TagLine(*row) for row in await self.session.execute(query)]

    async def get(self, tag_id: int) -> Tag:
        return await TagRepository(self.session, self.member.book.id).get_owned(tag_id)

    async def add(self, name: str) -> Tag:
        """Add a tag. Raises ``Conflict`` if the name is taken."""
        await self._check_name(name)
        row = Tag(book_id=self.member.book.id, name=name, key=name.casefold()[:40])
        self.session.add(row)
        await self._save(_("Added the tag {name}", name=name))
        return row

    async def rename(self, tag_id: int, name: str) -> Tag:
        """Rename a tag, in rules too. Raises ``Conflict`` if the name is taken."""
        row = await self.get(tag_id)
        before = row.name
        await self._check_name(name, row.id)
        row.name, row.key = name, name.casefold()[:40]
        await self._rename_in_rules(before, name)
        await self._save(_("Renamed {before} to {name}", before=before, name=name))
        return row

    async def merge(self, tag_id: int, into_id: int) -> Tag:
        """Replace this tag by another one, in rules too, and delete it. Raises ``Invalid`` if they are the same."""
        row, target = await self.get(tag_id), await self.get(into_id)
        if row.id == target.id:
            raise Invalid(_("Choose another tag to merge it into."), field="into")
        there = select(TransactionTag.transaction_id).where(TransactionTag.tag_id == target.id)
        taken = set(await self.session.scalars(there))
        for link in await self._links(row):
            if link.transaction_id in taken:
                await self.session.delete(link)
            else:
                link.tag_id = target.id
        await self.session.flush()
        await self._rename_in_rules(row.name, target.name)
        await self.session.delete(row)
        await self._save(_("Merged {name} into {target}", name=row.name, target=target.name))
        return target

    async def delete(self, tag_id: int) -> None:
        """Delete a tag. Its transactions stay."""
        row = await self.get(tag_id)
        for link in await self._links(row):
            await self.session.delete(link)
        await self.session.flush()
        await self.session.delete(row)
        await self._save(_("Deleted the tag {name}", name=row.name))

    async def _links(self, row: Tag) -> list[TransactionTag]:
        found = select(TransactionTag).where(
            TransactionTag.tag_id == row.id, TransactionTag.book_id == self.member.book.id
        )
        return list(await self.session.scalars(found))

    async def _rename_in_rules(self, before: str, name: str) -> None:
        for rule in await self.session.scalars(select(Rule).where(Rule.book_id == self.member.book.id)):
            tags = rule.then.get("tags", [])
            if before in tags:
                rule.then = rule.then | {"tags": list(dict.fromkeys(name if each == before else each for each in tags))}

    async def _check_name(self, name: str, but: int = 0) -> None:
        taken = select(Tag.id).where(Tag.book_id == self.member.book.id, Tag.key == name.casefold()[:40], Tag.id != but)
        if await self.session.scalar(taken) is not None:
            raise Conflict(_("A tag with this name already exists."), field="name")

    async def _save(self, label: str) -> None:
        self.services.journal.note(label)
        await self.session.flush()

"""Categories and their groups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from app.db import rows
from app.errors import Conflict, Invalid, NotFound
from app.i18n import _, mark
from app.models import Category, CategoryGroup, CategoryKind, MonthTotal, Rule, Split, Transaction
from app.models.base import now
from app.models.repository import BookRepository
from app.schemas.categories import CategoryIn, CategoryPatch, GroupIn
from app.services.base import Service

if TYPE_CHECKING:
    from app.services import Services


class CategoryRepository(BookRepository[Category]):
    model_type = Category
    not_found_message = mark("That category does not exist.")


class GroupRepository(BookRepository[CategoryGroup]):
    model_type = CategoryGroup
    not_found_message = mark("That group does not exist.")


@dataclass(frozen=True, slots=True)
class CategoryOption:
    """A category in lists and selects. ``colour`` is a palette number, 1 to 8."""

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


GROUPS_QUERY = (
    select(
        CategoryGroup.id,
        CategoryGroup.name,
        CategoryGroup.kind,
        Category.id,
        Category.key,
        Category.name,
        Category.icon,
        Category.colour,
        Category.archived_at.is_not(None),
    )
    .outerjoin(Category, Category.group_id == CategoryGroup.id)
    .where(CategoryGroup.book_id == bindparam("book_id"))
    .order_by(CategoryGroup.position, CategoryGroup.id, Category.position, Category.id)
)


class CategoryService(Service):
    """The categories of one book. What it reads is cached for the life of the service."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._all: list[GroupOption] | None = None

    async def _groups(self) -> list[GroupOption]:
        """Return all groups in display order, archived categories included."""
        if self._all is None:
            found = dict[int, tuple[str, CategoryKind, list[CategoryOption]]]()
            own = {"book_id": self.member.book.id}
            for group_id, group_name, kind, id_, key, name, icon, colour, is_archived in await rows(
                self.session, GROUPS_QUERY, own
            ):
                group = found.setdefault(group_id, (group_name, kind, []))
                if id_ is not None:
                    group[2].append(CategoryOption(id_, key, name, icon, colour, kind, group_id, is_archived))
            self._all = [GroupOption(id_, name, kind, tuple(own)) for id_, (name, kind, own) in found.items()]
        return self._all

    def forget(self) -> None:
        """Clear the cache after a change."""
        self._all = None

    async def groups(self) -> list[GroupOption]:
        """Return the groups with their active categories."""
        return [
            GroupOption(group.id, group.name, group.kind, tuple(e for e in group.categories if not e.is_archived))
            for group in await self._groups()
        ]

    async def by_id(self) -> dict[int, CategoryOption]:
        """Return all categories by id, archived ones included because past transactions name them."""
        return {each.id: each for group in await self._groups() for each in group.categories}

    async def by_key(self) -> dict[str, CategoryOption]:
        """Return the active default categories by key."""
        return {each.key: each for each in (await self.by_id()).values() if each.key and not each.is_archived}

    @cached_property
    def repository(self) -> CategoryRepository:
        return CategoryRepository(self.session, self.member.book.id)

    @cached_property
    def group_repository(self) -> GroupRepository:
        return GroupRepository(self.session, self.member.book.id)

    async def all_groups(self) -> list[GroupOption]:
        """Return all groups with all categories, archived ones included."""
        return await self._groups()

    async def option(self, category_id: int) -> CategoryOption:
        """Return a category. Raises ``NotFound`` if the book does not have it."""
        found = (await self.by_id()).get(category_id)
        if found is None:
            raise NotFound(self.repository.not_found_message)
        return found

    async def counts(self) -> dict[int, int]:
        """Return the number of transactions in each category; each split counts."""
        query = (
            select(MonthTotal.category_id, func.sum(MonthTotal.count))
            .where(MonthTotal.book_id == self.member.book.id, MonthTotal.category_id > 0)
            .group_by(MonthTotal.category_id)
        )
        return {category_id: int(count) for category_id, count in await self.session.execute(query)}

    async def add(self, entry: CategoryIn) -> Category:
        """Add a category at the end of its group."""
        group = await self._group(entry.group, entry.kind)
        await self._check_name(entry.name, group.id)
        row = Category(
            book_id=self.member.book.id,
            group_id=group.id,
            name=entry.name,
            icon=entry.icon,
            colour=entry.colour,
            position=await self._next_position(group.id),
        )
        self.session.add(row)
        await self._save(_("Added the category {name}", name=row.name))
        return row

    async def change(self, category_id: int, entry: CategoryPatch) -> Category:
        """Change name, color, icon, group (of the same kind) or archive state."""
        row = await self.repository.get_owned(category_id)
        kind = (await self.option(row.id)).kind
        group_id = row.group_id
        if entry.kind is not None and entry.kind != kind:
            raise Conflict(_("A category can’t change between spending and income. Add a new category."), field="kind")
        if entry.group is not None:
            group = await self._group(entry.group, kind)
            if group.kind != kind:
                raise Conflict(_("Choose a group of the same kind."), field="group")
            group_id = group.id
        name = entry.name or row.name
        if (name, group_id) != (row.name, row.group_id):
            await self._check_name(name, group_id, row.id)
        if group_id != row.group_id:
            row.group_id, row.position = group_id, await self._next_position(group_id)
        row.name, row.icon, row.colour = name, entry.icon or row.icon, entry.colour or row.colour
        if entry.archived is not None:
            row.archived_at = (row.archived_at or now()) if entry.archived else None
        await self._save(_("Changed the category {name}", name=row.name))
        return row

    async def archive(self, category_id: int, away: bool = True) -> Category:
        """Archive or unarchive a category. Its transactions stay; new ones cannot use it."""
        row = await self.repository.get_owned(category_id)
        row.archived_at = now() if away else None
        label = _("Archived the category {name}", name=row.name) if away else _("Unarchived {name}", name=row.name)
        await self._save(label)
        return row

    async def move(self, category_id: int, by: int) -> Category:
        """Move a category up (-1) or down (1) in its group."""
        row = await self.repository.get_owned(category_id)
        found = select(Category).where(Category.group_id == row.group_id, Category.book_id == self.member.book.id)
        rows = list(await self.session.scalars(found.order_by(Category.position, Category.id)))
        shown = [each for each in rows if each.archived_at is None]
        at = shown.index(row) if row in shown else -1
        if at >= 0 and 0 <= at + by < len(shown):
            one, other = rows.index(row), rows.index(shown[at + by])
            rows[one], rows[other] = rows[other], rows[one]
            for place, each in enumerate(rows):
                each.position = place
            await self._save(_("Moved the category {name}", name=row.name))
        return row

    async def merge(self, category_id: int, into_id: int) -> Category:
        """Move everything of a category into another one of the same kind, then delete it; one change set."""
        row = await self.repository.get_owned(category_id)
        target = (await self.by_id()).get(into_id)
        if target is None or target.id == row.id:
            raise Invalid(_("Choose another of your categories."), field="into")
        if target.is_archived:
            raise Invalid(_("{name} is archived. Choose another one.", name=target.name), field="into")
        if target.kind != (await self.option(row.id)).kind:
            raise Invalid(_("Choose a category of the same kind (spending or income)."), field="into")
        await self.services.ledger.replace_category(row.id, target.id)
        for rule in await self._rules(row.id):
            rule.then = rule.then | {"category": target.id}
        await self.session.flush()
        await self.session.delete(row)
        await self._save(_("Merged {name} into {target}", name=row.name, target=target.name))
        return await self.repository.get_owned(target.id)

    async def delete(self, category_id: int) -> None:
        """Delete an unused category. Raises ``Conflict`` if transactions or rules use it."""
        row = await self.repository.get_owned(category_id)
        used = (await self.counts()).get(row.id, 0)
        if used or await self._splits(row.id):
            raise Conflict(_("{name} is in use. Merge it into another category, or archive it.", name=row.name))
        if await self._rules(row.id):
            raise Conflict(_("A rule uses {name}. Change the rule or merge the category.", name=row.name))
        await self.session.delete(row)
        await self._save(_("Deleted the category {name}", name=row.name))

    async def add_group(self, entry: GroupIn) -> CategoryGroup:
        await self._check_group_name(entry.name)
        row = await self._new_group(entry.name, entry.kind)
        await self._save(_("Added the group {name}", name=row.name))
        return row

    async def group(self, group_id: int) -> CategoryGroup:
        return await self.group_repository.get_owned(group_id)

    async def rename_group(self, group_id: int, name: str) -> CategoryGroup:
        row = await self.group_repository.get_owned(group_id)
        await self._check_group_name(name, row.id)
        row.name = name
        await self._save(_("Renamed the group to {name}", name=name))
        return row

    async def move_group(self, group_id: int, by: int) -> CategoryGroup:
        """Move a group up (-1) or down (1)."""
        row = await self.group_repository.get_owned(group_id)
        found = select(CategoryGroup).where(CategoryGroup.book_id == self.member.book.id)
        rows = list(await self.session.scalars(found.order_by(CategoryGroup.position, CategoryGroup.id)))
        at = rows.index(row)
        if 0 <= at + by < len(rows):
            rows[at], rows[at + by] = rows[at + by], rows[at]
            for place, each in enumerate(rows):
                each.position = place
            await self._save(_("Moved the group {name}", name=row.name))
        return row

    async def delete_group(self, group_id: int) -> None:
        """Delete an empty group."""
        row = await self.group_repository.get_owned(group_id)
        inside = select(Category.id).where(Category.group_id == row.id).limit(1)
        if await self.session.scalar(inside) is not None:
            raise Conflict(_("{name} has categories. Move them to another group first.", name=row.name))
        await self.session.delete(row)
        await self._save(_("Deleted the group {name}", name=row.name))

    async def _group(self, reference: int | str, kind: CategoryKind | None) -> GroupOption | CategoryGroup:
        groups = await self._groups()
        name = str(reference).casefold()
        found = next((each for each in groups if reference == each.id or each.name.casefold() == name), None)
        if found is not None:
            if kind is not None and found.kind != kind:
                raise Invalid(
                    _("The group {name} is for {kind}.", name=found.name, kind=_kind_label(found.kind)), field="kind"
                )
            return found
        if isinstance(reference, int) or not reference:
            raise Invalid(_("Choose a group or enter a new name."), field="group")
        if kind is None:
            raise Invalid(_("Choose spending or income."), field="kind")
        if len(reference) > 60:
            raise Invalid(_("This is too long; use at most {max_length} characters.", max_length=60), field="group")
        return await self._new_group(reference, kind)

    async def _new_group(self, name: str, kind: CategoryKind) -> CategoryGroup:
        row = CategoryGroup(book_id=self.member.book.id, name=name, kind=kind, position=len(await self._groups()))
        self.session.add(row)
        await self.session.flush()
        return row

    async def _next_position(self, group_id: int) -> int:
        last = await self.session.scalar(select(func.max(Category.position)).where(Category.group_id == group_id))
        return 0 if last is None else last + 1

    async def _splits(self, category_id: int) -> list[Split]:
        """Return splits in this category with their transactions."""
        query = (
            select(Split)
            .where(Split.book_id == self.member.book.id, Split.category_id == category_id)
            .options(joinedload(Split.transaction).selectinload(Transaction.splits))
        )
        return list(await self.session.scalars(query))

    async def _rules(self, category_id: int) -> list[Rule]:
        rules = await self.session.scalars(select(Rule).where(Rule.book_id == self.member.book.id))
        return [rule for rule in rules if rule.then.get("category") == category_id]

    async def _check_name(self, name: str, group_id: int, but: int = 0) -> None:
        for each in (await self.by_id()).values():
            if each.group_id == group_id and each.name.casefold() == name.casefold() and each.id != but:
                raise Conflict(_("The group already has a category with this name."), field="name")

    async def _check_group_name(self, name: str, but: int = 0) -> None:
        if any(each.name.casefold() == name.casefold() and each.id != but for each in await self._groups()):
            raise Conflict(_("A group with this name already exists."), field="name")

    async def _save(self, label: str) -> None:
        self.services.journal.note(label)
        await self.session.flush()
        self.forget()


def _kind_label(kind: CategoryKind) -> str:
    return _("income") if kind is CategoryKind.INCOME else _("spending")

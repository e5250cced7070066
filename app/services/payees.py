"""Payees: whom money goes to or comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from app.domain.payees import name_key
from app.domain.search import fold
from app.errors import Conflict, Invalid
from app.i18n import _, mark
from app.models import Payee, Rule, Transaction
from app.models.repository import BookRepository
from app.services.base import Service

if TYPE_CHECKING:
    from app.services import Services

PAGE = 60
MAX_SUGGESTED_MERGES = 12  # pairs that are suggested for merging at most


class PayeeRepository(BookRepository[Payee]):
    model_type = Payee
    not_found_message = mark("This payee doesn’t exist.")


@dataclass(frozen=True, slots=True)
class PayeeLine:
    """A payee of the list; ``category_id`` is where its transactions usually go."""

    id: int
    name: str
    count: int
    last: date | None
    category_id: int | None = None


NAMED = select(Payee).where(Payee.book_id == bindparam("book_id"), Payee.key == bindparam("key"))


class PayeeService(Service):
    """The payees of one book."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._by_key: dict[str, Payee] = {}

    @cached_property
    def repository(self) -> PayeeRepository:
        return PayeeRepository(self.session, self.member.book.id)

    async def named(self, name: str) -> Payee:
        """The payee that is known under this name; a new one when there is none."""
        key = name_key(name)
        found = self._by_key.get(key)
        if found is None:
            found = await self.session.scalar(NAMED, {"book_id": self.member.book.id, "key": key})
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

    async def get(self, payee_id: int) -> Payee:
        return await self.repository.get_owned(payee_id)

    async def add(self, name: str) -> Payee:
        """A new payee; a name that is known already is refused."""
        await self._free(name)
        row = Payee(book_id=self.member.book.id, name=name, key=name_key(name))
        self.session.add(row)
        await self._saved(_("Added the payee {name}", name=name))
        return row

    async def page(self, search: str = "", number: int = 1, limit: int = PAGE) -> tuple[list[PayeeLine], int]:
        """Payees with how often they were booked, the busiest first, and how many there are in all."""
        own = [Payee.book_id == self.member.book.id]
        if words := name_key(search):
            own.append(Payee.key.contains(words, autoescape=True))
        total = int(await self.session.scalar(select(func.count()).select_from(Payee).where(*own)) or 0)
        count = func.count(Transaction.id)
        query = (
            select(Payee.id, Payee.name, count, func.max(Transaction.booked_on))
            .outerjoin(Transaction, Transaction.payee_id == Payee.id)
            .where(*own)
            .group_by(Payee.id, Payee.name)
            .order_by(count.desc(), Payee.name)
            .limit(limit)
            .offset((number - 1) * limit)
        )
        rows = (await self.session.execute(query)).all()
        usual = await self._usual([row.id for row in rows])
        return [PayeeLine(*row, usual.get(row.id)) for row in rows], total

    async def _usual(self, ids: Sequence[int]) -> dict[int, int]:
        """The category each of these payees is most often filed under."""
        query = (
            select(Transaction.payee_id, Transaction.category_id)
            .where(
                Transaction.book_id == self.member.book.id,
                Transaction.payee_id.in_(ids),
                Transaction.category_id.is_not(None),
            )
            .group_by(Transaction.payee_id, Transaction.category_id)
            .order_by(func.count(), func.max(Transaction.booked_on))
        )
        return {row.payee_id: row.category_id for row in await self.session.execute(query)}  # the last one wins

    async def alike(self) -> list[tuple[PayeeLine, PayeeLine]]:
        """Pairs that are probably one payee: the same name but for spaces, numbers and endings."""
        lines, _total = await self.page(limit=2000)
        groups: dict[str, list[PayeeLine]] = defaultdict(list)
        for line in lines:
            letters = "".join(each for each in fold(line.name) if each.isalpha())
            if len(letters) >= 4:
                groups[letters].append(line)
        return [(found[0], other) for found in groups.values() for other in found[1:]][:MAX_SUGGESTED_MERGES]

    async def rename(self, payee_id: int, name: str) -> Payee:
        row = await self.repository.get_owned(payee_id)
        before = row.name
        await self._free(name, row.id)
        row.name, row.key = name, name_key(name)
        await self._saved(_("Renamed {before} to {name}", before=before, name=name))
        return row

    async def merge(self, payee_id: int, into_id: int) -> Payee:
        """Give all that a payee has to another one, as one change set; the first is gone afterwards."""
        row, target = await self.repository.get_owned(payee_id), await self.repository.get_owned(into_id)
        if row.id == target.id:
            raise Invalid(_("Choose another payee to merge it into."), field="into")
        found = select(Transaction.id).where(Transaction.book_id == self.member.book.id, Transaction.payee_id == row.id)
        await self.give(list(await self.session.scalars(found)), target)
        for rule in await self.session.scalars(select(Rule).where(Rule.book_id == self.member.book.id)):
            if rule.then.get("payee") == row.name:
                rule.then = rule.then | {"payee": target.name}
        await self.session.delete(row)
        await self._saved(_("Merged {name} into {target}", name=row.name, target=target.name))
        return target

    async def delete(self, payee_id: int) -> None:
        """Only a payee that was never booked can go; others can be merged."""
        row = await self.repository.get_owned(payee_id)
        used = select(Transaction.id).where(Transaction.payee_id == row.id).limit(1)
        if await self.session.scalar(used) is not None:
            raise Conflict(_("{name} has transactions. Merge it into another payee instead.", name=row.name))
        await self.session.delete(row)
        await self._saved(_("Deleted the payee {name}", name=row.name))

    async def give(self, ids: Sequence[int], payee: Payee) -> None:
        """Make this the payee of transactions of the book, and have them found under its name."""
        await self.services.ledger.update_many(await self.services.ledger.read_rows(ids), {"payee_id": payee.id})

    async def _free(self, name: str, but: int = 0) -> None:
        taken = select(Payee.name).where(
            Payee.book_id == self.member.book.id, Payee.key == name_key(name), Payee.id != but
        )
        if (other := await self.session.scalar(taken)) is not None:
            raise Conflict(_("{other} is the same payee. Merge them.", other=other), field="name")

    async def _saved(self, label: str) -> None:
        self.services.journal.note(label)
        await self.session.flush()
        self._by_key.clear()

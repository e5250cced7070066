"""Apply one change to many transactions, journaled and undone as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.errors import Invalid
from app.i18n import _, ngettext
from app.models import CategorisedBy, Status, Tag, Transaction, TransactionTag
from app.services.base import Service
from app.services.ledger.writer import COLUMNS, UNCATEGORISED, chunks
from app.services.transaction_list import Filter

MAX_ROWS = 250_000  # changed a few hundred a statement; 100,000 take 3 to 5 s, and as long to undo
MAX_ROWS_ONE_BY_ONE = 10_000  # of tagged or deleted rows, which are journaled one by one


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows by their ids, or all rows that match a filter."""

    ids: tuple[int, ...] = ()
    everything: Filter | None = None


class BulkEditService(Service):
    """Changes many transactions of one book at once. Reconciled rows are skipped and counted."""

    async def set_category(self, selection: Selection, category_id: int | None) -> int:
        """Set the category of rows; None removes it. Transfers and splits keep theirs."""
        await self.services.transactions.category(category_id)
        rows = await self._rows(selection)
        rows = [row for row in rows if row.transfer_id is None and not row.is_split and row.category_id != category_id]
        chosen_by = CategorisedBy.PERSON if category_id else None
        values = {**UNCATEGORISED, "category_id": category_id, "categorised_by": chosen_by}
        await self.services.ledger.update_many(rows, values)
        name = (await self.services.categories.by_id())[category_id].name if category_id else _("no category")
        self._note(
            ngettext(
                "Categorized {n} transaction as {name}", "Categorized {n} transactions as {name}", len(rows), name=name
            ),
            len(rows),
        )
        return len(rows)

    async def set_status(self, selection: Selection, status: Status) -> int:
        """Set the status of rows that are not reconciled."""
        if status is Status.RECONCILED:
            raise Invalid(_("Reconcile transactions on the account’s page."), field="status")
        rows = [row for row in await self._rows(selection) if row.status not in (status, Status.RECONCILED)]
        await self.services.ledger.update_many(rows, {"status": status})
        self._note(
            ngettext("Changed the status of {n} transaction", "Changed the status of {n} transactions", len(rows)),
            len(rows),
        )
        return len(rows)

    async def move_to_account(self, selection: Selection, account_id: int | None) -> int:
        """Move rows to another account of the same currency. Raises ``Conflict`` if any of them cannot move."""
        if account_id is None:
            raise Invalid(_("Choose the account to move them to."), field="account")
        account = await self.services.transactions.account(account_id)
        rows = await self._rows(selection)
        if locked := sum(row.status is Status.RECONCILED for row in rows):
            raise Invalid(
                ngettext(
                    "{n} of these transactions is reconciled. Unlock or deselect it.",
                    "{n} of these transactions are reconciled. Unlock or deselect them.",
                    locked,
                ),
                field="account",
            )
        if moved := sum(row.transfer_id is not None for row in rows):
            raise Invalid(
                ngettext(
                    "{n} of these transactions is part of a transfer. Unlink or deselect it.",
                    "{n} of these transactions are parts of transfers. Unlink or deselect them.",
                    moved,
                ),
                field="account",
            )
        if foreign := sorted({row.currency for row in rows} - {account.currency}):
            raise Invalid(
                _(
                    "{account} is in {currency}, but some of these transactions are in {other}. Move those one by one.",
                    account=account.name,
                    currency=account.currency,
                    other=", ".join(foreign),
                ),
                field="account",
            )
        rows = [row for row in rows if row.account_id != account.id]
        await self.services.ledger.update_many(rows, {"account_id": account.id})
        self._note(
            ngettext(
                "Moved {n} transaction to {name}", "Moved {n} transactions to {name}", len(rows), name=account.name
            ),
            len(rows),
        )
        return len(rows)

    async def tag(self, selection: Selection, names: Iterable[str], *, remove: bool = False) -> int:
        """Add tags to rows, or remove them."""
        tags = await self.services.tags.named(names)
        if not tags:
            raise Invalid(_("Enter at least one tag."), field="tags")
        ids = [row.id for row in await self._rows(selection, most=MAX_ROWS_ONE_BY_ONE)]
        changed = 0
        for tag in tags:
            changed = max(changed, await (self._untag(tag, ids) if remove else self._tag(tag, ids)))
        self._note(
            ngettext("Changed the tags of {n} transaction", "Changed the tags of {n} transactions", changed), changed
        )
        return changed

    async def delete(self, selection: Selection) -> int:
        """Delete rows, and the other sides of transfers."""
        chosen = await self._rows(selection, most=MAX_ROWS_ONE_BY_ONE)
        ids = [row.id for row in chosen if row.status is not Status.RECONCILED]
        ledger = self.services.ledger
        rows = await ledger.read_loaded(Transaction.id, ids)
        found = {row.id for row in rows}
        transfers = {row.transfer_id for row in rows if row.transfer_id}
        rows += [
            leg for leg in await ledger.read_loaded(Transaction.transfer_id, sorted(transfers)) if leg.id not in found
        ]
        await self.services.transactions.remove(rows)
        self._note(ngettext("Deleted {n} transaction", "Deleted {n} transactions", len(rows)), len(rows))
        return len(rows)

    async def _rows(self, selection: Selection, *, most: int | None = None) -> list[Any]:
        """Return the selected rows with splits loaded."""
        query = select(*COLUMNS).order_by(Transaction.id)
        if selection.everything is not None:
            most = most or MAX_ROWS
            conditions = await self.services.transaction_list.conditions(selection.everything)
            found = list((await self.session.execute(query.where(*conditions).limit(most + 1))).all())
            if len(found) > most:
                raise Invalid(_("You can change at most {n} transactions at once. Narrow the filter.", n=most))
            return found
        rows = await self.services.ledger.read_rows(selection.ids)
        if not rows:
            raise Invalid(_("Select at least one transaction."))
        return rows

    async def _tag(self, tag: Tag, ids: Sequence[int]) -> int:
        has = set(await self.session.scalars(self._links(tag).with_only_columns(TransactionTag.transaction_id)))
        missing = [each for each in ids if each not in has]
        self.session.add_all(
            TransactionTag(book_id=self.member.book.id, transaction_id=each, tag_id=tag.id) for each in missing
        )
        await self.session.flush()
        return len(missing)

    async def _untag(self, tag: Tag, ids: Sequence[int]) -> int:
        count = 0
        for part in chunks(ids):
            for link in await self.session.scalars(self._links(tag).where(TransactionTag.transaction_id.in_(part))):
                await self.session.delete(link)
                count += 1
        await self.session.flush()
        return count

    def _links(self, tag: Tag) -> Any:
        return select(TransactionTag).where(
            TransactionTag.tag_id == tag.id, TransactionTag.book_id == self.member.book.id
        )

    def _note(self, label: str, count: int) -> None:
        self.services.journal.note(label if count else _("Nothing to change."))

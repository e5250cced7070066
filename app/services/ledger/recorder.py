"""Writes what a unit of work changes into its change set.

A session listener records inserts, updates and deletes of journaled tables as they are flushed. It does not see
statements that bypass the ORM, so bulk writes call ``insert_many`` and ``update_many``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import event, insert, inspect, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session

from app.models import Actor, Base, Change, ChangeAction, ChangeSet
from app.services.member import Member

IDS_PER_STATEMENT = 500
ORDER = {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}  # parents first
ADD_CHANGE_SET, ADD_CHANGES = insert(ChangeSet).returning(ChangeSet.id), insert(Change)


@dataclass
class Recorder:
    """What the current unit of work writes into the journal; lives in ``session.info``."""

    book_id: int
    user_id: int | None
    actor: Actor = Actor.USER
    label: str = ""
    import_batch_id: int | None = None
    undoes_id: int | None = None
    change_set_id: int | None = None
    _written: tuple[Actor, str] | None = None  # actor and label that the change set has already

    def change_set(self, session: Session) -> int:
        """The id of the unit's change set, made at its first change."""
        if self.change_set_id is None:
            self._written = self.actor, self.label[:200]
            values = {
                "book_id": self.book_id,
                "user_id": self.user_id,
                "actor": self.actor,
                "label": self.label[:200],
                "import_batch_id": self.import_batch_id,
                "undoes_id": self.undoes_id,
            }
            self.change_set_id = session.connection().execute(ADD_CHANGE_SET, values).scalar_one()
        return self.change_set_id

    def write(self, session: Session, changes: list[dict[str, Any]]) -> None:
        if changes:
            owner = self.change_set(session)
            session.connection().execute(ADD_CHANGES, [{"change_set_id": owner, **each} for each in changes])

    def insert_many(
        self, session: Session, model: type[Base], ids: Sequence[int], rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """Record rows that were inserted in one statement, one change each."""
        self.write(
            session,
            [
                {
                    "table_name": model.__tablename__,
                    "row_id": id_,
                    "action": ChangeAction.INSERT,
                    "before": None,
                    "after": {
                        "id": id_,
                        **{key: plain(value) for key, value in row.items() if key not in model.unjournaled},
                    },
                }
                for id_, row in zip(ids, rows, strict=True)
            ],
        )

    def insert_in_bulk(self, session: Session, model: type[Base], selector: Mapping[str, Any]) -> None:
        """Record rows that are too many to be recorded one by one, by the columns that select them (see ``Undo``).

        ``selector`` is ``{"ids": […]}`` or a column and its value, such as ``{"import_batch_id": 7}``.
        """
        change = {
            "table_name": model.__tablename__,
            "row_id": 0,
            "action": ChangeAction.BULK,
            "before": None,
            "after": dict(selector),
        }
        self.write(session, [change])

    def update_many(self, session: Session, model: type[Base], rows: Sequence[Any], values: Mapping[str, Any]) -> None:
        """Set the same values on many rows and record it as one change. ``rows`` have the id and the old values."""
        table: Any = model.__table__
        new = {**values, "version": table.c.version + 1} if "version" in table.c else values
        for start in range(0, len(rows), IDS_PER_STATEMENT):
            ids = [row.id for row in rows[start : start + IDS_PER_STATEMENT]]
            session.connection().execute(update(table).where(table.c.id.in_(ids)).values(new))
        change = {
            "table_name": model.__tablename__,
            "row_id": 0,
            "action": ChangeAction.BULK,
            "before": {str(row.id): {key: plain(getattr(row, key)) for key in values} for row in rows},
            "after": {key: plain(value) for key, value in values.items()},
        }
        self.write(session, [change])

    def finish(self, session: Session) -> None:
        """Store the final label, which is often known only at the end."""
        if self.change_set_id is not None and self._written != (self.actor, self.label[:200]):
            session.connection().execute(
                update(ChangeSet)
                .where(ChangeSet.id == self.change_set_id)
                .values(label=self.label[:200], actor=self.actor)
            )


def recorder(session: Session | AsyncSession) -> Recorder | None:
    found: Recorder | None = session.info.get("journal")
    return found


def recorder_of(session: AsyncSession, member: Member) -> Recorder:
    """The recorder of this unit of work, from now on there."""
    found = recorder(session)
    if found is None:
        found = session.info["journal"] = Recorder(member.book.id, member.user.id)
    return found


def columns_of(model: type[Base]) -> list[str]:
    """Names of the attributes that the journal keeps of a model."""
    mapper = inspect(model)
    return [each.key for each in mapper.column_attrs if each.key not in model.unjournaled]


def plain(value: Any) -> Any:
    """A column's value as JSON can keep it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def revive(model: type[Base], values: Mapping[str, Any]) -> dict[str, Any]:
    """The other way round: what ``plain`` wrote, as the model's columns want it."""
    columns = inspect(model).columns
    return {key: _revived(columns[key].type, value) for key, value in values.items() if key in columns}


def _revived(type_: Any, value: Any) -> Any:
    if value is None:
        return None
    if (words := getattr(type_, "enum_class", None)) is not None:
        return words(value)
    kind = type_.python_type
    if kind in (date, datetime) and isinstance(value, str):
        return kind.fromisoformat(value)
    return value


@event.listens_for(Session, "after_flush")
def _record(session: Session, _context: Any) -> None:
    journal = recorder(session)
    if journal is None:
        return
    changes: list[dict[str, Any]] = []
    for row in sorted(session.new, key=_depth):
        if row.journaled:
            after = {key: plain(getattr(row, key)) for key in columns_of(type(row))}
            changes.append(_change(row, ChangeAction.INSERT, None, after))
    for row in session.dirty:
        if row.journaled and (difference := _difference(row)):
            changes.append(_change(row, ChangeAction.UPDATE, *difference))
    for row in sorted(session.deleted, key=_depth, reverse=True):
        if row.journaled:
            before = {key: plain(_committed(row, key)) for key in columns_of(type(row))}
            changes.append(_change(row, ChangeAction.DELETE, before, None))
    journal.write(session, changes)


def _depth(row: Any) -> int:
    return ORDER[row.__tablename__]


def _change(row: Any, action: ChangeAction, before: Any, after: Any) -> dict[str, Any]:
    return {
        "table_name": row.__tablename__,
        "row_id": row.id,
        "action": action,
        "before": before,
        "after": after,
    }


def _difference(row: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    before, after = {}, {}
    state = inspect(row)
    for key in columns_of(type(row)):
        history = state.attrs[key].history
        if history.has_changes():
            old = plain(history.deleted[0]) if history.deleted else None
            new = plain(history.added[0]) if history.added else None
            if old != new:
                before[key], after[key] = old, new
    return (before, after) if after else None


def _committed(row: Any, key: str) -> Any:
    history = inspect(row).attrs[key].history
    return history.deleted[0] if history.deleted else getattr(row, key)


@event.listens_for(Session, "do_orm_execute")
def _no_unseen_changes(state: ORMExecuteState) -> None:
    """Refuse ORM bulk statements on journaled tables: the journal would not see them."""
    if not (state.is_update or state.is_delete):
        return
    mapper = state.bind_mapper
    journal = recorder(state.session)
    if mapper is not None and getattr(mapper.class_, "journaled", False) and journal is not None:
        raise RuntimeError(f"{mapper.class_.__name__} is journaled: write single rows, or many through the ledger")

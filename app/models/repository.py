"""Rows that belong to one book."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from advanced_alchemy.exceptions import NotFoundError
from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.interfaces import ORMOption

from app.errors import NotFound

ModelT = TypeVar("ModelT", bound=Any)


class BookRepository(SQLAlchemyAsyncRepository[ModelT]):
    """Reads and writes one book's rows; every other row does not exist for it.

    The bulk verbs of the base class do not look at the owner, so they are closed.
    """

    missing = "That does not exist."

    def __init__(self, session: AsyncSession, book_id: int, **kwargs: Any) -> None:
        self.book_id = book_id
        own = select(self.model_type).where(self.model_type.book_id == book_id)
        super().__init__(session=session, statement=own, **kwargs)

    async def own(self, row_id: int, *options: ORMOption) -> ModelT:
        """The book's row of this id, or an error that tells nothing of other books."""
        if not 0 < row_id < 2**63:  # wider than any id: SQLite could not even be asked
            raise NotFound(self.missing)
        try:
            return await self.get(row_id, load=list(options) or None)
        except NotFoundError:
            raise NotFound(self.missing) from None

    def _closed(self, *_: Any, **__: Any) -> NoReturn:
        raise NotImplementedError("Bulk verbs are not scoped to the book.")

    update_many = upsert = upsert_many = delete_many = delete_where = _closed

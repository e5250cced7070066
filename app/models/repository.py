"""Reads rows of one book by id."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.interfaces import ORMOption

from app.errors import NotFound

ModelT = TypeVar("ModelT", bound=Any)


class BookRepository(Generic[ModelT]):
    """Finds a book's rows by id. A row of another book does not exist."""

    model_type: ClassVar[type[Any]]
    missing = "That does not exist."

    def __init__(self, session: AsyncSession, book_id: int) -> None:
        self.session, self.book_id = session, book_id

    async def own(self, row_id: int, *options: ORMOption) -> ModelT:
        """Return the book's row of this id. Raises ``NotFound`` for any other id."""
        model = self.model_type
        if 0 < row_id < 2**63:  # SQLite cannot be asked for a wider id
            query = select(model).where(model.book_id == self.book_id, model.id == row_id).options(*options)
            row: ModelT | None = await self.session.scalar(query)
            if row is not None:
                return row
        raise NotFound(self.missing)

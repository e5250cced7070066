"""Repositories limited to the rows of one book."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from advanced_alchemy.exceptions import NotFoundError
from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.interfaces import ORMOption

from app.errors import NotFound
from app.i18n import _, mark

ModelT = TypeVar("ModelT", bound=Any)


class BookRepository(SQLAlchemyAsyncRepository[ModelT]):
    """Reads and writes rows of one book. Rows of other books do not exist for it."""

    not_found_message: str = mark("That does not exist.")

    def __init__(self, session: AsyncSession, book_id: int, **kwargs: Any) -> None:
        self.book_id = book_id
        own = select(self.model_type).where(self.model_type.book_id == book_id)
        super().__init__(session=session, statement=own, **kwargs)

    async def get_owned(self, row_id: int, *options: ORMOption) -> ModelT:
        """Return the book's row with this id. Raises ``NotFound`` for any other id, also of another book."""
        if not 0 < row_id < 2**63:  # SQLite cannot take larger numbers
            raise NotFound(_(self.not_found_message))
        try:
            return await self.get(row_id, load=list(options) or None)
        except NotFoundError:
            raise NotFound(_(self.not_found_message)) from None

    def _disabled(self, *_: Any, **__: Any) -> NoReturn:
        raise NotImplementedError("advanced-alchemy's bulk methods ignore the book filter.")

    update_many = upsert = upsert_many = delete_many = delete_where = _disabled

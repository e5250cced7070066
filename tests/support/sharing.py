"""A book of one member of the cast, shared with another."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, update

from app import db
from app.models import BookMember, BookRole
from app.services import member_of
from app.services.sessions import SessionService
from app.services.tokens import TokenService
from app.services.unit_of_work import commit_scope
from tests.conftest import Person


def guest(application: Any, owner: Person, person: Person, role: BookRole, run: Any) -> Person:
    """The person again, looking at the owner's book in a browser and with a token for it."""

    async def work() -> tuple[str, str]:
        async with db.write_session() as session, commit_scope(session):
            book_id = (await member_of(session, owner.user_id)).book.id
            session.add(BookMember(book_id=book_id, user_id=person.user_id, role=role))
            await session.flush()
            cookie = await SessionService(session).open(person.user_id, book_id=book_id)
            _row, token = await TokenService(session).create(
                await member_of(session, person.user_id, book_id), "shared"
            )
            return cookie, token

    return Person(application, person.name, *run(work), person.user_id)


def demote(owner: Person, person: Person, role: BookRole | None, run: Any) -> None:
    """Give the guest another role in the owner's book, or show them the door."""

    async def work() -> None:
        async with db.write_session() as session, session.begin():
            book_id = (await member_of(session, owner.user_id)).book.id
            own = BookMember.book_id == book_id, BookMember.user_id == person.user_id
            if role is None:
                await session.execute(delete(BookMember).where(*own))
            else:
                await session.execute(update(BookMember).where(*own).values(role=role))

    run(work)

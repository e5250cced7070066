"""A POST that is sent twice with one key has its effect once."""

from __future__ import annotations

import pytest
import time_machine
from litestar import Litestar, Request, post
from sqlalchemy import func, select

from app import db
from app.models import IdempotencyKey, Tag
from app.models.base import now
from app.services import Services, member_of
from app.services.cleanup import ANSWERS
from app.services.unit_of_work import commit_scope
from app.web.idempotency import HEADER, respond_once
from tests.support.event_loop import Client, in_the_loop


@pytest.fixture
def shop(alice):
    """An application with one POST that makes a tag in Alice's book."""

    @post("/api/tags", status_code=201)
    async def add(request: Request) -> object:
        async with db.read_session() as session:
            member = await member_of(session, alice.user_id)
        async with db.write_session() as session, commit_scope(session):
            services = Services(session, member)

            async def make():
                name = (await request.json())["name"]
                tag = Tag(book_id=member.book.id, name=name, key=name)
                session.add(tag)
                await session.flush()
                return {"id": tag.id, "name": name}

            return await respond_once(request, services, make)

    from app.web.errors import HANDLERS

    return Client(Litestar([add], exception_handlers=HANDLERS), base_url="http://localhost")


def count(model):
    async def work():
        async with db.read_session() as session:
            return await session.scalar(select(func.count()).select_from(model))

    return in_the_loop(work)


def test_the_second_answer_is_the_first(shop):
    first = shop.post("/api/tags", json={"name": "one"}, headers={HEADER: "k"})
    again = shop.post("/api/tags", json={"name": "one"}, headers={HEADER: "k"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert count(Tag) == 1


def test_another_body_is_a_conflict(shop):
    shop.post("/api/tags", json={"name": "one"}, headers={HEADER: "k"})
    assert shop.post("/api/tags", json={"name": "two"}, headers={HEADER: "k"}).status_code == 409
    assert count(Tag) == 1


def test_a_failed_request_leaves_its_key_free(shop):
    shop.post("/api/tags", json={"name": "one"}, headers={HEADER: "a"})
    assert shop.post("/api/tags", json={"name": "one"}, headers={HEADER: "b"}).status_code == 409  # the tag exists
    assert count(IdempotencyKey) == 1


def test_a_key_is_forgotten_after_a_day(shop):
    shop.post("/api/tags", json={"name": "one"}, headers={HEADER: "k"})
    with time_machine.travel(now() + ANSWERS * 1.1, tick=False):
        assert shop.post("/api/tags", json={"name": "two"}, headers={HEADER: "k"}).status_code == 201


def test_without_a_key_nothing_is_kept(shop):
    shop.post("/api/tags", json={"name": "one"})
    assert count(IdempotencyKey) == 0

"""A password change ends what the old password opens, also what it opens at that very moment."""

from __future__ import annotations

import anyio
import pytest

from app import db
from app.errors import SaldoError
from app.services import auth, member_of
from app.services.auth import BrowserSession, Visitor
from app.services.sessions import SessionService
from app.services.tokens import TokenService, find_member, refresh
from tests.conftest import PASSWORD

VISITOR = Visitor("127.0.0.1", "tests")
ROUNDS = 6


async def at_once(*verbs):
    """Run all at the same time: what each gives back, or the refusal that it raises."""
    results = [None] * len(verbs)

    async def one(place, verb):
        try:
            results[place] = await verb()
        except SaldoError as error:
            results[place] = error

    async with anyio.create_task_group() as group:
        for place, verb in enumerate(verbs):
            group.start_soon(one, place, verb)
    return results


async def alive(token):
    async with db.read_session() as session:
        return await SessionService(session).find(token) is not None


async def stands_for(access):
    return await find_member(access)


def test_a_sign_in_during_a_change_of_password_does_not_outlive_it(alice, run):
    async def race():
        old = PASSWORD
        for number in range(ROUNDS):
            new = f"quite another phrase {number}"

            async def enter(old=old):
                return await auth.sign_in("alice", old, VISITOR)

            async def program(old=old):
                return await auth.sign_in_api(await auth.verify("alice", old, VISITOR), VISITOR)

            async def change(new=new):
                await auth.set_password("alice", new)

            *opened, _changed = await at_once(enter, program, enter, change)
            for each in opened:
                if isinstance(each, BrowserSession):
                    assert not await alive(each.token)
                elif not isinstance(each, SaldoError):
                    assert await stands_for(each.access) is None
            old = new
        assert await alive((await auth.sign_in("alice", old, VISITOR)).token)

    run(race)


def test_a_chain_of_refreshes_ends_with_the_password(alice, run):
    async def race():
        for number in range(ROUNDS):
            async with db.write_session() as session, session.begin():
                pairs = [await TokenService(session).sign_in(alice.user_id) for _each in range(4)]
            changed = anyio.Event()

            async def end(number=number, changed=changed):
                await auth.set_password("alice", f"quite another phrase {number}")
                changed.set()

            async def renew(pair, changed=changed):
                left = 2  # of refreshes after the change
                while left:
                    left -= changed.is_set()
                    pair = await refresh(pair.refresh)

            *chains, _ended = await at_once(*[lambda pair=each: renew(pair) for each in pairs], end)
            assert all(isinstance(each, SaldoError) for each in chains)

    run(race)


def test_of_two_changes_of_one_password_one_counts(alice, run):
    async def race():
        async with db.read_session() as session:
            member = await member_of(session, alice.user_id)

        def change(new):
            return lambda: auth.change_password(member, PASSWORD, new, VISITOR)

        done = await at_once(change("the words of alice"), change("the words of mallory"))
        assert sorted(isinstance(each, SaldoError) for each in done) == [False, True]

    run(race)


@pytest.mark.parametrize("count", [2, 5])
def test_tabs_that_refresh_at_once_get_the_same_successor(alice, run, count):
    async def race():
        async with db.write_session() as session, session.begin():
            pair = await TokenService(session).sign_in(alice.user_id)
        done = await at_once(*[lambda: refresh(pair.refresh)] * count)
        (successor,) = {each.refresh for each in done}
        assert all([await stands_for(each.access) for each in done])
        assert await stands_for((await refresh(successor)).access)

    run(race)

"""Rate limits in Redis: the same as in the database; closed for signing in and open elsewhere while Redis is down."""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress

import anyio
import pytest
from redis import Redis

from app import settings as settings_module
from app.errors import TooMany, Unavailable
from app.services import rate_limit

HERE = "redis://127.0.0.1:6379/0"


def use_redis(monkeypatch, url):
    kept = settings_module.settings().model_copy(update={"redis_url": url, "rate_limit_factor": 1.0})
    monkeypatch.setattr("app.services.rate_limit.settings", lambda: kept)


@pytest.fixture
def somebody():
    return rate_limit.login_name(f"tests-{secrets.token_hex(8)}")


@pytest.fixture
def redis(monkeypatch, somebody):
    """The real one. All that was counted of somebody is deleted afterwards."""
    client = Redis.from_url(HERE, socket_connect_timeout=0.5)
    try:
        client.ping()
    except OSError:
        pytest.skip("no Redis on 127.0.0.1:6379")
    use_redis(monkeypatch, HERE)
    yield client
    for key in keys_of(client, somebody):
        client.delete(key)
    client.close()


def keys_of(client, somebody):
    digest = rate_limit.key_of("x", somebody).rpartition(":")[2]
    return list(client.scan_iter(f"saldo*{digest}*"))


@pytest.fixture
def down(monkeypatch):
    """A Redis address at which nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    use_redis(monkeypatch, f"redis://127.0.0.1:{port}/0")


@pytest.fixture(autouse=True)
def own_connections():
    """A connection belongs to the event loop of one test."""
    for cached in (rate_limit._redis, rate_limit._limiter):
        cached.cache_clear()
    yield
    for cached in (rate_limit._redis, rate_limit._limiter):
        cached.cache_clear()


async def tries(times, work, *args):
    for _each in range(times):
        await work(*args)
    with pytest.raises(TooMany) as refused:
        await work(*args)
    return refused.value.retry_after


def test_a_window_holds_so_many_and_then_tells_the_wait(redis, somebody, run):
    assert 3500 < run(tries, 3, rate_limit.count, "reset", somebody) <= 3600
    (key,) = keys_of(redis, somebody)
    assert 0 < redis.ttl(key) <= 3600


def test_a_window_in_the_database_tells_the_wait(database, monkeypatch, somebody, run):
    use_redis(monkeypatch, "")
    assert 3500 < run(tries, 3, rate_limit.count, "reset", somebody) <= 3600


def test_an_account_waits_after_five_failures(redis, somebody, run):
    assert run(tries, 5, rate_limit.register_attempt, somebody) in (1, 2)


def test_a_success_forgets_the_failures(redis, somebody, run):
    async def work():
        for _each in range(4):
            await rate_limit.register_attempt(somebody)
        await rate_limit.clear_failures(somebody)

    run(work)
    assert keys_of(redis, somebody) == []


def test_parallel_tries_gain_nothing_in_redis(redis, somebody, run):
    won = []

    async def one():
        with suppress(TooMany):
            await rate_limit.register_attempt(somebody)
            won.append(True)

    async def race():
        async with anyio.create_task_group() as group:
            for _each in range(12):
                group.start_soon(one)

    run(race)
    assert len(won) == 5


def test_the_pause_doubles_in_redis_as_in_the_table(redis, somebody, run):
    key = f"saldo:{rate_limit.key_of('failures', somebody)}"
    for failures in range(1, 16):
        run(rate_limit.register_attempt, somebody)
        rate_limit._redis.cache_clear()
        pause = rate_limit.pause_after(failures)
        assert max(redis.ttl(f"{key}:wait"), 0) in (pause, max(pause - 1, 0)), failures
        redis.delete(f"{key}:wait")


def test_redis_is_not_told_who_it_is(redis, somebody, run):
    run(rate_limit.register_attempt, somebody)
    assert not [key for key in redis.scan_iter("saldo*") if somebody.value.encode() in key]


def test_while_redis_is_down_nobody_signs_in(down, somebody, run):
    with pytest.raises(Unavailable):
        run(rate_limit.register_attempt, somebody)
    with pytest.raises(Unavailable):
        run(rate_limit.count, "login", somebody)


@pytest.mark.parametrize("kind", sorted(set(rate_limit.LIMITS) - rate_limit.CLOSED_WITHOUT_REDIS))
def test_while_redis_is_down_everything_else_goes_on(down, somebody, run, kind):
    async def many():
        for _each in range(40):
            await rate_limit.count(kind, somebody)

    run(many)


def test_the_sign_in_page_says_that_it_is_closed(down, stranger):
    answer = stranger.post("/login", {"username": "alice", "password": "correct horse battery"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"]

"""How often something may be tried: counted in a transaction of its own, so that a failed request still counts.

With Redis set the counts live there: while it is down, log-in stays closed and everything else open.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import insert_into, write_session
from app.errors import TooMany, Unavailable
from app.i18n import _, ngettext
from app.log import logger
from app.models import Attempt
from app.models.base import now
from app.settings import settings

if TYPE_CHECKING:
    from redis.asyncio import Redis

log = logger("saldo.throttle")


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times in a window of so many seconds."""

    times: int
    seconds: int

    @property
    def allowed(self) -> int:
        return max(1, math.floor(self.times * settings().rate_limit_factor))


HOUR = 3600
LIMITS = {
    "login-address": Limit(20, 60),
    "sign-up": Limit(10, HOUR),
    "reset": Limit(3, HOUR),
    "password": Limit(10, HOUR),
    "import": Limit(30, HOUR),
    "upload": Limit(20, HOUR),
    "export": Limit(10, HOUR),
}
FREE_FAILURES = Limit(5, HOUR)  # then each further failure closes the account's door for 2, 4, 8 … seconds
LONGEST_WAIT = 900
CLOSED_WITHOUT_REDIS = frozenset({"login-address", "login-account"})


def key_of(kind: str, who: object) -> str:
    """A key that tells nobody whose it is."""
    return f"{kind}:{hashlib.sha256(str(who).encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def ip_prefix(who: object) -> object:
    """Of an IPv6 address the network of one customer, who has 2**64 addresses to try from; all else as it is."""
    try:
        address = ip_address(who) if isinstance(who, str) else None
    except ValueError:
        return who
    if not isinstance(address, IPv6Address):
        return who
    return address.ipv4_mapped or ip_network((int(address) >> 64 << 64, 64))


async def count(kind: str, who: object) -> None:
    """Count one more try; too many of them are refused with the seconds to wait."""
    limit = LIMITS[kind]
    seen, wait = await _counter(kind).hit(key_of(kind, ip_prefix(who)), limit.seconds)
    if seen > limit.allowed:
        raise refusal(wait)


async def register_attempt(who: object) -> None:
    """Count a log-in of an account before its password is looked at, so that many at once gain nothing."""
    wait = await _counter("login-account").attempt(key_of("login-account", who))
    if wait:
        raise refusal(wait)


async def succeeded(who: object) -> None:
    """Forget the account's failures."""
    await _counter("login-account").forget(key_of("login-account", who))


def refusal(seconds: int) -> TooMany:
    seconds = max(1, seconds)
    if seconds < 90:
        text = ngettext("Too many tries. Wait {n} second.", "Too many tries. Wait {n} seconds.", seconds)
    else:
        minutes = math.ceil(seconds / 60)
        text = ngettext("Too many tries. Wait {n} minute.", "Too many tries. Wait {n} minutes.", minutes)
    return TooMany(text, retry_after=seconds)


def pause_after(failures: int) -> int:
    """Seconds for which the door stays closed after so many tries in a row."""
    beyond = failures - FREE_FAILURES.allowed + 1
    return 0 if beyond < 1 else min(2 ** min(beyond, 20), LONGEST_WAIT)


def _upsert(session: AsyncSession, key: str, moment: datetime, stale: Any, *, started: Any, where: Any = None) -> Any:
    """Add one to a key's count, or begin again when the last was long ago; tells the new state."""
    return (
        insert_into(Attempt, session.get_bind().dialect.name)
        .values(key=key, count=1, started_at=moment)
        .on_conflict_do_update(
            index_elements=[Attempt.key],
            set_={"count": case((stale, 1), else_=Attempt.count + 1), "started_at": started},
            where=where,
        )
        .returning(Attempt.count, Attempt.started_at)
    )


class TableCounter:
    """Counts in the database; one statement each, so that two processes never both win the last try."""

    async def hit(self, key: str, seconds: int) -> tuple[int, int]:
        """How many tries the window holds now, and the seconds until it ends."""
        moment = now()
        async with write_session() as session, session.begin():
            stale = Attempt.started_at <= moment - timedelta(seconds=seconds)
            started = case((stale, moment), else_=Attempt.started_at)
            seen, since = (await session.execute(_upsert(session, key, moment, stale, started=started))).one()
        return seen, math.ceil((since + timedelta(seconds=seconds) - moment).total_seconds())

    async def attempt(self, key: str) -> int:
        """Seconds to wait, or 0 when the try may go on; it is counted then."""
        moment = now()
        async with write_session() as session, session.begin():
            stale = Attempt.started_at <= moment - timedelta(seconds=FREE_FAILURES.seconds)
            open_ = or_(Attempt.blocked_until.is_(None), Attempt.blocked_until <= moment)
            row = (await session.execute(_upsert(session, key, moment, stale, started=moment, where=open_))).first()
            if row is None:
                until: datetime = (await session.get_one(Attempt, key)).blocked_until or moment
                return max(1, math.ceil((until - moment).total_seconds()))
            if pause := pause_after(row[0]):
                await session.execute(
                    update(Attempt).where(Attempt.key == key).values(blocked_until=moment + timedelta(seconds=pause))
                )
        return 0

    async def forget(self, key: str) -> None:
        async with write_session() as session, session.begin():
            await session.execute(delete(Attempt).where(Attempt.key == key))


#: ``TableCounter.attempt`` in one step, so that of many at once only the free ones win; ``pause_after`` is in it.
ATTEMPT = """
local left = redis.call('PTTL', KEYS[2])
if left > 0 then return math.ceil(left / 1000) end
local seen = redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[1])
local beyond = seen - ARGV[2] + 1
if beyond >= 1 then redis.call('SET', KEYS[2], 1, 'EX', math.min(2 ^ math.min(beyond, 20), ARGV[3])) end
return 0
"""


def unreachable() -> tuple[type[Exception], ...]:
    """What is raised while Redis is down. Redis is loaded only where it is used."""
    from redis.exceptions import RedisError

    return RedisError, OSError


class RedisCounter:
    """Counts in Redis; ``closed`` says what happens while it does not answer."""

    def __init__(self, redis: Redis, *, closed: bool) -> None:
        self.redis, self.closed = redis, closed

    async def hit(self, key: str, seconds: int) -> tuple[int, int]:
        try:
            async with self.redis.pipeline(transaction=True) as pipe:
                pipe.incr(f"saldo:{key}")
                pipe.expire(f"saldo:{key}", seconds, nx=True)
                pipe.ttl(f"saldo:{key}")
                seen, _set, left = await pipe.execute()
        except unreachable() as error:
            self._down(error)
            return 0, 0
        return int(seen), int(left)

    async def attempt(self, key: str) -> int:
        script = self.redis.register_script(ATTEMPT)
        keys = [f"saldo:{key}", f"saldo:{key}:wait"]
        try:
            return int(await script(keys, [FREE_FAILURES.seconds, FREE_FAILURES.allowed, LONGEST_WAIT]))
        except unreachable() as error:
            self._down(error)
        return 0

    async def forget(self, key: str) -> None:
        try:
            await self.redis.delete(f"saldo:{key}", f"saldo:{key}:wait")
        except unreachable() as error:
            log.warning("redis does not answer", error=type(error).__name__)

    def _down(self, error: Exception) -> None:
        log.warning("redis does not answer", error=type(error).__name__)
        if self.closed:
            raise Unavailable(_("Signing in is not possible right now. Try again in a moment.")) from error


@cache
def _redis(url: str) -> Redis:
    from redis.asyncio import Redis

    made: Redis = Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
    return made


def _counter(kind: str) -> TableCounter | RedisCounter:
    if url := settings().redis_url:
        return RedisCounter(_redis(url), closed=kind in CLOSED_WITHOUT_REDIS)
    return TableCounter()

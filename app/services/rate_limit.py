"""Rate limits: how often something may be tried.

Fixed windows come from the limits library. Its counters are in the database or, if Redis is configured, in Redis; while
Redis is down, signing in is closed and everything else stays open. The growing pause after failed sign-ins is ours.
Counting happens in a transaction of its own, so that a request that fails still counts.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, or_, update

from app.db import write_session
from app.errors import TooMany, Unavailable
from app.i18n import _, ngettext
from app.log import logger
from app.models import Attempt
from app.models.base import now
from app.settings import settings

if TYPE_CHECKING:
    from limits.aio.strategies import FixedWindowRateLimiter
    from redis.asyncio import Redis

log = logger("saldo.rate_limit")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``times`` in each window of ``seconds``."""

    times: int
    seconds: int

    @property
    def allowed(self) -> int:
        return max(1, math.floor(self.times * settings().rate_limit_factor))


class Subject(NamedTuple):
    """Whose tries are counted. The name space keeps user 7 and the user name “7” apart."""

    space: str
    value: str


def user(user_id: int) -> Subject:
    return Subject("user", str(user_id))


def login_name(name: str) -> Subject:
    """A user name or address that belongs to nobody."""
    return Subject("name", name.strip().casefold())


def device(identifier: str) -> Subject:
    """A browser that has signed in to the account before."""
    return Subject("device", identifier)


def address(text: str) -> Subject:
    """A network address. An IPv6 address counts as its /64 network, of which one customer has every address."""
    try:
        parsed = ip_address(text)
    except ValueError:
        return Subject("address", text)
    if isinstance(parsed, IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    network = ip_network((int(parsed) >> 64 << 64, 64)) if isinstance(parsed, IPv6Address) else parsed
    return Subject("address", str(network))


HOUR = 3600
LIMITS = {
    "login": Limit(20, 60),
    "sign-up": Limit(10, HOUR),
    "reset": Limit(3, HOUR),
    "password": Limit(10, HOUR),
    "import": Limit(30, HOUR),
    "upload": Limit(20, HOUR),
    "export": Limit(10, HOUR),
}
FREE_FAILURES = Limit(5, HOUR)  # then each further failure doubles the pause: 2, 4, 8 … seconds
MAX_PAUSE_SECONDS = 900
CLOSED_WITHOUT_REDIS = frozenset({"login", "failures"})
REDIS_TIMEOUT_SECONDS = 1


async def count(kind: str, subject: Subject) -> None:
    """Count one more try. Raises ``TooMany`` with the seconds to wait if the window is full."""
    from limits import RateLimitItemPerSecond  # loaded when first needed, not at every start
    from limits.errors import StorageError

    limit = LIMITS[kind]
    item = RateLimitItemPerSecond(limit.allowed, limit.seconds)
    key = key_of(kind, subject)
    try:
        if await _limiter(settings().redis_url).hit(item, key):
            return
        window = await _limiter(settings().redis_url).get_window_stats(item, key)
    except (StorageError, OSError) as error:
        return _report_outage(error, kind)
    raise too_many(math.ceil(window.reset_time - now().timestamp()))


async def register_attempt(subject: Subject) -> None:
    """Count a sign-in before its password is verified, so that many at once gain nothing.

    Raises ``TooMany`` while the subject has to pause after failures.
    """
    key = key_of("failures", subject)
    wait = await (_redis_attempt(key) if settings().redis_url else _database_attempt(key))
    if wait:
        raise too_many(wait)


async def clear_failures(subject: Subject) -> None:
    """Forget the failures, after a sign-in that worked."""
    key = key_of("failures", subject)
    if not settings().redis_url:
        async with write_session() as session, session.begin():
            await session.execute(delete(Attempt).where(Attempt.key == key))
        return
    try:
        await _redis(settings().redis_url).delete(f"saldo:{key}", f"saldo:{key}:wait")
    except _redis_errors() as error:
        log.warning("Redis does not answer", error=type(error).__name__)


def key_of(kind: str, subject: Subject) -> str:
    """Return a key that does not reveal whose it is."""
    digest = hashlib.sha256(subject.value.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{kind}:{subject.space}:{digest}"


def too_many(seconds: int) -> TooMany:
    """Return the error that tells how long to wait."""
    seconds = max(1, seconds)
    if seconds < 90:
        text = ngettext("Too many attempts. Wait {n} second.", "Too many attempts. Wait {n} seconds.", seconds)
    else:
        minutes = math.ceil(seconds / 60)
        text = ngettext("Too many attempts. Wait {n} minute.", "Too many attempts. Wait {n} minutes.", minutes)
    return TooMany(text, retry_after=seconds)


def pause_after(failures: int) -> int:
    """Return the pause in seconds after so many tries in a row."""
    beyond = failures - FREE_FAILURES.allowed + 1
    return 0 if beyond < 1 else min(2 ** min(beyond, 20), MAX_PAUSE_SECONDS)


@cache
def _limiter(redis_url: str) -> FixedWindowRateLimiter:
    from limits.aio.storage import RedisStorage
    from limits.aio.strategies import FixedWindowRateLimiter

    from app.services.rate_limit_storage import DatabaseStorage

    if not redis_url:
        return FixedWindowRateLimiter(DatabaseStorage())
    url = redis_url.replace("unix://", "redis+unix://", 1) if redis_url.startswith("unix://") else redis_url
    storage = RedisStorage(
        f"async+{url}", wrap_exceptions=True, implementation="redispy", key_prefix="saldo", **_redis_options()
    )
    return FixedWindowRateLimiter(storage)


async def _database_attempt(key: str) -> int:
    """Return the seconds to wait, or 0 after counting the try. Parallel tries cannot get past the limit."""
    from app.services.rate_limit_storage import count_in_window

    moment = now()
    async with write_session() as session, session.begin():
        is_open = or_(Attempt.blocked_until.is_(None), Attempt.blocked_until <= moment)
        failures = await count_in_window(session, key, moment, FREE_FAILURES.seconds, renew=True, where=is_open)
        if failures is None:
            until = (await session.get_one(Attempt, key)).blocked_until or moment
            return max(1, math.ceil((until - moment).total_seconds()))
        if pause := pause_after(failures):
            blocked_until = moment + timedelta(seconds=pause)
            await session.execute(update(Attempt).where(Attempt.key == key).values(blocked_until=blocked_until))
    return 0


#: ``_database_attempt`` in one step; ``pause_after`` is in it.
ATTEMPT_SCRIPT = """
local left = redis.call('PTTL', KEYS[2])
if left > 0 then return math.ceil(left / 1000) end
local seen = redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[1])
local beyond = seen - ARGV[2] + 1
if beyond >= 1 then redis.call('SET', KEYS[2], 1, 'EX', math.min(2 ^ math.min(beyond, 20), ARGV[3])) end
return 0
"""


async def _redis_attempt(key: str) -> int:
    script = _redis(settings().redis_url).register_script(ATTEMPT_SCRIPT)
    keys = [f"saldo:{key}", f"saldo:{key}:wait"]
    try:
        return int(await script(keys, [FREE_FAILURES.seconds, FREE_FAILURES.allowed, MAX_PAUSE_SECONDS]))
    except _redis_errors() as error:
        _report_outage(error, "failures")
    return 0


def _report_outage(error: Exception, kind: str) -> None:
    """Log that Redis is down. Raises ``Unavailable`` for what must not happen uncounted."""
    log.warning("Redis does not answer", error=type(error).__name__)
    if kind in CLOSED_WITHOUT_REDIS:
        raise Unavailable(_("Signing in isn't possible right now. Try again in a moment.")) from error


def _redis_errors() -> tuple[type[Exception], ...]:
    """Return what is raised while Redis is down. Redis is imported only where it is used."""
    from redis.exceptions import RedisError

    return RedisError, OSError


def _redis_options() -> dict[str, Any]:
    """Return timeouts, and one retry: a connection that was idle while Redis restarted fails at its next use."""
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from redis.exceptions import ConnectionError as RedisConnectionError

    return {
        "socket_timeout": REDIS_TIMEOUT_SECONDS,
        "socket_connect_timeout": REDIS_TIMEOUT_SECONDS,
        "retry": Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
    }


@cache
def _redis(url: str) -> Redis:
    from redis.asyncio import Redis

    made: Redis = Redis.from_url(url, **_redis_options())
    return made

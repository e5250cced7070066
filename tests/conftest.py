"""The cast and the db_backend: a fresh database for each test, on SQLite or on PostgreSQL, and people who use it."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_folder = tempfile.TemporaryDirectory(prefix="saldo-tests-")
for name in [each for each in os.environ if re.match("SALDO_(?!TEST|FAULT)", each)]:
    del os.environ[name]
os.environ |= {
    "SALDO_DATA_DIR": _folder.name,
    "SECRET_KEY": "tests-" + "s" * 40,
    "JWT_SECRET_KEY": "tests-" + "j" * 40,
    "SALDO_RATE_LIMIT_FACTOR": "1000",
    "SALDO_LOG_FORMAT": "json",
}
os.environ.pop("DATABASE_URL", None)
os.environ.pop("REDIS_URL", None)

import pytest  # noqa: E402
import time_machine  # noqa: E402

from app import db  # noqa: E402
from app.asgi import create_app  # noqa: E402
from app.services import member_of, unit_of_work  # noqa: E402
from app.services.sessions import SessionService  # noqa: E402
from app.services.tokens import TokenService  # noqa: E402
from app.services.unit_of_work import commit_scope  # noqa: E402
from app.services.users import UserService  # noqa: E402
from app.web.page_cache import PAGE_CACHE  # noqa: E402
from tests.support.changed_settings import changed  # noqa: E402
from tests.support.databases import DatabaseBackend, db_backends  # noqa: E402
from tests.support.detection import risen, streambox  # noqa: E402, F401  – fixtures
from tests.support.event_loop import Client, in_the_loop, stop  # noqa: E402

PASSWORD = "correct horse battery"
#: The suite passes on any day: ``SALDO_TEST_NOW=2026-12-31T22:30Z SALDO_TEST_ZONE=Pacific/Auckland make test``.
NOW = os.environ.get("SALDO_TEST_NOW")
ZONE = os.environ.get("SALDO_TEST_ZONE", "UTC")


def pytest_configure() -> None:
    if NOW:
        time_machine.travel(NOW, tick=True).start()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where everything was brought (CI), a skipped test is a failed run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    allowed = ("looks for processes", "shared development data", "sequences only go up")
    unexpected = [each for each in skipped if not any(word in str(each.longrepr) for word in allowed)]
    if os.environ.get("SALDO_TEST_NO_SKIPS") and unexpected and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure() -> None:
    stop()


#: Folders whose tests use the database itself. What a page shows is the same on every database.
ON_BOTH_DATABASES = {"api", "faults", "services", "tasks"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "db_backend" in metafunc.fixturenames:
        folder = metafunc.definition.path.relative_to(Path(__file__).parent).parts[0]
        marked = metafunc.definition.get_closest_marker
        both = bool(marked("postgresql_too")) or (folder in ON_BOTH_DATABASES and not marked("sqlite_only"))
        metafunc.parametrize("db_backend", db_backends(postgresql=both), indirect=True, scope="session")


@pytest.fixture(scope="session")
def db_backend(request: pytest.FixtureRequest) -> Iterator[DatabaseBackend]:
    """A kind of database, with the schema in one template and the cast in another, to be copied for each test."""
    made: DatabaseBackend = request.param()
    made.open()
    with using(made.fresh("empty")):
        CAST.update({name: sign_up(name) for name in ("carol", "alice", "bob")})
    made.keep("cast")
    yield made
    made.close()


_pools: dict[str, db.Database] = {}


def opened(url: str) -> db.Database:
    """A SQLite file is new each time; the one database on PostgreSQL keeps its connections from test to test."""
    fresh = _pools.get(url) or db.Database(url)
    if not fresh.is_sqlite:
        _pools[url] = fresh
    return fresh


@contextmanager
def using(url: str) -> Iterator[db.Database]:
    """Make this the process's database inside the block."""
    fresh = opened(url)
    PAGE_CACHE.clear()
    try:
        with db.use_database(fresh):
            yield fresh
    finally:
        if fresh.is_sqlite:
            in_the_loop(fresh.close)


@contextmanager
def unpooled() -> Iterator[None]:
    """This process's database for what brings an event loop of its own, such as a command."""
    shared = db.database()
    if shared.is_sqlite:
        yield
        return
    with db.use_database(db.Database(shared.url.render_as_string(hide_password=False), pooled=False)):
        yield


@pytest.fixture
def database(db_backend: DatabaseBackend) -> Iterator[db.Database]:
    """A database of this test's own, in which the cast have signed up: Carol first, so she is the admin."""
    with using(db_backend.fresh("cast")) as fresh:
        yield fresh
    db_backend.drop()


@pytest.fixture
def empty_database(db_backend: DatabaseBackend) -> Iterator[db.Database]:
    """A database in which nobody has signed up yet."""
    with using(db_backend.fresh("empty")) as fresh:
        yield fresh
    db_backend.drop()


@pytest.fixture(scope="session")
def application() -> Any:
    return create_app()


class Browser:
    """Somebody's browser: keeps cookies, sends the page's token, can speak htmx."""

    def __init__(self, application: Any) -> None:
        self.client = Client(application, base_url="http://localhost:8000", raise_server_exceptions=False)
        self.client.follow_redirects = False
        self.csrf = ""

    def get(self, path: str, **kwargs: Any) -> Any:
        answer = self.client.get(path, **kwargs)
        self._note(answer)
        return answer

    def post(self, path: str, data: Any = None, **kwargs: Any) -> Any:
        if not self.csrf:
            self.get("/no-such-page")  # every page carries the token
        headers = {"x-csrf-token": self.csrf, **kwargs.pop("headers", {})}
        answer = self.client.post(path, data=data, headers=headers, **kwargs)
        self._note(answer)
        return answer

    def htmx(self, method: str, path: str, **kwargs: Any) -> Any:
        headers = {"HX-Request": "true", "HX-Request-Type": "partial", **kwargs.pop("headers", {})}
        return getattr(self, method)(path, headers=headers, **kwargs)

    def _note(self, answer: Any) -> None:
        if found := re.search(r'name="csrf-token" content="([^"]+)"', answer.text or ""):
            self.csrf = found[1]


class Person(Browser):
    """A signed-in member of the cast, with an API token too."""

    def __init__(self, application: Any, name: str, cookie: str, token: str, user_id: int) -> None:
        super().__init__(application)
        self.name, self.token, self.user_id = name, token, user_id
        self.client.cookies.set("saldo", cookie)

    def api(self, method: str, path: str, **kwargs: Any) -> Any:
        """Ask the JSON API with this person's token, without cookies."""
        headers = {"Authorization": f"Bearer {self.token}", **kwargs.pop("headers", {})}
        client = Client(self.client.app, base_url="http://localhost:8000", raise_server_exceptions=False)
        return client.request(method, path, headers=headers, **kwargs)

    def work(self, verb: Any, *, label: str = "") -> Any:
        """Run ``verb(services)`` as this person in a unit of work of its own, and give back what it returns."""

        async def run() -> Any:
            async with db.read_session() as session:
                member = await member_of(session, self.user_id)
            async with unit_of_work(member, label=label) as services:
                return await verb(services)

        return in_the_loop(run)


CAST: dict[str, tuple[str, str, int]] = {}


def sign_up(name: str, **more: Any) -> tuple[str, str, int]:
    """Sign somebody up: their cookie, their API token, their id."""

    async def work() -> tuple[str, str, int]:
        async with db.write_session() as session, commit_scope(session):
            user = await UserService(session).sign_up(
                username=name,
                password=PASSWORD,
                email=f"{name}@example.org",
                name=name.title(),
                **{"time_zone": ZONE, **more},
            )
            cookie = await SessionService(session).open(user.id)
            _row, token = await TokenService(session).create(await member_of(session, user.id), "tests")
            return cookie, token, user.id

    return in_the_loop(work)


@pytest.fixture
def carol(database: db.Database, application: Any) -> Person:
    """The admin: the first account of the install."""
    return Person(application, "carol", *CAST["carol"])


@pytest.fixture
def alice(database: db.Database, application: Any) -> Person:
    return Person(application, "alice", *CAST["alice"])


@pytest.fixture
def bob(database: db.Database, application: Any) -> Person:
    return Person(application, "bob", *CAST["bob"])


@pytest.fixture
def stranger(database: db.Database, application: Any) -> Browser:
    """Nobody we know."""
    return Browser(application)


@pytest.fixture
def newcomer(empty_database: db.Database, application: Any) -> Browser:
    """The first person to open a new install."""
    return Browser(application)


@pytest.fixture
def strict_limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The rate limits as they are delivered."""
    with changed(monkeypatch, rate_limit_factor=1.0):
        yield


@pytest.fixture
def mid_month() -> Iterator[None]:
    """The 10th of June: a month before and after, rules of this day have dates too, unlike those of a 31st."""
    with time_machine.travel("2026-06-10T12:00Z", tick=True):
        yield


@pytest.fixture
def run() -> Any:
    """Run an async function of a test to its end."""

    def to_its_end(work: Any, *args: Any, **kwargs: Any) -> Any:
        return in_the_loop(lambda: work(*args, **kwargs))

    return to_its_end


@pytest.fixture
def shared_data() -> Path:
    """The development data beside the repository; tests that need it are skipped where it is not."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared development data is not beside this checkout")
    return folder

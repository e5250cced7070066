"""How fast the estimators are: a file's lines, one row, a nightly refresh, and the forecast page from what is stored.

Processor time, so that other work on the machine does not count.
"""

from __future__ import annotations

import asyncio
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from app.ml.anomalies import Detector
from app.ml.categoriser import Categoriser, Memory, Row
from benchmarks.server import ROOT, Client, Server, sign_in, sign_up
from benchmarks.targets import Figure, Figures

SYLLABLES = "ka to mi len bor san vel dri pa ro qui nes tam ol fer gus hin".split()  # noqa: SIM905
TEXTS, CORRECTIONS = 10_000, 200
ACCOUNTS, CATEGORIES, MONTHS = ("Checking", "Savings", "Card"), 30, 36
PAGE = "/forecast?days=365&what=480+on+12+march&what=income+-10%25"
HEAVY = ("prophet", "pandas", "sklearn", "scipy", "matplotlib", "cmdstanpy")


def texts(count: int, seed: int) -> list[Row]:
    """Lines of invented shops, no two the same and hardly any two of one shop."""
    chance, found = random.Random(seed), dict[str, Row]()
    while len(found) < count:
        words = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))).upper() for _ in range(2)]
        text = f"{' '.join(words)} {chance.choice(('LTD', 'STORES', 'GMBH', 'SARL', ''))} {chance.randint(1, 9999)}"
        day = date(2026, 1, 1) + timedelta(days=len(found) % 300)
        found[text] = Row(text, -round(chance.lognormvariate(3, 1), 2), day)
    return list(found.values())


def estimators() -> Figures:
    """A file of new lines and one row at a time, for a user who has corrected 200."""
    categoriser, memory = Categoriser.load(), Memory()
    labels = categoriser.general.labels
    for place, row in enumerate(texts(CORRECTIONS, 1)):
        memory.learn(row, labels[place % len(labels)])
    categoriser.predict(memory, texts(1, 2)[0])  # loads the model
    rows = texts(TEXTS, 3)
    begun = time.process_time()
    categoriser.predict_many(memory, rows)
    whole = time.process_time() - begun
    detector, single = Detector.fit(texts(1000, 4)), []
    for row in texts(200, 5):
        begun = time.process_time()
        categoriser.predict(memory, row)
        detector.score(row)
        single.append(1000 * (time.process_time() - begun))
    print(f"{TEXTS:,} different texts after {CORRECTIONS} corrections: {whole:.2f} s; one row filed and judged:")
    print(f"median {statistics.median(single):.2f} ms, slowest {max(single):.2f} ms")
    return {"pace texts": Figure(whole), "pace row": Figure(statistics.median(single))}


def statement(account: int, today: date) -> Iterator[str]:
    """Thirty categories over three years, shared out among the accounts; rents and pay keep to their day."""
    chance = random.Random(account)
    yield "date,payee,category,amount,note,ref"
    for category in range(account, CATEGORIES, len(ACCOUNTS)):
        level, number = chance.uniform(20, 200), 0
        for month in range(MONTHS, 0, -1):
            first = today - timedelta(days=30 * month)
            wave = 1 + 0.7 * math.sin(first.month / 6 * math.pi)  # so that Prophet is tried
            for _ in range(1 if category < 6 else 4):
                day = first + timedelta(days=category if category < 6 else chance.randrange(28))
                amount = 2600 if category == 0 else -round(level * wave * chance.lognormvariate(0, 0.2), 2)
                number, payee = number + 1, chance.randrange(1 if category < 6 else 12)
                yield f"{day},Shop {category} {payee},Cat{category:02d},{amount:.2f},,{category}-{number}"


def fill(api: Client, today: date) -> None:
    for category in range(CATEGORIES):
        kind = "income" if category == 0 else "expense"
        body = {"name": f"Cat{category:02d}", "group": f"Bench {kind}", "kind": kind}
        answer = api.post_json("/api/v1/categories", body)
        assert answer.status == 201, answer.body
    for place, name in enumerate(ACCOUNTS):
        answer = api.post_json("/api/v1/accounts", {"name": name, "kind": "checking", "currency": "EUR"})
        assert answer.status == 201, answer.body
        lines = "\n".join(statement(place, today)).encode()
        answer = api.post_file("/api/v1/transactions/import", lines, {"account": str(answer.json()["id"])})
        assert answer.status in (201, 202), answer.body[:500]
        while answer.status == 202 and api.get(f"/api/v1/imports/{answer.json()['batch']}").json()["status"] != "done":
            time.sleep(0.1)


async def refresh() -> None:
    """What the worker does of a night for the one book there is; prints seconds of processor time and series."""
    from sqlalchemy import select

    from app import db
    from app.models import BookMember, Forecast, Job
    from app.tasks import forecasts

    async with db.read_session() as session:
        book_id, user_id = (await session.execute(select(BookMember.book_id, BookMember.user_id))).one()
    begun = os.times()
    await forecasts.run(Job(arguments={"user": user_id, "book": book_id}))
    ended = os.times()
    async with db.read_session() as session:
        tried = [row.backtest.get("by_member", {}) for row in await session.scalars(select(Forecast))]
    print(len(tried), "series,", sum("prophet" in each for each in tried), "with Prophet in the backtest")
    print(sum(ended[:4]) - sum(begun[:4]))  # its own and that of the processes Stan ran in


def books() -> Figures:
    """The refresh and the page, on books of their own."""
    today = date.today()
    with tempfile.TemporaryDirectory(prefix="saldo-bench-") as name:
        folder = Path(name)
        with Server(folder) as server:
            _browser, api = sign_up(server.port)
            fill(api, today)
        environment = {**server.environment, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "benchmarks.quality_pace", "refresh"]
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        seconds, tried = float(done.stdout.split()[-1]), done.stdout.splitlines()[-2]
        with Server(folder) as server:
            browser = sign_in(server.port)
            page, cpu, times = browser.get(PAGE), [], []
            assert page.status == 200, page.status
            assert b'id="forecast-waiting"' not in page.body
            for turn in range(30):
                began, used = time.perf_counter(), server.cpu()
                assert browser.get(f"{PAGE}&turn={turn}").status == 200
                times.append(1000 * (time.perf_counter() - began))
                cpu.append(1000 * (server.cpu() - used))
    print(
        f"nightly refresh of {CATEGORIES} categories and {len(ACCOUNTS)} accounts over {MONTHS} months: {seconds:.1f} s"
    )
    print(f"({tried})")
    print(f"forecast page, processor {statistics.median(cpu):.1f} ms, waited for {statistics.median(times):.1f} ms")
    return {"pace refresh": Figure(seconds), "pace page": Figure(statistics.median(cpu))}


def heavy() -> Figures:
    """Which of the heavy libraries are loaded when the web process is up."""
    script = f"import sys, app.asgi; print(*[name for name in {HEAVY} if name in sys.modules])"
    with tempfile.TemporaryDirectory(prefix="saldo-bench-") as folder:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "SALDO_DATA_DIR": folder}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
    print(f"heavy libraries in the web process: {done.stdout.strip() or 'none'}")
    return {"heavy": Figure(len(done.stdout.split()))}


def measure() -> Figures:
    return estimators() | heavy() | books()


if __name__ == "__main__":
    if sys.argv[1:] == ["refresh"]:
        asyncio.run(refresh())
    else:
        measure()

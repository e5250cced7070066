"""The worker process: runs queued jobs, and sweeps the database for jobs that the queue has lost."""

from __future__ import annotations

import gc
import signal
import threading

from app.db import close_database
from app.log import logger, set_up_logging
from app.tasks import loop, queue, registry, runner

log = logger("saldo.worker")
RETRY_SECONDS = 1.0  # after a sweep that could not reach the database


def run() -> None:
    """Work until SIGTERM or SIGINT. A running job is finished first."""
    set_up_logging()
    registry.load_handlers()
    gc.freeze()  # imported modules are never garbage
    gc.enable()
    consumer = queue().create_consumer(
        workers=1, periodic=False, check_worker_health=False, initial_delay=0.1, max_delay=0.2
    )
    with loop.event_loop():
        consumer.start()
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):  # after Huey has set its own handlers
            signal.signal(number, lambda *_: ended.set())
        log.info("worker started")
        while not ended.wait(runner.SWEEP_SECONDS if _sweep() else RETRY_SECONDS):
            pass
        log.info("worker stops")
        consumer.stop(graceful=True)
        loop.run(close_database)


def _sweep() -> bool:
    """Sweep. Return whether the database could be reached."""
    try:
        loop.run(runner.sweep)
    except Exception:
        log.exception("the sweep failed")
        return False
    return True

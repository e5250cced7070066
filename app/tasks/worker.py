"""The worker process: runs what the queue hands over, and sweeps the database for what the queue has lost."""

from __future__ import annotations

import gc
import signal
import threading

from app.db import database
from app.log import logger, set_up_logging
from app.tasks import jobs, loop, queue

log = logger("saldo.worker")


def run() -> None:
    """Consume until SIGTERM or SIGINT; a running job is finished first."""
    set_up_logging()
    jobs.load()
    gc.freeze()  # what is imported is never garbage
    gc.enable()
    consumer = queue().create_consumer(
        workers=1, periodic=False, check_worker_health=False, initial_delay=0.1, max_delay=0.2
    )
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    consumer._set_signal_handlers = lambda: None
    consumer.start()
    log.info("worker started")
    while not ended.wait(jobs.SWEEP_EVERY if _sweep() else 1.0):
        pass
    log.info("worker stops")
    consumer.stop(graceful=True)
    loop.run(database().close())
    loop.stop()


def _sweep() -> bool:
    """Enqueue what is due; whether the database could be asked."""
    try:
        loop.run(jobs.sweep())
    except Exception:
        log.exception("the sweep failed")
        return False
    return True

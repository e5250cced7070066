"""Prometheus metrics: counts of requests and their duration, summed over all web processes."""

from __future__ import annotations

import os
import shutil

from app.settings import make_private_folder, settings

#: prometheus_client keeps its values in files of this folder if it is set when it is imported.
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def share_between_processes() -> None:
    """Let the web processes started from here share their metrics. Call before prometheus_client is imported."""
    folder = settings().data_dir.absolute() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)  # of processes that have ended
    make_private_folder(folder)
    os.environ[FOLDER_VARIABLE] = str(folder)


def render_metrics() -> bytes:
    """Return the metrics of all web processes in Prometheus' text format."""
    from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    if FOLDER_VARIABLE not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)

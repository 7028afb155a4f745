"""The web door as several processes: gunicorn forks workers, each with threads, a house and a pool of its own.

Nothing is preloaded: a connection, or a thread's lock, that was opened before the fork would belong to two processes.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from app import create_app, metrics
from app.services.house import House
from config import Settings

GRACE = 30  # seconds for requests under way after SIGTERM
HANGS_AFTER = 60  # seconds after which the master kills a worker that does not move
FAST_FOLDER = Path("/dev/shm")  # where workers show the master that they move: a full disk must not kill them


@dataclass(frozen=True)
class Shape:
    """max_requests: a worker is replaced after so many; 0 for never."""

    address: str
    workers: int
    threads: int
    max_requests: int = 0


def run(settings: Settings, shape: Shape) -> None:
    """Serve until a signal ends it; leaves by SystemExit. Every pool of this process must be closed."""
    given = os.environ.get(metrics.FOLDER)
    folder = Path(given or tempfile.mkdtemp(prefix="duban-metrics-"))
    metrics.share(folder)
    for room in ("app.api", "app.views"):
        importlib.import_module(room)  # once, for all workers; create_app alone would do it in each of them
    gc.collect()
    gc.freeze()  # what is loaded stays shared memory of all workers, and is not swept once more when each of them ends
    _Server(settings, shape, None if given else folder).run()


class _Server(BaseApplication):
    """folder: what is removed at the end."""

    def __init__(self, settings: Settings, shape: Shape, folder: Path | None) -> None:
        self._settings, self._shape, self._folder = settings, shape, folder
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Called in each worker."""
        return create_app(House(self._settings))

    def _options(self) -> dict[str, Any]:
        shape = self._shape
        return {
            "bind": shape.address,
            "workers": shape.workers,
            "threads": shape.threads,
            "worker_class": "gthread",
            "max_requests": shape.max_requests,
            "max_requests_jitter": shape.max_requests // 10,  # so that not all are replaced at once
            "graceful_timeout": GRACE,
            "timeout": HANGS_AFTER,
            "worker_tmp_dir": str(FAST_FOLDER) if FAST_FOLDER.is_dir() else None,
            "logger_class": Lines,
            "secure_scheme_headers": {},  # X-Forwarded-… is for ProxyFix alone (see app/security.py)
            "control_socket_disable": True,
            "worker_exit": _close_house,
            "child_exit": lambda _server, worker: metrics.forget_process(worker.pid),
            "on_exit": lambda _server: self._clean_up(),
        }

    def _clean_up(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _close_house(_server: object, worker: Any) -> None:
    """worker.wsgi is missing where the application could not be made."""
    app: Flask | None = getattr(worker, "wsgi", None)
    if app is not None:
        app.extensions["house"].close()


class Lines(Logger):
    """gunicorn's lines go where those of all libraries go (see app/logs.py); requests are logged by the proxy."""

    def setup(self, cfg: Any) -> None:
        self.loglevel = logging.INFO
        self.error_log.setLevel(logging.INFO)
        self.error_log.propagate = True

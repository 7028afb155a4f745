"""The process in which web servers and schedulers are born: it imports the product once and forks, in 30 ms each.

Run as `python -m tests.torture.nursery SETTINGS`. It reads one JSON object a line, {"name", "role", "plan"}, and
writes what became of it: {"born": name, "pid"}, {"died": name, "pid", "status"}. The end of its input is the end of it
and of all its children. Roles:

web, scheduler                              with fail points. All web servers share one listening socket, which outlives
                                            them, so that who comes during a death waits for the next life
duban_web, duban_scheduler, duban_worker    the commands themselves, as an operator starts them
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import waitress

from app import cli, clock, create_app, logs
from app.cli import gunicorn_server  # noqa: F401  so that it is imported once
from app.services import outbox, timers
from app.services.house import House
from config import from_environment
from scheduler.main import make_scheduler
from scheduler.worker import Worker
from tests.factories import settings_for
from tests.torture import fail_points

THREADS = 8
BACKLOG = 256
GRACE = 10  # seconds
WEB_WORKERS = 4
Role = Callable[[House], None]


class Nursery:
    """lease_seconds: of timers and effects; the product's own is a constant of 60."""

    def __init__(self, database_url: str, folder: Path, lease_seconds: float) -> None:
        clock.start_at(from_environment().clock)
        timers.LEASE = outbox.LEASE = timedelta(seconds=lease_seconds)
        self.house = House(settings_for(database_url, folder))
        fail_points.make_mortal(self.house.database.engine)
        self.door = fail_points.MortalDoor(create_app(self.house))
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", 0))  # whoever serves first listens: web on it, gunicorn beside it
        self.names: dict[int, str] = {}
        self.roles: dict[str, Role] = {
            "web": self._web,
            "scheduler": _scheduler,
            "duban_web": self._duban_web,
            "duban_scheduler": lambda _house: _duban("scheduler"),
            "duban_worker": lambda _house: _duban("worker"),
        }

    def run(self) -> None:
        """Until the input ends."""
        gc.freeze()
        _tell(port=self.socket.getsockname()[1])
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        orders = _Lines(sys.stdin.fileno())
        while True:
            ready, _, _ = select.select([sys.stdin, reader], [], [])
            if reader in ready:
                os.read(reader, 512)
                self._bury()
            if sys.stdin in ready:
                lines = orders.read()
                if lines is None:
                    return
                for line in lines:
                    self._bear(**json.loads(line))

    def end(self) -> None:
        """Asked to go, all go: gunicorn takes its own children along. Who has not gone then is made to."""
        for number in (signal.SIGCONT, signal.SIGTERM):
            self._signal(number)
        until = time.monotonic() + GRACE
        while self.names and time.monotonic() < until:
            time.sleep(0.05)
            self._bury()
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        for pid in self.names:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _bear(self, name: str, role: str, plan: str) -> None:
        if role == "web":
            self.socket.listen(BACKLOG)
        pid = os.fork()
        if pid == 0:
            _live(self.roles[role], self.house, plan)
        self.names[pid] = name
        _tell(born=name, pid=pid)

    def _bury(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            _tell(died=self.names.pop(pid), pid=pid, status=status)

    def _web(self, house: House) -> None:
        waitress.create_server(self.door, sockets=[self.socket], threads=THREADS).run()

    def _duban_web(self, _house: House) -> None:
        _duban("web", "--workers", str(WEB_WORKERS), "--port", str(self.socket.getsockname()[1]))


def _scheduler(house: House) -> None:
    make_scheduler(house, Worker(house)).start()
    threading.Event().wait()


def _duban(*arguments: str) -> None:
    """The command line, in the environment that the nursery itself was given."""
    sys.argv = ["duban", *arguments]
    cli.main()


def _live(role: Role, house: House, plan: str) -> None:
    """A child's whole life; it never comes back."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        devnull = os.open(os.devnull, os.O_RDWR)
        os.dup2(devnull, 0)
        os.dup2(devnull, 1)
        fail_points.of_process = fail_points.Plan.read(plan)
        role(house)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
        raise
    finally:
        if code:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(code)


class _Lines:
    """Whole lines out of a pipe that select watches."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""

    def read(self) -> list[bytes] | None:
        """What has come; None at the end."""
        data = os.read(self._descriptor, 65536)
        if not data:
            return None
        *lines, self._rest = (self._rest + data).split(b"\n")
        return lines


def _tell(**what: Any) -> None:
    with contextlib.suppress(BrokenPipeError):  # at the end nobody may listen any more
        os.write(1, json.dumps(what).encode() + b"\n")


def main() -> None:
    logs.configure()
    settings = json.loads(sys.argv[1])
    nursery = Nursery(settings["database_url"], Path(settings["folder"]), settings["lease_seconds"])
    try:
        nursery.run()
    finally:
        nursery.end()


if __name__ == "__main__":
    main()

"""Web servers, schedulers and workers as processes of their own, killed by number and born again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config import ROOT, Settings
from tests.factories import settings_for

NextPlan = Callable[[str], str]


class Processes:
    """What the nursery bears. Whoever dies is born again at once, with the plan that next_plan gives for its role."""

    def __init__(self, nursery: subprocess.Popen[bytes], next_plan: NextPlan) -> None:
        self._nursery = nursery
        self._next_plan = next_plan
        self.names: list[str] = []
        self._pids: dict[str, int] = {}
        self._changed = threading.Condition()
        self._is_closing = False
        self.killed: Counter[str] = Counter()  # deaths by SIGKILL, by role
        self.failed: list[str] = []  # other deaths, which there should be none of
        self.port: int = self._heard()["port"]
        threading.Thread(target=self._listen, daemon=True).start()

    def bear(self, *names: str) -> None:
        """Names are "web 1", "scheduler 2": the role and a number."""
        self.names += names
        for name in names:
            self._order(name)
        with self._changed:
            assert self._changed.wait_for(lambda: all(name in self._pids for name in names), timeout=30), names

    def kill(self, name: str, number: int = signal.SIGKILL) -> bool:
        """Whether there was anybody to send the signal to: it may be dead at the moment."""
        with self._changed:
            pid = self._pids.get(name)
            if pid is None:
                return False
            try:
                os.kill(pid, number)
            except ProcessLookupError:  # dead, and we have not heard of it yet
                return False
            return True

    def pid(self, name: str) -> int:
        with self._changed:
            assert self._changed.wait_for(lambda: name in self._pids, timeout=30), name
            return self._pids[name]

    def kills(self) -> int:
        return self.killed.total()

    def _order(self, name: str) -> None:
        role = name.split()[0]
        line = json.dumps({"name": name, "role": role, "plan": self._next_plan(role)})
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(line.encode() + b"\n")
        self._nursery.stdin.flush()

    def _heard(self) -> dict[str, Any]:
        assert self._nursery.stdout is not None
        line = self._nursery.stdout.readline()
        told: dict[str, Any] = json.loads(line) if line else {}
        return told

    def _listen(self) -> None:
        while told := self._heard():
            with self._changed:
                if "born" in told:
                    self._pids[told["born"]] = told["pid"]
                else:
                    self._buried(told["died"], told["status"])
                self._changed.notify_all()

    def _buried(self, name: str, status: int) -> None:
        self._pids.pop(name, None)
        if self._is_closing:
            return
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            self.killed[name.split()[0]] += 1
        else:
            self.failed.append(f"{name} ended with status {status}")
        self._order(name)

    def close(self) -> None:
        self._is_closing = True
        assert self._nursery.stdin is not None
        self._nursery.stdin.close()
        self._nursery.wait(timeout=60)


@contextmanager
def processes(
    database_url: str,
    folder: Path,
    *,
    lease_seconds: float = 2,
    next_plan: NextPlan = lambda _role: "",
    **more: str,
) -> Iterator[Processes]:
    """A nursery for as long as the block lasts; what its children log lies in the folder's children.log.

    more: variables of the environment, for the commands.
    """
    settings = {"database_url": database_url, "folder": str(folder), "lease_seconds": lease_seconds}
    command = [sys.executable, "-m", "tests.torture.nursery", json.dumps(settings)]
    environment = os.environ | environment_of(settings_for(database_url, folder)) | more
    pipe = subprocess.PIPE
    with (folder / "children.log").open("ab") as log:
        nursery = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, stderr=log)
    with nursery:
        born = Processes(nursery, next_plan)
        try:
            yield born
        finally:
            born.close()


def environment_of(settings: Settings) -> dict[str, str]:
    """What the commands read, so that they open the same house."""
    return {
        "DUBAN_DATABASE_URL": settings.database_url,
        "DUBAN_SECRET_KEY": settings.secret_key,
        "DUBAN_INSTANCE": str(settings.instance),
        "DUBAN_FILES_URL": settings.files_url,
    }


def until(is_true: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for it. Raises AssertionError when it does not come."""
    end = time.perf_counter() + seconds
    while not is_true():
        assert time.perf_counter() < end, f"{what} did not come within {seconds:.0f} s"
        time.sleep(0.1)

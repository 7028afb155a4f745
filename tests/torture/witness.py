"""Somebody who keeps reading and saving while the ground shakes, and notes every answer: pages, lists, a draft."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

BROKEN = (OSError, http.client.HTTPException)
READ, WRITE = "read", "write"


class Witness:
    """statuses: how often each came. wrong: answers that nobody should get.

    reads_refused: pages and lists that were not shown. good_at: when reading and writing last succeeded.
    """

    def __init__(self, port: int, token: str, task_id: str, may_answer: frozenset[int]) -> None:
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []
        self.reads_refused = 0
        self.good_at = {READ: 0.0, WRITE: 0.0}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._draft = f"/api/v1/user-tasks/{task_id}/draft"
        self._may_answer = may_answer
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    @contextmanager
    def watching(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            self._thread.join()
            self._connection.close()

    def is_well_since(self, moment: float) -> bool:
        """Whether both reading and writing have succeeded after it."""
        return min(self.good_at.values()) > moment

    def _watch(self) -> None:
        for number in itertools.count():
            for path in ("/inbox", "/api/v1/user-tasks?mine=true&limit=5", "/board"):
                self._ask("GET", path, READ)
            self._ask("PUT", self._draft, WRITE, {"data": {"note": f"第 {number} 次"}})
            if self._is_over.wait(0.02):
                return

    def _ask(self, method: str, path: str, kind: str, body: object = None) -> None:
        began = time.perf_counter()
        try:
            self._connection.request(method, path, None if body is None else json.dumps(body), self._headers)
            answer = self._connection.getresponse()
            text = answer.read()
        except BROKEN as error:
            self._connection.close()
            self.wrong.append(f"{method} {path}: {error!r}")
            return
        self.statuses[answer.status] += 1
        if 200 <= answer.status < 300:
            self.good_at[kind] = began
            return
        self.reads_refused += kind == READ
        if answer.status not in self._may_answer:
            self.wrong.append(f"{method} {path}: {answer.status} {text[:300]!r}")
        if answer.status == http.HTTPStatus.SERVICE_UNAVAILABLE and not answer.getheader("Retry-After"):
            self.wrong.append(f"{method} {path}: 503 without Retry-After")

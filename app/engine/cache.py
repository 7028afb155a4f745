"""Live workflows between two commands, least recently used first out, counted by bytes.

An entry is taken out before it is touched and comes back only when the command that moved it was committed, so a
half-advanced or rolled-back object can never be met again.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from app.engine.workflow import LiveWorkflow

Key = tuple[str, str, str]  # instance id, hash of its definition, hash of its state
LIVE_PER_STORED = 20  # a live task takes about this many times the bytes of its record


class LiveCache:
    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._size = 0
        self._entries: OrderedDict[Key, tuple[LiveWorkflow, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def take(self, key: Key) -> LiveWorkflow | None:
        """The workflow of exactly this state, which nobody else can take any more."""
        with self._lock:
            entry = self._entries.pop(key, None)
            if entry is None:
                return None
            self._size -= entry[1]
            return entry[0]

    def put(self, key: Key, workflow: LiveWorkflow, stored_bytes: int) -> None:
        weight = stored_bytes * LIVE_PER_STORED
        with self._lock:
            replaced = self._entries.pop(key, None)
            self._size += weight - (replaced[1] if replaced else 0)
            self._entries[key] = (workflow, weight)
            while self._size > self._limit:
                _, (_, released) = self._entries.popitem(last=False)
                self._size -= released

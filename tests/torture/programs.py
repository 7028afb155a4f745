"""A program that calls the API over real HTTP, keeps a journal, and insists under the same key until it is answered."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.services import tokens
from app.services.house import House
from tests.factories import actor

PREFIX = "/api/v1"
BROKEN = (OSError, http.client.HTTPException)
PAUSE = 0.05  # seconds before the next attempt
PATIENCE = 120  # seconds for one thing that is insisted on


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


@dataclass
class Entry:
    """One command in the journal: what was sent under a key, and what was answered at last."""

    key: str
    path: str
    body: Mapping[str, Any]
    breaks: int = 0
    busy: int = 0
    reply: Reply | None = None

    @property
    def is_acknowledged(self) -> bool:
        return self.reply is not None and self.reply.is_success


class Program:
    """One person's program with one connection: for one thread."""

    def __init__(self, port: int, token: str, timeout: float = 30) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self._bearer = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> Reply:
        return self._send("GET", path, None, {})

    def post(self, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> Reply:
        """headers: Idempotency_Key="…", If_Match="…". Raises one of BROKEN."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._send("POST", path, body, named)

    def put(self, path: str, body: Mapping[str, Any]) -> Reply:
        return self._send("PUT", path, body, {})

    def patient_get(self, path: str) -> Reply:
        """The same however often the connection breaks."""
        end = time.perf_counter() + PATIENCE
        while True:
            try:
                reply = self.get(path)
            except BROKEN:
                reply = Reply(503, None, {})
            if reply.status != 503:
                return reply
            assert time.perf_counter() < end, f"no answer to GET {path}"
            time.sleep(PAUSE)

    def insist(self, entry: Entry, die: str = "") -> Reply:
        """Send until there is an answer that is final; die: where the first attempt kills the server."""
        end = time.perf_counter() + PATIENCE
        while True:
            headers = {"Idempotency-Key": entry.key, **({"X-Die": die} if die and not entry.breaks else {})}
            try:
                reply = self._send("POST", entry.path, entry.body, headers)
            except BROKEN:
                entry.breaks += 1
            else:
                if reply.status != 503:
                    entry.reply = reply
                    return reply
                entry.busy += 1
            assert time.perf_counter() < end, f"no answer to {entry}"
            time.sleep(PAUSE)

    def close(self) -> None:
        self._connection.close()

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> Reply:
        sent = {**self._bearer, **headers}
        data = None
        if body is not None:
            data, sent["Content-Type"] = json.dumps(body), "application/json"
        try:
            self._connection.request(method, PREFIX + path, data, sent)
            answer = self._connection.getresponse()
            text = answer.read()
        except BROKEN:
            self._connection.close()
            raise
        is_json = "json" in (answer.getheader("Content-Type") or "")
        return Reply(answer.status, json.loads(text) if is_json else text, dict(answer.getheaders()))


@dataclass
class Journal:
    """Everything that the programs sent, from all threads: appending to a list is one step in Python."""

    entries: list[Entry] = field(default_factory=list)

    def entry(self, key: str, path: str, body: Mapping[str, Any]) -> Entry:
        new = Entry(key, path, body)
        self.entries.append(new)
        return new


def token_of(house: House, login: str) -> str:
    with house.database.transaction() as session:
        return tokens.create_token(session, actor(house, login), "压力测试")

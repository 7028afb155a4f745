"""A person at a browser, as far as the server can tell: signs in by the form, keeps the cookie, sends tokens."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
TASK = re.compile(r'href="/tasks/([0-9a-f-]{36})')


@dataclass(frozen=True)
class Page:
    status: int
    text: str
    location: str

    @property
    def task_ids(self) -> list[str]:
        return list(dict.fromkeys(TASK.findall(self.text)))


class Browser:
    def __init__(self, port: int, login: str, password: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookies: dict[str, str] = {}
        self._token = ""
        answer = self.post("/login", {"login": login, "password": password, "csrf_token": self._token_of("/login")})
        assert answer.status == 302, answer.text
        self._token = self._token_of("/inbox")

    def get(self, path: str) -> Page:
        return self._send("GET", path, None)

    def post(self, path: str, fields: Mapping[str, str]) -> Page:
        return self._send("POST", path, urlencode({"csrf_token": self._token, **fields}))

    def close(self) -> None:
        self._connection.close()

    def _token_of(self, path: str) -> str:
        page = self.get(path)
        found = TOKEN.search(page.text)
        assert found, (path, page.status, page.text[:200])
        return found[1]

    def _send(self, method: str, path: str, body: str | None) -> Page:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        return Page(answer.status, text, answer.headers.get("Location") or "")

"""Programs that call the API over HTTP, each with a token of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.services import tokens
from app.services.house import House
from tests.factories import actor

PREFIX = "/api/v1"


class Program:
    """Calls as the person with this login."""

    def __init__(self, app: Flask, token: str) -> None:
        self._client = app.test_client()
        self._bearer = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: Any) -> TestResponse:
        return self._client.get(PREFIX + path, query_string=query or None, headers=self._bearer)

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
        sent = {} if body is None else {"json": body}
        return self._client.post(PREFIX + path, headers={**self._bearer, **(headers or {})}, **sent, **more)

    def put(self, path: str, body: Any, headers: dict[str, str] | None = None) -> TestResponse:
        return self._client.put(PREFIX + path, json=body, headers={**self._bearer, **(headers or {})})

    def delete(self, path: str) -> TestResponse:
        return self._client.delete(PREFIX + path, headers=self._bearer)

    def items(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """All items of a list, page after page."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.get(path, **query, **cursor)
            assert page.status_code == 200, page.text
            found += page.json["items"]
            if page.json["next_cursor"] is None:
                return found
            cursor = {"cursor": page.json["next_cursor"]}


CallAs = Callable[[str], Program]


@pytest.fixture
def app(house: House) -> Flask:
    """With all its checks, as programs meet it."""
    app = create_app(house)
    app.testing = False
    return app


@pytest.fixture
def call_as(app: Flask, house: House) -> CallAs:
    def program(login: str) -> Program:
        with house.database.transaction() as session:
            token = tokens.create_token(session, actor(house, login), "测试")
        return Program(app, token)

    return program

"""complete_http_over_floor: a completion by the API over a bare Flask route that does the floor, both by one server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import waitress
from flask import Flask, request

from app import clock, create_app
from app.queries.actor import actor_by_login
from app.services import tokens
from app.services.house import House
from bench import commands, floor
from bench.measured import Ratio, middle, times

LOOPBACK = "127.0.0.1"


def ratio(house: House, url: str, steps: int) -> Ratio:
    with house.database.transaction() as session:
        office = actor_by_login(session, "office", clock.today())
        assert office is not None
        token = tokens.create_token(session, office, "bench")
    waiting = commands.open_task_ids(house)[:steps]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = json.dumps({"variables": {"outcome": "yes"}})
    with serving(create_app(house)) as port:
        paths = [f"/api/v1/user-tasks/{id_}/completion" for id_ in waiting]
        above = _posted(port, paths, body, headers)
    with serving(bare_app(url, len(waiting))) as port:
        below = _posted(port, ["/floor"] * len(waiting), body, headers)
    return Ratio("complete_http_over_floor", middle(above), middle(below), len(waiting))


def bare_app(url: str, steps: int) -> Flask:
    """The least web application: JSON in, the floor, JSON out."""
    app = Flask("floor")
    spec = floor.stock_spec()
    stock = iter([floor.stock_start(spec) for _ in range(steps)])
    commit = floor.durable_commit(url)

    @app.post("/floor")
    def step() -> dict[str, Any]:
        assert request.get_json()
        commit()
        floor.stock_step(next(stock))
        return {"status": "completed"}

    return app


@contextmanager
def serving(app: Flask) -> Iterator[int]:
    server = waitress.create_server(app, host=LOOPBACK, port=0, threads=1)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        server.close()


def _posted(port: int, paths: list[str], body: str, headers: dict[str, str]) -> list[float]:
    connection = HTTPConnection(LOOPBACK, port)

    def post(path: str) -> None:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {text[:300]!r}")

    return times(lambda path=path: post(path) for path in paths)

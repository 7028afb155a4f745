"""complete_http_over_floor: a completion by the API over a bare Flask route that does the floor, both by one server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from typing import Any

import waitress
from flask import Flask, request

from app import clock, create_app
from app.queries.actor import actor_by_login
from app.services import tokens
from app.services.house import House
from bench import floor
from bench.commands import weights
from bench.ground import Ground
from bench.measured import Ratio, Times, middle
from bench.models import LINEAR, YES, open_task_ids
from tests.factories import actor

LOOPBACK = "127.0.0.1"
BODY = json.dumps({"variables": YES})


def complete_http_over_floor(ground: Ground) -> Iterator[Ratio]:
    """Warm by one process; cold by two that take turns at each instance."""
    LINEAR.deploy(ground.house)
    with ground.another() as other:
        yield _ratio(ground, "complete_http_over_floor", [ground.house])
        yield _ratio(ground, "complete_http_cold_over_floor", [ground.house, other])


def _ratio(ground: Ground, name: str, houses: Sequence[House]) -> Ratio:
    instances = max(1, ground.size.steps // LINEAR.steps)
    office, token = actor(ground.house, "office"), _token(ground.house, name)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    above, below = Times(), Times()
    with ExitStack() as stack:
        ports = [stack.enter_context(serving(create_app(house))) for house in houses]
        doors = [stack.enter_context(closing(HTTPConnection(LOOPBACK, port))) for port in ports]
        commit = stack.enter_context(floor.durable_commit(ground.url))
        bare_port = stack.enter_context(serving(bare_app(ground, name, instances, commit)))
        bare = stack.enter_context(closing(HTTPConnection(LOOPBACK, bare_port)))
        for number in range(instances):
            waiting = open_task_ids(ground.house, LINEAR.start(ground.house, office, f"{name}:{number}"))
            while waiting:
                path, door = f"/api/v1/user-tasks/{waiting.pop()}/completion", doors[(len(above) + 1) % len(doors)]
                with above:
                    answer = _post(door, path, headers)
                with below:
                    _post(bare, "/floor", headers)
                waiting = open_task_ids(ground.house, answer["instance_id"])
    return Ratio(name, middle(above), middle(below), len(above))


def _token(house: House, name: str) -> str:
    with house.database.transaction() as session:
        office = actor_by_login(session, "office", clock.today())
        assert office is not None
        return tokens.create_token(session, office, name)


def bare_app(ground: Ground, name: str, instances: int, commit: floor.Commit) -> Flask:
    """The least web application: JSON in, the floor, JSON out."""
    app = Flask("floor")
    stock, state_and_event = floor.Stock(LINEAR), weights(ground, LINEAR, name)
    waiting = iter([workflow for workflow in (stock.start() for _ in range(instances)) for _ in range(LINEAR.steps)])

    @app.post("/floor")
    def step() -> dict[str, Any]:
        answers = request.get_json()["variables"]
        commit(*state_and_event)
        stock.step(next(waiting), answers)
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
        server.task_dispatcher.shutdown()
        server.close()


def _post(connection: HTTPConnection, path: str, headers: dict[str, str]) -> dict[str, Any]:
    connection.request("POST", path, BODY, headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {text[:300]!r}")
    return dict(json.loads(text))

"""Each command has one line: what, how it went, how long; ids only, nothing that anybody typed."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from app import logs, metrics
from app.errors import NotFound
from app.services import command_log, processes
from app.services.commands import ATTEMPTS, Command
from app.services.house import House
from tests.factories import actor

SECRET = "一句谁也不该在日志里读到的话"


def deliver(house: House, login: str = "office") -> None:
    processes.deliver(house, actor(house, login), "nothing", SECRET, key="k-1")


def counted(name: str, **labels: str) -> float:
    return metrics.registry().get_sample_value(name, labels) or 0.0


def test_a_refused_command_has_its_line_without_anything_personal(house: House) -> None:
    with capture_logs() as lines, pytest.raises(NotFound):
        deliver(house)

    (line,) = (line for line in lines if line["event"] == "command")
    assert line.items() >= {"kind": "deliver", "key": "k-1", "code": "not_found", "log_level": "info"}.items()
    assert line["actor"] == actor(house, "office").person_id
    assert line["ms"] > 0
    assert SECRET not in str(lines)
    assert "周文博" not in str(lines)


def test_a_done_command_names_its_instance(house: House) -> None:
    with capture_logs() as lines:
        answer = processes.start(house, actor(house, "office"), "annual_target", {"year": 2024}, key="s-1")

    line = next(line for line in lines if line["event"] == "command")
    assert (line["kind"], line["code"], line["instance"]) == ("start", "ok", answer["id"])


def test_who_is_nobody_is_named_by_a_word(house: House) -> None:
    with capture_logs() as lines:
        processes.fire(house, "no such timer")

    assert [line["actor"] for line in lines if line["event"] == "command"] == ["clock"]


def test_a_defect_is_told_and_goes_on(house: House) -> None:
    def broken(*_arguments: object) -> dict[str, Any]:
        raise ZeroDivisionError

    before = counted("duban_commands_total", kind="complete", code="defect")
    command = Command("complete", "k", {"task_id": "t"})

    with capture_logs() as lines, pytest.raises(ZeroDivisionError):
        command_log.told(broken)(house, actor(house, "office"), command)

    assert [line["code"] for line in lines] == ["defect"]
    assert counted("duban_commands_total", kind="complete", code="defect") == before + 1


def test_each_attempt_after_the_first_is_a_retry() -> None:
    before = counted("duban_command_retries_total")

    assert list(command_log.attempts(ATTEMPTS)) == list(range(ATTEMPTS))

    assert counted("duban_command_retries_total") == before + ATTEMPTS - 1


@contextmanager
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """The lines that went to stderr, once the block is left; the logs are then set up again as they were."""
    written, lines = io.BytesIO(), list[dict[str, Any]]()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(written, encoding="utf-8", write_through=True))
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    try:
        yield lines
    finally:
        structlog.configure(**before)
        logging.root.handlers[:], logging.root.level = handlers, level
    lines += [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_of_ours_and_one_of_a_library_are_json_with_the_request_id(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch) as lines:
        logs.configure(logging.INFO)
        with structlog.contextvars.bound_contextvars(request_id="request-1"):
            structlog.get_logger().info("ours", 编号=1)
            logging.getLogger("library").warning("theirs")

    ours, theirs = lines
    assert (ours["event"], ours["request_id"], ours["编号"]) == ("ours", "request-1", 1)
    assert (theirs["event"], theirs["request_id"], theirs["logger"]) == ("theirs", "request-1", "library")


def test_a_logger_that_was_silent_while_the_office_was_made_ready_speaks_later(monkeypatch: pytest.MonkeyPatch) -> None:
    log = structlog.get_logger()

    with logged(monkeypatch) as lines:
        logs.configure()
        log.info("one of a thousand commands")
        logs.configure(logging.INFO)
        log.info("a command")

    assert [line["event"] for line in lines] == ["a command"]

"""Each of the eight checks finds an edit that no other finds; the tables are held against the log column by column."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tools.bundles import Opened, Rows, checks_of, judged, payload_of, texts_of

LONG_AGO = "2020-01-01T00:00:00.000000Z"
WAITS = ("open", "claimed", "waiting")
Edit = Callable[[Opened], Any]


@pytest.fixture(scope="module")
def bundle(bundle: bytes) -> bytes:
    """Without the models that nothing runs under, so that it is quickly written and read."""
    opened = Opened(bundle)
    used = {row["definition_hash"] for row in opened["instances"]}
    opened["definitions"][:] = [row for row in opened["definitions"] if row["hash"] in used]
    return opened.packed()


def active(opened: Opened, *, timers: int, subscriptions: int = 0, tasks: int = 0) -> dict[str, Any]:
    """An active instance that waits for so many of each."""
    for instance in opened["instances"]:
        rows = [of_instance(opened[name], instance["id"]) for name in ("user_tasks", "timers", "subscriptions")]
        waiting = [
            sum(row.get("status", "waiting") in ("open", "claimed", "waiting") for row in found) for found in rows
        ]
        if instance["status"] == "active" and waiting == [tasks, timers, subscriptions]:
            return instance
    raise AssertionError("no such instance")


def of_instance(rows: Rows, id_: str) -> Rows:
    return [row for row in rows if row["instance"] == id_]


def completed(opened: Opened) -> dict[str, Any]:
    return next(row for row in opened["events"] if row["event"]["type"] == "user_task_completed")


def waiting_timer(opened: Opened) -> dict[str, Any]:
    return of_instance(opened["timers"], active(opened, timers=1)["id"])[0]


def effect(**told: Any) -> dict[str, Any]:
    row = {"key": "x:1:y", "kind": "message", "status": "pending", "next_at": "2024-01-02T01:00:00.000000Z"}
    return {**row, "lease_until": None, **told}


def a_command_is_gone(opened: Opened) -> None:
    key = completed(opened)["event"]["command_key"]
    opened["commands"].remove(next(row for row in opened["commands"] if row["key"] == key))


def a_command_that_nobody_gave(opened: Opened) -> None:
    opened["commands"].append({**opened["commands"][0], "key": "another", "kind": "complete",
                               "instance": opened["instances"][0]["id"]})  # fmt: skip


def a_message_that_nobody_delivered(opened: Opened) -> None:
    opened["effects"].append(effect(status="done"))


def an_effect_twice(opened: Opened) -> None:
    opened["effects"].extend([effect(status="dropped"), effect(status="dropped")])


def a_step_too_many(opened: Opened) -> None:
    opened["instances"][0]["version"] += 1


def another_answer(opened: Opened) -> None:
    row = completed(opened)
    row["payload"] = json.dumps({**payload_of(row), "values": {"outcome": "no"}}, ensure_ascii=False)


def another_day(opened: Opened) -> None:
    task = next(row for row in opened["user_tasks"] if row["status"] == "open")
    task["due_on"] = "2030-01-01"


def a_forgotten_claim(opened: Opened) -> None:
    waiting_timer(opened)["lease_until"] = LONG_AGO


def a_letter_that_never_left(opened: Opened) -> None:
    opened["effects"].append(effect(kind="mail", next_at=LONG_AGO))


def a_timer_that_never_fires(opened: Opened) -> None:
    waiting_timer(opened)["lease_until"] = "9999-01-01T00:00:00.000000Z"


EIGHT: list[tuple[int, Edit]] = [
    (1, a_command_is_gone),
    (1, a_command_that_nobody_gave),
    (2, a_message_that_nobody_delivered),
    (2, an_effect_twice),
    (3, a_step_too_many),
    (4, another_answer),
    (5, another_day),
    (6, a_forgotten_claim),
    (7, a_letter_that_never_left),
    (8, a_timer_that_never_fires),
]


@pytest.mark.parametrize(("check", "edit"), EIGHT, ids=lambda value: getattr(value, "__name__", str(value)))
def test_each_check_finds_what_it_alone_finds(bundle: bytes, tmp_path: Path, check: int, edit: Edit) -> None:
    opened = Opened(bundle)
    edit(opened)

    assert checks_of(judged(tmp_path, opened.packed())) == {check}


SEEN = {
    "instances": ("id", "definition_key", "definition_hash", "business_key", "status", "version", "head_seq",
                  "head_hash", "ended_at"),
    "user_tasks": ("id", "instance", "element", "status", "unit", "due_on", "completed_by", "completed_at"),
    "timers": ("task", "instance", "element", "due_at", "status"),
    "subscriptions": ("task", "instance", "element", "message", "key"),
    "commands": ("actor", "key", "instance"),
    "definitions": ("hash", "sources"),
    "events": ("hash", "payload", "salt", "index"),
}  # fmt: skip


def changed(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return "x"
    if isinstance(value, int):
        return value + 1
    return {**value, "x": "y"} if isinstance(value, dict) else f"{value}0"


@pytest.mark.parametrize(("name", "column"), [(name, column) for name, columns in SEEN.items() for column in columns])
def test_every_column_that_the_log_knows_is_held_against_it(
    bundle: bytes, tmp_path: Path, name: str, column: str
) -> None:
    opened = Opened(bundle)
    row = {
        "user_tasks": lambda rows: next(row for row in rows if is_of_column(row, column)),
        "timers": lambda rows: next(row for row in rows if row["status"] == "waiting"),
        "commands": lambda rows: next(row for row in rows if row["kind"] == "complete"),
    }.get(name, lambda rows: rows[0])(opened[name])
    row[column] = changed(row[column])

    assert not judged(tmp_path, opened.packed()).is_green


def is_of_column(task: dict[str, Any], column: str) -> bool:
    """The open ones have a unit and a day that the log knows, the completed ones an end."""
    return task["status"] == ("completed" if column.startswith("completed") else "open")


@pytest.mark.parametrize("field", ["actor", "alg", "at", "at_raw", "attachments", "command_key", "definition_hash",
                                   "on_behalf_of", "payload_commitment", "prev", "seq", "stream", "type"])  # fmt: skip
def test_every_field_of_an_event_is_sealed(bundle: bytes, tmp_path: Path, field: str) -> None:
    opened = Opened(bundle)
    fields = completed(opened)["event"]
    value = fields[field]
    fields[field] = ["x"] if field == "attachments" else changed(value)

    report = judged(tmp_path, opened.packed())
    assert 4 in checks_of(report)
    assert report.first_event["member"] == "events.jsonl"


@pytest.mark.parametrize("name", ["instances", "user_tasks", "timers", "subscriptions", "events", "commands",
                                  "checkpoints", "definitions"])  # fmt: skip
def test_no_row_may_be_taken_out_put_in_twice_or_swapped(bundle: bytes, tmp_path: Path, name: str) -> None:
    """Something that waits, or one of the last. A checkpoint that is gone is no fault where nobody holds it."""

    def place(rows: Rows) -> int:
        waits = [at for at, row in enumerate(rows) if row.get("status", "") in ("open", "waiting", "active")]
        return waits[0] if waits else len(rows) - 2

    gone, twice = Opened(bundle), Opened(bundle)
    del gone[name][place(gone[name])]
    twice[name].insert(place(twice[name]), twice[name][place(twice[name])])

    for edited in (gone, twice) if name not in ("checkpoints", "definitions") else (twice,):
        report = judged(tmp_path, edited.packed())
        assert name == "definitions" or not report.is_green, name


def test_two_events_that_change_their_places_in_the_log(bundle: bytes, tmp_path: Path) -> None:
    opened = Opened(bundle)
    rows = sorted((row for row in opened["events"] if row["index"] is not None), key=lambda row: row["index"])
    first, second = next(
        pair for pair in itertools.pairwise(rows) if pair[0]["event"]["stream"] != pair[1]["event"]["stream"]
    )
    first["index"], second["index"] = second["index"], first["index"]

    assert "the tree over" in " ".join(texts_of(judged(tmp_path, opened.packed())))


def test_the_first_bad_event_is_named_and_the_reasons_are_bounded(bundle: bytes, tmp_path: Path) -> None:
    opened = Opened(bundle)
    for row in opened["events"]:
        row["event"]["actor"] = "nobody"

    report = judged(tmp_path, opened.packed())

    assert report.count > len(report.faults) == 100
    assert (report.first_event["line"], report.first_event["seq"]) == (1, 1)
    assert "first bad event: stream" in report.as_text()

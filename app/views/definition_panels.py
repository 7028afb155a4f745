"""The parts of the pages about processes: a drawing with its marks, what the checks found, what is different."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.engine import Definition
from app.engine.difference import Change
from app.services.registry import casework_of
from app.services.tasks import form_of
from app.views.definition_words import HOWS, TYPES, VALUES, WHATS

HIGHEST = 560  # px of a drawing
FONT = {"font": 14, "small": 13}
COLOURS = {"added": "green", "removed": "red", "changed": "yellow"}
MARKS = {"error": "wrong", "warning": "doubtful"}
NOTE_COLOURS = {"error": "red", "warning": "yellow"}


@dataclass(frozen=True)
class FindingLine:
    """A row of the list of findings; name: of the element, empty for the file as a whole."""

    level: str
    check: str
    element_id: str
    name: str
    line: int
    text: str


@dataclass(frozen=True)
class ChangeLine:
    """A row of the list of changes; details: (what, before, after) in the words of the screen."""

    how: str
    word: str
    type: str
    id: str
    name: str
    details: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class FormLine:
    """A user task and its form; title: empty where the task takes plain remarks."""

    element_id: str
    name: str
    lane: str
    title: str


def finding_lines(findings: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> list[FindingLine]:
    """Errors first. findings: as they are kept with a deployment."""
    lines = [
        FindingLine(f["level"], f["check"], f["element_id"], names.get(f["element_id"], ""), f["line"], f["text"])
        for f in findings
    ]
    return sorted(lines, key=lambda line: line.level != "error")


def change_lines(changes: Iterable[Change]) -> list[ChangeLine]:
    return [
        ChangeLine(
            how=change.how,
            word=str(HOWS[change.how]),
            type=str(TYPES.get(change.type, change.type)),
            id=change.id,
            name=change.name,
            details=tuple(
                (str(WHATS.get(detail.what, detail.what)), _value(detail.before), _value(detail.after))
                for detail in change.details
            ),
        )
        for change in changes
    ]


def form_lines(definition: Definition) -> list[FormLine]:
    casework = casework_of(definition.key)
    tasks = [element for element in definition.elements.values() if element.type == "userTask"]
    return [
        FormLine(task.id, task.name, task.lane or "", (form_of(casework, task.id) or {}).get("title", ""))
        for task in tasks
    ]


def finding_marks(lines: Sequence[FindingLine]) -> dict[str, Any]:
    """For the viewer: elements with an error red, with a warning yellow, each with the number of findings."""
    worst = {line.element_id: line.level for line in reversed(lines) if line.element_id}
    count: dict[str, int] = dict.fromkeys(worst, 0)
    for line in lines:
        if line.element_id:
            count[line.element_id] += 1
    return {
        "marks": {mark: [id_ for id_, own in worst.items() if own == level] for level, mark in MARKS.items()},
        "notes": {id_: {"text": f"{count[id_]}", "cls": NOTE_COLOURS[level]} for id_, level in worst.items()},
    }


def change_marks(lines: Sequence[ChangeLine], *hows: str) -> dict[str, Any]:
    """For the viewer: these kinds of changes, coloured and with their word."""
    shown = [line for line in lines if line.how in hows]
    return {
        "marks": {how: [line.id for line in shown if line.how == how] for how in hows},
        "notes": {line.id: {"text": line.word, "cls": COLOURS[line.how]} for line in shown if not _is_flow(line)},
    }


def _is_flow(line: ChangeLine) -> bool:
    return line.type == str(TYPES["sequenceFlow"])


def _value(text: str) -> str:
    return str(VALUES.get(text, text))

"""What a rule set said of an enterprise: every condition with its inputs, the points, and both as plain JSON and back.

An evaluation is stored as it is and shown later exactly so; nothing here reckons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Given:
    """One input as it was used. year: None for what belongs to none. value: as shown, None where it is missing."""

    key: str
    label: str
    year: int | None
    value: str | None

    @property
    def name(self) -> str:
        return self.label if self.year is None else f"{self.year}年{self.label}"


@dataclass(frozen=True)
class Finding:
    """One condition. met: None while a person still has to judge. value: with unit, empty for a group of conditions.

    note: why it is not met or how it was met otherwise, as a sentence. source: its id in the rule set.
    """

    id: str
    name: str
    text: str
    value: str
    threshold: str
    met: bool | None
    source: str
    verified: bool
    inputs: tuple[Given, ...] = ()
    parts: tuple[Finding, ...] = ()
    note: str = ""

    def leaves(self) -> Iterator[Finding]:
        """The conditions without parts below this one, itself included where it has none."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


@dataclass(frozen=True)
class Points:
    """One indicator. points: None where an input is missing, which counts as nothing. reached: the band, in words."""

    id: str
    name: str
    points: int | None
    max: int
    value: str
    reached: str
    source: str
    verified: bool
    inputs: tuple[Given, ...] = ()


@dataclass(frozen=True)
class PartPoints:
    id: str
    name: str
    points: int
    max: int
    indicators: tuple[Points, ...]


@dataclass(frozen=True)
class Evaluation:
    """rule_version: id of the rule set. score: sum of the parts, None where the level knows no points."""

    rule_version: str
    rule_name: str
    level: str
    level_name: str
    on: date
    is_reverification: bool
    findings: tuple[Finding, ...]
    parts: tuple[PartPoints, ...]
    score: int | None
    is_met: bool
    missing: tuple[Given, ...]
    to_be_judged: tuple[str, ...]

    @property
    def unmet(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.met is False)


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """Plain JSON: texts, whole numbers, booleans, lists and mappings only."""
    return {**_plain(asdict(evaluation)), "on": evaluation.on.isoformat()}


def from_json(stored: Mapping[str, Any]) -> Evaluation:
    """The evaluation as it was; raises KeyError or TypeError for what to_json did not write."""
    return Evaluation(
        **{
            **stored,
            "on": date.fromisoformat(stored["on"]),
            "findings": tuple(map(_finding, stored["findings"])),
            "parts": tuple(map(_part, stored["parts"])),
            "missing": tuple(map(_given, stored["missing"])),
            "to_be_judged": tuple(stored["to_be_judged"]),
        }
    )


def _plain(value: Any) -> Any:
    """asdict keeps tuples; JSON has lists."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, (tuple, list)) else value


def _given(stored: Mapping[str, Any]) -> Given:
    return Given(**stored)


def _finding(stored: Mapping[str, Any]) -> Finding:
    inputs, parts = tuple(map(_given, stored["inputs"])), tuple(map(_finding, stored["parts"]))
    return Finding(**{**stored, "inputs": inputs, "parts": parts})


def _points(stored: Mapping[str, Any]) -> Points:
    return Points(**{**stored, "inputs": tuple(map(_given, stored["inputs"]))})


def _part(stored: Mapping[str, Any]) -> PartPoints:
    return PartPoints(**{**stored, "indicators": tuple(map(_points, stored["indicators"]))})

"""Which version of the rules a year is judged by: the one that was in force when the year began."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.duties.assessment import PARTS, Rules, read_rules
from app.duties.rule_table_assessment import nested
from app.queries import rule_tables


@dataclass(frozen=True)
class Version:
    """One version as it lies. content: complete in itself, as it is stored with the year's scores."""

    rules: Rules
    content: Mapping[str, Any]

    @property
    def id(self) -> str:
        return self.rules.id


def in_force(session: Session, year: int) -> Version:
    """A version holds from a day after its approval, so what held on the first of January was published before."""
    known = rule_tables.in_force(session).assessment(year)
    content = {**nested(known.content), "version": known.number}
    if known.in_force_from is not None:
        content |= {"published_on": (known.in_force_from - timedelta(days=1)).isoformat()}
    return version_of(content)


def version_of(content: Mapping[str, Any]) -> Version:
    """Raises InvalidRules. Days become text, so that the content is plain JSON."""
    plain = {**content, "published_on": str(content["published_on"]), "version": content.get("version", 1)}
    return Version(read_rules(plain), plain)


def with_weights(version: Version, weights: list[int], year: int, on: date) -> Version:
    """The same rules with other weights, for one year; named by it, so that no other year takes them for its own."""
    named = {**version.content, "weights": dict(zip(PARTS, weights, strict=True))}
    key = f"{version.content['key']}-{year}"
    return version_of({**named, "key": key, "published_on": on.isoformat(), "base": version.id})


def weights_of(version: Version) -> list[int]:
    return [int(version.rules.weights[part]) for part in PARTS]

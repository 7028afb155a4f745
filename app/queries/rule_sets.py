"""Recognition rules in use: the first versions from the product's files, further ones from the table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.recognition import RuleSet, read_rule_set, rule_version
from app.duties.recognition.reading import parse_yaml
from app.errors import NotFound
from app.models.rule_set import RuleSetVersion
from app.queries.paging import LARGEST_INT
from app.terms import RuleSetStatus

FOLDER = Path(__file__).parents[2] / "rules" / "recognition"
NOT_FOUND = "没有找到这一认定标准。"


@dataclass(frozen=True)
class KnownVersion:
    """One version as it lies: rule set and content. row: None for the one that ships with the product."""

    rule_set: RuleSet
    content: Mapping[str, Any]
    row: RuleSetVersion | None = None

    @property
    def status(self) -> RuleSetStatus:
        return RuleSetStatus.ACTIVE if self.row is None else RuleSetStatus(self.row.status)


@cache
def shipped() -> tuple[KnownVersion, ...]:
    """The rule sets that come with the product; the files do not change while it runs."""
    contents = [(file.name, parse_yaml(file.read_bytes(), file.name)) for file in sorted(FOLDER.glob("*.yaml"))]
    return tuple(KnownVersion(read_rule_set(content, name), content) for name, content in contents)


def in_use(session: Session) -> tuple[RuleSet, ...]:
    """All versions that an application may be held against."""
    active = select(RuleSetVersion.content).where(RuleSetVersion.status == RuleSetStatus.ACTIVE.value)
    own = [_read(json.dumps(content, ensure_ascii=False)) for content in session.scalars(active)]
    return (*(known.rule_set for known in shipped()), *own)


def applicable(session: Session, level: str, applied_on: date) -> RuleSet:
    """The rules for this level on that day. Raises RuleViolation("applied_on") where there are none."""
    return rule_version(level, applied_on, in_use(session))


def by_id(session: Session, id_: str) -> RuleSet:
    """The rule set of a stored decision. Raises NotFound."""
    key, _, number = id_.partition(".")
    return version(session, key, int(number) if number.isdecimal() else 1).rule_set


def version(session: Session, key: str, number: int) -> KnownVersion:
    """One version, whatever its status. Raises NotFound."""
    if number == 1:
        found = next((known for known in shipped() if known.rule_set.key == key), None)
    else:
        wanted = select(RuleSetVersion).where(
            RuleSetVersion.key == key, RuleSetVersion.version == min(number, LARGEST_INT)
        )
        row = session.scalar(wanted)
        found = None if row is None else known_of(row)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def versions(session: Session, key: str) -> Sequence[KnownVersion]:
    """All versions of one rule set, the latest first. Raises NotFound."""
    first = version(session, key, 1)
    rows = session.scalars(select(RuleSetVersion).where(RuleSetVersion.key == key).order_by(RuleSetVersion.id.desc()))
    return (*map(known_of, rows), first)


def all_versions(session: Session) -> Sequence[KnownVersion]:
    """Every version of every rule set; the versions of one stand together, the latest first."""
    rows = session.scalars(select(RuleSetVersion).order_by(RuleSetVersion.id.desc())).all()
    own = [known_of(row) for row in rows]
    return [
        known
        for first in shipped()
        for known in (*(each for each in own if each.rule_set.key == first.rule_set.key), first)
    ]


def known_of(row: RuleSetVersion) -> KnownVersion:
    return KnownVersion(_read(json.dumps(row.content, ensure_ascii=False)), row.content, row)


@lru_cache(maxsize=64)
def _read(content: str) -> RuleSet:
    """Read again only when it is another content; versions in the table were checked when they were proposed."""
    data = json.loads(content)
    return read_rule_set(data, f"{data['key']}.{data['version']}")

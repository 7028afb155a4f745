"""Rules of lights, pace and reminders: the first version of each from the product's files, further ones from the table.

A version holds from its day until the next one's. What is reckoned for a day takes the version of that day, so a new
version never changes what an old year or an old task shows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

import yaml
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.duties import rule_table_assessment
from app.duties.lights import LightPolicy
from app.duties.pace import PacePolicy
from app.duties.reminders import Ladder
from app.duties.rule_table import Content
from app.duties.rule_table_reminders import content_of
from app.duties.rule_tables import ASSESSMENT, KINDS, LIGHTS, PACE, REMINDERS, Kind
from app.errors import NotFound
from app.models.rule_table import RuleTableVersion
from app.queries.paging import LARGEST_INT
from app.terms import RuleSetStatus

ROOT = Path(__file__).parents[2]
VERSION = table_of(RuleTableVersion)
NOT_FOUND = "没有找到这一规则。"


@dataclass(frozen=True)
class KnownTable:
    """One version as it lies. in_force_from: None for the one that ships with the product. row: None for it too."""

    kind: Kind
    number: int
    content: Content
    in_force_from: date | None = None
    row: RuleTableVersion | None = None

    @property
    def status(self) -> RuleSetStatus:
        return RuleSetStatus.ACTIVE if self.row is None else RuleSetStatus(self.row.status)

    @property
    def table(self) -> Any:
        return _read(self.kind.key, self.number, json.dumps(self.content, ensure_ascii=False, sort_keys=True))


@dataclass(frozen=True)
class Tables:
    """All that hold or will hold. own: by key, the office's versions in the order of their days."""

    own: Mapping[str, Sequence[KnownTable]]

    def known(self, key: str, day: date) -> KnownTable:
        """The version of that day."""
        begun = [known for known in self.own.get(key, ()) if known.in_force_from and known.in_force_from <= day]
        return begun[-1] if begun else shipped(key)

    def lights(self, day: date) -> LightPolicy:
        return cast(LightPolicy, self.known(LIGHTS, day).table)

    def pace(self, day: date) -> PacePolicy:
        return cast(PacePolicy, self.known(PACE, day).table)

    def assessment(self, year: int) -> KnownTable:
        """What held when the year began: points that were published later do not count for it."""
        return self.known(ASSESSMENT, date(year, 1, 1))

    def ladder(self, day: date) -> Ladder:
        return cast(Ladder, self.known(REMINDERS, day).table)

    @property
    def widest_yellow_days(self) -> int:
        """Of all versions: an open task may have been opened under any of them."""
        policies = [shipped(LIGHTS).table, *(known.table for known in self.own.get(LIGHTS, ()))]
        return max(policy.widest_days for policy in policies)


def in_force(connection: Connection | Session) -> Tables:
    """In one statement."""
    wanted = select(VERSION.c.key, VERSION.c.version, VERSION.c.content, VERSION.c.in_force_from)
    is_active = VERSION.c.status == RuleSetStatus.ACTIVE.value
    rows = connection.execute(wanted.where(is_active).order_by(VERSION.c.in_force_from, VERSION.c.version)).all()
    own: dict[str, list[KnownTable]] = {}
    for row in rows:
        own.setdefault(row.key, []).append(KnownTable(KINDS[row.key], row.version, row.content, row.in_force_from))
    return Tables(own)


def pace_of_year(tables: Tables, year: int, today: date) -> PacePolicy:
    """What held at the end of a year that is over, today's for the running one."""
    return tables.pace(min(today, date(year, 12, 31)))


@cache
def shipped(key: str) -> KnownTable:
    """The first version; the files do not change while the product runs."""
    kind = kind_of(key)
    if key == REMINDERS:
        content: Content = content_of(_file("policies/reminders.yaml"))
    elif key == ASSESSMENT:
        content = rule_table_assessment.content_of(_file("rules/assessment/yz-assessment.yaml"))
    else:
        content = _file(f"rules/lights/{key}.yaml")
    return KnownTable(kind, 1, content)


def kind_of(key: str) -> Kind:
    """Raises NotFound."""
    kind = KINDS.get(key)
    if kind is None:
        raise NotFound(NOT_FOUND)
    return kind


def version(session: Session, key: str, number: int) -> KnownTable:
    """One version, whatever its status. Raises NotFound."""
    if number == 1:
        return shipped(key)
    row = session.scalar(
        select(RuleTableVersion).where(
            RuleTableVersion.key == kind_of(key).key, RuleTableVersion.version == min(number, LARGEST_INT)
        )
    )
    if row is None:
        raise NotFound(NOT_FOUND)
    return known_of(row)


def versions(session: Session, key: str) -> list[KnownTable]:
    """All of one table, the latest first. Raises NotFound."""
    first = shipped(key)
    rows = session.scalars(
        select(RuleTableVersion).where(RuleTableVersion.key == key).order_by(RuleTableVersion.id.desc())
    )
    return [*map(known_of, rows), first]


def known_of(row: RuleTableVersion) -> KnownTable:
    return KnownTable(KINDS[row.key], row.version, row.content, row.in_force_from, row)


def _file(path: str) -> dict[str, Any]:
    return cast(dict[str, Any], yaml.safe_load((ROOT / path).read_text("utf-8")))


@lru_cache(maxsize=64)
def _read(key: str, number: int, content: str) -> Any:
    """Read again only when it is another content."""
    return KINDS[key].table(json.loads(content), number)

"""Which units have become one: what was merged, and whoever followed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from app.db import table_of
from app.models.organization import Unit
from app.prepared import Prepared

UNIT = table_of(Unit)
MERGED = Prepared(select(UNIT.c.id, UNIT.c.successor_id).where(UNIT.c.successor_id.is_not(None)))


@dataclass(frozen=True)
class Mergers:
    """after: each merged unit -> the one that followed it."""

    after: Mapping[str, str] = field(default_factory=dict)

    def present(self, unit_id: str) -> str:
        """The unit that is there now: itself, or whoever followed it at last."""
        seen = {unit_id}
        while (following := self.after.get(unit_id)) and following not in seen:
            seen.add(following)
            unit_id = following
        return unit_id

    def one_with(self, unit_ids: Iterable[str]) -> frozenset[str]:
        """These units, and all that are one unit with any of them by now."""
        known = frozenset(unit_ids)
        present = {self.present(unit_id) for unit_id in known}
        return known | present | {unit_id for unit_id in self.after if self.present(unit_id) in present}

    def bar(self, task: Any, unit_id: str) -> bool:
        """The own-item rule: nobody reviews what is about her own unit, or about one that it has become one with.

        task: a row of UserTask. unit_id: of the person.
        """
        return task.has_own_item_rule and self.present(unit_id) == self.present(task.subject_unit_id)


def mergers(connection: Connection) -> Mergers:
    return Mergers({row.id: row.successor_id for row in MERGED.all(connection)})

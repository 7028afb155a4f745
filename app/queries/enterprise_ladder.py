"""培育梯度: how many enterprises stand on which rung, by locality and by chain; each number opens to its list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import Session

from app.models.enterprise import Enterprise, Title
from app.queries.enterprise_sight import Scope
from app.terms import TitleLevel, TitleStatus

Counts = dict[str, int]


@dataclass(frozen=True)
class Row:
    """key: id of a locality or name of a chain. files: enterprises in all; library: in the upgrading library.

    held: level -> how many hold a title of it that is in force.
    """

    key: str
    files: int = 0
    library: int = 0
    held: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Ladder:
    """The whole, and its parts; chains by number of files, the largest first."""

    total: Row
    localities: Sequence[Row]
    chains: Sequence[Row]


def ladder(session: Session, scope: Scope) -> Ladder:
    """Two statements, each grouped by locality and chain."""
    files: dict[tuple[str, str], tuple[int, int]] = {
        (row.locality_id, row.chain): (row.files, row.library) for row in session.execute(_files(scope))
    }
    held: defaultdict[tuple[str, str], Counts] = defaultdict(dict)
    for row in session.execute(_held(scope)):
        held[row.locality_id, row.chain][row.level] = row.holders
    cells = [Row("", *files[key], held[key]) for key in files]
    keys = list(files)
    return Ladder(
        total=_sum("", cells),
        localities=_by([key[0] for key in keys], cells),
        chains=sorted(_by([key[1] for key in keys], cells), key=lambda row: (-row.files, row.key)),
    )


def _files(scope: Scope) -> Select[str, str, int, int]:
    columns = (Enterprise.locality_id, Enterprise.chain)
    counts = (func.count().label("files"), func.count(Enterprise.library_since).label("library"))
    return select(*columns, *counts).where(scope.visible).group_by(*columns)


def _held(scope: Scope) -> Select[str, str, str, int]:
    """Whoever holds a title is on the shared list, so nobody need be asked for it."""
    columns = (Enterprise.locality_id, Enterprise.chain, Title.level)
    return (
        select(*columns, func.count(Title.enterprise_id.distinct()).label("holders"))
        .select_from(Enterprise)
        .join(Title, Title.enterprise_id == Enterprise.id)
        .where(Title.status == TitleStatus.VALID.value, true() if scope.shares else scope.whole)
        .group_by(*columns)
    )


def _by(keys: Sequence[str], cells: Sequence[Row]) -> list[Row]:
    parts: defaultdict[str, list[Row]] = defaultdict(list)
    for key, cell in zip(keys, cells, strict=True):
        parts[key].append(cell)
    return [_sum(key, rows) for key, rows in parts.items()]


def _sum(key: str, rows: Sequence[Row]) -> Row:
    held = {level.value: sum(row.held.get(level, 0) for row in rows) for level in TitleLevel}
    return Row(key, sum(row.files for row in rows), sum(row.library for row in rows), held)

"""Parts and indicators of a rule set, read from plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from app.duties.recognition.inputs import INPUTS
from app.duties.recognition.measures import MEASURES
from app.duties.recognition.reading_conditions import Inherited, check_unit, read_condition, read_conditions
from app.duties.recognition.rows import Row
from app.duties.recognition.vocabulary import (
    Band,
    Bands,
    Entered,
    Indicator,
    Items,
    Part,
    Rung,
    Rungs,
    Scale,
    Steps,
)


def read_parts(row: Row, inherited: Inherited) -> tuple[Part, ...]:
    return tuple(_part(each, inherited) for each in row.rows("parts", required=False))


def _part(row: Row, inherited: Inherited) -> Part:
    indicators = tuple(_indicator(each, inherited) for each in row.rows("indicators"))
    local = _local(row, len(indicators)) if row.has("local") else None
    part = Part(row.identity(), row.text("name"), row.whole("max", 1), indicators, local)
    if sum(each.max for each in indicators) != part.max:
        row.refuse("max", "应等于所列各项指标满分之和")
    row.close()
    return part


def _local(row: Row, count: int) -> tuple[int, int]:
    asked = row.row("local")
    least, most = asked.whole("at_least", 1), asked.whole("at_most", 1)
    asked.close()
    if not least <= count <= most:
        row.refuse("indicators", f"地方特色指标应为{least}至{most}个")
    return least, most


def _indicator(row: Row, inherited: Inherited) -> Indicator:
    origin = inherited.of(row)
    most = row.whole("max", 1)
    indicator = Indicator(
        row.identity(), row.text("name"), most, origin.source, origin.verified, _scale(row, origin, most)
    )
    row.close()
    return indicator


def _scale(row: Row, origin: Inherited, most: int) -> Scale:
    kinds = [kind for kind in READERS if row.has(kind)]
    if len(kinds) == 1:
        return READERS[kinds[0]](row, origin, most)
    row.refuse("", f"应有且只有 {'、'.join(READERS)} 之一")
    return Entered("")


def _bands(row: Row, _: Inherited, most: int) -> Scale:
    measure = row.known("measure", MEASURES)
    check_unit(row, measure)
    bands = tuple(_band(each) for each in row.rows("bands"))
    _check_order(row, "bands", [band.points for band in bands], most)
    _check_borders(row, bands)
    return Bands(measure, row.text("unit"), bands)


def _band(row: Row) -> Band:
    band = Band(row.whole("points", 0), row.number("at_least"), row.number("at_most"))
    if (band.at_least is None) is (band.at_most is None):
        row.refuse("at_least", "at_least 和 at_most 应有且只有一个")
    row.close()
    return band


def _check_order(row: Row, field: str, points: list[int], most: int) -> None:
    if any(after >= before for before, after in pairwise(points)):
        row.refuse(field, "应按分值从高到低排列")
    if points and points[0] > most:
        row.refuse(field, f"分值不得超过满分{most}分")


def _check_borders(row: Row, bands: tuple[Band, ...]) -> None:
    """All bands look the same way, and fewer points never ask for more."""
    lower = [band.at_least for band in bands if band.at_least is not None]
    upper = [band.at_most for band in bands if band.at_most is not None]
    if lower and upper:
        row.refuse("bands", "各档应同为 at_least 或同为 at_most")
    elif lower != sorted(set(lower), reverse=True) or upper != sorted(set(upper)):
        row.refuse("bands", "各档界限应依次放宽，不得相同")


def _rungs(row: Row, origin: Inherited, most: int) -> Scale:
    rungs = tuple(_rung(each, origin) for each in row.rows("rungs"))
    otherwise = row.whole("otherwise", 0, default=0)
    _check_order(row, "rungs", [*(rung.points for rung in rungs), *([otherwise] if otherwise else [])], most)
    return Rungs(rungs, otherwise)


def _rung(row: Row, origin: Inherited) -> Rung:
    rung = Rung(row.whole("points", 0), read_condition(row.row("condition"), origin))
    row.close()
    return rung


def _steps(row: Row, _: Inherited, most: int) -> Scale:
    measure = row.known("measure", MEASURES)
    check_unit(row, measure)
    asked = row.row("steps")
    steps = Steps(measure, row.text("unit"), asked.whole("every", 1), asked.whole("points_each", 1))
    asked.close()
    return steps


def _items(row: Row, origin: Inherited, most: int) -> Scale:
    return Items(read_conditions(row, "items", origin), row.whole("points_each", 1))


def _entered(row: Row, _: Inherited, most: int) -> Scale:
    return Entered(row.known("given", tuple(key for key, each in INPUTS.items() if each.unit == "分")))


READERS: Mapping[str, Callable[[Row, Inherited, int], Scale]] = {
    "bands": _bands,
    "rungs": _rungs,
    "steps": _steps,
    "items": _items,
    "given": _entered,
}

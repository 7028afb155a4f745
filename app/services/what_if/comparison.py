"""What differs between the untouched copy and the changed one, counted by unit, grouped and explained. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.duties.lights import chinese_date, distance_text
from app.services.what_if.outlook import Key, Seen
from app.terms import Light
from app.workdays import Calendar

MOST_TITLES = 100  # that a group lists
OF_A_GROUP = ("duty", "step", "before", "after", "why")
ORDER = (Light.RED, Light.YELLOW, Light.GREEN, Light.GREY)


def compare(before: Mapping[Key, Seen], after: Mapping[Key, Seen], day: date, calendar: Calendar) -> dict[str, Any]:
    """As plain JSON: units with their lights before and after, what differs in groups, and how much there was."""
    changed = [key for key in before.keys() | after.keys() if _differs(before.get(key), after.get(key))]
    groups = _groups(_line(before.get(key), after.get(key), day, calendar) for key in changed)
    moved_only = sum(
        1 for key in before.keys() & after.keys() if before[key].due_on != after[key].due_on and key not in set(changed)
    )
    return {
        "total": {"before": len(before), "after": len(after)},
        "lights": {"before": _lights(before), "after": _lights(after)},
        "units": _units(before, after),
        "groups": groups,
        "count": len(changed),
        "moved_only": moved_only,
    }


def _groups(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines of one step with the same lights for the same reason stand together, the worst first."""
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        found[tuple(line[name] for name in OF_A_GROUP)].append(line)
    groups = [
        dict(zip(OF_A_GROUP, key, strict=True))
        | {
            "count": len(own),
            "units": Counter(line["unit"] for line in own).most_common(),
            "titles": sorted(line["title"] for line in own)[:MOST_TITLES],
        }
        for key, own in found.items()
    ]
    return sorted(groups, key=lambda group: (_rank(group["after"]), _rank(group["before"]), -group["count"]))


def _rank(light: str | None) -> int:
    return [*ORDER, None].index(Light(light) if light else None)


def _differs(before: Seen | None, after: Seen | None) -> bool:
    if before is None or after is None:
        return before is not after
    return (before.light, before.unit_id) != (after.light, after.unit_id)


def _lights(seen: Mapping[Key, Seen]) -> dict[str, int]:
    counted = Counter(one.light.value for one in seen.values())
    return {light.value: counted[light.value] for light in ORDER}


def _units(before: Mapping[Key, Seen], after: Mapping[Key, Seen]) -> list[dict[str, Any]]:
    """Units whose lights are not the same, the one with most red first."""
    names = {one.unit_id: one.unit for one in (*before.values(), *after.values())}
    rows = []
    for unit_id, name in names.items():
        sides = [{key: one for key, one in side.items() if one.unit_id == unit_id} for side in (before, after)]
        lights = [_lights(side) for side in sides]
        if lights[0] != lights[1]:
            rows.append({"unit": name, "before": lights[0], "after": lights[1]})
    return sorted(rows, key=lambda row: (-row["after"][Light.RED.value], row["unit"]))


def _line(before: Seen | None, after: Seen | None, day: date, calendar: Calendar) -> dict[str, Any]:
    shown = after or before
    assert shown is not None
    return {
        "unit": shown.unit,
        "duty": shown.duty,
        "title": shown.title,
        "step": shown.step,
        "before": before.light.value if before else None,
        "after": after.light.value if after else None,
        "why": _why(before, after, day, calendar),
    }


def _why(before: Seen | None, after: Seen | None, day: date, calendar: Calendar) -> str:
    if before is None and after is not None:
        return f"不调整的，到这一天没有这一步；调整后在办，{_due(after, day, calendar)}。"
    if after is None and before is not None:
        return f"调整后，到这一天没有这一步；不调整的在办，{_due(before, day, calendar)}。"
    assert before is not None
    assert after is not None
    parts = []
    if before.unit_id != after.unit_id:
        parts.append(f"责任单位由{before.unit}改为{after.unit}")
    if before.due_on != after.due_on:
        parts.append(f"办理时限由{_day(before.due_on)}改为{_day(after.due_on)}")
    if not parts:
        parts.append("时限和单位未变，因流程走向不同")
    return f"{'，'.join(parts)}；{_due(after, day, calendar)}。"


def _due(seen: Seen, day: date, calendar: Calendar) -> str:
    if seen.due_on is None:
        return "没有办理时限"
    return f"到{chinese_date(day)}，{distance_text(day, seen.due_on, calendar)}"


def _day(day: date | None) -> str:
    return chinese_date(day) if day else "无时限"

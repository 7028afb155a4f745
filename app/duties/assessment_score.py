"""What one unit's year comes to: parts from items, events added, each point with its cause. A pure function of inputs.

Inputs are plain JSON, stored with the score; numbers are text, so that they read the same everywhere:

    tasks        {no, key, title, due_on, done_on, late_days, after_order}: done_on None where it was never done
    completions  {no, key, kind, title, value, target} for figures, {no, key, kind, title, state} for the others
    qualities    {no, key, title, level, second_returns}
    events       {no, key, kind, title} with the points of the rules, or {…, points} as somebody set them

Every item may have a `correction` {verdict, credit?, late_days?}: what an appeal found; what stood before stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor
from typing import Any

from app.duties.assessment_rules import EVENTS, LEVELS, PARTS, STATES, WHOLE, Rules
from app.duties.quantity import plain, to_decimal

Item = Mapping[str, Any]
Inputs = Mapping[str, Any]

LISTS: Mapping[str, str] = {"tasks": "timeliness", "completions": "completion", "qualities": "quality"}
FIGURES = ("indicator", "figure")
FULL, NOTHING = Fraction(1), Fraction(0)
TENTH, HUNDREDTH = Decimal("0.1"), Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """One item's share: credit from 0 to 1, points of the total it brought, points it could have brought."""

    no: int
    part: str
    credit: Fraction
    points: Fraction
    most: Fraction
    cause: str

    @property
    def lost(self) -> Fraction:
        return self.most - self.points


@dataclass(frozen=True)
class Score:
    """parts: points by part, without those that have no items. total: None where nothing can be judged."""

    parts: Mapping[str, Fraction]
    events: Fraction
    lines: Sequence[Line]
    total: Decimal | None
    is_falsified: bool


def score(inputs: Inputs, rules: Rules) -> Score:
    """The whole year of one unit by one version of the rules."""
    items = {part: list(inputs.get(name, ())) for name, part in LISTS.items()}
    present = [part for part in PARTS if items[part] and rules.weights[part]]
    whole = sum((rules.weights[part] for part in present), NOTHING)
    lines: list[Line] = []
    parts: dict[str, Fraction] = {}
    for part in present:
        scale = rules.weights[part] * WHOLE / whole
        made = _part(part, items[part], rules, scale)
        taken = _returns(items[part], rules) * WHOLE / whole if part == "quality" else NOTHING
        parts[part] = max(sum((line.points for line in made), NOTHING) - taken, NOTHING)
        lines += made
    event_lines = [event_line(row, rules) for row in inputs.get("events", ())]
    events = _clamped(sum((line.points for line in event_lines), NOTHING), rules.most_events)
    total = rounded(min(max(sum(parts.values()) + events, NOTHING), Fraction(WHOLE))) if present else None
    is_falsified = any(row["kind"] == "falsified" and not _is_cancelled(row) for row in inputs.get("events", ()))
    return Score(parts, events, [*lines, *event_lines], total, is_falsified)


def _part(part: str, items: Sequence[Item], rules: Rules, scale: Fraction) -> list[Line]:
    weights = [_weight(part, row, rules) for row in items]
    whole = sum(weights, NOTHING) or FULL
    made = []
    for row, weight in zip(items, weights, strict=True):
        credit, most = credit_of(part, row, rules), scale * weight / whole
        made.append(Line(row["no"], part, credit, credit * most, most, cause_of(part, row, rules)))
    return made


def _weight(part: str, row: Item, rules: Rules) -> Fraction:
    return rules.completion[row["kind"]] if part == "completion" else FULL


def _returns(items: Sequence[Item], rules: Rules) -> Fraction:
    return rules.second_return * sum(int(row.get("second_returns", 0)) for row in items)


def credit_of(part: str, row: Item, rules: Rules) -> Fraction:
    """From 0 to 1; what an appeal corrected goes first."""
    correction = row.get("correction") or {}
    if correction.get("credit") is not None:
        return Fraction(str(correction["credit"]))
    if part == "timeliness":
        return timely_credit(row, rules)
    if part == "quality":
        return rules.levels[row["level"]]
    if row["kind"] in FIGURES:
        return ratio_of(row)
    return rules.states.get(row.get("state", ""), NOTHING)


def timely_credit(row: Item, rules: Rules) -> Fraction:
    """In time 1, a share less for each working day late; done only after an order at most so much; never done 0."""
    if row.get("done_on") is None:
        return NOTHING
    late = late_days_of(row)
    credit = max(FULL - rules.late_day * max(late, 0), NOTHING)
    return min(credit, rules.after_order) if row.get("after_order") else credit


def late_days_of(row: Item) -> int:
    """Working days after its day; what an appeal corrected goes first."""
    corrected: Item = row.get("correction") or {}
    return int(corrected["late_days"] if "late_days" in corrected else row["late_days"])


def ratio_of(row: Item) -> Fraction:
    """Of a figure to its target, at most 1; without a figure 0, without a target what was reached counts."""
    if row.get("value") is None:
        return NOTHING
    target = Fraction(str(row.get("target") or 0))
    value = Fraction(str(row["value"]))
    return FULL if target <= 0 else min(max(value / target, NOTHING), FULL)


def event_line(row: Item, rules: Rules) -> Line:
    """What an event adds or takes; an appeal may cancel a share of it."""
    points = rules.events.get(row["kind"], NOTHING)
    if row.get("points") is not None and row["kind"] != "falsified":
        points = _clamped(Fraction(str(row["points"])), rules.most_manual)
    cancelled = Fraction(str((row.get("correction") or {}).get("credit", 0)))
    left = points * (FULL - cancelled)
    word = row.get("cause") or EVENTS.get(row["kind"], row["title"])
    return Line(row["no"], "events", cancelled, left, max(points, NOTHING), _corrected(row, word))


def _is_cancelled(row: Item) -> bool:
    return Fraction(str((row.get("correction") or {}).get("credit", 0))) == FULL


def cause_of(part: str, row: Item, rules: Rules) -> str:
    """Why the item brought what it brought, in words for its unit."""
    words = {"timeliness": _timely_cause, "completion": _completion_cause, "quality": _quality_cause}
    return _corrected(row, words[part](row, rules))


def _timely_cause(row: Item, rules: Rules) -> str:
    if row.get("done_on") is None:
        return "至考核截止未办结"
    late = late_days_of(row)
    if row.get("after_order"):
        return f"督办后办结，至多按{percent(rules.after_order)}计"
    return f"逾期{late}个工作日，扣{percent(min(rules.late_day * late, FULL))}" if late > 0 else "按期办结"


def _completion_cause(row: Item, rules: Rules) -> str:
    missing = "（无核实数据）" if row.get("is_missing") else "（按最近一次核实值）" if row.get("is_stale") else ""
    if row["kind"] not in FIGURES:
        return STATES.get(row.get("state", ""), "未报送进展") + missing
    value = "—" if row.get("value") is None else plain(to_decimal(str(row["value"])))
    target = "—" if row.get("target") is None else plain(to_decimal(str(row["target"])))
    return f"完成{value}，目标{target}，完成率{percent(ratio_of(row))}{missing}"


def _quality_cause(row: Item, rules: Rules) -> str:
    times = int(row.get("second_returns", 0))
    taken = f"，二次退回扣{plain(decimal(rules.second_return * times))}分" if times else ""
    return f"质量等次{LEVELS[row['level']]}{taken}"


def _corrected(row: Item, text: str) -> str:
    return f"{text}（经申诉更正）" if row.get("correction") else text


def _clamped(value: Fraction, most: Fraction) -> Fraction:
    return min(max(value, -most), most)


def rounded(value: Fraction) -> Decimal:
    """To 0.1, half up, once and at the end; in whole numbers, so that no digit is lost before."""
    return Decimal(floor(value * 10 + Fraction(1, 2))) / 10


def shown(value: Fraction) -> str:
    """Points as a table shows them: at most two places."""
    return plain(decimal(value).quantize(HUNDREDTH, ROUND_HALF_UP))


def decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def percent(value: Fraction) -> str:
    return f"{plain((decimal(value) * 100).quantize(TENTH, ROUND_HALF_UP))}%"

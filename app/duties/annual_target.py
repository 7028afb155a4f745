"""The rules of 年度目标设定 (P25, annex 1): what a year's target should be, and whether it can stand.

The face `DUTY` at the end gathers the rules with the checks of the forms and the deadlines. All of them take `facts`,
plain rows that the services supply; a rule reads only the keys it needs.

    today, opened_on    date; opened_on is the day on which the task was opened or the timer began to wait
    calendar            workdays.Calendar
    year, first_year, last_year     int; the year that is set, and the span of the plan
    package_kind        "yearly" | "adopted" | "adjustment"
    revision            int; how often items of the package were reopened, 0 in the first collection
    round               int; how often an objection was collected, so 1 at the first answer
    is_returned         bool; the proposal came back from the head or from the reviewer
    indicator           {no, name, unit, kind: "newly_added" | "period_end", comparator, total, first_year_value,
                        floor, precision}; floor is `yearly_floor` of the indicator's commitments, or None
    done, last_actual   Decimal; sum of the closed years, and last year's figure (None before the first one)
    suggested           Decimal; `suggested_target`
    discrepancies       open rows {id, kind, name, indicators: [no], text, annex, leads: [unit ids]}; `text` and `annex`
                        are the two quotations in Chinese, `leads` the two candidates of a row of the kind "lead"
    items               rows of the package {no, name, unit, kind, total, done, target, left, floor}; `left` is
                        `coverage`'s; `settle_breakdown` also needs `short`, the item's `shortfall`
    localities          unit ids in the plan's order
    must_cover          bool; a breakdown below the city's target is then refused, otherwise it is only a warning

A number in facts or answers may be Decimal, int or text. Rows of a form are matched with `items` by `no`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from app.duties.annual_target_checks import check
from app.duties.annual_target_dates import DEADLINES, due_on
from app.duties.duty import Duty
from app.duties.quantity import in_words, is_ratio, plain, round_up, to_decimal
from app.errors import RuleViolation

Kind = Literal["newly_added", "period_end"]
Status = Literal["covered", "on_path", "back_loaded", "gap"]
Method = Literal["by_weight", "by_stock", "undivided"]

ZERO = Decimal(0)
BACK_LOAD_LIMIT = Decimal("1.2")  # PP: later years may ask for a fifth more than this one before we call it a delay
LEAST_DIVIDED_TARGET = 10  # PP: smaller counts would leave most localities with nothing
LAST_ANSWER_ROUND = 2


@dataclass(frozen=True)
class Coverage:
    """left: what later years must still bring, negative when overfulfilled; per_year: the same for each of them."""

    left: Decimal
    per_year: Decimal
    status: Status


@dataclass(frozen=True)
class Conflict:
    """One thing of the plan that the office must settle; `source` is X01 to X31, or `floor` for a commitment."""

    source: str
    indicators: tuple[int, ...]
    text: str


def remaining(total: Decimal, done: Decimal) -> Decimal:
    """What is left of the plan's total; `done` is the sum of accepted figures (实际) of closed years."""
    return max(ZERO, total - done)


def yearly_floor(commitments: Sequence[Mapping[str, Any]]) -> Decimal | None:
    """The largest yearly minimum the plan's text promises (T01-2, T14), or None.

    commitments: the task's rows {value, kind, comparator} that name the indicator.
    """
    yearly = [row for row in commitments if row["kind"] == "annual" and row["comparator"] in ("gt", "gte")]
    return max((to_decimal(row["value"]) for row in yearly), default=None)


def suggested_target(
    kind: Kind,
    total: Decimal,
    first_year_value: Decimal,
    floor: Decimal | None,
    year: int,
    first: int,
    last: int,
    done: Decimal,
    last_actual: Decimal | None,
    precision: int = 0,
) -> Decimal:
    """The value the form starts with: the plan's own for its first year, then an even split of what is left.

    Raises RuleViolation("year") outside the plan's years, and RuleViolation("baseline") when a period-end indicator
    has no figure of last year to start from.
    Source: annex 1 with its note on 新增值 and 期末值; the even split is PP.
    """
    if not first <= year <= last:
        raise RuleViolation("year", "该年度不在计划期内")
    if year == first:
        return first_year_value
    years = last - year + 1
    if kind == "newly_added":
        return max(floor or ZERO, _share(remaining(total, done), years, precision))
    if last_actual is None:
        raise RuleViolation("baseline", "缺少上年期末实际数，请先补录")
    if last_actual >= total:
        return total
    step = Fraction(total - last_actual) / years
    return _round_fraction_up(Fraction(last_actual) + step, precision)


def suggestion_note(kind: Kind, total: Decimal, done: Decimal) -> str:
    """A word beside the suggestion, empty as a rule; done may exceed the total."""
    return "已提前完成三年目标" if kind == "newly_added" and done >= total else ""


def even_quarters(value: Decimal, precision: int = 0) -> tuple[Decimal, ...]:
    """Four quarters that sum to the value exactly; the earlier ones carry the odd units."""
    unit = Decimal(1).scaleb(-precision)
    units = int(round_up(value, precision) / unit)
    return tuple(Decimal(units // 4 + (index < units % 4)) * unit for index in range(4))


def coverage(total: Decimal, done: Decimal, target: Decimal, year: int, last: int) -> Coverage:
    """Whether the plan's total stays within reach with this year's target.

    For a period-end indicator give last year's figure as `done` and the increase as `target`.
    Raises RuleViolation("year") after the plan's end.
    """
    if year > last:
        raise RuleViolation("year", "该年度不在计划期内")
    left = total - done - target
    if left <= 0:
        return Coverage(left, ZERO, "covered")
    if year == last:
        return Coverage(left, ZERO, "gap")
    status: Status = "on_path" if left <= BACK_LOAD_LIMIT * target * (last - year) else "back_loaded"
    return Coverage(left, _share(left, last - year, 2), status)


def proposed_method(kind: Kind, unit: str, name: str, target: Decimal) -> Method:
    """Only newly added counts of 10 and more are divided among the localities (PP)."""
    is_divided = kind == "newly_added" and not is_ratio(unit, name) and target >= LEAST_DIVIDED_TARGET
    return "by_weight" if is_divided else "undivided"


def breakdown(target: Decimal | int, weights: Mapping[str, Decimal | int], minimum: int = 0) -> dict[str, int]:
    """The city's target divided among localities: the minimum each, the rest by largest remainder.

    weights: unit id -> weight in the plan's order of units, which breaks a tie after the larger weight. A weight of 0
    means that the locality no longer takes part; it gets nothing, not even the minimum.
    Counts only: for a ratio see `same_for_all`. Raises RuleViolation when the target cannot be divided.
    """
    active = {unit: Fraction(weight) for unit, weight in weights.items() if weight > 0}
    rest = _rest_to_divide(Decimal(target), len(active), minimum)
    whole = sum(active.values(), Fraction(0))
    exact = {unit: rest * weight / whole for unit, weight in active.items()}
    shares = {unit: minimum + int(share) for unit, share in exact.items()}
    missing = rest - sum(int(share) for share in exact.values())
    # sorted() is stable, so the order of units breaks the last tie
    by_remainder = sorted(active, key=lambda unit: (int(exact[unit]) - exact[unit], -active[unit]))
    for unit in by_remainder[:missing]:
        shares[unit] += 1
    return {unit: shares.get(unit, 0) for unit in weights}


def same_for_all(target: Decimal, localities: Sequence[str]) -> dict[str, Decimal]:
    """A ratio is not divided: every locality is held to the city's value."""
    return dict.fromkeys(localities, target)


def shortfall(target: Decimal, cells: Mapping[str, Any]) -> Decimal:
    """By how much the localities' figures together miss the city's target; never negative."""
    return max(ZERO, target - sum((to_decimal(cell) for cell in cells.values()), ZERO))


def plan_conflicts(package: Mapping[str, Any]) -> list[Conflict]:
    """What of the plan contradicts itself or the package, in the plan's order: open X rows, then broken commitments.

    package: facts with `discrepancies` (the unsettled ones) and `items`.
    """
    unsettled = [_unsettled(row) for row in package["discrepancies"]]
    return unsettled + [_below_commitment(item) for item in package["items"] if _is_below_commitment(item)]


def outcomes_offered(element_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes the form may offer, in its order; empty for a form without a choice.

    A second round of objections is not answered by another proposal, which would be countersigned again: the lead
    yields in part, is agreed with, or the office decides.
    """
    outcomes = OUTCOMES.get(element_id, ())
    if element_id == "answer_objection" and facts["round"] >= LAST_ANSWER_ROUND:
        return tuple(word for word in outcomes if word != "accepted")
    return outcomes


def _share(amount: Decimal, years: int, precision: int) -> Decimal:
    return _round_fraction_up(Fraction(amount) / years, precision)


def _round_fraction_up(value: Fraction, precision: int) -> Decimal:
    """Rounds a third exactly; a Decimal quotient such as 0.333… times 3 would fall short of its own total."""
    scale = 10**precision
    return Decimal(-(-value.numerator * scale // value.denominator)).scaleb(-precision)


def _rest_to_divide(target: Decimal, localities: int, minimum: int) -> int:
    if target != int(target) or target < 0:
        raise RuleViolation("target", "只有整数指标可以分解")
    if target and not localities:
        raise RuleViolation("weights", "没有可分解的属地，请先设定权重")
    if minimum * localities > target:
        lowest = plain(Decimal(minimum * localities))
        raise RuleViolation("minimum", f"各属地最低数合计{lowest}大于全市目标{plain(target)}，请调低最低数")
    return int(target) - minimum * localities


def _unsettled(row: Mapping[str, Any]) -> Conflict:
    text = f"{row['id']} {row['name']}：正文「{row['text']}」，附件1「{row['annex']}」，尚未确定以何为准"
    return Conflict(row["id"], tuple(row["indicators"]), text)


def _is_below_commitment(item: Mapping[str, Any]) -> bool:
    return item["floor"] is not None and to_decimal(item["target"]) < to_decimal(item["floor"])


def _below_commitment(item: Mapping[str, Any]) -> Conflict:
    target, floor = to_decimal(item["target"]), to_decimal(item["floor"])
    text = (
        f"第{item['no']}项{item['name']}：本年目标{in_words(target, item['unit'])}"
        f"低于计划规定的每年{in_words(floor, item['unit'])}"
    )
    return Conflict("floor", (item["no"],), text)


OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "sign_proposal": ("yes", "no"),
    "countersign_target": ("yes", "no"),
    "answer_objection": ("accepted", "partly", "withdrawn", "insist"),
    "review_package": ("submit", "return_items"),
    "sign_package": ("yes", "no"),
    "approve_package": ("approved", "approved_in_part", "rejected"),
    "sign_breakdown": ("yes", "no"),
    "issue_letters": ("yes",),
}

USER_TASKS = (
    "settle_basis",
    "propose_target",
    "sign_proposal",
    "countersign_target",
    "answer_objection",
    "decide_alone",
    "chase_proposals",
    "review_package",
    "sign_package",
    "approve_package",
    "confirm_breakdown",
    "answer_breakdown",
    "sign_breakdown",
    "decide_breakdown_objection",
    "settle_breakdown",
    "issue_letters",
)

DUTY = Duty(
    key="annual_target",
    name="年度目标设定",
    clause="P25",
    processes=("annual_target", "annual_target_indicator", "annual_target_locality"),
    forms={task: f"annual_target.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
    is_yearly=True,
)

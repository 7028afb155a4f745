"""Which light an indicator shows against the pace of its year, and the sentence that says why.

Newly added counts are held against a share of the year's target, period-end values against the straight way from last
year's value to the target. The thresholds are product proposals (PP) with a version.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Literal

from app.duties.lights import LIGHT_WORDS, Explanation
from app.duties.quantity import in_words, plain
from app.terms import Light

Kind = Literal["newly_added", "period_end"]

WORDS = {Light.BLUE: "达标", Light.GREEN: "正常", Light.YELLOW: "偏慢", Light.RED: "落后", Light.GREY: "未报"}

HOLDS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "gt": lambda done, target: done > target,
    "gte": lambda done, target: done >= target,
    "eq": lambda done, target: done >= target,  # a plan's bare number is a floor: more is better
    "approx": lambda done, target: done >= target,
    "range": lambda done, target: done >= target,  # the target is the lower end
}


@dataclass(frozen=True)
class PacePolicy:
    """How far behind its pace an indicator may be: points of the year's target, or a share of a period-end value.

    A target below `small_target` steps in wholes: its expected count is rounded down, and it shows no red light until
    more than `spared_until` of the pace lies behind (three quarters: before October).
    """

    slow_points: Decimal = Decimal(10)
    behind_points: Decimal = Decimal(25)
    slow_share: Decimal = Decimal("0.02")
    behind_share: Decimal = Decimal("0.10")
    small_target: Decimal = Decimal(10)
    spared_until: Decimal = Decimal("0.75")
    name: str = "指标进度灯色"
    version: str = "第1版"

    def lines(self, kind: Kind) -> tuple[Decimal, Decimal]:
        """From which deficit, as a share of the target, an indicator is slow and from which it is behind."""
        if kind == "newly_added":
            return self.slow_points / 100, self.behind_points / 100
        return self.slow_share, self.behind_share

    def row_text(self, kind: Kind) -> str:
        """What the rule says of this kind, in one sentence."""
        slow, behind = (_percent(line) for line in self.lines(kind))
        text = f"差目标值 {slow}以内为正常，{slow}至 {behind}为偏慢，{behind}及以上为落后"
        if kind == "period_end":
            return f"期末值：比序时应达{text}。"
        spared = f"目标不足 {plain(self.small_target)} 的，序时进度 {_percent(self.spared_until)}以前最多为偏慢"
        return f"新增值：比序时应达{text}；{spared}。"


DEFAULT_PACE = PacePolicy()


@dataclass(frozen=True)
class Standing:
    """Where an indicator stands in its year.

    done, target: in the indicator's unit; newly added since January, or the value now. done is None without a figure.
    pace_ratio: share of the year's way that should lie behind, 0 to 1; 1 means that the year has ended.
    base: a period-end indicator's value at the end of last year; without it the target is expected all year.
    span: what the target is of, in words; 计划 for all years of the plan together.
    """

    done: Decimal | None
    target: Decimal
    pace_ratio: Decimal
    kind: Kind
    comparator: str
    base: Decimal | None = None
    unit: str = ""
    policy: PacePolicy = DEFAULT_PACE
    span: str = "年度"

    @property
    def has_ended(self) -> bool:
        return self.pace_ratio >= 1

    @property
    def is_small(self) -> bool:
        return self.kind == "newly_added" and self.target < self.policy.small_target

    @property
    def expected(self) -> Decimal:
        """What should be reached by now: a share of the count, or a point on the way from last year's value."""
        if self.kind == "period_end":
            start = self.target if self.base is None else self.base
            return start + (self.target - start) * self.pace_ratio
        expected = self.target * self.pace_ratio
        return expected.quantize(Decimal(1), rounding=ROUND_DOWN) if self.is_small else expected

    @property
    def deficit(self) -> Decimal:
        """What is missing to the pace as a share of the target; negative when ahead, 0 for a target of 0."""
        return (self.expected - (self.done or 0)) / self.target if self.target else Decimal(0)

    @property
    def light(self) -> Light:
        if self.done is None:
            return Light.GREY
        if is_met(self.done, self.target, self.comparator):
            return Light.BLUE
        if self.has_ended:
            return Light.RED
        slow, behind = self.policy.lines(self.kind)
        if self.deficit < slow:
            return Light.GREEN
        is_spared = self.is_small and self.pace_ratio <= self.policy.spared_until
        return Light.YELLOW if self.deficit < behind or is_spared else Light.RED


def is_met(done: Decimal, target: Decimal, comparator: str) -> bool:
    """True when the comparator of the plan holds; «超过60%» is not met by 60.0."""
    return HOLDS[comparator](done, target)


def indicator_light(
    done: Decimal | None,
    target: Decimal,
    pace_ratio: Decimal,
    kind: Kind,
    comparator: str,
    *,
    base: Decimal | None = None,
    unit: str = "",
    policy: PacePolicy = DEFAULT_PACE,
    span: str = "年度",
) -> Explanation:
    """达标 blue, 正常 green, 偏慢 yellow, 落后 red, 未报 grey, with the reason; the arguments are those of Standing."""
    standing = Standing(done, target, pace_ratio, kind, comparator, base, unit, policy, span)
    goal = in_words(target, unit, comparator)
    return Explanation(
        light=standing.light,
        word=WORDS[standing.light],
        sentence=f"为什么是{LIGHT_WORDS[standing.light]}：{span}目标{goal}，{_reason(standing)}",
        rule=f"规则“{policy.name}”{policy.version}",
        inputs=(
            (f"{span}目标", goal),
            ("完成值", "未报" if done is None else f"{plain(done)}{unit}"),
            ("序时进度", _percent(pace_ratio)),
            ("序时应达", f"{_rounded(standing.expected, kind)}{unit}"),
        ),
        row=policy.row_text(kind),
    )


def without_target(policy: PacePolicy = DEFAULT_PACE) -> Explanation:
    """未报, where no target of the year is in force and nothing can be held against it."""
    return Explanation(
        light=Light.GREY,
        word=WORDS[Light.GREY],
        sentence=f"为什么是{LIGHT_WORDS[Light.GREY]}：年度目标尚未发布，不计进度。",
        rule=f"规则“{policy.name}”{policy.version}",
        inputs=(("年度目标", "尚未发布"),),
    )


def _reason(standing: Standing) -> str:
    if standing.done is None:
        return "尚无已核实的完成值。"
    done = f"完成值 {plain(standing.done)}{standing.unit}，"
    if standing.light is Light.BLUE:
        return f"{done}已达到{standing.span}目标。"
    if standing.has_ended:
        return f"{done}{standing.span}已结束，没有达到目标。"
    expected = f"{_rounded(standing.expected, standing.kind)}{standing.unit}"
    return f"{done}序时进度 {_percent(standing.pace_ratio)}，应达 {expected}，{_gap(standing)}"


def _gap(standing: Standing) -> str:
    if standing.deficit <= 0:
        return "不低于序时进度。"
    slow, behind = (_percent(line) for line in standing.policy.lines(standing.kind))
    return f"差目标值的 {_percent(standing.deficit)}（{slow}为偏慢，{behind}为落后）。"


def _percent(share: Decimal) -> str:
    return f"{plain((share * 100).quantize(Decimal('0.1')))}%"


def _rounded(value: Decimal, kind: Kind) -> str:
    """One decimal of a count, three of a ratio or mean, none where they are nought."""
    return plain(value.quantize(Decimal("0.1") if kind == "newly_added" else Decimal("0.001")))

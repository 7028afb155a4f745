"""The measures that thresholds and bands are held against, reckoned exactly: fractions, no root, nothing rounded.

A measure that cannot be reckoned (an input is missing, a divisor is not positive) has no value and so is not met.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from app.duties.recognition.evaluation import Given
from app.duties.recognition.facts import Facts

HUNDRED = Fraction(100)


@dataclass(frozen=True)
class Exact:
    """A number; or, with years over 1, the yearly rate in % that compounds to `ratio`, kept as the ratio itself."""

    number: Fraction
    years: int = 0

    def reaches(self, threshold: Fraction) -> bool:
        return self.number >= self._comparable(threshold)

    def stays_within(self, threshold: Fraction) -> bool:
        return self.number <= self._comparable(threshold)

    def decimal(self) -> Decimal:
        """For showing only; 60 digits, so that a value beside a border is not shown on it."""
        with localcontext() as context:
            context.prec = 60
            number = Decimal(self.number.numerator) / Decimal(self.number.denominator)
            return (number ** (Decimal(1) / self.years) - 1) * 100 if self.years else number

    def _comparable(self, threshold: Fraction) -> Fraction:
        """1.05 ** 2 instead of a root of the ratio, which no fraction could hold."""
        return (1 + threshold / HUNDRED) ** self.years if self.years else threshold


@dataclass(frozen=True)
class Measurement:
    """value: None where it cannot be reckoned; reason: then why, when no input is missing."""

    value: Exact | None
    inputs: tuple[Given, ...]
    reason: str = ""

    @property
    def missing(self) -> tuple[Given, ...]:
        return tuple(given for given in self.inputs if given.value is None)


@dataclass(frozen=True)
class Measure:
    """name and unit as shown. reckon: the facts, and how many years back (1 is last year)."""

    key: str
    name: str
    unit: str
    reckon: Callable[[Facts, int], Measurement]


def _figure(key: str) -> Callable[[Facts, int], Measurement]:
    def reckon(facts: Facts, back: int) -> Measurement:
        number, given = facts.number(key, back)
        return Measurement(None if number is None else Exact(number), (given,))

    return reckon


def _rank(key: str) -> Callable[[Facts, int], Measurement]:
    def reckon(facts: Facts, back: int) -> Measurement:
        measured = _figure(key)(facts, back)
        if measured.value is not None and measured.value.number < 1:
            return Measurement(None, measured.inputs, "排名应从第1名起")
        return measured

    return reckon


def _share(part: str, whole: str) -> Callable[[Facts, int], Measurement]:
    """part / whole in %."""

    def reckon(facts: Facts, back: int) -> Measurement:
        (above, first), (below, second) = facts.number(part, back), facts.number(whole, back)
        inputs = (first, second)
        if above is None or below is None:
            return Measurement(None, inputs)
        if below <= 0:
            return Measurement(None, inputs, f"{second.name}不大于0，无法计算")
        return Measurement(Exact(above / below * HUNDRED), inputs)

    return reckon


def _mean_growth(key: str, years: int) -> Callable[[Facts, int], Measurement]:
    """The arithmetic mean of so many yearly rates, in %."""

    def reckon(facts: Facts, back: int) -> Measurement:
        numbers, inputs = _series(facts, key, back, years + 1)
        if numbers is None:
            return Measurement(None, inputs)
        bases = numbers[1:]
        if any(base <= 0 for base in bases):
            return Measurement(None, inputs, "基期数值不大于0，无法计算增长率")
        rates = [(now / base - 1) * HUNDRED for now, base in zip(numbers, bases, strict=False)]
        return Measurement(Exact(sum(rates, Fraction(0)) / years), inputs)

    return reckon


def _compound_growth(key: str, years: int) -> Callable[[Facts, int], Measurement]:
    """The yearly rate that leads from the value of so many years before to this one."""

    def reckon(facts: Facts, back: int) -> Measurement:
        (now, first), (then, second) = facts.number(key, back), facts.number(key, back + years)
        inputs = (first, second)
        if now is None or then is None:
            return Measurement(None, inputs)
        if then <= 0 or now < 0:
            return Measurement(None, inputs, "基期数值不大于0，无法计算增长率")
        return Measurement(Exact(now / then, years), inputs)

    return reckon


def _series(facts: Facts, key: str, back: int, years: int) -> tuple[list[Fraction] | None, tuple[Given, ...]]:
    """The latest first; None when one is missing."""
    found = [facts.number(key, back + step) for step in range(years)]
    numbers = [number for number, _ in found if number is not None]
    return (numbers if len(numbers) == years else None), tuple(given for _, given in found)


_ALL = (
    Measure("revenue", "营业收入总额", "万元", _figure("revenue_wan")),
    Measure("main_revenue", "主营业务收入总额", "万元", _figure("main_revenue_wan")),
    Measure("main_share", "主营业务收入总额占营业收入总额比重", "%", _share("main_revenue_wan", "revenue_wan")),
    Measure("main_growth", "主营业务收入增长率", "%", _mean_growth("main_revenue_wan", 1)),
    Measure("main_growth_mean_2", "近2年主营业务收入平均增长率", "%", _mean_growth("main_revenue_wan", 2)),
    Measure("revenue_growth_compound_2", "近2年营业收入复合增长率", "%", _compound_growth("revenue_wan", 2)),
    Measure("debt_ratio", "资产负债率", "%", _share("liabilities_wan", "assets_wan")),
    Measure("net_margin", "净利润率", "%", _share("net_profit_wan", "revenue_wan")),
    Measure("rd_amount", "研发费用总额", "万元", _figure("rd_wan")),
    Measure("rd_ratio", "研发费用总额占营业收入总额比重", "%", _share("rd_wan", "revenue_wan")),
    Measure("rd_cost_ratio", "研发费用总额占成本费用支出总额比重", "%", _share("rd_wan", "cost_wan")),
    Measure("rd_staff_ratio", "研发人员占职工总数比重", "%", _share("rd_staff", "staff")),
    Measure("tech_staff_ratio", "科技人员占职工总数比重", "%", _share("tech_staff", "staff")),
    Measure("equity", "新增股权融资实缴额", "万元", _figure("equity_wan")),
    Measure("assets", "资产总额", "万元", _figure("assets_wan")),
    Measure("staff", "职工总数", "人", _figure("staff")),
    Measure("segment_years", "从事特定细分市场年限", "年", _figure("segment_years")),
    Measure("market_share", "主导产品全国细分市场占有率", "%", _figure("market_share_pct")),
    Measure("market_rank", "主导产品国内市场排名", "名", _rank("market_rank")),
    Measure("world_rank", "单项产品市场占有率全球排名", "名", _rank("world_rank")),
    Measure("platform_score", "发展评价得分", "分", _figure("platform_score")),
    Measure("digital_level", "数字化水平等级", "级", _figure("digital_level")),
    Measure("class1_ip", "Ⅰ类知识产权数量", "项", _figure("class1_ip")),
    Measure("class1_own_ip", "自主研发的Ⅰ类知识产权数量", "项", _figure("class1_own_ip")),
    Measure("class1_high_ip", "Ⅰ类高价值知识产权数量", "项", _figure("class1_high_ip")),
    Measure("class2_ip", "Ⅱ类知识产权数量", "项", _figure("class2_ip")),
)

MEASURES: Mapping[str, Measure] = {each.key: each for each in _ALL}

"""What a locality's plan must contain: a line for each measure of the city, its targets, days within the plan."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, is_empty, required_text
from app.duties.quantity import plain, to_decimal

LAST_RETURN_ROUND = 2
FEWEST_LINES = 9
LEAST_CONTENT, LEAST_GROUND, LEAST_GRADIENT, LEAST_TEXT = 20, 10, 50, 2
PARTS: Mapping[str, str] = {
    "figures": "本地目标",
    "lines": "任务措施",
    "policies": "配套政策",
    "organisation": "组织机制",
    "gradient": "梯度培育",
    "file": "正式文件",
}
FIELDS_OF: Mapping[str, tuple[str, ...]] = {
    "organisation": ("organisation", "head", "contact"),
    "file": ("file", "file_number"),
}
KEPT_IF_UNCHANGED = ("lines", "policies", "gradient")  # figures and persons are looked at every year


@dataclass(frozen=True)
class Cover:
    """How many measures of the city have a line or a stated reason why not; gaps: the numbers of those without."""

    covered: int
    asked: int
    gaps: tuple[int, ...]

    @property
    def is_whole(self) -> bool:
        return not self.gaps


def cover(lines: Iterable[Row], measures: Collection[int]) -> Cover:
    named = {int(row["measure_no"]) for row in lines if _is_answer(row)}
    gaps = tuple(number for number in sorted(measures) if number not in named)
    return Cover(len(measures) - len(gaps), len(measures), gaps)


def figure_ok(own: Decimal | None, given: Decimal) -> bool:
    """A locality may set itself more than it was given, never less."""
    return own is None or own >= given


def is_within(day: date, first_year: int, last_year: int) -> bool:
    return first_year <= day.year <= last_year


def unlocked_parts(points: Iterable[Row]) -> list[str]:
    """The parts that a return opens, in the order of the form."""
    named = {point["field"] for point in points}
    return [part for part in PARTS if part in named]


def fields_of(part: str) -> tuple[str, ...]:
    return FIELDS_OF.get(part, (part,))


def is_kept(answers: Row, facts: Row) -> bool:
    """A yearly edition that keeps the measures of the last one: only figures and persons are looked at."""
    return bool(answers.get("unchanged")) and not facts["is_first"]


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def _is_answer(row: Row) -> bool:
    least = LEAST_GROUND if row.get("is_not_concerned") else 1
    return len(str(row.get("content", "")).strip()) >= least


def _write_plan(answers: Row, facts: Row) -> Errors:
    if answers.get("unchanged") and facts["is_first"]:
        yield FieldError("unchanged", "首版方案没有可以沿用的上一版")
    yield from _figures(answers, facts)
    if not is_kept(answers, facts):
        yield from _lines(answers, facts)
        yield from required_text(answers, "gradient", LEAST_GRADIENT, "请填写梯度培育安排")
    yield from required_text(answers, "organisation", LEAST_TEXT, "请填写组织机制")
    for field, asked in (("head", "请填写分管负责人"), ("contact", "请填写联络员")):
        yield from required_text(answers, field, LEAST_TEXT, asked)
    if facts["is_first"]:
        if not answers.get("file"):
            yield FieldError("file", "首版方案请上传正式文件")
        yield from required_text(answers, "file_number", LEAST_TEXT, "请填写正式文件的文号")


def _figures(answers: Row, facts: Row) -> Errors:
    given = {row["no"]: row for row in facts["figures"]}
    for index, row in enumerate(answers.get("figures", ())):
        known = given.get(row["no"])
        if known is None or is_empty(row, "own"):
            continue
        own, target = to_decimal(row["own"]), to_decimal(known["target"])
        if not figure_ok(own, target):
            yield FieldError(f"figures.{index}.own", f"本地目标{plain(own)}低于市下达目标{plain(target)}")


def _lines(answers: Row, facts: Row) -> Errors:
    lines = answers.get("lines", ())
    if len(lines) < FEWEST_LINES:
        yield FieldError("lines", f"任务措施不少于{FEWEST_LINES}项")
    for index, row in enumerate(lines):
        yield from _line(row, f"lines.{index}", facts)
    if gaps := cover(lines, facts["measures"]).gaps:
        numbers = "、".join(map(str, gaps))
        yield FieldError("lines", f"第{numbers}项任务未安排措施，请填写或注明不涉及")
    days = [str(row.get("by", "")) for row in lines if not row.get("is_not_concerned")]
    if not any(day.startswith(f"{facts['year']}-") for day in days):
        yield FieldError("lines", "请至少安排一项本年完成的措施")


def _line(row: Row, at: str, facts: Row) -> Errors:
    if row["measure_no"] not in facts["measures"]:
        yield FieldError(f"{at}.measure_no", "没有这项市级任务")
    if row.get("is_not_concerned"):
        yield from required_text(row, "content", LEAST_GROUND, "不涉及的，请注明理由", at)
        return
    yield from required_text(row, "content", LEAST_CONTENT, "请填写本地措施", at)
    if is_empty(row, "unit"):
        yield FieldError(f"{at}.unit", "请填写责任单位")
    if is_empty(row, "by"):
        yield FieldError(f"{at}.by", "请填写完成时间")
    elif not is_within(date.fromisoformat(str(row["by"])), facts["first_year"], facts["last_year"]):
        yield FieldError(f"{at}.by", "完成时间须在计划期内")


def _review_plan(answers: Row, facts: Row) -> Errors:
    points = answers.get("return_points")
    if answers["outcome"] == "returned":
        if facts["round"] > LAST_RETURN_ROUND:
            yield FieldError("outcome", "已退回两次，不能再次退回，请写明保留意见后准予备案")
        elif not points:
            yield FieldError("return_points", "退回修改的，请逐项列明须修改的内容")
        return
    if points:
        yield FieldError("return_points", "已列明须修改的内容，请选择退回修改，或删除所列内容")
    if is_empty(answers, "quality_level"):
        yield FieldError("quality_level", "准予备案的，请评定质量等次")
    if facts["round"] > LAST_RETURN_ROUND:
        yield from required_text(answers, "opinion_text", LEAST_TEXT, "第三次审查的，请写明保留意见")


def _opinion(answers: Row, facts: Row) -> Errors:
    suggestions = answers.get("suggestions", ())
    if answers.get("none") and suggestions:
        yield FieldError("none", "已提出建议的，请不要勾选无意见")
    if not answers.get("none") and not suggestions:
        yield FieldError("suggestions", "请提出建议，没有建议的勾选无意见")
    for index, row in enumerate(suggestions):
        number = row.get("line_no")
        if number is not None and number not in facts["line_numbers"]:
            yield FieldError(f"suggestions.{index}.line_no", "方案中没有这项措施")


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "write_plan": _write_plan,
    "review_plan": _review_plan,
    "ask_departments_opinion": _opinion,
}

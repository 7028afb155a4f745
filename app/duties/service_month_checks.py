"""What the forms of 专精特新企业服务月 must satisfy beyond their JSON Schema: the sentence for each field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from app.duties.credit_code import TEXT as WRONG_CODE
from app.duties.credit_code import is_valid, normalised
from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, approval, is_empty, required_text
from app.duties.lights import chinese_date
from app.duties.service_month_calendar import Planned, codes_in, invited_at_once, is_time, same_place
from app.duties.service_month_counting import MOST_MOVES

SHORTEST_MONTH, LONGEST_MONTH = 14, 45  # days (PP)
SHORTEST_RESULT = 10


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def names_in(text: object) -> list[str]:
    """The units that a person names, one after the other."""
    return [word for word in re.split(r"[\s、，,；;]+", str(text or "").strip()) if word]


def _frame_month(answers: Row, facts: Row) -> Errors:
    from_on, to_on = date.fromisoformat(answers["from_on"]), date.fromisoformat(answers["to_on"])
    if from_on <= facts["today"]:
        yield FieldError("from_on", "服务月应在今天以后开始")
    if not SHORTEST_MONTH <= (to_on - from_on).days + 1 <= LONGEST_MONTH:
        yield FieldError("to_on", f"服务月历时应为{SHORTEST_MONTH}至{LONGEST_MONTH}天")
    if not sum(row.get("wanted") or 0 for row in answers["kinds"]):
        yield FieldError("kinds", "请填写各类活动的场次，合计至少一场")


def _offer_activities(answers: Row, facts: Row) -> Errors:
    rows = answers.get("rows") or ()
    if answers.get("none") and rows:
        yield FieldError("none", "已填写活动的，请取消勾选“无活动”")
    if not answers.get("none") and not rows:
        yield FieldError("rows", "请填写活动；没有活动的，请勾选“无活动”")
    for index, row in enumerate(rows):
        yield from _activity(f"rows.{index}", row, facts)


def _compose_month(answers: Row, facts: Row) -> Errors:
    kept = [(f"offers.{index}", row) for index, row in enumerate(answers["offers"]) if row.get("is_kept")]
    added = [(f"added.{index}", row) for index, row in enumerate(answers.get("added") or ())]
    if not kept and not added:
        yield FieldError("offers", "请至少列入一项活动")
    for at, row in (*kept, *added):
        yield from _activity(at, row, facts)
    for at, row in added:
        if facts["unit_named"](row["unit_name"]) is None:
            yield FieldError(f"{at}.unit_name", "没有找到该单位，请填写全称或简称")
    yield from _clashes([*kept, *added])
    yield from _without_activity(kept, added, facts)


def _activity(at: str, row: Row, facts: Row) -> Errors:
    month, day = facts["month"], date.fromisoformat(row["on_day"])
    if not month["from_on"] <= day <= month["to_on"]:
        span = f"{chinese_date(month['from_on'])}至{chinese_date(month['to_on'])}"
        yield FieldError(f"{at}.on_day", f"活动日期应在服务月内（{span}）")
    if any(not is_valid(code) for code in codes_in(row.get("firms"))):
        yield FieldError(f"{at}.firms", WRONG_CODE)
    for name in names_in(row.get("co_units")):
        if facts["unit_named"](name) is None:
            yield FieldError(f"{at}.co_units", f"没有找到单位“{name}”，请填写全称或简称")


def _clashes(rows: list[tuple[str, Row]]) -> Iterator[FieldError]:
    """Told, not forbidden: the office moves what must be moved."""
    planned = [
        Planned(no, date.fromisoformat(row["on_day"]), row["place"], codes_in(row.get("firms")))
        for no, (_, row) in enumerate(rows)
    ]
    for no, count in invited_at_once(planned).items():
        yield FieldError(f"{rows[no][0]}.firms", f"同一企业同日被邀请{count}场", "warning")
    for no in sorted(same_place(planned)):
        yield FieldError(f"{rows[no][0]}.place", "同一场地时间冲突", "warning")


def _without_activity(kept: list[tuple[str, Row]], added: list[tuple[str, Row]], facts: Row) -> Iterator[FieldError]:
    found = {facts["offers"].get(row["no"]) for _, row in kept} | {
        facts["unit_named"](row["unit_name"]) for _, row in added
    }
    missing = [name for unit, name in facts["localities"].items() if unit not in found]
    if missing:
        yield FieldError("offers", f"没有活动的属地：{'、'.join(missing)}", "warning")


def _approve_month(answers: Row, facts: Row) -> Errors:
    return approval(answers, facts["today"])


def _confirm_activity(answers: Row, facts: Row) -> Errors:
    day, month = date.fromisoformat(answers["on_day"]), facts["month"]
    if day < facts["today"]:
        yield FieldError("on_day", "活动日期不得早于今天")
    elif not month["from_on"] <= day <= month["to_on"]:
        yield FieldError("on_day", "活动日期不在服务月内", "warning")
    yield from _time(answers, "on_time")


def _report_activity(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "moved":
        yield from _moved(answers, facts)
    else:
        yield from _held(answers, facts)


def _moved(answers: Row, facts: Row) -> Errors:
    if facts["moves"] >= MOST_MOVES:
        yield FieldError("outcome", f"该活动已改期{MOST_MOVES}次，不能再改期；不能举行的，请取消活动")
        return
    if is_empty(answers, "new_day"):
        yield FieldError("new_day", "请填写新的日期")
    elif date.fromisoformat(answers["new_day"]) <= facts["today"]:
        yield FieldError("new_day", "新的日期应在今天以后")
    yield from _time(answers, "new_time")
    yield from required_text(answers, "moved_reason", 2, "请填写改期原因")


def _held(answers: Row, facts: Row) -> Errors:
    codes = codes_in(answers.get("firms"))
    if any(not is_valid(code) for code in codes):
        yield FieldError("firms", WRONG_CODE)
    if is_empty(answers, "firm_number"):
        yield FieldError("firm_number", "请填写到场企业数")
    elif answers["firm_number"] != len(codes):
        yield FieldError("firm_number", "到场企业数与名单不一致")
    if is_empty(answers, "people"):
        yield FieldError("people", "请填写参加人数")
    if not answers.get("scan"):
        yield FieldError("scan", "请上传签到表")
    if not answers.get("photos"):
        yield FieldError("photos", "请上传现场照片，1至9张")
    yield from required_text(answers, "result", SHORTEST_RESULT, "请填写主要成效")
    yield from _problems(answers, facts)


def _problems(answers: Row, facts: Row) -> Errors:
    rows = answers.get("problems") or ()
    known = facts["known"]([normalised(row["credit_code"]) for row in rows]) if rows else ()
    for index, row in enumerate(rows):
        code = normalised(row["credit_code"])
        if not is_valid(code):
            yield FieldError(f"problems.{index}.credit_code", WRONG_CODE)
        elif code not in known:
            yield FieldError(f"problems.{index}.credit_code", "没有找到该企业，请先请属地建立企业档案")


def _time(answers: Row, field: str) -> Errors:
    if not is_time(answers.get(field) or ""):
        yield FieldError(field, "请填写时间，例如 14:30")


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "frame_month": _frame_month,
    "offer_activities": _offer_activities,
    "compose_month": _compose_month,
    "approve_month": _approve_month,
    "confirm_activity": _confirm_activity,
    "report_activity": _report_activity,
}

"""What the forms of 运行监测 must satisfy beyond their JSON Schema.

A check answers with the sentence for each field; a field that the schema requires is taken as present and typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, is_empty, precise, required_text
from app.duties.lights import chinese_date
from app.duties.progress_monitoring_pace import Figure, figure_of, is_behind
from app.duties.progress_monitoring_periods import Period
from app.duties.quantity import plain, to_decimal

LAST_RETURN_ROUND = 2  # returned twice at most; the third review accepts or asks for a consultation
LEAST_TEXT, LEAST_REASON = 20, 2
STATED = ("matters", "plan_lines", "actions")


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def _fill_progress(answers: Row, facts: Row) -> Errors:
    for known, row, at in matched(facts["figures"], answers, "figures"):
        yield from _figure(known, row, at, facts)
    yield from _shared(answers, facts)
    for _, row, at in matched(facts["measures"], answers, "measures"):
        if is_empty(row, "state"):
            yield FieldError(f"{at}.state", "请选择任务进展")
        yield from required_text(row, "note", LEAST_TEXT, "请写明任务进展", at)
        if row.get("state") == "done" and not row.get("evidence") and not answers.get("attachments"):
            yield FieldError(f"{at}.evidence", "报已完成的任务，请附佐证")
    for table in STATED:
        for known, row, at in matched(facts.get(table, ()), answers, table):
            yield from _stated(known, row, at)


def _figure(known: Row, row: Row, at: str, facts: Row) -> Errors:
    if is_empty(row, "value"):
        yield FieldError(f"{at}.value", _ask_for(known, facts["period"]))
        return
    figure = figure_of(known, row)
    yield from _value(known, row, figure, at, facts)
    yield from _change(row, figure, at)
    if figure.jumps and not row.get("evidence"):
        yield FieldError(f"{at}.evidence", "本期新增超过年度目标一半，请附佐证")
    if facts.get("is_correction"):
        yield from required_text(row, "change_reason", LEAST_REASON, "更正数据的，请说明原因", at)
    else:
        yield from _forecast(row, figure, at, facts["period"])


def _ask_for(known: Row, period: Period) -> str:
    if known["kind"] == "period_end":
        return f"该指标为期末值，请填{chinese_date(period.ends_on)}数值"
    return f"请填写{period.year}年1月1日至{chinese_date(period.ends_on)}的累计值"


def _value(known: Row, row: Row, figure: Figure, at: str, facts: Row) -> Errors:
    column = f"{at}.value" if is_empty(row, "own_value") else f"{at}.own_value"
    if not known.get("basis"):
        yield FieldError(column, "该指标口径未确认，请先报办公室")
    if figure.value < 0 or (known["unit"] == "%" and figure.value > 100):
        yield FieldError(column, "比率应在0至100之间" if known["unit"] == "%" else "数值不能小于0")
    yield from precise(column, figure.value, known["precision"])
    if figure.falls and not facts.get("is_correction"):
        yield FieldError(column, f"累计数不得小于上期（{plain(figure.last or Decimal(0))}），如为更正请选择“更正”")


def _change(row: Row, figure: Figure, at: str) -> Errors:
    """A count stands as it is; who does not agree says so, with a reason and a file."""
    if not figure.is_changed:
        return
    if is_empty(row, "change_reason"):
        yield FieldError(f"{at}.change_reason", "与台账计数不一致，请说明原因")
    if not row.get("evidence"):
        yield FieldError(f"{at}.evidence", "与台账计数不一致，请附佐证")


def _forecast(row: Row, figure: Figure, at: str, period: Period) -> Errors:
    if period.quarter in (2, 3):
        if is_empty(row, "next_value"):
            yield FieldError(f"{at}.next_value", "请填写预计年底数值")
        elif figure.kind == "newly_added" and to_decimal(row["next_value"]) < figure.value:
            yield FieldError(f"{at}.next_value", f"预计年底不得小于累计数（{plain(figure.value)}）")
    if is_behind(figure, period):
        yield from required_text(row, "lag_reason", LEAST_TEXT, "进度滞后，请说明原因", at)
        yield from required_text(row, "lag_step", LEAST_TEXT, "进度滞后，请写明下一步措施", at)


def _shared(answers: Row, facts: Row) -> Errors:
    """The parts that the responsible units have add up to the indicator, or a sentence says why not."""
    values = {row["no"]: value_or_none(row) for row in answers.get("figures", ())}
    parts: dict[int, list[tuple[int, Row]]] = {}
    for index, row in enumerate(answers.get("shared", ())):
        parts.setdefault(int(str(row["key"]).partition("-")[0]), []).append((index, row))
    for number, rows in parts.items():
        given = [to_decimal(row["value"]) for _, row in rows if not is_empty(row, "value")]
        total, whole = sum(given, Decimal(0)), values.get(number)
        if not given or whole is None or total == whole or any(not is_empty(row, "difference") for _, row in rows):
            continue
        yield FieldError(f"shared.{rows[0][0]}.difference", f"分项合计{plain(total)}与总数{plain(whole)}不一致")


def value_or_none(row: Row) -> Decimal | None:
    own = row.get("own_value")
    value = row.get("value") if own is None else own
    return None if value is None else to_decimal(value)


def _stated(known: Row, row: Row, at: str) -> Errors:
    if is_empty(row, "state"):
        yield FieldError(f"{at}.state", "请选择进展")
    yield from required_text(row, "note", LEAST_REASON, "请写明进展", at)
    percent, last = row.get("percent"), known.get("percent")
    if percent is not None and last is not None and to_decimal(percent) < to_decimal(last):
        yield FieldError(f"{at}.percent", f"进度不得低于上期（{plain(to_decimal(last))}%）")


def _verify_progress(answers: Row, facts: Row) -> Errors:
    rows = answers.get("rows", ())
    refused = [(index, row) for index, row in enumerate(rows) if row.get("verdict") == "returned"]
    for index, row in refused:
        yield from required_text(row, "point", LEAST_REASON, "退回的，请写明须补正的内容", f"rows.{index}")
    if answers["outcome"] == "returned":
        yield from _returned(answers, bool(refused), facts)
        return
    if refused:
        yield FieldError("outcome", "已有退回的行，请选择退回补正，或改为认可")
    yield from _accepted(answers, facts) if answers["outcome"] == "accepted" else _unclear(answers)


def _returned(answers: Row, is_any_refused: bool, facts: Row) -> Errors:
    if facts["round"] > LAST_RETURN_ROUND:
        yield FieldError("outcome", "已退回两次，不能再次退回，请通过或提请会商")
    elif not is_any_refused:
        yield from required_text(answers, "opinion_text", LEAST_REASON, "没有逐行退回的，请写明退回意见")


def _accepted(answers: Row, facts: Row) -> Errors:
    if is_empty(answers, "quality_level"):
        yield FieldError("quality_level", "通过审核的，请评定质量等次")
    if facts["round"] > LAST_RETURN_ROUND:
        yield from required_text(answers, "opinion_text", LEAST_REASON, "第三次审核通过的，请写明保留意见")


def _unclear(answers: Row) -> Errors:
    yield from required_text(answers, "opinion_text", LEAST_REASON, "提请会商的，请写明须明确的口径问题")
    if len([row for row in answers.get("rows", ()) if row.get("verdict") == "unclear"]) != 1:
        yield FieldError("rows", "提请会商的，请标明口径不清的一项指标")


def _decide_missing(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "record":
        yield from required_text(answers, "source", LEAST_REASON, "代录的，请写明数据来源")
        if not answers.get("file"):
            yield FieldError("file", "代录的，请附来源文件")


def _handle_lag(answers: Row, facts: Row) -> Errors:
    for _, row, at in matched(facts["lagging"], answers, "rows", "key"):
        if is_empty(row, "outcome"):
            yield FieldError(f"{at}.outcome", "请选择处理方式")
        elif row["outcome"] != "watch":
            yield from required_text(row, "text", LEAST_REASON, "请写明处理要求", at)


def matched(known: Any, answers: Row, table: str, key: str = "no") -> Iterator[tuple[Row, Row, str]]:
    """Each known row that is open, with its answer and its path; a row that was left out is answered by nothing."""
    positions = {row[key]: index for index, row in enumerate(answers.get(table, ()))}
    for place, row in enumerate(known):
        if row.get("is_closed"):
            continue
        index = positions.get(row[key])
        yield row, {} if index is None else answers[table][index], f"{table}.{place if index is None else index}"


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "fill_progress": _fill_progress,
    "verify_progress": _verify_progress,
    "decide_missing": _decide_missing,
    "handle_lag": _handle_lag,
}

"""What the form `draft_report` must satisfy beyond its JSON Schema.

In a correction only the fields that are open are judged: what is locked was examined already, and nobody could mend it.
"""

from collections.abc import Iterator
from decimal import Decimal

from app.duties.december_report_content import Missing, completeness, is_repeated, text_column
from app.duties.december_report_correction import FIXED_ROWS, changed_while_locked, is_locked
from app.duties.december_report_figures import difference, expected_ratio, is_increase
from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, is_empty, precise, required_text
from app.duties.quantity import plain, to_decimal

GAP_REASON_LENGTH = 20
RESULT_LENGTH = 50
CONTRIBUTION_LENGTH = 20
OBJECTION_LENGTH = 10


def check_draft(answers: Row, facts: Row) -> Errors:
    yield from (error for error in _content(answers, facts) if not is_locked(error.field, facts))
    yield from changed_while_locked(answers, facts)


def _content(answers: Row, facts: Row) -> Errors:
    yield from _strange_rows(answers, facts)
    yield from _missing_parts(answers, facts)
    for at, row, known in _matched("figures", answers, facts):
        if not is_empty(row, "value"):
            yield from _figure(at, row, known, facts)
    for at, row, known in _matched("shared_figures", answers, facts):
        yield from _objection(at, row, known)
    for at, row, known in _matched("measures", answers, facts):
        yield from _measure(at, row, known)
    yield from _earlier_promises(answers, facts)
    yield from _priorities(answers, facts)
    yield from _repeated_texts(answers, facts)


def _matched(table: str, answers: Row, facts: Row) -> Iterator[tuple[str, Row, Row]]:
    """Each answered row with its path and with the row that the unit was given; others are `_strange_rows`."""
    known = {row["no"]: row for row in facts[table]}
    for index, row in enumerate(answers.get(table, ())):
        if row["no"] in known:
            yield f"{table}.{index}", row, known[row["no"]]


def _strange_rows(answers: Row, facts: Row) -> Errors:
    for table in FIXED_ROWS:
        left = {row["no"] for row in facts[table]}
        for index, row in enumerate(answers.get(table, ())):
            if row["no"] not in left:
                yield FieldError(f"{table}.{index}", "该行不属于本单位报送内容，或重复填报")
            left.discard(row["no"])


def _missing_parts(answers: Row, facts: Row) -> Errors:
    rows = {
        "figures": _completed("figures", answers, facts),
        "measures": _completed("measures", answers, facts),
        "priorities": answers.get("priorities"),
        "statement": answers.get("statement"),
    }
    for missing in completeness(facts["kind"], rows):
        yield FieldError(_path(missing, answers), missing.text)


def _completed(table: str, answers: Row, facts: Row) -> list[Row]:
    """The rows the unit was given, each with its answer; a row that was left out stands there without one.

    What was given wins, so that nobody answers as a co-responsible unit for a measure that the unit leads.
    """
    answered = {row["no"]: row for row in answers.get(table, ())}
    return [{**answered.get(row["no"], {}), "lead": row.get("lead"), "no": row["no"]} for row in facts[table]]


def _path(missing: Missing, answers: Row) -> str:
    if missing.no is None:
        return missing.field
    places = (index for index, row in enumerate(answers.get(missing.field, ())) if row["no"] == missing.no)
    index = next(places, None)
    return missing.field if index is None else f"{missing.field}.{index}.{missing.column}"


def _figure(at: str, row: Row, known: Row, facts: Row) -> Errors:
    value = to_decimal(row["value"])
    yield from precise(f"{at}.value", value, known["precision"])
    yield from _against_the_known(at, row, value, known)
    if known["target"] is not None and not _is_met(value, known):
        yield from required_text(row, "gap_reason", GAP_REASON_LENGTH, "预计不能完成年度目标的，请说明未完成原因", at)
    if row.get("nature") == "actual" and str(row.get("as_of") or "") > facts["today"].isoformat():
        yield FieldError(f"{at}.as_of", "实际数的截止日不得晚于今天，尚未发生的请选择预计")


def _is_met(value: Decimal, known: Row) -> bool:
    return expected_ratio(value, to_decimal(known["target"]), known["kind"], known["comparator"]).is_met


def _against_the_known(at: str, row: Row, value: Decimal, known: Row) -> Errors:
    """The first thing that does not fit with what the library, the last period or the prefill says."""
    counted, is_explained = known["counted"], not is_empty(row, "change_reason")
    differs = counted is not None and difference(value, to_decimal(counted), known["precision"]).needs_reason
    agrees = counted is not None and not differs
    if not agrees and _is_given_as_increase(value, known):
        yield FieldError(f"{at}.value", "该指标为期末值，请填报12月末数")
    elif is_explained:
        return
    elif _is_below_last_period(value, known):
        accepted = plain(to_decimal(known["last_accepted"]))
        yield FieldError(f"{at}.value", f"累计数不得小于上期已审核数{accepted}，如需更正请说明")
    elif differs:
        text = f"第{known['no']}项与台账计数（{plain(to_decimal(counted))}）不一致，请说明原因"
        yield FieldError(f"{at}.change_reason", text)
    elif counted is None and known["prefill"] is not None and value != to_decimal(known["prefill"]):
        yield FieldError(f"{at}.change_reason", "数据与预填值不一致，请说明原因")


def _is_given_as_increase(value: Decimal, known: Row) -> bool:
    if known["kind"] != "period_end" or known["base"] is None:
        return False
    base = to_decimal(known["base"])
    level = base if known["last_accepted"] is None else to_decimal(known["last_accepted"])
    return is_increase(value, base, level)


def _is_below_last_period(value: Decimal, known: Row) -> bool:
    is_cumulative = known["kind"] == "newly_added" and known["last_accepted"] is not None
    return is_cumulative and value < to_decimal(known["last_accepted"])


def _objection(at: str, row: Row, known: Row) -> Errors:
    """A co-responsible unit that knows another figure than the lead's says which, from where, and why."""
    if all(is_empty(row, column) for column in FIXED_ROWS["shared_figures"]):
        return
    if is_empty(row, "objected_value"):
        yield FieldError(f"{at}.objected_value", "对牵头单位数据有异议的，请填写本单位掌握的数据")
    else:
        yield from precise(f"{at}.objected_value", to_decimal(row["objected_value"]), known["precision"])
    yield from required_text(row, "objected_source", 2, "对牵头单位数据有异议的，请填写数据来源", at)
    yield from required_text(row, "objection_reason", OBJECTION_LENGTH, "对牵头单位数据有异议的，请说明理由", at)


def _measure(at: str, row: Row, known: Row) -> Errors:
    if not known["lead"]:
        yield from _long_enough(at, row, "contribution", CONTRIBUTION_LENGTH, "承担工作情况")
        return
    yield from _long_enough(at, row, "result", RESULT_LENGTH, "推进成效")
    if is_empty(row, "state"):
        yield FieldError(f"{at}.state", "请选择进展")
    if row.get("state") == "done" and not row.get("evidence"):
        yield FieldError(f"{at}.evidence", "已完成的任务须附佐证材料")


def _long_enough(at: str, row: Row, field: str, least: int, title: str) -> Errors:
    """An empty text is `completeness`'s to name."""
    if not is_empty(row, field) and len(str(row[field]).strip()) < least:
        yield FieldError(f"{at}.{field}", f"{title}不少于{least}个字")


def _earlier_promises(answers: Row, facts: Row) -> Errors:
    """Last year's priorities and this year's matters: each row that the unit was given is answered."""
    for table, column, text in (
        ("priority_review", "state", "请填写上年所列重点第{no}项的落实情况"),
        ("matters", "note", "请填写办实事第{no}项的进展"),
    ):
        for row in _completed(table, answers, facts):
            if is_empty(row, column):
                missing = Missing(table, text.format(no=row["no"]), row["no"], column)
                yield FieldError(_path(missing, answers), missing.text)


def _priorities(answers: Row, facts: Row) -> Errors:
    for index, row in enumerate(answers.get("priorities", ())):
        if not is_empty(row, "measure_no") and row["measure_no"] not in facts["plan_measures"]:
            yield FieldError(f"priorities.{index}.measure_no", f"计划中没有重点任务{row['measure_no']}")
        if not is_empty(row, "indicator_no") and row["indicator_no"] not in facts["plan_indicators"]:
            yield FieldError(f"priorities.{index}.indicator_no", f"计划中没有指标{row['indicator_no']}")


def _repeated_texts(answers: Row, facts: Row) -> Errors:
    last = facts["last_texts"]
    if is_repeated(str(answers.get("problems") or ""), last.get("problems") or ""):
        yield _repeated("problems")
    for at, row, known in _matched("measures", answers, facts):
        column = text_column(known)
        if is_repeated(str(row.get(column) or ""), last.get("measures", {}).get(known["no"]) or ""):
            yield _repeated(f"{at}.{column}")


def _repeated(field: str) -> FieldError:
    return FieldError(field, "与上年内容高度重复", "warning")

"""What the forms of 称号动态管理 must satisfy beyond their JSON Schema: the enterprise's own forms and their review.

The forms of a case against a title stand in `title_maintenance_case_checks`. A field that the schema requires is taken
as present and typed.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, is_empty, required_text
from app.duties.lights import chinese_date
from app.duties.quantity import number_in, plain, to_decimal
from app.duties.title_maintenance_case_checks import CASE_CHECKS
from app.duties.title_maintenance_dates import latest_look
from app.duties.title_maintenance_titles import COMPARED, JUMP_PERCENT, has_jump

LAST_RETURN_ROUND = 2  # a yearly update is returned twice at most
NOTE_LENGTH = 4
CODE_LENGTH = 18
WHOLE = frozenset({"staff", "rd_staff"})
NEEDLESS = "needless"
NOT_JOINED = ("preparing", "not_organised")
MAY_BE_NEGATIVE = frozenset({"net_profit_wan"})


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def _update_profile(answers: Row, facts: Row) -> Errors:
    """Rows are matched with the facts by `no`; a row that the enterprise left empty is told by its name."""
    known = {row["no"]: row for row in facts["figures"]}
    given: dict[str, tuple[str, Decimal]] = {}
    for index, row in enumerate(answers["figures"]):
        figure, at = known[row["no"]], f"figures.{index}"
        if is_empty(row, "value"):
            yield FieldError(f"{at}.value", f"请填写{figure['name']}")
            continue
        given[figure["key"]] = (f"{at}.value", to_decimal(row["value"]))
        yield from _one_figure(row, figure, at)
    yield from _consistent(given)


def _one_figure(row: Row, figure: Row, at: str) -> Errors:
    value = to_decimal(row["value"])
    if figure["key"] in WHOLE and value != value.to_integral_value():
        yield FieldError(f"{at}.value", "请填写整数")
    if value < 0 and figure["key"] not in MAY_BE_NEGATIVE:
        yield FieldError(f"{at}.value", f"{figure['name']}不能小于0")
    if figure["key"] in COMPARED and has_jump(figure["last"], value) and is_empty(row, "note"):
        yield FieldError(f"{at}.note", f"较上年变化超过{plain(JUMP_PERCENT)}%，请说明")


def _consistent(given: Mapping[str, tuple[str, Decimal]]) -> Errors:
    for smaller, larger, text, level in CONSISTENT:
        if smaller in given and larger in given and given[smaller][1] > given[larger][1]:
            yield FieldError(given[smaller][0], text, "error" if level == "error" else "warning")


CONSISTENT = (
    ("main_revenue_wan", "revenue_wan", "主营业务收入不得大于营业收入", "error"),
    ("rd_staff", "staff", "研发人员数不得大于职工总数", "error"),
    ("rd_wan", "revenue_wan", "研发费用大于营业收入，请核对", "warning"),
    ("liabilities_wan", "assets_wan", "负债总额大于资产总额，请核对", "warning"),
)


def _check_update(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] != "returned":
        if answers.get("return_points"):
            yield FieldError("return_points", "已列明须补正的内容，请选择退回，或删除所列内容")
        return
    if facts["round"] > LAST_RETURN_ROUND:
        yield FieldError("outcome", "已退回两次，不能再次退回，请写明意见后认可")
    elif not answers.get("return_points"):
        yield FieldError("return_points", "退回的，请逐项列明须补正的内容")


def _report_change(answers: Row, facts: Row) -> Errors:
    if str(answers["event_on"]) > facts["today"].isoformat():
        yield FieldError("event_on", "发生日期不得晚于今日")
    if answers["kind"] == "rename" and str(answers["new_value"]).strip() == str(answers.get("old_value") or "").strip():
        yield FieldError("new_value", "变更前后的内容相同，请核对")


def _check_change(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "returned":
        yield from required_text(answers, "points", NOTE_LENGTH, "不认可的，请写明问题")


def _decide_change_effect(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] != "carry_over":
        return
    if facts["kind"] == "rename" and is_empty(answers, "new_name"):
        yield FieldError("new_name", "更名的，请填写新名称")
    if facts["kind"] in ("merger", "split", "reorganisation") and not is_empty(answers, "successor_code"):
        yield from _successor(str(answers["successor_code"]).strip().upper(), facts)
    if facts["kind"] == "merger" and is_empty(answers, "successor_code"):
        yield FieldError("successor_code", "合并的，请填写承继企业的统一社会信用代码")
    if facts["kind"] == "move_district":
        yield from _locality(answers, facts)


def _successor(code: str, facts: Row) -> Errors:
    if len(code) != CODE_LENGTH:
        yield FieldError("successor_code", "统一社会信用代码应为18位")
    elif code == facts["enterprise_id"]:
        yield FieldError("successor_code", "承继企业不能是原企业本身")
    elif code not in facts["known_codes"]:
        yield FieldError("successor_code", "企业库中没有该企业，请先建立企业档案")


def _locality(answers: Row, facts: Row) -> Errors:
    wanted = str(answers.get("new_locality") or "").strip()
    names = {text for unit in facts["localities"] for text in (unit["unit"], unit["name"], unit["short_name"])}
    if not wanted:
        yield FieldError("new_locality", "跨区迁移的，请填写迁入属地")
    elif wanted not in names:
        yield FieldError("new_locality", "没有找到该属地，请填写属地全称或简称")


def _apply_renewal(answers: Row, facts: Row) -> Errors:
    known = {row["no"]: row for row in facts["figures"]}
    for index, row in enumerate(answers.get("figures", ())):
        figure, field = known[row["no"]], f"figures.{index}.value"
        if is_empty(row, "value"):
            if figure["is_needed"]:
                yield FieldError(field, f"请填写{figure['year']}年{figure['name']}")
        elif figure["is_number"] and number_in(row["value"]) is None:
            yield FieldError(field, "请填写数字，例如 12 或 3.5")


def looks_offered(facts: Row) -> tuple[str, ...]:
    """How it may stand with the batch of a title whose days are over."""
    if facts["is_joined"]:
        return ("joined",)
    return NOT_JOINED if facts["is_live"] else (NEEDLESS,)


def _arrange_renewal(answers: Row, facts: Row) -> Errors:
    outcome = answers["outcome"]
    if outcome not in looks_offered(facts):
        yield FieldError("outcome", "所选情况与登记不符，请重新选择")
    elif outcome in NOT_JOINED:
        yield from required_text(answers, "note", NOTE_LENGTH, "尚未列入批次的，请写明与上级衔接和筹备的情况")
    if outcome != NEEDLESS:
        yield from _next_look(answers, facts["today"])


def _next_look(answers: Row, today: date) -> Errors:
    latest = latest_look(today)
    if is_empty(answers, "look_on"):
        yield FieldError("look_on", "请填写下次查看日期")
    elif str(answers["look_on"]) <= today.isoformat():
        yield FieldError("look_on", "下次查看日期须晚于今天")
    elif str(answers["look_on"]) > latest.isoformat():
        yield FieldError("look_on", f"下次查看日期最迟为{chinese_date(latest)}")


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "update_profile": _update_profile,
    "check_update": _check_update,
    "report_change": _report_change,
    "check_change": _check_change,
    "decide_change_effect": _decide_change_effect,
    "apply_renewal": _apply_renewal,
    "arrange_renewal": _arrange_renewal,
    **CASE_CHECKS,
}

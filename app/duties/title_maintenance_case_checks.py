"""What the forms of a case against an enterprise's titles must satisfy beyond their JSON Schema."""

from collections.abc import Callable, Mapping
from datetime import date

from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, is_empty, required_text
from app.duties.lights import chinese_date
from app.duties.title_maintenance_dates import RECTIFICATION_DAYS, latest_rectification
from app.duties.title_maintenance_titles import decided_at, revocation

REASON_LENGTH = 10
RETURN_LENGTH = 2


def _accept_case(answers: Row, facts: Row) -> Errors:
    ticked = _ticked(answers, "is_doubted")
    if answers["outcome"] == "no":
        yield from required_text(answers, "opinion_text", REASON_LENGTH, "不予立案的，请说明理由")
        return
    if not ticked:
        yield FieldError("titles", "请勾选涉及的称号")
    is_given_up = answers["source"] == "given_up"
    if answers["outcome"] == "given_up" and not is_given_up:
        yield FieldError("source", "按自愿放弃办理的，线索来源须为自愿放弃")
    if answers["outcome"] == "given_up" and not answers.get("proof"):
        yield FieldError("proof", "自愿放弃的，请上传企业的书面申请")
    if answers["outcome"] == "yes" and is_given_up:
        yield FieldError("outcome", "企业自愿放弃的，请选择按自愿放弃办理")
    if answers["outcome"] == "yes" and not answers.get("facts"):
        yield FieldError("facts", "立案核查的，请逐项列明须核查的事实")


def _investigate_case(answers: Row, facts: Row) -> Errors:
    for index, row in enumerate(answers["findings"]):
        at = f"findings.{index}"
        if is_empty(row, "result"):
            yield FieldError(f"{at}.result", "请选择是否属实")
        yield from required_text(row, "finding", REASON_LENGTH, "请写明核查情况", at)


def _propose_measure(answers: Row, facts: Row) -> Errors:
    yield from _measure(answers, facts)
    if answers["outcome"] == "revoke":
        yield from _ban_by_rule(answers, facts)


def _decide_measure(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "returned":
        yield from required_text(answers, "opinion_text", RETURN_LENGTH, "退回的，请写明意见")
        return
    yield from _measure(answers, facts)
    if answers["outcome"] != facts["proposal"]["outcome"]:
        yield from required_text(answers, "opinion_text", REASON_LENGTH, "与处理意见不一致的，请说明理由")


def _measure(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "rectify":
        yield from _rectification(answers, facts)
    if answers["outcome"] == "revoke":
        if not _ticked(answers, "revoke"):
            yield FieldError("titles", "请勾选要取消的称号")
        if is_empty(answers, "ground"):
            yield FieldError("ground", "取消称号的，请选择事由")
        yield from required_text(answers, "legal_ground", REASON_LENGTH, "取消称号的，请写明依据")


def _rectification(answers: Row, facts: Row) -> Errors:
    """City titles only, and once."""
    if not may_rectify(facts):
        yield FieldError("outcome", "限期整改只适用于市级称号，且只能一次")
    if not answers.get("points"):
        yield FieldError("points", "限期整改的，请逐项列明整改要求")
    if is_empty(answers, "rectify_by"):
        yield FieldError("rectify_by", "限期整改的，请填写整改期限")
        return
    day, last = date.fromisoformat(str(answers["rectify_by"])), latest_rectification(facts["today"], facts["calendar"])
    if day <= facts["today"]:
        yield FieldError("rectify_by", "整改期限须晚于今日")
    elif day > last:
        yield FieldError("rectify_by", f"整改期限最长{RECTIFICATION_DAYS}个工作日，至迟{chinese_date(last)}")


def _ban_by_rule(answers: Row, facts: Row) -> Errors:
    """The rule's years are what is proposed; the bureau may differ with open eyes."""
    levels = [row["level"] for row in facts["titles"] if row["no"] in _ticked(answers, "revoke")]
    if is_empty(answers, "ground") or not levels:
        return
    years = max(revocation(answers["ground"], level, facts["version"]).ban_years for level in levels)
    if int(answers.get("ban_years") or 0) != years:
        word = f"按规定{years}年内不得申报" if years else "该事由按规定不设禁报期"
        yield FieldError("ban_years", f"{word}，请核对", "warning")


def _report_rectification(answers: Row, facts: Row) -> Errors:
    for index, row in enumerate(answers["points"]):
        if not row.get("is_done"):
            yield from required_text(row, "note", REASON_LENGTH, "未完成的，请说明原因和完成时间", f"points.{index}")


def _record_upper_decision(answers: Row, facts: Row) -> Errors:
    if str(answers["decided_on"]) > facts["today"].isoformat():
        yield FieldError("decided_on", "决定日期不得晚于今日")


def may_rectify(facts: Row) -> bool:
    """titles: those without the mark `is_doubted` False are what the case is about."""
    doubted = [row["level"] for row in facts["titles"] if row.get("is_doubted", True)]
    return decided_at(doubted) == "city" and not facts["is_rectified"]


def _ticked(answers: Row, tick: str) -> list[int]:
    return [row["no"] for row in answers.get("titles") or () if row.get(tick)]


CASE_CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "accept_case": _accept_case,
    "investigate_case": _investigate_case,
    "propose_measure": _propose_measure,
    "decide_measure": _decide_measure,
    "report_rectification": _report_rectification,
    "record_upper_decision": _record_upper_decision,
}

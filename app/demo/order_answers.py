"""How orders and requests for more time are filled in: what the ladder drafts is issued, and units report in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from app.demo.sheet import Answers, Sheet

OVER, NOBODY = "该事项现已", "办公室"
FRIDAY = 5


def draft_order(sheet: Sheet) -> Answers:
    """What was done meanwhile, or lies with the office itself, is not issued."""
    known = sheet.known
    if OVER in str(known.get("subject", "")) or NOBODY in str(known.get("unit", "")):
        return {"outcome": "drop", "drop_reason": "该事项已办理，无须发出督办单。"}
    return {"outcome": "issue", "wants_result": True, "wants_evidence": True}


def agree(sheet: Sheet) -> Answers:
    return {"outcome": "yes", **({"mode": "online"} if "mode" in sheet.fields else {})}


def sign_for(sheet: Sheet) -> Answers:
    return {"outcome": "yes", "handler": "张敏", "handler_phone": "0514-87936001"}


def settle_unit(sheet: Sheet) -> Answers:
    return {"unit": sheet.known["unit_name"], "reason": "按职责分工仍由原单位承办。"}


def report_back(sheet: Sheet) -> Answers:
    return {
        "state": "working",
        "facts": "已召开专题会议查明滞后原因，明确责任科室和完成时间，正在按要求补充材料并抓紧报送。",
        "problem": "部分数据需与有关单位核对",
        "next_step": "逐项核对后于本周内报送",
        "next_on": _later(sheet, 7),
    }


def verify_report(sheet: Sheet) -> Answers:
    return {"outcome": "accepted", "quality_level": "good"}


def decide_next(sheet: Sheet) -> Answers:
    return {"outcome": "raise", "reason": "时限内未反馈办理情况，按规定升级督办。"}


def decide_final(sheet: Sheet) -> Answers:
    told = {"outcome": "new_limit", "mode": "online", "text": "约谈分管负责人，限期办结并书面反馈。"}
    return {**told, "has_talk": True, "talk_on": _later(sheet, 3), "new_limit_on": _working(sheet)}


def explain_in_writing(sheet: Sheet) -> Answers:
    return {
        "cause": "牵头科室人员调整，工作衔接不及时，数据未能按期汇总。",
        "responsibility": "由牵头科室负责整改。",
        "promise": "在新的时限内办结。",
        "promise_on": _later(sheet, 7),
    }


def write_extension(sheet: Sheet) -> Answers:
    return {
        "reason_kind": "no_data",
        "reason": "统计数据尚未发布，需要等待数据后逐项核对再填报。",
        "progress": "已完成企业名单核对，正在汇总各县（市、区）台账。",
        "new_due_on": _more(sheet),
    }


def _more(sheet: Sheet) -> str:
    """A week from now, after the limit that stands, and no later than may be asked for."""
    calendar, latest = sheet.facts["calendar"], sheet.facts["latest_on"]
    day: date = max(calendar.add(sheet.today, FRIDAY), calendar.add(sheet.facts["old_due_on"], 1))
    return min(day, latest).isoformat()


def review_extension(sheet: Sheet) -> Answers:
    if "领导小组" in str(sheet.known.get("leader_note", "")):
        return {"outcome": "to_leader", "opinion_text": "请领导小组审定延期申请。"}
    return {"outcome": "granted"}


def decide_extension(sheet: Sheet) -> Answers:
    return {"outcome": "granted", "mode": "online"}


def press_review(sheet: Sheet) -> Answers:
    return {"outcome": "urge"}


def _later(sheet: Sheet, days: int) -> str:
    return (sheet.today + timedelta(days=days)).isoformat()


def _working(sheet: Sheet) -> str:
    """Within the week after next, on a day that is a working day by the calendar that the rules ask."""
    calendar = sheet.facts["calendar"]
    day: date = calendar.add(sheet.today, FRIDAY)
    return day.isoformat()


Writer = Callable[[Sheet], Answers]
WRITERS: Mapping[str, Writer] = {
    "supervision_order.draft_order": draft_order,
    "supervision_order.sign_order": agree,
    "supervision_order.approve_order": agree,
    "supervision_order.sign_for": sign_for,
    "supervision_order.settle_unit": settle_unit,
    "supervision_order.report_back": report_back,
    "supervision_order.sign_report": agree,
    "supervision_order.verify_report": verify_report,
    "supervision_order.decide_next": decide_next,
    "supervision_order.decide_final": decide_final,
    "supervision_order.explain_in_writing": explain_in_writing,
    "supervision_order.confirm_closing": agree,
    "extension_request.write_extension": write_extension,
    "extension_request.sign_extension": agree,
    "extension_request.review_extension": review_extension,
    "extension_request.decide_extension": decide_extension,
    "extension_request.press_review": press_review,
}

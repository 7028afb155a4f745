"""How the forms about enterprises are filled in where the form alone does not say enough: by firms, bureau, experts.

Whatever is not written here is what `plausible` writes from the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.demo import plausible
from app.demo.sheet import Answers, Sheet
from app.duties.credit_code import with_check_character
from app.duties.enterprise_figures import decimal_of
from app.duties.specialist_pairing_checks import check

GROWTH = Decimal("1.08")
UNKNOWN = "10"  # a figure of which the file knows no year
WEEKS_OF_A_WINDOW = 3
POINTS = {"specialisation": 22, "refinement": 21, "distinctiveness": 13, "innovation": 29}  # of 25, 25, 15 and 35
NOTICE = "请符合条件的企业在申报期内通过企业首页填报申请，提交真实、完整的材料，逾期不予受理。"


def by_the_form(sheet: Sheet) -> Answers:
    return plausible.fill(sheet.form, sheet.known, sheet.today, sheet.random)


def rows(sheet: Sheet, name: str = "rows") -> list[Answers]:
    return [dict(row) for row in sheet.known.get(name) or ()]


def update_profile(sheet: Sheet) -> Answers:
    """Last year's figures, grown a little; what is counted stays a whole number."""
    figures = [{**row, "value": _grown(row)} for row in rows(sheet, "figures")]
    return {**by_the_form(sheet), "figures": figures, "commitment": True}


def _grown(row: Mapping[str, Any]) -> int | float:
    last = decimal_of(row.get("last"))
    if last is None:
        return 1
    if last == last.to_integral_value() and row.get("unit_label") != "万元":
        return int(last)
    return float((last * GROWTH).quantize(Decimal("0.01"), ROUND_HALF_UP))


def submit_application(sheet: Sheet) -> Answers:
    answers = by_the_form(sheet)
    granted = (sheet.today - timedelta(days=500)).isoformat()
    patents = [
        {"kind": "invention", "number": f"ZL2022100{number:05d}", "obtained": "own", "granted_on": granted,
         "is_main": True, "is_high_value": number == 0}
        for number in range(3)
    ]  # fmt: skip
    years = [{name: value for name, value in row.items() if name != "change_reason"} for row in rows(sheet, "years")]
    extra = {"ip": patents, "years": years, "commitment": True, "own_brand": True, "is_key_link": True,
             "rd_body_proof": "苏研发〔2022〕18号", "core_information_system": True}  # fmt: skip
    asks = bool(sheet.known.get("findings"))  # it was refused by the machine before: a person shall look
    manual = {"asks_manual_check": True, "manual_reason": "部分数据以审计报告为准，与比对口径有差异，申请人工复核。"}
    return {**answers, **extra, **(manual if asks else {"asks_manual_check": False})}


def check_at_locality(sheet: Sheet) -> Answers:
    judged = [{**row, "judged": "yes", "remark": "已核对原件"} for row in rows(sheet, "judgements")]
    return {"outcome": "pass", "judgements": judged}


def check_list_by_department(sheet: Sheet) -> Answers:
    """One firm in thirty has something against it."""
    return {"rows": [_checked(row, sheet) for row in rows(sheet)]}


def _checked(row: Answers, sheet: Sheet) -> Answers:
    if sheet.random.random() >= 1 / 30:
        return {**row, "finding": "none"}
    on = (sheet.today - timedelta(days=200)).isoformat()
    fact = {"fact": "上年度因违规排放受到行政处罚。", "fact_on": on, "document_no": "扬环罚〔2023〕36号"}
    return {**row, "finding": "problem", **fact}


def score_applications(sheet: Sheet) -> Answers:
    """Points within each part's maximum, a little apart from expert to expert."""
    return {
        "rows": [
            {**row, **{part: most - sheet.random.randint(0, 4) for part, most in POINTS.items()}} for row in rows(sheet)
        ]
    }


def decide_list(sheet: Sheet) -> Answers:
    """As the rule proposes."""
    return {"rows": [{**row, "decision": _proposed(row), "reason": _why(row)} for row in rows(sheet)]}


def _proposed(row: Mapping[str, Any]) -> str:
    return str(row.get("decision") or ("refused" if "不予" in str(row.get("advice", "")) else "granted"))


def _why(row: Mapping[str, Any]) -> str:
    return "经集体研究，按综合评审意见确定。" if row.get("reason") is None else str(row["reason"])


def send_recommendation(sheet: Sheet) -> Answers:
    ranked = [{**row, "place": place} for place, row in enumerate(rows(sheet), start=1)]
    text = "经企业申报、属地初审、部门联审、专家评审和公示，现推荐名单所列企业，请予审核。"
    return {"rows": ranked, "document_no": "扬工信发〔2024〕31号", "text": text}


def record_outcome(sheet: Sheet) -> Answers:
    """The upper level recognises most of them."""
    return {"rows": [_outcome(row, place, sheet) for place, row in enumerate(rows(sheet))]}


def _outcome(row: Answers, place: int, sheet: Sheet) -> Answers:
    announced = {"document_no": "苏工信企业〔2024〕88号", "announced_on": sheet.today.isoformat()}
    if place % 5 == 4:
        return {**row, "result": "refused", **announced, "reason": "综合评价未达到本批次认定线。"}
    until = sheet.today.replace(year=sheet.today.year + 3) - timedelta(days=1)
    days = {"valid_from": sheet.today.isoformat(), "valid_to": until.isoformat()}
    return {**row, "result": "granted", **announced, **days, "certificate": f"JS2024{place + 1:04d}"}


def open_batch(sheet: Sheet) -> Answers:
    first = sheet.today + timedelta(days=3)
    last = first + timedelta(weeks=WEEKS_OF_A_WINDOW)
    asked = [{**row, "is_asked": bool(row.get("unit_name"))} for row in rows(sheet, "checks")]
    days = {"window_from": first, "window_to": last, "expected_on": last + timedelta(days=70)}
    return {
        **{name: day.isoformat() for name, day in days.items()},
        "visit_share": 30,
        "is_scored": True,
        "checks": asked,
        "notice_text": NOTICE,
    }


def publish_notice(sheet: Sheet) -> Answers:
    told = {"title": sheet.known.get("title") or "认定名单公示", "contact": "0514-00000000，扬州市演示路1号"}
    text = sheet.known.get("text") or "现将拟认定企业名单予以公示，如有异议，请在公示期内实名书面反映。"
    return {**told, "text": text, "published_on": sheet.today.isoformat()}


def route_demand(sheet: Sheet) -> Answers:
    return {**by_the_form(sheet), "outcome": "assign", "kind": sheet.known.get("kind") or "handle"}


def answer_demand(sheet: Sheet) -> Answers:
    text = f"{sheet.today.month}月{sheet.today.day}日已与贵企业对接，明确办理途径和所需材料，相关事项已落实。"
    answers = {**by_the_form(sheet), "answer_text": text, "result": "solved", "manner": "phone"}
    answers["contacted_on"] = sheet.today.isoformat()
    return {name: value for name, value in answers.items() if name not in ("done_by", "ground")}


def visit(sheet: Sheet) -> Answers:
    states = ("good", "good", "steady", "difficult")
    told = {"manner": "onsite", "state": sheet.random.choice(states), "people": "服务专员、企业负责人"}
    orders = sheet.random.choice(("饱满", "平稳", "有所下降"))
    text = f"{sheet.today.month}月走访：订单情况{orders}，生产经营有序，已宣讲近期政策。"
    late = {"late_reason": "因企业负责人出差，双方商定改期走访。"}
    ticks = {"no_demands": True, "profile_ok": True, "demands": [], "profile_points": []}
    return {
        **told,
        **ticks,
        **late,
        "state_text": text,
        "visited_on": sheet.today.isoformat(),
        "changes": rows(sheet, "changes"),
    }


def decide_first_visit(sheet: Sheet) -> Answers:
    day = sheet.today + timedelta(days=7)
    return {"outcome": "new_date", "new_date": day.isoformat(), "reason": "专员已与企业另约时间。"}


def choose_specialist(sheet: Sheet) -> Answers:
    """The first of the ranking who may still serve: since it was made, somebody may have taken on her last firm."""
    answers = {**by_the_form(sheet), "since": sheet.today.isoformat(), "reason": "首位专员已满额，改选下一位专员。"}
    people = [*sheet.facts["ranked"], *(person.id for person in sheet.facts["persons"])]
    for named in ({"person": str(one)} for one in people):
        if all(error.level != "error" for error in check("choose_specialist", {**answers, **named}, sheet.facts)):
            return answers | named
    return answers


def widen_search(sheet: Sheet) -> Answers:
    return {**by_the_form(sheet), "reason": "本地候选人均已满额，从市级单位选派。"}


def choose_policies(sheet: Sheet) -> Answers:
    chosen = [{**row, "chosen": True} for row in rows(sheet, "policies")]
    return {"policies": chosen, "without_specialist": False, "message": "以下政策按贵企业档案匹配，请及时查看。"}


def confirm_match(sheet: Sheet) -> Answers:
    return {"policies": [{**row, "decision": "confirmed"} for row in rows(sheet, "policies")]}


def confirm_package(sheet: Sheet) -> Answers:
    return {"outcome": "push", "policies": rows(sheet, "policies"), "note": "如有疑问，请随时联系我。"}


def read_package(sheet: Sheet) -> Answers:
    uses = ("applied", "preparing", "not_applicable")
    used = [{**row, "use": sheet.random.choice(uses)} for row in rows(sheet, "policies")]
    return {"policies": used, "outcome": "done", "stars": sheet.random.choice((4, 5, 5))}


def nominate_enterprises(sheet: Sheet) -> Answers:
    """Those that applied; where nobody did, one that the office itself has come to know."""
    applications = [{**row, "decision": "yes"} for row in rows(sheet, "applications")]
    return {"rows": [] if applications else [_found_by_the_locality(sheet)], "applications": applications}


def _found_by_the_locality(sheet: Sheet) -> Answers:
    number = sheet.random.randrange(10**7)
    return {
        "credit_code": with_check_character(f"91321000MB{number:07d}"),
        "name": f"扬州{number}机械有限公司（演示）",
        "chain": "高端装备",
        "industry": "industry",
        "product": "液压元件",
        "revenue_wan": 3600,
        "staff": 85,
        "tier": "innovative",
        "contact_name": "陈嘉宁",
        "contact_phone": f"139{number:08d}",
        "consent": "phone",
        "consent_on": sheet.today.isoformat(),
        "reason": "走访中了解到该企业主导产品有特色，成长性较好，有入库意愿。",
    }


def review_nomination(sheet: Sheet) -> Answers:
    return {"outcome": "accepted", "rows": [{**row, "decision": "yes"} for row in rows(sheet)]}


def nominate_growth(sheet: Sheet) -> Answers:
    """The first of the list, up to the quota."""
    quota = int(sheet.known.get("quota") or 0)
    listed = [
        {**row, "is_chosen": True, "reason": "主导产品市场前景好，近两年增长较快，具有较好的成长潜力。",
         "wants": "对标赶超、资金", "consent_on": sheet.today.isoformat()}
        if place < quota and row.get("score") is not None
        else row
        for place, row in enumerate(rows(sheet))
    ]  # fmt: skip
    none = {} if any(row.get("is_chosen") for row in listed) else {"none_reason": "本年暂无符合条件的企业。"}
    return {"rows": listed, **none}


def set_selection(sheet: Sheet) -> Answers:
    text = "请各属地从在库企业中推荐高成长企业，按名额报送，注明推荐理由和需要的支持。"
    return {**by_the_form(sheet), "number": sheet.known.get("number") or 100, "notice_text": text, "panel": False}


def draft_plan(sheet: Sheet) -> Answers:
    year = sheet.today.year
    goals = [
        {"kind": "revenue", "value": 12000, "year": year + 1, "note": "万元"},
        {"kind": "ip", "value": 3, "year": year},
    ]
    due = date(year, 11, 30).isoformat()
    supports = [
        {"unit_name": "市工信局", "content": "组织智能化改造诊断，落实技改奖补。", "due_on": due},
        {"unit_name": "市科技局", "content": "对接高校科研团队，支持揭榜攻关。", "due_on": due},
    ]
    return {"goals": goals, "supports": supports}


def report_change(sheet: Sheet) -> Answers:
    return {**by_the_form(sheet), "new_value": "扬州新锐智能装备有限公司（演示）", "effect": "无影响"}


def decide_change_effect(sheet: Sheet) -> Answers:
    reason = "变更属实，不影响称号条件，予以延续。"
    return {"outcome": "carry_over", "reason": reason, "new_name": "扬州新锐智能装备有限公司（演示）"}


def accept_case(sheet: Sheet) -> Answers:
    doubted = [{**row, "is_doubted": True} for row in rows(sheet, "titles")]
    facts = [{"fact": "申报的上年度研发费用与税务部门数据不一致。"}]
    return {**by_the_form(sheet), "outcome": "yes", "titles": doubted, "facts": facts, "informant": "李明"}


def revoke(sheet: Sheet) -> Answers:
    """The demonstration shows a title that is revoked."""
    revoked = [{**row, "revoke": True} for row in rows(sheet, "titles")]
    why = {
        "ground": "fraud",
        "legal_ground": "《优质中小企业梯度培育管理暂行办法》有关取消称号的规定。",
        "ban_years": 3,
    }
    return {**by_the_form(sheet), "outcome": "revoke", "titles": revoked, **why, "points": [], "rectify_by": None}


def settle_pending(sheet: Sheet) -> Answers:
    return {"pending": [{**row, "settlement": "take_over"} for row in rows(sheet, "pending")]}


def investigate_objection(sheet: Sheet) -> Answers:
    finding = "调取企业审计报告和纳税申报表核对，主营业务收入与申报材料一致，来信所述情况不实。"
    fact = {"fact": "主营业务收入不实", "source": "审计报告、纳税申报表", "verdict": "false", "finding": finding}
    return {"findings": [fact], "statement": "企业说明数据与审计报告一致。", "statement_on": sheet.today.isoformat()}


def decide_objection(sheet: Sheet) -> Answers:
    decided = [{**row, "result": "dismissed", "kind": "other"} for row in rows(sheet)]
    text = "经核查，所反映的问题与事实不符，异议不成立，按程序继续公示。"
    return {"rows": decided, "outcome": "dismissed", "opinion_text": text, "answer": text}


def visit_of_applicant(sheet: Sheet) -> Answers:
    finding = "实地查看生产现场和研发场所，抽查账册和知识产权证书，与申报材料相符。"
    told = {
        "first_visitor": "王晓岚",
        "second_visitor": "陈志强",
        "finding": finding,
        "visited_on": sheet.today.isoformat(),
    }
    seen = dict.fromkeys(("production", "rd", "books"), "agrees")
    return {**told, **seen, "address": sheet.known.get("address") or "企业生产地址"}


def replace_experts(sheet: Sheet) -> Answers:
    silent = [{**row, "settlement": "stand"} for row in rows(sheet, "silent")]
    return {**by_the_form(sheet), "silent": silent}


def sign_for(sheet: Sheet) -> Answers:
    return {"outcome": "yes", "handler": "陈志强", "handler_phone": "0514-00000000"}


def report_back(sheet: Sheet) -> Answers:
    due = (sheet.today + timedelta(days=14)).isoformat()
    facts = "已召开专题会议研究，逐项明确责任人和完成时间，主要工作已启动，正在按计划推进。"
    left = {"problem": "个别环节需要协调。", "next_step": "倒排工期，每周调度。", "next_on": due}
    return {"state": "working", "facts": facts, **left}


def decide_next(sheet: Sheet) -> Answers:
    return {"outcome": "raise", "reason": "到期未办结，按规定升级督办等级。"}


def fill_progress(sheet: Sheet) -> Answers:
    """The known value, else three quarters of the target; everything else goes as planned."""
    figures = [{**row, **_reported(row)} for row in rows(sheet, "figures")]
    goes_on = {"state": "on_schedule", "note": "按计划推进，已完成阶段性工作，有关情况见佐证材料。"}
    lists = {name: [{**row, **goes_on} for row in rows(sheet, name)] for name in ("measures",)}
    for name in ("matters", "plan_lines", "actions"):
        lists[name] = [{**row, **goes_on, "percent": 60} for row in rows(sheet, name)]
    return {"figures": figures, **lists}


def verify_progress(sheet: Sheet) -> Answers:
    levels = sheet.form.get("properties", {}).get("quality_level", {}).get("oneOf", ({"const": "good"},))
    return {**by_the_form(sheet), "quality_level": levels[0]["const"]}


def _reported(row: Mapping[str, Any]) -> Answers:
    """What is counted up never falls: where the libraries count less than was reported, the unit stands by that."""
    target, last, known = float(row.get("target") or 0), float(row.get("last_value") or 0), row.get("value")
    value = max(last, float(int(target * 0.75))) if known is None else float(known)
    own = {"own_value": last, "change_reason": "企业名单待核对，仍按上期已核实数填报。"} if value < last else {}
    lag = {"lag_reason": "项目周期较长，集中在下半年完成。", "lag_step": "按月调度，倒排时间节点。"}
    most = max(value, last, target)
    return {"value": value, "next_value": most, "source": row.get("source") or "department", **own, **lag}


def judge_delay(sheet: Sheet) -> Answers:
    return {"outcome": "urge", "reason": "已电话催办，承办单位承诺本周内答复。"}


def review_plan_year(sheet: Sheet) -> Answers:
    goals = [{**row, "value": row.get("value") or row.get("target") or 0} for row in rows(sheet, "goals")]
    supports = [{**row, "state": "done"} for row in rows(sheet, "supports")]
    return {"goals": goals, "supports": supports, "summary": "各项目标基本完成，支持事项均已落实。"}


def apply_renewal(sheet: Sheet) -> Answers:
    """A figure of a year that the file does not know yet is that of the other year."""
    asked = rows(sheet, "figures")
    known = {row["name"]: row["value"] for row in asked if row.get("value")}
    figures = [{**row, "value": row.get("value") or known.get(row["name"], UNKNOWN)} for row in asked]
    return {**by_the_form(sheet), "figures": figures, "commitment": True}


def arrange_renewal(sheet: Sheet) -> Answers:
    """The bureau's: what is known is chosen beforehand, and the day to look again is proposed by the form."""
    if sheet.known.get("outcome"):
        return {}
    return {"outcome": "not_organised", "note": "已与省工信厅衔接，待上级部署后即组织复核。"}


WRITERS: Mapping[str, Callable[[Sheet], Answers]] = {
    "update_profile": update_profile,
    "submit_application": submit_application,
    "check_at_locality": check_at_locality,
    "check_list_by_department": check_list_by_department,
    "score_applications": score_applications,
    "decide_list": decide_list,
    "send_recommendation": send_recommendation,
    "record_outcome": record_outcome,
    "open_batch": open_batch,
    "publish_notice": publish_notice,
    "route_demand": route_demand,
    "answer_demand": answer_demand,
    "first_visit": visit,
    "visit_enterprise": visit,
    "decide_first_visit": decide_first_visit,
    "choose_specialist": choose_specialist,
    "widen_search": widen_search,
    "choose_policies": choose_policies,
    "confirm_match": confirm_match,
    "confirm_package": confirm_package,
    "read_package": read_package,
    "nominate_enterprises": nominate_enterprises,
    "review_nomination": review_nomination,
    "nominate_growth": nominate_growth,
    "set_selection": set_selection,
    "draft_plan": draft_plan,
    "report_change": report_change,
    "decide_change_effect": decide_change_effect,
    "accept_case": accept_case,
    "decide_measure": revoke,
    "propose_measure": revoke,
    "settle_pending": settle_pending,
    "investigate_objection": investigate_objection,
    "decide_objection": decide_objection,
    "enterprise_recognition.visit_enterprise": visit_of_applicant,
    "judge_delay": judge_delay,
    "fill_progress": fill_progress,
    "verify_progress": verify_progress,
    "sign_for": sign_for,
    "report_back": report_back,
    "decide_next": decide_next,
    "replace_experts": replace_experts,
    "review_plan_year": review_plan_year,
    "apply_renewal": apply_renewal,
    "arrange_renewal": arrange_renewal,
}

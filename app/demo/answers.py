"""How the clerks of the demonstration fill in their forms: what is known stands, the rest is written plausibly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.demo import (
    assessment_answers,
    case_answers,
    firm_answers,
    matter_answers,
    month_answers,
    order_answers,
    plausible,
)
from app.demo.sheet import Answers, Sheet


def fill(sheet: Sheet) -> Answers:
    """The answers: of the element's own writer, with the wishes of the script over them."""
    names = (f"{sheet.process}.{sheet.element_id}", sheet.element_id)
    others = (firm_answers, order_answers, case_answers, month_answers, matter_answers, assessment_answers)
    known = (WRITERS, *(module.WRITERS for module in others))
    writer = next((own[name] for own in known for name in names if name in own), by_the_form)
    answers = writer(sheet)
    whole = {**sheet.known, **answers, **sheet.wish}
    return {name: value for name, value in whole.items() if name in sheet.fields}


def by_the_form(sheet: Sheet) -> Answers:
    """What nobody here writes specially: plain agreement, or whatever the form asks for."""
    if sheet.fields <= {"outcome", "opinion_text", "mode", "sheet"}:
        return agree(sheet)
    return plausible.fill(sheet.form, sheet.known, sheet.today, sheet.random)


def agree(sheet: Sheet) -> Answers:
    """Whatever is asked, yes; a refusal comes with a sentence."""
    outcome = sheet.wish.get("outcome", "yes")
    opinion = "同意。" if outcome == "yes" else "请按办公室要求补充数据来源和佐证材料后再报。"
    return {"outcome": outcome, "opinion_text": opinion}


def settle_basis(sheet: Sheet) -> Answers:
    return {"rows": [{**row, **_binding(row, sheet)} for row in sheet.known.get("rows", ())]}


def _binding(row: Mapping[str, Any], sheet: Sheet) -> Answers:
    """Annex 1 binds (the office's own rule), and what has a basis gets its stock at the end of the year before."""
    open_row = next(item for item in sheet.facts["discrepancies"] if item["id"] == row["id"])
    chosen: Answers = {"binding": "annex", "basis_text": "以附件1目标表为准，按市级口径统计，含复核通过数。"}
    if open_row["kind"] == "basis":
        chosen |= {"base_value": row.get("base_value") or 0, "base_as_of": row.get("base_as_of") or "2021-12-31"}
    if open_row["kind"] == "lead":
        chosen["lead_unit"] = open_row["leads"][-1]
    return chosen


def propose_target(sheet: Sheet) -> Answers:
    answers: Answers = {"approach": "建立培育清单，按月调度，对重点企业开展上门服务，落实奖补政策。"}
    if sheet.wish.get("value") is not None and Decimal(str(sheet.wish["value"])) < Decimal(
        str(sheet.facts["suggested"])
    ):
        answers["reason"] = "上年已超额完成，结合企业培育周期和储备情况，本年安排略低于平均进度。"
    return answers


def countersign_target(sheet: Sheet) -> Answers:
    if sheet.wish.get("outcome") != "no":
        return {"outcome": "yes"}
    value = Decimal(str(sheet.facts["suggested"])) + 1
    return {
        "outcome": "no",
        "counter_value": float(value),
        "counter_reason": "从在库企业储备看，本年可再多安排一些，建议上调。",
    }


def answer_objection(sheet: Sheet) -> Answers:
    text = "已研究会签意见：目标依据在库企业储备清单测算，已与责任单位沟通。"
    return {"outcome": "accepted", "answers": [{**row, "answer_text": text} for row in sheet.known.get("answers", ())]}


def decide_alone(sheet: Sheet) -> Answers:
    reason = "综合牵头单位测算和责任单位意见，按三年总量剩余部分平均安排，作此裁定。"
    return {"value": float(sheet.facts["suggested"]), "reason": reason}


def review_package(sheet: Sheet) -> Answers:
    left = {item["no"]: Decimal(str(item["left"])) for item in sheet.facts["items"]}
    rows = []
    for row in sheet.known.get("items", ()):
        note = {"gap_note": "已列入下一步攻坚清单，年内按季调度，确保完成。"} if left.get(row["no"], 0) > 0 else {}
        rows.append({**row, **note})
    return {"outcome": "submit", "items": rows, "cover_note": "各牵头单位已申报并会签，总量覆盖三年计划。"}


def approve_package(sheet: Sheet) -> Answers:
    returned = set(sheet.wish.get("returned", ()))
    rows = [
        {**row, "return": True, "return_reason": "目标偏低，请结合储备企业重新测算后再报。"}
        if row["no"] in returned
        else row
        for row in sheet.known.get("items", ())
    ]
    outcome = "approved_in_part" if returned else "approved"
    return {"outcome": outcome, "mode": "online", "items": rows, "opinion_text": "同意。请各单位抓好落实。"}


def answer_breakdown(sheet: Sheet) -> Answers:
    return {"figures": [{**row, "answer": "accept"} for row in sheet.known.get("figures", ())]}


def issue_letters(sheet: Sheet) -> Answers:
    return {"outcome": "yes", "signed_on": sheet.today.isoformat()}


def confirm_notice(sheet: Sheet) -> Answers:
    return {"phone": "0514-00000000"}


def draft_report(sheet: Sheet) -> Answers:
    known = sheet.known
    return {
        "figures": [_figure(row, sheet) for row in known.get("figures", ())],
        "measures": [_measure(row, sheet) for row in known.get("measures", ())],
        "priority_review": [
            {**row, "state": "done", "note": "已按计划完成。"} for row in known.get("priority_review", ())
        ],
        "matters": [{**row, "note": "已按清单推进，企业反映良好。"} for row in known.get("matters", ())],
        "problems": sheet.random.choice(PROBLEMS),
        "priorities": _priorities(sheet),
        "statement": True,
    }


def _figure(row: Mapping[str, Any], sheet: Sheet) -> Answers:
    figure = dict(row)
    figure.setdefault("value", row.get("target") or 0)
    figure.setdefault("nature", "expected")
    figure["gap_reason"] = "部分项目验收安排在年末，预计年底前可再完成一批，全年与目标仍有差距。"
    return figure


def _measure(row: Mapping[str, Any], sheet: Sheet) -> Answers:
    if not row.get("lead"):
        return {**row, "contribution": "配合牵头单位做好政策宣传、企业走访和数据核对，协调解决企业反映的具体问题。"}
    result = f"围绕“{row.get('title', '本项任务')}”{sheet.random.choice(RESULTS)}"
    return {**row, "state": "on_schedule", "result": result, "highlight": "形成了一批可复制的做法。"}


def _priorities(sheet: Sheet) -> list[Answers]:
    numbers = sorted(sheet.facts["plan_measures"])
    chosen = sheet.random.sample(numbers, k=min(2, len(numbers)))
    return [
        {"title": title, "content": content, "measure_no": number}
        for number, (title, content) in zip(chosen, sheet.random.sample(PRIORITIES, k=len(chosen)), strict=True)
    ]


def review_report(sheet: Sheet) -> Answers:
    if sheet.wish.get("outcome") == "returned":
        return {
            "opinion_text": "请补充说明。",
            "return_points": [{"field": "problems", "point": "问题写得过于笼统，请结合企业诉求具体说明。"}],
        }
    quality = sheet.random.choice(("excellent", "good", "good", "fair"))
    return {"outcome": "accepted", "quality_level": quality, "opinion_text": "内容完整，数据与台账一致。"}


def approve_annual_report(sheet: Sheet) -> Answers:
    return {**agree(sheet), "mode": "online"}


def edit_annual_report(sheet: Sheet) -> Answers:
    known = sheet.known
    return {
        "overall": known.get("overall") or OVERALL,
        "actions": [
            {**row, "text": row.get("text") or sheet.random.choice(RESULTS)} for row in known.get("actions", ())
        ],
        "problems": known.get("problems") or PROBLEMS[0],
        "priorities": known.get("priorities") or "；".join(content for _, content in PRIORITIES),
    }


def write_plan(sheet: Sheet) -> Answers:
    """A locality's plan: a measure for each of the city's, all within the year."""
    done_by = date(sheet.today.year, 12, 20).isoformat()
    lines = [
        {**row, "content": sheet.random.choice(RESULTS)[:120], "unit": row.get("unit") or "属地工信局",
         "by": max(str(row.get("by") or ""), done_by)}
        for row in sheet.known.get("lines", ())
    ]  # fmt: skip
    return {
        **plausible.fill(sheet.form, sheet.known, sheet.today, sheet.random),
        "lines": lines,
        "organisation": "成立专班，由分管领导牵头，按月调度，各责任单位分工落实。",
        "head": "李建国",
        "contact": "张敏",
        "file_number": f"扬中小办发〔{sheet.today.year}〕6号",
        "gradient": OVERALL[:100],
    }


WRITERS: Mapping[str, Callable[[Sheet], Answers]] = {
    "locality_plan.write_plan": write_plan,
    "settle_basis": settle_basis,
    "propose_target": propose_target,
    "countersign_target": countersign_target,
    "answer_objection": answer_objection,
    "review_package": review_package,
    "approve_package": approve_package,
    "answer_breakdown": answer_breakdown,
    "issue_letters": issue_letters,
    "decide_alone": decide_alone,
    "edit_annual_report": edit_annual_report,
    "approve_annual_report": approve_annual_report,
    "confirm_notice": confirm_notice,
    "draft_report": draft_report,
    "review_report": review_report,
}

OVERALL = (
    "本年度，各地各部门围绕三年行动计划，健全协同机制，细化任务分工，强化企业服务，各项重点任务总体按序时推进，"
    "多数指标达到或超过年度目标，少数指标受项目周期影响进度偏慢，已逐项分析原因并明确下一步措施。"
)

PROBLEMS = (
    "部分企业创新投入意愿不强，研发人员不足；个别指标统计口径与省厅不一致，数据核对耗时较长。",
    "企业融资需求与金融产品匹配不够精准，首贷户拓展难度较大；基层服务力量偏少，走访覆盖面有待提高。",
    "数字化改造服务商供给不足，中小企业对改造成效存有顾虑；跨部门数据共享还不够顺畅。",
    "高层次人才引进难度大，企业技能人才缺口仍然存在；部分政策兑现周期较长，企业获得感有待增强。",
)
RESULTS = (
    "建立重点企业清单和月调度机制，全年开展政策宣讲二十余场，走访企业三百余家次，协调解决用地、用工、融资等问题一百余件，各项工作按序时进度推进。",
    "完善梯度培育库，分行业开展诊断服务，组织供需对接活动十余场，推动一批项目落地见效，企业满意度持续提升，阶段性目标基本完成。",
    "加强部门协同，出台配套措施，优化办事流程，压缩审批时限，落实专项资金，支持企业加大研发投入和技术改造力度，取得了较好成效。",
)
PRIORITIES = (
    (
        "扩大梯度培育覆盖面",
        "完善培育库动态管理，新增入库企业不少于上年，分层分类开展精准辅导和政策推送，做好申报储备。",
    ),
    (
        "推进中小企业数字化转型",
        "组织数字化诊断和对接活动，遴选一批优质服务商，推动重点行业企业完成改造并总结推广典型做法。",
    ),
    ("提升融资服务能力", "深化银企对接，推广信用贷款和知识产权质押融资产品，扩大首贷户规模，降低企业综合融资成本。"),
    (
        "强化人才和技术支撑",
        "支持企业建设研发机构，开展产学研合作对接，引进急需紧缺人才，组织技能培训，提升企业创新能力。",
    ),
    (
        "优化企业服务机制",
        "落实服务专员制度，畅通诉求响应渠道，按季走访重点企业，限时办结企业反映的问题并开展满意度回访。",
    ),
)

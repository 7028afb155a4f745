"""How the forms of 年度考核 are filled in: most units confirm, one in eight appeals, the office looks into each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.demo.sheet import Answers, Sheet

APPEALING = 8
TIMELY = "时效"
GROUND = "核查办理记录和原始材料，逐项比对后得出结论。"


def confirm_rules(sheet: Sheet) -> Answers:
    return {"units": [{"unit": row["unit"]} for row in sheet.known["units"]]}


def confirm_score(sheet: Sheet) -> Answers:
    """Against one of the items that cost time, where there is one."""
    late = [row for row in sheet.known.get("lost", ()) if row["part"] == TIMELY]
    if not late or sheet.random.randrange(APPEALING):
        return {"outcome": "confirmed"}
    text = "该事项逾期系等待统计部门数据所致，已在时限前说明情况，请予核减。"
    row = {"no": sheet.random.choice(late)["no"], "what": "force_majeure", "text": text}
    return {"outcome": "appealed", "appeals": [row], "unit_insists": not sheet.random.randrange(2)}


def examine_appeal(sheet: Sheet) -> Answers:
    return {"findings": [_said(row, sheet) for row in sheet.known["findings"]]}


def decide_appeal(sheet: Sheet) -> Answers:
    return {"rulings": [_said(row, sheet) for row in sheet.known["rulings"]], "mode": "online"}


def _said(row: Mapping[str, object], sheet: Sheet) -> Answers:
    said = sheet.random.choice(("refused", "partly", "upheld"))
    answers: Answers = {"no": row["no"], "verdict": said, "ground": GROUND}
    if said == "partly":
        answers["credit"] = 0.9
    return answers if said == "refused" else {**answers, "corrected": "数据发布晚于报送时限"}


def agree(sheet: Sheet) -> Answers:
    """The lines that the leader might name are left out."""
    return {"outcome": "yes", **({"mode": "online"} if "mode" in sheet.fields else {})}


def nothing(sheet: Sheet) -> Answers:
    return {}


WRITERS: Mapping[str, Callable[[Sheet], Answers]] = {
    "assessment.confirm_rules": confirm_rules,
    "assessment.approve_rules": agree,
    "assessment.review_ranking": nothing,
    "assessment.sign_ranking": agree,
    "assessment.approve_ranking": agree,
    "assessment.issue_bulletin": agree,
    "assessment_unit.confirm_score": confirm_score,
    "assessment_unit.sign_appeal": agree,
    "assessment_unit.examine_appeal": examine_appeal,
    "assessment_unit.sign_appeal_answer": agree,
    "assessment_unit.decide_appeal": decide_appeal,
}

"""What the forms of a batch's list begin with: scored, decided, signed, recommended, its outcome recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.duties.enterprise_recognition import Proposal
from app.duties.recognition import Evaluation, Ranked
from app.duties.recognition.inputs import FIELDS
from app.models.recognition import Application
from app.queries.recognition_list import Line
from app.services.cases import Case
from app.services.enterprise_recognition.evaluating import result_of
from app.services.enterprise_recognition.experts import sheets_of_person, silent_experts
from app.services.enterprise_recognition.listing import lines_of
from app.services.enterprise_recognition.rows import batch_of, batch_title, filled

Row = dict[str, Any]
MET = {True: "满足", False: "不满足"}
OPINIONS = {"pass": "推荐", "reject": "不予推荐"}
DECISIONS = {"granted": "拟认定", "refused": "不予认定"}


def named(row: Application) -> Row:
    return {"credit_code": row.enterprise_id, "name": row.enterprise.name}


def returned(case: Case, step: str) -> str | None:
    row = case.row("returned", step)
    return f"{row['name']}：{row['text']}" if row else None


def _score(case: Case, item: str | None) -> Row:
    """What an expert judges by: the application itself, no other sheet and no name of another expert."""
    asked = {sheet.application_id for sheet in sheets_of_person(case, item or "0")}
    rows = [line.application for line in lines_of(case) if line.application.id in asked]
    return {"rows": [filled(named(row) | _story(row)) for row in rows]}


def _story(row: Application) -> Row:
    found = result_of(row.evaluation) if row.evaluation else None
    return {
        "product": "，".join(filter(None, [row.answers.get("segment"), _field(row)])),
        "story": row.answers.get("key_link"),
        "rule_score": found.score if found else None,
        "evaluation": _in_short(found) if found else None,
    }


def _in_short(found: Evaluation) -> str:
    parts = "，".join(f"{part.name}{part.points}/{part.max}" for part in found.parts)
    unmet = "、".join(finding.name for finding in found.unmet)
    return "；".join(filter(None, [parts, f"不满足：{unmet}" if unmet else "认定条件均满足"]))


def _field(row: Application) -> str:
    return FIELDS.get(str(row.answers.get("field") or ""), "")


def _replace(case: Case, item: str | None) -> Row:
    return {"silent": silent_experts(case) or None}


def _decide(case: Case, item: str | None) -> Row:
    return {"returned_opinion": returned(case, "decide_list"), "rows": [_decided(line) for line in lines_of(case)]}


def _decided(line: Line) -> Row:
    row, said = line.application, line.proposal
    by_rule = "granted" if said.is_proposed else "refused"
    told = {
        "locality": line.locality,
        "criteria": MET[bool(row.evaluation and row.evaluation.is_met)],
        "score": row.evaluation.score if row.evaluation else None,
        "mean": line.ranked.shown_mean if line.ranked else None,
        "spread": _spread(line.ranked),
        "opinion": OPINIONS.get(row.locality_opinion, "未报送"),
        "checks": line.checks_in_words,
        "advice": DECISIONS[by_rule],
        "why": "；".join(said.reasons),
        "decision": row.decision or by_rule,
        "reason": row.reasons[0] if row.decision and _is_against(row, said) else None,
    }
    return filled(named(row) | told)


def _is_against(row: Application, said: Proposal) -> bool:
    return bool(row.reasons) and (row.decision == "granted") is not said.is_proposed


def _spread(ranked: Ranked | None) -> str | None:
    if ranked is None or ranked.mean is None:
        return None
    return f"{ranked.spread}（差异较大，请复议）" if ranked.needs_second_look else f"{ranked.spread}"


def _sign(case: Case, item: str | None) -> Row:
    lines = lines_of(case)
    rows = [
        filled(
            named(line.application)
            | {
                "locality": line.locality,
                "decision": DECISIONS[line.application.decision],
                "advice": "拟认定" if line.proposal.is_proposed else "不予认定",
                "reason": "；".join(line.application.reasons),
            }
        )
        for line in lines
        if line.application.decision
    ]
    return {"granted": sum(line.application.decision == "granted" for line in lines), "rows": rows}


def _recommend(case: Case, item: str | None) -> Row:
    batch = batch_of(case)
    lines = [line for line in lines_of(case) if line.application.decision == "granted"]
    rows = [
        filled(
            named(line.application)
            | {"locality": line.locality, "mean": line.ranked.shown_mean if line.ranked else None, "place": place}
        )
        for place, line in enumerate(lines, 1)
    ]
    text = f"经申报、属地初审、部门联审、专家评审和公示，现推荐{len(rows)}家企业为{batch_title(batch)}，请予审核。"
    return {"rows": rows, "text": text}


def _outcome(case: Case, item: str | None) -> Row:
    rows = [line.application for line in lines_of(case) if line.application.decision == "granted"]
    return {"rows": [named(row) for row in sorted(rows, key=lambda row: (row.place or 0, row.id))]}


LIST_FORMS: Mapping[str, Callable[[Case, str | None], Row]] = {
    "score_applications": _score,
    "replace_experts": _replace,
    "decide_list": _decide,
    "sign_list": _sign,
    "send_recommendation": _recommend,
    "record_outcome": _outcome,
}

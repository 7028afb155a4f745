"""What completing a form of 督办单办理 writes down, and the scalars for the gateways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.db import table_of
from app.duties.supervision_order import WANTED, order_limit, unit_of
from app.models.process import ProcessInstance
from app.services.case_notes import hand_of
from app.services.cases import Case, FormTask, NewDay
from app.services.supervision_order.rows import last_colour, named_units, order_of, short_name
from app.services.telling import tell
from app.terms import Role

Answers = Mapping[str, Any]
INSTANCE = table_of(ProcessInstance)


def receive(case: Case, task: FormTask, answers: Answers) -> Mapping[str, Any]:
    return RECEIVERS[task.element_id](case, answers)


def _draft_order(case: Case, answers: Answers) -> Answers:
    order = order_of(case)
    order.drafted_by = case.actor.name
    case.drop("earlier", "")
    if answers["outcome"] == "drop":
        order.state, order.closed_on = "not_issued", case.today
        case.put("dropped", "", {**hand_of(case), "text": answers["drop_reason"]})
        case.session.flush()
        return {"outcome": "drop"}
    units = {"units": named_units(case.session)}
    unit = unit_of(units, str(answers["unit"]))
    assert unit is not None
    order.title, order.content, order.level = answers["title"], answers["content"], answers["level"]
    order.is_urgent, order.urgent_reason = bool(answers.get("is_urgent")), answers.get("urgent_reason", "")
    order.co_units = [found for row in answers.get("co_units", ()) if (found := unit_of(units, str(row["unit"])))]
    order.wanted = [name for name in WANTED if answers.get(name)]
    order.instruction, order.limit_on = answers.get("instruction", ""), date.fromisoformat(answers["limit_on"])
    order.state = "signing"
    _give_to(case, unit)
    return {"outcome": "issue", "level": order.level, "is_urgent": order.is_urgent}


def _give_to(case: Case, unit: str) -> None:
    """The order, and with it the instance, is about this unit from now on."""
    order_of(case).unit_id = case.instance.unit_id = unit
    case.session.flush()
    where = INSTANCE.c.id == case.instance.id
    case.connection.execute(INSTANCE.update().where(where).values(unit_id=unit))


def _signed(case: Case, answers: Answers) -> Answers:
    """By the office's signer or by the leading group."""
    if answers["outcome"] != "yes":
        case.put("earlier", "", {"text": answers["opinion_text"]})
        order_of(case).state = "drafting"
        case.session.flush()
    return {"outcome": answers["outcome"]}


def _sign_for(case: Case, answers: Answers) -> Answers:
    order = order_of(case)
    if answers["outcome"] == "yes":
        order.state, order.signed_for_on = "working", case.today
        order.handler = f"{answers['handler']} {answers.get('handler_phone', '')}".strip()
        case.session.flush()
    else:
        proposed = unit_of({"units": named_units(case.session)}, str(answers["proposed_unit"]))
        told = {"unit": order.unit_id, "proposed": proposed, "reason": answers["reason"]}
        case.put("refusal", "", {**hand_of(case), **told})
    return {"outcome": answers["outcome"]}


def _settle_unit(case: Case, answers: Answers) -> Answers:
    """Another unit has the whole limit again, and the drawn timer moves with it."""
    order = order_of(case)
    unit = unit_of({"units": named_units(case.session)}, str(answers["unit"]))
    assert unit is not None
    case.put("settled", "", {**hand_of(case), "unit": unit, "text": answers["reason"]})
    if unit == order.unit_id:
        return {}
    _give_to(case, unit)
    colour = last_colour(case)
    order.limit_on = order_limit(order.level, case.today, case.calendar)
    colour.limit_on, colour.unit_id = order.limit_on, unit
    case.session.flush()
    reason = f"改由{short_name(case.session, unit)}承办，督办时限重新计算。"
    case.move_due_date(NewDay("unit", reason, element_id="sign_for"))
    tell(case, [f"contact:{unit}", f"head:{unit}"], f"督办单：{order.title}", f"{reason}请签收。", f"unit:{unit}")
    return {}


def _report_back(case: Case, answers: Answers) -> Answers:
    case.put("report", f"{len(case.rows('report')) + 1:02}", {**hand_of(case), **answers})
    return {}


def _sign_report(case: Case, answers: Answers) -> Answers:
    if answers["outcome"] == "yes":
        order = order_of(case)
        last_colour(case).reported_on, order.state = case.today, "verifying"
        case.drop("earlier", "")
        case.session.flush()
    else:
        case.put("earlier", "", {"text": answers["opinion_text"]})
    return {"outcome": answers["outcome"]}


def _verify_report(case: Case, answers: Answers) -> Answers:
    points = [row["point"] for row in answers.get("return_points", ())]
    told = {"outcome": answers["outcome"], "quality_level": answers.get("quality_level", ""), "points": points}
    case.put("verified", "", {**hand_of(case), **told, "text": answers.get("opinion_text", "")})
    if answers["outcome"] == "accepted":
        order_of(case).quality = answers["quality_level"]
        case.session.flush()
    else:
        case.put("earlier", "", {"text": "\n".join(points)})
    return {"outcome": answers["outcome"]}


def _decide_next(case: Case, answers: Answers) -> Answers:
    kept = {name: answers.get(name) for name in ("outcome", "new_limit_on", "reason")}
    case.put("decided", "", {**hand_of(case), **kept})
    if answers["outcome"] == "done":
        case.put("ended_by", "", {"text": f"办公室认定已实际完成：{answers['reason']}"})
        order_of(case).state = "verifying"
        case.session.flush()
    return {"outcome": answers["outcome"]}


def _decide_final(case: Case, answers: Answers) -> Answers:
    order = order_of(case)
    names = ("outcome", "has_talk", "talk_on", "has_notice", "text", "new_limit_on")
    case.put("final", "", {**hand_of(case), **{name: answers.get(name) for name in names}})
    if answers.get("has_talk"):
        title = f"约谈通知：{order.title}"
        text = f"定于{answers['talk_on']}约谈。{answers['text']}"
        tell(case, [f"head:{order.unit_id}"], title, text, f"talk:{answers['talk_on']}")
    if answers["outcome"] == "transfer":
        order.state, order.closed_on = "transferred", case.today
        case.session.flush()
        tell(case, [Role.OFFICE], f"督办事项移送：{order.title}", answers["text"], "transferred")
    return {"outcome": answers["outcome"]}


def _explain(case: Case, answers: Answers) -> Answers:
    kept = {name: answers[name] for name in ("cause", "responsibility", "promise", "promise_on")}
    case.put("explained", "", {**hand_of(case), **kept})
    return {}


def _confirm_closing(case: Case, answers: Answers) -> Answers:
    if answers["outcome"] != "yes":
        case.put("earlier", "", {"text": answers["opinion_text"]})
    return {"outcome": answers["outcome"]}


RECEIVERS: Mapping[str, Callable[[Case, Answers], Answers]] = {
    "draft_order": _draft_order,
    "sign_order": _signed,
    "approve_order": _signed,
    "sign_for": _sign_for,
    "settle_unit": _settle_unit,
    "report_back": _report_back,
    "sign_report": _sign_report,
    "verify_report": _verify_report,
    "decide_next": _decide_next,
    "decide_final": _decide_final,
    "explain_in_writing": _explain,
    "confirm_closing": _confirm_closing,
}

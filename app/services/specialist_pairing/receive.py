"""What completing each form of 服务专员结对 writes down, and the scalars its gateways read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.duties.specialist_pairing import Person, person_named, unit_named
from app.services.assignment import present_unit
from app.services.case_notes import hand_of
from app.services.cases import Case, FormTask
from app.services.specialist_pairing.assigning import chooser_of
from app.services.specialist_pairing.facts import PairingFacts, VisitFacts
from app.services.specialist_pairing.prefill import last_visit
from app.services.specialist_pairing.rows import enterprise_of, pairing_key_of
from app.services.specialist_pairing.visiting import rate, register_visit
from app.services.telling import tell

Answers = Mapping[str, Any]

REFUSED_WORDS = {"full": "已满额", "conflict": "应回避", "moved": "岗位变动", "other": "其他"}


def receive(case: Case, task: FormTask, answers: Answers) -> Mapping[str, Any]:
    return RECEIVERS[task.element_id](case, answers)


def _widen_search(case: Case, answers: Answers) -> Answers:
    facts = PairingFacts(case)
    person = person_named(facts.persons, str(answers["person"])) if answers.get("person") else None
    unit = unit_named(facts.units, str(answers["unit"])) if answers.get("unit") else None
    named = {"person": person.id if person else None, "unit": unit, "reason": answers["reason"]}
    case.put("wider", "", {**hand_of(case), **named})
    wanted = [one for one in facts.persons if one == person or (person is None and one.unit == unit)]
    candidates = [{"person": one.id, "score": 0, "explanation": "由领导小组办公室提出"} for one in wanted]
    case.put("ranking", "", {"candidates": candidates, "excluded": (case.row("ranking") or {}).get("excluded", [])})
    return {}


def _choose_specialist(case: Case, answers: Answers) -> Answers:
    person = _named(case, answers)
    ranking = {row["person"]: row["explanation"] for row in (case.row("ranking") or {"candidates": ()})["candidates"]}
    explanation = ranking.get(person.id) or "由属地从服务专员中选定"
    choice = {"since": answers["since"], "reason": answers.get("reason", ""), "explanation": explanation}
    _put_choice(case, person, is_appointed=False, **choice)
    return {"other_unit": _is_of_another_unit(case, person)}


def _is_of_another_unit(case: Case, person: Person) -> bool:
    """Whether a head must agree. A body such as the office has none."""
    has_head = any(row["unit"] == person.unit for row in PairingFacts(case).units) and person.unit not in BODIES
    return has_head and person.unit != present_unit(case.connection, chooser_of(case))


def _approve_sending(case: Case, answers: Answers) -> Answers:
    if answers["outcome"] == "no":
        case.put("refused", "", {"reason": f"所在单位未同意：{answers.get('opinion_text', '')}"})
    return {"outcome": answers["outcome"]}


def _accept_pairing(case: Case, answers: Answers) -> Answers:
    if answers["outcome"] == "no":
        word = REFUSED_WORDS[answers["reason"]]
        text = f"{word}：{answers['reason_text']}" if answers.get("reason_text") else word
        case.put("refused", "", {"reason": f"本人未接受：{text}"})
    return {"outcome": answers["outcome"]}


def _appoint_specialist(case: Case, answers: Answers) -> Answers:
    choice = {"since": case.today.isoformat(), "reason": answers["reason"], "explanation": "由领导小组办公室指定"}
    _put_choice(case, _named(case, answers), is_appointed=True, **choice)
    return {}


def _named(case: Case, answers: Answers) -> Person:
    """The check of the form has found her."""
    person = person_named(PairingFacts(case).persons, str(answers["person"]))
    assert person is not None
    return person


def _put_choice(case: Case, person: Person, **told: Any) -> None:
    case.put("choice", "", {**hand_of(case), "person": person.id, "unit": person.unit, **told})


def _first_visit(case: Case, answers: Answers) -> Answers:
    register_visit(case, answers)
    case.drop("visit_draft", "")
    return {}


def _visit_enterprise(case: Case, answers: Answers) -> Answers:
    """The service behind it registers the visit, so that an incident there loses nothing that was written."""
    case.put("visit", "", {"answers": answers})
    return {}


def _ask_enterprise(case: Case, answers: Answers) -> Answers:
    """A wish to change right at the start goes to the head of the locality, who talks to both."""
    visit = last_visit(case)
    if visit is not None:
        rate(case, visit, answers)
    if answers.get("wants_change"):
        firm = enterprise_of(case)
        text = f"{firm.name}希望更换服务专员：{answers['change_reason']}。请研判。"
        tell(case, [f"head:{firm.locality_id}"], f"企业希望更换专员：{firm.name}", text, "wants_change")
    return {}


def _rate_visit(case: Case, answers: Answers) -> Answers:
    visit = last_visit(case)
    if visit is not None:
        rate(case, visit, answers)
    return {}


def _decide_first_visit(case: Case, answers: Answers) -> Answers:
    if answers["outcome"] == "change":
        _say_she_leaves(case, "late")
    else:
        case.put("first_visit", "", {**hand_of(case), "on": answers["new_date"], "reason": answers["reason"]})
    return {"outcome": answers["outcome"]}


def _explain_missed_visit(case: Case, answers: Answers) -> Answers:
    told = {name: answers.get(name, "") for name in ("outcome", "new_date", "reason")}
    case.put("missed", "", {**hand_of(case), **told})
    return {"outcome": answers["outcome"]}


def _decide_change(case: Case, answers: Answers) -> Answers:
    """Decided, the next pairing is opened by the message; this visit ends as done."""
    told = {"outcome": answers["outcome"], "talk_note": answers["talk_note"]}
    case.put("judged", "", {**hand_of(case), **told})
    if answers["outcome"] == "change":
        visit = last_visit(case)
        _say_she_leaves(case, "wish" if visit is not None and visit.wants_change else "rated_low")
    return {"outcome": answers["outcome"]}


def _say_she_leaves(case: Case, reason: str) -> None:
    key = pairing_key_of(case)
    told = {"reason": reason, "sender": case.instance.id}
    case.effect(f"{case.instance.id}:specialist_left:{case.instance.version}", "message", **told, name=LEFT, key=key)


def quarter_of_instance(case: Case) -> tuple[int, int]:
    facts = VisitFacts(case)
    return facts.year, facts.quarter


LEFT = "specialist_left"
BODIES = ("office", "group")

RECEIVERS: Mapping[str, Callable[[Case, Answers], Answers]] = {
    "widen_search": _widen_search,
    "choose_specialist": _choose_specialist,
    "approve_sending": _approve_sending,
    "accept_pairing": _accept_pairing,
    "appoint_specialist": _appoint_specialist,
    "first_visit": _first_visit,
    "visit_enterprise": _visit_enterprise,
    "ask_enterprise": _ask_enterprise,
    "rate_visit": _rate_visit,
    "decide_first_visit": _decide_first_visit,
    "explain_missed_visit": _explain_missed_visit,
    "decide_change": _decide_change,
}

"""What completing a form of a list writes down, and the scalars for the gateways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.duties.practical_matter import names_in
from app.services.case_notes import hand_of, put_opinion
from app.services.cases import Case, FormTask
from app.services.growth_selection.facts import unit_named
from app.services.practical_matter.rows import Row

Answers = Mapping[str, Any]
Receive = Callable[[Case, FormTask, Answers], Answers]
TOLD = ("title", "content", "target_group", "quantity", "quantity_unit", "by")
LAST = 1000


def _propose(case: Case, task: FormTask, answers: Answers) -> Answers:
    rows = [] if answers.get("none") else list(answers.get("matters", ()))
    case.put("proposal", task.item or "", {**hand_of(case), "matters": rows})
    return {}


def _choose(case: Case, task: FormTask, answers: Answers) -> Answers:
    """What was not chosen stays in the draft; opinions on an earlier draft no longer hold."""
    rows = sorted(answers["matters"], key=lambda row: (not row.get("is_chosen"), row.get("place") or LAST))
    case.put("draft", "", {**hand_of(case), "matters": rows})
    for kind in ("chosen", "countersign"):
        for key in case.rows(kind):
            case.drop(kind, key)
    for element_id in ("sign_matters", "approve_matters"):
        case.drop("opinion", element_id)
    chosen = [_chosen(case, row) for row in rows if row.get("is_chosen")]
    case.put_all("chosen", {f"{number:02}": row for number, row in enumerate(chosen, 1)})
    units = dict.fromkeys(unit for row in chosen for unit in (row["lead"], *row["co_units"]))
    return {"units": {unit: {} for unit in units}}


def _chosen(case: Case, row: Row) -> Row:
    lead = unit_named(case, names_in(row["lead"])[0]) or ""
    others = (unit_named(case, name) for name in names_in(row.get("co_units")))
    return {
        **{name: row[name] for name in TOLD if name in row},
        "lead": lead,
        "co_units": [unit for unit in dict.fromkeys(others) if unit and unit != lead],
        "measures": [int(word) for word in names_in(row.get("measures")) if word.isdecimal()],
    }


def _countersign(case: Case, task: FormTask, answers: Answers) -> Answers:
    """An objection is listed; it blocks nothing."""
    told = {name: answers.get(name, "") for name in ("outcome", "opinion_text")}
    case.put("countersign", task.item or "", {**hand_of(case), **told})
    return {}


def _decided(case: Case, task: FormTask, answers: Answers) -> Answers:
    put_opinion(case, task.element_id, answers)
    return {"outcome": answers["outcome"]}


LIST_ANSWERS: Mapping[str, Receive] = {
    "propose_matter": _propose,
    "choose_matters": _choose,
    "countersign_matters": _countersign,
    "sign_matters": _decided,
    "approve_matters": _decided,
}

"""What each form of 典型案例 begins with, and which parts stand fast after a return."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.duties.demand_response import alike
from app.duties.quantity import as_number
from app.duties.typical_case import KINDS, PARTS, TEXTS, whole_text
from app.duties.typical_case_checks import LIKE
from app.models.typical_case import TypicalCase
from app.services.assignment import RECOGNITION, unit_with
from app.services.cases import Case, Prefill
from app.services.typical_case.facts import published_texts
from app.services.typical_case.rows import (
    Row,
    case_of,
    figures_of,
    findings_of,
    settled_parts,
    subject_name,
    unit_names,
)
from app.terms import Source

VERDICTS = {"right": "属实", "wrong": "不属实", "": "未核实，已删去"}
SOURCES = {source.value: source.label for source in Source}
OWN_FIELDS = (*PARTS, "subject", "faces")


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    told = case_of(case)
    values = _check(case, told, item) if element_id == "check_facts" else FORMS[element_id](case, told)
    return {name: value for name, value in values.items() if value not in (None, "", [])}, {}


def locked(case: Case, element_id: str, item: str | None) -> list[str]:
    """A firm or a specialist writes about the firm that was offered; a correction opens the parts it names."""
    if element_id != "write_case":
        return []
    told, returned = case_of(case), case.row("returned") or {}
    fast = ["subject"] if told.enterprise_id and not told.author.startswith("contact:") else []
    unlocked = returned.get("unlocked")
    if unlocked is None:
        return fast
    closed = [part for part in PARTS if part not in unlocked]
    return [*closed, "subject", *(["faces"] if "photos" in closed else [])]


def _write(case: Case, told: TypicalCase) -> Row:
    returned = case.row("returned") or {}
    points = [{"no": at, "item": PARTS[row["field"]], "point": row["point"]}
              for at, row in enumerate(returned.get("points", ()), 1)]  # fmt: skip
    firm = told.enterprise
    begun = {"title": told.title, "kind": told.kind, "subject": firm.name if firm else ""}
    return {
        "returned_note": "：".join(filter(None, [returned.get("by"), returned.get("text")])),
        "return_points": points,
        "lead": told.lead,
        "author_name": told.author_name,
        **begun,
        **{name: told.answers[name] for name in OWN_FIELDS if name in told.answers},
    }


def _shown(told: TypicalCase, parts: Mapping[str, str] | None = None) -> Row:
    """The case for reading. parts: the texts where they are no longer those of the writer."""
    photos = len(told.answers.get("photos", ()))
    return {
        "case_title": told.title,
        "kind_name": KINDS[told.kind],
        "subject_name": subject_name(told),
        "author_name": told.author_name,
        **{part: (parts or told.answers).get(part) for part in TEXTS},
        "photos_note": f"{photos}张，可在典型案例页面查看" if photos else None,
    }


def _figures(case: Case, told: TypicalCase, *names: str) -> list[Row]:
    units = unit_names(case.session)
    return [
        {
            name: value
            for name, value in {
                **row,
                "source": SOURCES.get(row.get("source", ""), row.get("source")),
                "holder": units.get(row.get("holder", ""), row.get("holder")),
            }.items()
            if name in names and value not in (None, "")
        }
        for row in figures_of(told)
    ]


FIGURE = ("no", "label", "value", "unit", "as_of", "source")


def _sign(case: Case, told: TypicalCase) -> Row:
    return {**_shown(told), "figures": _figures(case, told, *FIGURE, "holder")}


def _review(case: Case, told: TypicalCase) -> Row:
    consent, opinion = case.row("consent") or {}, case.row("opinion", "approve_publishing") or {}
    text = whole_text({**told.answers, "title": told.title})
    likes = [title for title, other in published_texts(case.session) if alike(text, other) >= LIKE]
    refused = opinion.get("outcome") == "no"
    return {
        **_sign(case, told),
        "likeness_note": f"与已发布的{'、'.join(likes)}重复度较高" if likes else "与已发布的案例没有重复",
        "withheld_note": consent.get("withheld"),
        "signer_note": f"{opinion['name']}退回：{opinion['opinion_text']}" if refused else None,
        "check_units": [{"unit": name} for name in _proposed_units(case, told)],
    }


def _proposed_units(case: Case, told: TypicalCase) -> list[str]:
    """Whoever holds a figure; where nobody is named, the unit that recognises."""
    figures = figures_of(told)
    if not figures:
        return []
    names = unit_names(case.session)
    held = dict.fromkeys(row["holder"] for row in figures if row.get("holder"))
    return list(held)[:3] or [names[unit_with(case.connection, RECOGNITION)]]


def _check(case: Case, told: TypicalCase, item: str | None) -> Row:
    """What the unit holds, and what is held by none of those that were asked."""
    named = unit_names(case.session)
    asked = {*case.instance.data.get("units", ()), item}
    name = named.get(item or "", "")
    others = {named[unit] for unit in asked if unit in named and unit != item} | (asked - {item})
    figures = [row for row in _figures(case, told, *FIGURE, "basis", "holder")
               if row.get("holder") == name or row.get("holder") not in others]  # fmt: skip
    figures = [{key: value for key, value in row.items() if key != "holder"} for row in figures]
    shown = _shown(told)
    return {**{part: shown[part] for part in ("case_title", "subject_name", "result")}, "figures": figures}


def _approve(case: Case, told: TypicalCase) -> Row:
    findings, names = findings_of(case, told), unit_names(case.session)
    rows = [
        {
            "no": row["no"],
            "label": row["label"],
            "value": row["value"],
            "verdict": VERDICTS[row["verdict"]],
            "unit_name": names.get(row.get("by", ""), "–"),
            **({"right_value": as_number(row["right_value"]), "right_source": row.get("right_source", "")}
               if row["verdict"] == "wrong" else {}),
        }
        for row in findings
    ]  # fmt: skip
    return {**_shown(told, settled_parts(told, findings)), "findings": rows}


FORMS: Mapping[str, Callable[[Case, TypicalCase], Row]] = {
    "write_case": _write,
    "sign_case": _sign,
    "confirm_by_firm": _sign,
    "review_case": _review,
    "approve_publishing": _approve,
}

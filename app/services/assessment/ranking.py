"""The rankings while they are made and afterwards: points by hand, places, and what changes once they were computed."""

from __future__ import annotations

from typing import Any

from app.duties.assessment import GROUNDS, read_rules
from app.services.assessment.inputs import with_events
from app.services.assessment.rows import Row, assessment_of, names_of, score_of
from app.services.assessment.scores import place_all, revise
from app.services.assessment.year import place
from app.services.case_notes import numbered, year_of
from app.services.cases import Case
from app.services.telling import tell

OFFICE = "office"


def adjust(case: Case, row: Row) -> None:
    """One row of points by hand: an event of the unit's score, with its ground and file; the unit is told."""
    key, rules = numbered_rows(case, "adjustment"), read_rules(assessment_of(case).rules)
    score, title = score_of(case, row["unit"]), f"{GROUNDS[row['ground']]}：{row['text']}"
    item: dict[str, Any] = {
        "key": f"manual:{key}",
        "kind": row["ground"],
        "title": title,
        "cause": title,
        "on": row["on"],
        "file": row["file"],
        "at": place(case.instance.id, case.instance.head_seq + 1),
    }
    if row["points"] is not None and row["ground"] != "falsified":
        item["points"] = str(row["points"])
    inputs = with_events(score.inputs, [item])
    made = revise(case.session, score, inputs, rules, "adjustment", case.instance.id, case.at)
    case.put("adjustment", key, {**row, "before": str(score.total), "after": str(made.total)})
    place_all(case.session, year_of(case), rules)
    answer = "有不同意见的，请于三个工作日内在本年度得分事项中补充意见。"
    text = f"{title}。总分由{score.total}分变为{made.total}分。{answer}"
    inboxes = [f"contact:{row['unit']}", f"head:{row['unit']}"]
    tell(case, inboxes, f"{year_of(case)}年度考核加减分", text, f"adjusted:{key}")


def revise_ranking(case: Case, before: str, after: str) -> None:
    """A unit's score changed; where the places are computed already they are computed anew, and the change is kept.

    case: of the unit. Nothing that was published is deleted: the bulletin stays, the revision stands beside it.
    """
    parent = case.instance.parent_id
    if parent is None or case.row("ranked", instance_id=parent) is None:
        return
    changed = place_all(case.session, year_of(case), read_rules(assessment_of(case).rules))
    places = {unit: list(pair) for unit, pair in changed.items()}
    key = numbered(len(case.rows("revision", instance_id=parent)) + 1)
    unit, names = case.instance.unit_id or "", names_of(case)
    told = {"on": case.today.isoformat(), "unit": unit, "before": before, "after": after, "places": places}
    case.put("revision", key, told, instance_id=parent)
    text = f"{names[unit]}申诉办结，总分由{before}分变为{after}分，名次变动{len(places)}个单位，已登记修订。"
    tell(case, [OFFICE, "office_signer"], f"{year_of(case)}年度考核名次修订", text, f"revision:{key}")


def numbered_rows(case: Case, kind: str) -> str:
    return numbered(len(case.rows(kind)) + 1)

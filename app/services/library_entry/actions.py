"""The service and rule tasks of a nomination list: compared by machine, returned, entered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.duties.library_entry import Finding, findings
from app.models.enterprise import Enterprise
from app.models.library import NominationRow
from app.services.cases import Action, Case, Data
from app.services.library_counts import count_after
from app.services.library_entry.entering import enter, hand_over
from app.services.library_entry.rows import Row, files_of, home_of, list_of, nominated, to_review

Answer = Mapping[str, Any]


def precheck_rows(case: Case, data: Data) -> Answer:
    """Each row against what the house knows: what stands against it puts it aside, not the whole list."""
    home, typed = home_of(case), (case.row("nomination") or {})["rows"]
    known = {row.enterprise_id: (row.consent, row.consent_on) for row in nominated(case) if row.origin == "locality"}
    for row in nominated(case):
        if row.origin == "locality":
            case.session.delete(row)
    case.session.flush()
    files = files_of(case.session, [row["credit_code"] for row in typed])
    for row, found in zip(typed, findings(typed, files, home), strict=True):
        case.session.add(_row(case, home, row, files, found, known.get(row["credit_code"])))
    case.session.flush()
    _recheck_applications(case, home)
    _renumber(case)
    _offer_elsewhere(case, home)
    listed = nominated(case, ("listed",))
    return {"valid_rows": len(listed), "consent_open": sum(row.consent == "waiting" for row in listed)}


def set_list_correction(case: Case, data: Data) -> Answer:
    """Opens the rows that were named, and nothing else; the next review is one round later."""
    points = (case.row("returned") or {})["points"]
    rows = {row.position: row for row in nominated(case)}
    told = [
        {"no": number, "name": rows[point["row_no"]].name, "point": point["point"]}
        for number, point in enumerate(points, 1)
    ]
    codes = sorted({rows[point["row_no"]].enterprise_id for point in points})
    case.put("correction", "", {"codes": codes, "points": told})
    case.drop("decisions", "")
    row = list_of(case)
    case.put("list", "", {**row, "round": row["round"] + 1})
    return {"round": row["round"] + 1}


def enter_enterprises(case: Case, data: Data) -> None:
    """Each agreed row once; those that are silent wait for the locality's next list."""
    decided = (case.row("decisions") or {}).get("rows", {})
    for row in to_review(case):
        decision = decided.get(str(row.position), {})
        if decision.get("decision") == "no":
            row.state, row.finding = "refused", str(decision.get("reason", ""))
        else:
            enter(case, row)
    waiting = [row for row in nominated(case, ("listed",)) if row.consent == "waiting"]
    for row in waiting:
        hand_over(case, row, row.locality_id, "waiting")
        row.state, row.finding = "silent", "企业未在期限内确认，转入下一次名单"
    entered = len(nominated(case, ("entered",)))
    told = {"on": case.today.isoformat(), "count": entered, "waiting": len(waiting)}
    case.put("entered", "", {**told, "skipped": len(nominated(case, ("skipped",)))})
    count_after(case)


def _row(
    case: Case, home: str, row: Row, files: Mapping[str, Row], found: Sequence[Finding], known: tuple[str, Any] | None
) -> NominationRow:
    code = row["credit_code"]
    consent, consent_on = row["consent"], row.get("consent_on")
    if known is not None and known[0] in ("platform", "phone") and consent == "waiting":
        consent, consent_on = known[0], known[1].isoformat() if known[1] else None
    return NominationRow(
        instance_id=case.instance.id,
        locality_id=home,
        enterprise_id=code,
        name=files[code]["name"] if code in files else str(row["name"]).strip(),
        answers={name: value for name, value in row.items() if name not in ("consent", "consent_on", "no")},
        origin="locality",
        consent=consent,
        consent_on=date.fromisoformat(consent_on) if consent_on else None,
        state="skipped" if found else "listed",
        finding="；".join(finding.text for finding in found),
        created_at=case.at,
        created_by=case.actor.login,
    )


def _recheck_applications(case: Case, home: str) -> None:
    own = [row for row in nominated(case, ("listed", "skipped")) if row.origin != "locality"]
    files = files_of(case.session, [row.enterprise_id for row in own])
    answers = [{**row.answers, "credit_code": row.enterprise_id, "name": row.name} for row in own]
    for row, found in zip(own, findings(answers, files, home), strict=True):
        row.state = "skipped" if found else "listed"
        row.finding = "；".join(finding.text.partition("行")[2] for finding in found)
    case.session.flush()


def _renumber(case: Case) -> None:
    """The listed ones first, so that the paper counts them without gaps."""
    rows = sorted(nominated(case), key=lambda row: (row.state != "listed", row.origin != "locality", row.id))
    for position, row in enumerate(rows, 1):
        row.position = position
    case.session.flush()


def _offer_elsewhere(case: Case, home: str) -> None:
    """An enterprise of another locality is offered to that one."""
    skipped = {row.enterprise_id: row for row in nominated(case, ("skipped",))}
    wanted = select(Enterprise.id, Enterprise.locality_id).where(Enterprise.id.in_(skipped))
    for code, locality in case.session.execute(wanted.where(Enterprise.library_since.is_(None))):
        if locality != home:
            hand_over(case, skipped[code], locality, "transferred")


LIST_ACTIONS: Mapping[str, Action] = {
    "library_entry.precheck_rows": precheck_rows,
    "library_entry.set_list_correction": set_list_correction,
    "library_entry.enter_enterprises": enter_enterprises,
}

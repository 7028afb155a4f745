"""What each form of a case against titles begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.duties.title_maintenance import GROUNDS, revocation
from app.models.enterprise import Title
from app.services.cases import Case
from app.services.title_maintenance.case_rows import (
    SOURCES,
    case_of,
    doubted_ids,
    findings_in_words,
    lead_of,
    numbered_titles,
    objections_in_words,
    proposal_of,
    rectified_in_words,
    statement_of,
    version_of,
)
from app.services.title_maintenance.rows import Row, enterprise_of, filled, label_of, last_row, titles_in_words

OUTCOMES = {"keep": "保留称号", "rectify": "限期整改", "revoke": "取消称号"}
GROUND_OF_SOURCE = {"accident": "accident", "change": "unmet", "given_up": "given_up"}


def _accept_case(case: Case) -> Row:
    lead = lead_of(case)
    wanted = lead["levels"]
    titles = [
        _title_row(no, title, is_doubted=not wanted or title.level in wanted) for no, title in numbered_titles(case)
    ]
    facts = [{"fact": lead["text"]}] if len(lead["text"]) >= 10 else []
    told = {"enterprise": enterprise_of(case).name, "hint": lead["text"], "source": lead["source"], "facts": facts}
    return filled(told) | {"titles": titles}


def _investigate_case(case: Case) -> Row:
    opened = case_of(case)
    rows = [{"no": no, "fact": fact} for no, fact in enumerate(opened["facts"], start=1)]
    return {**_about(case), "source_label": SOURCES[opened["source"]], "findings": rows}


def _hear_enterprise(case: Case) -> Row:
    return {"titles": _doubted(case), "facts": "\n".join(case_of(case)["facts"])}


def _propose_measure(case: Case) -> Row:
    """First by the rule; proposed again, as it was proposed last."""
    last = proposal_of(case)
    told = {
        **_heard(case),
        "rectified": rectified_in_words(case),
        "objections": objections_in_words(case),
    }
    return filled({**told, **_measure(case, last)}) | {"titles": _measure_titles(case, last)}


def _decide_measure(case: Case) -> Row:
    proposal = proposal_of(case)
    told = {**_heard(case), "proposed": OUTCOMES[proposal["outcome"]], "proposal_reason": proposal["reason"]}
    filled_in = {**told, **_measure(case, proposal), "outcome": proposal["outcome"]}
    return filled(filled_in) | {"titles": _measure_titles(case, proposal)}


def _report_rectification(case: Case) -> Row:
    decision = last_row(case, "decision")
    rows = [{"no": no, "point": point} for no, point in enumerate(decision["points"], start=1)]
    return {"rectify_by": decision["rectify_by"], "points": rows}


def _report_upwards(case: Case) -> Row:
    return {**_about(case), "titles": _to_revoke(case), "ground_label": GROUNDS[last_row(case, "decision")["ground"]]}


def _record_upper_decision(case: Case) -> Row:
    upper = case.row("upper") or {}
    return {**_about(case), "titles": _to_revoke(case), "sent": f"{upper['sent_on']} {upper['document_no']}"}


def _about(case: Case) -> Row:
    return {"enterprise": enterprise_of(case).name, "titles": _doubted(case)}


def _heard(case: Case) -> Row:
    return {
        "enterprise": enterprise_of(case).name,
        "findings": findings_in_words(case),
        "statement": statement_of(case),
    }


def _doubted(case: Case) -> str:
    ids = doubted_ids(case)
    return titles_in_words([title for _, title in numbered_titles(case) if title.id in ids])


def _to_revoke(case: Case) -> str:
    ids = last_row(case, "decision")["titles"]
    return titles_in_words([title for _, title in numbered_titles(case) if title.id in ids])


def _measure(case: Case, last: Row) -> Row:
    if not last:
        ground = GROUND_OF_SOURCE.get(case_of(case)["source"])
        years = max((_by_rule(case, ground, level) for level in _levels(case)), default=0) if ground else 0
        return {"ground": ground, "ban_years": years or None}
    names = ("outcome", "ground", "ban_years", "legal_ground", "rectify_by")
    known = {name: last.get(name) for name in names}
    return {**known, "points": [{"point": point} for point in last.get("points", ())]}


def _by_rule(case: Case, ground: str, level: str) -> int:
    return revocation(ground, level, version_of(case)).ban_years


def _levels(case: Case) -> list[str]:
    ids = doubted_ids(case)
    return [title.level for _, title in numbered_titles(case) if title.id in ids]


def _measure_titles(case: Case, last: Row) -> list[Row]:
    """Ticked as last time; first, what is doubted and what the ground takes along with it."""
    if last:
        ticked = set(last["titles"])
        return [_title_row(no, title, revoke=title.id in ticked) for no, title in numbered_titles(case)]
    ground = GROUND_OF_SOURCE.get(case_of(case)["source"])
    levels = {level for own in _levels(case) for level in _scope(case, ground, own)}
    return [_title_row(no, title, revoke=title.level in levels) for no, title in numbered_titles(case)]


def _scope(case: Case, ground: str | None, level: str) -> tuple[str, ...]:
    return revocation(ground, level, version_of(case)).scope if ground else (level,)


def _title_row(no: int, title: Title, **ticks: bool) -> Row:
    known = {"name": label_of(title.level), "certificate": title.certificate, "valid_to": title.until_on.isoformat()}
    return {"no": no, **filled(known), **ticks}


FORMS: Mapping[str, Callable[[Case], Row]] = {
    "accept_case": _accept_case,
    "investigate_case": _investigate_case,
    "hear_enterprise": _hear_enterprise,
    "propose_measure": _propose_measure,
    "decide_measure": _decide_measure,
    "report_rectification": _report_rectification,
    "report_upwards": _report_upwards,
    "record_upper_decision": _record_upper_decision,
}

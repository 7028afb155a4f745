"""What a list notes about itself, and the files of the enterprises on it.

The enterprises stand in the table NominationRow. Working rows of a list (key "" unless said):

    list            {opened_on, round}; round: reviews begun, so 1 at the first one
    nomination      {login, name, on, rows, applications}: what the form said last
    opinion         key: element; {login, name, on, outcome, opinion_text}: the last word of a signer or reviewer
    decisions       {rows: {position: {decision, reason}}}: of the review
    correction      {codes, points: [{no, name, point}]}: what was returned
    entered         {on, count, skipped, waiting}

Working rows of a yearly check:

    enterprise      key: credit code; {name, entered_on, titles, note, state, on, proof, to_locality}
    opinion         as above
    applied         {on, exits: [{credit_code, name, reason, on, proof}], moves: [{…, to}]}
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.library_entry import TIERS
from app.models.enterprise import Enterprise, Title
from app.models.library import NominationRow
from app.models.organization import Unit
from app.services.case_notes import hand_of
from app.services.cases import Case
from app.terms import TitleStatus

LIST, CHECK = "library_entry", "library_entry_check"
AGREED = ("platform", "phone")
CONSENTS: Mapping[str, str] = {
    "platform": "平台确认",
    "phone": "电话确认",
    "waiting": "待确认",
    "refused": "不同意",
}
ORIGINS: Mapping[str, str] = {
    "locality": "属地推荐",
    "enterprise": "企业自荐",
    "transferred": "其他属地转来",
    "waiting": "上次未确认",
}

Row = dict[str, Any]


def list_of(case: Case) -> Row:
    row = case.row("list")
    assert row is not None
    return row


def nominated(case: Case, states: Collection[str] = ()) -> Sequence[NominationRow]:
    """The enterprises of the list in their order; states: only those in one of them."""
    wanted = select(NominationRow).where(NominationRow.instance_id == case.instance.id)
    if states:
        wanted = wanted.where(NominationRow.state.in_(states))
    return case.session.scalars(wanted.order_by(NominationRow.position, NominationRow.id)).all()


def to_review(case: Case) -> list[NominationRow]:
    """The rows whose enterprise has agreed; those that are silent wait for the next list."""
    return [row for row in nominated(case, ("listed",)) if row.consent in AGREED]


def pool_of(session: Session, locality_id: str) -> Sequence[NominationRow]:
    """Who waits for the locality's next list."""
    wanted = (NominationRow.locality_id == locality_id, NominationRow.state == "pool")
    return session.scalars(select(NominationRow).where(*wanted).order_by(NominationRow.id)).all()


def present_units(session: Session) -> dict[str, str]:
    """Each unit -> the unit that is there now, itself or whoever followed it."""
    successors = {row.id: row.successor_id for row in session.execute(select(Unit.id, Unit.successor_id))}

    def follow(unit: str) -> str:
        seen = {unit}
        while (after := successors.get(unit)) and after not in seen:
            seen.add(after)
            unit = after
        return unit

    return {unit: follow(unit) for unit in successors}


def home_of(case: Case) -> str:
    """The locality whose list it is; of a merged one, whoever followed it."""
    unit = case.instance.unit_id
    assert unit is not None
    return present_units(case.session)[unit]


def files_of(session: Session, codes: Collection[str]) -> dict[str, Row]:
    """What the house knows of these enterprises, as duties/library_entry_rows.py reads it."""
    present = present_units(session)
    names = {row.id: row.short_name for row in session.execute(select(Unit.id, Unit.short_name))}
    found = session.scalars(select(Enterprise).where(Enterprise.id.in_(set(codes))))
    return {
        row.id: {
            "name": row.name,
            "state": row.state,
            "locality": present[row.locality_id],
            "locality_name": names[present[row.locality_id]],
            "industry": row.industry,
            "library_since": row.library_since,
        }
        for row in found
    }


def titles_of(session: Session, codes: Collection[str]) -> dict[str, list[str]]:
    """Code -> levels of the titles that are valid."""
    valid = Title.status.in_((TitleStatus.VALID.value, TitleStatus.PENDING.value))
    rows = session.execute(select(Title.enterprise_id, Title.level).where(Title.enterprise_id.in_(set(codes)), valid))
    found: dict[str, list[str]] = {}
    for code, level in rows:
        found.setdefault(code, []).append(level)
    return found


def as_listed(row: NominationRow) -> Row:
    """The columns that the forms of a list show of an enterprise."""
    return {
        "no": row.position,
        "name": row.name,
        "credit_code": row.enterprise_id,
        "chain": row.answers.get("chain", ""),
        "product": row.answers.get("product", ""),
        "tier": TIERS.get(row.answers.get("tier", ""), ""),
    }


def put_opinion(case: Case, element_id: str, answers: Mapping[str, Any]) -> None:
    told = {name: answers.get(name, "") for name in ("outcome", "opinion_text")}
    case.put("opinion", element_id, {**hand_of(case), **told})


def returned_opinion(case: Case, *element_ids: str) -> str:
    """Why the form comes back: the last returning word of those that read it, the newest step first."""
    for element_id in element_ids:
        opinion = case.row("opinion", element_id) or {}
        if opinion.get("outcome") in ("no", "returned") and opinion["opinion_text"]:
            return f"{opinion['name']}：{opinion['opinion_text']}"
    return ""

"""What the instances of 称号动态管理 note about themselves, and the titles they are about.

Working rows of an update (key "" unless said):

    update      {login, name, on, answers}: as it was sent last
    jumps       {keys: [figure]}: amounts that changed by more than half
    check       key: 01, 02, …; {login, name, on, outcome, opinion_text, return_points}
    correction  {unlocked: [field]}: the update came back, and only these may change
    lapsed      {on}: the right to re-verification was lost

of a change:

    change      {event_on, kind, noticed_by, text}: as it was noticed
    report      {login, name, on, kind, event_on, old_value, new_value, effect}
    check       {login, name, on, outcome, points}
    effect      {login, name, on, outcome, reason, new_name, successor_code, new_locality, titles: [label]}

of a re-verification:

    title       {id, level, valid_to}
    application {login, name, on, figures, statement, attachments}
    look        key: 01, 02, …; {login, name, on, outcome, note, look_on, batch}: how it stood with a batch that is late

of a case:

    lead        {source, text, levels: [level], bureau: unit}
    case        {login, name, on, source, informant, titles: [id], facts: [text], proof, outcome, opinion_text}
    findings    {login, name, on, rows: [{no, fact, result, finding}], departments, penalty_no}
    statement   {login, name, on, text}
    proposal    key: 01, 02, …; {login, name, on, outcome, titles: [id], ground, ban_years, legal_ground, rectify_by,
                points, reason}
    decision    key: 01, 02, …; the same, with opinion_text, level and for a revocation of city titles notice
    rectified   {login, name, on, points: [{no, point, is_done, note}]}
    upper       {login, name, on, document_no, sent_on}
    answer      {login, name, on, outcome, number, decided_on}
    opened      {on}; upwards {level}; city_decision {number}: that the paper of this name can be drawn
    revoked     {on, number, titles: [label], ground, ban_until}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.enterprise import Enterprise, Title
from app.services.case_notes import numbered
from app.services.cases import Case
from app.terms import TitleLevel, TitleStatus

Row = dict[str, Any]

CASE, UPDATE, CHANGE, RENEWAL = (
    "title_maintenance",
    "title_maintenance_update",
    "title_maintenance_change",
    "title_maintenance_renewal",
)
LIVE = (TitleStatus.VALID.value, TitleStatus.PENDING.value)


def enterprise_id_of(case: Case) -> str:
    """Every instance of this duty is about an enterprise."""
    enterprise_id = case.instance.enterprise_id
    assert enterprise_id is not None
    return enterprise_id


def enterprise_of(case: Case) -> Enterprise:
    return case.session.get_one(Enterprise, enterprise_id_of(case))


def live_titles(session: Session, enterprise_id: str, today: date) -> list[Title]:
    """Titles in force and those that wait for their re-verification, from the foot of the ladder."""
    wanted = select(Title).where(Title.enterprise_id == enterprise_id, Title.status.in_(LIVE), Title.from_on <= today)
    found = [title for title in session.scalars(wanted) if title.until_on >= today or title.status != LIVE[0]]
    order = list(TitleLevel)
    return sorted(found, key=lambda title: (order.index(TitleLevel(title.level)), title.id))


def titles_of(case: Case) -> list[Title]:
    return live_titles(case.session, enterprise_id_of(case), case.today)


def titles_by_id(session: Session, ids: Iterable[int]) -> list[Title]:
    return list(session.scalars(select(Title).where(Title.id.in_(list(ids))).order_by(Title.id)))


def label_of(level: str) -> str:
    return TitleLevel(level).label


def titles_in_words(titles: Sequence[Title]) -> str:
    return "、".join(dict.fromkeys(label_of(title.level) for title in titles)) or "无"


def last_row(case: Case, kind: str) -> Row:
    """The newest of numbered rows; empty when there is none."""
    rows = list(case.rows(kind).values())
    return rows[-1] if rows else {}


def add_row(case: Case, kind: str, value: Mapping[str, Any]) -> None:
    case.put(kind, numbered(len(case.rows(kind)) + 1), value)


def filled(row: Mapping[str, Any]) -> Row:
    """Without what is empty: a form shows no empty facts."""
    return {name: value for name, value in row.items() if value not in (None, "", [])}

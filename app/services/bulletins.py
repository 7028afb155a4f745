"""通报: composed by the office from what the board says, edited, signed by another person, numbered and published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted, RuleViolation
from app.models.bulletin import Bulletin
from app.models.organization import Unit
from app.models.plan import Plan
from app.queries import bulletins
from app.queries.actor import Actor
from app.queries.bulletins import NOT_FOUND, STATES, as_row
from app.queries.candidates import people_of
from app.queries.paging import LARGEST_INT
from app.services import bulletin_texts
from app.services.administration import record, require
from app.services.document_numbers import give_number
from app.services.messages import Message, put_messages
from app.services.telling import NOTICE
from app.terms import Act, Role
from app.workdays import Calendar

KIND = "通报"
LONGEST_DAYS = 366
TEXTS: Mapping[str, tuple[str, int]] = {
    "title": ("标题", 100),
    "opening": ("总体情况", 3000),
    "good": ("好的方面", 3000),
    "bad": ("存在的问题", 3000),
    "demands": ("工作要求", 3000),
}
NEEDED = ("title", "opening", "demands")
LONGEST_REMARK, SHORTEST_REASON = 100, 2
OWN = "拟稿人不能签发自己拟的通报，请由另一位签发人签发。"
MEANWHILE = "这份通报刚才被改动，请刷新后再办理。"


def compose(session: Session, actor: Actor, calendar: Calendar, since: date, until: date) -> Bulletin:
    """A draft of the period with all that is known. Raises NotPermitted, RuleViolation for days that are no period."""
    require(actor, Role.OFFICE)
    today = clock.today()
    if since > until or until > today or (until - since).days > LONGEST_DAYS:
        raise RuleViolation("until", "请填写已经过去的一段时间，起始日不晚于截止日，不超过一年")
    states = bulletins.unit_states(session, since, until, today)
    overdue = [as_row(found) for found in bulletins.overdue_tasks(session, today, calendar)]
    row = Bulletin(
        title=bulletin_texts.title(since, until),
        since_on=since,
        until_on=until,
        opening=bulletin_texts.opening(states, since, until, len(overdue)),
        good=bulletin_texts.good(states),
        bad=bulletin_texts.bad(states),
        demands=bulletin_texts.DEMANDS,
        overdue=overdue,
        units=[bulletin_texts.unit_row(state) for state in states],
        drafted_by=_person(actor),
        changed_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def save(session: Session, actor: Actor, bulletin_id: int, revision: int, answers: Mapping[str, Any]) -> Bulletin:
    """answers: texts by name, remarks: unit -> text, kept: user tasks that stay listed.

    Raises InvalidForm, and AlreadyDone where somebody else has changed it meanwhile.
    """
    require(actor, Role.OFFICE)
    row = _locked(session, bulletin_id, revision, "drafting")
    if errors := list(_errors(answers)):
        raise InvalidForm(errors)
    for name in TEXTS:
        setattr(row, name, str(answers.get(name, "")).strip())
    kept, remarks = set(answers.get("kept", ())), answers.get("remarks", {})
    row.overdue = [{**item, "is_left_out": item["task"] not in kept} for item in row.overdue]
    row.units = [{**unit, "remark": str(remarks.get(unit["id"], "")).strip()} for unit in row.units]
    row.drafted_by = _person(actor)
    return _changed(row)


def send(session: Session, actor: Actor, bulletin_id: int, revision: int) -> None:
    """送签. Raises InvalidForm where a text is missing."""
    require(actor, Role.OFFICE)
    row = _locked(session, bulletin_id, revision, "drafting")
    if errors := list(_errors({name: getattr(row, name) for name in TEXTS})):
        raise InvalidForm(errors)
    row.status, row.returned = "signing", ""
    _changed(row)
    record(session, actor.login, Act.BULLETIN_SENT, bulletin=row.id, title=row.title)
    _tell(session, ["office_signer"], "通报待签发", row.title, f"bulletin:{row.id}:{row.revision}")


def sign(session: Session, actor: Actor, bulletin_id: int, revision: int) -> str:
    """签发: the number is given, and all units are told. Raises NotPermitted to who wrote it."""
    row = _to_sign(session, actor, bulletin_id, revision)
    plan = session.scalars(select(Plan).order_by(Plan.id.desc())).first()
    if plan is None:
        raise NotFound("没有载入计划，无法编号。")
    row.number = give_number(session.connection(), plan.agency_code, KIND, clock.today().year)
    row.status, row.signed_by, row.signed_at = bulletins.PUBLISHED, actor.person_id, clock.now()
    _changed(row)
    record(session, actor.login, Act.BULLETIN_SIGNED, bulletin=row.id, number=row.number, title=row.title)
    units = session.scalars(select(Unit.id).where(Unit.kind != "body", Unit.ended_on.is_(None)))
    inboxes = [f"{inbox}:{unit}" for unit in units for inbox in ("contact", "head")]
    _tell(session, inboxes, row.title, f"{row.number}已印发，请对照办理。", f"bulletin:{row.id}:published")
    return row.number


def send_back(session: Session, actor: Actor, bulletin_id: int, revision: int, reason: str) -> None:
    """退回 to the office with what is to be changed."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleViolation("reason", "请写明退回的意见")
    row = _to_sign(session, actor, bulletin_id, revision)
    row.status, row.returned = "drafting", f"{actor.name}：{reason.strip()[:500]}"
    _changed(row)
    record(session, actor.login, Act.BULLETIN_RETURNED, bulletin=row.id, reason=reason.strip()[:500])
    _tell(session, [f"person:{row.drafted_by}"], "通报退回修改", row.returned, f"bulletin:{row.id}:{row.revision}")


def drop(session: Session, actor: Actor, bulletin_id: int, revision: int) -> None:
    """作废 a draft; what has a number stays."""
    require(actor, Role.OFFICE)
    row = _locked(session, bulletin_id, revision, "drafting")
    row.status = "dropped"
    _changed(row)
    record(session, actor.login, Act.BULLETIN_DROPPED, bulletin=row.id, title=row.title)


def _errors(answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for name, (label, most) in TEXTS.items():
        text = str(answers.get(name, "")).strip()
        if name in NEEDED and not text:
            found.append((name, f"请填写{label}"))
        elif len(text) > most:
            found.append((name, f"{label}不超过{most}字"))
    remarks = answers.get("remarks", {}).values()
    if any(len(str(text)) > LONGEST_REMARK for text in remarks):
        found.append(("remarks", f"各单位说明不超过{LONGEST_REMARK}字"))
    return found


def _to_sign(session: Session, actor: Actor, bulletin_id: int, revision: int) -> Bulletin:
    require(actor, Role.OFFICE_SIGNER)
    row = _locked(session, bulletin_id, revision, "signing")
    if row.drafted_by == actor.person_id:
        raise NotPermitted(OWN)
    return row


def _locked(session: Session, bulletin_id: int, revision: int, status: str) -> Bulletin:
    """Raises NotFound, and AlreadyDone where somebody was first."""
    wanted = select(Bulletin).where(Bulletin.id == min(bulletin_id, LARGEST_INT)).with_for_update()
    row = session.scalars(wanted).one_or_none()
    if row is None:
        raise NotFound(NOT_FOUND)
    if row.status != status:
        raise AlreadyDone(f"这份通报现在是“{STATES[row.status]}”，不能这样办理。")
    if row.revision != revision:
        raise AlreadyDone(MEANWHILE)
    return row


def _changed(row: Bulletin) -> Bulletin:
    row.revision += 1
    row.changed_at = clock.now()
    return row


def _person(actor: Actor) -> int:
    if actor.person_id is None:
        raise NotPermitted
    return actor.person_id


def _tell(session: Session, inboxes: Sequence[str], title: str, text: str, reason: str) -> None:
    """A message in the house, once for its reason to each person."""
    session.flush()
    people = {person.id for holders in people_of(session, inboxes, clock.today()).values() for person in holders}
    at = clock.now()
    told = [Message(id_, NOTICE, title, text, f"{reason}:{id_}", at) for id_ in sorted(people)]
    put_messages(session.connection(), told)

"""How the four processes of 称号动态管理 are opened: by the calendar, by who reports, by a message, by the bureau."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.title_maintenance import right_to_renewal, update_due, update_version
from app.errors import NotFound, RuleViolation
from app.models.enterprise import Enterprise, Title
from app.models.title_maintenance import TitleCase, TitleChange, TitleRenewal, TitleUpdate
from app.queries.actor import Actor
from app.services.assignment import RECOGNITION, unit_with
from app.services.cases import Start
from app.services.house import House
from app.services.title_maintenance.rows import CASE, CHANGE, RENEWAL, UPDATE, label_of, live_titles
from app.terms import Role

CASES, CHANGES = table_of(TitleCase), table_of(TitleChange)
RENEWALS, UPDATES = table_of(TitleRenewal), table_of(TitleUpdate)
OPEN = "open"
NOTICED_BY = ("enterprise", "specialist", "register")
SOURCES = ("update_lapsed", "change", "report", "accident", "sample", "given_up")

Told = Mapping[str, Any]


def may_open(actor: Actor, start: Start) -> bool:
    """The bureau opens a case; the enterprise, its locality and specialists report a change; the office does both."""
    if actor.has(Role.OFFICE):
        return True
    if start.definition_key == CASE:
        return start.rows["lead", ""]["bureau"] in actor.unit_ids
    is_hers = actor.enterprise_id is not None and actor.enterprise_id == start.enterprise_id
    return is_hers or start.unit_id in actor.unit_ids or actor.has(Role.SPECIALIST)


def opening_case(session: Session, house: House, variables: Told) -> Start:
    """variables: {enterprise_id, source?, reason?, levels?}. Raises RuleViolation, NotFound."""
    return _new_case(session, _enterprise(session, variables), variables)


def doubted(session: Session, house: House, told: Told) -> Start | None:
    """told: {key: credit code, source, reason, levels?}. A lead of a kind that is being looked into opens nothing."""
    enterprise = session.get(Enterprise, str(told["key"]))
    if enterprise is None or not live_titles(session, enterprise.id, clock.today()):
        return None
    same = (CASES.c.enterprise_id == enterprise.id, CASES.c.status == OPEN, CASES.c.source == _source(told))
    if session.execute(select(CASES.c.key).where(*same)).first():
        return None
    return _new_case(session, enterprise, told)


def opening_change(session: Session, house: House, variables: Told) -> Start:
    """variables: {enterprise_id, event_on, kind?, noticed_by?, text?}. Raises RuleViolation, NotFound."""
    enterprise, today = _enterprise(session, variables), clock.today()
    event_on = _day(variables.get("event_on"))
    if event_on is None:
        raise RuleViolation("event_on", "请填写发生日期，例如 2024-12-31")
    if event_on > today:
        raise RuleViolation("event_on", "发生日期不得晚于今日")
    noticed_by = str(variables.get("noticed_by") or NOTICED_BY[0])
    key = f"{CHANGE}:{enterprise.id}:{event_on.isoformat()}"
    kind, text = str(variables.get("kind") or ""), str(variables.get("text") or "")
    known = (CHANGES.c.enterprise_id == enterprise.id, CHANGES.c.event_on == event_on)
    if not session.execute(select(CHANGES.c.id).where(*known)).first():
        row = {"enterprise_id": enterprise.id, "event_on": event_on, "kind": kind, "effect": ""}
        session.execute(CHANGES.insert(), [{**row, "noticed_by": noticed_by[:12]}])
    noticed = {"event_on": event_on.isoformat(), "kind": kind, "noticed_by": noticed_by, "text": text}
    return Start(
        CHANGE,
        key,
        f"{enterprise.name}重大变化报告",
        event_on.year,
        unit_id=enterprise.locality_id,
        enterprise_id=enterprise.id,
        data={"enterprise_key": enterprise.id},
        rows={("change", ""): noticed},
    )


def update_start(session: Session, enterprise: Enterprise, year: int) -> Start:
    """The yearly update of all titles of an enterprise, with the row that says it owes one."""
    levels = [title.level for title in live_titles(session, enterprise.id, clock.today())]
    version = update_version(year, levels)
    row = {"enterprise_id": enterprise.id, "year": year, "version": version, "status": OPEN}
    session.execute(UPDATES.insert(), [{**row, "due_on": update_due(year, version)}])
    return Start(
        UPDATE,
        f"{UPDATE}:{enterprise.id}:{year}",
        f"{enterprise.name}{year}年度信息更新",
        year,
        unit_id=enterprise.locality_id,
        enterprise_id=enterprise.id,
        data={"enterprise_key": enterprise.id},
    )


def renewal_start(session: Session, title: Title) -> Start:
    """The re-verification of one title; whether its right was kept is judged now."""
    enterprise = session.get_one(Enterprise, title.enterprise_id)
    key = f"{RENEWAL}:{enterprise.id}:{title.level}:{title.until_on.year}"
    row = {"key": key, "title_id": title.id, "enterprise_id": enterprise.id, "level": title.level, "reason": ""}
    session.execute(RENEWALS.insert(), [{**row, "valid_to": title.until_on, "status": OPEN, "batch_key": ""}])
    about = {"id": title.id, "level": title.level, "valid_to": title.until_on.isoformat()}
    return Start(
        RENEWAL,
        key,
        f"{enterprise.name}{label_of(title.level)}复核",
        title.until_on.year,
        unit_id=enterprise.locality_id,
        enterprise_id=enterprise.id,
        data={"enterprise_key": enterprise.id, "right_kept": has_right(session, title)},
        rows={("title", ""): about},
    )


def has_right(session: Session, title: Title) -> bool:
    """By the rows of its time, and by the mark that a late update or change left on the title."""
    if title.right_lost_on is not None:
        return False
    updates, changes = _judged(session, UPDATES, "due_on", title), _judged(session, CHANGES, "event_on", title)
    return right_to_renewal({"from_on": title.from_on, "until_on": title.until_on}, updates, changes)


def _judged(session: Session, table: Table, day: str, title: Title) -> list[dict[str, Any]]:
    """What was due of the enterprise on a day and is known to have come in time, or not."""
    where = (table.c.enterprise_id == title.enterprise_id, table.c.is_in_time.is_not(None))
    rows = session.execute(select(table.c[day], table.c.is_in_time).where(*where))
    return [{day: on, "is_in_time": is_in_time} for on, is_in_time in rows]


def _new_case(session: Session, enterprise: Enterprise, told: Told) -> Start:
    """Two leads at one moment would take one serial: the second is refused by the table and tries again."""
    today, source = clock.today(), _source(told)
    of_year = (CASES.c.enterprise_id == enterprise.id, CASES.c.year == today.year)
    serial = (session.execute(select(func.max(CASES.c.serial)).where(*of_year)).scalar_one_or_none() or 0) + 1
    key = f"{CASE}:{enterprise.id}:{today.year}:{serial}"
    row = {"key": key, "enterprise_id": enterprise.id, "year": today.year, "serial": serial, "status": OPEN}
    empty = {"ground": "", "reason": "", "number": ""}
    session.execute(CASES.insert(), [{**row, **empty, "source": source, "opened_on": today}])
    lead = {
        "source": source,
        "text": str(told.get("reason") or ""),
        "levels": list(told.get("levels") or ()),
        "bureau": unit_with(session.connection(), RECOGNITION),
    }
    return Start(
        CASE,
        key,
        f"{enterprise.name}称号核查",
        today.year,
        unit_id=enterprise.locality_id,
        enterprise_id=enterprise.id,
        data={"enterprise_key": enterprise.id},
        rows={("lead", ""): lead},
    )


def _source(told: Told) -> str:
    source = str(told.get("source") or "")
    return source if source in SOURCES else "report"


def _enterprise(session: Session, variables: Told) -> Enterprise:
    """One of the library that holds a title. Raises NotFound, RuleViolation."""
    enterprise = session.get(Enterprise, str(variables.get("enterprise_id") or "").strip().upper())
    if enterprise is None:
        raise NotFound("企业库中没有该企业。")
    if not live_titles(session, enterprise.id, clock.today()):
        raise RuleViolation("enterprise_id", "该企业没有有效称号，无须办理")
    return enterprise


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None

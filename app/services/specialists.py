"""The register of specialists: what is known of each, and what follows when one of them leaves her enterprises."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.duties.demand_response_states import ENDED
from app.duties.specialist_pairing import KIND_WORDS, REASON_WORDS, Succession, quarter_of, successor, visit_due
from app.errors import InvalidForm, NotFound, NotPermitted, RuleViolation
from app.models.demand import Demand
from app.models.pairing import Pairing, Specialist
from app.models.person import Person, PersonRole
from app.models.user_task import Draft, UserTask
from app.queries.actor import Actor
from app.services.cases import Effect
from app.services.effects import put_effects
from app.services.house import House
from app.terms import Role
from app.workdays import Calendar

LEFT = "specialist_left"
LONG_LEAVE_DAYS = 60
MOST_FIRMS = 30


def may_keep(actor: Actor, person: Person) -> bool:
    """The office, and the unit whose person she is."""
    return actor.has(Role.OFFICE) or person.unit_id in actor.unit_ids


def specialist(session: Session, person_id: int) -> Person:
    """Raises NotFound for whoever is none."""
    where = (PersonRole.person_id == Person.id, PersonRole.role == Role.SPECIALIST.value, Person.id == person_id)
    found = session.scalars(select(Person).join(PersonRole).where(*where)).one_or_none()
    if found is None:
        raise NotFound("没有找到这名服务专员。")
    return found


def set_profile(session: Session, actor: Actor, person_id: int, told: Mapping[str, Any]) -> Specialist:
    """told: {kinds, post, chains, industries, load_limit, conflicts, leave_from, leave_until, retires_on}.

    A leave of more than 60 days ends her pairings. Raises InvalidForm by field, NotPermitted, NotFound.
    """
    person = specialist(session, person_id)
    if not may_keep(actor, person):
        raise NotPermitted
    errors = list(_errors(told))
    if errors:
        raise InvalidForm(errors)
    profile = session.get(Specialist, person_id) or Specialist(person_id=person_id)
    for name, value in told.items():
        setattr(profile, name, value)
    profile.changed_at = clock.now()
    session.add(profile)
    session.flush()
    if _is_long(profile):
        leave(session, actor, person_id, "leave")
    return profile


def _errors(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    if not told.get("kinds") or not set(told["kinds"]) <= set(KIND_WORDS):
        found.append(("kinds", "请至少选择一类专员"))
    if not isinstance(told.get("load_limit"), int) or not 1 <= told["load_limit"] <= MOST_FIRMS:
        found.append(("load_limit", f"请填写1至{MOST_FIRMS}之间的整数"))
    begins, ends = told.get("leave_from"), told.get("leave_until")
    if (begins is None) != (ends is None) or (begins and ends and begins > ends):
        found.append(("leave_until", "请填写休假的起止日期，止期不早于起期"))
    return found


def _is_long(profile: Specialist) -> bool:
    today, begins, ends = clock.today(), profile.leave_from, profile.leave_until
    if begins is None or ends is None or not begins <= today <= ends:
        return False
    return (ends - begins).days > LONG_LEAVE_DAYS


def leave(session: Session, actor: Actor, person_id: int, reason: str) -> int:
    """Every enterprise of hers gets another specialist; how many. The messages leave with this transaction.

    reason: of specialist_pairing_handover. Raises NotPermitted, RuleViolation.
    """
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    if not may_keep(actor, person) and not actor.has(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        raise NotPermitted
    if reason not in REASON_WORDS:
        raise RuleViolation("reason", "请选择离任原因")
    lasting = session.scalars(select(Pairing).where(Pairing.person_id == person_id, Pairing.to_on.is_(None))).all()
    effects = [
        Effect(f"{LEFT}:{row.id}", "message", {"name": LEFT, "key": row.key, "reason": reason}) for row in lasting
    ]
    put_effects(session.connection(), effects, clock.now())
    return len(effects)


def replace(house: House, session: Session, actor: Actor, pairing: Pairing, reason: str) -> None:
    """One enterprise gets another specialist, by hand. Raises NotPermitted, RuleViolation."""
    if pairing.to_on is not None:
        raise RuleViolation("reason", "该结对已结束")
    if reason not in REASON_WORDS:
        raise RuleViolation("reason", "请选择更换原因")
    if not (actor.has(Role.OFFICE) or pairing.enterprise.locality_id in actor.unit_ids):
        raise NotPermitted
    told = {"name": LEFT, "key": pairing.key, "reason": reason}
    put_effects(session.connection(), [Effect(f"{LEFT}:{pairing.id}", "message", told)], clock.now())


def handover(session: Session, pairing: Pairing, calendar: Calendar, today: date) -> Succession:
    """What the next one takes over, as it stands today."""
    wanted = (Demand.enterprise_id == pairing.enterprise_id, Demand.state.not_in(ENDED))
    demands = session.scalars(select(Demand).where(*wanted).order_by(Demand.id)).all()
    year, quarter = quarter_of(today)
    told = {
        "demands": [{"number": row.number, "title": row.title, "due_on": row.due_on} for row in demands],
        "drafts": [{"title": title} for title in _drafts(session, pairing)],
        "next_due": {
            "title": f"{year}年第{quarter}季度走访",
            "due_on": visit_due(year, quarter, calendar),
        },
    }
    return successor(told, "office")


def _drafts(session: Session, pairing: Pairing) -> list[str]:
    """What she typed about the enterprise and has not sent."""
    rows = (
        select(UserTask.title)
        .join(Draft, Draft.task_id == UserTask.id)
        .where(UserTask.principal == f"person:{pairing.person_id}", UserTask.status.in_(("open", "claimed")))
        .where(UserTask.title.contains(pairing.enterprise.name))
    )
    return list(session.scalars(rows))

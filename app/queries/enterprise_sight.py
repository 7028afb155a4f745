"""Who may see which enterprise, and how much of it. What is not a person's to see is not found.

The office, leaders, auditors and the recognising bureau see all; a locality its own; a specialist those she serves; an
enterprise itself; whoever has something to do in a running matter of an enterprise sees that one. All of these see all
of a file. Other departments see the shared list, titled or in the library, without contacts and sensitive figures.
Experts and administrators see none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from app.duties.enterprise_figures import FIGURES
from app.errors import NotFound
from app.models.enterprise import Enterprise, Title
from app.models.organization import Unit, UnitFunction
from app.models.pairing import Pairing
from app.models.process import ProcessInstance
from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.terms import InstanceStatus, Role, TitleStatus

RECOGNISING = ("recognition", "recognition.tech_sme")
UNIT_ROLES = (Role.CONTACT, Role.UNIT_HEAD)
NOT_FOUND = "没有找到这家企业。"
MASKED = "＊＊＊"


@dataclass(frozen=True)
class Scope:
    """All that an actor sees of the library. localities: the whole files of; shares: the shared list as well."""

    sees_all: bool = False
    localities: frozenset[str] = frozenset()
    shares: bool = False
    specialist_id: int | None = None
    enterprise_id: str | None = None

    @property
    def is_empty(self) -> bool:
        return self == Scope()

    @property
    def whole(self) -> ColumnElement[bool]:
        """A condition on Enterprise: whose file she sees without masks."""
        if self.sees_all:
            return true()
        conditions: list[ColumnElement[bool]] = []
        if self.localities:
            conditions.append(Enterprise.locality_id.in_(self.localities))
        if self.specialist_id is not None:
            paired = select(Pairing.enterprise_id).where(
                Pairing.person_id == self.specialist_id, Pairing.to_on.is_(None)
            )
            conditions.append(Enterprise.id.in_(paired))
        if self.enterprise_id is not None:
            conditions.append(Enterprise.id == self.enterprise_id)
        return or_(false(), *conditions)

    @property
    def visible(self) -> ColumnElement[bool]:
        """A condition on Enterprise: whom she finds in lists."""
        return or_(self.whole, is_shared()) if self.shares and not self.sees_all else self.whole


@dataclass(frozen=True)
class Sight:
    """How much of one file is shown: all of it, or what the shared list shows."""

    is_whole: bool

    def contact(self, name: str, phone: str) -> tuple[str, str]:
        """Name and telephone of the enterprise's contact, masked where they are not for this person."""
        return (name, phone) if self.is_whole else (_masked_name(name), _masked_phone(phone))

    def figures(self, figures: Mapping[str, Any]) -> dict[str, Any]:
        """Sensitive ones are masked, not left out: that they are known is no secret."""
        return {key: MASKED if self.hides(key) and value is not None else value for key, value in figures.items()}

    def hides(self, key: str) -> bool:
        figure = FIGURES.get(key)
        return not self.is_whole and (figure is None or figure.is_sensitive)


def is_shared() -> ColumnElement[bool]:
    """On the list that departments share: with a title in force, or in the upgrading library."""
    return or_(Enterprise.library_since.is_not(None), holds())


def holds(level: str = "") -> ColumnElement[bool]:
    """With a title in force, of the level where one is named."""
    title = aliased(Title)
    held = exists().where(title.enterprise_id == Enterprise.id, title.status == TitleStatus.VALID.value)
    return held.where(title.level == level) if level else held


def scope_of(session: Session, actor: Actor) -> Scope:
    """In one statement for people of units, without one for all others."""
    if actor.reads_all:
        return Scope(sees_all=True)
    units = _units(session, actor) if actor.has(*UNIT_ROLES) or actor.unit_ids else []
    return Scope(
        sees_all=any(unit.recognises for unit in units),
        localities=frozenset(unit.id for unit in units if unit.kind in ("county", "functional_zone")),
        shares=any(unit.kind == "department" for unit in units),
        specialist_id=actor.person_id if actor.has(Role.SPECIALIST) else None,
        enterprise_id=actor.enterprise_id,
    )


def seen_enterprise(session: Session, actor: Actor, code: str) -> tuple[Enterprise, Sight]:
    """The enterprise, and how much of it is shown. Raises NotFound, also for one that is not the actor's to see."""
    scope = scope_of(session, actor)
    sees = (scope.whole.label("is_whole"), scope.visible.label("is_visible"))  # labelled: both may be the same «false»
    row = session.execute(select(Enterprise, *sees).where(Enterprise.id == code)).one_or_none()
    if row is None:
        raise NotFound(NOT_FOUND)
    enterprise, is_whole, is_visible = row
    if is_whole or _has_part(session, actor, code):
        return enterprise, Sight(is_whole=True)
    if is_visible:
        return enterprise, Sight(is_whole=False)
    raise NotFound(NOT_FOUND)


def _units(session: Session, actor: Actor) -> list[Any]:
    recognises = exists().where(UnitFunction.unit_id == Unit.id, UnitFunction.function.in_(RECOGNISING))
    wanted = select(Unit.id, Unit.kind, recognises.label("recognises")).where(Unit.id.in_(actor.unit_ids))
    return list(session.execute(wanted))


def _has_part(session: Session, actor: Actor, code: str) -> bool:
    """Whether she, or a unit of hers, has or had something to do in a matter of the enterprise that still runs.

    An expert scores what the application shows, and no file.
    """
    inboxes = () if actor.has(Role.EXPERT) or actor.enterprise_id is not None else actor.principals
    hers = or_(UserTask.unit_id.in_(actor.unit_ids), UserTask.principal.in_(inboxes))
    running = and_(ProcessInstance.enterprise_id == code, ProcessInstance.status == InstanceStatus.ACTIVE.value)
    part = exists().where(UserTask.instance_id == ProcessInstance.id, hers)
    return session.scalar(select(ProcessInstance.id).where(running, part).limit(1)) is not None


def _masked_name(name: str) -> str:
    return f"{name[:1]}＊＊" if name else ""


def _masked_phone(phone: str) -> str:
    return f"{phone[:3]}＊＊＊＊{phone[-2:]}" if len(phone) > 7 else (MASKED if phone else "")

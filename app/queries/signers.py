"""加签 as pages and programs read it: who can be asked to sign with a user task, and what those asked have said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.duties import joint_signing as rules
from app.models.joint_signing import JointSigning, Signer
from app.models.organization import Unit
from app.models.person import Person, PersonRole
from app.queries.actor import Actor
from app.queries.mergers import mergers
from app.terms import Role

WHO_SIGN = (Role.CONTACT, Role.UNIT_HEAD, Role.OFFICE, Role.OFFICE_SIGNER, Role.LEADER)


@dataclass(frozen=True)
class Candidate:
    """principal: the inbox in which it will lie; login: empty for a unit. person_ids: who opens it today."""

    principal: str
    label: str
    pinyin: str
    unit_id: str
    person_ids: tuple[int, ...]
    login: str = ""


@dataclass(frozen=True)
class SignerLine:
    """by: who signed, where that is not the label itself. task_id: empty before the signing has begun."""

    principal: str
    label: str
    state: str
    opinion: str
    by: str
    at: datetime | None

    @property
    def is_waiting(self) -> bool:
        return self.state == rules.WAITING


@dataclass(frozen=True)
class Signing:
    """One side of a user task. state, mode, side: code words of duties/joint_signing."""

    id: int
    task_id: str
    side: str
    mode: str
    share: int
    text: str
    state: str
    asked_by: str
    asked_at: datetime
    content: Mapping[str, Any]
    signers: Sequence[SignerLine]

    @property
    def is_live(self) -> bool:
        return self.state in (rules.PLANNED, rules.OPEN)

    @property
    def missing(self) -> list[SignerLine]:
        return [signer for signer in self.signers if signer.is_waiting]


def possible_signers(session: Session, actor: Actor, task: Any) -> list[Candidate]:
    """Units by their contacts, then officials by unit and name; not the actor, nor a unit that may not review it.

    task: a row of UserTask.
    """
    merged = mergers(session.connection())
    barred = merged.one_with([task.subject_unit_id]) if task.has_own_item_rule else frozenset()
    rows = session.execute(
        select(
            Person.id,
            Person.login,
            Person.name,
            Person.pinyin,
            Person.unit_id,
            Unit.short_name,
            PersonRole.role,
            PersonRole.unit_id,
        )
        .join(PersonRole, PersonRole.person_id == Person.id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.is_active, PersonRole.role.in_(WHO_SIGN))
        .order_by(Unit.position, Person.pinyin, Person.id)
    ).all()
    contacts: dict[str, list[int]] = defaultdict(list)
    persons: dict[int, Candidate] = {}
    for id_, login, name, pinyin, unit_id, unit, role, of_unit in rows:
        if not barred.isdisjoint((unit_id, of_unit)):
            continue
        if role == Role.CONTACT and of_unit is not None:
            contacts[of_unit].append(id_)
        if id_ != actor.person_id:
            persons[id_] = Candidate(f"person:{id_}", f"{name}（{unit}）", pinyin, unit_id, (id_,), login)
    return [*_units(session, actor, task, contacts), *persons.values()]


def _units(session: Session, actor: Actor, task: Any, contacts: Mapping[str, list[int]]) -> list[Candidate]:
    """Whoever is contact of the unit signs for it; not the unit in whose inbox the task lies."""
    rows = session.execute(
        select(Unit.id, Unit.short_name, Unit.name).where(Unit.id.in_(contacts)).order_by(Unit.position)
    )
    return [
        Candidate(f"contact:{id_}", f"{short_name}联络员", name, id_, tuple(contacts[id_]))
        for id_, short_name, name in rows
        if f"contact:{id_}" != task.principal and f"contact:{id_}" not in actor.principals
    ]


def signings_of_task(session: Session, task_id: str) -> list[Signing]:
    """All of a user task, the latest first."""
    return _read(session, JointSigning.task_id == task_id)


def signing_of_instance(session: Session, instance_id: str) -> Signing | None:
    """What is signed in this instance; None for any other process."""
    return next(iter(_read(session, JointSigning.instance_id == instance_id)), None)


def _read(session: Session, where: Any) -> list[Signing]:
    found = session.execute(
        select(JointSigning, Person.name)
        .join(Person, Person.id == JointSigning.asked_by_id)
        .where(where)
        .order_by(JointSigning.id.desc())
    ).all()
    lines = _lines(session, [signing.id for signing, _name in found])
    return [
        Signing(
            id=one.id,
            task_id=one.task_id,
            side=one.side,
            mode=one.mode,
            share=one.share,
            text=one.text,
            state=one.state,
            asked_by=name,
            asked_at=one.asked_at,
            content=one.content,
            signers=lines[one.id],
        )
        for one, name in found
    ]


def _lines(session: Session, ids: Sequence[int]) -> Mapping[int, list[SignerLine]]:
    lines: dict[int, list[SignerLine]] = defaultdict(list)
    if not ids:
        return lines
    by = aliased(Person)
    rows = session.execute(
        select(Signer, by.name)
        .outerjoin(by, by.id == Signer.by_id)
        .where(Signer.signing_id.in_(ids))
        .order_by(Signer.id)
    )
    for signer, name in rows:
        is_herself = signer.principal == f"person:{signer.by_id}"
        line = SignerLine(
            signer.principal, signer.label, signer.state, signer.opinion, "" if is_herself else name or "", signer.at
        )
        lines[signer.signing_id].append(line)
    return lines

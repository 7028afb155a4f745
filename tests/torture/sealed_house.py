"""A small office on SQLite with a bit of everything that can be tampered with, sealed."""

from __future__ import annotations

from pathlib import Path

from app import clock
from app.db import Base
from app.models.organization import Unit
from app.services import administration, erasures, incidents, schema, witnesses
from app.services.cases import Effect
from app.services.effects import put_effects
from app.services.house import House
from app.services.incidents import Found
from app.terms import Act, ErasureGround, IncidentKind, Role
from tests import sealing, walks
from tests.factories import actor, house_on, person

MANY = 260  # events, so that the log has a full subtree
PEOPLE = ((Role.OFFICE, "周文博"), (Role.SECURITY_ADMIN, "安全管理员"), (Role.AUDIT_ADMIN, "审计管理员"))


def make(file: Path) -> None:
    """Histories with tasks, timers and messages that wait; a rotated key; letters, an incident, an erased payload."""
    house = house_on(f"sqlite:///{file}", file.parent)
    with house.database.writing() as connection:
        Base.metadata.create_all(connection)
        schema.stamp(connection)
    with house.database.transaction() as session:
        session.add(Unit(id="office", position=1, kind="body", short_name="办公室", name="办公室"))
        session.flush()
        session.add_all(person(role.value, name, "office", (role, None)) for role, name in PEOPLE)
    with clock.held(walks.BEGIN), house.database.transaction() as session:
        for _ in range(MANY):
            administration.record(session, "office", Act.SIGNED_IN)
    first = walks.walked(house, "linear", 4, steps=4)
    walks.walked(house, "gw_event", 3, steps=0)
    with clock.held(walks.BEGIN):
        _erase(house)
        sealing.checkpoint(house)
        sealing.rotate(house)
        _witness(house)
    walks.walked(house, "sub_bnd", 3, steps=2)
    with clock.held(walks.BEGIN):
        _trouble(house, first)
        sealing.checkpoint(house, cosigned=True)
    walks.walked(house, "linear", 1, steps=2)
    house.close()


def _erase(house: House) -> None:
    with house.database.transaction() as session:
        wanted = erasures.propose(
            session,
            actor(house, "security_admin"),
            "administration",
            [1],
            next(iter(ErasureGround)).value,
            "处理目的已经实现",
        )
        erasures.approve(session, actor(house, "audit_admin"), wanted.id)


def _witness(house: House) -> None:
    with house.database.transaction() as session:
        witnesses.add(session, actor(house, "audit_admin"), sealing.OUTSIDE.name, sealing.OUTSIDE.verifier.written)


def _trouble(house: House, instance_id: str) -> None:
    """Two letters, and an incident."""
    found = Found(IncidentKind.FAULT, "somebody:key", "no such word", instance_id=instance_id, element_id="approve")
    with house.database.writing() as connection:
        letters = [Effect(f"{instance_id}:{number}:letter", "mail", {"to": "a@example.org"}) for number in range(2)]
        put_effects(connection, letters, clock.now())
        incidents.raise_(connection, found, clock.now())

"""Makers: a house on a database of its own, the office's people, and who acts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import Base
from app.documents.plan_reader import read_plan
from app.duties.credit_code import with_check_character
from app.models.enterprise import Enterprise
from app.models.organization import Unit
from app.models.person import Person, PersonRole
from app.queries.actor import SYSTEM, Actor, actor_by_login
from app.services import schema
from app.services.definitions import deploy_shipped
from app.services.house import House
from app.services.plans import load_plan, pinyin_of
from app.services.schema import stamp
from app.terms import ADMINISTRATORS, Role
from config import ROOT, Settings

PLAN = ROOT / "plans" / "yangzhou_2022_2024.yaml"
CHEAP = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


def settings_for(database_url: str, folder: Path) -> Settings:
    return Settings(
        database_url=database_url,
        secret_key="a secret of the tests, long enough",
        instance=folder,
        plan=PLAN,
        files_url=f"file://{folder / 'files'}",
        argon2=CHEAP,
    )


def house_on(database_url: str, folder: Path) -> House:
    return House(settings_for(database_url, folder))


def load_office(house: House) -> None:
    """Tables, the plan, all processes; a contact and a head a unit; the office, the leaders, the administrators."""
    with house.database.writing() as connection:
        Base.metadata.create_all(connection)
        schema.stamp(connection)
        stamp(connection)
    with house.database.transaction() as session:
        load_plan(session, read_plan(PLAN.read_bytes(), PLAN.name), SYSTEM)
        for unit in session.scalars(select(Unit).where(Unit.kind != "body")):
            session.add(person(f"contact.{unit.id}", f"{unit.short_name}联络员", unit.id, (Role.CONTACT, unit.id)))
            session.add(person(f"head.{unit.id}", f"{unit.short_name}负责人", unit.id, (Role.UNIT_HEAD, unit.id)))
        session.add(person("office", "周文博", "office", (Role.OFFICE, None)))
        session.add(person("office.drc", "何静", "drc", (Role.OFFICE, None)))
        session.add(person("office.miit", "吴越", "miit", (Role.OFFICE, None)))
        session.add(person("signer", "沈立", "office", (Role.OFFICE_SIGNER, None)))
        session.add(person("leader", "郑国梁", "group", (Role.LEADER, None)))
        session.add(person("auditor", "孟琪", "office", (Role.AUDITOR, None)))
        session.add_all(person(role.value, role.label, "office", (role, None)) for role in sorted(ADMINISTRATORS))
    deploy_shipped(house, SYSTEM)


def person(login: str, name: str, unit_id: str, *roles: tuple[Role, str | None]) -> Person:
    return Person(
        login=login,
        name=name,
        pinyin=pinyin_of(name),
        unit_id=unit_id,
        password_hash="",
        email=f"{login}@example.org",
        roles=[PersonRole(role=role.value, unit_id=unit) for role, unit in roles],
    )


def actor(house: House, login: str) -> Actor:
    with house.database.reading() as session:
        found = actor_by_login(session, login, clock.today())
    assert found is not None, login
    return found


def enterprise(session: Session, number: int = 1, locality_id: str = "hanjiang", **fields: Any) -> Enterprise:
    """An enterprise of the tests, whose credit code comes from its number."""
    made = Enterprise(
        **{
            "id": with_check_character(f"91321000MA{number:07d}"),
            "name": f"扬州第{number}精密机械有限公司",
            "locality_id": locality_id,
            "changed_at": clock.now(),
            **fields,
        }
    )
    made.pinyin = pinyin_of(made.name)
    session.add(made)
    session.flush()
    return made


def account(session: Session, made: Enterprise, login: str = "firm") -> Person:
    """A person of the enterprise who may act for it."""
    of_firm = person(login, "江海燕", made.locality_id, (Role.ENTERPRISE, None))
    of_firm.enterprise_id = made.id
    session.add(of_firm)
    session.flush()
    return of_firm

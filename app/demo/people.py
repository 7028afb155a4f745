"""The people of a demonstration office. Names are invented; the same seed gives the same names."""

from __future__ import annotations

from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.models.organization import Unit
from app.models.person import Person, PersonRole
from app.services.house import House
from app.services.plans import pinyin_of
from app.terms import Role

PASSWORD = "duban-demo"
EXAMPLES = "office, leader, auditor, contact.miit, head.miit, contact.sci …"

FAMILY = "陈李王张刘赵周吴徐孙朱马胡郭林何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕任姚卢姜崔"
GIVEN = "晓岚明远文博静怡国梁志强丽华建国海燕思源雨桐嘉宁宏伟秀英永康佳慧振华春梅立新学敏亚楠卫东"

# login -> (name, home unit, role); two more of the office, so that none of them reviews the items of the own unit
OFFICE = {
    "office": ("周文博", "office", Role.OFFICE),
    "office.drc": ("何静怡", "drc", Role.OFFICE),
    "office.miit": ("吴志强", "miit", Role.OFFICE),
    "signer": ("沈立新", "office", Role.OFFICE_SIGNER),
    "leader": ("郑国梁", "group", Role.LEADER),
    "auditor": ("孟学敏", "office", Role.AUDITOR),
    "specialist": ("陆欣然", "miit", Role.SPECIALIST),
    "system_admin": ("丁凯旋", "office", Role.SYSTEM_ADMIN),
    "security_admin": ("谭正阳", "office", Role.SECURITY_ADMIN),
    "audit_admin": ("白书瑶", "office", Role.AUDIT_ADMIN),
}


def add_people(house: House, session: Session, seed: int) -> None:
    """A contact and a head for every unit, the office, the group, the auditor and the administrators."""
    random = Random(f"{seed}:people")
    hashed = house.passwords.hash(PASSWORD)  # one for all: everybody knows it anyway
    for login, (name, unit_id, role) in OFFICE.items():
        session.add(person_of(login, name, unit_id, role, None, hashed))
    for unit in session.scalars(select(Unit).where(Unit.kind != "body").order_by(Unit.position)):
        for role, prefix in ((Role.CONTACT, "contact"), (Role.UNIT_HEAD, "head")):
            session.add(person_of(f"{prefix}.{unit.id}", name_of(random), unit.id, role, unit.id, hashed))
    session.flush()


def name_of(random: Random) -> str:
    given = 2 * random.randrange(len(GIVEN) // 2)
    return random.choice(FAMILY) + GIVEN[given : given + 2]


def person_of(login: str, name: str, home: str, role: Role, unit_id: str | None, hashed: str) -> Person:
    return Person(
        login=login,
        name=name,
        pinyin=pinyin_of(name),
        unit_id=home,
        password_hash=hashed,
        password_changed_at=clock.now(),
        email=f"{login}@duban.example",
        roles=[PersonRole(role=role.value, unit_id=unit_id)],
    )

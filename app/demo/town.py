"""The demonstration's enterprises come into the office: files, accounts, specialists, experts and a few policies.

All on one day, as an office that starts with the enterprise part does: files are imported with the titles held, and
from then on everything goes through the processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.demo import enterprises
from app.demo.people import PASSWORD, name_of, person_of
from app.models.enterprise import Enterprise
from app.models.organization import Unit
from app.models.pairing import Specialist
from app.models.person import Person
from app.queries.actor import SYSTEM
from app.services import policies
from app.services.house import House
from app.services.plans import pinyin_of
from app.terms import Role

EXPERTS = 9
SPECIALISTS = (("miit", 3), ("hanjiang", 2), ("jiangdu", 2), ("guangling", 1), ("yizheng", 1), ("gaoyou", 1),
               ("baoying", 1), ("etdz", 1))  # fmt: skip
OTHER_KINDS = (("pboc", "financing"), ("lfb", "listing"))
FIRMS_A_TEAM = 300  # each further so many enterprises bring as many specialists again
MAIN_ACCOUNT = "enterprise"  # the one that is shown on the sign-in page: a firm that may become a little giant

POLICIES = (
    ("省级专精特新企业贷款贴息", "fin", "provincial", "funds", "贷款利息补贴最高50万元",
     [("rd_wan", "gte", "100"), ("revenue_wan", "gte", "1000")]),
    ("企业研发费用加计扣除", "tax", "national", "tax", "研发费用按100%加计扣除", [("rd_wan", "gt", "0")]),
    ("智能化改造数字化转型奖补", "miit", "city", "funds", "按设备投资额的10%奖补", [("staff", "gte", "20")]),
    ("专精特新企业知识产权质押融资", "amr", "city", "finance", "质押融资利息补贴", [("class1_ip", "gte", "3")]),
    ("人才引进“绿扬金凤计划”", "talent", "city", "talent", "最高200万元项目资助", [("rd_staff", "gte", "10")]),
)  # fmt: skip


def arrive(house: House, seed: int, count: int, on: date) -> None:
    """Everybody and everything, once; as it stands on that day."""
    hashed = house.passwords.hash(PASSWORD)
    with house.database.transaction() as session:
        firms = enterprises.add(session, enterprises.invent(seed, count, on))
        _accounts(session, firms, hashed)
        _specialists(session, hashed, Random(f"{seed}:specialists"), 1 + count // FIRMS_A_TEAM)
        _experts(session, hashed, Random(f"{seed}:experts"))
        _policies(session, on)


def _accounts(session: Session, firms: Sequence[Enterprise], hashed: str) -> None:
    """One for each enterprise."""
    for number, firm in enumerate(firms):
        login = MAIN_ACCOUNT if number == 0 else f"{MAIN_ACCOUNT}.{number}"
        account = person_of(login, firm.contact_name, firm.locality_id, Role.ENTERPRISE, None, hashed)
        account.enterprise_id, account.phone = firm.id, firm.contact_phone
        session.add(account)
    session.flush()


def _specialists(session: Session, hashed: str, random: Random, teams: int) -> None:
    chains = list(enterprises.PRODUCTS)
    wanted = [(unit, "service") for unit, number in SPECIALISTS for _ in range(number * teams)] + list(OTHER_KINDS)
    for number, (unit_id, kind) in enumerate(wanted):
        login = "specialist" if number == 0 else f"specialist.{number}"
        known = session.scalar(select(Person).where(Person.login == login))
        person = known or person_of(login, name_of(random), unit_id, Role.SPECIALIST, None, hashed)
        person.phone = f"0514-8{random.randrange(10**7):07d}"
        session.add(person)
        session.flush()
        session.add(
            Specialist(
                person_id=person.id,
                kinds=[kind],
                post="企业服务科",
                chains=random.sample(chains, 3),
                industries=["industry"],
                load_limit=6,
                changed_at=clock.now(),
            )
        )


def _experts(session: Session, hashed: str, random: Random) -> None:
    home = session.get_one(Unit, "sci")
    for number in range(1, EXPERTS + 1):
        session.add(person_of(f"expert.{number}", name_of(random), home.id, Role.EXPERT, None, hashed))
    session.flush()


def _policies(session: Session, on: date) -> None:
    """Entered as the departments would enter them."""
    for title, owner, level, kind, benefit, rows in POLICIES:
        conditions = [
            {"group": 1, "figure": figure, "operator": operator, "value": value} for figure, operator, value in rows
        ]
        policies.enter(
            session,
            SYSTEM,
            {
                "title": title,
                "number": f"扬{pinyin_of(title)[:1]}〔{on.year - 1}〕{10 + len(title)}号",
                "issuer": session.get_one(Unit, owner).name,
                "owner_id": owner,
                "level": level,
                "kind": kind,
                "benefit": benefit,
                "link": "https://www.yangzhou.example/policy",
                "contact": "0514-00000000",
                "how": "通过惠企政策平台在线申请",
                "valid_from": f"{on.year - 1}-01-01",
                "conditions": conditions,
            },
        )

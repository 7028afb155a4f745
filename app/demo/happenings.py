"""What happens to invented enterprises of its own accord: they apply, ask, change, and somebody objects.

Everything goes through the verbs that people use; what follows is done by the clerks. Which day it happens on is said
by the courses: `autumn` for the demonstration, `seasons` for a simulation.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo import town
from app.demo.course import Actors
from app.errors import AppError, InvalidForm, RuleViolation
from app.models.enterprise import Enterprise, Title
from app.models.recognition import PublicNotice, RecognitionBatch
from app.queries import portal
from app.queries.actor import SYSTEM, Actor, enterprise_inbox
from app.services import library_applications, objections, portal_applications, processes
from app.services.house import House
from app.terms import TitleLevel, TitleStatus

APPLY_SHARE = 0.04  # of the firms that may, on each day of a window
LIBRARY_SHARE = 0.4
DEMANDS: Sequence[tuple[str, str, str]] = (
    ("finance", "流动资金贷款到期续贷", "本季度订单增加，流动资金紧张，希望协调银行办理续贷。"),
    ("labour", "招聘数控技术工人", "扩产急需数控操作工二十名，希望人社部门组织专场招聘。"),
    ("land", "扩建厂房用地指标", "现有厂房已满负荷，希望协调扩建用地的容积率调整。"),
    ("tax", "研发费用加计扣除咨询", "想了解委托研发费用加计扣除的比例和申报材料。"),
    ("technology", "与高校对接减振技术", "希望对接高校研究团队，解决产品减振降噪技术难题。"),
    ("environment", "环评变更办理咨询", "新增一条生产线，想了解环评变更的办理流程和时限。"),
)


@dataclass
class Town:
    """The enterprises as the driver needs them: how many, and their codes once they have arrived."""

    count: int
    seed: int
    codes: list[str] = field(default_factory=list)

    def arrive(self, house: House, on: date) -> None:
        """Once; a run that goes on finds them there."""
        with house.database.reading() as session:
            is_there = session.scalars(select(Enterprise.id).limit(1)).first() is not None
        if not is_there:
            town.arrive(house, self.seed, self.count, on)
        with house.database.reading() as session:
            self.codes = list(session.scalars(select(Enterprise.id).order_by(Enterprise.id)))


def pair_giants(house: House, day: date) -> None:
    """Every little giant gets a specialist."""
    with house.database.reading() as session:
        giants = with_title(session, TitleLevel.LITTLE_GIANT)
    for code in giants:
        variables = {"enterprise_id": code}
        processes.start(house, SYSTEM, "specialist_pairing", variables, key=f"demo:pairing:{code}:{day}")


def select_growth(house: House, day: date) -> None:
    processes.start(house, SYSTEM, "growth_selection", {"year": day.year}, key=f"demo:growth:{day}")


def open_batch(house: House, level: TitleLevel, day: date, kind: str = "recognition") -> None:
    variables = {"level": level.value, "kind": kind}
    key = f"demo:batch:{day}" if kind == "recognition" else f"demo:batch:{kind}:{level.value}:{day}"
    processes.start(house, SYSTEM, "enterprise_recognition_batch", variables, key=key)


def apply(house: House, town_: Town, actors: Actors, day: date, random: Random) -> None:
    """Some of those that nothing stands against, each day that a batch is open."""
    with house.database.reading() as session:
        wanted = [
            (batch.id, code)
            for batch in portal.open_batches(session, day)
            for code in town_.codes
            if random.random() < APPLY_SHARE and _may_apply(session, batch, code, day)
        ]
    for batch_id, code in wanted:
        actor = actors(enterprise_inbox(code))
        if actor is not None:
            with suppress(RuleViolation):  # no rules for that level are in force yet
                portal_applications.apply(house, actor, batch_id, key=f"demo:apply:{batch_id}:{code}")


def _may_apply(session: Session, batch: RecognitionBatch, code: str, day: date) -> bool:
    return not portal_applications.refusals(session, batch, session.get_one(Enterprise, code), day)


def ask(house: House, town_: Town, actors: Actors, day: date, random: Random, number: int = 0) -> None:
    """One enterprise raises a demand. number: of several on a day."""
    code = random.choice(town_.codes)
    category, title, text = random.choice(DEMANDS)
    variables = {"enterprise_id": code, "category": category, "title": title, "text": text, "channel": "portal"}
    key = f"demo:demand:{day}" + (f":{number}" if number else "")
    _start(house, actors(enterprise_inbox(code)), "demand_response", variables, key)


def enter_library(house: House, actors: Actors, day: date, random: Random, share: float = LIBRARY_SHARE) -> None:
    """Some that are not in the library put themselves on their locality's list."""
    with house.database.reading() as session:
        firms = [firm for firm in session.scalars(select(Enterprise)) if firm.library_since is None]
    for firm in sorted(firms, key=lambda firm: firm.id):
        actor = actors(enterprise_inbox(firm.id)) if random.random() < share else None
        if actor is not None:
            answers = {"chain": firm.chain, "product": firm.product, "revenue_wan": 4200, "staff": 96,
                       "contact_name": firm.contact_name, "contact_phone": firm.contact_phone}  # fmt: skip
            with suppress(InvalidForm):  # it was nominated already
                library_applications.apply_for_library(house, actor, answers, key=f"demo:library:{firm.id}:{day}")


def rename(house: House, actors: Actors, day: date, code: str) -> None:
    event_on = (day - timedelta(days=10)).isoformat()
    variables = {"enterprise_id": code, "event_on": event_on, "kind": "rename", "noticed_by": "enterprise"}
    _start(house, actors(enterprise_inbox(code)), "title_maintenance_change", variables, f"demo:change:{day}")


def doubt(house: House, day: date, code: str) -> None:
    variables = {"enterprise_id": code, "source": "report", "reason": "有实名举报反映申报的研发费用数据不实。"}
    _start(house, SYSTEM, "title_maintenance", variables, f"demo:doubt:{day}")


def object_to(house: House, actors: Actors, day: date, notice: PublicNotice) -> None:
    """Against the first row of a list that is shown to the public, by the bureau's entry of a letter."""
    bureau = actors("contact:miit")
    if not notice.rows or bureau is None or (day - notice.published_on).days not in (2, 3):
        return
    entry: dict[str, Any] = {
        "rows": [str(notice.rows[0]["key"])],
        "name": "王建国",
        "phone": "13900000000",
        "facts": "来信反映该企业申报材料中的主营业务收入与实际经营情况不符，请予核查。",
        "received_on": day.isoformat(),
    }
    try:
        objections.raise_objection(house, bureau, notice.id, entry, key=f"demo:objection:{notice.id}")
    except AppError:
        return


def notices_since(house: House, day: date, limit: int | None = None) -> Sequence[PublicNotice]:
    """Lists shown to the public on that day or later, the oldest first."""
    wanted = select(PublicNotice).where(PublicNotice.published_on >= day).order_by(PublicNotice.id).limit(limit)
    with house.database.reading() as session:
        return session.scalars(wanted).all()


def _start(house: House, actor: Actor | None, process: str, variables: dict[str, Any], key: str) -> None:
    if actor is not None:
        processes.start(house, actor, process, variables, key=key)


def with_title(session: Session, level: TitleLevel) -> list[str]:
    """Codes of the enterprises that hold it."""
    held = (Title.level == level.value, Title.status == TitleStatus.VALID.value)
    return list(session.scalars(select(Title.enterprise_id).where(*held).distinct().order_by(Title.enterprise_id)))

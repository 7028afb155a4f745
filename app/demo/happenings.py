"""What happens to the demonstration's enterprises of its own accord: they apply, ask, change, and somebody objects.

Everything goes through the verbs that people use; what follows is done by the clerks (see `year`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo import town
from app.errors import AppError, InvalidForm
from app.models.enterprise import Enterprise, Title
from app.models.recognition import PublicNotice
from app.queries import portal
from app.queries.actor import SYSTEM, Actor, enterprise_inbox
from app.services import library_applications, objections, portal_applications, processes
from app.services.house import House
from app.terms import TitleLevel, TitleStatus

BATCHES = {
    date(2024, 8, 27): TitleLevel.SPECIALISED_CITY,
    date(2024, 8, 28): TitleLevel.LITTLE_GIANT,
    date(2024, 11, 4): TitleLevel.SPECIALISED,
}
PAIRING_DAY = date(2024, 8, 27)
SELECTION_DAY = date(2024, 9, 2)
LIBRARY_DAYS = (date(2024, 8, 27), date(2024, 8, 29))
RENAMED_ON, DOUBTED_ON = date(2024, 9, 9), date(2024, 9, 16)
APPLY_SHARE = 0.04  # of the firms that may, on each day of a window
LIBRARY_SHARE = 0.4
DEMAND_SHARE = 0.35  # of the days on which somebody asks for something
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
    """The enterprises as the driver needs them: who acts for each, and who has nothing to apply for yet."""

    count: int
    seed: int
    has_arrived: bool = False
    codes: list[str] = field(default_factory=list)


def on(house: House, town_: Town, actors: Callable[[str], Actor | None], day: date) -> None:
    """The happenings of one working day, in the morning."""
    if day < town.ARRIVAL or not town_.count:
        return
    if not town_.has_arrived:
        _arrive(house, town_)
    random = Random(f"{town_.seed}:happenings:{day}")
    if day == PAIRING_DAY:
        _pair_giants(house, day)
    if day == SELECTION_DAY:
        processes.start(house, SYSTEM, "growth_selection", {"year": day.year}, key=f"demo:growth:{day}")
    if day in BATCHES:
        variables = {"level": BATCHES[day].value}
        processes.start(house, SYSTEM, "enterprise_recognition_batch", variables, key=f"demo:batch:{day}")
    _apply(house, town_, actors, day, random)
    if random.random() < DEMAND_SHARE:
        _ask(house, town_, actors, day, random)
    if day in LIBRARY_DAYS:
        _enter_library(house, town_, actors, day, random)
    if day == RENAMED_ON:
        _rename(house, town_, actors, day)
    if day == DOUBTED_ON:
        _doubt(house, town_, day)
    _object(house, actors, day)


def _arrive(house: House, town_: Town) -> None:
    town.arrive(house, town_.seed, town_.count)
    town_.has_arrived = True
    with house.database.reading() as session:
        town_.codes = list(session.scalars(select(Enterprise.id).order_by(Enterprise.id)))


def _pair_giants(house: House, day: date) -> None:
    """At the start of the part, every little giant gets a specialist."""
    with house.database.reading() as session:
        giants = _with_title(session, TitleLevel.LITTLE_GIANT)
    for code in giants:
        variables = {"enterprise_id": code}
        processes.start(house, SYSTEM, "specialist_pairing", variables, key=f"demo:pairing:{code}:{day}")


def _apply(house: House, town_: Town, actors: Callable[[str], Actor | None], day: date, random: Random) -> None:
    """Some of those that nothing stands against, each day that a batch is open."""
    with house.database.reading() as session:
        wanted = [
            (batch.id, code)
            for batch in portal.open_batches(session, day)
            for code in town_.codes
            if random.random() < APPLY_SHARE
            and not portal_applications.refusals(session, batch, session.get_one(Enterprise, code), day)
        ]
    for batch_id, code in wanted:
        actor = actors(enterprise_inbox(code))
        if actor is not None:
            portal_applications.apply(house, actor, batch_id, key=f"demo:apply:{batch_id}:{code}")


def _ask(house: House, town_: Town, actors: Callable[[str], Actor | None], day: date, random: Random) -> None:
    code = random.choice(town_.codes)
    category, title, text = random.choice(DEMANDS)
    variables = {"enterprise_id": code, "category": category, "title": title, "text": text, "channel": "portal"}
    _start(house, actors(enterprise_inbox(code)), "demand_response", variables, f"demo:demand:{day}")


def _enter_library(house: House, town_: Town, actors: Callable[[str], Actor | None], day: date, random: Random) -> None:
    """Some that are not in the library put themselves on their locality's list."""
    with house.database.reading() as session:
        firms = [firm for firm in session.scalars(select(Enterprise)) if firm.library_since is None]
    for firm in sorted(firms, key=lambda firm: firm.id):
        actor = actors(enterprise_inbox(firm.id)) if random.random() < LIBRARY_SHARE else None
        if actor is not None:
            answers = {"chain": firm.chain, "product": firm.product, "revenue_wan": 4200, "staff": 96,
                       "contact_name": firm.contact_name, "contact_phone": firm.contact_phone}  # fmt: skip
            with suppress(InvalidForm):  # it was nominated already
                library_applications.apply_for_library(house, actor, answers, key=f"demo:library:{firm.id}:{day}")


def _rename(house: House, town_: Town, actors: Callable[[str], Actor | None], day: date) -> None:
    with house.database.reading() as session:
        code = _with_title(session, TitleLevel.SPECIALISED)[0]
    variables = {"enterprise_id": code, "event_on": "2024-08-30", "kind": "rename", "noticed_by": "enterprise"}
    _start(house, actors(enterprise_inbox(code)), "title_maintenance_change", variables, f"demo:change:{day}")


def _doubt(house: House, town_: Town, day: date) -> None:
    with house.database.reading() as session:
        code = _with_title(session, TitleLevel.SPECIALISED_CITY)[0]
    variables = {"enterprise_id": code, "source": "report", "reason": "有实名举报反映申报的研发费用数据不实。"}
    _start(house, SYSTEM, "title_maintenance", variables, f"demo:doubt:{day}")


def _object(house: House, actors: Callable[[str], Actor | None], day: date) -> None:
    """Against the first row of the first list that is shown to the public, by the bureau's entry of a letter."""
    bureau = actors("contact:miit")
    with house.database.reading() as session:
        notice = session.scalars(select(PublicNotice).order_by(PublicNotice.id).limit(1)).first()
        if notice is None or not notice.rows or bureau is None:
            return
        if (day - notice.published_on).days not in (2, 3):
            return
        code, notice_id = str(notice.rows[0]["key"]), notice.id
    entry: dict[str, Any] = {
        "rows": [code],
        "name": "王建国",
        "phone": "13900000000",
        "facts": "来信反映该企业申报材料中的主营业务收入与实际经营情况不符，请予核查。",
        "received_on": day.isoformat(),
    }
    try:
        objections.raise_objection(house, bureau, notice_id, entry, key=f"demo:objection:{notice_id}")
    except AppError:
        return


def _start(house: House, actor: Actor | None, process: str, variables: dict[str, Any], key: str) -> None:
    if actor is not None:
        processes.start(house, actor, process, variables, key=key)


def _with_title(session: Session, level: TitleLevel) -> list[str]:
    held = (Title.level == level.value, Title.status == TitleStatus.VALID.value)
    return list(session.scalars(select(Title.enterprise_id).where(*held).distinct().order_by(Title.enterprise_id)))

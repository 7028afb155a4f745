"""Leads a growth selection through the command path, with enterprises whose figures are known."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app import clock
from app.clock import ZONE
from app.models.enterprise import EnterpriseYear, LibraryStay
from app.models.person import PersonRole
from app.models.process import ProcessInstance
from app.services import growth_plans, processes
from app.services.house import House
from app.terms import Role
from tests import factories
from tests.services.libraries import Library, code

OPENS = datetime(2023, 3, 15, 9, tzinfo=ZONE)
GOAL = {"kind": "revenue", "value": 12000, "year": 2023}
SUPPORT = {"unit_name": "市人社局", "content": "纳入人才项目一体化支持", "due_on": "2023-12-20"}
REASON = "近三年订单持续增长，新厂房即将投产，产品填补省内空白。"


def figures(number: int) -> dict[int, dict[str, str]]:
    """Three years of main revenue that grows by 0.3 % a year for each number, so that a larger one scores more."""
    growth = 1 + Decimal(number) * 3 / 1000
    revenues = [1000 * growth**years for years in range(3)]
    return {
        year: {
            "main_revenue_wan": str(value),
            "revenue_wan": str(value),
            "rd_wan": str(value / 25),
            "staff": "50",
            "class1_ip": "1",
        }
        for year, value in zip((2020, 2021, 2022), revenues, strict=True)
    }


class Growth(Library):
    def __init__(self, house: House, at: datetime = OPENS) -> None:
        super().__init__(house, at)
        self.id = ""

    def known(self, *numbers: int, locality: str = "hanjiang", is_updated: bool = True) -> Growth:
        """Enterprises in the library; the larger its number, the more one has grown."""
        self.firms(*numbers, locality_id=locality, library_since=date(2022, 5, 1), chain="食品")
        with self.house.database.transaction() as session:
            for number in numbers:
                firm = code(number)
                session.add(LibraryStay(enterprise_id=firm, locality_id=locality, entered_on=date(2022, 5, 1)))
                for year, told in figures(number).items():
                    if is_updated or year < 2022:
                        session.add(_year(firm, year, told))
        return self

    def experts(self, count: int) -> Growth:
        with self.house.database.transaction() as session:
            for number in range(count):
                session.add(factories.person(f"expert.{number}", f"专家{number}", "office", (Role.EXPERT, None)))
        return self

    def open(self) -> Growth:
        with clock.held(self.at):
            who = factories.actor(self.house, "office")
            self.id = str(processes.start(self.house, who, "growth_selection", {"year": 2023}, key=self.key())["id"])
        return self

    def set(self, **answers: Any) -> Growth:
        self.do("set_selection", **answers)
        return self

    def agreed(self) -> Growth:
        for task in self.tasks("countersign_selection"):
            self.send(task, outcome="yes")
        self.do("sign_selection", outcome="yes")
        return self

    def nominated(self, *numbers: int, locality: str = "hanjiang") -> Growth:
        """The locality ticks these of its enterprises."""
        task = next(task for task in self.tasks("nominate_growth") if task.unit_id == locality)
        ticked = {code(number) for number in numbers}
        rows = [
            {**row, "is_chosen": True, "reason": REASON, "consent_on": "2023-03-10"}
            if row["credit_code"] in ticked
            else row
            for row in self.form(task)["rows"]
        ]
        self.send(task, rows=rows, **({} if ticked else {"none_reason": "没有符合条件的企业"}))
        task = next(task for task in self.tasks("sign_growth_nomination") if task.unit_id == locality)
        self.send(task, outcome="yes")
        return self

    def chosen(self) -> Growth:
        self.do("choose_growth_list").do("sign_growth_list", outcome="yes")
        return self

    def approved(self) -> Growth:
        self.do("approve_growth_list", outcome="yes", mode="online")
        return self

    def noticed(self) -> Growth:
        self.do("publish_notice")
        self.later(10)
        return self

    def drop(self, number: int, reason: str = "企业申请退出", login: str = "office") -> Growth:
        plan = self.plan_of(number)
        with clock.held(self.at):
            growth_plans.drop_plan(self.house, factories.actor(self.house, login), plan.id, reason, key=self.key())
        return self

    def plan_of(self, number: int) -> ProcessInstance:
        return self.rows(ProcessInstance, business_key=f"growth_selection_plan:2023:{code(number)}")[0]


def _year(firm: str, year: int, told: dict[str, str]) -> EnterpriseYear:
    return EnterpriseYear(
        enterprise_id=firm,
        year=year,
        figures=told,
        as_of=date(year, 12, 31),
        source="enterprise",
        recorded_at=OPENS,
        recorded_by="test",
    )


def expert_ids(growth: Growth) -> list[int]:
    return [role.person_id for role in growth.rows(PersonRole, role=Role.EXPERT.value)]

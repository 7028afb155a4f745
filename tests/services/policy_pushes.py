"""Leads rounds of policies and packages through the command path, with a small library and a few enterprises."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from app import clock
from app.clock import ZONE
from app.models.enterprise import Enterprise, EnterpriseYear
from app.models.organization import OFFICE
from app.models.pairing import Pairing
from app.models.person import Person
from app.models.policy import PackageLine, Policy, PolicyPackage
from app.models.process import ProcessInstance
from app.models.user_task import UserTask
from app.queries.actor import CLOCK
from app.services import outbox, policies, processes, tasks, timers
from app.services.house import House
from app.services.registry import casework_of
from app.services.work import Work
from app.terms import Role
from tests.factories import account, actor, enterprise, person

MORNING = datetime(2022, 8, 1, 9, tzinfo=ZONE)
RD = {"group": 1, "figure": "rd_ratio_pct", "operator": "gte", "value": "3"}
REVENUE = {"group": 1, "figure": "revenue_wan", "operator": "gte", "value": "2000"}
POLICY = {
    "title": "企业研发费用补助",
    "number": "扬科发〔2022〕15号",
    "issuer": "市科技局",
    "owner_id": "sci",
    "level": "city",
    "kind": "funds",
    "benefit": "按研发费用增量的10%给予补助",
    "amount_wan": 50,
    "valid_from": "2022-01-01",
    "valid_to": "2024-12-31",
    "how": "网上申报",
    "contact": "科技局政策科 87860000",
    "conditions": [RD],
}
LOAN = POLICY | {
    "title": "专精特新贷款贴息",
    "number": "",
    "owner_id": "miit",
    "amount_wan": 20,
    "conditions": [REVENUE],
}


class City:
    """Everything that happens in one house. at: the instant it is now."""

    def __init__(self, house: House, at: datetime = MORNING) -> None:
        self.house = house
        self.at = at
        self.keys = count()
        self.logins: dict[str, str] = {}

    def key(self) -> str:
        return f"key-{next(self.keys)}"

    def policy(self, login: str = "contact.sci", **fields: Any) -> int:
        """A policy that its department enters."""
        with clock.held(self.at), self.house.database.transaction() as session:
            return policies.enter(session, actor(self.house, login), POLICY | fields).id

    def firm(self, number: int, specialist: bool = False, year: int = 2021, **figures: Any) -> str:
        """An enterprise with an account and the figures of a year."""
        with clock.held(self.at), self.house.database.transaction() as session:
            made = enterprise(session, number)
            account(session, made, f"firm.{number}")
            told = {"source": "enterprise", "recorded_at": clock.now(), "recorded_by": "测试"}
            session.add(
                EnterpriseYear(enterprise_id=made.id, year=year, figures=figures, as_of=date(year, 12, 31), **told)
            )
            self.logins[f"enterprise:{made.id}"] = f"firm.{number}"
            code = made.id
        if specialist:
            self.pair(code, "specialist.wang")
        return code

    def pair(self, code: str, login: str) -> None:
        """The enterprise has this specialist from today on, and no other one."""
        with clock.held(self.at), self.house.database.transaction() as session:
            for old in session.scalars(select(Pairing).where(Pairing.enterprise_id == code, Pairing.to_on.is_(None))):
                old.to_on = clock.today()
            session.flush()
            who = session.scalars(select(Person).where(Person.login == login)).one_or_none()
            if who is None:
                who = person(login, "王敏", OFFICE, (Role.SPECIALIST, None))
                session.add(who)
                session.flush()
            self.logins[f"person:{who.id}"] = login
            told = {"kind": "service", "unit_id": OFFICE, "from_on": clock.today(), "key": f"pairing:{code}"}
            session.add(Pairing(enterprise_id=code, person_id=who.id, **told))

    def open(self, number: int = 3) -> City:
        """The calendar's round."""
        with clock.held(self.at):
            variables = {"year": self.at.year, "number": number}
            processes.start(self.house, actor(self.house, "office"), "policy_push", variables, key=self.key())
            outbox.drain(self.house)
        return self

    def choose(self, *ids: int, **answers: Any) -> City:
        chosen = [{"key": str(policy_id), "chosen": True} for policy_id in ids]
        return self.do("choose_policies", policies=chosen, **answers)

    def confirm(self, item: str, decision: str = "confirmed", **answers: Any) -> City:
        task = next(task for task in self.tasks("confirm_match") if task.item == item)
        conditions = {"conditions": answers.pop("conditions")} if "conditions" in answers else {}
        rows = [{"no": row["no"], "decision": decision, **answers} for row in self.form(task)["policies"]]
        return self.send(task, policies=rows, **conditions)

    def wanted(self, code: str) -> City:
        """The first visit to an enterprise wants a package for it."""
        with clock.held(self.at):
            processes.deliver(self.house, CLOCK, "policy_package_wanted", code, key=self.key())
            outbox.drain(self.house)
        return self

    def later(self, days: int = 1) -> City:
        self.at += timedelta(days=days)
        with clock.held(self.at):
            timers.fire_all_due(self.house)
            outbox.drain(self.house)
        return self

    def tasks(self, element: str | None = None) -> list[UserTask]:
        query = (
            select(UserTask)
            .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
            .where(UserTask.status.in_(("open", "claimed")))
            .order_by(ProcessInstance.business_key, UserTask.item)
        )
        if element:
            query = query.where(UserTask.element_id == element)
        with self.house.database.reading() as session:
            return list(session.scalars(query))

    def open_elements(self) -> list[str]:
        return sorted({task.element_id for task in self.tasks()})

    def form(self, task: UserTask) -> dict[str, Any]:
        """What the form shows when it is opened."""
        with clock.held(self.at), self.house.database.writing() as connection:
            work = Work(self.house, connection, actor(self.house, "office"), self.at, "look")
            case = work.case(task.instance_id)
            return casework_of(task.definition_key).prefill(case, task.element_id, task.item)[0]

    def send(self, task: UserTask, login: str | None = None, **answers: Any) -> City:
        """Send the form with these answers; what is known beforehand need not be sent."""
        with clock.held(self.at):
            who = actor(self.house, login or self._login_for(task))
            tasks.complete(self.house, who, task.id, answers, key=self.key())
            outbox.drain(self.house)
        return self

    def do(self, element: str, login: str | None = None, **answers: Any) -> City:
        found = self.tasks(element)
        assert len(found) == 1, (element, self.open_elements())
        return self.send(found[0], login, **answers)

    def instance(self, business_key: str) -> ProcessInstance:
        return self.one(ProcessInstance, business_key=business_key)

    def package(self, code: str) -> PolicyPackage:
        return self.one(PolicyPackage, enterprise_id=code)

    def lines(self, code: str) -> list[tuple[str, str, str]]:
        """Title, why it was dropped, use."""
        package_id = self.package(code).id
        with self.house.database.reading() as session:
            rows = select(Policy.title, PackageLine.drop_reason, PackageLine.use).join(PackageLine)
            found = session.execute(rows.where(PackageLine.package_id == package_id).order_by(PackageLine.position))
            return [(row.title, row.drop_reason, row.use) for row in found]

    def one(self, model: Any, **where: Any) -> Any:
        (found,) = self.rows(model, **where)
        return found

    def rows(self, model: Any, **where: Any) -> list[Any]:
        with self.house.database.reading() as session:
            return list(session.scalars(select(model).filter_by(**where)))

    def name_of(self, code: str) -> str:
        return str(self.one(Enterprise, id=code).name)

    def _login_for(self, task: UserTask) -> str:
        kind, _, whose = task.principal.partition(":")
        return self.logins.get(task.principal) or ("office" if kind == "office" else f"{kind}.{whose}")

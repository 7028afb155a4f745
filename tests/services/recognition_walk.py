"""Walks a batch and its applications through the services, as all who have a part in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import Base
from app.models.enterprise import Enterprise, Title
from app.models.person import Person
from app.models.process import ProcessInstance
from app.models.recognition import Application, Objection, PublicNotice, RecognitionBatch
from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.services import objections, outbox, portal_applications, processes, tasks, timers
from app.services.house import House
from app.services.registry import casework_of
from app.services.work import reading_case
from app.terms import Role, TaskStatus
from tests.factories import account, actor, enterprise, person

OPEN = (TaskStatus.OPEN.value, TaskStatus.CLAIMED.value)
CHECKERS = ("eco", "tax", "amr", "drc")
Row = dict[str, Any]
Model = TypeVar("Model", bound=Base)


def morning(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00:00+08:00")


def application_answers(**more: Any) -> Row:
    """Meets the rules of 2022 for 专精特新, scored 61."""
    last = {"revenue_wan": 8000, "main_revenue_wan": 6560, "rd_wan": 380}
    told: Row = {
        "segment": "精密减速器",
        "segment_years": 7,
        "field": "six_base",
        "chain": "高端装备",
        "key_link": "面向工业机器人的精密减速器，" * 5,
        "own_brand": True,
        "years": [
            {"year": 2022, **last, "net_profit_wan": 640, "assets_wan": 9000, "liabilities_wan": 4500},
            {"year": 2021, "revenue_wan": 7400, "main_revenue_wan": 6018, "rd_wan": 340},
            {"year": 2020, "main_revenue_wan": 5521},
        ],
        "staff": 120,
        "rd_staff": 15,
        "rd_body": "city",
        "rd_body_proof": "扬科发〔2021〕1号",
        "digital_level": "2",
        "digital_no": "JS-2023-001",
        "ip": [{"kind": "invention", "number": "ZL1", "obtained": "own", "granted_on": "2021-01-01", "is_main": True}],
        "certificates": [{"kind": "quality_system", "number": "ISO-1", "valid_until": "2027-01-01"}],
        "commitment": True,
    }
    return told | more


class Recognition:
    """One house on one day at a time, with enterprises firm1, firm2, … and experts expert1, expert2, …"""

    def __init__(self, house: House, day: str = "2023-03-20", firms: int = 1, experts: int = 5) -> None:
        self.house = house
        self.day = day
        self._commands = 0
        with clock.held(morning(day)), house.database.transaction() as session:
            self.firms = [self._firm(session, number) for number in range(1, firms + 1)]
            for number in range(1, experts + 1):
                session.add(person(f"expert{number}", f"专家{number}", "office", (Role.EXPERT, None)))

    @staticmethod
    def _firm(session: Session, number: int) -> str:
        made = enterprise(
            session, number, registered_on=date(2015, 1, 1), product="精密减速器", library_since=date(2022, 6, 1)
        )
        account(session, made, f"firm{number}")
        valid = {"from_on": date(2022, 1, 1), "until_on": date(2024, 12, 31), "announced_on": date(2022, 1, 1)}
        session.add(Title(enterprise_id=made.id, level="innovative", **valid))
        return made.id

    def on(self, day: str) -> Recognition:
        """From now on it is the morning of this day, and all that was due has happened."""
        self.day = day
        with clock.held(morning(day)):
            timers.fire_all_due(self.house)
            outbox.drain(self.house)
            timers.fire_all_due(self.house)
            outbox.drain(self.house)
        return self

    def actor(self, login: str) -> Actor:
        return actor(self.house, login)

    def open_batch(self, level: str = "specialised_city", login: str = "contact.miit", **variables: Any) -> str:
        """Its business key."""
        told = {"level": level, "year": 2023, "number": 1, **variables}
        with clock.held(morning(self.day)):
            started = processes.start(
                self.house, self.actor(login), "enterprise_recognition_batch", told, key=self._key()
            )
        return self.instance_by_id(started["id"]).business_key

    def publish(self, level: str = "specialised_city", **plan: Any) -> str:
        """A batch whose window is open now."""
        opened = {"kind": plan.pop("kind")} if "kind" in plan else {}
        key = self.open_batch(level, **opened)
        self.do("contact.miit", "open_batch", key, **plan)
        self.do("head.miit", "sign_batch_notice", key, outcome="yes")
        return key

    def apply(self, firm: int = 1, **answers: Any) -> str:
        """The key of the application that was sent."""
        key = self.begin(firm)
        self.do(f"firm{firm}", "submit_application", key, **application_answers(**answers))
        return key

    def begin(self, firm: int = 1) -> str:
        """The key of a draft."""
        [batch] = [row for row in self.rows(RecognitionBatch) if row.status == "open"]
        with clock.held(morning(self.day)):
            who = self.actor(f"firm{firm}")
            opened = portal_applications.apply(self.house, who, batch.id, key=self._key())
            outbox.drain(self.house)
        return self.instance_by_id(opened["instance_id"]).business_key

    def review(self, key: str, outcome: str = "pass", **more: Any) -> None:
        """By the locality: checked, visited where needed, signed."""
        judged = [{**row, "judged": "yes"} for row in self.form_of("check_at_locality", key).get("judgements", ())]
        reason = {"reason": "企业已停产，无法核实所报数据，不符合推荐要求。"} if outcome == "reject" else {}
        told = {"judgements": judged} if judged else {}
        self.do("contact.hanjiang", "check_at_locality", key, outcome=outcome, **told, **reason, **more)
        if "visit_enterprise" in self.open_elements(key):
            seen = dict.fromkeys(("production", "rd", "books"), "agrees")
            finding = "经现场核查，企业生产经营正常，研发设备和账册与申报情况一致，情况属实。"
            visit = {"first_visitor": "张三", "second_visitor": "李四", "address": "邗江区", "finding": finding}
            self.do("contact.hanjiang", "visit_enterprise", key, **visit, **seen)
        self.do("head.hanjiang", "sign_locality_opinion", key, outcome="yes")

    def check(self, batch: str, **problems: Mapping[str, Any]) -> None:
        """All departments answer; problems: unit -> what it says of every row."""
        for task in self.tasks("check_list_by_department", batch):
            unit = task.item or ""
            said = problems.get(unit, {"finding": "none"})
            rows = [{**row, **said} for row in self.form(task)["rows"]]
            self.complete(f"contact.{unit}", task, rows=rows)

    def score(self, batch: str, points: int = 20, **more: Any) -> None:
        """All experts who are asked give these points to each part, at most its maximum."""
        for task in self.tasks("score_applications", batch):
            self.score_one(task, points, **more)

    def score_one(self, task: UserTask, points: int = 20, **more: Any) -> None:
        sheet = {
            "specialisation": min(points, 25),
            "refinement": min(points, 25),
            "distinctiveness": min(points, 15),
            "innovation": min(points, 35),
            "remark": "总体较好",
        }
        rows = [{**row, **sheet, **more} for row in self.form(task)["rows"]]
        self.complete(self.login_of(task), task, rows=rows)

    def login_of(self, task: UserTask) -> str:
        with self.house.database.reading() as session:
            return session.get_one(Person, int(task.item or 0)).login

    def decide(self, batch: str, **answers: Any) -> None:
        self.do("contact.miit", "decide_list", batch, **answers)
        self.do("head.miit", "sign_list", batch, outcome="yes")

    def to_notice(self, level: str = "specialised_city", firms: int = 1, **plan: Any) -> str:
        """A batch whose list stands before the public."""
        batch = self.to_list(level, firms, **plan)
        self.decide(batch)
        self.do("contact.miit", "publish_notice", batch)
        return batch

    def to_list(self, level: str = "specialised_city", firms: int = 1, **plan: Any) -> str:
        """A batch that all have looked at."""
        batch = self.to_review(level, firms, **plan)
        self.check(batch)
        self.score(batch)
        return batch

    def to_review(self, level: str = "specialised_city", firms: int = 1, **plan: Any) -> str:
        """A batch whose window is over and whose localities have given their opinions."""
        batch = self.publish(level, **plan)
        keys = [self.apply(number) for number in range(1, firms + 1)]
        for key in keys:
            self.review(key)
        self.on("2023-04-20")
        return batch

    def object_to(self, firm: int = 1, login: str = "contact.miit", **entry: Any) -> str:
        """Key of the objection."""
        [notice] = self.rows(PublicNotice)
        told = {
            "rows": [self.firms[firm - 1]],
            "facts": "该企业所报营业收入与纳税申报不一致，请核查其账册。",
            "name": "王五",
            "phone": "13800000000",
            **entry,
        }
        with clock.held(morning(self.day)):
            made = objections.raise_objection(self.house, self.actor(login), notice.id, told, key=self._key())
            outbox.drain(self.house)
        [row] = [row for row in self.rows(Objection) if row.id == made["id"]]
        return row.key

    def examine(self, key: str, verdict: str = "true") -> None:
        finding = {
            "fact": "营业收入",
            "source": "税务申报表",
            "verdict": verdict,
            "finding": "经核对纳税申报表和审计报告，" * 3,
        }
        self.do("contact.miit", "register_objection", key, outcome="yes")
        self.do("contact.miit", "investigate_objection", key, findings=[finding])

    def settle(self, key: str, result: str, kind: str = "") -> None:
        rows = [
            {**row, "result": result, **({"kind": kind} if kind else {})}
            for row in self.form_of("decide_objection", key)["rows"]
        ]
        ground = "依据税务申报表、审计报告和现场核查记录认定。"
        told = {"outcome": result, "rows": rows, "opinion_text": ground, "answer": "您反映的情况已核查处理。"}
        self.do("head.miit", "decide_objection", key, **told)

    def do(self, login: str, element_id: str, business_key: str, **answers: Any) -> Row:
        """Complete the step with the form as it stands, and these answers over it."""
        [task] = self.tasks(element_id, business_key)
        return self.complete(login, task, **answers)

    def complete(self, login: str, task: UserTask, **answers: Any) -> Row:
        with clock.held(morning(self.day)):
            filled = {**self.form(task), **answers}
            done = tasks.complete(self.house, self.actor(login), task.id, filled, key=self._key())
            outbox.drain(self.house)
        return done

    def tasks(self, element_id: str, business_key: str) -> list[UserTask]:
        with self.house.database.reading() as session:
            wanted = (UserTask.element_id == element_id, UserTask.status.in_(OPEN))
            found = session.scalars(
                select(UserTask)
                .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
                .where(*wanted, ProcessInstance.business_key == business_key)
                .order_by(UserTask.item, UserTask.id)
            ).all()
            session.expunge_all()
            return list(found)

    def open_elements(self, business_key: str) -> list[str]:
        with self.house.database.reading() as session:
            wanted = (ProcessInstance.business_key == business_key, UserTask.status.in_(OPEN))
            rows = select(UserTask.element_id).join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
            return sorted(session.scalars(rows.where(*wanted)))

    def form_of(self, element_id: str, business_key: str) -> Row:
        return self.form(self.tasks(element_id, business_key)[0])

    def form(self, task: UserTask) -> Row:
        """As the page begins with it."""
        return self.prefill(task)[0]

    def prefill(self, task: UserTask) -> tuple[Row, dict[str, dict[str, str]]]:
        with clock.held(morning(self.day)), self.house.database.reading() as session:
            case = reading_case(self.house, session, self.actor("office"), task.instance_id)
            return casework_of(task.definition_key).prefill(case, task.element_id, task.item)

    def instance(self, business_key: str) -> ProcessInstance:
        with self.house.database.reading() as session:
            found = session.scalars(select(ProcessInstance).filter_by(business_key=business_key)).one()
            session.expunge(found)
            return found

    def instance_by_id(self, id_: str) -> ProcessInstance:
        with self.house.database.reading() as session:
            return session.get_one(ProcessInstance, id_)

    def application(self, firm: int = 1) -> Application:
        [row] = [row for row in self.rows(Application) if row.enterprise_id == self.firms[firm - 1]]
        return row

    def rows(self, model: type[Model]) -> list[Model]:
        with self.house.database.reading() as session:
            found = session.scalars(select(model).order_by(*model.__table__.primary_key.columns)).all()
            session.expunge_all()
            return list(found)

    def add(self, *rows: Base) -> None:
        with self.house.database.transaction() as session:
            session.add_all(rows)

    def move(self, firm: int, locality: str) -> None:
        """The enterprise's registration moves to another locality."""
        with self.house.database.transaction() as session:
            session.get_one(Enterprise, self.firms[firm - 1]).locality_id = locality

    def _key(self) -> str:
        self._commands += 1
        return f"walk:{self._commands}"

"""Leads a service month through the command path, with enterprises that it may invite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from app import clock
from app.clock import ZONE
from app.duties.service_month_counting import KINDS
from app.models.service_month import ActivityFirm, ServiceActivity
from app.models.user_task import UserTask
from app.services import activity_registrations, outbox, processes, service_months
from app.services.house import House
from tests import factories
from tests.services.libraries import Library, code

OPENS = datetime(2022, 6, 1, 9, tzinfo=ZONE)
FRAME = {"theme": "专精特新 服务同行", "from_on": "2022-09-01", "to_on": "2022-09-30"}
RESULT = "现场达成融资意向，后续逐家跟进。"


def row(**more: Any) -> dict[str, Any]:
    """An activity as a unit offers it."""
    return {
        "title": "银企融资对接会",
        "kind": "finance",
        "on_day": "2022-09-14",
        "place": "市会议中心",
        "number": 40,
        "chain": "all",
        "level": "library",
        "contact": "王工 0514-8000000",
        **more,
    }


def problem(number: int, **more: Any) -> dict[str, Any]:
    told = {"category": "land", "title": "扩建厂房用地", "text": "二期厂房没有用地指标，请协调。"}
    return {"credit_code": code(number), **told, **more}


class Month(Library):
    """One house in a service month."""

    def __init__(self, house: House, at: datetime = OPENS) -> None:
        super().__init__(house, at)
        self.id = ""

    def open(self) -> Month:
        with clock.held(self.at):
            who = factories.actor(self.house, "office")
            self.id = str(processes.start(self.house, who, "service_month", {"year": 2022}, key=self.key())["id"])
            outbox.drain(self.house)
        return self

    def framed(self, **kinds: int) -> Month:
        wanted = kinds or {"finance": 1}
        named = {KINDS[kind]: count for kind, count in wanted.items()}
        rows = [{**one, "wanted": named.get(one["name"], 0)} for one in self.says("frame_month")["kinds"]]
        self.do("frame_month", **FRAME, kinds=rows)
        return self

    def offered(self, **rows: Sequence[dict[str, Any]]) -> Month:
        """Unit -> its activities; every other unit has none. Nothing given means that all stay silent."""
        for task in self.tasks("offer_activities"):
            own = rows.get(task.unit_id)
            self.send(task, **({"rows": list(own)} if own else {"none": True}))
        return self

    def approved(self, **answers: Any) -> Month:
        self.do("compose_month", **answers).do("sign_month", outcome="yes")
        self.do("approve_month", outcome="yes", mode="online")
        return self

    def published(self, *rows: dict[str, Any], unit: str = "lfb") -> Month:
        """With these activities of one unit."""
        return self.open().framed().offered(**{unit: rows}).approved()

    def confirmed(self, number: int = 1, **answers: Any) -> Month:
        told = {"on_time": "14:30", "programme": "政策解读，产品推介，自由洽谈。", **answers}
        self.send(self.task("confirm_activity", number), **told)
        return self

    def until(self, day: date) -> Month:
        """The evening of that day, after what was held on it."""
        self.at = datetime.combine(day, time(17), ZONE)
        self.later(0)
        return self

    def held(self, *firms: int, number: int = 1, **answers: Any) -> Month:
        """Reported on the day of the activity, or on the day it is now when that is later."""
        day = self.activity(number).on_day
        if self.at.date() <= day:
            self.until(day)
        told = {"firms": "\n".join(code(firm) for firm in firms), "firm_number": len(firms), "people": len(firms)}
        told |= {"scan": ["scan"], "photos": ["photo"], "result": RESULT}
        self.send(self.task("report_activity", number), outcome="held", **told | answers)
        return self

    def moved(self, to: str, number: int = 1) -> Month:
        self.until(self.activity(number).on_day)
        moved = {"new_day": to, "new_time": "09:00", "moved_reason": "场地维修"}
        self.send(self.task("report_activity", number), outcome="moved", **moved)
        return self

    def cancelled(self, number: int = 1, login: str = "contact.lfb", reason: str = "主讲人不能到场") -> Month:
        with clock.held(self.at):
            who = factories.actor(self.house, login)
            service_months.cancel_activity(self.house, who, self.activity(number).id, reason, key=self.key())
            outbox.drain(self.house)
        return self

    def unreported(self, number: int = 1, login: str = "office") -> Month:
        with clock.held(self.at):
            who = factories.actor(self.house, login)
            service_months.mark_unreported(self.house, who, self.activity(number).id, key=self.key())
            outbox.drain(self.house)
        return self

    def registered(self, login: str = "firm", number: int = 1) -> Month:
        with clock.held(self.at):
            who = factories.actor(self.house, login)
            activity_registrations.register(self.house, who, self.activity(number).id, key=self.key())
        return self

    def rated(self, rating: str = "yes", login: str = "firm", number: int = 1) -> Month:
        with clock.held(self.at):
            who = factories.actor(self.house, login)
            activity_registrations.rate(self.house, who, self.activity(number).id, rating, "", key=self.key())
        return self

    def activity(self, number: int = 1) -> ServiceActivity:
        return self.rows(ServiceActivity, year=2022, number=number)[0]

    def firms_of(self, number: int = 1) -> list[ActivityFirm]:
        return self.rows(ActivityFirm, activity_id=self.activity(number).id)

    def task(self, element: str, number: int = 1) -> UserTask:
        key = self.activity(number).key
        return next(task for task in self.tasks(element) if self.instance(key).id == task.instance_id)

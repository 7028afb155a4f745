"""One house in which matters are supervised: an annual report campaign, orders and requests for more time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.models.process import ProcessInstance
from app.models.supervision_order import DueDateChange, ExtensionRequest, OrderColour, SupervisionOrder
from app.models.timer import Timer
from app.models.user_task import UserTask
from app.services.house import House
from tests.services.servings import City

BLUE = {
    "outcome": "issue",
    "content": "请于时限内办结，说明逾期原因并反馈办理情况。",
    "wants_result": True,
}
REPORT = {
    "state": "working",
    "facts": "已逐项核对台账并补充佐证材料，正在按要求完成剩余事项的汇总和报送工作。",
    "problem": "数据口径需要核对",
    "next_step": "逐项核对后报送",
    "next_on": "2022-12-30",
}
ASKED = {
    "reason_kind": "no_data",
    "reason": "统计数据尚未发布，需要等待数据后逐项核对再填报。",
    "progress": "已完成企业名单核对，正在汇总各县（市、区）台账。",
}


class Desk(City):
    """The office's desk; matters begin in July 2022."""

    def __init__(self, house: House, day: str = "2022-07-15") -> None:
        super().__init__(house)
        self.on(day)

    def matter(self, unit: str = "市工信局", **variables: Any) -> Desk:
        """An order that the office opens on a matter of its own."""
        told = {"title": "中小企业账款清欠进展滞后", "unit": unit, **variables}
        self.start("office", "supervision_order", **told)
        return self

    def issued(self, level: str = "blue", **answers: Any) -> Desk:
        """From the draft to the unit's inbox."""
        self.do("draft_order", **{**BLUE, "level": level, **answers})
        if self.tasks("approve_order"):
            self.do("approve_order", outcome="yes", mode="online")
        else:
            self.do("sign_order", outcome="yes")
        return self

    def signed_for(self) -> Desk:
        self.do("sign_for", outcome="yes", handler="王敏")
        return self

    def reported(self, **answers: Any) -> Desk:
        """Reported and signed on this day."""
        self.do("report_back", **{**REPORT, **answers}).do("sign_report", outcome="yes")
        return self

    def accepted(self) -> Desk:
        self.do("verify_report", login="office", outcome="accepted", quality_level="good")
        return self

    def order(self, number: str = "2022-1") -> SupervisionOrder:
        return next(row for row in self.rows(SupervisionOrder) if row.number == number)

    def colours(self) -> list[OrderColour]:
        return self.rows(OrderColour, order=OrderColour.id)

    def end_of(self, process: str = "supervision_order") -> list[str]:
        return [row.end_element for row in self.instances(process)]

    def waiting_timers(self) -> dict[str, Any]:
        return {row.element_id: row.due_at for row in self.rows(Timer, status="waiting")}

    def ask_time(self, task: UserTask, login: str | None = None, **variables: Any) -> Desk:
        self.start(login or self.login_for(task), "extension_request", task_id=task.id, **variables)
        return self

    def asked(self, until: str, **answers: Any) -> Desk:
        """Written and signed on this day."""
        self.do("write_extension", **{**ASKED, "new_due_on": until, **answers})
        self.do("sign_extension", outcome="yes")
        return self

    def requests(self) -> list[ExtensionRequest]:
        return self.rows(ExtensionRequest, order=ExtensionRequest.position)

    def changes(self) -> list[tuple[str, str, str]]:
        rows = self.rows(DueDateChange, order=DueDateChange.id)
        return [(row.cause, row.old_on.isoformat(), row.new_on.isoformat()) for row in rows]

    def fresh(self, task: UserTask) -> UserTask:
        with self.house.database.reading() as session:
            found = session.get_one(UserTask, task.id)
            session.expunge(found)
            return found

    def instance(self, process: str = "supervision_order") -> ProcessInstance:
        with self.house.database.reading() as session:
            return session.scalars(select(ProcessInstance).where(ProcessInstance.definition_key == process)).one()

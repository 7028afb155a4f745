"""What the rules of 延期申请 may ask, read only when asked; each property bears the name by which a rule asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property, partial
from typing import Any

from sqlalchemy import select

from app.duties.extension_request import Asked, needs_leader
from app.models.supervision_order import ExtensionRequest, SupervisionOrder
from app.models.user_task import UserTask
from app.services.cases import Case
from app.services.extension_request.opening import asked_before, latest_for, open_tasks_beside
from app.services.lazy_facts import LazyFacts
from app.services.supervision_order.rows import named_units


def request_of(case: Case) -> ExtensionRequest:
    """The row of the instance's request, which its opening wrote."""
    return case.session.get_one(ExtensionRequest, case.instance.business_key)


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    source = ExtensionFacts(case)
    names = (name for name in dir(source) if not name.startswith("_"))
    return LazyFacts({name: partial(getattr, source, name) for name in names})


class ExtensionFacts:
    def __init__(self, case: Case) -> None:
        self._case = case
        self.today: date = case.today
        self.opened_on: date = case.today
        self.calendar = case.calendar

    @cached_property
    def _request(self) -> ExtensionRequest:
        return request_of(self._case)

    @cached_property
    def _task(self) -> UserTask:
        return self._case.session.get_one(UserTask, self._request.task_id)

    @cached_property
    def old_due_on(self) -> date:
        return self._request.old_due_on

    @property
    def new_due_on(self) -> date | None:
        return self._request.new_due_on

    @cached_property
    def number(self) -> int:
        """The instance's own request is among those that count."""
        return asked_before(self._case.session, self._request.task_id)

    @cached_property
    def latest_on(self) -> date:
        return latest_for(self._case.session, self._task, self.old_due_on, self.calendar)

    @cached_property
    def needs_leader(self) -> bool:
        order = self._order
        asked = self.new_due_on
        return needs_leader(
            Asked(
                self.number,
                self.calendar.count(self.old_due_on, asked) if asked else 0,
                is_set_by_leader=order is not None and order.is_urgent,
                is_red_order=order is not None and order.level == "red",
                is_december_report=self._task.duty == "december_report",
            )
        )

    @cached_property
    def _order(self) -> SupervisionOrder | None:
        """The order that is to be reported on, where the task belongs to one."""
        where = SupervisionOrder.instance_id == self._task.instance_id
        return self._case.session.scalars(select(SupervisionOrder).where(where)).one_or_none()

    @cached_property
    def open_tasks(self) -> dict[str, list[str]]:
        return open_tasks_beside(self._case.session, self._task)

    @cached_property
    def units(self) -> list[dict[str, str]]:
        return named_units(self._case.session)

"""What changed in a history between two of its events: steps, user tasks, their days, values and answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from pydantic import Field

from app.api.resources import Reply, reads, resource
from app.api.shapes import LARGEST_INT, ById, Query, Shape
from app.errors import InvalidForm, NotFound
from app.queries import replay
from app.queries.replay import Frame, Waiting
from app.queries.sight import seen_instance
from app.views.context import current_actor, current_house

bp = resource("differences", "Process instances")


class Between(Query):
    """from, event: numbers of events, the earlier one first; the state after each is compared."""

    from_: int = Field(alias="from", ge=1, le=LARGEST_INT)
    event: int = Field(ge=1, le=LARGEST_INT)


class WaitingTask(Shape):
    """unit: its id. due_on: null without a limit."""

    task_id: str
    element_id: str
    name: str
    unit: str
    due_on: date | None


class MovedDay(Shape):
    task_id: str
    element_id: str
    before: date | None
    after: date | None


class ChangedValue(Shape):
    """element_id, unit: of the form, null for a value of the process itself. before, after: null for none."""

    name: str
    element_id: str | None
    unit: str | None
    before: Any
    after: Any


class HistoryDifference(Shape):
    """done, cancelled: elements that have ended between; flows: sequence flows that were taken for the first time.

    left, begun: user tasks that were open only before, and only after. status: null where it is the same.
    """

    done: list[str]
    cancelled: list[str]
    flows: list[str]
    left: list[WaitingTask]
    begun: list[WaitingTask]
    due_on: list[MovedDay]
    values: list[ChangedValue]
    answers: list[ChangedValue]
    status: str | None


@bp.get("/process-instances/<id>/difference", responses=reads(HistoryDifference))
def get_history_difference(path: ById, query: Between) -> Reply:
    """From the earlier event to the later one."""
    if query.from_ > query.event:
        raise InvalidForm([("from", "不能大于 event。")])
    with current_house().database.reading() as session:
        seen_instance(session, current_actor(), path.id)
        by_seq = {frame.seq: frame for frame in replay.frames(session, path.id)}
    if not {query.from_, query.event} <= by_seq.keys():
        raise NotFound("这个流程没有这个事件。")
    return _difference(by_seq[query.from_], by_seq[query.event]).as_json()


def _difference(before: Frame, after: Frame) -> HistoryDifference:
    found = replay.difference(before, after)
    return HistoryDifference(
        done=list(found.done),
        cancelled=list(found.cancelled),
        flows=list(found.flows),
        left=_waiting(found.left),
        begun=_waiting(found.begun),
        due_on=[
            MovedDay(task_id=new.task_id, element_id=new.element_id, before=old.due_on, after=new.due_on)
            for old, new in found.due_on
        ],
        values=_changed({(None, None, name): pair for name, pair in found.values.items()}),
        answers=_changed(found.answers),
        status=found.status[1] if found.status else None,
    )


def _waiting(tasks: Iterable[Waiting]) -> list[WaitingTask]:
    return [
        WaitingTask(
            task_id=task.task_id, element_id=task.element_id, name=task.name, unit=task.unit_id, due_on=task.due_on
        )
        for task in tasks
    ]


def _changed(found: Mapping[tuple[Any, Any, str], tuple[Any, Any]]) -> list[ChangedValue]:
    return [
        ChangedValue(name=name, element_id=element_id, unit=unit, before=before, after=after)
        for (element_id, unit, name), (before, after) in found.items()
    ]

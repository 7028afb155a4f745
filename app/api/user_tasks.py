"""User tasks: listed, read with their form, and acted upon by the verbs of the inbox."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from flask import make_response
from pydantic import AliasChoices, ConfigDict, Field
from sqlalchemy.orm import Session

from app import clock
from app.api.resources import Reply, commands, reads, resource
from app.api.shapes import Body, ById, Changed, Instant, Listing, Name, Shape, Text, Written, end_of_day, listed
from app.errors import Conflict
from app.models.user_task import NO_DUE_DATE
from app.models.user_task import UserTask as Row
from app.queries import user_tasks
from app.queries.sight import seen_task
from app.queries.standing import Standing, standing_of
from app.queries.task_lines import light_today
from app.queries.task_page import open_task_of
from app.services import handing_over, processes, returning, supervision, tasks
from app.services.filling import filling
from app.terms import Light, TaskStatus
from app.views.context import current_actor, current_house

bp = resource("user_tasks", "User tasks")

Sort = Literal["due_at", "-due_at", "created_at", "-created_at", "completed_at", "-completed_at"]


class Search(Listing):
    """mine: what lies in the account's own inboxes. status `open`: not yet completed or cancelled."""

    mine: bool = False
    unit: Name | None = None
    status: TaskStatus | None = None
    light: Light | None = None
    definition_key: Name | None = None
    q: str = Field("", max_length=80)
    sort: Sort = "due_at"


class UserTask(Shape):
    """due_at: end of the due day, null without a limit. light: null for a cancelled task. assignee, candidates: logins.

    unit: who is responsible. clause: the measure of the plan that is served.
    """

    id: str
    instance_id: str
    definition_key: str
    element_id: str
    name: str
    title: str
    status: TaskStatus
    unit: str
    assignee: str | None
    candidates: list[str]
    due_at: Instant | None
    light: Light | None
    revision: int
    created_at: Instant
    completed_at: Instant | None
    clause: str


class UserTaskList(Shape):
    items: list[UserTask]
    next_cursor: str | None


class UserTaskWithForm(UserTask):
    """form: JSON Schema 2020-12, null for a task that takes plain variables. data: prefilled, and the draft over it."""

    form: dict[str, Any] | None
    data: dict[str, Any]


class Variables(Body):
    """variables: the form, for a draft as far as it goes; the task's `data` may come back under its own name."""

    model_config = ConfigDict(populate_by_name=True)

    variables: dict[str, Any] = Field(validation_alias=AliasChoices("variables", "data"))


class Returning(Body):
    """to_element: an earlier step that `list_returns` allows; without it where the form's returning outcome leads."""

    reason: str = Field(min_length=1, max_length=500)
    to_element: Name | None = None


class Handing(Body):
    """to: login of the colleague."""

    to: Name
    reason: str = Field(default="", max_length=300)


class Copying(Body):
    """to: logins of officials."""

    to: list[Name] = Field(min_length=1, max_length=50)
    note: str = Field(default="", max_length=300)


class Ending(Body):
    """note: what was prepared, for who gets it back."""

    note: str = Field(default="", max_length=300)


class Urging(Body):
    text: Text = ""


class Extending(Body):
    """until: the day that is asked for; reason: why. Both are written into the request, which the head signs."""

    until: date | None = Field(None, strict=False)
    reason: str = Field(default="", max_length=500)


class Extension(Shape):
    """instance_id: of the request; user_task_id: where it is written, null where that lies with another person."""

    instance_id: str
    user_task_id: str | None


class Opened(Shape):
    id: str
    element_id: str
    name: str


class ReceiptPlace(Shape):
    """The event that was written: its receipt is at /receipts/{stream}/{seq}. hash: by which it will be known."""

    stream: str
    seq: int
    hash: str


class Completed(Shape):
    """opened: the user tasks that came of it. receipt: null where the form is kept until it was signed."""

    id: str
    instance_id: str
    status: str
    instance_status: str
    opened: list[Opened]
    receipt: ReceiptPlace | None = None


class Claimed(Shape):
    id: str
    instance_id: str
    status: str
    revision: int


class Handed(Claimed):
    assignee: str | None


class Copied(Shape):
    id: str
    instance_id: str
    copied: int


class Withdrawn(Shape):
    instance_id: str
    instance_status: str


class Saved(Shape):
    saved_at: Instant


class Urged(Shape):
    urged: int


@bp.get("/user-tasks", responses=reads(UserTaskList))
def list_user_tasks(query: Search) -> Reply:
    """User tasks of one's own scope; the office, leaders and auditors read all."""
    filters = user_tasks.Filters(**query.model_dump(exclude={"limit", "cursor"}))
    with current_house().database.reading() as session:
        found = user_tasks.tasks_page(
            session, current_actor(), filters, clock.today(), query.cursor, query.limit
        )  # fmt: skip
        return listed(shapes_of(session, found.items), found.next_cursor)


@bp.get("/user-tasks/<id>", responses=reads(UserTaskWithForm))
def get_user_task(path: ById) -> Reply:
    """One user task with its form. The ETag is its revision, for If-Match."""
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        task = seen_task(session, actor, path.id)
        filled = filling(house, session, actor, task)
        shape = shapes_of(session, [task])[0]
        form = dict(filled.form) if filled.form is not None else None
        response = make_response({**shape.as_json(), "form": form, "data": dict(filled.data)})
    response.set_etag(str(task.revision))
    return response


@bp.post("/user-tasks/<id>/claim", responses=commands(Claimed))
def claim_user_task(path: ById, header: Changed) -> Reply:
    """Take a task of one's group to oneself."""
    return tasks.claim(current_house(), current_actor(), path.id, key=header.key, revision=header.revision)


@bp.post("/user-tasks/<id>/unclaim", responses=commands(Claimed))
def unclaim_user_task(path: ById, header: Changed) -> Reply:
    """Put a claimed task back to its group."""
    return tasks.unclaim(current_house(), current_actor(), path.id, key=header.key, revision=header.revision)


@bp.post("/user-tasks/<id>/transfer", responses=commands(Handed))
def transfer_user_task(path: ById, header: Changed, body: Handing) -> Reply:
    """Give a task to a colleague of the unit, or of the office, who could act on it."""
    house, actor = current_house(), current_actor()
    return handing_over.transfer(
        house, actor, path.id, body.to, body.reason, key=header.key, revision=header.revision
    )  # fmt: skip


@bp.post("/user-tasks/<id>/delegation", responses=commands(Handed))
def delegate_user_task(path: ById, header: Changed, body: Handing) -> Reply:
    """Have a colleague prepare a task; it comes back to be sent."""
    house, actor = current_house(), current_actor()
    return handing_over.delegate(
        house, actor, path.id, body.to, body.reason, key=header.key, revision=header.revision
    )  # fmt: skip


@bp.post("/user-tasks/<id>/delegation/end", responses=commands(Handed))
def end_delegation(path: ById, header: Written, body: Ending) -> Reply:
    """Hand back what was delegated to one, or take back what one has delegated."""
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        task = seen_task(session, actor, path.id)
        is_owner = standing_of(session.connection(), actor, task) is Standing.DELEGATED
    if is_owner:
        return handing_over.take_back(house, actor, path.id, key=header.key)
    return handing_over.hand_back(house, actor, path.id, body.note, key=header.key)


@bp.post("/user-tasks/<id>/copies", responses=commands(Copied))
def copy_user_task(path: ById, header: Written, body: Copying) -> Reply:
    """Let officials know of a task and its matter."""
    return handing_over.copy_to(current_house(), current_actor(), path.id, body.to, body.note, key=header.key)


@bp.post("/user-tasks/<id>/completion", responses=commands(Completed))
def complete_user_task(path: ById, header: Changed, body: Variables) -> Reply:
    """Send the form; 422 names each field that is wrong, 202 says that an incident was kept and will be tried again."""
    house, actor = current_house(), current_actor()
    return tasks.complete(house, actor, path.id, body.variables, key=header.key, revision=header.revision)


@bp.post("/user-tasks/<id>/return", responses=commands(Completed))
def return_user_task(path: ById, header: Written, body: Returning) -> Reply:
    """Send back what was handed in, with a reason."""
    house, actor = current_house(), current_actor()
    if body.to_element is not None:
        return returning.return_to(house, actor, path.id, body.to_element, body.reason, key=header.key)
    return tasks.send_back(house, actor, path.id, body.reason, key=header.key)


@bp.post("/user-tasks/<id>/withdrawal", responses=commands(Withdrawn))
def withdraw_user_task(path: ById, header: Written) -> Reply:
    """Take back what one's unit has handed on and nobody has begun with; by any user task of the instance."""
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        instance_id = seen_task(session, actor, path.id).instance_id
    return tasks.withdraw(house, actor, instance_id, key=header.key)


@bp.post("/user-tasks/<id>/urging", responses=commands(Urged))
def urge_user_task(path: ById, header: Written, body: Urging) -> Reply:
    """Urge whoever has the task, once a day at most."""
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        seen_task(session, actor, path.id)
    answer = supervision.urge(house, actor, [path.id], body.text, key=header.key)
    for skipped in answer["skipped"]:
        raise Conflict(skipped["why"])
    return {"urged": answer["urged"]}


@bp.post("/user-tasks/<id>/extension", responses=commands(Extension))
def ask_extension(path: ById, header: Written, body: Extending) -> Reply:
    """Ask for more time. Both days are kept; the due day moves when the request is granted."""
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        seen_task(session, actor, path.id)
    asked = {"task_id": path.id, "until": body.until.isoformat() if body.until else None, "reason": body.reason}
    answer = processes.start(house, actor, "extension_request", asked, key=header.key)
    with house.database.reading() as session:
        return {"instance_id": answer["id"], "user_task_id": open_task_of(session, actor, answer["id"])}


@bp.put("/user-tasks/<id>/draft", responses=commands(Saved))
def save_user_task_draft(path: ById, header: Changed, body: Variables) -> Reply:
    """Keep what was typed and not yet sent."""
    house, actor = current_house(), current_actor()
    saved_at = tasks.save_draft(house, actor, path.id, body.variables, revision=header.revision)
    return Saved(saved_at=saved_at).as_json()


def shapes_of(session: Session, rows: Iterable[Row]) -> list[UserTask]:
    """The tasks as they are answered, in their order."""
    listed_rows, today = list(rows), clock.today()
    hands = user_tasks.hands(session, listed_rows, today)
    return [
        UserTask(
            id=row.id,
            instance_id=row.instance_id,
            definition_key=row.definition_key,
            element_id=row.element_id,
            name=row.name,
            title=row.title,
            status=TaskStatus(row.status),
            unit=row.unit_id,
            assignee=hands[row.id].assignee,
            candidates=list(hands[row.id].candidates),
            due_at=None if row.due_on == NO_DUE_DATE else end_of_day(row.due_on),
            light=light_today(row, today),
            revision=row.revision,
            created_at=row.created_at,
            completed_at=row.completed_at,
            clause=row.clause,
        )
        for row in listed_rows
    ]

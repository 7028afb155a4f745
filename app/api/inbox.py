"""The inbox of an account: several user tasks with one verb, and the filters that were saved for its lists."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.api.resources import Reply, commands, reads, resource, writes
from app.api.shapes import Body, ByNumber, Instant, Name, Query, Shape, Written
from app.models.inbox_view import SavedFilter as Row
from app.queries import list_views
from app.services import batch
from app.services import list_views as own_views
from app.services.batch import MOST_TOGETHER, Item
from app.views.context import current_actor, current_house

bp = resource("inbox", "Inbox")

List = Literal["inbox", "handed_on", "done", "copies", "started"]
Verb = Literal["claim", "unclaim", "agree"]


class Ticked(Body):
    """revision: what the account saw; without it the present one is taken."""

    id: Name
    revision: int | None = Field(None, ge=1, le=2**31 - 1)


class Together(Body):
    """verb `agree`: only steps whose form needs nothing but its agreeing outcome."""

    verb: Verb
    items: list[Ticked] = Field(min_length=1, max_length=MOST_TOGETHER)


class Result(Shape):
    """code: `done`, else as a problem has it. by, at: who was first, and when."""

    id: str
    done: bool
    code: str
    detail: str
    by: str | None
    at: Instant | None


class Results(Shape):
    results: list[Result]


class Terms(Body):
    """As the query of the list has them."""

    light: Literal["red", "yellow", "green"] | None = None
    duty: Name | None = None
    unit: Name | None = None
    clause: Name | None = None
    step: str | None = Field(None, max_length=80)
    q: str | None = Field(None, max_length=80)
    sort: Literal["due", "new"] | None = None

    def as_terms(self) -> dict[str, str]:
        return {name: text for name, text in self.model_dump().items() if text}


class Saving(Body):
    list: List = "inbox"
    name: str = Field(max_length=60)
    terms: Terms
    is_default: bool = False


class Changing(Body):
    name: str | None = Field(None, max_length=60)
    terms: Terms | None = None
    is_default: bool | None = None


class SavedFilter(Shape):
    id: int
    list: str
    name: str
    terms: dict[str, str]
    is_default: bool


class SavedFilterList(Shape):
    items: list[SavedFilter]


class OfList(Query):
    list: List | None = None


@bp.post("/user-tasks/batch", responses=commands(Results))
def handle_user_tasks(header: Written, body: Together) -> Reply:
    """One verb on several user tasks, each a command by itself: one that is stale stops no other."""
    items = [Item(one.id, one.revision) for one in body.items]
    found = batch.each(current_house(), current_actor(), body.verb, items, header.key)
    results = [
        Result.model_validate(
            {"id": one.task_id, "done": one.is_done, "code": one.code, "detail": one.text, "by": one.by or None,
             "at": one.at}
        )
        for one in found
    ]  # fmt: skip
    return Results(results=results).as_json()


@bp.get("/saved-filters", responses=reads(SavedFilterList))
def list_saved_filters(query: OfList) -> Reply:
    """One's own, in the order they were made."""
    with current_house().database.reading() as session:
        found = list_views.saved_filters(session, current_actor(), query.list)
        return SavedFilterList(items=[_shape(one) for one in found]).as_json()


@bp.post("/saved-filters", responses=writes(SavedFilter, 201))
def save_filter(body: Saving) -> Reply:
    """Keep a filter of a list; one of the same name is replaced."""
    with current_house().database.transaction() as session:
        saved = own_views.save_filter(
            session, current_actor(), body.list, body.name, body.terms.as_terms(), is_default=body.is_default
        )
        return _shape(saved).as_json(), 201


@bp.put("/saved-filters/<int:id>", responses=writes(SavedFilter))
def change_saved_filter(path: ByNumber, body: Changing) -> Reply:
    """Another name, other terms, or whether the list opens with it; what is not sent stays."""
    terms = None if body.terms is None else body.terms.as_terms()
    with current_house().database.transaction() as session:
        return _shape(
            own_views.change_filter(
                session, current_actor(), path.id, name=body.name, terms=terms, is_default=body.is_default
            )
        ).as_json()


@bp.delete("/saved-filters/<int:id>", responses=writes(SavedFilter))
def remove_saved_filter(path: ByNumber) -> Reply:
    """The filter as it was."""
    with current_house().database.transaction() as session:
        return _shape(own_views.remove_filter(session, current_actor(), path.id)).as_json()


def _shape(row: Row) -> SavedFilter:
    return SavedFilter(
        id=row.id, list=row.list_key, name=row.name, terms=dict(row.terms), is_default=row.is_default
    )  # fmt: skip

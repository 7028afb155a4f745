"""A person's inbox: the lines of all her principals, one index range each, by light and due day, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    GenerativeSelect,
    Select,
    TextClause,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from app.errors import BadRequest
from app.models.organization import Unit
from app.models.user_task import NO_DUE_DATE, InboxEntry, UserTask
from app.queries.actor import Actor
from app.queries.task_lights import OPEN
from app.queries.task_lines import Line, lines_of_tasks, matching
from app.terms import Light
from app.workdays import Calendar

PAGE = 50
SOON_DAYS = 5  # working days that the headline looks ahead
MOST_COUNTED = 1000  # nobody reads on after that, and counting must not grow with the office
NOBODY = ""  # the principal of no line
PERSON = "person:"  # how the principal of one person begins
GROUPS = (Light.RED, Light.YELLOW, Light.GREEN)

S = TypeVar("S", bound=GenerativeSelect)
Condition = ColumnElement[bool] | TextClause


@dataclass(frozen=True)
class Days:
    """today; soon: the last day within five working days; yellow_until: a due day after it cannot be yellow today."""

    today: date
    soon: date
    yellow_until: date


def days_of(today: date, calendar: Calendar, yellow_days: int) -> Days:
    return Days(today, calendar.add(today, SOON_DAYS), calendar.add(today, yellow_days + 1))


@dataclass(frozen=True)
class Filters:
    """q: part of a title, a step or a unit's name; step: its whole name.

    sort: `due` by light and due day, `new` the latest first.
    """

    light: Light | None = None
    duty: str = ""
    unit: str = ""
    clause: str = ""
    step: str = ""
    q: str = ""
    sort: str = "due"

    @property
    def is_empty(self) -> bool:
        return replace(self, sort="due") == Filters()


@dataclass(frozen=True)
class Page:
    """after: where the next page begins; empty on the last one."""

    lines: Sequence[Line]
    after: str = ""


@dataclass(frozen=True)
class Counts:
    """Lines by light, and those due within five working days; each at most MOST_COUNTED."""

    red: int
    yellow: int
    green: int
    soon: int

    @property
    def total(self) -> int:
        return self.red + self.yellow + self.green

    def of(self, light: Light) -> int:
        return {Light.RED: self.red, Light.YELLOW: self.yellow, Light.GREEN: self.green}[light]


@dataclass(frozen=True)
class Choices:
    """What the lines of an inbox can be told apart by: codes of duties, clauses, and (id, name) of units."""

    duties: Sequence[str] = ()
    clauses: Sequence[str] = ()
    units: Sequence[tuple[str, str]] = field(default_factory=tuple)


@dataclass(frozen=True)
class _Order:
    """The columns that a list runs along; the index of inbox_entry gives the order by due day."""

    name: str
    keys: tuple[Any, Any]
    is_descending: bool = False

    def beyond(self, at: tuple[Any, str]) -> ColumnElement[bool]:
        here = tuple_(*self.keys)
        there = tuple_(*(literal(value, key.type) for key, value in zip(self.keys, at, strict=True)))
        return here < there if self.is_descending else here > there

    def sorted(self, statement: S, keys: Sequence[Any] | None = None) -> S:
        columns = keys or self.keys
        return statement.order_by(*(column.desc() for column in columns) if self.is_descending else columns)


BY_DUE = _Order("due", (InboxEntry.due_on, InboxEntry.task_id))
BY_DUE_BACK = _Order("back", (InboxEntry.due_on, InboxEntry.task_id), is_descending=True)
BY_ARRIVAL = _Order("new", (UserTask.created_at, UserTask.id), is_descending=True)


def page(session: Session, actor: Actor, days: Days, filters: Filters, after: str = "", limit: int = PAGE) -> Page:
    """One page of the inbox. after: of the page before."""
    if filters.sort == "new":
        return _newest(session, actor, days, filters, after, limit)
    first, at = _due_place(after)
    ids: list[str] = []
    for light in _groups_from(first, filters):
        where = [_is_light(light, days), *conditions(filters)]
        if at is not None and light is first:
            where.append(BY_DUE.beyond(at))
        ids += _ids(session, actor, where, BY_DUE, limit + 1 - len(ids))
        if len(ids) > limit:
            break
    lines = lines_of_tasks(session, ids[:limit], days.today)
    return Page(lines, place_of(lines[-1]) if len(ids) > limit else "")


def counts(session: Session, actor: Actor, days: Days, filters: Filters | None = None) -> Counts:
    """How many lines of each light there are under the filters, but for that of the light itself."""
    where = conditions(filters or Filters())
    lines = lines_of(actor, where, BY_DUE, MOST_COUNTED)
    is_soon = and_(UserTask.due_on >= days.today, UserTask.due_on <= days.soon)
    sums = [_number(_is_light(light, days, UserTask.due_on)) for light in GROUPS]
    row = session.execute(
        select(*sums, _number(is_soon)).select_from(lines).join(UserTask, UserTask.id == lines.c.task_id)
    ).one()
    return Counts(*(number or 0 for number in row))


def open_count(session: Session, actor: Actor, most: int = 100) -> int:
    """Lines in all, at most `most`: for the badge, which says 99+ from there on."""
    lines = union_all(*(select(b.subquery()) for b in _branches(actor, (), BY_DUE, most))).subquery()
    return min(session.scalar(select(func.count()).select_from(lines)) or 0, most)


def choices(session: Session, actor: Actor) -> Choices:
    """What the filters may be set to: what stands in the inbox now."""
    return choices_among(session, lines_of(actor, (), BY_DUE, MOST_COUNTED))


def choices_among(session: Session, lines: Any) -> Choices:
    """The same for the tasks of any list. lines: a table with their ids as task_id."""
    rows = session.execute(
        select(UserTask.duty, UserTask.clause, Unit.id, Unit.short_name, Unit.position)
        .select_from(lines)
        .join(UserTask, UserTask.id == lines.c.task_id)
        .join(Unit, Unit.id == UserTask.unit_id)
        .distinct()
        .order_by(Unit.position)
    ).all()
    return Choices(
        duties=sorted({row.duty for row in rows}),
        clauses=sorted({row.clause for row in rows if row.clause}),
        units=list(dict.fromkeys((row.id, row.short_name) for row in rows)),
    )


def next_line(
    session: Session, actor: Actor, days: Days, place: str = "", filters: Filters | None = None
) -> Line | None:
    """The line behind a place of the inbox, or the first one."""
    found = page(session, actor, days, filters or Filters(), place, limit=1).lines
    return found[0] if found else None


def previous_line(session: Session, actor: Actor, days: Days, place: str) -> Line | None:
    """The line before a place of the inbox."""
    first, at = _due_place(place)
    for light in reversed(GROUPS[: GROUPS.index(first) + 1]):
        where = [_is_light(light, days)]
        if at is not None and light is first:
            where.append(BY_DUE_BACK.beyond(at))
        found = lines_of_tasks(session, _ids(session, actor, where, BY_DUE_BACK, 1), days.today)
        if found:
            return found[0]
    return None


def place_of(line: Line) -> str:
    """Where a line stands in the list by light and due day, as the address of the next page says it."""
    return f"{line.light}.{line.due_on or NO_DUE_DATE}.{line.task_id}"


def _newest(session: Session, actor: Actor, days: Days, filters: Filters, after: str, limit: int) -> Page:
    where = list(conditions(filters))
    if filters.light is not None:
        where.append(_is_light(filters.light, days, UserTask.due_on))
    if after:
        where.append(BY_ARRIVAL.beyond(moment_place(after)))
    ids = _ids(session, actor, where, BY_ARRIVAL, limit + 1)
    lines = lines_of_tasks(session, ids[:limit], days.today)
    return Page(lines, moment_of(lines[-1].created_at, lines[-1].task_id) if len(ids) > limit else "")


def _ids(session: Session, actor: Actor, where: Sequence[ColumnElement[bool]], order: _Order, limit: int) -> list[str]:
    """The first tasks of all her principals together."""
    lines = lines_of(actor, where, order, limit)
    statement = order.sorted(select(lines.c.task_id), (lines.c.key, lines.c.task_id))
    return list(session.scalars(statement.limit(limit)))


def lines_of(actor: Actor, where: Sequence[Condition], order: _Order, limit: int) -> Any:
    """At most `limit` lines of each principal, as one table."""
    return union_all(*(select(branch.subquery()) for branch in _branches(actor, where, order, limit))).subquery()


def _branches(actor: Actor, where: Sequence[Condition], order: _Order, limit: int) -> Iterator[Select[Any]]:
    """One range of an index a principal; for who has none, an empty one."""
    branch_of = _arrivals if order is BY_ARRIVAL else _entries
    for principal in sorted(actor.principals) or [NOBODY]:
        yield order.sorted(branch_of(actor, principal, where, order)).limit(limit)


def _entries(actor: Actor, principal: str, where: Sequence[Condition], order: _Order) -> Select[Any]:
    barred = sorted(actor.barred_unit_ids)
    is_open_to_her = or_(InboxEntry.barred_unit_id.is_(None), InboxEntry.barred_unit_id.not_in(barred))
    is_hers = InboxEntry.principal == principal
    branch = select(order.keys[0].label("key"), InboxEntry.task_id).where(is_hers, is_open_to_her, *where)
    return branch.join(UserTask, UserTask.id == InboxEntry.task_id) if where else branch


def _arrivals(actor: Actor, principal: str, where: Sequence[Condition], order: _Order) -> Select[Any]:
    """The same lines from the tasks themselves, which have an index by the instant at which they came."""
    branch = select(order.keys[0].label("key"), UserTask.id.label("task_id")).where(OPEN, *where)
    if principal.startswith(PERSON):
        return branch.where(UserTask.assignee_id == int(principal.removeprefix(PERSON)))
    subject, barred = UserTask.subject_unit_id, sorted(actor.barred_unit_ids)
    is_open_to_her = or_(UserTask.has_own_item_rule.is_(False), subject.is_(None), subject.not_in(barred))
    return branch.where(UserTask.principal == principal, UserTask.assignee_id.is_(None), is_open_to_her)


def _is_light(light: Light, days: Days, due_on: Any = InboxEntry.due_on) -> ColumnElement[bool]:
    """The same as light_today, as ranges of the due day that the index can find."""
    match light:
        case Light.RED:
            return and_(due_on < days.today, UserTask.is_optional.is_(False), UserTask.is_held.is_(False))
        case Light.YELLOW:
            is_not_red = or_(due_on >= days.today, UserTask.is_optional.is_(True), UserTask.is_held.is_(True))
            return and_(due_on <= days.yellow_until, UserTask.yellow_on <= days.today, is_not_red)
        case Light.GREEN:
            return and_(due_on >= days.today, UserTask.yellow_on > days.today)
        case _:
            return false()


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """The filters but for the light, on UserTask."""
    asked = (
        (UserTask.duty, filters.duty), (UserTask.unit_id, filters.unit), (UserTask.clause, filters.clause),
        (UserTask.name, filters.step),
    )  # fmt: skip
    return [column == value for column, value in asked if value] + matching(filters.q)


def _groups_from(first: Light, filters: Filters) -> Sequence[Light]:
    if filters.light is not None:
        return [filters.light] if filters.light in GROUPS else []
    return GROUPS[GROUPS.index(first) :]


def _due_place(after: str) -> tuple[Light, tuple[date, str] | None]:
    """What place_of said; the beginning for an empty place. Raises BadRequest."""
    light, _, rest = after.partition(".")
    day, _, task_id = rest.partition(".")
    if light not in [group.value for group in GROUPS]:
        return GROUPS[0], None
    try:
        return Light(light), (date.fromisoformat(day), task_id)
    except ValueError as error:
        raise BadRequest from error


def moment_of(at: datetime, id_: str) -> str:
    """Where a line stands in a list by an instant, as the address of the next page says it."""
    return f"{at.isoformat()}_{id_}"


def moment_place(after: str) -> tuple[datetime, str]:
    """What moment_of said. Raises BadRequest."""
    at, _, id_ = after.partition("_")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError as error:
        raise BadRequest from error
    if moment.tzinfo is None:
        raise BadRequest
    return moment, id_


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))

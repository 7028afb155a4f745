"""The rows of a list of user tasks as the table shows them, in the columns that the person has chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask_babel import gettext as _

from app.duties.registry import DUTIES
from app.queries import inbox, list_views
from app.queries.inbox import Days, Filters
from app.queries.task_lines import Line
from app.services.batch import agreeing_at
from app.services.house import House
from app.terms import Light, TaskStatus
from app.views.distances import distance_words


@dataclass(frozen=True)
class Row:
    """A line as the table shows it. can: what may be done with it together with others, with blanks between."""

    line: Line
    distance: str
    duty: str
    clause: str
    can: str = ""


@dataclass(frozen=True)
class Group:
    """Lines of one light. begins: False where the page before has shown its head. light: None for a list without."""

    light: Light | None
    rows: Sequence[Row]
    begins: bool = True
    count: int = 0


def groups(
    lines: Sequence[Line], counts: inbox.Counts, filters: Filters, after: str, house: House, days: Days
) -> Iterator[Group]:
    if filters.sort == "new":
        if lines:
            yield Group(None, [row(line, house, days) for line in lines])
        return
    for light, same in groupby(lines, key=lambda line: line.light or Light.GREEN):
        rows = [row(line, house, days) for line in same]
        yield Group(light, rows, not after.startswith(f"{light}."), counts.of(light))


def row(line: Line, house: House, days: Days) -> Row:
    return Row(
        line=line,
        distance="" if line.completed_at else distance_words(line.due_on, days.today, house.calendar),
        duty=duty_names().get(line.duty, ""),
        clause=line.clause,
        can=_can(line),
    )


def headings(list_key: str) -> dict[str, str]:
    """The word over each column that a list may have."""
    is_done, is_started = list_key == list_views.DONE, list_key == list_views.STARTED
    words = {
        "step": _("环节"),
        "duty": _("职责事项"),
        "giver": _("交办单位"),
        "unit": _("办理单位") if list_key == list_views.HANDED_ON else _("责任单位"),
        "assignee": _("办理人"),
        "clause": _("来源"),
        "received": _("收到时间"),
        "limit": _("办理时限"),
        "due": _("办理时间") if is_done else _("发起时间") if is_started else _("办理时限"),
        "urged": _("催办"),
        "state": _("状态"),
        "ended": _("办结时间"),
    }
    return {name: words[name] for name in list_views.COLUMNS[list_key]}


def duty_names() -> dict[str, str]:
    return {key: duty.name for key, duty in DUTIES.items()}


def _can(line: Line) -> str:
    if line.light is Light.GREY or line.completed_at is not None:
        return ""
    verbs = {TaskStatus.OPEN: ["claim"], TaskStatus.CLAIMED: ["unclaim"]}.get(line.status, [])
    if verbs and agreeing_at(line.definition_key, line.element_id) is not None:
        verbs = [*verbs, "agree"]
    return " ".join(verbs)

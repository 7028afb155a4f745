"""The lists that a person sets up for herself: of all, the filters she saved; of her own matters, the columns too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.inbox_view import ListColumns, SavedFilter
from app.queries.actor import Actor

INBOX, HANDED_ON, DONE, COPIES, STARTED = "inbox", "handed_on", "done", "copies", "started"
LISTS = (INBOX, HANDED_ON, DONE, COPIES, STARTED)
EVENTS = "events"  # the search over everything that was done; a saved filter of it is a saved search

# What the address of a list may say, and so what a saved filter keeps.
TERMS = ("light", "duty", "unit", "clause", "step", "q", "sort")
_OF_EVENTS = ("q", "said", "person", "unit", "enterprise", "duty", "verb", "kind", "from_on", "until_on")
TERMS_OF: Mapping[str, Sequence[str]] = {**dict.fromkeys(LISTS, TERMS), EVENTS: _OF_EVENTS}

ALWAYS = "due"  # no row without its day: it may be moved, not left out
_TASKS = ("step", "duty", "giver", "unit", "assignee", "clause", "received", "due", "urged")
COLUMNS: Mapping[str, Sequence[str]] = {
    INBOX: _TASKS,
    HANDED_ON: _TASKS,
    DONE: ("step", "duty", "giver", "unit", "clause", "received", "limit", "due"),
    COPIES: _TASKS,
    STARTED: ("duty", "unit", "state", "due", "ended"),
}
USUAL: Mapping[str, Sequence[str]] = {
    INBOX: ("step", "giver", "clause", "due"),
    HANDED_ON: ("step", "unit", "clause", "due"),
    DONE: ("step", "giver", "clause", "due"),
    COPIES: ("step", "giver", "clause", "due"),
    STARTED: ("duty", "unit", "state", "due", "ended"),
}


def saved_filters(session: Session, actor: Actor, list_key: str | None = None) -> Sequence[SavedFilter]:
    """The actor's own, of one list or of all, in the order she made them."""
    rows = select(SavedFilter).where(SavedFilter.person_id == actor.person_id).order_by(SavedFilter.id)
    return session.scalars(rows if list_key is None else rows.where(SavedFilter.list_key == list_key)).all()


def saved_filter(session: Session, actor: Actor, filter_id: int) -> SavedFilter:
    """Raises NotFound, also for another person's."""
    found = session.get(SavedFilter, filter_id)
    if found is None or found.person_id != actor.person_id:
        raise NotFound("没有找到这个筛选，可能已删除。")
    return found


def columns_of(session: Session, actor: Actor, list_key: str) -> Sequence[str]:
    """The columns that the actor sees, from the left. A column that is no more is left out."""
    kept = session.get(ListColumns, (actor.person_id, list_key)) if actor.person_id is not None else None
    if kept is None:
        return USUAL[list_key]
    return [name for name in kept.columns if name in COLUMNS[list_key]]

"""What a line of the search says of its event: who, for whom, about what, and the words by which it is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.enterprise import Enterprise
from app.models.event import ACCESS, ADMINISTRATION
from app.models.event_line import BUSINESS
from app.models.organization import Unit
from app.models.person import Person
from app.models.user_task import UserTask
from app.queries.administration_events import subject_of
from app.queries.event_verbs import VERBS
from app.queries.events import told_in
from app.services.history import moment

LONGEST_TITLE, LONGEST_STEP, LONGEST_WORDS = 200, 80, 1000
OF_THE_HOUSE = (ADMINISTRATION, ACCESS)
CONCERNED = ("person", "substitute", "to")  # of what an event says: a login, if it is a text
USED = (*CONCERNED, "task", "unit", "name", "instance", "act", "access")  # of what an instance's event says
ABOUT_MACHINES = frozenset(
    {"trace", "step", "opened", "closed", "hash", "hashes", "source_sha256", "address", "tasks", "waits", "about"}
)

Told = Mapping[str, Any]


@dataclass(frozen=True)
class Names:
    """people: by login, name and home unit. tasks: by id, the unit. units, enterprises: by id, the name."""

    people: Mapping[str, tuple[str, str]]
    tasks: Mapping[str, str]
    units: Mapping[str, str]
    enterprises: Mapping[str, str]


def rows_of(session: Session, events: Iterable[Any]) -> list[dict[str, Any]]:
    """The lines of these events as they are stored."""
    told = [(event, _said(event)) for event in events]
    names = _names(session, told)
    return [_row(event, said, names) for event, said in told]


def _said(event: Any) -> Told:
    """What a line needs of what its event says: of an act of the house all, of a step little beside its long trace.

    Each payload is read once and let go at once: thousands of them at a time would keep the garbage collector busy.
    """
    told = told_in(event.body)
    return told if event.stream in OF_THE_HOUSE else {key: told[key] for key in USED if key in told}


def _names(session: Session, events: Sequence[tuple[Any, Told]]) -> Names:
    """All that these events need, in four statements."""
    logins = {login for event, _ in events for login in (event.actor, event.on_behalf_of) if login}
    logins |= {text for _, told in events for text in map(told.get, CONCERNED) if isinstance(text, str)}
    tasks = {told["task"] for _, told in events if isinstance(told.get("task"), str)}
    firms = {event.enterprise_id for event, _ in events if event.enterprise_id}
    people = session.execute(select(Person.login, Person.name, Person.unit_id).where(Person.login.in_(logins)))
    return Names(
        {login: (name, unit_id) for login, name, unit_id in people},
        dict(session.execute(select(UserTask.id, UserTask.unit_id).where(UserTask.id.in_(tasks))).all()),
        dict(session.execute(select(Unit.id, Unit.short_name)).all()),
        dict(session.execute(select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(firms))).all()),
    )


def _row(event: Any, told: Told, names: Names) -> dict[str, Any]:
    kind = event.stream if event.stream in OF_THE_HOUSE else BUSINESS
    verb = _verb(event.type, told)
    concerned = next(
        (text for text in map(told.get, CONCERNED) if isinstance(text, str) and text in names.people), None
    )
    home = names.people[event.actor][1] if event.actor in names.people else None
    unit_id, subject_unit_id = _units(event, told, names, home, concerned)
    step = str(told.get("name", "")) if kind == BUSINESS else ""
    row = {
        "id": event.index,
        "stream": event.stream,
        "seq": event.seq,
        "kind": kind,
        "at": moment(event.at),
        "verb": verb,
        "actor": event.actor,
        "on_behalf_of": event.on_behalf_of,
        "concerned": concerned,
        "unit_id": unit_id,
        "subject_unit_id": subject_unit_id,
        "enterprise_id": event.enterprise_id,
        "duty": event.duty,
        "matter": event.instance_id or _storable(str(told.get("instance") or "")) or None,
        "step": _storable(step)[:LONGEST_STEP],
        "title": _storable(_title(event, told, kind))[:LONGEST_TITLE],
        "business_key": event.business_key or "",
    }
    row["words"] = _storable(_words(row, told, names))
    return row


def _storable(text: str) -> str:
    """What was typed may hold a sign that PostgreSQL has no place for."""
    return text.replace("\0", "")


def _verb(type_: str, told: Told) -> str:
    """The act or access that an event of the house tells of is more to a reader than that it tells of one."""
    own = told.get("act") or told.get("access")
    return own if isinstance(own, str) and own in VERBS else type_


def _units(
    event: Any, told: Told, names: Names, home: str | None, concerned: str | None
) -> tuple[str | None, str | None]:
    """In whose name, and about whom; the second only where it is another."""
    of_task = names.tasks.get(str(told.get("task", "")))
    acting = of_task or home or event.unit_id
    named = told.get("unit") if told.get("unit") in names.units else None
    about = event.unit_id or named or (names.people[concerned][1] if concerned else None)
    return acting, about if about != acting else None


def _title(event: Any, told: Told, kind: str) -> str:
    if kind == BUSINESS:
        return str(event.title or "")
    return str(told.get("what", "")) if kind == ACCESS else subject_of(told)


def _words(row: Mapping[str, Any], told: Told, names: Names) -> str:
    logins = [row[column] for column in ("actor", "on_behalf_of", "concerned") if row[column]]
    people = [names.people[login][0] for login in logins if login in names.people]
    units = [names.units.get(row[column] or "", "") for column in ("unit_id", "subject_unit_id")]
    label = VERBS.get(row["verb"], row["verb"])
    firm = names.enterprises.get(row["enterprise_id"] or "", "")
    own = [row["title"], row["business_key"], row["step"], label, *logins, *people, *units, firm]
    said = [] if row["kind"] == BUSINESS else list(_texts(told))
    return " ".join(dict.fromkeys(word for word in [*own, *said] if word)).lower()[:LONGEST_WORDS]


def _texts(value: Any) -> Iterable[str]:
    """All that an administrative act says in words."""
    match value:
        case dict():
            for key, part in value.items():
                if key not in ABOUT_MACHINES:
                    yield from _texts(part)
        case list():
            for part in value:
                yield from _texts(part)
        case str():
            yield value

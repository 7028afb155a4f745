"""A message in the house from one process to the people behind an inbox: something happened that they should know."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.dialects import postgresql, sqlite

from app.db import table_of
from app.models.notification import Notification
from app.queries.candidates import people_of
from app.services.cases import Case

NOTIFICATION = table_of(Notification)
ADD = {
    "sqlite": sqlite.insert(NOTIFICATION).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(NOTIFICATION).on_conflict_do_nothing(),
}
NOTICE = "notice"
LONGEST_TITLE = 200


def tell(case: Case, principals: Iterable[str], title: str, text: str, reason: str, task_id: str | None = None) -> None:
    """Once for its reason, to each person who holds one of the inboxes or stands in for her today.

    principals: such as `contact:<unit>`, `head:<unit>`, `enterprise:<code>`, `person:<id>`. task_id: where it leads.
    """
    found = people_of(case.session, principals, case.today)
    people = {person.id for holders in found.values() for person in holders}
    rows = [
        {
            "person_id": person_id,
            "kind": NOTICE,
            "title": title[:LONGEST_TITLE],
            "text": text,
            "task_id": task_id,
            "dedup_key": f"{case.instance.id}:{reason}:{person_id}"[:160],
            "at": case.at,
        }
        for person_id in sorted(people)
    ]
    if rows:
        case.connection.execute(ADD[case.connection.dialect.name], rows)

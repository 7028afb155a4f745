"""A message in the house from one process to the people behind an inbox: something happened that they should know."""

from __future__ import annotations

from collections.abc import Iterable

from app.queries.candidates import people_of
from app.services.cases import Case
from app.services.messages import Message, put_messages

NOTICE = "notice"


def tell(case: Case, principals: Iterable[str], title: str, text: str, reason: str, task_id: str | None = None) -> None:
    """Once for its reason, to each person who holds one of the inboxes or stands in for her today.

    principals: such as `contact:<unit>`, `head:<unit>`, `enterprise:<code>`, `person:<id>`. task_id: where it leads.
    """
    found = people_of(case.session, principals, case.today)
    people = {person.id for holders in found.values() for person in holders}
    put_messages(
        case.connection,
        [
            Message(id_, NOTICE, title, text, f"{case.instance.id}:{reason}:{id_}", case.at, task_id)
            for id_ in sorted(people)
        ],
    )

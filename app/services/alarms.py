"""Tells those who repair that something stopped: one message a person, kind and hour, however much stops at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from app.db import table_of
from app.models.notification import Notification
from app.models.person import Person, PersonRole
from app.models.process import ProcessInstance
from app.queries.incidents import MAY_REPAIR
from app.terms import IncidentKind

NOTIFICATION, INSTANCE = table_of(Notification), table_of(ProcessInstance)
ADD = {
    "sqlite": sqlite.insert(NOTIFICATION).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(NOTIFICATION).on_conflict_do_nothing(),
}
TEXT = "请打开“故障处理”查看原因并处理，内容都已保留。"
LONGEST_TITLE = 200


def tell_repairers(connection: Connection, kind: IncidentKind, instance_id: str | None, at: datetime) -> None:
    title = connection.execute(select(INSTANCE.c.title).where(INSTANCE.c.id == instance_id)).scalar()
    rows = [
        {
            "person_id": person_id,
            "kind": "incident",
            "title": f"{kind.label}：{title}"[:LONGEST_TITLE] if title else kind.label,
            "text": TEXT,
            "dedup_key": f"incident:{kind.value}:{at:%Y-%m-%dT%H}:{person_id}",
            "at": at,
        }
        for person_id in _repairers(connection)
    ]
    if rows:
        connection.execute(ADD[connection.dialect.name], rows)


def _repairers(connection: Connection) -> list[int]:
    asked = (
        select(Person.id)
        .where(Person.is_active, Person.roles.any(PersonRole.role.in_([role.value for role in MAY_REPAIR])))
        .order_by(Person.id)
    )
    return list(connection.execute(asked).scalars())

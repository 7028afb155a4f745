"""Tells those who repair that something stopped: one message a person, kind and hour, however much stops at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from app.db import table_of
from app.models.person import Person, PersonRole
from app.models.process import ProcessInstance
from app.queries.incidents import MAY_REPAIR
from app.services.messages import Message, put_messages
from app.terms import IncidentKind

INSTANCE = table_of(ProcessInstance)
TEXT = "请打开“故障处理”查看原因并处理，内容都已保留。"


def tell_repairers(connection: Connection, kind: IncidentKind, instance_id: str | None, at: datetime) -> None:
    title = connection.execute(select(INSTANCE.c.title).where(INSTANCE.c.id == instance_id)).scalar()
    named = f"{kind.label}：{title}" if title else kind.label
    hour = f"incident:{kind.value}:{at:%Y-%m-%dT%H}"
    put_messages(
        connection, [Message(id_, "incident", named, TEXT, f"{hour}:{id_}", at) for id_ in _repairers(connection)]
    )


def _repairers(connection: Connection) -> list[int]:
    asked = (
        select(Person.id)
        .where(Person.is_active, Person.roles.any(PersonRole.role.in_([role.value for role in MAY_REPAIR])))
        .order_by(Person.id)
    )
    return list(connection.execute(asked).scalars())

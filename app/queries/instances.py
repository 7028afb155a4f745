"""Process instances and their versions, as programs list them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.models.process import ProcessDefinition, ProcessInstance
from app.queries.actor import Actor
from app.queries.paging import Descending, Order, Page, page
from app.queries.sight import visible_instances

NEWEST_FIRST: Order = (Descending(ProcessInstance.started_at), Descending(ProcessInstance.id))


def instances_page(
    session: Session,
    actor: Actor,
    *,
    definition_key: str | None,
    status: str | None,
    business_key: str | None,
    cursor: str | None,
    limit: int,
) -> Page[ProcessInstance]:
    """Those that the actor may see, the newest first. Raises BadRequest for a cursor that is none of ours."""
    statement = select(ProcessInstance).where(visible_instances(actor)).options(defer(ProcessInstance.state))
    for column, wanted in (
        (ProcessInstance.definition_key, definition_key),
        (ProcessInstance.status, status),
        (ProcessInstance.business_key, business_key),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    return page(session, statement, NEWEST_FIRST, cursor, limit)


def versions(session: Session, instances: Iterable[ProcessInstance]) -> dict[int, int]:
    """The version number of each definition row that the instances run on."""
    ids = {instance.definition_id for instance in instances}
    rows = select(ProcessDefinition.id, ProcessDefinition.version).where(ProcessDefinition.id.in_(ids))
    return dict(session.execute(rows).all())

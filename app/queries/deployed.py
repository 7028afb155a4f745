"""Versions of process definitions, and the drawing of one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.errors import NotFound
from app.models.process import ProcessDefinition
from app.queries.paging import Page, page


def definitions_page(session: Session, key: str | None, cursor: str | None, limit: int) -> Page[ProcessDefinition]:
    """Every version of every process, or of one. Raises BadRequest for a cursor that is none of ours."""
    statement = select(ProcessDefinition).options(defer(ProcessDefinition.sources))
    if key is not None:
        statement = statement.where(ProcessDefinition.key == key)
    return page(session, statement, (ProcessDefinition.key, ProcessDefinition.version), cursor, limit)


def drawing(session: Session, key: str, version: int | None) -> str:
    """The BPMN text of a version, of the newest without one. Raises NotFound."""
    statement = select(ProcessDefinition).where(ProcessDefinition.key == key)
    if version is not None:
        statement = statement.where(ProcessDefinition.version == version)
    newest = session.scalar(statement.order_by(ProcessDefinition.version.desc()).limit(1))
    if newest is None:
        raise NotFound
    return newest.sources.get(f"{key}.bpmn") or next(iter(newest.sources.values()))

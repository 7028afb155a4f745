"""服务资源库: services that enterprises may use, registered by a department, ended when nobody offers them any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted
from app.models.policy import ServiceResource
from app.queries.actor import Actor
from app.services import form_rules
from app.services.administration import record
from app.services.library_forms import resource_form
from app.services.policies import may_keep
from app.terms import Act

TEXTS = ("title", "kind", "provider", "owner_id", "content", "contact", "link")
NOT_YOURS = "只能登记和修改本部门的服务资源。"


def register(session: Session, actor: Actor, answers: Mapping[str, Any]) -> ServiceResource:
    """Raises NotPermitted, InvalidForm."""
    return _save(session, actor, ServiceResource(), answers)


def change(session: Session, actor: Actor, resource_id: int, answers: Mapping[str, Any]) -> ServiceResource:
    """Raises NotPermitted, InvalidForm, NotFound."""
    return _save(session, actor, _kept(session, actor, resource_id), answers)


def end(session: Session, actor: Actor, resource_id: int) -> ServiceResource:
    """Not offered from today on. Raises NotPermitted, NotFound, AlreadyDone."""
    resource = _kept(session, actor, resource_id)
    if resource.ended_on is not None:
        raise AlreadyDone("该服务已停用。")
    resource.ended_on = clock.today()
    record(session, actor.login, Act.RESOURCE_ENDED, resource=resource.id, title=resource.title)
    return resource


def _save(session: Session, actor: Actor, resource: ServiceResource, answers: Mapping[str, Any]) -> ServiceResource:
    found = form_rules.validate(resource_form(), answers)
    if found:
        raise InvalidForm([(error.field, error.text) for error in found])
    if not may_keep(actor, answers["owner_id"]):
        raise NotPermitted(NOT_YOURS)
    for name in TEXTS:
        setattr(resource, name, str(answers.get(name, "")).strip())
    resource.is_free = bool(answers.get("is_free"))
    resource.checked_on, resource.changed_at, resource.changed_by = clock.today(), clock.now(), actor.name
    session.add(resource)
    session.flush()
    record(session, actor.login, Act.RESOURCE_SAVED, resource=resource.id, title=resource.title)
    return resource


def _kept(session: Session, actor: Actor, resource_id: int) -> ServiceResource:
    resource = session.get(ServiceResource, resource_id)
    if resource is None:
        raise NotFound
    if not may_keep(actor, resource.owner_id):
        raise NotPermitted(NOT_YOURS)
    return resource

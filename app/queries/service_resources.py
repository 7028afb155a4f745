"""The service resources of the toolbox: the list with its filters, and one of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.policy import ServiceResource


@dataclass(frozen=True)
class ResourceFilter:
    """state: "ended" for those no longer offered, empty for those that are."""

    q: str = ""
    kind: str = ""
    owner_id: str = ""
    state: str = ""

    def __bool__(self) -> bool:
        return any((self.q, self.kind, self.owner_id, self.state))


def listed(wanted: ResourceFilter) -> Select[ServiceResource]:
    found = select(ServiceResource)
    if wanted.q:
        like = f"%{wanted.q}%"
        columns = (ServiceResource.title, ServiceResource.provider, ServiceResource.content)
        found = found.where(or_(*(column.like(like) for column in columns)))
    if wanted.kind:
        found = found.where(ServiceResource.kind == wanted.kind)
    if wanted.owner_id:
        found = found.where(ServiceResource.owner_id == wanted.owner_id)
    is_offered = ServiceResource.ended_on.is_(None)
    return found.where(~is_offered if wanted.state == "ended" else is_offered)


def resource(session: Session, resource_id: int) -> ServiceResource:
    """Raises NotFound."""
    found = session.get(ServiceResource, resource_id)
    if found is None:
        raise NotFound
    return found

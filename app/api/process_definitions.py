"""Process definitions: their versions, their drawings, and new versions."""

from __future__ import annotations

from typing import Literal

from flask import Response
from flask_openapi3 import FileStorage
from pydantic import BaseModel, ConfigDict, Field

from app.api.resources import Reply, reads, resource, writes
from app.api.shapes import LARGEST_INT, Instant, Listing, Name, Path, Query, Shape, Written, listed, normal
from app.queries import deployed
from app.services import deployments
from app.views.context import current_actor, current_house

bp = resource("process_definitions", "Process definitions")


class ByKey(Path):
    key: Name


class Search(Listing):
    key: Name | None = None


class Version(Query):
    version: int | None = Field(None, ge=1, le=LARGEST_INT)


class Definition(Shape):
    """hash: SHA-256 of the sources, which fixes the version."""

    key: str
    version: int
    name: str
    hash: str
    deployed_at: Instant


class DefinitionList(Shape):
    items: list[Definition]
    next_cursor: str | None


class Files(BaseModel):
    """One BPMN file a process."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    files: list[FileStorage] = Field(min_length=1, max_length=50)


class Deployed(Shape):
    key: str
    version: int


class Proposal(Shape):
    id: int
    status: Literal["proposed"]


class Deployment(Shape):
    """definitions: the versions that stand now. proposal: what another person must approve before they do."""

    definitions: list[Deployed]
    proposal: Proposal | None = None


@bp.get("/process-definitions", responses=reads(DefinitionList))
def list_process_definitions(query: Search) -> Reply:
    """Every version of every process."""
    with current_house().database.reading() as session:
        found = deployed.definitions_page(session, query.key, query.cursor, query.limit)
        return listed(map(Definition.model_validate, found.items), found.next_cursor)


@bp.get(
    "/process-definitions/<key>/xml",
    responses=reads({"description": "BPMN 2.0", "content": {"application/xml": {}}}),
)
def get_process_definition_xml(path: ByKey, query: Version) -> Reply:
    """The drawing of a version; of the newest without one."""
    with current_house().database.reading() as session:
        return Response(deployed.drawing(session, path.key, query.version), mimetype="application/xml")


@bp.post("/deployments", responses=writes(Deployment, 201))
def create_deployment(header: Written, form: Files) -> Reply:
    """Publish files as new versions, all or none; unchanged ones keep theirs, so that a retry changes nothing.

    422 names file, element and line of everything that is wrong. Where the house asks for a second person at every
    door, nothing is published yet: `proposal` names what waits for approval.
    """
    files = deployments.uploaded([(normal(str(file.filename or "")), file.stream.read()) for file in form.files])
    outcome = deployments.submit(current_house(), current_actor(), files)
    if outcome.status == "proposed":
        return {"definitions": [], "proposal": {"id": outcome.id, "status": outcome.status}}, 201
    return {"definitions": [{"key": key, "version": version} for key, version in outcome.versions]}, 201

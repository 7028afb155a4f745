"""The same verbs for programs: /api/v1, described by its own OpenAPI document. One module a resource.

A resource is added by its blueprint here and a row for each of its routes in app/access.py.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_openapi3 import APIBlueprint, Info, OpenAPI
from flask_openapi3.models import SecurityScheme

from app.api import (
    applications,
    assessments,
    audit,
    bulletins,
    bundles,
    checkpoints,
    demands,
    differences,
    documentation,
    enterprises,
    event_logs,
    event_search,
    inbox,
    incidents,
    lights,
    operations,
    plans,
    policies,
    process_definitions,
    process_instances,
    receipts,
    recognition,
    rule_findings,
    supervision,
    typical_cases,
    user_task_signing,
    user_tasks,
)
from app.api.bodies import StrictJSON, check_request
from app.api.problems import PREFIX, handle_errors, of_validation, refuse_unknown_address
from app.api.shapes import Problem

RESOURCES = (
    process_definitions,
    process_instances,
    user_tasks,
    user_task_signing,
    inbox,
    incidents,
    plans,
    recognition,
    applications,
    demands,
    supervision,
    differences,
    event_search,
    event_logs,
    audit,
    checkpoints,
    receipts,
    bundles,
    rule_findings,
    enterprises,
    policies,
    lights,
    assessments,
    bulletins,
    typical_cases,
)
INFO = Info(title="督办 Duban", version="1", summary="Process definitions, instances, user tasks, plan and ledger.")
SECURITY_SCHEMES: dict[str, SecurityScheme | dict[str, Any]] = {
    "token": {"type": "http", "scheme": "bearer", "description": "`duban token create --user LOGIN`"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "duban",
        "description": "A signed-in browser; a write needs the header X-CSRFToken too.",
    },
}


def new_app(import_name: str) -> Flask:
    """A Flask application that knows how to describe its API; its other pages are as any application's."""
    app = OpenAPI(
        import_name,
        info=INFO,
        security_schemes=SECURITY_SCHEMES,
        validation_error_model=Problem,
        validation_error_callback=of_validation,
        doc_ui=False,
    )
    app.json = StrictJSON(app)
    return app


def init_app(app: Flask) -> None:
    """Comes before whatever else looks at a request, so that no address of the API is answered with a page."""
    assert isinstance(app, OpenAPI)
    app.before_request(refuse_unknown_address)
    app.register_api(_whole())
    app.register_blueprint(documentation.bp)
    app.register_blueprint(operations.bp)


def _whole() -> APIBlueprint:
    """All resources under one prefix; made anew for each application, as registering changes a blueprint."""
    whole = APIBlueprint("api", __name__, url_prefix=PREFIX)
    whole.before_request(check_request)
    handle_errors(whole)
    for resource in RESOURCES:
        whole.register_api(resource.bp)
    return whole

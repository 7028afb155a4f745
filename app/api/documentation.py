"""The OpenAPI document, and the page that shows it: Swagger UI from its package, nothing from the web."""

from __future__ import annotations

from pathlib import Path

import flask_openapi3_swagger  # type: ignore[import-untyped]
from flask import Blueprint, current_app, render_template, send_from_directory
from flask.typing import ResponseReturnValue
from flask_openapi3 import OpenAPI

from app.api.problems import PREFIX, handle_errors

SWAGGER_UI = Path(flask_openapi3_swagger.__file__).parent / "templates" / "swagger"

bp = Blueprint("api_documentation", __name__, url_prefix=PREFIX)
handle_errors(bp)


@bp.get("/openapi.json")
def document() -> ResponseReturnValue:
    assert isinstance(current_app, OpenAPI)
    return current_app.api_doc


@bp.get("/docs")
def page() -> ResponseReturnValue:
    return render_template("api/docs.html")


@bp.get("/docs/<path:file>")
def swagger_ui(file: str) -> ResponseReturnValue:
    return send_from_directory(SWAGGER_UI, file)

"""The address `/`: to the screen that the person lives in."""

from __future__ import annotations

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from app.views.context import current_actor
from app.views.navigation import first_screen

bp = Blueprint("home", __name__)


@bp.get("/")
def page() -> Response:
    return redirect(first_screen(current_actor()))

"""How an error becomes a page, or the part of a page that htmx waits for."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from flask import Flask, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from app.errors import AppError, BadRequest, DatabaseAway, NotFound, NotSignedIn
from app.outages import REFUSALS, met

log = structlog.get_logger(__name__)

Answer = Response | tuple[str, int] | tuple[str, int, Mapping[str, str]]

# Where a status has no page of its own, the page that says the same.
BARE = frozenset({"500", "503"})
PAGES: Mapping[int, str] = {400: "422", 401: "403", 202: "423", 507: "503"}
STALE_PAGE = "本页打开太久，或者您已重新登录。请回到上一页刷新后再提交。"
RETRY_AFTER = {"Retry-After": "5"}  # seconds
TOO_LARGE = "上传的内容超过 60 MB，请减少附件后再提交。"


def init_app(app: Flask) -> None:
    app.register_error_handler(AppError, show)
    app.register_error_handler(NotSignedIn, ask_to_sign_in)
    app.register_error_handler(CSRFError, lambda _error: show(BadRequest(STALE_PAGE)))
    app.register_error_handler(HTTPException, show_http)
    app.register_error_handler(InternalServerError, show_defect)
    for refusal in REFUSALS:
        app.register_error_handler(refusal, show_outage)


def show(error: AppError) -> Answer:
    headers = RETRY_AFTER if isinstance(error, DatabaseAway) else {}
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        g.frame = {}  # the frame is read from the database, which may be what is away
    if request.headers.get("HX-Request"):
        return render_template("errors/_note.html", error=error), error.status, headers
    page = PAGES.get(error.status, str(error.status))
    if page in BARE:
        return render_template(f"errors/{page}.html", error=error, posted=_posted()), error.status, headers
    return render_template(f"errors/{page}.html", error=error, answers=request.form.to_dict()), error.status, headers


def _posted() -> list[tuple[str, str]]:
    """The form as it came, with its token and key, to be sent once more; a password is typed again."""
    return [(name, text) for name, text in request.form.items(multi=True) if "password" not in name]


def show_outage(refusal: Exception) -> Answer:
    """Reading, too, meets a database that is away."""
    return show(met(refusal, request.path))


def ask_to_sign_in(error: NotSignedIn) -> Answer:
    """To the sign-in page and back; a part of a page stays where it is, with what was typed, and says so."""
    if request.headers.get("HX-Request"):
        return show(error)
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("login.page", next=back if back != "/" else None))


def show_http(error: HTTPException) -> Answer | HTTPException:
    """404 and 413 in our words; a redirect and what only a program can cause as the library has it."""
    match error.code:
        case 404:
            return show(NotFound())
        case 413:
            return show(BadRequest(TOO_LARGE))
        case _:
            return error


def show_defect(error: InternalServerError) -> tuple[str, int]:
    """A reference that the person can read out over the telephone and the log can be searched for."""
    reference = f"E-{secrets.token_hex(2).upper()}"
    log.error("defect", reference=reference, path=request.path, exc_info=error.original_exception or error)
    g.frame = {}
    return render_template("errors/500.html", reference=reference, posted=_posted()), 500

"""One id for each request: the proxy's where it sent a fit one, else a new one. It stands in every line of the log."""

from __future__ import annotations

import re
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

HEADER = "X-Request-ID"
FIT = re.compile(r"[A-Za-z0-9._-]{8,64}")


def init_app(app: Flask) -> None:
    """Comes before whatever else looks at a request."""
    app.before_request(bind)
    app.after_request(answer)


def bind() -> None:
    """A thread serves one request after another: what was bound before belongs to another one."""
    sent = request.headers.get(HEADER, "")
    g.request_id = sent if FIT.fullmatch(sent) else uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def answer(response: Response) -> Response:
    if "request_id" in g:
        response.headers[HEADER] = g.request_id
    return response

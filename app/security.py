"""What protects every answer and every request: cookies, trusted hosts, headers, forged posts, static files."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, current_app, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from config import Settings

STATIC = Path(__file__).parent / "static"
YEAR = 365 * 24 * 3600
LARGEST_REQUEST = 60 * 1024 * 1024  # ten attachments may come to 50 MB
LOOPBACK = ["localhost", "127.0.0.1"]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

POLICY = "; ".join((
    "default-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
))  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

csrf = CSRFProtect()


def configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="duban",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_behind_proxy,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or LOOPBACK,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        WTF_CSRF_CHECK_DEFAULT=False,  # refuse_forged_posts does it, and knows of bearer tokens
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its session
    )
    _serve_static_files(app)
    if settings.is_behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
        app.after_request(_insist_on_https)


def init_app(app: Flask) -> None:
    csrf.init_app(app)
    app.before_request(refuse_forged_posts)
    app.after_request(add_headers)


def bearer_token() -> str | None:
    """The token a program sent along."""
    authorization = request.authorization
    return authorization.token if authorization is not None and authorization.type == "bearer" else None


def refuse_forged_posts() -> None:
    """Another site's page can send our cookie along, but no Authorization header: who has one needs no CSRF token."""
    is_checked = current_app.config["WTF_CSRF_ENABLED"] and request.method not in SAFE_METHODS
    if is_checked and bearer_token() is None:
        csrf.protect()


def add_headers(response: Response) -> Response:
    """A view that says how long its answer may be kept has its way; everything else is kept nowhere."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _insist_on_https(response: Response) -> Response:
    response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
    return response


def _serve_static_files(app: Flask) -> None:
    """Addresses of built files carry their version (see views/assets.py), so a browser may keep them for a year."""
    files = WhiteNoise(app.wsgi_app, max_age=YEAR, add_headers_function=_add_static_headers)
    files.add_files(str(STATIC), prefix="static/")
    app.wsgi_app = files  # type: ignore[method-assign]


def _add_static_headers(headers: dict[str, str], _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"

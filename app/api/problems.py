"""How an error becomes an answer for programs: application/problem+json (RFC 9457), whatever went wrong."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from flask import Blueprint, Response, current_app, request
from flask_wtf.csrf import CSRFError
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import RequestRedirect

from app.errors import AppError, BadRequest, DatabaseAway, InvalidForm, NotFound
from app.outages import REFUSALS, met

PREFIX = "/api/v1"
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "5"  # seconds

NO_CSRF_TOKEN = "以登录会话调用接口时，须带 X-CSRFToken；程序请使用访问令牌。"
HTTP_WORDS: Mapping[int, tuple[str, str]] = {
    400: (BadRequest.code, BadRequest.text),
    404: (NotFound.code, NotFound.text),
    405: ("method_not_allowed", "该地址不支持这种操作。"),
    413: ("too_large", "请求的内容过大。"),
    415: ("unsupported_media_type", "请求的内容应为 application/json。"),
}
SENTENCES: Mapping[str, str] = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项",
    "string_type": "应为文字",
    "string_too_short": "不能为空",
    "string_too_long": "文字过长",
    "string_pattern_mismatch": "格式不正确",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "dict_type": "应为一个对象",
    "model_type": "应为一个对象",
    "list_type": "应为一个列表",
    "greater_than_equal": "数值过小",
    "less_than_equal": "数值过大",
    "literal_error": "不在可选的范围内",
    "enum": "不在可选的范围内",
    "timezone_aware": "时间应带时区，例如 +08:00",
}
UNFIT = "不符合要求"

log = structlog.get_logger(__name__)


def handle_errors(blueprint: Blueprint) -> None:
    blueprint.register_error_handler(AppError, of_app)
    blueprint.register_error_handler(CSRFError, lambda _error: of_app(BadRequest(NO_CSRF_TOKEN)))
    blueprint.register_error_handler(HTTPException, of_http)
    blueprint.register_error_handler(InternalServerError, of_defect)
    for refusal in REFUSALS:
        blueprint.register_error_handler(refusal, of_outage)


def refuse_unknown_address() -> Response | None:
    """An address of the API that leads nowhere belongs to no blueprint, so that no handler of ours would see it."""
    error = request.routing_exception
    is_ours = request.path.startswith(f"{PREFIX}/") and not isinstance(error, RequestRedirect)
    return of_http(error) if is_ours and isinstance(error, HTTPException) else None


def of_app(error: AppError) -> Response:
    extra = dict(error.extra)
    if "problems" in extra:
        extra["errors"] = extra.pop("problems")
    return _response(error.status, error.code, error.text, extra)


def of_http(error: HTTPException) -> Response:
    status = error.code or 500
    code, text = HTTP_WORDS.get(status, ("refused", BadRequest.text))
    response = _response(status, code, text)
    if isinstance(error, HTTPException) and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return response


def of_outage(refusal: Exception) -> Response:
    return of_app(met(refusal, request.path))


def of_database(error: Exception) -> Response:
    log.error("database away", path=request.path, error=str(error))
    return of_app(DatabaseAway())


def of_defect(error: InternalServerError) -> Response:
    reference = f"E-{secrets.token_hex(2).upper()}"
    log.error("defect", reference=reference, path=request.path, exc_info=error.original_exception or error)
    return _response(500, AppError.code, AppError.text, {"reference": reference})


def of_validation(error: ValidationError) -> Response:
    """What pydantic found: a wrong path is no address of ours, a wrong header cannot be read, the rest is by field."""
    if error.title == "path":
        return of_app(NotFound())
    found = [(_dotted(one["loc"]), SENTENCES.get(one["type"], UNFIT)) for one in error.errors(include_url=False)]
    if error.title == "headers":
        return of_app(BadRequest(errors=[{"field": field, "text": text} for field, text in found]))
    return of_app(InvalidForm(found))


def _dotted(place: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in place)


def _response(status: int, code: str, text: str, extra: Mapping[str, Any] | None = None) -> Response:
    body = {
        "type": f"urn:duban:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": text,
        "code": code,
        **(extra or {}),
    }
    response = current_app.response_class(current_app.json.dumps(body), status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = RETRY_AFTER
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response

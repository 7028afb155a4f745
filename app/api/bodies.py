"""JSON as programs may send it: one object, not too deep, without NUL, its names in one spelling."""

from __future__ import annotations

from typing import Any

import orjson
from flask import request
from flask.json.provider import DefaultJSONProvider

from app.api.shapes import normal
from app.errors import BadRequest

LARGEST_BODY = 1024 * 1024
LARGEST_UPLOAD = 20 * 1024 * 1024
DEEPEST = 24
NO_OBJECT = "请求的内容应为一个 JSON 对象。"
NUL = "\0"


class StrictJSON(DefaultJSONProvider):
    """Reads only what can be stored and written again: orjson refuses NaN, lone surrogates and endless nesting."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return _clean(orjson.loads(s), depth=0)


def check_request() -> None:
    """Before every endpoint of the API. Raises BadRequest, and what werkzeug raises for a wrong type or size."""
    is_upload = request.mimetype == "multipart/form-data"
    request.max_content_length = LARGEST_UPLOAD if is_upload else LARGEST_BODY
    if any(NUL in value for value in (request.path, *request.args.values(), *request.args)):
        raise BadRequest
    if not is_upload and request.content_length and not isinstance(request.get_json(), dict):
        raise BadRequest(NO_OBJECT)


def _clean(value: Any, depth: int) -> Any:
    """Raises ValueError, which becomes a 400."""
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, str) and NUL in value:
        raise ValueError("a NUL character cannot be stored")
    if isinstance(value, list):
        return [_clean(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    cleaned = {normal(_clean(name, depth)): _clean(item, depth + 1) for name, item in value.items()}
    if len(cleaned) != len(value):
        raise ValueError("two names are one when normalised")
    return cleaned

"""How a resource is put together: its part of the OpenAPI document, and what every endpoint may answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from app.api.problems import MEDIA_TYPE

Reply = Response | dict[str, Any] | tuple[dict[str, Any], int] | tuple[dict[str, Any], int, dict[str, str]]
Responses = dict[str | int, type[BaseModel] | dict[Any, Any] | None]

SECURITY: list[dict[str, list[Any]]] = [{"token": []}, {"session": []}]
READING = (400, 401, 403, 404, 422, 503)
WRITING = (400, 401, 403, 404, 413, 415, 422, 503, 507)
COMMAND = (*WRITING, 202, 409, 410, 423)  # what a process itself may answer beside


def resource(name: str, title: str) -> APIBlueprint:
    """The blueprint of one resource, without the prefix, which all share."""
    return APIBlueprint(
        name,
        __name__,
        abp_tags=[Tag(name=title)],
        abp_security=SECURITY,
        operation_id_callback=operation_id,
    )


def operation_id(*, name: str, **_where: Any) -> str:
    """The function's own name: each is used once in the whole API."""
    return name


def reads(answer: type[BaseModel] | dict[Any, Any]) -> Responses:
    """What an endpoint may answer that changes nothing."""
    return _responses(200, answer, READING)


def files(media_type: str) -> Responses:
    """What an endpoint may answer that hands out a file."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    return reads({"description": "The file", "content": {media_type: binary}})


def writes(answer: type[BaseModel], status: int = 200) -> Responses:
    return _responses(status, answer, WRITING)


def commands(answer: type[BaseModel], status: int = 200) -> Responses:
    """What an endpoint may answer that moves a process."""
    return _responses(status, answer, COMMAND)


def _responses(status: int, answer: type[BaseModel] | dict[Any, Any], problems: tuple[int, ...]) -> Responses:
    schema = {"$ref": "#/components/schemas/Problem"}
    responses: Responses = {status: answer}
    for number in problems:
        responses[number] = {
            "description": HTTPStatus(number).phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
    return responses

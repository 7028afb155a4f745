"""What programs send and get, in general: bodies, queries, headers, lists and problems. Each resource adds its own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Annotated, Any
from uuid import uuid4

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

from app import clock

LARGEST_INT = 2**31 - 1


def normal(text: str) -> str:
    """One spelling for what looks alike: names and keys are compared, so they are kept in NFC."""
    return unicodedata.normalize("NFC", text)


def end_of_day(day: date) -> datetime:
    """The last second of a day in China."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=clock.ZONE)


def _rfc3339(at: datetime) -> str:
    return clock.local(at).isoformat(timespec="seconds")


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


Instant = Annotated[datetime, PlainSerializer(_rfc3339, return_type=str)]
Number = Annotated[Decimal, PlainSerializer(_number, return_type=int | float)]
Key = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(normal)]
Name = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(normal)]
Text = Annotated[str, Field(max_length=1000)]


class Shape(BaseModel):
    """What is answered."""

    model_config = ConfigDict(from_attributes=True)

    def as_json(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


class Body(BaseModel):
    """What is sent as JSON: no field that we do not know, and no type but the one that is named."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Described(BaseModel):
    """Headers and queries: whoever reads a request asks for their schema each time, so it is made once."""

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        return super().model_json_schema(*args, **options) if args or options else _schema(cls)


@cache
def _schema(shape: type[Described]) -> dict[str, Any]:
    return super(Described, shape).model_json_schema()


class Query(Described):
    """What stands behind the question mark."""

    model_config = ConfigDict(extra="forbid", title="query")


class Listing(Query):
    """One page of a list; the cursor is the `next_cursor` of the page before."""

    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, max_length=500)


class Path(BaseModel):
    model_config = ConfigDict(title="path")


class ById(Path):
    id: str = Field(max_length=60)


class ByNumber(Path):
    id: int = Field(ge=1, le=LARGEST_INT)


class Written(Described):
    """Headers of a write: the same key again, from the same account, gets the first answer again."""

    model_config = ConfigDict(title="headers")

    idempotency_key: Key | None = Field(None, alias="Idempotency-Key")

    @property
    def key(self) -> str:
        return self.idempotency_key or str(uuid4())


class Changed(Written):
    """Headers of a change: If-Match names the revision that the client saw; without it the present one is taken."""

    if_match: str | None = Field(None, alias="If-Match", pattern=r'^(\*|"[0-9]{1,9}")$')

    @property
    def revision(self) -> int | None:
        return None if self.if_match in (None, "*") else int(str(self.if_match).strip('"'))


class FieldProblem(Shape):
    """field: dotted path into what was sent."""

    field: str
    text: str


class Problem(Shape):
    """RFC 9457. code: the word to switch on. Further members as the code has them, such as `by` and `at`."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] | None = None


def listed(items: Iterable[Shape], next_cursor: str | None) -> dict[str, Any]:
    """A page as it is answered."""
    return {"items": [item.as_json() for item in items], "next_cursor": next_cursor}

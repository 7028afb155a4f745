"""Checks of the parts that forms of several duties share: a text, a number, a leader's approval."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.duties.duty import FieldError
from app.duties.quantity import fits

Row = Mapping[str, Any]
Errors = Iterator[FieldError]


def is_empty(row: Row, field: str) -> bool:
    """True when nothing was filled in; 0 is an answer."""
    value = row.get(field)
    return value is None or not str(value).strip()


def required_text(row: Row, field: str, least: int, missing: str, at: str = "") -> Errors:
    """A text that must be there with so many characters. missing: the sentence; at: the path of the row in a table."""
    pointer = f"{at}.{field}" if at else field
    if is_empty(row, field):
        yield FieldError(pointer, missing)
    elif len(str(row[field]).strip()) < least:
        yield FieldError(pointer, f"{missing}，不少于{least}个字")


def unit_named(units: Iterable[Row], text: str) -> str | None:
    """The id of the unit that a person names by its id, full name or short name; None when there is no such unit."""
    wanted = text.strip()
    return next((row["unit"] for row in units if wanted in (row["unit"], row["name"], row["short_name"])), None)


def precise(field: str, value: Decimal, precision: int) -> Errors:
    if not fits(value, precision):
        yield FieldError(field, f"请填写至多{precision}位小数" if precision else "请填写整数")


def approval(answers: Row, today: date) -> Errors:
    """A leader decides on screen, in a meeting or on paper; the two latter are proved by the scanned sheet."""
    if answers["mode"] != "online" and not answers.get("sheet"):
        yield FieldError("sheet", "会议审定和书面签批的，请上传签批件")
    if answers["mode"] == "meeting":
        if is_empty(answers, "meeting_date"):
            yield FieldError("meeting_date", "会议审定的，请填写会议日期")
        elif str(answers["meeting_date"]) > today.isoformat():
            yield FieldError("meeting_date", "会议日期不得晚于今天")
        if is_empty(answers, "minutes_no"):
            yield FieldError("minutes_no", "会议审定的，请填写会议纪要编号")

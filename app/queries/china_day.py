"""Days in China and stored instants: the day of an instant, reckoned by the database, and the instant a day begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.clock import ZONE


class china_day(FunctionElement[date]):  # noqa: N801 - reads like the functions of SQLAlchemy's func
    """china_day(UserTask.completed_at) <= UserTask.due_on"""

    type = Date()
    inherit_cache = True


@compiles(china_day, "sqlite")
def _in_sqlite(element: china_day, compiler: SQLCompiler, **kw: Any) -> str:
    return f"date({compiler.process(element.clauses, **kw)}, '+8 hours')"


@compiles(china_day, "postgresql")
def _in_postgresql(element: china_day, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **kw)} AT TIME ZONE 'Asia/Shanghai' AS DATE)"


def begin_of(day: date) -> datetime:
    """The first day of the calendar begins in China before any instant that can be written: then the first of those."""
    if day == date.min:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """When the day after it begins; after the last day of the calendar comes the last instant that can be written."""
    return datetime.max.replace(tzinfo=UTC) if day == date.max else begin_of(day + timedelta(days=1))

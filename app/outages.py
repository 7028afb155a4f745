"""What it means to whoever asked that a database or a disk refused: it is away, it is full, or the defect is ours."""

from __future__ import annotations

from errno import EDQUOT, ENOSPC

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import DatabaseAway, DiskFull

log = structlog.get_logger(__name__)

REFUSALS: tuple[type[Exception], ...] = (DBAPIError, PoolTimeout, OSError)
"""What may be an outage."""

DISK_FULL = frozenset({"53100"})  # PostgreSQL's codes
AWAY = ("08", "57")  # connection exceptions, operator intervention
LOCKED = "55P03"


def outage(error: Exception | None) -> DatabaseAway | DiskFull | None:
    """What to answer, or None where it is no outage but a defect."""
    if isinstance(error, DBAPIError):
        return _of_database(error)
    if isinstance(error, PoolTimeout):
        return DatabaseAway()
    is_full = isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT)
    return DiskFull() if is_full else None


def met(refusal: Exception, path: str) -> DatabaseAway | DiskFull:
    """The outage that a request has met, which is noted. Raises the refusal itself where it is a defect."""
    error = outage(refusal)
    if error is None:
        raise refusal
    log.error("outage", code=error.code, path=path, error=str(refusal))
    return error


def _of_database(error: DBAPIError) -> DatabaseAway | DiskFull | None:
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in DISK_FULL or "disk is full" in str(error.orig):
        return DiskFull()
    is_away = error.connection_invalidated or state == LOCKED or state.startswith(AWAY)
    return DatabaseAway() if is_away or isinstance(error, OperationalError | InterfaceError) else None

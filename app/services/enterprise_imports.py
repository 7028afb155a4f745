"""Enterprises from a file: uploaded, checked by a worker, shown, confirmed, and then taken in as a whole or not at all.

What a person does is here. What follows, row by row, is in enterprise_import_check.py and enterprise_import_apply.py;
the scheduler calls `work_off`, and whoever waits looks at the row's `done` of `about`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import clock
from app.documents.spreadsheet_door import MEGABYTE, MOST_BYTES
from app.errors import AlreadyDone, NotFound, RuleViolation
from app.models.enterprise_import import EnterpriseImport
from app.queries.actor import Actor
from app.queries.paging import LARGEST_INT
from app.services import enterprise_import_apply, enterprise_import_check
from app.services.administration import require
from app.services.attachments import tidy_name
from app.services.backup.file_store import FileStore
from app.services.enterprise_import_work import LEASE
from app.services.house import House
from app.terms import ImportStatus, Role, Source

MAY_IMPORT = (Role.OFFICE,)
WAITING = (ImportStatus.UPLOADED, ImportStatus.CHECKING, ImportStatus.CONFIRMED, ImportStatus.RUNNING)
STEPS: Mapping[str, Callable[[House, int], None]] = {
    ImportStatus.CHECKING: enterprise_import_check.check,
    ImportStatus.RUNNING: enterprise_import_apply.apply,
}
CLAIMED = {ImportStatus.UPLOADED: ImportStatus.CHECKING, ImportStatus.CONFIRMED: ImportStatus.RUNNING}


def upload(house: House, actor: Actor, name: str, content: bytes, source: str, *, adds_only: bool = False) -> int:
    """Keep the file until a worker has read it; the import's id. Raises RuleViolation("file" | "source")."""
    require(actor, *MAY_IMPORT)
    if source not in set(Source):
        raise RuleViolation("source", "请选择数据来源。")
    if not content:
        raise RuleViolation("file", "请选择要导入的文件。")
    if len(content) > MOST_BYTES:
        raise RuleViolation("file", f"文件超过 {MOST_BYTES // MEGABYTE} MB，请分批导入。")
    file_id, digest = secrets.token_hex(16), sha256(content).hexdigest()
    store = FileStore(house.settings.files_url)
    store.put(file_id, BytesIO(content), digest)
    with house.database.transaction() as session:
        row = EnterpriseImport(
            file_id=file_id,
            name=tidy_name(name),
            sha256=digest,
            size=len(content),
            source=source,
            adds_only=adds_only,
            status=ImportStatus.UPLOADED.value,
            person_id=actor.person_id,
            uploaded_at=clock.now(),
        )
        session.add(row)
        session.flush()
        return row.id


def confirm(house: House, actor: Actor, import_id: int) -> None:
    """Have a checked file taken in. Raises NotPermitted, NotFound, AlreadyDone."""
    require(actor, *MAY_IMPORT)
    with house.database.transaction() as session:
        row = _locked(session, import_id)
        if row.status != ImportStatus.CHECKED:
            raise AlreadyDone(f"这次导入的状态是“{ImportStatus(row.status).label}”，不能确认。")
        row.status, row.confirmed_by, row.claimed_until = ImportStatus.CONFIRMED.value, actor.person_id, None
        row.done = 0


def check_again(house: House, actor: Actor, import_id: int) -> None:
    """Compare once more with a library that has changed since. Raises as confirm."""
    require(actor, *MAY_IMPORT)
    with house.database.transaction() as session:
        row = _locked(session, import_id)
        if row.status != ImportStatus.STALE:
            raise AlreadyDone(f"这次导入的状态是“{ImportStatus(row.status).label}”，不需要重新核对。")
        row.status, row.claimed_until, row.done = ImportStatus.UPLOADED.value, None, 0


def withdraw(house: House, actor: Actor, import_id: int) -> None:
    """Give up an import that has not been confirmed. Raises as confirm."""
    require(actor, *MAY_IMPORT)
    with house.database.transaction() as session:
        row = _locked(session, import_id)
        if row.status not in (ImportStatus.CHECKED, ImportStatus.STALE, ImportStatus.REFUSED):
            raise AlreadyDone(f"这次导入的状态是“{ImportStatus(row.status).label}”，不能放弃。")
        row.status, row.ended_at = ImportStatus.WITHDRAWN.value, clock.now()


def work_off(house: House) -> int:
    """Do what waits, one import after another; how many. Safe beside another worker."""
    count = 0
    while (claimed := _claim(house)) is not None:
        import_id, status = claimed
        STEPS[status](house, import_id)
        count += 1
    return count


def _claim(house: House) -> tuple[int, ImportStatus] | None:
    """The first one that waits or whose worker has died, for a while only this worker's."""
    now = clock.now()
    is_free = or_(EnterpriseImport.claimed_until.is_(None), EnterpriseImport.claimed_until < now)
    with house.database.transaction() as session:
        row = session.scalar(
            select(EnterpriseImport)
            .where(EnterpriseImport.status.in_([status.value for status in WAITING]), is_free)
            .order_by(EnterpriseImport.id)
            .limit(1)
            .with_for_update(of=EnterpriseImport, skip_locked=True)
        )
        if row is None:
            return None
        status = ImportStatus(row.status)
        row.status = CLAIMED.get(status, status).value
        row.claimed_until = now + timedelta(seconds=LEASE)
        return row.id, ImportStatus(row.status)


def _locked(session: Session, import_id: int) -> EnterpriseImport:
    row = session.scalar(
        select(EnterpriseImport)
        .where(EnterpriseImport.id == min(import_id, LARGEST_INT))
        .with_for_update(of=EnterpriseImport)
    )
    if row is None:
        raise NotFound("没有找到这次导入。")
    return row

"""Files beside a user task: stored under a random id and known by their SHA-256 before the task is completed.

A file is written, hashed and searched for viruses before the transaction that notes it; one that is not noted is taken
away again. Where the scanner does not answer, the file is noted and nobody reads it until it was found clean.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any, BinaryIO, cast

import fsspec
import structlog
from sqlalchemy import func, select

from app import clock
from app.db import table_of
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted, Quarantined
from app.models.user_task import Attachment, UserTask
from app.queries.actor import Actor
from app.services import virus_scan
from app.services.file_types import NAMES, FileType, type_of
from app.services.house import House
from app.services.tasks import open_task
from app.services.work import Work
from app.terms import Scan, TaskStatus

ATTACHMENT, TASK = table_of(Attachment), table_of(UserTask)

log = structlog.get_logger()

MOST_FILES = 10
MEGABYTE = 1024 * 1024
MOST_BYTES = 50 * MEGABYTE
CHUNK = 256 * 1024
SCANNED_TOGETHER = 20
LONGEST_NAME = 200
UNWANTED = re.compile(r"[\x00-\x1f\x7f]|.*[/\\]")


@dataclass(frozen=True)
class Upload:
    """What came in. field: the part of the form it belongs to, empty beside the form."""

    name: str
    content: IO[bytes]
    field: str = ""


@dataclass(frozen=True)
class Stored:
    id: str
    name: str
    field: str
    type: FileType
    size: int
    sha256: str
    scan: Scan = Scan.NONE


def store(house: House, actor: Actor, task_id: str, uploads: Sequence[Upload]) -> list[Stored]:
    """Keep the files with the open task, all or none. Raises InvalidForm by field, and as tasks.complete does."""
    with house.database.writing() as connection:
        work = Work(house, connection, actor, clock.now(), key="")
        task = open_task(work, task_id, None)
    kept: list[Stored] = []
    noted = False
    try:
        for upload in uploads:
            kept.append(_keep(house, upload))
        with house.database.writing() as connection:
            work = Work(house, connection, actor, clock.now(), key="")
            open_task(work, task.id, None)
            _require_room(work, task.id, kept)
            rows = [_row(work, task, file) for file in kept]
            if rows:
                connection.execute(ATTACHMENT.insert(), rows)
        noted = True
    finally:
        if not noted:
            for file in kept:
                _erase(house, file.id)
    return kept


def content_of(house: House, file: Attachment) -> BinaryIO:
    """The file, to be read and closed. Raises NotFound when it is not where it was put, Quarantined."""
    if file.scan == Scan.INFECTED:
        raise Quarantined("这个文件没有通过病毒检查，已删除，不能查看。请上传的人检查后重新上传。")
    if file.scan == Scan.WAITING:
        raise Quarantined
    file_system, folder = _place(house)
    try:
        return cast(BinaryIO, file_system.open(_path(folder, file.id), "rb"))
    except FileNotFoundError as error:
        raise NotFound("文件已不在存储位置，请联系系统管理员。") from error


def scan_waiting(house: House) -> int:
    """Look through what waits for the scanner, the oldest first; how many were settled. Called again and again."""
    waiting = select(ATTACHMENT.c.id, ATTACHMENT.c.name).where(ATTACHMENT.c.scan == Scan.WAITING.value)
    with house.database.reading() as session:
        files = session.execute(waiting.order_by(ATTACHMENT.c.at).limit(SCANNED_TOGETHER)).all()
    for done, file in enumerate(files):
        scan = _scanned(house, file.id)
        if scan not in (Scan.CLEAN, Scan.INFECTED):
            return done
        if scan is Scan.INFECTED:
            log.warning("a file did not pass the search for viruses", attachment=file.id)
            _erase(house, file.id)
        with house.database.writing() as connection:
            connection.execute(ATTACHMENT.update().where(ATTACHMENT.c.id == file.id).values(scan=scan.value))
    return len(files)


def remove(house: House, actor: Actor, attachment_id: str) -> str:
    """Take a file away while its task is open, by whoever put it there; the task's id.

    Raises NotFound, NotPermitted, AlreadyDone.
    """
    with house.database.writing() as connection:
        file = connection.execute(
            select(ATTACHMENT.c.person_id, TASK.c.id, TASK.c.status)
            .join(TASK, TASK.c.id == ATTACHMENT.c.task_id)
            .where(ATTACHMENT.c.id == attachment_id)
            .with_for_update(of=TASK)
        ).one_or_none()
        if file is None:
            raise NotFound("没有找到这个文件。")
        if file.person_id != actor.person_id:
            raise NotPermitted("只有上传的人可以删除这个文件。")
        if file.status not in (TaskStatus.OPEN, TaskStatus.CLAIMED):
            raise AlreadyDone("这件事已办理，附件不能再删除。")
        connection.execute(ATTACHMENT.delete().where(ATTACHMENT.c.id == attachment_id))
    _erase(house, attachment_id)
    return str(file.id)


def tidy_name(name: str) -> str:
    """The name alone, without folders and control characters, its end kept where it is too long."""
    return UNWANTED.sub("", name.strip())[-LONGEST_NAME:] or "附件"


def _keep(house: House, upload: Upload) -> Stored:
    name = tidy_name(upload.name)
    type_ = type_of(name, upload.content)
    if type_ is None:
        raise InvalidForm([(upload.field, f"“{name}”不是可以上传的文件，请上传 {NAMES} 文件。")])
    id_ = secrets.token_hex(16)
    try:
        size, digest = _write(house, id_, upload.content)
    except OSError:  # the disk is full: no half file stays
        _erase(house, id_)
        raise
    scan = _scanned(house, id_)
    if scan is Scan.INFECTED:
        _erase(house, id_)
        raise InvalidForm([(upload.field, f"“{name}”没有通过病毒检查，未保存。请检查本机后换一份文件。")])
    return Stored(id_, name, upload.field, type_, size, digest, scan)


def _scanned(house: House, id_: str) -> Scan:
    """What was stored is looked through, not what came in. A file that is gone cannot do harm."""
    if not house.settings.virus_scan:
        return Scan.NONE
    file_system, folder = _place(house)
    try:
        with file_system.open(_path(folder, id_), "rb") as content:
            return virus_scan.look(house.settings.virus_scan, content)
    except FileNotFoundError:
        return Scan.INFECTED


def _write(house: House, id_: str, content: IO[bytes]) -> tuple[int, str]:
    """The size and the SHA-256 of what was written."""
    digest, size = sha256(), 0
    file_system, folder = _place(house)
    file_system.makedirs(folder, exist_ok=True)
    with file_system.open(_path(folder, id_), "wb") as target:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
    return size, digest.hexdigest()


def _require_room(work: Work, task_id: str, new: Sequence[Stored]) -> None:
    """Ten files and 50 MB a task. Raises InvalidForm."""
    where = ATTACHMENT.c.task_id == task_id
    count, size = work.connection.execute(
        select(func.count(), func.coalesce(func.sum(ATTACHMENT.c.size), 0)).where(where)
    ).one()
    field = new[0].field if new else ""
    if count + len(new) > MOST_FILES:
        raise InvalidForm([(field, f"一件事最多 {MOST_FILES} 个附件，现有 {count} 个。")])
    if size + sum(file.size for file in new) > MOST_BYTES:
        raise InvalidForm([(field, f"附件合计不超过 {MOST_BYTES // MEGABYTE} MB，请压缩或减少后再上传。")])


def _row(work: Work, task: Any, file: Stored) -> dict[str, Any]:
    return {
        "id": file.id,
        "instance_id": task.instance_id,
        "task_id": task.id,
        "field": file.field,
        "name": file.name,
        "media_type": file.type.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "label": "internal",
        "scan": file.scan.value,
        "person_id": work.actor.person_id,
        "at": work.at,
    }


def _place(house: House) -> tuple[Any, str]:
    """The file system of the house and the folder in it."""
    return cast(tuple[Any, str], fsspec.core.url_to_fs(house.settings.files_url))


def _path(folder: str, id_: str) -> str:
    return f"{folder}/{id_}"


def _erase(house: House, id_: str) -> None:
    file_system, folder = _place(house)
    path = _path(folder, id_)
    if file_system.exists(path):
        file_system.rm(path)

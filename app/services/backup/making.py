"""Makes an archive while the house runs: all tables as of one instant, then the files that they name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import orjson
from sqlalchemy import Connection, Table, func, select

from app import clock
from app.db import table_of
from app.ledger.chain import instant
from app.models.timer import BACKUP, Heartbeat
from app.models.user_task import Attachment
from app.queries.actor import SYSTEM
from app.services import administration
from app.services.backup import values
from app.services.backup.file_store import CHUNK, FileStore
from app.services.backup.manifest import FILES, MANIFEST, BadArchive, Manifest, Part, Seal, TablePart
from app.services.backup.tables import heads, kept_tables, revision_of
from app.services.house import House
from app.terms import Act, Scan

HEARTBEAT, ATTACHMENT = table_of(Heartbeat), table_of(Attachment)
BATCH = 1000  # rows in memory at a time
PACKING = 1  # the fastest: most bytes are states, which are packed already
OWNER_ONLY = 0o600

Report = Callable[[str, int, int], None]
"""Told how far it is: of what, how many are done, how many there are."""


def silent(_what: str, _done: int, _all: int) -> None:
    """For who does not want to know."""


@dataclass
class _Counting:
    """A member being written, and what is noted of it as it grows."""

    target: IO[bytes]
    digest: Any = field(default_factory=sha256)
    size: int = 0
    rows: int = 0

    def write(self, data: bytes) -> None:
        self.target.write(data)
        self.digest.update(data)
        self.size += len(data)

    def part(self, name: str) -> Part:
        return Part(name, self.rows, self.size, self.digest.hexdigest())


def make(house: House, file: Path, report: Report = silent) -> Manifest:
    """Write the archive, which only its owner may read, and note in the ledger that it was made.

    Raises BadArchive where the file exists or the database has no tables of ours. Nobody waits for it: it reads one
    state of the database. The file has its name only once it is whole and on the disk.
    """
    with _new_file(file) as raw, ZipFile(raw, "w", ZIP_DEFLATED, compresslevel=PACKING) as archive:
        manifest = _write(house, archive, report)
        text = Seal.of(house.settings.secret_key).write(manifest)
        archive.writestr(_member(MANIFEST), text)
    _note(house, manifest, file, text)
    return manifest


@contextmanager
def _new_file(file: Path) -> Iterator[IO[bytes]]:
    """A file under another name until the block has ended well."""
    if file.exists():
        raise BadArchive(f"{file} exists already; an archive is never overwritten")
    growing = file.with_name(f"{file.name}.part")
    try:
        descriptor = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as raw:
            os.fchmod(descriptor, OWNER_ONLY)  # a leftover of another run may have had other rights
            yield raw
            raw.flush()
            os.fsync(descriptor)
        growing.rename(file)
    finally:
        growing.unlink(missing_ok=True)


def _write(house: House, archive: ZipFile, report: Report) -> Manifest:
    with house.database.reading() as session:
        connection = session.connection()
        made_at, clock_at, revision = clock.system_now(), clock.now(), revision_of(connection)
        if revision is None:
            raise BadArchive("the database is empty: there is nothing to back up")
        tables = kept_tables(connection)
        parts = [_write_table(connection, archive, table, report) for table in tables]
        streams, digest = heads(connection, tables)
        plan = next(table for table in tables if table.name == "plan")
        plans = list(connection.execute(select(plan.c.key).order_by(plan.c.key)).scalars())
        is_there = ATTACHMENT.c.scan != Scan.INFECTED.value  # what had a virus was taken away
        attachments = select(ATTACHMENT.c.id, ATTACHMENT.c.sha256).where(is_there).order_by(ATTACHMENT.c.id)
        noted = [(id_, digest) for id_, digest in connection.execute(attachments)]
        made_on = connection.dialect.name
    files, missing, altered = _write_files(house, noted, archive, report)
    return Manifest(
        product_version=version("duban"),
        revision=revision,
        made_at=instant(made_at),
        clock_at=instant(clock_at),
        made_on=made_on,
        plans=plans,
        tables=parts,
        files=files,
        streams=streams,
        heads=digest,
        missing=missing,
        altered=altered,
    )


def _write_table(connection: Connection, archive: ZipFile, table: Table, report: Report) -> TablePart:
    kinds = [values.kind_of(column) for column in table.c]
    convert = values.converter(kinds, values.WRITTEN)
    whole = connection.execute(select(func.count()).select_from(table)).scalar_one()
    rows = connection.execute(select(*map(values.read, table.c)), execution_options={"yield_per": BATCH})
    name = f"tables/{table.name}.jsonl"
    with archive.open(_member(name), "w", force_zip64=True) as member:
        counting = _Counting(member)
        for batch in rows.partitions():
            counting.write(b"".join(orjson.dumps(list(convert(row))) + b"\n" for row in batch))
            counting.rows += len(batch)
            report(table.name, counting.rows, whole)
    part = counting.part(name)
    columns = [[column.name, kind.value] for column, kind in zip(table.c, kinds, strict=True)]
    return TablePart(part.name, part.rows, part.size, part.sha256, table.name, columns)


def _write_files(
    house: House, noted: Sequence[tuple[str, str]], archive: ZipFile, report: Report
) -> tuple[Part, list[str], list[str]]:
    """The files of the attachments that were noted. One that was removed since then is not missed."""
    store, missing, altered, lines = FileStore(house.settings.files_url), [], [], []
    for number, (id_, expected) in enumerate(noted, start=1):
        part = _write_file(store, archive, id_)
        if part is None:
            missing.append(id_)
            continue
        lines.append(orjson.dumps([id_, part.size, part.sha256]) + b"\n")
        if part.sha256 != expected:
            altered.append(id_)
        report("files", number, len(noted))
    with archive.open(_member(FILES), "w", force_zip64=True) as member:
        counting = _Counting(member, rows=len(lines))
        counting.write(b"".join(lines))
    return counting.part(FILES), _still_noted(house, missing), altered


def _write_file(store: FileStore, archive: ZipFile, id_: str) -> Part | None:
    source = store.open(id_)
    if source is None:
        return None
    info = _member(f"files/{id_}")
    info.compress_type = ZIP_STORED
    with source, archive.open(info, "w", force_zip64=True) as member:
        counting = _Counting(member)
        while chunk := source.read(CHUNK):
            counting.write(chunk)
    return counting.part(info.filename)


def _still_noted(house: House, ids: list[str]) -> list[str]:
    """Of the files that were not found, those whose rows are there all the same."""
    if not ids:
        return []
    with house.database.reading() as session:
        known = set(session.execute(select(ATTACHMENT.c.id).where(ATTACHMENT.c.id.in_(ids))).scalars())
    return [id_ for id_ in ids if id_ in known]


def _member(name: str) -> ZipInfo:
    info = ZipInfo(name, clock.local(clock.system_now()).timetuple()[:6])
    info.compress_type, info.external_attr = ZIP_DEFLATED, OWNER_ONLY << 16
    return info


def _note(house: House, manifest: Manifest, file: Path, text: bytes) -> None:
    """In the ledger, and where monitoring looks for the age of the last backup."""
    told = {"file": file.name, "manifest_sha256": sha256(text).hexdigest(), "rows": manifest.rows}
    at = {"at": clock.system_now()}
    with house.database.transaction() as session:
        administration.record(session, SYSTEM.login, Act.BACKED_UP, **told, heads=manifest.heads)
        connection = session.connection()
        if connection.execute(HEARTBEAT.update().where(HEARTBEAT.c.name == BACKUP).values(at)).rowcount == 0:
            connection.execute(HEARTBEAT.insert(), [{"name": BACKUP, **at}])

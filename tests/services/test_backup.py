"""An archive holds everything as of one instant, goes into either database, and is refused when it is not whole."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
import pytest
from sqlalchemy import func, select, text

from app import clock
from app.models.event import ADMINISTRATION, EventRow
from app.models.notification import Notification
from app.models.person import Person, UserSession
from app.models.process import ProcessInstance
from app.models.user_task import IS_OPEN, Attachment, UserTask
from app.queries.actor import SYSTEM
from app.queries.gauges import gauges
from app.services import attachments, check, processes, reexecution, sessions, tasks
from app.services.attachments import Upload
from app.services.backup.making import make
from app.services.backup.manifest import FILES, MANIFEST, BadArchive, Manifest, Seal
from app.services.backup.restoring import restore, verify
from app.services.house import House
from tests import walks
from tests.databases import sqlite_url
from tests.factories import actor, house_on, settings_for
from tests.postgres import PostgresServer

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
AT = walks.BEGIN + timedelta(days=1)


@dataclass(frozen=True)
class Made:
    """A house at rest, and its archive."""

    database: Path
    archive: Path


@pytest.fixture(scope="module")
def made(loaded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Some histories, one task open with a file beside it, one person signed in."""
    folder = tmp_path_factory.mktemp("office")
    database = Path(shutil.copy(loaded_file, folder / "duban.sqlite3"))
    house = house_on(sqlite_url(database), folder)
    for model in ("linear", "user_bnd"):
        walks.walked(house, model)
    walks.started(house, "linear", "open")
    with house.database.transaction() as session:
        someone = session.scalars(select(Person).where(Person.login == "office")).one()
        sessions.open_session(session, someone, "127.0.0.1", is_only=False)
    attachments.store(house, actor(house, "office"), open_task_id(house), [Upload("佐证.pdf", BytesIO(PDF))])
    archive = folder / "backup.zip"
    with clock.held(AT):
        make(house, archive)
    house.close()
    return Made(database, archive)


@pytest.fixture
def office(made: Made, tmp_path: Path) -> Iterator[House]:
    shutil.copytree(made.database.parent / "files", tmp_path / "files")
    house = house_on(sqlite_url(Path(shutil.copy(made.database, tmp_path / "duban.sqlite3"))), tmp_path)
    yield house
    house.close()


@pytest.fixture
def archive(made: Made, tmp_path: Path) -> Path:
    return Path(shutil.copy(made.archive, tmp_path / "backup.zip"))


def open_task_id(house: House) -> str:
    with house.database.reading() as session:
        asked = select(UserTask.id).join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        return session.scalars(asked.where(ProcessInstance.business_key == "linear:open", IS_OPEN)).one()


def elsewhere(tmp_path: Path) -> House:
    """Another machine: a folder with nothing in it."""
    folder = tmp_path / "elsewhere"
    return house_on(sqlite_url(folder / "duban.sqlite3"), folder)


def counted(house: House) -> dict[str, int]:
    return check.counts(house)


def require_green(house: House) -> None:
    with clock.held(AT):
        assert check.check(house) == []
        assert [one.departure for one in reexecution.replay_all(house) if one.departure] == []


def told(archive: Path) -> dict[str, Any]:
    with ZipFile(archive) as zip_:
        manifest: dict[str, Any] = orjson.loads(zip_.read(MANIFEST))
    return manifest


def test_an_archive_is_its_owners_and_holds_neither_secret_nor_sign_in(office: House, archive: Path) -> None:
    with ZipFile(archive) as zip_:
        names, everything = zip_.namelist(), b"".join(zip_.read(name) for name in zip_.namelist())

    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert "tables/user_session.jsonl" not in names
    assert office.settings.secret_key.encode() not in everything
    assert told(archive)["plans"] == ["yangzhou_2022_2024"]


def test_what_was_backed_up_goes_on_elsewhere(office: House, archive: Path, tmp_path: Path) -> None:
    there = elsewhere(tmp_path)

    restore(there.settings, archive)

    require_green(there)
    same = {name: count for name, count in counted(office).items() if name not in ("events", "payloads")}
    assert counted(there).items() >= same.items()
    task_id = open_task_id(there)
    tasks.complete(there, actor(there, "office"), task_id, {"outcome": "yes", "note": "恢复后办理"}, key="after")
    require_green(there)
    with there.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(UserSession)) == 0
        file = session.scalars(select(Attachment)).one()
        with attachments.content_of(there, file) as content:
            assert content.read() == PDF
    there.close()


def test_an_archive_goes_from_sqlite_to_postgresql_and_back(
    office: House, archive: Path, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    with postgres_server.fresh() as url:
        server = house_on(url, tmp_path / "server")
        restore(server.settings, archive)
        require_green(server)
        with server.database.transaction() as session:  # the next numbers are free
            session.add(Notification(person_id=1, kind="digest", title="t", dedup_key="new", at=AT))
        processes.start(
            server, actor(server, "office"), "linear", walks.VARIABLES, key="new", business_key="linear:new"
        )
        with clock.held(AT):
            second = make(server, tmp_path / "second.zip")
        server.close()

    there = elsewhere(tmp_path)
    restore(there.settings, tmp_path / "second.zip")

    assert second.made_on == "postgresql"
    require_green(there)
    with there.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ProcessInstance)) == counted(office)["instances"] + 1
    there.close()


def test_the_same_rows_come_out_of_both_databases(
    archive: Path, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    with postgres_server.fresh() as url:
        server = house_on(url, tmp_path / "elsewhere")
        restore(server.settings, archive)
        with clock.held(AT):
            make(server, tmp_path / "second.zip")
        server.close()

    first, second = rows_by_table(archive), rows_by_table(tmp_path / "second.zip")
    assert first.keys() == second.keys()
    for table in first.keys() - {"event", "event_payload", "stream_head"}:  # where the restore itself is noted
        assert first[table] == second[table], table


def rows_by_table(archive: Path) -> dict[str, list[list[tuple[str, object]]]]:
    """Rows and columns in an order that does not depend on the database."""
    found = {}
    with ZipFile(archive) as zip_:
        for part in told(archive)["tables"]:
            names = [name for name, _ in part["columns"]]
            rows = [orjson.loads(line) for line in zip_.read(part["name"]).splitlines()]
            found[part["table"]] = sorted((sorted(zip(names, row, strict=True)) for row in rows), key=repr)
    return found


def test_backup_and_restore_stand_in_the_ledger(office: House, archive: Path, tmp_path: Path) -> None:
    there = elsewhere(tmp_path)
    restore(there.settings, archive)

    for house, act in ((office, "backed_up"), (there, "restored")):
        with house.database.reading() as session:
            asked = select(EventRow.command_key).where(EventRow.stream == ADMINISTRATION).order_by(EventRow.seq.desc())
            last = session.scalars(asked).first()
        assert last is not None
        assert last.startswith(f"{act}:")
    there.close()


def test_the_age_of_the_last_backup_is_known(office: House, archive: Path, tmp_path: Path) -> None:
    with office.database.reading() as session:
        seconds = gauges(session, lambda _session: 0).backup

    assert seconds is not None
    assert 0 <= seconds < 3600


def test_an_archive_is_never_overwritten(office: House, archive: Path) -> None:
    with pytest.raises(BadArchive, match="exists already"):
        make(office, archive)


def test_a_house_in_use_is_not_written_over(office: House, archive: Path) -> None:
    before = counted(office)
    with pytest.raises(BadArchive, match="not empty"):
        restore(office.settings, archive)
    with pytest.raises(BadArchive, match="other processes"):
        restore(office.settings, archive, replace=True)

    assert counted(office) == before


def test_what_was_there_is_put_aside_on_sqlite(office: House, archive: Path) -> None:
    tasks.complete(office, actor(office, "office"), open_task_id(office), {"outcome": "yes", "note": "n"}, key="k")
    before = counted(office)
    office.close()

    aside = restore(office.settings, archive, replace=True).aside

    require_green(office)
    assert open_task_id(office)
    assert aside is not None
    old = house_on(sqlite_url(Path(aside)), Path(aside).parent)
    assert counted(old) == before
    old.close()


def test_what_was_there_is_put_aside_on_postgresql(
    archive: Path, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    with postgres_server.fresh() as url:
        server = house_on(url, tmp_path / "server")
        restore(server.settings, archive)
        processes.start(server, SYSTEM, "linear", walks.VARIABLES, key="later", business_key="linear:later")
        with pytest.raises(BadArchive, match="other processes"):
            restore(server.settings, archive, replace=True)
        before = counted(server)["instances"]
        server.close()

        aside = restore(server.settings, archive, replace=True).aside

        require_green(server)
        assert counted(server)["instances"] == before - 1
        with server.database.reading() as session:
            assert session.scalar(text(f'SELECT count(*) FROM "{aside}".process_instance')) == before
        server.close()


def test_another_key_is_named_before_anything_is_changed(archive: Path, tmp_path: Path) -> None:
    settings = replace(
        settings_for(sqlite_url(tmp_path / "new" / "duban.sqlite3"), tmp_path / "new"), secret_key="other"
    )

    with pytest.raises(BadArchive, match="another DUBAN_SECRET_KEY"):
        restore(settings, archive)

    assert not (tmp_path / "new" / "duban.sqlite3").exists()


def test_an_attachment_that_is_gone_is_named(office: House, tmp_path: Path) -> None:
    for file in office.files.iterdir():
        file.unlink()

    manifest = make(office, tmp_path / "backup.zip")

    assert len(manifest.missing) == 1
    restore(elsewhere(tmp_path).settings, tmp_path / "backup.zip")


def cut(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-2000])


def flip_a_bit(archive: Path) -> None:
    data = bytearray(archive.read_bytes())
    data[len(data) // 3] ^= 1
    archive.write_bytes(data)


def rewritten(archive: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with ZipFile(archive) as zip_:
        members = {name: zip_.read(name) for name in zip_.namelist()}
    change(members)
    with ZipFile(archive, "w", ZIP_DEFLATED) as zip_:
        for name, data in members.items():
            zip_.writestr(name, data)


def another_row(members: dict[str, bytes]) -> None:
    members["tables/person.jsonl"] = members["tables/person.jsonl"].replace(b"office", b"0ffice")


def another_file(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.startswith("files/"))
    members[name] = members[name].replace(b"Catalog", b"catalog")


def another_manifest(members: dict[str, bytes]) -> None:
    members[MANIFEST] = members[MANIFEST].replace(b'"streams": ', b'"streams": 1')


def newer_form(members: dict[str, bytes]) -> None:
    members[MANIFEST] = members[MANIFEST].replace(b'"format_version": 1', b'"format_version": 2')


def no_table(members: dict[str, bytes]) -> None:
    del members["tables/person.jsonl"]


def a_path(members: dict[str, bytes]) -> None:
    members["files/../../evil"] = b"x"


def a_bomb(members: dict[str, bytes]) -> None:
    members["tables/comment.jsonl"] = b"\0" * (64 << 20)


def no_manifest(members: dict[str, bytes]) -> None:
    del members[MANIFEST]


def huge_manifest(members: dict[str, bytes]) -> None:
    members[MANIFEST] = b" " * (8 << 20) + members[MANIFEST]


CHANGES = (
    another_row, another_file, another_manifest, newer_form, no_table, a_path, a_bomb, no_manifest, huge_manifest
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_an_altered_archive_changes_nothing(
    archive: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    rewritten(archive, change)

    require_refused(archive, tmp_path)


@pytest.mark.parametrize("damage", [cut, flip_a_bit], ids=lambda damage: damage.__name__)
def test_a_damaged_archive_changes_nothing(archive: Path, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    damage(archive)

    require_refused(archive, tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + b"\0" * 18, b"-- a dump of something else"])
def test_a_foreign_file_changes_nothing(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "foreign.zip"
    file.write_bytes(content)

    require_refused(file, tmp_path)


def require_refused(archive: Path, tmp_path: Path) -> None:
    there = elsewhere(tmp_path)
    with pytest.raises(BadArchive) as refused:
        restore(there.settings, archive)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "elsewhere" / "duban.sqlite3").exists()
    assert not there.files.exists() or not list(there.files.iterdir())
    there.close()


def test_what_does_not_fit_its_tables_changes_nothing(office: House, archive: Path, tmp_path: Path) -> None:
    """Sealed under our key, and wrong all the same: a reference that leads nowhere."""
    seal = Seal.of(office.settings.secret_key)

    def orphaned(members: dict[str, bytes]) -> None:
        manifest = seal.read(members[MANIFEST])
        name = "tables/person_role.jsonl"
        members[name] = members[name].replace(b"[1,1,", b"[1,99999,", 1)
        members[MANIFEST] = seal.write(resealed(manifest, name, members[name]))

    rewritten(archive, orphaned)

    require_refused(archive, tmp_path)


def resealed(manifest: Manifest, name: str, data: bytes) -> Manifest:
    tables = [
        replace(part, size=len(data), sha256=sha256(data).hexdigest()) if part.name == name else part
        for part in manifest.tables
    ]
    return replace(manifest, tables=tables)


def test_a_check_of_an_archive_changes_nothing(archive: Path, tmp_path: Path) -> None:
    there = elsewhere(tmp_path)

    manifest = verify(there.settings, archive)

    assert manifest.files.rows == 1
    assert manifest.files.name == FILES
    assert not (tmp_path / "elsewhere" / "duban.sqlite3").exists()
    there.close()

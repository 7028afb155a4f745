"""The search for viruses: by a command and by clamd, what it keeps away, and what waits while no scanner answers."""

from __future__ import annotations

import io
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.errors import InvalidForm, Quarantined
from app.models.user_task import Attachment, UserTask
from app.services import attachments, virus_scan
from app.services.attachments import Upload
from app.services.house import House
from app.terms import Scan
from config import BadSetting, from_environment
from scheduler import jobs
from tests.factories import actor
from tests.inboxes import some_instance

GOOD, BAD = b"%PDF-1.7 good", b"%PDF-1.7 EICAR"
COMMAND = f"""command:{sys.executable} -c "import sys; sys.exit(b'EICAR' in sys.stdin.buffer.read())" """


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[str]:
    """A clamd that takes EICAR for a virus, and LOST for nothing it can read; its setting."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(tmp_path / "clamd.ctl"))
    server.listen()
    thread = threading.Thread(target=_answer_all, args=(server,), daemon=True)
    thread.start()
    yield f"clamd:{tmp_path / 'clamd.ctl'}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(10)


def _answer_all(server: socket.socket) -> None:
    while True:
        try:
            connection, _address = server.accept()
        except OSError:
            return
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            content = b""
            while size := int.from_bytes(stream.read(4), "big"):
                content += stream.read(size)
            said = b"Eicar-Signature FOUND" if b"EICAR" in content else b"OK"
            connection.sendall(b"INSTREAM ERROR\0" if b"LOST" in content else b"stream: " + said + b"\0")


def office_with(house: House, scanner: str) -> str:
    """An open task of the office, in a house with this scanner."""
    house.settings = replace(house.settings, virus_scan=scanner)
    some_instance(house)
    with house.database.reading() as session:
        return session.scalars(select(UserTask.id).where(UserTask.status == "open")).one()


def put(house: House, task_id: str, content: bytes) -> Attachment:
    stored = attachments.store(house, actor(house, "office"), task_id, [Upload("名单.pdf", io.BytesIO(content))])
    return kept(house, stored[0].id)


def kept(house: House, id_: str) -> Attachment:
    with house.database.reading() as session:
        file = session.get_one(Attachment, id_)
        session.expunge(file)
        return file


def test_clamd_and_a_command_tell_a_virus(clamd: str) -> None:
    for scanner in (clamd, COMMAND):
        assert virus_scan.look(scanner, io.BytesIO(GOOD * 100_000)) is Scan.CLEAN
        assert virus_scan.look(scanner, io.BytesIO(BAD)) is Scan.INFECTED
    assert virus_scan.look("", io.BytesIO(BAD)) is Scan.NONE


def test_a_scanner_that_does_not_answer_lets_nothing_through(clamd: str, tmp_path: Path) -> None:
    away = (
        clamd,
        f"clamd:{tmp_path / 'none.ctl'}",
        "clamd://127.0.0.1:1",
        "command:no-such-program",
        "command:sh -c 'exit 2'",
    )
    assert [virus_scan.look(scanner, io.BytesIO(b"LOST")) for scanner in away] == [Scan.WAITING] * len(away)


def test_a_file_with_a_virus_is_refused_and_not_kept(house: House) -> None:
    task_id = office_with(house, COMMAND)

    with pytest.raises(InvalidForm) as refused:
        put(house, task_id, BAD)

    assert "“名单.pdf”没有通过病毒检查，未保存。" in refused.value.errors[0][1]
    assert list(house.files.iterdir()) == []
    assert put(house, task_id, GOOD).scan == Scan.CLEAN


@pytest.mark.parametrize(("content", "found"), [(GOOD, Scan.CLEAN), (BAD, Scan.INFECTED)])
def test_a_file_waits_until_a_scanner_answers(house: House, content: bytes, found: Scan) -> None:
    file = put(house, office_with(house, "command:no-such-program"), content)
    assert file.scan == Scan.WAITING
    with pytest.raises(Quarantined):
        attachments.content_of(house, file)
    assert attachments.scan_waiting(house) == 0

    house.settings = replace(house.settings, virus_scan=COMMAND)
    jobs.scan(house)

    file = kept(house, file.id)
    assert file.scan == found
    if found is Scan.CLEAN:
        with attachments.content_of(house, file) as stream:
            assert stream.read() == content
    else:
        with pytest.raises(Quarantined, match="没有通过病毒检查"):
            attachments.content_of(house, file)
        assert list(house.files.iterdir()) == []


def test_a_setting_that_no_scanner_fits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="DUBAN_VIRUS_SCAN"):
        from_environment({"DUBAN_INSTANCE": str(tmp_path), "DUBAN_SECRET_KEY": "x", "DUBAN_VIRUS_SCAN": "clamav"})

"""Files of a user task: which may come, how many, who may read and remove them, and their hashes in the ledger."""

from __future__ import annotations

import io
from hashlib import sha256
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted
from app.models.event import EventRow
from app.models.user_task import UserTask
from app.queries.actor import SYSTEM
from app.queries.attachments import files_of_instance, seen_attachment
from app.services import attachments, processes, tasks
from app.services.attachments import Upload
from app.services.definitions import deploy
from app.services.house import House
from tests.factories import actor
from tests.models import ENGINE_MODELS

PDF = b"%PDF-1.7\n..."


@pytest.fixture
def task_id(house: House) -> str:
    deploy(house, SYSTEM, {"linear.bpmn": (ENGINE_MODELS / "valid_linear.bpmn").read_bytes()})
    processes.start(house, actor(house, "office"), "linear", {}, key="start")
    with house.database.reading() as session:
        return session.scalars(select(UserTask.id)).one()


def upload(content: bytes = PDF, name: str = "名单.pdf", field: str = "") -> Upload:
    return Upload(name, io.BytesIO(content), field)


def zipped(*parts: str) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for part in parts:
            archive.writestr(part, "x")
    return file.getvalue()


def names_on_disk(house: House) -> set[str]:
    return {path.name for path in house.files.iterdir()} if house.files.exists() else set()


def test_a_file_is_kept_under_a_random_id_with_its_hash(house: House, task_id: str) -> None:
    office = actor(house, "office")

    stored = attachments.store(house, office, task_id, [upload(name="../../名单.pdf", field="evidence")])[0]

    assert names_on_disk(house) == {stored.id}
    with house.database.reading() as session:
        file = seen_attachment(session, office, stored.id)
        assert (file.name, file.field, file.media_type) == ("名单.pdf", "evidence", "application/pdf")
        assert (file.size, file.sha256) == (len(PDF), sha256(PDF).hexdigest())
        with attachments.content_of(house, file) as content:
            assert content.read() == PDF
        assert [line.is_mine for line in files_of_instance(session, office, file.instance_id)] == [True]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("a.DOCX", zipped("[Content_Types].xml", "word/document.xml")),
        ("a.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml")),
        ("a.ofd", zipped("OFD.xml")),
        ("a.jpeg", b"\xff\xd8\xff\xe0..."),
        ("a.png", b"\x89PNG\r\n\x1a\n..."),
    ],
)
def test_files_of_the_office_are_taken(house: House, task_id: str, name: str, content: bytes) -> None:
    assert attachments.store(house, actor(house, "office"), task_id, [upload(content, name)])[0].name == name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<script>"),
        ("a.pdf", b"<script>"),
        ("a.png", PDF),
        ("a", PDF),
        ("a.docx", zipped("xl/workbook.xml")),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.exe", zipped("word/document.xml")),
    ],
)
def test_what_is_not_what_it_says_is_refused_at_its_field(
    house: House, task_id: str, name: str, content: bytes
) -> None:
    with pytest.raises(InvalidForm) as refused:
        attachments.store(house, actor(house, "office"), task_id, [upload(), upload(content, name, "evidence")])

    assert refused.value.extra["errors"][0]["field"] == "evidence"
    assert names_on_disk(house) == set()


def test_no_more_than_ten_files_and_fifty_megabytes(
    house: House, task_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = actor(house, "office")
    attachments.store(house, office, task_id, [upload() for _ in range(9)])
    with pytest.raises(InvalidForm) as too_many:
        attachments.store(house, office, task_id, [upload(), upload()])
    monkeypatch.setattr(attachments, "MOST_BYTES", 9 * len(PDF))
    with pytest.raises(InvalidForm) as too_large:
        attachments.store(house, office, task_id, [upload()])

    assert too_many.value.extra["errors"][0]["text"] == "一件事最多 10 个附件，现有 9 个。"
    assert too_large.value.extra["errors"][0]["text"].startswith("附件合计不超过")
    assert len(names_on_disk(house)) == 9


def test_only_who_may_act_uploads_and_only_who_may_see_reads(house: House, task_id: str) -> None:
    stored = attachments.store(house, actor(house, "office"), task_id, [upload()])[0]

    with pytest.raises(NotPermitted):
        attachments.store(house, actor(house, "auditor"), task_id, [upload()])
    with pytest.raises(NotFound):
        attachments.store(house, actor(house, "contact.sci"), task_id, [upload()])
    with house.database.reading() as session:
        assert seen_attachment(session, actor(house, "auditor"), stored.id).name == "名单.pdf"
        with pytest.raises(NotFound):
            seen_attachment(session, actor(house, "contact.sci"), stored.id)


def test_the_uploader_removes_a_file_while_the_task_is_open(house: House, task_id: str) -> None:
    office = actor(house, "office")
    first, second = attachments.store(house, office, task_id, [upload(), upload()])
    with pytest.raises(NotPermitted):
        attachments.remove(house, actor(house, "office.drc"), first.id)

    assert attachments.remove(house, office, first.id) == task_id
    assert names_on_disk(house) == {second.id}
    tasks.complete(house, office, task_id, {}, key="done")
    with pytest.raises(AlreadyDone):
        attachments.remove(house, office, second.id)
    with pytest.raises(NotFound):
        attachments.remove(house, office, first.id)


def test_the_event_of_the_completion_carries_the_hashes(house: House, task_id: str) -> None:
    office = actor(house, "office")
    attachments.store(house, office, task_id, [upload(), upload(PDF + b"2")])

    tasks.complete(house, office, task_id, {}, key="done")

    with house.database.reading() as session:
        event = session.scalars(select(EventRow).where(EventRow.type == "user_task_completed")).one()
        assert sorted(event.attachments) == sorted([sha256(PDF).hexdigest(), sha256(PDF + b"2").hexdigest()])

"""A matter as a paper, and files beside it: shown where a browser can show them, in a sandbox, or sent as a file."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import docx
import pytest
from lxml import etree
from sqlalchemy import update

from app.db import table_of
from app.documents.sheet import SUBSTITUTES
from app.models.user_task import Attachment
from app.services import attachments
from app.services.attachments import Upload
from app.services.house import House
from app.services.pdf_files import font_rules
from tests.applications import SignIn
from tests.factories import actor
from tests.services.orders import BLUE, Desk
from tests.services.test_attachments import zipped
from tests.signatures import SIGNER, reports_to_sign

PNG = b"\x89PNG\r\n\x1a\n..."
FILES = {"说明.pdf": b"%PDF-1.7", "现场.png": PNG, "清单.xlsx": zipped("xl/workbook.xml")}


@pytest.fixture
def task_id(house: House) -> str:
    return reports_to_sign(house)[0]


@pytest.fixture
def files(house: House, task_id: str) -> dict[str, str]:
    """Name -> id."""
    uploads = [Upload(name, BytesIO(content)) for name, content in FILES.items()]
    return {stored.name: stored.id for stored in attachments.store(house, actor(house, SIGNER), task_id, uploads)}


def words(content: bytes) -> str:
    document = docx.Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_matter_on_paper_tells_its_course_and_its_forms(
    house: House, task_id: str, files: dict[str, str], sign_in: SignIn
) -> None:
    answer = sign_in(SIGNER).get(f"/tasks/{task_id}/sheet.docx")

    text = words(answer.data)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for part in ("事项：2024年度反馈：市科技局", "来源：重点任务25", "责任单位：市科技局", "市科技局联络员（市科技局）",
                 "填报年度反馈", ". 说明.pdf", "打印人：市科技局负责人"):  # fmt: skip
        assert part in text
    assert sign_in("contact.tax").get(f"/tasks/{task_id}/sheet.docx").status_code == 404


def test_a_matter_on_paper_has_each_opinion_and_shows_what_was_sent_only_once(house: House, sign_in: SignIn) -> None:
    desk = Desk(house)
    demands = "请于时限内核对全部拖欠台账，逐户说明原因并反馈办理情况。"
    desk.matter().do("draft_order", **BLUE | {"content": demands}).on("2022-07-18").do("sign_order", outcome="yes")
    desk.on("2022-07-26").do("decide_next", outcome="raise", reason="逾期未反馈，情况没有进展")

    text = words(sign_in("office").get(f"/tasks/{desk.task('draft_order').id}/sheet.docx").data)

    assert "逾期未反馈，情况没有进展" in text.split("序号")[1]
    assert text.count(demands) == 1


def test_a_pdf_knows_what_stands_in_for_the_faces_of_the_paper() -> None:
    rules = etree.fromstring(font_rules("/etc/fonts/fonts.conf").encode())

    assert {alias.findtext("family") for alias in rules.iter("alias")} == set(SUBSTITUTES)
    assert "Noto Serif CJK SC" in [one.text for one in rules.iter("family")]


def test_pdf_and_pictures_are_shown_in_a_sandbox(files: dict[str, str], sign_in: SignIn) -> None:
    head = sign_in(SIGNER)

    assert "<iframe" in head.get(f"/attachments/{files['说明.pdf']}/preview").text
    assert "<img" in head.get(f"/attachments/{files['现场.png']}/preview").text
    answer = head.get(f"/attachments/{files['现场.png']}/content")
    assert (answer.data, answer.mimetype) == (PNG, "image/png")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "allow" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"].startswith("no-")


def test_office_files_are_sent_to_be_saved(files: dict[str, str], sign_in: SignIn) -> None:
    head, sheet = sign_in(SIGNER), files["清单.xlsx"]

    answer = head.get(f"/attachments/{sheet}/preview", follow_redirects=True)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert head.get(f"/attachments/{sheet}/content").status_code == 404
    assert sign_in("contact.tax").get(f"/attachments/{files['说明.pdf']}/content").status_code == 404


def test_what_waits_for_the_scanner_is_shown_to_nobody(
    house: House, task_id: str, files: dict[str, str], sign_in: SignIn
) -> None:
    with house.database.writing() as connection:
        connection.execute(update(table_of(Attachment)).values(scan="waiting"))
    head, file = sign_in(SIGNER), files["说明.pdf"]

    for way in ("", "/preview", "/content"):
        answer = head.get(f"/attachments/{file}{way}")
        assert answer.status_code == 403
        assert "正在进行病毒检查" in answer.text
    assert "检查中" in head.get(f"/tasks/{task_id}").text


def test_an_upload_with_a_virus_is_refused_in_words(house: House, task_id: str, sign_in: SignIn) -> None:
    house.settings = replace(house.settings, virus_scan="command:false")

    answer = sign_in(SIGNER).post(
        f"/tasks/{task_id}/attachments", data={"file": (BytesIO(b"%PDF-1.7"), "说明.pdf")}, follow_redirects=True
    )

    assert "“说明.pdf”没有通过病毒检查，未保存。" in answer.text

"""Importing on the screen: template, upload, progress, what is wrong by cell, what would change, confirmation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app import clock
from app.models.enterprise import Enterprise
from app.services import enterprise_imports
from app.services.house import House
from tests.applications import SignIn
from tests.services.enterprise_imports import checked, code, content, firm, taken_in

NOW = datetime(2024, 12, 16, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    with clock.held(NOW):
        yield


def send(browser: FlaskClient, file: bytes, **fields: str) -> TestResponse:
    data = {"file": (BytesIO(file), "企业.xlsx"), "source": "department", **fields}
    return browser.post("/enterprises/imports", data=data, content_type="multipart/form-data")


def count(house: House) -> int:
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Enterprise)) or 0


def test_the_template_offers_the_houses_own_choices(sign_in: SignIn) -> None:
    book = openpyxl.load_workbook(BytesIO(sign_in("office").get("/enterprises/imports/template.xlsx").data))

    assert book["企业"]["A1"].value == "统一社会信用代码"
    assert [cell.value for cell in book["选项"]["A"]][:3] == ["广陵区", "邗江区", "江都区"]
    assert book["企业"]["M1"].value == "营业收入（万元）"


def test_a_file_is_uploaded_followed_shown_and_taken_in(sign_in: SignIn, house: House) -> None:
    browser = sign_in("office")
    address = send(browser, content(house, [firm(1), firm(2)])).location

    waiting = browser.get(address).text
    assert f'hx-get="{address}/progress"' in waiting
    assert "HX-Refresh" not in browser.get(f"{address}/progress").headers
    enterprise_imports.work_off(house)
    assert browser.get(f"{address}/progress").headers["HX-Refresh"] == "true"

    shown = browser.get(address).text
    assert "核对通过：新增 2 家，变更 0 家，无变化 0 家" in shown
    assert firm(1)["name"] in shown
    assert "style=" not in shown
    assert count(house) == 0

    assert browser.post(f"{address}/confirmation").status_code == 302
    enterprise_imports.work_off(house)
    assert "已写入企业库：新增 2 家" in browser.get(address).text
    assert count(house) == 2
    assert "导入企业" in sign_in("audit_admin").get("/administration-events").text


def test_wrong_cells_are_named_and_can_be_taken_along(sign_in: SignIn, house: House) -> None:
    shown = checked(house, firm(1), firm(2, staff=-1, name="=1+1"))
    browser = sign_in("office")

    page = browser.get(f"/enterprises/imports/{shown.id}").text
    assert "有 1 行、2 处需要修改，企业库没有变动" in page
    assert "<b" in page
    assert "B4</b> 此单元格是公式" in page
    assert "确认导入" not in page
    assert browser.post(f"/enterprises/imports/{shown.id}/confirmation").status_code == 409
    listed = openpyxl.load_workbook(BytesIO(browser.get(f"/enterprises/imports/{shown.id}/errors.xlsx").data)).active
    assert [cell.value for cell in listed["A"]] == ["位置", "B4", "S4"]


def test_changes_are_shown_in_words(sign_in: SignIn, house: House) -> None:
    taken_in(house, firm(1))
    shown = checked(house, firm(1, locality_id="江都区", staff=180, rd_body="市级"))

    page = sign_in("office").get(f"/enterprises/imports/{shown.id}").text

    assert "属地：<del>邗江区</del> → <b>江都区</b>" in page
    assert "2023年职工人数（人）：<del>171</del> → <b>180</b>" in page
    assert "2023年研发机构级别：<del>–</del> → <b>市级</b>" in page


def test_many_rows_go_on_page_by_page(sign_in: SignIn, house: House) -> None:
    shown = checked(house, *(firm(number) for number in range(1, 61)))
    browser = sign_in("office")

    page = browser.get(f"/enterprises/imports/{shown.id}").text
    address = page.split('hx-get="')[-1].split('"')[0].replace("&amp;", "&")
    more = browser.get(address, headers={"HX-Request": "true"}).text

    assert page.count(code(1)[:8]) == 50
    assert more.count(code(1)[:8]) == 10
    assert "<html" not in more


def test_an_upload_that_lacks_something_says_so(sign_in: SignIn) -> None:
    browser = sign_in("office")

    assert "请选择要导入的文件" in send(browser, b"").text
    assert "请选择数据来源" in send(browser, b"PK", source="rumour").text
    assert browser.post("/enterprises/imports", data={"source": "department"}).status_code == 422


def test_what_is_given_up_is_gone(sign_in: SignIn, house: House) -> None:
    shown = checked(house, firm(1))
    browser = sign_in("office")

    assert browser.post(f"/enterprises/imports/{shown.id}/withdrawal").location == "/enterprises/imports"
    page = browser.get("/enterprises/imports").text
    assert "已放弃" in page
    assert browser.get("/enterprises/imports/999").status_code == 404


@pytest.mark.parametrize("login", ["leader", "auditor", "contact.miit", "contact.hanjiang", "system_admin"])
def test_only_the_office_imports(sign_in: SignIn, house: House, login: str) -> None:
    shown = checked(house, firm(1))
    browser = sign_in(login)

    for address in ("", "/template.xlsx", f"/{shown.id}", f"/{shown.id}/progress", f"/{shown.id}/errors.xlsx"):
        assert browser.get(f"/enterprises/imports{address}").status_code == 403
    assert send(browser, b"PK").status_code == 403
    assert browser.post(f"/enterprises/imports/{shown.id}/confirmation").status_code == 403

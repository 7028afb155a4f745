"""Enterprises from a file: every row checked, what was shown is what is done, nothing of a file that is not right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock
from app.errors import AlreadyDone, NotPermitted, RuleViolation
from app.models.enterprise import Enterprise, EnterpriseName, EnterpriseYear
from app.models.event import EventPayload, EventRow
from app.services import enterprise_import_apply, enterprise_imports
from app.services.enterprise_imports import confirm, upload, withdraw, work_off
from app.services.house import House
from app.terms import ImportKind, ImportStatus, Source
from tests.documents.enterprise_sheets import sheet
from tests.factories import actor
from tests.services.enterprise_imports import checked, code, content, firm, import_of, rows_of, said, taken_in

NOW = datetime(2024, 12, 16, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    with clock.held(NOW):
        yield


@pytest.fixture
def house(any_house: House) -> House:
    return any_house


def library(house: House) -> dict[str, Enterprise]:
    with house.database.reading() as session:
        return {row.id: row for row in session.scalars(select(Enterprise))}


def year_of(house: House, number: int, year: int = 2023) -> EnterpriseYear:
    with house.database.reading() as session:
        where = (EnterpriseYear.enterprise_id == code(number), EnterpriseYear.year == year)
        return session.scalars(select(EnterpriseYear).where(*where)).one()


def test_a_right_file_is_shown_confirmed_and_taken_in(house: House) -> None:
    shown = checked(house, firm(1), firm(2, registered_on=date(2016, 5, 18), state="停产"))
    assert (shown.status, shown.counts["new"], shown.counts["errors"]) == (ImportStatus.CHECKED, 2, 0)
    assert library(house) == {}

    confirm(house, actor(house, "office"), shown.id)
    work_off(house)

    found = library(house)
    second = found[code(2)]
    assert import_of(house, shown.id).status == ImportStatus.DONE
    assert found.keys() == {code(1), code(2)}
    assert (found[code(1)].locality_id, found[code(1)].chain, found[code(1)].state) == (
        "hanjiang",
        "高端装备",
        "active",
    )
    assert (second.state, second.registered_on) == ("stopped", date(2016, 5, 18))
    assert found[code(1)].pinyin.startswith("yangzhoudi1jingmijixie")
    year = year_of(house, 1)
    assert (year.figures, year.as_of) == ({"revenue_wan": "9730.5", "staff": 171}, date(2023, 12, 31))
    assert (year.source, year.recorded_by) == ("department", "office")


def test_the_import_is_an_administration_event_with_the_files_hash(house: House) -> None:
    done = taken_in(house, firm(1))

    with house.database.reading() as session:
        body = session.scalars(
            select(EventPayload.body)
            .join(EventRow, (EventRow.stream == EventPayload.stream) & (EventRow.seq == EventPayload.seq))
            .where(EventRow.actor == "office", EventPayload.body.contains("enterprises_imported"))
        ).one()
    assert done.sha256 in body
    assert '"new":1' in body


def test_one_wrong_cell_keeps_the_whole_file_out(house: House) -> None:
    shown = checked(house, firm(1), firm(2, staff=10, rd_staff=11), firm(3, id=code(3)[:-1] + "?"))

    assert shown.status == ImportStatus.REFUSED
    assert said(house, shown.id) == {
        "T4": "研发人员不能大于职工人数（10），请核对。",
        "A5": "统一社会信用代码校验不通过，请核对18位代码。",
    }
    with pytest.raises(AlreadyDone):
        confirm(house, actor(house, "office"), shown.id)
    work_off(house)
    assert library(house) == {}


def test_codes_and_names_that_stand_twice_name_both_rows(house: House) -> None:
    shown = checked(house, firm(1), firm(2), firm(1, name="另一公司"), firm(4, name=firm(2)["name"]))

    assert said(house, shown.id) == {
        "A3": "统一社会信用代码与第5行重复，请只保留一行。",
        "A5": "统一社会信用代码与第3行重复，请只保留一行。",
        "B4": "企业名称与第6行重复，请只保留一行。",
        "B6": "企业名称与第4行重复，请只保留一行。",
    }


def test_what_the_library_has_already_is_told(house: House) -> None:
    taken_in(house, firm(1))

    again = checked(house, firm(1), firm(2), adds_only=True)
    alike = checked(house, firm(9, name=firm(1)["name"]))

    assert said(house, again.id) == {"A3": f"该代码已在库中（{firm(1)['name']}）；本次选择了只新增企业。"}
    assert said(house, alike.id) == {"B3": f"库中已有同名企业，统一社会信用代码 {code(1)}，请核对代码。"}


def test_changes_are_shown_field_by_field_and_blanks_change_nothing(house: House) -> None:
    taken_in(house, firm(1, address="文昌路1号"), firm(2), firm(3))

    renamed = firm(1, name="扬州新名精密机械有限公司", staff=180)
    shown = checked(house, renamed, firm(2), firm(3, locality_id="江都区", chain=None, revenue_wan=None))

    kinds = {row.number: (row.kind, row.changes) for row in rows_of(house, shown.id)}
    assert kinds == {
        3: ("changed", {"name": [firm(1)["name"], renamed["name"]], "2023.staff": [171, 180]}),
        4: ("unchanged", {}),
        5: ("changed", {"locality_id": ["hanjiang", "jiangdu"]}),
    }

    confirm(house, actor(house, "office"), shown.id)
    work_off(house)
    first, third = library(house)[code(1)], library(house)[code(3)]
    assert (first.name, first.address, first.pinyin[:14]) == (renamed["name"], "文昌路1号", "yangzhouxinmin")
    assert (third.locality_id, third.chain) == ("jiangdu", "高端装备")
    assert year_of(house, 1).figures == {"revenue_wan": "9730.5", "staff": 180}
    assert year_of(house, 3).figures == {"revenue_wan": "9730.5", "staff": 171}
    with house.database.reading() as session:
        [old] = session.scalars(select(EnterpriseName)).all()
    assert (old.enterprise_id, old.name, old.until_on) == (code(1), firm(1)["name"], date(2024, 12, 16))


def test_each_figure_keeps_where_it_came_from(house: House) -> None:
    taken_in(house, firm(1))
    with clock.held(NOW + timedelta(days=30)):
        id_ = upload(
            house, actor(house, "office"), "统计.xlsx", content(house, [firm(1, staff=180)]), Source.STATISTICS
        )
        work_off(house)
        confirm(house, actor(house, "office"), id_)
        work_off(house)

    year = year_of(house, 1)
    assert (year.source, year.sources) == ("statistics", {"revenue_wan": ["department", "2024-12-16"]})


def test_a_library_that_changed_since_is_compared_again(house: House) -> None:
    shown = checked(house, firm(1, staff=180), firm(2))
    taken_in(house, firm(1))

    confirm(house, actor(house, "office"), shown.id)
    work_off(house)

    assert import_of(house, shown.id).status == ImportStatus.STALE
    assert library(house).keys() == {code(1)}

    enterprise_imports.check_again(house, actor(house, "office"), shown.id)
    work_off(house)
    assert import_of(house, shown.id).counts == {"new": 1, "changed": 1, "unchanged": 0, "wrong": 0, "errors": 0}
    confirm(house, actor(house, "office"), shown.id)
    work_off(house)
    assert library(house).keys() == {code(1), code(2)}
    assert year_of(house, 1).figures["staff"] == 180


def test_a_defect_in_the_middle_leaves_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = checked(house, *(firm(number) for number in range(1, 8)))
    monkeypatch.setattr("app.services.enterprise_import_work.PAGE", 3)
    real, calls = enterprise_import_apply._write, []

    def failing(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) > 6:
            raise RuntimeError("the cable was pulled")
        real(*arguments)

    confirm(house, actor(house, "office"), shown.id)
    with monkeypatch.context() as patched:
        patched.setattr(enterprise_import_apply, "_write", failing)
        with pytest.raises(RuntimeError):
            work_off(house)
    assert library(house) == {}

    with clock.held(NOW + timedelta(hours=1)):  # the claim has lapsed
        assert work_off(house) == 1
    assert len(library(house)) == 7


def test_a_worker_that_died_while_reading_begins_again(house: House) -> None:
    id_ = upload(house, actor(house, "office"), "企业.xlsx", content(house, [firm(1), firm(2)]), Source.DEPARTMENT)
    assert enterprise_imports._claim(house) == (id_, ImportStatus.CHECKING)
    assert work_off(house) == 0

    with clock.held(NOW + timedelta(hours=1)):
        assert work_off(house) == 1
    assert import_of(house, id_).counts["new"] == 2


def test_a_file_that_must_not_be_read_is_refused_in_a_sentence(house: House) -> None:
    for name, sent, text in (
        ("a.xlsx", b"nothing of the kind", "这不是可以读取的 .xlsx 文件"),
        ("b.xlsx", sheet(headings=("代码",)), "列“代码”不是模板中的列"),
        ("c.xlsx", content(house, []), "文件中没有企业数据"),
    ):
        id_ = upload(house, actor(house, "office"), name, sent, Source.DEPARTMENT)
        work_off(house)
        found = import_of(house, id_)
        assert (found.status, text in found.refusal) == (ImportStatus.REFUSED, True)


def test_only_the_office_imports(house: House) -> None:
    for login in ("contact.miit", "leader", "system_admin", "contact.hanjiang"):
        with pytest.raises(NotPermitted):
            upload(house, actor(house, login), "企业.xlsx", b"PK", Source.DEPARTMENT)
    with pytest.raises(RuleViolation):
        upload(house, actor(house, "office"), "企业.xlsx", b"PK", "hearsay")
    with pytest.raises(RuleViolation):
        upload(house, actor(house, "office"), "企业.xlsx", b"", Source.DEPARTMENT)


def test_what_is_given_up_is_not_taken_in(house: House) -> None:
    shown = checked(house, firm(1))
    withdraw(house, actor(house, "office"), shown.id)

    with pytest.raises(AlreadyDone):
        confirm(house, actor(house, "office"), shown.id)
    with pytest.raises(AlreadyDone):
        withdraw(house, actor(house, "office"), shown.id)
    assert library(house) == {}


def test_many_pages_are_taken_in_as_one(house: House) -> None:
    done = taken_in(house, *(firm(number) for number in range(1, 1102)))

    assert (done.status, done.done, done.counts["new"]) == (ImportStatus.DONE, 1101, 1101)
    with house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EnterpriseYear)) == 1101
    assert {row.kind for row in rows_of(house, done.id)} == {ImportKind.NEW}

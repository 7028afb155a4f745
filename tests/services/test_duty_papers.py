"""Papers of 会商 and 称号动态管理: offered with their instance when they can be drawn, and then drawn."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn

from app.errors import NotFound
from app.services import campaign_papers
from app.services.house import House
from tests.services.consultations import Office
from tests.services.test_title_cases import accepted, heard, key_of, noticed, proposed
from tests.services.test_title_cases import opened as case_opened
from tests.services.titles import Register


def offered(house: House, instance_id: str) -> list[str]:
    with house.database.reading() as session:
        return [paper.key for paper in campaign_papers.offered(session, instance_id)]


def text_of(house: House, instance_id: str, key: str) -> str:
    with house.database.reading() as session:
        _, content = campaign_papers.draw(session, house, instance_id, key, "")
    paper = docx.Document(BytesIO(content))
    return "\n".join("".join(text.text or "" for text in p.iter(qn("w:t"))) for p in paper.element.body.iter(qn("w:p")))


def test_a_consultation_has_its_letter_then_its_call_then_its_minutes(house: House) -> None:
    office = Office(house).ask()
    instance_id = office.instance().id
    assert offered(house, instance_id) == []

    office.settle().answer(miit="30", sci="30", drc="28")
    assert offered(house, instance_id) == ["letter"]
    assert "请于2023年6月8日前" in text_of(house, instance_id, "letter")
    office.do("call_meeting", meeting_on="2023-06-06", meeting_time="14:30", place="三号会议室", chair="郑国梁")
    assert "2023年6月6日 14:30" in text_of(house, instance_id, "call")
    office.later(6).do("hold_meeting", outcome="held", views="逐家核对后同意按29家确定")
    action = {"unit": "市科技局", "content": "按29家重新分解并报办公室", "due_on": "2023-06-30"}
    office.minutes("29", actions=[action]).do("sign_minutes", outcome="yes")

    text = text_of(house, instance_id, "minutes")
    assert "扬促中小办纪〔2023〕1号" in text
    assert "单位意见：市工信局30；市科技局30；市发改委28。" in text
    assert "决定：29。" in text
    assert "按29家重新分解并报办公室" in text


def test_an_update_has_its_notice_from_the_start(house: House) -> None:
    register = Register(house)
    code = register.firm(1, "specialised")
    register.open_due()

    instance_id = register.instance(f"title_maintenance_update:{code}:2023").id

    assert offered(house, instance_id) == ["notice"]
    assert "请于2023年4月28日前完成" in text_of(house, instance_id, "notice")


def test_a_change_has_its_sheet_once_it_is_decided(house: House) -> None:
    register = Register(house).on("2023-07-20")
    code = register.firm(1, "specialised")
    change = "title_maintenance_change"
    register.start(change, "firm1", enterprise_id=code, event_on="2023-07-11", kind="rename")
    report = {"kind": "rename", "new_value": "扬州新名有限公司", "effect": "无影响", "register_proof": ["1"]}
    register.do("report_change", **report).do("check_change", outcome="accepted")
    instance_id = register.instance(f"{change}:{code}:2023-07-11").id
    assert offered(house, instance_id) == []

    register.do("decide_change_effect", outcome="carry_over", reason="变更名称，条件不变")

    assert "扬州新名有限公司" in text_of(house, instance_id, "sheet")


def test_a_case_has_its_notice_and_its_decision(house: House) -> None:
    register, code = case_opened(house)
    instance_id = register.instance(key_of(code)).id
    assert offered(house, instance_id) == []
    accepted(register)
    assert offered(house, instance_id) == ["investigation"]
    assert "李某" not in text_of(house, instance_id, "investigation")
    heard(register)
    proposed(register)
    register.do("decide_measure")
    noticed(register)

    assert offered(house, instance_id) == ["investigation", "decision"]
    text = text_of(house, instance_id, "decision")
    assert "弄虚作假" in text
    assert "申报收入虚增1200万元" in text
    assert "前不得申报" in text
    with pytest.raises(NotFound):
        text_of(house, instance_id, "report")


def test_a_case_that_goes_up_has_a_report(house: House) -> None:
    register, code = case_opened(house, "specialised")
    heard(accepted(register))
    proposed(register)
    register.do("decide_measure")

    instance_id = register.instance(key_of(code)).id

    assert offered(house, instance_id) == ["investigation", "report"]
    assert "建议取消该企业专精特新中小企业称号" in text_of(house, instance_id, "report")

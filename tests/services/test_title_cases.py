"""Cases against titles through the command path: accepted, investigated, heard, proposed, decided, shown, revoked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.errors import InvalidForm, NotPermitted
from app.models.enterprise import Ban
from app.models.event import EventPayload
from app.models.outbox import OutboxRow
from app.models.process import ProcessInstance
from app.models.recognition import Objection, PublicNotice
from app.models.title_maintenance import TitleCase
from app.services import reexecution
from app.services.house import House
from app.services.title_maintenance.standing import profile_of
from tests.services.titles import Register

CASE = "title_maintenance"
FACT = "2022年营业收入与纳税申报数据不一致"
LEGAL = "《优质中小企业梯度培育管理暂行办法》第二十二条"
FINDING = {"no": 1, "result": "true", "finding": "经与税务部门核对，申报收入虚增1200万元"}
BUREAU = "contact.miit"


def opened(house: House, *levels: str, day: str = "2023-05-11", **lead: Any) -> tuple[Register, str]:
    register = Register(house).on(day)
    until_on = date(register.at.year + 1, 12, 29)
    code = register.firm(1, *(levels or ("specialised_city",)), until_on=until_on)
    register.start(CASE, BUREAU, enterprise_id=code, **{"source": "report", "reason": FACT, **lead})
    return register, code


def key_of(code: str, year: int = 2023) -> str:
    return f"{CASE}:{code}:{year}:1"


def accepted(register: Register, **answers: Any) -> Register:
    return register.do("accept_case", outcome="yes", **{"source": "report", "informant": "李某", **answers})


def heard(register: Register, **statement: Any) -> Register:
    register.do("investigate_case", findings=[FINDING], departments="市税务局")
    return register.do("hear_enterprise", **{"statement": "因统计口径差异，正在更正申报", **statement})


def proposed(register: Register, outcome: str = "revoke", ground: str = "fraud", **answers: Any) -> Register:
    if outcome == "revoke":
        answers = {"ground": ground, "legal_ground": LEGAL, "ban_years": 3, **answers}
    return register.do("propose_measure", outcome=outcome, reason="核查情况属实，情节严重", **answers)


def noticed(register: Register) -> Register:
    """Shown for five working days without an objection."""
    return register.do("publish_notice").later(10)


def sent(register: Register, code: str) -> set[tuple[str, str]]:
    return {
        (row.payload["name"], row.payload["key"])
        for row in register.rows(OutboxRow, kind="message")
        if row.payload["name"] != "title_doubted"
    }


def test_fraud_is_revoked_after_a_notice_with_a_ban(house: House) -> None:
    register, code = opened(house, "specialised_city")
    assert register.one("accept_case").principal == "contact:miit"
    accepted(register)
    assert register.open_elements() == ["hear_enterprise", "investigate_case"]
    heard(register)
    proposed(register)
    register.do("decide_measure")
    assert register.open_elements() == ["publish_notice"]

    noticed(register)

    assert register.end_of(key_of(code)) == "title_revoked"
    title = register.titles(code)["specialised_city"]
    assert (title.status, title.ended_because) == ("revoked", "弄虚作假")
    ban = register.rows(Ban, enterprise_id=code)[0]
    assert ban.until_on == date(ban.from_on.year + 3, ban.from_on.month, ban.from_on.day)
    case = register.rows(TitleCase)[0]
    assert (case.status, case.ground) == ("revoked", "fraud")
    assert case.number.startswith("扬促中小办函〔2023〕")
    assert sent(register, code) == {("pairing_needless", code), ("title_lost", code)}
    notice = register.rows(PublicNotice)[0]
    assert notice.key == f"{key_of(code)}:notice:1"
    assert notice.rows[0]["name"] == "扬州第1精密机械有限公司"
    with house.database.reading() as session:
        assert profile_of(session, register.enterprise(code))["titles"] == []


def test_an_upheld_objection_proposes_anew(house: House) -> None:
    register, code = opened(house)
    heard(accepted(register))
    proposed(register)
    register.do("decide_measure").do("publish_notice")
    with house.database.transaction() as session:
        notice = session.query(PublicNotice).one()
        session.add(
            Objection(
                key=f"objection:{notice.key}:1",
                notice_id=notice.id,
                number=1,
                received_at=register.at,
                facts="企业已更正统计数据",
                rows=[{"key": code, "result": "upheld", "kind": "other", "remark": ""}],
                status="answered",
                result="upheld",
                reason="企业在立案前已主动更正统计数据",
            )
        )

    register.later(10)

    assert register.open_elements() == ["propose_measure"]
    assert register.form("propose_measure")["objections"] == "企业在立案前已主动更正统计数据"
    proposed(register, "keep")
    register.do("decide_measure")
    assert register.end_of(key_of(code)) == "case_dismissed"
    assert register.titles(code)["specialised_city"].status == "valid"
    assert {again.departure for again in reexecution.replay_all(house)} == {None}


def test_the_informants_name_stands_in_no_event(house: House) -> None:
    register, _ = opened(house)

    accepted(register)

    told = [row.body or "" for row in register.rows(EventPayload)]
    assert any("accept_case" in text for text in told)
    assert not any("李某" in text for text in told)
    assert "informant" not in register.form("investigate_case")


def test_fraud_in_2026_costs_all_three_titles_and_ends_running_applications(house: House) -> None:
    register, code = opened(
        house, "innovative", "specialised", "little_giant", day="2026-05-11", levels=["little_giant"]
    )
    add_running_application(house, register.instance(key_of(code, 2026)).id)
    accepted(register)
    heard(register)
    assert [row["revoke"] for row in register.form("propose_measure")["titles"]] == [False, False, True]
    every = [{"no": no, "revoke": True} for no in (1, 2, 3)]
    proposed(register, titles=every)
    register.do("decide_measure")
    assert register.open_elements() == ["report_upwards"]
    register.do("report_upwards", document=["1"], document_no="扬工信〔2026〕12号", sent_on="2026-05-11")

    register.do("record_upper_decision", outcome="yes", number="工信部〔2026〕3号", decided_on="2026-05-11")

    assert {title.status for title in register.titles(code).values()} == {"revoked"}
    assert register.rows(Ban)[0].until_on == date(2029, 5, 11)
    fraud = ("fraud_established", "enterprise_recognition:x")
    assert sent(register, code) == {("pairing_needless", code), ("title_lost", code), fraud}
    assert register.rows(TitleCase)[0].number == "工信部〔2026〕3号"


def add_running_application(house: House, like: str) -> None:
    """The row of an application of the same enterprise that is under way."""
    table = ProcessInstance.__table__
    with house.database.writing() as connection:
        row = connection.execute(table.select().where(table.c.id == like)).one()._mapping
        told = {"id": "x", "definition_key": "enterprise_recognition", "business_key": "enterprise_recognition:x"}
        connection.execute(table.insert(), [{**row, **told}])


def test_the_upper_level_keeps_the_title(house: House) -> None:
    register, code = opened(house, "specialised")
    heard(accepted(register))
    proposed(register)
    register.do("decide_measure")
    register.do("report_upwards", document=["1"], document_no="扬工信〔2023〕12号", sent_on="2023-05-11")

    register.do("record_upper_decision", outcome="no", number="苏工信〔2023〕9号", decided_on="2023-05-11")

    assert register.end_of(key_of(code)) == "case_dismissed"
    assert register.titles(code)["specialised"].status == "valid"
    assert register.rows(TitleCase)[0].status == "dismissed"


def test_silence_in_the_hearing_does_not_hold_the_case(house: House) -> None:
    register, code = opened(house)
    accepted(register).do("investigate_case", findings=[FINDING], departments="市税务局")
    assert register.open_elements() == ["hear_enterprise"]

    register.later(15)

    assert register.form("propose_measure")["statement"] == "未作陈述"
    proposed(register, "keep")
    register.do("decide_measure")
    assert register.end_of(key_of(code)) == "case_dismissed"


def test_rectified_in_time_and_kept(house: House) -> None:
    register, code = opened(house)
    heard(accepted(register))
    points = [{"point": "更正2022年度统计数据并补报审计报告"}]
    proposed(register, "rectify", rectify_by="2023-07-07", points=points)
    register.do("decide_measure")
    assert register.one("report_rectification").due_on == date(2023, 7, 7)

    register.do("report_rectification", points=[{"no": 1, "is_done": True}], proof=["1"])

    assert "已完成" in register.form("propose_measure")["rectified"]
    with pytest.raises(InvalidForm):
        proposed(register, "rectify", rectify_by="2023-08-07", points=points)
    proposed(register, "keep")
    register.do("decide_measure")
    assert register.end_of(key_of(code)) == "case_dismissed"


def test_a_rectification_nobody_reports_is_said_so(house: House) -> None:
    register, _ = opened(house)
    heard(accepted(register))
    points = [{"point": "更正2022年度统计数据并补报审计报告"}]
    proposed(register, "rectify", rectify_by="2023-07-07", points=points)
    register.do("decide_measure")

    register.on("2023-07-08")

    assert register.form("propose_measure")["rectified"] == "期满未报告整改情况"


def test_the_head_returns_a_proposal_and_differs_with_a_reason(house: House) -> None:
    register, code = opened(house)
    heard(accepted(register))
    proposed(register)
    register.do("decide_measure", outcome="returned", opinion_text="请补充处罚依据")
    assert register.form("propose_measure")["ground"] == "fraud"
    proposed(register)

    with pytest.raises(InvalidForm):
        register.do("decide_measure", outcome="keep")
    register.do("decide_measure", outcome="keep", opinion_text="企业已主动更正，情节轻微")
    assert register.end_of(key_of(code)) == "case_dismissed"


def test_a_title_is_given_up_without_a_ban(house: House) -> None:
    register, code = opened(house, "specialised_city", "innovative", source="given_up", levels=["specialised_city"])
    assert [row["is_doubted"] for row in register.form("accept_case")["titles"]] == [False, True]

    register.do("accept_case", outcome="given_up", source="given_up", proof=["1"])

    assert register.end_of(key_of(code)) == "title_revoked"
    assert register.titles(code)["specialised_city"].status == "revoked"
    assert register.titles(code)["innovative"].status == "valid"
    assert register.rows(Ban) == []
    assert register.rows(TitleCase)[0].number == ""
    assert sent(register, code) == set()


def test_a_lead_that_does_not_hold_is_dismissed(house: House) -> None:
    register, code = opened(house)

    register.do("accept_case", outcome="no", opinion_text="举报内容与该企业无关，线索不成立")

    assert register.end_of(key_of(code)) == "case_dismissed"
    assert register.rows(TitleCase)[0].status == "dismissed"


def test_a_message_opens_a_case_and_the_same_kind_of_lead_opens_no_second(house: House) -> None:
    register = Register(house).on("2023-05-11")
    code = register.firm(1, "specialised")
    bare = register.firm(2)

    register.deliver(
        "title_doubted", code, source="accident", reason="发生较大生产安全事故一起", levels=["specialised"]
    )
    register.deliver("title_doubted", code, source="accident", reason="发生较大生产安全事故一起")
    register.deliver("title_doubted", bare, source="accident", reason="发生较大生产安全事故一起")

    assert len(register.tasks("accept_case")) == 1
    register.deliver("title_doubted", code, source="report", reason=FACT)
    assert [row.key for row in register.rows(TitleCase)] == [f"{CASE}:{code}:2023:1", f"{CASE}:{code}:2023:2"]


def test_only_the_bureau_and_the_office_open_a_case(house: House) -> None:
    register = Register(house).on("2023-05-11")
    code = register.firm(1, "specialised")

    for login in ("firm1", "contact.hanjiang", "contact.sci"):
        with pytest.raises(NotPermitted):
            register.start(CASE, login, enterprise_id=code)
    register.start(CASE, "office", enterprise_id=code)
    assert register.open_elements() == ["accept_case"]


def test_it_runs_on_both_databases(any_house: House) -> None:
    register, code = opened(any_house)
    heard(accepted(register))
    proposed(register)
    register.do("decide_measure")

    noticed(register)

    assert register.end_of(key_of(code)) == "title_revoked"

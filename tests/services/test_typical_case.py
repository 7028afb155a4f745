"""典型案例 through the command path: each path of it, and what it leaves behind."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app import clock
from app.errors import InvalidForm, NotFound, NotPermitted, RuleViolation, StaleProcess
from app.models.event import EventRow
from app.models.notification import Notification
from app.models.typical_case import QualityBonus
from app.queries import typical_cases as shown
from app.queries.quality_bonus import bonus_of
from app.queries.typical_cases import Filters
from app.services import case_calls, typical_cases
from app.services.house import House
from tests.factories import actor
from tests.services.cases_of_firms import FAIR, OFFER, PARTS, POOR, RETURNED, SEPTEMBER, TEXT, Column


def test_a_units_case_is_signed_consented_adopted_checked_and_published(house: House) -> None:
    column = Column(house)
    case = column.offer()
    task = column.task("write_case")
    assert (case.number, task.principal, task.due_on) == ("2023-001", "contact:miit", date(2023, 9, 15))

    column.written().signed().consented()
    review = column.form(column.task("review_case"))
    assert review["check_units"] == [{"unit": "市工信局"}]
    column.reviewed().checked().approved()

    case = column.case
    assert (case.state, case.score, case.published_on) == ("published", 29, date(2023, 9, 1))
    assert "销售增长35%" in case.told["result"]
    assert column.end() == "case_published"
    assert [(row.unit_id, row.points) for row in column.rows(QualityBonus)] == [("miit", Decimal("0.5"))]
    assert f"典型案例已发布：{case.title}" in column.told("firm.1")


def test_a_specialist_needs_no_signature_and_a_firm_writes_about_itself(house: House) -> None:
    column = Column(house)
    column.specialist("wang", "hanjiang")
    first = column.published("wang")
    assert (first.author_name, first.unit_id, first.state) == ("专员wang", "hanjiang", "published")

    second = column.offer("firm.1", subject="", title="一家小厂的数字化转型之路", kind="digital")
    assert column.task("write_case").is_optional
    assert (second.enterprise_id, second.unit_id) == (column.code, None)
    column.written(**{part: text.replace("首席质量官", "数字车间") for part, text in PARTS.items()})
    column.consented().reviewed().checked().approved()
    assert column.case.state == "published"
    assert len(column.rows(QualityBonus)) == 1


def test_a_case_about_a_units_own_service_asks_no_firm_and_may_find_its_firm_later(house: House) -> None:
    column = Column(house)
    column.offer(subject="", kind="service")
    column.written(kind="service", subject="", result=TEXT, figures=[]).signed()
    assert column.open_elements == ["review_case"]

    column.offer("contact.sci", subject="", title="一项服务机制与一家企业的故事", kind="service")
    task = next(task for task in column.tasks("write_case") if task.unit_id == "sci")
    parts: dict[str, Any] = {**PARTS, "result": TEXT, "kind": "growth", "subject": column.code, "figures": []}
    column.send(task, **parts, secrets=True)
    column.do("sign_case", outcome="yes").say("title_lost", column.code)
    assert column.case.enterprise_id == column.code
    assert column.case.state == "unused"


def test_a_firm_wants_changes_and_consents_then(house: House) -> None:
    column = Column(house)
    column.offer("contact.miit")
    column.written().signed().consented("changes", points=[{"field": "practice", "point": "请删去客户名称"}])

    task = column.task("write_case")
    assert task.due_on == date(2023, 9, 8)
    assert column.form(task)["return_points"][0]["point"] == "请删去客户名称"
    column.written().signed().consented(withheld="客户名称")
    assert column.form(column.task("review_case"))["withheld_note"] == "客户名称"


def test_without_a_firms_consent_nothing_is_published(house: House) -> None:
    column = Column(house)
    column.offer()
    column.written().signed().consented("no")
    assert (column.end(), column.case.state, column.case.reason) == (
        "case_closed_unused",
        "unused",
        "企业不同意公开。",
    )

    column.offer(title="第二个案例的标题也够长")
    column.written().signed().later(13)
    assert (column.case.state, column.case.reason) == ("unused", "企业在期限内没有确认内容，不视为同意公开。")
    assert "典型案例未采用：第二个案例的标题也够长" in column.told("contact.miit")


def test_a_return_opens_what_it_names_and_the_third_review_decides(house: House) -> None:
    column = Column(house)
    column.offer()
    column.written().signed().consented().reviewed(FAIR, **RETURNED)
    column.do(
        "write_case", result=f"{TEXT}全年销售增长35%。", practice="无用", title="改了也没有用的标题", secrets=True
    )
    assert column.case.answers["title"] == OFFER["title"]
    column.signed().consented().reviewed(FAIR, **RETURNED)
    column.written().signed().consented()
    assert column.case.round == 3

    with pytest.raises(InvalidForm):
        column.reviewed(FAIR, **RETURNED)
    column.reviewed(POOR, "no", opinion_text="内容不够典型")
    assert (column.end(), column.case.reason) == ("case_closed_unused", "内容不够典型")


def test_a_case_returned_once_is_published_after_the_second_review(house: House) -> None:
    column = Column(house)
    column.offer()
    column.written().signed().consented().reviewed(FAIR, **RETURNED)
    column.written().signed().consented().reviewed().checked().approved()

    assert (column.case.state, column.case.round, column.case.score) == ("published", 2, 29)


def test_a_department_puts_a_figure_right(house: House) -> None:
    column = Column(house)
    column.offer()
    column.written().signed().consented().reviewed()
    column.checked("wrong", right_value=31, right_source="统计年报")
    form = column.form(column.task("approve_publishing"))
    assert form["findings"][0]["verdict"] == "不属实"

    column.approved()

    assert "销售增长31%" in column.case.told["result"]
    assert "35" not in column.case.told["result"]
    assert column.case.told["figures"] == [{"label": "销售增长", "value": 31, "unit": "%", "source": "统计年报"}]


def test_a_figure_that_nobody_verified_is_taken_out(house: House) -> None:
    column = Column(house)
    column.offer()
    column.written().signed().consented().reviewed(check_units=[{"unit": "市工信局"}, {"unit": "市科技局"}])
    assert len(column.tasks("check_facts")) == 2

    column.later(8).do("approve_publishing", "signer", outcome="yes")

    assert "35" not in column.case.told["result"]
    assert "新增就业岗位稳定" in column.case.told["result"]
    assert column.case.state == "published"


def test_an_author_or_the_firm_takes_a_case_back_until_it_is_published(house: House) -> None:
    column = Column(house)
    case = column.offer()
    column.written().signed()
    with clock.held(column.at):
        with pytest.raises(NotFound):
            typical_cases.withdraw(house, actor(house, "contact.sci"), case.number, key="k1")
        with pytest.raises(NotPermitted):
            typical_cases.withdraw(house, actor(house, "office"), case.number, key="k2")
        typical_cases.withdraw(house, actor(house, "firm.1"), case.number, key="k3")
    assert (column.end(), column.case.state) == ("case_closed_withdrawn", "withdrawn")

    published = column.published(title="另一个标题不同的案例")
    with clock.held(column.at), pytest.raises(RuleViolation):
        typical_cases.withdraw(house, actor(house, "contact.miit"), published.number, key="k4")


def test_a_case_ends_with_its_firms_title_and_another_firms_goes_on(house: House) -> None:
    column = Column(house)
    column.offer()
    column.written().signed().consented()
    column.say("title_lost", "-")
    assert column.open_elements == ["review_case"]

    column.say("title_lost", column.code)

    assert (column.end(), column.case.state) == ("case_closed_unused", "unused")


def test_a_lead_of_a_december_report_is_a_case_once_and_lapses_unwritten(house: House) -> None:
    column = Column(house)
    told = {"unit": "sci", "title": "高校院所成果转化", "text": "组织高校专家进企业。", "origin": "report"}
    column.say("case_offered", "december_report_unit:2023:sci:case:1", **told)
    column.say("case_offered", "december_report_unit:2023:sci:case:1", **told)
    assert [(case.author, case.title) for case in column.cases()] == [("contact:sci", "高校院所成果转化")]
    assert column.form(column.task("write_case"))["lead"] == "组织高校专家进企业。"

    column.later(60)

    assert (column.end(), column.case.reason) == ("case_closed_unused", "线索在期限内没有成稿。")


def test_a_refused_signature_goes_back_to_review_and_the_case_may_be_dropped(house: House) -> None:
    column = Column(house)
    column.offer()
    column.written().signed().consented().reviewed().checked().approved("no", opinion_text="请再斟酌标题")
    assert column.form(column.task("review_case"))["signer_note"] == "沈立退回：请再斟酌标题"

    column.reviewed(POOR, "no", opinion_text="不宜发布")

    assert column.case.state == "unused"


def test_who_is_of_the_unit_does_not_review_its_case(house: House) -> None:
    column = Column(house)
    column.offer()
    column.written().signed().consented()

    with pytest.raises(NotPermitted):
        column.do("review_case", "office.miit", outcome="no", opinion_text="不采用", **POOR)


def test_whoever_has_nothing_to_do_with_a_case_sees_it_once_it_is_published(house: House) -> None:
    column = Column(house)
    case = column.offer()
    column.firm(2)
    with house.database.reading() as session, pytest.raises(NotFound):
        shown.seen_case(session, actor(house, "firm.2"), case.number)
    column.written().signed().consented().reviewed().checked().approved()
    with house.database.reading() as session:
        assert shown.seen_case(session, actor(house, "firm.2"), case.number).state == "published"
        assert [row.number for row in shown.column(session, Filters(kind="growth"), None).items] == [case.number]
        assert shown.collected(session, actor(house, "firm.2"), Filters(), None).items == []


def test_the_office_takes_a_case_off_the_page_and_the_points_with_it(house: House) -> None:
    column = Column(house)
    case = column.published()
    with clock.held(column.at):
        with pytest.raises(NotPermitted):
            typical_cases.take_down(house, actor(house, "contact.miit"), case.number, "企业要求下架", key="d0")
        with pytest.raises(InvalidForm):
            typical_cases.take_down(house, actor(house, "office"), case.number, "", key="d1")
        typical_cases.take_down(house, actor(house, "office"), case.number, "企业要求下架", key="d2")
        with pytest.raises(StaleProcess):
            typical_cases.take_down(house, actor(house, "office"), case.number, "企业要求下架", key="d3")
    with house.database.reading() as session:
        assert bonus_of(session, 2023) == {}
        assert shown.column(session, Filters(), None).items == []
    events = [row.type for row in column.rows(EventRow, stream=case.instance_id)]
    assert events[-1] == "case_taken_down"


def test_the_ten_of_a_year_are_proposed_by_the_rule_and_chosen_by_the_office(house: House) -> None:
    column = Column(house)
    first = column.published()
    second = column.published("contact.sci", title="一个院所与三家企业的故事")
    with clock.held(column.at):
        for _ in range(3):
            typical_cases.note_view(house, second.number)
        with house.database.reading() as session:
            found = shown.candidates(session, 2023, column.at.date())
            assert [(one.case.number, one.views, one.is_proposed) for one in found] == [
                (second.number, 3, True),
                (first.number, 0, True),
            ]
        office = actor(house, "office")
        with pytest.raises(InvalidForm):
            typical_cases.choose_top(house, office, 2023, [first.number, "2023-999"], key="t1")
        with pytest.raises(NotPermitted):
            typical_cases.choose_top(house, actor(house, "leader"), 2023, [first.number], key="t2")
        typical_cases.choose_top(house, office, 2023, [second.number, first.number], key="t3")
        typical_cases.choose_top(house, office, 2023, [first.number], key="t4")
    with house.database.reading() as session:
        assert [case.number for case in shown.top_of(session, 2023)] == [first.number]
        assert bonus_of(session, 2023) == {"miit": Decimal("0.5"), "sci": Decimal("0.5")}


def test_it_runs_on_both_databases(any_house: House) -> None:
    column = Column(any_house)
    column.offer()
    column.written().signed().consented("changes", points=[{"field": "title", "point": "请换一个标题"}])
    column.written(title="十年磨一件，小厂的大志向").signed().consented().reviewed(FAIR, **RETURNED)
    column.written().signed().consented().reviewed().checked("wrong", right_value=31, right_source="年报").approved()
    with clock.held(column.at):
        typical_cases.note_view(any_house, column.case.number)
        typical_cases.note_view(any_house, column.case.number)
        typical_cases.choose_top(any_house, actor(any_house, "office"), 2023, [column.case.number], key="top")
        with any_house.database.reading() as session:
            assert shown.views_of(session, column.case.number) == 2
            assert shown.years(session) == [2023]
        typical_cases.take_down(any_house, actor(any_house, "office"), column.case.number, "企业要求下架", key="down")

    assert column.case.state == "taken_down"


def test_on_the_first_of_september_units_specialists_and_firms_with_a_title_are_asked_once(house: House) -> None:
    column = Column(house, SEPTEMBER.replace(month=8, day=31))
    column.specialist("wang")
    column.firm(2)  # without a title
    with clock.held(column.at):
        assert case_calls.call_for_cases(house) == 0
    with clock.held(SEPTEMBER):
        asked = case_calls.call_for_cases(house)
        assert case_calls.call_for_cases(house) == 0

    call = "2023年专精特新典型案例征集"
    assert [column.told(login) for login in ("contact.miit", "head.miit", "wang", "firm.1")] == [[call]] * 4
    assert (column.told("firm.2"), column.told("office")) == ([], [])
    assert asked == len(column.rows(Notification, title=call))

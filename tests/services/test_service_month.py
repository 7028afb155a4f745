"""专精特新企业服务月 through the command path: offers, calendar, invitations, days of activities, figures, demands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app import clock
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted, RuleViolation
from app.models.actual import IndicatorActual
from app.models.demand import Demand
from app.models.notification import Notification
from app.models.process import ProcessInstance
from app.models.service_month import ServiceMonth
from app.queries import activity_offers, service_months
from app.services import activity_reminders, units
from app.services.house import House
from app.services.openings import open_campaigns
from tests.factories import actor, house_on, load_office
from tests.services.december_report_walk import morning
from tests.services.libraries import code
from tests.services.service_months import Month, problem, row

LIBRARY = {"library_since": date(2022, 5, 1), "chain": "高端装备"}
TEXT = "服务月围绕融资、供需、人才等需求，组织了一批对接活动，企业反映良好，收集的问题已逐件转办，后续持续跟进落实。"


def in_library(house: House, *numbers: int) -> Month:
    month = Month(house)
    month.firms(*numbers, **LIBRARY)
    return month


def counted(month: Month) -> list[tuple[str, int]]:
    """Counted figures of indicators 24 and 26, by their notes."""
    return [(one.note.split("，")[0], int(one.value)) for one in month.rows(IndicatorActual, source="ledger")]


def reviewed(month: Month) -> Month:
    month.do("review_month", text=TEXT).do("sign_month_summary", outcome="yes")
    return month


def state(month: Month, business_key: str) -> tuple[str, str]:
    found = month.instance(business_key)
    return found.status, found.end_element


def test_the_first_of_june_opens_the_month_for_every_unit(house: House) -> None:
    with clock.held(morning("2022-06-01")):
        open_campaigns(house)
        open_campaigns(house)
    month = Month(house)

    assert [one.business_key for one in month.rows(ProcessInstance, duty="service_month")] == ["service_month:2022"]
    form = month.says("frame_month")
    assert (form["from_on"], form["to_on"]) == ("2022-09-01", "2022-09-30")
    month.framed(finance=10, supply=5)
    asked = [task.unit_id for task in month.tasks("offer_activities")]
    assert len(asked) == 28
    assert {"lfb", "hanjiang"} <= set(asked)
    assert "拟举办融资对接10场、供需对接5场" in month.form(month.tasks("offer_activities")[0])["month_words"]


def test_straight_to_an_activity_that_counts_and_the_signed_summary(house: House) -> None:
    month = in_library(house, *range(1, 8)).account(1)
    month.published(row(), row(title="数字化转型培训班", kind="training", on_day="2022-09-20"))
    assert month.rows(ServiceMonth)[0].number == "扬促中小办发〔2022〕1号"
    assert len(month.firms_of(1)) == len(month.firms_of(2)) == 7
    month.confirmed(1).confirmed(2).registered()

    month.held(1, 2, 3, 4, 5, amount_wan=3000, contracts=2)
    month.rated("yes").later(8)
    month.held(1, 2, number=2).later(12)

    assert [month.activity(number).state for number in (1, 2)] == ["held", "held"]
    assert counted(month) == [("台账自动计数1场", 1)]
    form = month.says("review_month")
    assert form["reach_words"] == "举办2场，到场企业7家次，覆盖企业5家；1家次评价，不足10家次，不计算满意率。"
    assert [(one["name"], one["held"], one["counted"]) for one in form["figures"]] == [
        ("融资对接", 1, 1),
        ("培训", 1, 0),
    ]
    reviewed(month)
    assert state(month, "service_month:2022") == ("completed", "month_closed")
    assert month.rows(ServiceMonth)[0].summary["text"] == TEXT
    titles = [note.title for note in month.rows(Notification)]
    assert titles[:2] == ["2022年服务月活动日历", "服务月活动邀请：银企融资对接会"]
    assert "请评价活动：银企融资对接会" in titles


def test_units_without_activities_and_units_that_are_silent_hold_nobody_up(house: House) -> None:
    month = in_library(house, 1).open().framed()
    tasks = month.tasks("offer_activities")
    month.send(next(task for task in tasks if task.unit_id == "lfb"), rows=[row()])
    month.send(next(task for task in tasks if task.unit_id == "miit"), none=True)

    month.later(20)

    words = month.says("compose_month")["summary"]
    assert words.startswith("28家单位中1家申报，共1项活动；无活动1家；未申报：")
    assert "市工信局" not in words
    month.approved()
    assert month.activity().unit_id == "lfb"


def test_enterprises_that_are_asked_twice_on_a_day_are_moved_while_composing(house: House) -> None:
    month = in_library(house, 1).open().framed()
    named = code(1)
    month.offered(lfb=[row(firms=named)], miit=[row(title="产业链供需对接会", kind="supply", firms=named)])
    offers = month.says("compose_month")["offers"]

    moved = [{**one, **({"on_day": "2022-09-15"} if one["no"] == 2 else {})} for one in offers]
    month.approved(offers=moved, added=[{"unit_name": "市科技局", **row(title="技术对接会", kind="technology")}])

    found = {month.activity(number).unit_id: month.activity(number).on_day.day for number in (1, 2, 3)}
    assert sorted(found.values()) == [14, 14, 15]
    assert found["sci"] == 14
    assert [one.code for number in (1, 2, 3) for one in month.firms_of(number)] == [named, named]


def test_the_leading_group_returns_the_plan_and_it_is_composed_again(house: House) -> None:
    month = in_library(house, 1).open().framed().offered(lfb=[row(), row(title="第二场对接会")])
    month.do("compose_month").do("sign_month", outcome="yes")
    month.do("approve_month", outcome="no", mode="online", opinion_text="两场合并为一场")

    form = month.says("compose_month")
    assert form["returned_opinion"].endswith("两场合并为一场")
    offers = [{**one, "is_kept": one["no"] == 1} for one in form["offers"]]
    month.approved(offers=offers)

    assert [one.title for one in month.tasks("confirm_activity")] == ["2022年服务月活动：银企融资对接会"]


def test_an_activity_that_moved_counts_on_the_day_it_was_held_and_moves_twice_at_most(house: House) -> None:
    month = in_library(house, *range(1, 7)).account(1).published(row()).confirmed()
    month.moved("2022-09-21").moved("2022-10-12")
    month.until(date(2022, 10, 12))
    with pytest.raises(InvalidForm):
        month.moved("2022-10-20")

    month.held(1, 2, 3, 4, 5).later(12)

    assert state(month, month.activity().key) == ("completed", "activity_closed")
    assert (month.activity().moves, month.activity().on_day) == (2, date(2022, 10, 12))
    assert counted(month) == [("台账自动计数1场", 1)]
    assert [note.title for note in month.rows(Notification)].count("活动改期：银企融资对接会") == 2


def test_a_cancelled_activity_is_told_and_counts_nowhere(house: House) -> None:
    month = in_library(house, 1).account(1).published(row()).confirmed().registered()
    with pytest.raises(NotPermitted):
        month.cancelled(login="contact.miit")
    with pytest.raises(InvalidForm):
        month.cancelled(reason="")

    month.cancelled()

    assert state(month, month.activity().key) == ("completed", "activity_dropped")
    assert (month.activity().state, month.activity().cancel_reason) == ("cancelled", "主讲人不能到场")
    assert "活动取消：银企融资对接会" in [note.title for note in month.rows(Notification)]
    assert counted(month) == []
    with pytest.raises(NotFound):
        month.cancelled()
    assert month.says("review_month")["open_words"] == "第1项“银企融资对接会”已取消"


def test_what_nobody_reports_is_entered_as_unreported_and_does_not_count(house: House) -> None:
    month = in_library(house, 1).published(row()).confirmed().until(date(2022, 9, 27))
    with pytest.raises(RuleViolation):
        month.unreported()
    month.until(date(2022, 9, 28))
    with pytest.raises(NotPermitted):
        month.unreported(login="contact.lfb")

    month.unreported()

    assert state(month, month.activity().key) == ("completed", "activity_closed")
    assert (month.activity().state, month.activity().is_counted) == ("unreported", False)
    assert month.tasks("report_activity") == []
    assert month.says("review_month")["open_words"] == "第1项“银企融资对接会”未反馈"


def test_two_problems_become_two_demands_once(house: House) -> None:
    month = in_library(house, *range(1, 6)).published(row()).confirmed()

    month.held(1, 2, 3, 4, 5, problems=[problem(1), problem(2, category="finance", title="流动资金贷款")]).later(12)

    found = month.rows(Demand)
    assert [(one.enterprise_id, one.category, one.channel) for one in found] == [
        (code(1), "land", "activity"),
        (code(2), "finance", "activity"),
    ]
    assert {one.raised_by for one in found} == {"市地方金融监管局"}
    assert len(month.rows(ProcessInstance, definition_key="demand_response")) == 2


def test_a_joint_activity_counts_once_for_the_organiser_named_first(house: House) -> None:
    month = in_library(house, *range(1, 6))
    month.published(row(title="产业链供需对接会", kind="supply", co_units="市商务局"), unit="miit").confirmed()

    month.held(1, 2, 3, 4, 5).later(12)

    assert month.activity().co_units == ["市商务局"]
    assert counted(month) == [("台账自动计数1场", 1)]


def test_four_enterprises_are_too_few_to_count(house: House) -> None:
    month = in_library(house, *range(1, 6)).published(row()).confirmed()

    month.held(1, 2, 3, 4).later(12)

    assert (month.activity().state, month.activity().firm_count, month.activity().is_counted) == ("held", 4, False)
    assert counted(month) == []


def test_two_that_are_open_after_the_month_are_listed_and_close_later(house: House) -> None:
    month = in_library(house, *range(1, 6)).published(row(), row(title="第二场对接会", on_day="2022-09-15"))
    month.confirmed(1).confirmed(2).until(date(2022, 10, 27))

    assert month.says("review_month")["open_words"] == "第1项“银企融资对接会”尚未登记；第2项“第二场对接会”尚未登记"
    reviewed(month).held(1, 2, 3, 4, 5).later(12)

    assert state(month, "service_month:2022") == ("completed", "month_closed")
    assert state(month, month.activity(1).key) == ("completed", "activity_closed")
    assert counted(month) == [("台账自动计数1场", 1)]


def test_an_enterprise_registers_while_there_are_seats_and_rates_what_it_was_at(house: House) -> None:
    month = in_library(house, *range(1, 8)).account(1).account(7, "other")
    month.published(row(firms="\n".join(code(number) for number in range(1, 6)))).confirmed(manner="invited", seats=5)
    with pytest.raises(NotFound):
        month.registered("other")
    month.registered()
    with pytest.raises(AlreadyDone):
        month.registered()
    with pytest.raises(NotFound):
        month.rated()

    month.held(1, 2, 3, 4, 5).rated("fair")

    assert [one.rating for one in month.firms_of() if one.code == code(1)] == ["fair"]
    month.later(12)
    with pytest.raises(AlreadyDone):
        month.rated()


def test_a_locality_invites_its_own_and_nobody_twice_on_one_day(house: House) -> None:
    month = in_library(house, 1, 2, 3)
    month.firms(4, **LIBRARY, locality_id="gaoyou")
    month.open().framed().offered(gaoyou=[row()], lfb=[row(title="市级对接会")]).approved()

    invited = {month.activity(number).unit_id: {one.code for one in month.firms_of(number)} for number in (1, 2)}

    assert invited["gaoyou"] | invited["lfb"] == {code(1), code(2), code(3), code(4)}
    assert not invited["gaoyou"] & invited["lfb"]


def test_the_successor_of_a_merged_unit_organises_what_it_had_planned(house: House) -> None:
    month = in_library(house, *range(1, 6)).published(row())
    with house.database.transaction() as session:
        units.merge_unit(session, actor(house, "system_admin"), "lfb", "pboc")
    month.later(0)

    month.confirmed()

    assert month.tasks("confirm_activity") == []
    month.cancelled(login="contact.pboc")
    assert month.activity().unit_id == "lfb"


def test_a_month_that_is_opened_twice_is_one(house: House) -> None:
    month = in_library(house, 1).open()
    first = month.id

    assert month.open().id == first
    assert len(month.rows(ProcessInstance, duty="service_month")) == 1


def test_a_month_runs_on_both_databases(database_url: str, tmp_path: Path) -> None:
    house = house_on(database_url, tmp_path)
    load_office(house)
    month = in_library(house, *range(1, 7)).account(1).published(row()).confirmed().registered()

    month.moved("2022-09-21").until(date(2022, 9, 21))
    month.held(1, 2, 3, 4, 5, amount_wan=800, problems=[problem(1)]).rated().later(12)

    assert counted(month) == [("台账自动计数1场", 1)]
    assert len(month.rows(Demand)) == 1
    with house.database.reading() as session:
        assert service_months.totals(session, 2022).reached == 5
        assert [line.rated for line in service_months.calendar(session, 2022).items] == [1]
        assert [own.rating for _, _, own in activity_offers.attended(session, code(1))] == ["yes"]
        assert activity_offers.offers(session, code(1), month.at.date()) == []
    reviewed(month)
    house.close()


def test_the_organiser_is_told_ten_and_three_working_days_before_and_who_registered_with_the_last(house: House) -> None:
    month = in_library(house, 1).account(1).published(row()).registered()

    def told(day: str) -> list[tuple[str, str]]:
        with clock.held(morning(day)):
            activity_reminders.remind_of_activities(house)
            activity_reminders.remind_of_activities(house)
        notes = [note for note in month.rows(Notification) if note.title == "服务月活动临近：银企融资对接会"]
        persons = {actor(house, login).person_id: login for login in ("contact.lfb", "firm")}
        return [(persons[note.person_id], note.text.partition("。")[2]) for note in notes]

    ten, three = ("contact.lfb", "距活动日还有10个工作日。"), "距活动日还有3个工作日。"
    assert told("2022-08-29") == []
    assert told("2022-08-30") == [ten]
    assert told("2022-08-31") == [ten]
    assert sorted(told("2022-09-08")) == sorted([ten, ("contact.lfb", three), ("firm", three)])
    assert len(told("2022-09-13")) == 3
    month.confirmed().moved("2022-09-28")
    assert len(told("2022-09-20")) == 4, "another day is told again"

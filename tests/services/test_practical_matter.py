"""办实事清单 through the command path: collected or adopted, approved, delivered, accepted, rated, summed up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from app import clock
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted
from app.models.december_report import Priority
from app.models.demand import Demand
from app.models.notification import Notification
from app.models.plan import Matter
from app.models.practical_matter import PracticalMatter
from app.models.process import ProcessInstance
from app.services import milestone_reminders, openings, outbox, practical_matters, processes, succession, tasks, units
from app.services.cases import NewDay
from app.services.house import House
from app.services.practical_matter.casework import CASEWORK
from app.services.work import Work
from tests.factories import actor
from tests.services.december_report_walk import morning
from tests.services.libraries import code
from tests.services.matters import APRIL_2022, MARCH_2023, SUMMARY, Matters
from tests.services.monitorings import Monitoring


def test_adopted_2022_takes_the_ten_matters_of_the_plan(house: House) -> None:
    matters = Matters(house, APRIL_2022).open()

    found = matters.rows(PracticalMatter, year=2022)
    tenth = found[9]
    assert len(found) == 10
    assert (tenth.lead_id, len(tenth.co_units)) == ("miit", 18)
    assert (found[7].quantity, found[7].quantity_unit) == (5000, "人")
    assert (matters.year_row().number, matters.year_row().is_adopted) == ("扬促中小办发〔2022〕8号", True)
    assert matters.open_elements() == ["set_milestones"]
    for number in range(1, 11):
        matters.of(number).planned().requested().judged()
    matters.later(20)
    assert matters.main().end_element == "list_closed"
    assert matters.year_row().report["accepted"] == list(range(1, 11))


def test_the_office_names_another_lead_for_what_has_none(house: House) -> None:
    matters = Matters(house, APRIL_2022).open(lead="drc").of(10)

    assert matters.matter().lead_id == "drc"
    assert matters.one("set_milestones").principal == "contact:drc"
    assert {row.lead_id for row in matters.rows(Matter, year=2022, number=10)} == {"drc"}


def test_straight_2023_from_fourteen_proposals_to_the_summary(house: House) -> None:
    matters = Matters(house).open()
    asked = matters.tasks("propose_matter")
    assert len(asked) == 19
    assert all(task.is_optional for task in asked)
    matters.proposed(14)
    form = matters.form(matters.tasks("choose_matters")[0])
    assert form["summary"] == "征集19个部门，提出项目14项，无建议5个部门。"
    assert len(form["matters"]) == 14

    matters.do("choose_matters", matters=[{**row, "is_chosen": True} for row in form["matters"][:10]])
    matters.countersigned().approved()

    row = matters.year_row()
    assert row.number == "扬促中小办发〔2023〕1号"
    assert row.published_on == date(2023, 3, 1)
    assert len(matters.rows(Matter, year=2023)) == 10
    for number in range(1, 11):
        matters.of(number).planned().requested().judged()
    matters.later(20)
    assert matters.main().end_element == "list_closed"
    assert matters.year_row().report["accepted"] == list(range(1, 11))
    assert {one.status for one in matters.rows(PracticalMatter)} == {"accepted"}


def test_what_was_said_before_stands_beside_the_forms(house: House) -> None:
    matters = Matters(house, APRIL_2022).open()
    with house.database.transaction() as session:
        told = {"year": 2023, "content": "组织银企对接，扩大首贷户", "instance_id": matters.main().id}
        session.add(Priority(unit_id="pboc", position=1, title="提升融资服务能力", **told))
        session.execute(update(PracticalMatter).where(PracticalMatter.number == 3).values(satisfaction=Decimal("91.5")))
    matters = Matters(house).open()

    (task,) = (task for task in matters.tasks("propose_matter") if task.item == "pboc")
    assert matters.form(task)["matters"] == [
        {
            "title": "提升融资服务能力",
            "content": "组织银企对接，扩大首贷户",
            "is_own_lead": True,
            "ground": "上年反馈的工作重点",
        }
    ]
    matters.proposed(0)
    texts = [row["text"] for row in matters.form(matters.tasks("choose_matters")[0])["grounds"]]
    assert "深化金融服务专精特新企业：满意度91.5%" in texts
    assert "市人行：提升融资服务能力。组织银企对接，扩大首贷户" in texts


def test_without_proposals_the_office_draws_the_list_up(house: House) -> None:
    matters = Matters(house).open().goes_to(date(2023, 3, 16))
    assert matters.open_elements() == ["choose_matters"]

    matters.chosen().countersigned().approved()

    assert matters.open_elements() == ["set_milestones"]


def test_an_objection_is_listed_and_blocks_nothing(house: House) -> None:
    matters = Matters(house).open().proposed(0).chosen()
    first, *others = matters.tasks("countersign_matters")
    matters.send(first, outcome="remark", opinion_text="第2项与现行政策重复，建议合并")
    for other in others[:-1]:
        matters.send(other, outcome="yes")
    matters.goes_to(date(2023, 3, 8))

    opinions = {row["unit"]: row for row in matters.form(matters.tasks("sign_matters")[0])["opinions"]}

    assert opinions[first.item]["text"] == "第2项与现行政策重复，建议合并"
    assert opinions[others[-1].item]["answer"] == "逾期未会签，视为无意见"
    assert matters.approved().year_row().published_on == date(2023, 3, 8)


def test_a_returned_list_is_chosen_again_with_its_draft(house: House) -> None:
    matters = Matters(house).open().proposed(0).chosen().countersigned()
    matters.do("sign_matters", "signer", outcome="yes")
    matters.do("approve_matters", "leader", outcome="no", opinion_text="请压减为九项，突出融资")

    form = matters.form(matters.tasks("choose_matters")[0])

    assert form["returned_opinion"] == "郑国梁：请压减为九项，突出融资"
    rows = [{**row, "is_chosen": place < 9, "place": 10 - place} for place, row in enumerate(form["matters"])]
    matters.do("choose_matters", matters=rows).countersigned().approved()
    titles = [row.title for row in matters.rows(PracticalMatter)]
    assert titles == [f"惠企实事项目{number:02}" for number in range(9, 0, -1)]


def test_an_acceptance_without_evidence_is_asked_again_and_only_the_named_step_is_open(house: House) -> None:
    matters = Matters(house).published().planned().requested()
    matters.judged("returned", refused=2, remark="兑付名单不全")

    task = matters.one("request_acceptance")
    form = matters.form(task)
    assert task.due_on == date(2023, 3, 6)
    assert form["returned_opinion"] == "周文博：兑付名单不全"
    assert form["milestones"][1]["point"] == "请补充兑付名单"
    rows = [{**row, "is_done": row["no"] == 2, "evidence": ["other"]} for row in form["milestones"]]
    matters.send(task, milestones=rows)
    matters.send(matters.one("sign_acceptance"), outcome="yes")
    assert [row.evidence for row in matters.milestones()] == [["file"], ["other"], ["file"], ["file"]]
    matters.judged().later(20)
    assert (matters.item().end_element, matters.matter().round) == ("matter_finished", 2)


def test_beyond_the_second_return_it_is_accepted_or_partly_so_with_a_word(house: House) -> None:
    matters = Matters(house).published().planned().requested()
    for _ in range(2):
        matters.judged("returned", refused=2).requested()

    with pytest.raises(InvalidForm):
        matters.judged("returned", refused=2)
    with pytest.raises(InvalidForm):
        matters.judged("partly", refused=2)
    matters.judged("partly", refused=2, remark="第二批次尚未兑付，转入下一年").later(20)

    assert (matters.matter().status, matters.matter().ratio) == ("partly", Decimal("0.75"))
    assert matters.item().end_element == "matter_finished"


def test_partly_a_quantity_that_was_not_reached(house: House) -> None:
    matters = Matters(house).published()
    steps = [matters.milestone(number) for number in (1, 2, 3)]
    matters.planned(*steps, matters.milestone(4, goal=5000, goal_unit="人")).requested(no_4=4000)

    form = matters.form(matters.one("accept_matter"))
    assert form["proposal"] == "完成率95%，建议部分完成"
    assert form["milestones"][3]["reported"] == "已完成，完成4,000人，目标5,000人"
    with pytest.raises(InvalidForm):
        matters.judged()
    matters.judged("partly", remark="培训人数未达目标").later(20)

    assert (matters.matter().status, matters.matter().ratio) == ("partly", Decimal("0.95"))


def test_a_matter_is_dropped_in_july_and_reported_so(house: House) -> None:
    matters = Matters(house).published().planned().goes_to(date(2023, 7, 5))
    with pytest.raises(NotPermitted):
        matters.dropped("contact.miit")
    with pytest.raises(InvalidForm):
        matters.dropped(reason=" ")

    matters.dropped()

    assert matters.item().end_element == "matter_stopped"
    assert matters.matter().note == "领导小组第三次会议决定调整"
    assert all(task.instance_id != matters.item().id for task in matters.tasks())
    with pytest.raises(NotFound):
        matters.dropped()
    for number in range(2, 11):
        matters.of(number).planned().requested().judged()
    matters.later(20)
    assert matters.year_row().report["dropped"] == [1]
    assert matters.main().end_element == "list_closed"


def test_the_message_of_a_program_drops_a_matter_too(house: House) -> None:
    matters = Matters(house).published()
    with clock.held(matters.at):
        who = actor(house, "office")
        processes.deliver(house, who, practical_matters.DROPPED, "practical_matter_item:2023:01", key="drop")
        outbox.drain(house)

    assert (matters.matter().status, matters.item().end_element) == ("dropped", "matter_stopped")


def test_what_is_open_on_15_january_is_named_and_goes_on(house: House) -> None:
    matters = Matters(house).published().planned()

    matters.goes_to(date(2024, 1, 16), hour=1)

    assert matters.main().end_element == "list_closed"
    assert matters.year_row().report["open"] == list(range(1, 11))
    task = matters.one("request_acceptance")
    assert task.due_on == date(2023, 11, 20)
    matters.requested().judged().later(20)
    assert matters.item().end_element == "matter_finished"
    assert (matters.matter().late_days or 0) > 30


def test_nine_ratings_give_no_figure_and_ten_do(house: House) -> None:
    matters = Matters(house)
    matters.firms(*range(1, 41))
    matters.published().planned().requested(firms=tuple(range(1, 41))).judged()
    assert len(matters.ratings()) == matters.matter().asked_count == 30
    matters.rated(*["satisfied"] * 9)
    matters.of(2).planned().requested(firms=tuple(range(1, 21))).judged()
    matters.rated(*["satisfied"] * 8, "mostly", "unsatisfied")

    matters.later(20)

    few, enough = matters.of(1).matter(), matters.of(2).matter()
    assert (few.rated_count, few.satisfaction) == (9, None)
    assert (enough.rated_count, enough.satisfaction) == (10, Decimal("90.0"))
    assert matters.of(1).item().end_element == "matter_finished"


def test_an_enterprise_rates_once_its_own_and_in_time(house: House) -> None:
    matters = Matters(house)
    matters.firms(1, 2).account(1, "firm.one").account(2, "firm.two")
    matters.published().planned().requested(firms=(1, 2)).judged()
    own, other = sorted(matters.ratings(), key=lambda row: row.enterprise_id)

    def rate(row: Any, login: str = "firm.one", grade: str = "mostly") -> None:
        with clock.held(matters.at):
            practical_matters.rate(house, actor(house, login), row.id, grade, "很及时", key=matters.key())

    with pytest.raises(NotFound):
        rate(other)
    with pytest.raises(InvalidForm):
        rate(own, grade="excellent")
    rate(own)
    with pytest.raises(AlreadyDone):
        rate(own)
    matters.later(20)
    with pytest.raises(AlreadyDone):
        rate(other, "firm.two")
    assert matters.matter().rated_count == 1


def test_a_matter_of_the_offices_own_unit_is_accepted_by_somebody_else(house: House) -> None:
    matters = Matters(house).published().of(4)
    assert matters.matter().lead_id == "miit"
    matters.planned().requested()

    with pytest.raises(NotPermitted):
        matters.judged(login="office.miit")
    matters.judged(login="office.drc").later(20)

    assert matters.item().end_element == "matter_finished"


def test_an_extension_of_the_request_is_what_its_timeliness_is_measured_by(house: House) -> None:
    matters = Matters(house).published().planned().goes_to(date(2023, 11, 15))
    task = matters.one("request_acceptance")
    with clock.held(matters.at), house.database.writing() as connection:
        work = Work(house, connection, actor(house, "office"), matters.at, "move")
        new_day = NewDay("extension", "材料未齐", date(2023, 12, 8), task_id=task.id)
        CASEWORK.day_moved(work.case(task.instance_id), "request_acceptance", task.due_on, new_day)

    matters.goes_to(date(2023, 12, 6)).requested()

    assert (matters.matter().by_on, matters.matter().late_days) == (date(2023, 12, 8), 0)


def test_opened_twice_gives_one_list(house: House) -> None:
    matters = Matters(house).open().open()

    assert len(matters.rows(ProcessInstance, definition_key="practical_matter")) == 1


def test_a_merged_leads_successor_goes_on_with_its_matter(house: House) -> None:
    matters = Matters(house).published().planned()
    lead = matters.matter().lead_id
    with clock.held(matters.at):
        with house.database.transaction() as session:
            units.merge_unit(session, actor(house, "system_admin"), lead, "drc")
        succession.move_to_successor(house, actor(house, "system_admin"), lead)

    assert matters.one("request_acceptance").principal == "contact:drc"


def test_the_monitoring_asks_for_the_matter_with_its_next_step_until_it_is_accepted(house: House) -> None:
    matters = Matters(house).published().of(2).planned()
    monitoring = Monitoring(house, "sci", "2023-Q2")
    monitoring.start()
    asked = {row["no"]: row for row in monitoring.form(monitoring.tasks("fill_progress")[0])["matters"]}
    assert asked[2]["milestone"] == "2023年6月28日前：完成第1批次兑付"
    answers = monitoring.filled()
    told = [{**row, "state": "on_schedule", "note": "第一批次已兑付", "percent": 40} for row in answers["matters"]]
    monitoring.fill(answers={**answers, "matters": told}).signed().verified()

    assert matters.form(matters.one("request_acceptance"))["progress"] == "2023-Q2：按序推进，进度40%。第一批次已兑付"
    matters.requested().judged()
    later = Monitoring(house, "sci", "2023-Q3", morning("2023-10-09"))
    later.start()
    asked = {row["no"]: row for row in later.form(later.tasks("fill_progress")[0])["matters"]}
    assert 2 not in asked


def test_the_figure_of_the_linked_indicator_is_filled_in(house: House) -> None:
    matters = Matters(house, APRIL_2022).open().of(8)
    matters.planned(matters.milestone(1), matters.milestone(2, goal=5000, goal_unit="人"))
    with house.database.transaction() as session:
        from app.models.actual import IndicatorActual
        from app.models.plan import Indicator

        session.add(
            IndicatorActual(
                indicator_id=session.scalars(select(Indicator.id).where(Indicator.number == 22)).one(),
                year=2022,
                as_of=date(2022, 9, 30),
                value=Decimal(5200),
                nature="actual",
                source="department",
                unit_id="hrss",
                note="",
                instance_id=matters.item().id,
                recorded_at=clock.now(),
                recorded_by="contact.hrss",
            )
        )

    assert matters.form(matters.one("request_acceptance"))["milestones"][1]["value"] == 5200


def test_a_lead_is_told_five_working_days_before_a_step_once(house: House) -> None:
    matters = Matters(house).published().of(2).planned()

    def told(day: str) -> list[str]:
        with clock.held(morning(day)):
            milestone_reminders.remind_of_milestones(house)
        found = matters.rows(Notification, person_id=actor(house, "contact.sci").person_id)
        return [row.text for row in found if row.title == "办实事节点临近：惠企实事项目02"]

    assert told("2023-06-16") == []
    assert told("2023-06-20") == ["2023年6月28日前：完成第1批次兑付。"]  # the holiday in between counts no day
    assert told("2023-06-21") == told("2023-06-20")


def test_firms_that_the_lead_served_are_filled_in(house: House) -> None:
    matters = Matters(house)
    matters.firms(1, 2, 3)
    matters.published().of(2).planned()
    told = {
        "year": 2023,
        "channel": "portal",
        "category": "finance",
        "title": "续贷",
        "text": "续贷",
        "state": "closed",
    }
    told |= {"raised_by": "x", "raised_on": date(2023, 5, 4), "raised_at": matters.at}
    with house.database.transaction() as session:
        for number, unit, answered in ((1, "sci", date(2023, 5, 9)), (2, "sci", None), (3, "fin", date(2023, 5, 9))):
            own = {"number": f"2023-{number:06}", "source_key": f"k{number}", "enterprise_id": code(number)}
            session.add(Demand(**own, unit_id=unit, answered_on=answered, **told))

    assert matters.form(matters.one("request_acceptance"))["firms"] == code(1)


def test_two_persons_accept_and_the_second_is_told(house: House) -> None:
    matters = Matters(house).published().planned().requested()
    task = matters.one("accept_matter")
    answers = {**matters.form(task), "outcome": "accepted", "quality_level": "good"}
    matters.judged()
    second = actor(house, "office.drc")

    with clock.held(matters.at), pytest.raises(AlreadyDone):
        tasks.complete(house, second, task.id, answers, key="second")


def test_the_calendar_opens_it_with_the_plan_and_then_each_first_of_march(house: House) -> None:
    def keys(day: str) -> list[str]:
        with clock.held(morning(day)):
            openings.open_campaigns(house)
        with house.database.reading() as session:
            found = select(ProcessInstance.business_key).where(ProcessInstance.definition_key == "practical_matter")
            return sorted(session.scalars(found))

    assert keys("2022-04-15") == []
    assert keys("2022-04-18") == ["practical_matter:2022"]
    assert keys("2023-02-28") == ["practical_matter:2022"]
    assert keys("2023-03-01") == ["practical_matter:2022", "practical_matter:2023"]


def test_it_runs_on_both_databases(any_house: House) -> None:
    matters = Matters(any_house, MARCH_2023)
    matters.firms(1, 2)
    matters.open().proposed(2).chosen().countersigned().approved()
    matters.planned().requested(firms=(1, 2)).judged("returned", refused=1).requested(firms=(1, 2)).judged()
    matters.rated("satisfied").of(2).dropped().goes_to(date(2024, 1, 16))

    report = matters.year_row().report
    assert (report["accepted"], report["dropped"], report["open"]) == ([1], [2], list(range(3, 11)))
    assert SUMMARY in matters.row("request", business_key="practical_matter_item:2023:01")["summary"]

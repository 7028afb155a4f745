"""运行监测 through the command path: filled in, verified by exception, recorded, corrected, and what lags decided."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from app import clock
from app.clock import ZONE
from app.errors import InvalidForm, NotPermitted, RuleViolation
from app.models.consultation import Consultation, DecidedAction
from app.models.organization import Unit
from app.models.outbox import OutboxRow
from app.models.plan import Indicator
from app.models.process import ProcessInstance, WorkingRow
from app.models.progress_monitoring import LagAct, ProgressFigure, ProgressNote, ProgressReport
from app.services import openings, outbox, processes, units
from app.services.house import House
from app.services.task_forms import open_form
from tests.factories import actor
from tests.services.december_report_walk import morning
from tests.services.monitorings import TEXT, Monitoring
from tests.services.test_counted_figures import giants


def report(monitoring: Monitoring, **where: object) -> ProgressReport:
    return monitoring.rows(ProgressReport, **(where or {"unit_id": monitoring.unit, "period": monitoring.period}))[-1]


def opened(monitoring: Monitoring) -> Monitoring:
    monitoring.start()
    return monitoring


def key(number: int) -> str:
    return f"figures.{number}"


def test_a_report_is_filled_in_signed_verified_and_recorded(house: House) -> None:
    monitoring = opened(Monitoring(house))
    number = monitoring.numbers()[0]

    monitoring.fill({number: 7}).signed()

    form = monitoring.form(monitoring.tasks("verify_progress")[0])
    assert form["rows"][0]["why"] != "机器核验通过"
    monitoring.verified()
    assert monitoring.instance(monitoring.business_key).end_element == "period_recorded"
    assert monitoring.figures_of(number) == [(7, "department", date(2023, 6, 30))]
    figure = next(row for row in monitoring.rows(ProgressFigure) if row.value == 7)
    assert (figure.verified_by, figure.period, figure.is_basis_open) == ("office.drc", "2023-Q2", False)
    told = report(monitoring)
    assert (told.status, told.late_days, told.is_checked, told.quality) == ("accepted", 0, True, "good")
    assert {row.kind for row in monitoring.rows(ProgressNote)} >= {"measure"}


def test_a_second_quiet_period_needs_nobody_of_the_office(house: House) -> None:
    first = opened(Monitoring(house, period="2023-Q1", at=datetime(2023, 4, 3, 9, tzinfo=ZONE)))
    first.fill().signed().verified()
    monitoring = opened(Monitoring(house, period="2023-Q3", at=datetime(2023, 10, 9, 9, tzinfo=ZONE)))

    form = monitoring.form(monitoring.tasks("fill_progress")[0])
    assert {row["last_value"] for row in form["figures"]} == {1}
    monitoring.fill().signed()

    done = monitoring.instance(monitoring.business_key)
    assert done.status == "completed" or monitoring.open_elements() == ["verify_progress"]  # one in ten is drawn
    assert "first" not in str(monitoring.rows(WorkingRow, instance_id=done.id, kind="exception"))


def test_a_count_is_confirmed_and_cannot_be_typed_over(house: House) -> None:
    giants(house, 1, 2, 3, on="2023-05-10")
    monitoring = opened(Monitoring(house, unit="miit"))
    task = monitoring.tasks("fill_progress")[0]

    with clock.held(monitoring.at), house.database.reading() as session:
        form = open_form(house, session, actor(house, "contact.miit"), task, None)
    at = next(index for index, row in enumerate(form.data["figures"]) if row["no"] == 2)
    assert form.data["figures"][at]["value"] == 3
    assert {f"figures.{at}.value", f"figures.{at}.source"} <= set(form.locked)
    assert form.marks[f"figures.{at}.value"]["text"] == "台账自动计数，截至2023年6月30日"

    monitoring.fill({2: 99}).signed().verified()
    assert {value for value, _source, _as_of in monitoring.figures_of(2)} == {3}
    indicator = monitoring.rows(Indicator, number=2)[0].id
    assert [int(row.value) for row in monitoring.rows(ProgressFigure, indicator_id=indicator)] == [3]


def test_who_does_not_agree_with_a_count_says_why_and_is_verified(house: House) -> None:
    giants(house, 1, 2, 3, on="2023-05-10")
    monitoring = opened(Monitoring(house, unit="miit"))
    answers = monitoring.filled()
    row = next(row for row in answers["figures"] if row["no"] == 2)
    row |= {"own_value": 4, "next_value": 5}

    with pytest.raises(InvalidForm) as refused:
        monitoring.fill(answers=answers)
    assert "与台账计数不一致，请说明原因" in [text for _, text in refused.value.errors]

    row |= {"change_reason": "一家已公示待公布", "evidence": ["file"]}
    monitoring.fill(answers=answers).signed()
    rows = {row["key"]: row for row in monitoring.form(monitoring.tasks("verify_progress")[0])["rows"]}
    assert rows["figures.2"]["why"] == "与台账计数不一致"
    monitoring.verified()
    assert monitoring.figures_of(2)[-1] == (4, "department", date(2023, 6, 30))


def test_only_returned_rows_are_asked_again_and_the_others_are_recorded_at_once(house: House) -> None:
    monitoring = opened(Monitoring(house))
    number, *others = monitoring.numbers()
    monitoring.fill({number: 7}).signed()
    rows = monitoring.form(monitoring.tasks("verify_progress")[0])["rows"]

    returned = [
        {**row, "verdict": "returned", "point": "请附名单"} if row["key"] == key(number) else row for row in rows
    ]
    monitoring.verified(outcome="returned", quality_level=None, rows=returned)

    assert monitoring.figures_of(number) == []
    assert all(monitoring.figures_of(other) for other in others)
    task = monitoring.tasks("fill_progress")[0]
    assert task.due_on == date(2023, 7, 6)
    form = monitoring.form(task)
    assert form["return_points"][0]["point"] == "请附名单"
    changed = [{**row, "value": 6} for row in form["figures"]]
    monitoring.do("fill_progress", f"contact.{monitoring.unit}", figures=changed)
    monitoring.signed().verified()
    assert monitoring.figures_of(number) == [(6, "department", date(2023, 6, 30))]
    assert all(len(monitoring.figures_of(other)) == 1 for other in others)
    assert report(monitoring).round == 2


def test_beyond_the_second_return_nothing_is_returned(house: House) -> None:
    monitoring = opened(Monitoring(house)).fill().signed()
    for _ in range(2):
        monitoring.verified(outcome="returned", quality_level=None, opinion_text="数据不实，请重报")
        monitoring.fill().signed()

    with pytest.raises(InvalidForm) as refused:
        monitoring.verified(outcome="returned", quality_level=None, opinion_text="仍不实")
    assert ("outcome", "已退回两次，不能再次退回，请通过或提请会商") in refused.value.errors
    monitoring.verified(opinion_text="下期须附名单")
    assert report(monitoring).status == "accepted"


def test_what_was_taken_back_counts_no_round(house: House) -> None:
    monitoring = opened(Monitoring(house)).fill().signed().withdraw()
    assert monitoring.open_elements() == ["fill_progress"]

    monitoring.fill().signed()

    assert report(monitoring).round == 1
    monitoring.verified()
    assert report(monitoring).status == "accepted"


def test_the_head_sends_the_draft_back_and_it_is_kept(house: House) -> None:
    monitoring = opened(Monitoring(house))
    number = monitoring.numbers()[0]
    monitoring.fill({number: 9}).signed("no", opinion_text="请核对")

    form = monitoring.form(monitoring.tasks("fill_progress")[0])
    assert next(row["value"] for row in form["figures"] if row["no"] == number) == 9


def test_a_late_unit_is_supervised_and_its_day_of_submission_stays(house: House) -> None:
    monitoring = opened(Monitoring(house)).later(16)
    assert "decide_missing" in monitoring.open_elements()
    shown = monitoring.form(monitoring.tasks("decide_missing")[0])
    assert shown["late_note"].startswith("已超")

    monitoring.do("decide_missing", "office.drc", outcome="order", note="请今日报送")
    monitoring.later(0)

    messages = [row.payload for row in monitoring.rows(OutboxRow, kind="message")]
    assert "supervision_wanted" in [row["name"] for row in messages]
    orders = [row for row in monitoring.rows(ProcessInstance) if row.definition_key == "supervision_order"]
    assert [row.unit_id for row in orders] == ["sci"]
    monitoring.fill().signed()
    assert report(monitoring).late_days == 3


def test_the_report_closes_the_decision_that_is_still_open(house: House) -> None:
    monitoring = opened(Monitoring(house)).later(16)

    monitoring.fill().signed()

    assert "decide_missing" not in monitoring.open_elements()


def test_a_lagging_figure_is_watched_and_another_becomes_an_order(house: House) -> None:
    monitoring = opened(Monitoring(house))
    one, other = monitoring.numbers()[:2]
    monitoring.target(one, 40).target(other, 50)
    monitoring.fill().signed().verified()

    rows = monitoring.form(monitoring.tasks("handle_lag")[0])["rows"]
    assert [row["key"] for row in rows] == [key(one), key(other)]
    decided = [
        {**rows[0], "outcome": "watch"},
        {**rows[1], "outcome": "order", "text": "请于一个月内赶上序时进度"},
    ]
    monitoring.do("handle_lag", "office.drc", rows=decided).later(0)

    assert monitoring.instance(monitoring.business_key).end_element == "period_recorded"
    assert [row.outcome for row in monitoring.rows(LagAct)] == ["watch", "order"]
    orders = [row for row in monitoring.rows(ProcessInstance) if row.definition_key == "supervision_order"]
    assert [row.unit_id for row in orders] == ["sci"]


def test_an_unclear_basis_goes_to_a_consultation_and_waits_no_longer_than_twenty_days(house: House) -> None:
    monitoring = opened(Monitoring(house))
    number = monitoring.numbers()[0]
    monitoring.fill({number: 5}).signed()
    rows = monitoring.form(monitoring.tasks("verify_progress")[0])["rows"]
    unclear = [{**row, "verdict": "unclear"} if row["key"] == key(number) else row for row in rows]

    monitoring.verified(outcome="basis_unclear", quality_level=None, opinion_text="迁入企业是否计入", rows=unclear)
    monitoring.later(0)

    assert len(monitoring.rows(Consultation)) == 1
    assert monitoring.figures_of(number) == []
    monitoring.later(29)
    assert monitoring.instance(monitoring.business_key).status == "completed"
    indicator = monitoring.rows(Indicator, number=number)[0].id
    assert [row.is_basis_open for row in monitoring.rows(ProgressFigure, indicator_id=indicator)] == [True]
    assert monitoring.figures_of(number) == [(5, "department", date(2023, 6, 30))]


def test_the_consultations_number_is_recorded(house: House) -> None:
    monitoring = opened(Monitoring(house))
    number = monitoring.numbers()[0]
    monitoring.fill({number: 5}).signed()
    rows = monitoring.form(monitoring.tasks("verify_progress")[0])["rows"]
    unclear = [{**row, "verdict": "unclear"} if row["key"] == key(number) else row for row in rows]
    monitoring.verified(outcome="basis_unclear", quality_level=None, opinion_text="迁入企业是否计入", rows=unclear)
    monitoring.later(0)

    monitoring.settle("direct", reason="已有明确口径")
    decided = [{"no": 1, "value": "迁入企业不计入"}, {"no": 2, "value": "4"}]
    monitoring.do("decide_directly", answers=decided, ground="按附件1口径，只计本市新获评的企业")
    monitoring.later(0)

    assert monitoring.figures_of(number) == [(4, "department", date(2023, 6, 30))]


def test_a_recorded_figure_is_corrected_with_a_reason_and_both_stay(house: House) -> None:
    monitoring = opened(Monitoring(house))
    number = monitoring.numbers()[0]
    monitoring.fill({number: 41}).signed().verified()

    with pytest.raises(RuleViolation):
        monitoring.start("contact.sci", correct=number)
    with pytest.raises(NotPermitted):
        monitoring.start("contact.drc", correct=number, reason="重复计入三家")
    monitoring.start("contact.sci", correct=number, reason="重复计入三家")
    form = monitoring.form(monitoring.tasks("fill_progress")[0])
    assert [(row["no"], row["value"]) for row in form["figures"]] == [(number, 41)]
    answers = {"figures": [{**form["figures"][0], "value": 38, "change_reason": "重复计入三家"}]}
    monitoring.fill(answers=answers).signed().verified()

    assert [value for value, _, _ in monitoring.figures_of(number)] == [41, 38]
    assert report(monitoring, correction=1).status == "accepted"


def test_a_falling_count_is_refused_with_its_sentence(house: House) -> None:
    first = opened(Monitoring(house, period="2023-Q1", at=datetime(2023, 4, 3, 9, tzinfo=ZONE)))
    with house.database.reading() as session:
        wanted = select(Indicator.number).where(Indicator.lead_id == "sci", Indicator.kind == "newly_added")
        number = session.scalars(wanted.order_by(Indicator.number)).first()
    assert number is not None
    first.fill({number: 10}).signed().verified()
    monitoring = opened(Monitoring(house))

    with pytest.raises(InvalidForm) as refused:
        monitoring.fill({number: 9})
    assert "累计数不得小于上期（10），如为更正请选择“更正”" in [text for _, text in refused.value.errors]
    monitoring.fill({number: 12}).signed()


def test_an_action_of_a_consultation_is_reported_until_it_is_done(house: House) -> None:
    with clock.held(morning("2023-07-03")), house.database.transaction() as session:
        told = {
            "key": "consultation:2023-01",
            "year": 2023,
            "serial": 1,
            "subject": "口径",
            "opened_on": date(2023, 6, 1),
        }
        session.add(Consultation(**told))
        session.flush()
        due = date(2023, 9, 30)
        action = DecidedAction(consultation_key=told["key"], unit_id="edu", content="报送名单", due_on=due)
        session.add(action)
    monitoring = opened(Monitoring(house, unit="edu"))

    form = monitoring.form(monitoring.tasks("fill_progress")[0])
    assert [(row["title"], row["origin"]) for row in form["actions"]] == [("报送名单", "会商决定（2023-01）")]
    answers = {**monitoring.filled(), "actions": [{**form["actions"][0], "state": "done", "note": TEXT}]}
    monitoring.fill(answers=answers).signed().verified()
    assert [row.state for row in monitoring.rows(DecidedAction)] == ["done"]


def test_who_has_nothing_to_tell_gets_no_form(house: House) -> None:
    monitoring = opened(Monitoring(house, unit="edu"))

    assert monitoring.instance(monitoring.business_key).end_element == "nothing_to_report"
    assert monitoring.tasks() == []


def test_the_rows_of_a_merged_unit_stand_in_its_successors_form(house: House) -> None:
    monitoring, successor = opened(Monitoring(house)), opened(Monitoring(house, unit="miit"))
    numbers = monitoring.numbers()

    with clock.held(monitoring.at):
        with house.database.transaction() as session:
            units.merge_unit(session, actor(house, "system_admin"), "sci", "miit")
        outbox.drain(house)

    assert monitoring.instance(monitoring.business_key).end_element == "period_moved"
    form = successor.form(successor.tasks("fill_progress")[0])
    assert set(numbers) <= {row["no"] for row in form["figures"]}


def test_the_same_key_opened_twice_is_one_instance(house: House) -> None:
    monitoring = Monitoring(house)

    assert monitoring.start() == monitoring.start()


def test_a_unit_cannot_verify_its_own_report(house: House) -> None:
    monitoring = opened(Monitoring(house, unit="miit")).fill().signed()

    with pytest.raises(NotPermitted):
        monitoring.do("verify_progress", "office.miit", outcome="accepted", quality_level="good")


def test_the_calendar_opens_each_period_after_it_for_leads_and_localities(house: House) -> None:
    def keys(day: str) -> list[str]:
        with clock.held(morning(day)):
            openings.open_campaigns(house)
        with house.database.reading() as session:
            found = select(ProcessInstance.business_key).where(ProcessInstance.duty == "progress_monitoring")
            return sorted(session.scalars(found))

    assert keys("2022-04-20") == []
    assert keys("2022-06-30") == []
    opened_keys = keys("2022-07-01")
    with house.database.reading() as session:
        localities = [row.id for row in session.scalars(select(Unit)) if row.is_locality]
    assert len(localities) == 9
    assert {f"progress_monitoring:2022-Q2:{unit}" for unit in [*localities, "miit"]} <= set(opened_keys)
    assert "progress_monitoring:2022-Q2:edu" not in opened_keys
    assert keys("2022-07-20") == opened_keys


def test_a_period_that_has_not_ended_is_not_opened(house: House) -> None:
    with pytest.raises(RuleViolation):
        Monitoring(house, period="2023-Q3").start()
    with pytest.raises(RuleViolation), clock.held(morning("2023-07-03")):
        processes.start(
            house, actor(house, "office"), "progress_monitoring", {"period": "2023", "unit": "sci"}, key="k"
        )


def test_it_runs_on_both_databases(any_house: House) -> None:
    giants(any_house, 1, 2, 3, on="2023-05-10")
    monitoring = opened(Monitoring(any_house, unit="miit"))
    one = next(number for number in monitoring.numbers() if number != 2)
    monitoring.target(one, 40).fill().signed().withdraw().fill().signed()
    monitoring.verified(outcome="returned", quality_level=None, opinion_text="请核对")
    monitoring.fill().signed().verified()
    rows = monitoring.form(monitoring.tasks("handle_lag")[0])["rows"]
    told = [{**row, "outcome": "consultation", "text": "请会商明确赶进度的措施"} for row in rows]

    monitoring.do("handle_lag", "office.drc", rows=told).later(0)

    assert monitoring.instance(monitoring.business_key).end_element == "period_recorded"
    assert len(monitoring.rows(Consultation)) == len(rows) == 1
    monitoring.start("contact.miit", correct=one, reason="重复计入一家")
    assert monitoring.open_elements() == ["fill_progress", "set_consultation"]

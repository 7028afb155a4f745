"""会商 through the command path: asked for by a duty, answered in writing, decided in a meeting, told to who asked."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import InvalidForm, NotPermitted, RuleViolation
from app.models.consultation import (
    Consultation,
    ConsultationCaller,
    ConsultationDecision,
    DecidedAction,
    MeetingAttendance,
)
from app.models.notification import Notification
from app.models.outbox import OutboxRow
from app.queries.actor import CLOCK
from app.services import processes
from app.services.consultation.decisions import decision_for
from app.services.house import House
from tests.factories import actor
from tests.services.consultations import CALLER, QUESTION, Office


def messages(office: Office) -> list[tuple[str, str]]:
    rows = office.rows(OutboxRow, kind="message")
    return sorted((row.payload["key"], row.payload["name"]) for row in rows)


def test_three_equal_answers_are_signed_by_the_office_and_bind_the_caller(house: House) -> None:
    office = Office(house).ask().settle()
    assert [task.unit_id for task in office.tasks()] == ["drc", "miit", "sci"]

    office.answer(miit="30", sci="30", drc="30")

    form = office.form(office.tasks("draft_minutes")[0])
    assert form["decisions"][0]["value"] == "30"
    assert form["needs_leader"] is False
    office.do("draft_minutes").do("sign_minutes", outcome="yes")
    assert office.instance().status == "completed"
    assert messages(office) == [(CALLER, "consultation_decided")]
    with house.database.reading() as session:
        decided = decision_for(session.connection(), CALLER)
    assert decided is not None
    assert decided.values == {1: "30"}
    assert decided.number == "扬促中小办纪〔2023〕1号"


def test_the_silent_unit_of_three_is_named_in_the_minutes(house: House) -> None:
    office = Office(house).ask().settle().answer(miit="30", sci="30")
    assert office.open_elements() == ["answer_consultation"]

    office.later(8)

    form = office.form(office.tasks("draft_minutes")[0])
    assert form["silent_units"] == "市发改委"
    assert "市发改委未反馈" in form["opinions"]


def test_different_answers_are_decided_in_a_meeting(house: House) -> None:
    office = Office(house).ask().settle().answer(miit="30", sci="30", drc="28")
    assert office.open_elements() == ["call_meeting"]
    meeting = {"meeting_on": "2023-06-06", "meeting_time": "14:30", "place": "市政府三号会议室", "chair": "郑国梁"}

    office.do("call_meeting", **meeting)

    assert office.open_elements() == []
    office.later(6)
    attendance = [
        {"unit": "miit", "state": "attended"},
        {"unit": "sci", "state": "excused"},
        {"unit": "drc", "state": "absent"},
    ]
    office.do("hold_meeting", outcome="held", attendance=attendance, views="与会单位逐家核对后同意按29家确定")
    action = {"unit": "市科技局", "content": "按29家重新分解并报办公室", "due_on": "2023-06-30"}
    office.minutes("29", actions=[action]).do("sign_minutes", outcome="yes")
    assert {row.unit_id: row.state for row in office.rows(MeetingAttendance)} == {
        "miit": "attended",
        "sci": "excused",
        "drc": "absent",
    }
    assert [(row.unit_id, row.due_on) for row in office.rows(DecidedAction)] == [("sci", date(2023, 6, 30))]
    assert office.rows(ConsultationDecision)[0].value == "29"


def test_a_meeting_put_off_is_called_again_with_what_was_said(house: House) -> None:
    office = Office(house).ask().settle().answer(miit="30", sci="28", drc="28")
    meeting = {"meeting_time": "09:00", "place": "市政府三号会议室", "chair": "郑国梁"}
    office.do("call_meeting", meeting_on="2023-06-06", **meeting).later(6)

    office.do("hold_meeting", outcome="postponed", reason="主持人出差")

    form = office.form(office.tasks("call_meeting")[0])
    assert form["place"] == "市政府三号会议室"
    office.do("call_meeting", meeting_on="2023-06-12", meeting_time="09:00").later(6)
    assert office.open_elements() == ["hold_meeting"]
    assert office.rows(MeetingAttendance) == []


def test_a_kept_objection_brings_the_minutes_before_the_leading_group(house: House) -> None:
    office = Office(house).ask().settle().answer(miit="30", sci="30", drc="30")

    office.minutes("30", objections=[{"unit": "市发改委", "text": "保留意见，建议另行核定基数"}])

    assert office.open_elements() == ["approve_minutes"]
    office.do("approve_minutes", outcome="no", mode="online", opinion_text="请补充测算依据")
    form = office.form(office.tasks("draft_minutes")[0])
    assert form["objections"] == [{"unit": "市发改委", "text": "保留意见，建议另行核定基数"}]
    office.do("draft_minutes").do("approve_minutes", outcome="yes", mode="online")
    assert office.instance().end_element == "consultation_closed"


def test_a_lead_unit_cannot_be_kept_from_the_leading_group(house: House) -> None:
    question = {**QUESTION, "text": "指标8由哪个单位牵头负责", "kind": "unit", "concerns": "lead_unit"}
    office = Office(house).ask(question=[question]).settle()
    for task in office.tasks("answer_consultation"):
        office.send(task, answers=[{"no": 1, "value": "市工信局", "ground": "该项职责由市工信局承担"}])

    office.do("draft_minutes", needs_leader=False)

    assert office.open_elements() == ["approve_minutes"]
    office.do("approve_minutes", outcome="yes", mode="online")
    assert office.rows(ConsultationDecision)[0].value == "miit"


def test_the_office_answers_directly_or_takes_it_not_up(house: House) -> None:
    office = Office(house).ask().settle("direct", reason="已有明确口径")
    ground = "按《扬州市中小企业发展行动计划》附件1执行"
    office.do("decide_directly", answers=[{"no": 1, "value": "30"}], ground=ground)

    assert office.rows(ConsultationDecision)[0].value == "30"
    office.ask("demand_response:2023-7", subject="某企业用地诉求").settle("refused", reason="不属于会商事项")
    office.do("decide_directly", ground="该事项由属地依法办理，不需要会商")
    told = {row.payload["key"]: row.payload for row in office.rows(OutboxRow, kind="message")}
    assert told[CALLER]["is_decided"] is True
    assert told["demand_response:2023-7"]["is_decided"] is False
    assert [row.status for row in office.rows(Consultation)] == ["decided", "refused"]


def test_a_caller_that_has_gone_ends_the_consultation_and_frees_the_units(house: House) -> None:
    office = Office(house).ask().settle().answer(miit="30")

    office.drop()

    assert office.instance().end_element == "consultation_dropped"
    assert office.tasks() == []
    told = [row for row in office.rows(Notification) if row.title.startswith("会商终止")]
    assert len(told) == 3
    assert messages(office) == []


def test_two_callers_of_one_subject_are_joined_and_both_get_the_decision(house: House) -> None:
    other = "annual_target_indicator:2023:09:r1"
    office = Office(house).ask().ask(other).ask()
    assert len(office.tasks("set_consultation")) == 1

    office.settle().answer(miit="30", sci="30", drc="30").do("draft_minutes").do("sign_minutes", outcome="yes")

    assert messages(office) == [(CALLER, "consultation_decided"), (other, "consultation_decided")]
    assert {row.caller_key for row in office.rows(ConsultationDecision)} == {CALLER, other}
    assert len(office.rows(ConsultationCaller)) == 2


def test_who_joined_a_dropped_consultation_decides_itself(house: House) -> None:
    other = "annual_target_indicator:2023:09:r1"
    office = Office(house).ask().ask(other).settle()

    office.drop()

    assert messages(office) == [(other, "consultation_decided")]


def test_the_office_opens_one_itself_and_nobody_else_may(house: House) -> None:
    office = Office(house)
    office.open(subject="统计口径会商", question=[{**QUESTION, "concerns": "basis"}], units=["miit", "sci"])

    with pytest.raises(RuleViolation):
        office.open(subject="短")
    with pytest.raises(NotPermitted):
        processes.start(house, actor(house, "contact.miit"), "consultation", {"subject": "统计口径会商二"}, key="no")
    office.settle().answer(miit="1", sci="1").do("draft_minutes").do("sign_minutes", outcome="yes")
    assert messages(office) == []
    assert [row.caller_key for row in office.rows(ConsultationDecision)] == [""]


def test_the_same_message_twice_opens_one(house: House) -> None:
    told = {"subject": "指标8年度目标会商", "question": [QUESTION], "units": ["miit", "sci"]}
    office = Office(house)

    for _ in range(2):
        processes.deliver(house, CLOCK, "consultation_wanted", CALLER, key="one", told=told)
    office.ask()

    assert len(office.rows(Consultation)) == 1


def test_a_later_consultation_has_the_next_number_and_its_decision_counts(house: House) -> None:
    office = Office(house)
    for value in ("30", "31"):
        office.ask().settle().answer(miit=value, sci=value, drc=value)
        office.do("draft_minutes").do("sign_minutes", outcome="yes")

    assert [row.key for row in office.rows(Consultation)] == ["consultation:2023-01", "consultation:2023-02"]
    with house.database.reading() as session:
        decided = decision_for(session.connection(), CALLER)
        assert decision_for(session.connection(), "nobody") is None
    assert decided is not None
    assert (decided.number, decided.values) == ("扬促中小办纪〔2023〕2号", {1: "31"})


def test_a_caller_without_a_question_is_asked_for_one_in_the_form(house: House) -> None:
    office = Office(house).ask(question=None, units=[])

    with pytest.raises(InvalidForm):
        office.settle()
    units = [{"unit": "市工信局"}, {"unit": "市科技局"}]
    office.settle(question=[QUESTION], units=units)
    assert [task.unit_id for task in office.tasks("answer_consultation")] == ["miit", "sci"]


def test_it_runs_on_both_databases(any_house: House) -> None:
    office = Office(any_house).ask().ask("demand_response:2023-7").settle().answer(miit="30", sci="30", drc="30")

    office.do("draft_minutes").do("sign_minutes", outcome="yes")

    assert office.instance().end_element == "consultation_closed"
    assert len(messages(office)) == 2

"""延期申请 through the command path: held, granted, refused, too late, needless; and what moves with the due day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select, update

from app import clock
from app.errors import NotPermitted, RuleViolation
from app.models.event import EventRow
from app.models.notification import Notification
from app.models.person import Person
from app.models.timer import Timer
from app.models.user_task import UserTask
from app.queries.order_points import assessed_due_days
from app.queries.task_lines import light_today
from app.services import processes, reminders, tasks
from app.services.check import check
from app.services.house import House
from app.terms import EventType, Light
from tests.factories import actor
from tests.services.orders import ASKED, REPORT, Desk

DUE = date(2022, 7, 21)  # a working day before the limit of the order


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    """An order of the fifteenth lies with the unit, which reports on it by the twenty-first."""
    found = Desk(house).matter().issued().signed_for()
    yield found
    with clock.held(found.at):
        assert [finding.text for finding in check(house)] == []


def report(desk: Desk) -> UserTask:
    return desk.task("report_back")


def limit(desk: Desk) -> Timer:
    return next(row for row in desk.rows(Timer) if row.element_id == "limit_lapsed")


def reviewed(desk: Desk, **answers: str) -> Desk:
    desk.do("review_extension", login="office", **answers)
    return desk


def test_granted(desk: Desk) -> None:
    task = report(desk)
    assert task.due_on == DUE
    desk.on("2022-07-19").ask_time(task).asked("2022-07-25")

    held = report(desk)
    assert (held.due_on, held.is_held) == (date(2022, 7, 25), True)
    assert light_today(held, date(2022, 7, 27)) is Light.GREY
    assert limit(desk).status == "held"

    reviewed(desk, outcome="granted")

    moved = report(desk)
    assert (moved.due_on, moved.is_held) == (date(2022, 7, 25), False)
    assert desk.order().limit_on == date(2022, 7, 26)
    assert desk.colours()[0].first_limit_on == date(2022, 7, 22)
    assert (limit(desk).status, clock.local(limit(desk).due_at).date()) == ("waiting", date(2022, 7, 27))
    assert desk.changes() == [("held", "2022-07-21", "2022-07-25"), ("granted", "2022-07-21", "2022-07-25")]
    assert desk.end_of("extension_request") == ["extension_decided"]
    request = desk.requests()[0]
    assert (request.state, request.document_no) == ("granted", "扬促中小办延〔2022〕1号")
    with desk.house.database.reading() as session:
        assert assessed_due_days(session, [task.id]) == {task.id: date(2022, 7, 25)}


def test_another_day(desk: Desk) -> None:
    desk.on("2022-07-19").ask_time(report(desk)).asked("2022-07-27")

    reviewed(desk, outcome="other_day", granted_on="2022-07-25", opinion_text="按工作需要另定延期日期")

    assert report(desk).due_on == date(2022, 7, 25)
    request = desk.requests()[0]
    assert (request.old_due_on, request.new_due_on, request.granted_on) == (DUE, date(2022, 7, 27), date(2022, 7, 25))


def test_refused_before_the_limit(desk: Desk) -> None:
    desk.on("2022-07-19").ask_time(report(desk)).asked("2022-07-25")

    reviewed(desk, outcome="refused", opinion_text="理由不充分，请按时限办理")

    assert (report(desk).due_on, report(desk).is_held) == (DUE, False)
    assert (limit(desk).status, clock.local(limit(desk).due_at).date()) == ("waiting", date(2022, 7, 23))
    desk.reported().accepted()


def test_refused_after_the_limit(desk: Desk) -> None:
    """Extension and overdue: nothing lapses while it is held, and the old limit counts on the next working day."""
    desk.on("2022-07-20").ask_time(report(desk)).asked("2022-07-25").on("2022-07-25")
    assert desk.open_elements == ["report_back", "review_extension"]

    reviewed(desk, outcome="refused", opinion_text="理由不充分，请按时限办理")

    assert light_today(report(desk), date(2022, 7, 25)) is Light.RED
    assert desk.tasks("decide_next") == []
    desk.on("2022-07-26")
    assert desk.open_elements == ["decide_next"]


def test_a_late_request_holds_nothing_and_is_assessed_on_the_old_day(desk: Desk) -> None:
    desk.on("2022-07-22").ask_time(report(desk)).asked("2022-07-25")
    assert (report(desk).due_on, report(desk).is_held) == (DUE, False)
    assert limit(desk).status == "waiting"

    reviewed(desk, outcome="granted")

    assert report(desk).due_on == date(2022, 7, 25)
    assert desk.requests()[0].is_in_time is False
    with desk.house.database.reading() as session:
        assert assessed_due_days(session, [report(desk).id]) == {report(desk).id: DUE}


def test_the_head_refuses_or_the_contact_takes_it_back(desk: Desk) -> None:
    asked = {**ASKED, "new_due_on": "2022-07-25"}
    desk.on("2022-07-19").ask_time(report(desk)).do("write_extension", **asked)
    desk.do("sign_extension", outcome="no", opinion_text="按原时限办理")
    desk.ask_time(report(desk)).do("write_extension", **asked)
    instance = next(row for row in desk.instances("extension_request") if row.status == "active")
    with clock.held(desk.at):
        tasks.withdraw(desk.house, actor(desk.house, "contact.miit"), instance.id, key="back")

    assert [row.state for row in desk.requests()] == ["not_asked", "not_asked"]
    assert desk.end_of("extension_request") == ["extension_decided", "extension_decided"]
    assert report(desk).due_on == DUE
    desk.ask_time(report(desk))  # none of them counts


def test_done_meanwhile(desk: Desk) -> None:
    desk.on("2022-07-19").ask_time(report(desk)).asked("2022-07-25")

    desk.do("report_back", **REPORT)

    assert desk.end_of("extension_request") == ["extension_needless"]
    assert desk.requests()[0].state == "needless"


def test_the_task_is_cancelled(desk: Desk) -> None:
    desk.on("2022-07-19").ask_time(report(desk)).asked("2022-07-25")
    with clock.held(desk.at):
        processes.cancel(desk.house, actor(desk.house, "office"), desk.instance().id, "发错单位", key="void")
    desk.settle()

    assert desk.end_of("extension_request") == ["extension_needless"]


def test_the_office_is_slow_and_the_signer_takes_it_over(desk: Desk) -> None:
    desk.on("2022-07-19").ask_time(report(desk)).asked("2022-07-25").on("2022-07-25")
    assert "press_review" in desk.open_elements

    desk.do("press_review", outcome="take_over")
    desk.do("review_extension", login="signer", outcome="granted")

    assert desk.end_of("extension_request") == ["extension_decided"]
    assert desk.requests()[0].decided_by == "沈立"


def test_the_drawn_timer_moves_once_and_lapses_on_the_new_limit(desk: Desk) -> None:
    desk.on("2022-07-19").ask_time(report(desk)).asked("2022-07-25")
    reviewed(desk, outcome="granted").on("2022-07-25")
    assert desk.tasks("decide_next") == []

    desk.on("2022-07-27")

    assert desk.open_elements == ["decide_next"]
    with desk.house.database.reading() as session:
        moved = session.scalars(select(EventRow).where(EventRow.type == EventType.DUE_DATE_MOVED)).all()
    assert len(moved) == 2


def test_the_second_request_is_the_leading_groups_and_there_is_no_third(desk: Desk) -> None:
    desk.on("2022-07-19").ask_time(report(desk)).asked("2022-07-22")
    reviewed(desk, outcome="granted").ask_time(report(desk)).asked("2022-07-25")
    reviewed(desk, outcome="to_leader", opinion_text="第二次申请，请领导小组审定")
    desk.do("decide_extension", outcome="granted", mode="online")
    assert report(desk).due_on == date(2022, 7, 25)

    with pytest.raises(RuleViolation, match="上限"):
        desk.ask_time(report(desk))


def test_one_request_at_a_time_by_the_unit_itself_and_not_for_everything(desk: Desk) -> None:
    desk.on("2022-07-19").ask_time(report(desk))
    with pytest.raises(RuleViolation, match="在办"):
        desk.ask_time(report(desk))
    with pytest.raises(RuleViolation):
        desk.ask_time(desk.task("write_extension"))
    desk.matter("市财政局", title="另一件督办事项").issued()
    with pytest.raises(RuleViolation):
        desk.ask_time(desk.task("sign_for"))
    with pytest.raises(NotPermitted):
        desk.signed_for().ask_time(next(t for t in desk.tasks("report_back") if t.unit_id == "fin"), "contact.miit")


def test_reminders_survive_a_return_and_move_with_an_extension(desk: Desk) -> None:
    with desk.house.database.transaction() as session:
        session.execute(update(Person).values(wants_mail=False))

    def reminded(day: str) -> list[str]:
        desk.on(day)
        with clock.held(desk.at):
            reminders.remind(desk.house)
        begun = clock.local(desk.at).replace(hour=0)
        rows = desk.rows(Notification, kind="reminder")
        return sorted({row.title for row in rows if clock.local(row.at) >= begun and "反馈办理情况" in row.title})

    desk.on("2022-07-19").ask_time(report(desk)).asked("2022-07-25")
    assert reminded("2022-07-20") == []  # a day before the old limit, which is held
    reviewed(desk, outcome="granted")
    assert reminded("2022-07-21") == []
    assert len(reminded("2022-07-22")) == 1  # a day before the new one

    desk.do("report_back", **REPORT).do("sign_report", outcome="no", opinion_text="请补充数据")

    assert report(desk).due_on == date(2022, 7, 25)
    assert len(reminded("2022-07-25")) == 0  # due today, told on Friday
    assert len(reminded("2022-07-26")) == 1  # and each working day once it is late

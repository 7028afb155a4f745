"""Events folded into frames: the diagram at any past moment, who was in charge, and what two moments differ in."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from app import clock
from app.db import table_of
from app.models.event import EventPayload
from app.models.user_task import UserTask
from app.queries import replay
from app.queries.replay import Frame, Marks
from app.services import processes, tasks
from app.services.house import House
from tests import walks
from tests.factories import actor

PAYLOAD = table_of(EventPayload)
HOUR = timedelta(hours=1)


def frames(house: House, instance_id: str) -> list[Frame]:
    with house.database.reading() as session:
        return replay.frames(session, instance_id)


def complete(house: House, instance_id: str, element_id: str, hour: int, **answers: str) -> None:
    """The first open task of the element."""
    where = (UserTask.instance_id == instance_id, UserTask.element_id == element_id, UserTask.status == "open")
    with house.database.reading() as session:
        task_id = session.scalars(select(UserTask.id).where(*where).order_by(UserTask.id)).first()
    assert task_id is not None
    with clock.held(walks.BEGIN + hour * HOUR):
        tasks.complete(house, actor(house, "office"), task_id, answers, key=f"{task_id}")


def test_a_multi_instance_is_active_while_one_of_its_tasks_is_open(house: House) -> None:
    id_ = walks.started(house, "mi_par")
    for hour in range(1, 4):
        complete(house, id_, "m", hour)

    shown = frames(house, id_)

    assert [frame.active for frame in shown] == [("m",), ("m",), ("m",), ("next",)]
    assert [frame.done for frame in shown][:3] == [("s", "to_m")] * 3
    assert shown[3].done == ("s", "to_m", "m")
    assert [len(frame.waiting) for frame in shown] == [3, 2, 1, 1]


def test_the_elements_within_a_sub_process_are_marked_with_it(house: House) -> None:
    id_ = walks.started(house, "sub_bnd")
    complete(house, id_, "a", 1)

    first, second = frames(house, id_)

    assert {"S", "a"} <= set(first.active)
    assert {"S", "b"} <= set(second.active)
    assert "a" in second.done
    assert len(second.flows) > len(first.flows)


def test_what_was_interrupted_is_cancelled_and_a_timer_that_passed_is_named(house: House) -> None:
    id_ = walks.started(house, "sub_bnd")
    with house.database.reading() as session:
        due = session.execute(select(walks.Timer.task_id, walks.Timer.element_id)).all()
    lapsed = next(task_id for task_id, element_id in due if element_id == "lapsed")
    with clock.held(walks.BEGIN + timedelta(days=4)):
        processes.fire(house, lapsed)

    last = frames(house, id_)[-1]

    assert {"S", "a"} <= set(last.cancelled)
    assert last.fired == ("lapsed",)
    assert last.active == ("after_lapse",)
    assert not last.is_person


def test_a_second_round_begins_anew(house: House) -> None:
    id_ = walks.started(house, "sub_loop")
    shown = frames(house, walks.walked(house, "gw_par_boxed", seed=0))

    assert not {*frames(house, id_)[0].active} & {*frames(house, id_)[0].done}
    for frame in shown:
        assert not {*frame.active} & ({*frame.done} | {*frame.cancelled})
        assert not {*frame.done} & {*frame.cancelled}
    assert max(shown[-1].rounds.values()) > 1


def test_nothing_is_active_once_an_instance_has_ended(house: House) -> None:
    for model in ("linear", "mi_bnd", "mi_sub_round", "side_term", "term_sub"):
        last = frames(house, walks.walked(house, model, seed=3))[-1]

        assert (last.status, last.active, last.waiting) == ("completed", (), ())


def test_a_cancelled_instance_shows_where_it_stood(house: House) -> None:
    id_ = walks.started(house, "mi_par")
    processes.cancel(house, actor(house, "office"), id_, "重复", key="c")

    last = frames(house, id_)[-1]

    assert (last.active, last.cancelled, last.said) == ((), ("m",), "重复")


def test_marks_of_a_moment_are_those_of_the_last_event_before_it(house: House) -> None:
    id_ = walks.started(house, "mi_par")
    complete(house, id_, "m", 1)

    with house.database.reading() as session:
        assert replay.marks_at(session, id_, walks.BEGIN - HOUR) == Marks()
        assert replay.marks_at(session, id_, walks.BEGIN + HOUR / 2).active == ("m",)
        assert replay.marks_at(session, "nobody", walks.BEGIN) == Marks()


def test_a_form_is_kept_as_it_was_at_each_event(house: House) -> None:
    id_ = walks.started(house, "linear")
    first = frames(house, id_)[0].waiting[0]
    complete(house, id_, first.element_id, 1, outcome="yes", note="初稿")

    before, after = frames(house, id_)

    assert (before.answers, before.forms) == (None, {})
    assert after.answers == {"outcome": "yes", "note": "初稿"}
    assert after.answers_element == first.element_id
    assert after.actor.name == "周文博"


def test_the_difference_of_two_moments_names_steps_values_and_answers(house: House) -> None:
    id_ = walks.started(house, "mi_par")
    complete(house, id_, "m", 1, outcome="yes", note="同意")

    before, after = frames(house, id_)
    found = replay.difference(before, after)

    assert len(found.left) == 1
    assert found.begun == ()
    assert found.values == {"outcome": ("", "yes"), "note": (None, "同意")}
    assert list(found.answers.values()) == [(None, "yes"), (None, "同意")]
    assert found.status is None
    assert replay.difference(after, after).values == {}


def test_an_event_that_was_spoilt_is_shown_with_the_marks_of_before(house: House) -> None:
    id_ = walks.started(house, "mi_par")
    complete(house, id_, "m", 1)
    for body in (None, "{", "[]", '{"trace": 5}'):
        with house.database.writing() as connection:
            connection.execute(update(PAYLOAD).where(PAYLOAD.c.seq == 2, PAYLOAD.c.stream == id_).values(body=body))

        first, second = frames(house, id_)

        assert second.is_unreadable
        assert (second.active, second.done) == (first.active, first.done)

"""Two verbs on one user task: whichever comes first, nothing is lost and nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from app import clock
from app.errors import AlreadyDone, AppError, InvalidForm, Reassigned, StaleProcess
from app.models.user_task import IS_OPEN, UserTask
from app.queries.actor import SYSTEM
from app.queries.signers import signings_of_task
from app.services import check, handing_over, outbox, processes, returning, signers, substitutions, tasks
from app.services.definitions import deploy
from app.services.house import House
from app.terms import Role
from tests import walks
from tests.factories import actor, house_on, load_office, person
from tests.services.december_report_walk import Walk, morning, unit_key
from tests.services.test_signers import TWO, inbox, sign

SCI = unit_key("sci")
ROUNDS = 8


@pytest.fixture
def any_house(database_url: str, tmp_path: Path) -> Iterator[House]:
    house = house_on(database_url, tmp_path)
    load_office(house)
    with clock.held(walks.BEGIN):
        yield house
    house.close()


def begun(house: House, number: int = 0) -> str:
    """A task of the office, where three people could act; a second one follows."""
    deploy(house, SYSTEM, {"handed.bpmn": TWO.encode()})
    key = f"handed:{number}"
    id_ = processes.start(house, actor(house, "office"), "handed", {}, key=key, business_key=key)["id"]
    return open_tasks(house, id_)[0].id


def open_tasks(house: House, instance_id: str) -> list[UserTask]:
    with house.database.reading() as session:
        where = (UserTask.instance_id == instance_id, IS_OPEN)
        found = list(session.scalars(select(UserTask).where(*where).order_by(UserTask.id)))
        session.expunge_all()
        return found


def task_of(house: House, task_id: str) -> UserTask:
    with house.database.reading() as session:
        found = session.get_one(UserTask, task_id)
        session.expunge(found)
        return found


def test_a_signer_added_at_the_moment_of_completion_is_waited_for_or_told_that_it_is_done(any_house: House) -> None:
    office, (leader,) = actor(any_house, "office"), inbox(any_house, "leader")
    for number in range(ROUNDS):
        task_id, together = begun(any_house, number), Barrier(2)

        def add(task_id: str = task_id, together: Barrier = together, number: int = number) -> str:
            together.wait()
            try:
                signers.add_signers(any_house, office, task_id, [leader], key=f"a{number}")
            except AlreadyDone:
                return "too late"
            return "added"

        def complete(task_id: str = task_id, together: Barrier = together, number: int = number) -> str:
            together.wait()
            try:
                tasks.complete(any_house, office, task_id, {}, key=f"c{number}")
            except InvalidForm:
                return "waits"
            return "done"

        with ThreadPoolExecutor(2) as pool:
            ends = (pool.submit(add), pool.submit(complete))
            seen = (ends[0].result(), ends[1].result())

        assert seen in (("added", "waits"), ("too late", "done"))
        assert (task_of(any_house, task_id).status == "completed") == (seen[1] == "done")
    assert check.check(any_house) == []


def test_two_signers_at_one_moment_settle_it_once(any_house: House) -> None:
    office, logins = actor(any_house, "office"), ("leader", "contact.sci")
    for number in range(ROUNDS):
        task_id, together = begun(any_house, number), Barrier(2)
        to = inbox(any_house, *logins)
        signers.add_signers(any_house, office, task_id, to, side="after", mode="any", key=f"a{number}")
        tasks.complete(any_house, office, task_id, {}, key=f"c{number}")

        def say(login: str, together: Barrier = together) -> bool:
            together.wait()
            try:
                with clock.held(walks.BEGIN):
                    sign(any_house, login)
            except AppError:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(say, logins))
        outbox.drain(any_house)

        assert sum(said) == 1
        assert task_of(any_house, task_id).status == "completed"
        with any_house.database.reading() as session:
            assert signings_of_task(session, task_id)[0].state == "passed"
    assert check.check(any_house) == []


def test_what_was_handed_in_is_withdrawn_until_the_next_one_acts(house: House) -> None:
    walk = Walk(house).collect("sci").on("2024-12-02")
    walk.submit("sci")
    with clock.held(morning(walk.day)):
        contact, review = actor(house, "contact.sci"), walk.task("review_report", SCI)

        signers.add_signers(house, actor(house, "office"), review.id, inbox(house, "leader"), key="a")

        with pytest.raises(StaleProcess, match="不能撤回"):
            tasks.withdraw(house, contact, review.instance_id, key="w1")
        sign(house, "leader")
        tasks.unclaim(house, actor(house, "office"), review.id, key="u")
        tasks.withdraw(house, contact, review.instance_id, key="w2")
    assert walk.open_elements(SCI) == ["draft_report"]
    with clock.held(morning(walk.day)):
        outbox.drain(house)
        assert check.check(house) == []


def test_a_withdrawal_closes_the_signing_of_whoever_put_the_task_back(house: House) -> None:
    walk = Walk(house).collect("sci").on("2024-12-02")
    walk.submit("sci")
    with clock.held(morning(walk.day)):
        office, review = actor(house, "office"), walk.task("review_report", SCI)
        signers.add_signers(house, office, review.id, inbox(house, "leader"), key="a")
        tasks.unclaim(house, office, review.id, key="u")

        tasks.withdraw(house, actor(house, "contact.sci"), review.instance_id, key="w")
        outbox.drain(house)

        with house.database.reading() as session:
            assert signings_of_task(session, review.id)[0].state == "dropped"
            assert not session.scalars(select(UserTask).where(UserTask.element_id == "sign_jointly", IS_OPEN)).all()
        assert check.check(house) == []


def test_a_return_and_a_withdrawal_of_one_report_exclude_each_other(house: House) -> None:
    walk = Walk(house).collect("sci").on("2024-12-02")
    walk.submit("sci")
    review = walk.task("review_report", SCI)
    with clock.held(morning(walk.day)):
        tasks.withdraw(house, actor(house, "contact.sci"), review.instance_id, key="w")

        with pytest.raises(AppError):
            returning.return_to(house, actor(house, "office"), review.id, "draft_report", "请补充", key="r")

    assert walk.open_elements(SCI) == ["draft_report"]


@pytest.fixture
def house_of_three(house: House) -> House:
    with house.database.transaction() as session:
        session.add(person("office.second", "李同", "office", (Role.OFFICE, None)))
    return house


def test_a_substitute_hands_on_what_the_absent_one_had_and_keeps_nothing(house_of_three: House) -> None:
    house = house_of_three
    owner, substitute, third = (actor(house, login) for login in people_of_the_office(house))
    task_id = begun(house)
    tasks.claim(house, owner, task_id, key="claim")
    stand_in(house, owner.login, substitute.login)
    substitute = actor(house, substitute.login)

    handing_over.transfer(house, substitute, task_id, third.login, "请办理", key="t")

    for who in (actor(house, owner.login), substitute):
        with pytest.raises(Reassigned):
            tasks.complete(house, who, task_id, {}, key=f"c:{who.login}")
    tasks.complete(house, third, task_id, {}, key="c")
    assert task_of(house, task_id).on_behalf_of_id is None
    assert check.check(house) == []


def test_what_is_transferred_to_an_absent_one_is_done_by_her_substitute_in_both_names(house_of_three: House) -> None:
    house = house_of_three
    absent, substitute, third = (actor(house, login) for login in people_of_the_office(house))
    task_id = begun(house)
    stand_in(house, absent.login, substitute.login)

    handing_over.transfer(house, third, task_id, absent.login, "请办理", key="t")
    tasks.complete(house, actor(house, substitute.login), task_id, {}, key="c")

    done = task_of(house, task_id)
    assert (done.completed_by_id, done.on_behalf_of_id) == (substitute.person_id, absent.person_id)
    assert check.check(house) == []


def people_of_the_office(house: House) -> tuple[str, str, str]:
    """Two of one unit, and a colleague of another one."""
    return "office", "office.second", "office.drc"


def stand_in(house: House, absent: str, substitute: str) -> None:
    today = clock.today()
    with house.database.transaction() as session:
        who = actor(house, substitute).person_id or 0
        substitutions.set_substitution(session, actor(house, absent), who, today, today + timedelta(days=3))

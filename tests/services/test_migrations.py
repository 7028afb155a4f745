"""Migrations of running instances as commands: the tables follow, the chain tells of it, and it can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.engine import Reason, Verdict
from app.errors import (
    InvalidForm,
    MigrationRefused,
    MigrationSettled,
    NotFound,
    NotPermitted,
    ProcessFault,
)
from app.models.migration import InstanceMigration
from app.models.process import Incident, ProcessInstance, Subscription
from app.models.timer import Timer
from app.models.user_task import InboxEntry, UserTask
from app.queries import replay
from app.queries.actor import SYSTEM
from app.services import audit, check, definitions, migration_plans, migrations, processes, reexecution, repairs, tasks
from app.services.definitions import deploy
from app.services.house import House
from app.services.migration_plans import Bar, Line, Target, Wanted
from config import ROOT
from tests.engine import redrawn as change
from tests.factories import actor
from tests.services.december_report_walk import Walk, morning, unit_key

REASON = "按新的办理规程调整"


@pytest.fixture
def house(any_house: House) -> House:
    return any_house


def publish(house: House, name: str, *changes: change.Change) -> int:
    """The next version of a test's model; its number."""
    return deploy(house, SYSTEM, change.sources(name, *changes))[0][1]


def started(house: House, name: str = "linear", key: str = "one", **data: Any) -> str:
    deploy(house, SYSTEM, {f"{name}.bpmn": (change.HERE / f"valid_{name}.bpmn").read_bytes()})
    values = {"outcome": "", "round": 0, **data}
    return str(processes.start(house, actor(house, "office"), name, values, key=f"start:{key}")["id"])


def do(house: House, instance_id: str, element_id: str, **answers: Any) -> None:
    task = only(open_tasks(house, instance_id), element_id)
    tasks.complete(house, actor(house, "office"), task.id, answers, key=f"do:{task.id}")


def open_tasks(house: House, instance_id: str) -> list[UserTask]:
    where = (UserTask.instance_id == instance_id, UserTask.status.in_(("open", "claimed")))
    with house.database.reading() as session:
        return list(session.scalars(select(UserTask).where(*where).order_by(UserTask.id)))


def only(found: list[UserTask], element_id: str) -> UserTask:
    return next(task for task in found if task.element_id == element_id)


def rows(house: House, model: Any, instance_id: str) -> list[Any]:
    with house.database.reading() as session:
        return list(session.scalars(select(model).where(model.instance_id == instance_id)))


def instance(house: House, instance_id: str) -> ProcessInstance:
    with house.database.reading() as session:
        return session.get_one(ProcessInstance, instance_id)


def migrate(
    house: House, instance_id: str, version: int, mapping: dict[str, str] | None = None, by: str = "office"
) -> Any:
    who = actor(house, by)
    key = f"migrate:{instance_id}:{version}"
    return migrations.migrate(house, who, instance_id, version, reason=REASON, key=key, mapping=mapping)


def back(house: House, instance_id: str) -> Any:
    return migrations.migrate_back(house, actor(house, "office"), instance_id, key=f"back:{instance_id}")


def weighed(house: House, instance_id: str, version: int, **mapping: str) -> Line:
    (line,) = migration_plans.plan(house, actor(house, "office"), [Target(instance_id, version, mapping)])
    return line


def prove(house: House) -> None:
    assert audit.verify(house).faults == ()
    again = list(reexecution.replay_all(house))
    assert [repetition.departure for repetition in again if repetition.departure] == []
    assert check.check(house) == []


def test_an_instance_goes_on_in_the_new_version_with_the_same_task(house: House) -> None:
    id_ = started(house)
    do(house, id_, "a")
    before = only(open_tasks(house, id_), "b")
    tasks.claim(house, actor(house, "office"), before.id, key="claim")
    version = publish(house, "linear", change.naming("b", "核对材料"), change.task_after("b", "b2"))

    answer = migrate(house, id_, version)

    after = only(open_tasks(house, id_), "b")
    assert answer.items() >= {"id": id_, "from_version": 1, "to_version": 2, "verdict": "safe", "moved": []}.items()
    assert (after.id, after.name, after.status) == (before.id, "核对材料", "claimed")
    assert (after.due_on, after.created_at) == (before.due_on, before.created_at)
    assert after.revision == before.revision + 2
    do(house, id_, "b")
    assert [task.element_id for task in open_tasks(house, id_)] == ["b2"]
    prove(house)


def test_a_task_in_another_lane_goes_to_its_people_and_is_given_back(house: House) -> None:
    id_ = started(house)
    task = only(open_tasks(house, id_), "a")
    tasks.claim(house, actor(house, "office"), task.id, key="claim")

    migrate(house, id_, publish(house, "linear", change.in_lane("a", "领导小组")))

    moved = only(open_tasks(house, id_), "a")
    assert (moved.group, moved.principal, moved.assignee_id, moved.status) == ("leader", "leader", None, "open")
    with house.database.reading() as session:
        lines = session.scalars(select(InboxEntry.principal).where(InboxEntry.task_id == task.id)).all()
    assert lines == ["leader"]
    back(house, id_)
    assert only(open_tasks(house, id_), "a").principal == "office"
    prove(house)


def test_the_event_tells_both_versions_and_what_changed(house: House) -> None:
    id_ = started(house)
    version = publish(house, "linear", change.with_id("a", "a_new"))

    migrate(house, id_, version, {"a": "a_new"})

    with house.database.reading() as session:
        last = replay.frames(session, id_)[-1]
    assert (last.type, last.said, last.status) == ("instance_migrated", REASON, "active")
    assert "a_new" in last.active
    assert "a" not in (*last.active, *last.cancelled, *last.done)
    assert [task.element_id for task in last.waiting] == ["a_new"]
    prove(house)


def test_a_refused_migration_changes_nothing_and_says_why(house: House) -> None:
    id_ = started(house)
    version = publish(house, "linear", change.without("a"))
    before = instance(house, id_)

    with pytest.raises(MigrationRefused) as refused:
        migrate(house, id_, version)

    assert refused.value.extra["verdict"] == "needs_mapping"
    assert refused.value.extra["obstacles"][0]["element_id"] == "a"
    after = instance(house, id_)
    assert (after.version, after.head_seq, after.definition_id) == (
        before.version,
        before.head_seq,
        before.definition_id,
    )
    assert rows(house, InstanceMigration, id_) == []
    prove(house)


def test_a_dry_run_gives_the_verdict_and_writes_nothing(house: House) -> None:
    id_ = started(house)
    version = publish(house, "linear", change.without("a"))

    line = weighed(house, id_, version)

    assert (line.verdict, line.from_version, line.to_version) == (Verdict.NEEDS_MAPPING, 1, 2)
    assert line.weighed.hindrances[0].reason == Reason.UNMAPPED
    assert [id_ for id_, _ in line.weighed.hindrances[0].candidates] == ["b", "c"]
    assert weighed(house, id_, version, a="b").verdict == Verdict.SAFE
    assert instance(house, id_).head_seq == 1
    prove(house)


def test_a_mapping_with_a_slip_of_the_pen_is_refused(house: House) -> None:
    id_ = started(house)
    version = publish(house, "linear", change.without("a"))

    with pytest.raises(InvalidForm) as refused:
        migrate(house, id_, version, {"a": "bb", "aa": "b"})
    assert [field for field, _ in refused.value.errors] == ["mapping.aa", "mapping.a"]


def test_timers_keep_their_instant_and_new_ones_without_a_rule_bar_the_way(house: House) -> None:
    id_ = started(house, "user_bnd", due_at="2099-03-01T00:00:00+00:00", remind_at="2099-02-01T00:00:00+00:00")
    before = {timer.element_id: (timer.task_id, timer.due_at) for timer in rows(house, Timer, id_)}

    migrate(house, id_, publish(house, "user_bnd", change.with_id("a_late", "a_very_late")), {"a_late": "a_very_late"})

    after = {timer.element_id: (timer.task_id, timer.due_at) for timer in rows(house, Timer, id_)}
    assert after == {"a_lapsed": before["a_lapsed"], "a_very_late": before["a_late"]}
    line = weighed(house, id_, publish(house, "user_bnd", change.with_timer("a", "third", "no_such_rule")))
    assert [found.reason for found in line.weighed.hindrances] == [Bar.NO_DATE]
    assert line.verdict == Verdict.IMPOSSIBLE
    prove(house)


def test_a_dropped_timer_waits_no_more_and_waits_again_after_the_way_back(house: House) -> None:
    id_ = started(house, "user_bnd", due_at="2099-03-01T00:00:00+00:00", remind_at="2099-02-01T00:00:00+00:00")
    version = publish(house, "user_bnd", change.without_branch("a_late", "judge", "e_judge"))

    migrate(house, id_, version)
    assert {timer.element_id: timer.status for timer in rows(house, Timer, id_)} == {
        "a_lapsed": "waiting",
        "a_late": "cancelled",
    }
    prove(house)
    back(house, id_)
    assert {timer.status for timer in rows(house, Timer, id_)} == {"waiting"}
    prove(house)


def test_a_message_that_is_waited_for_keeps_its_key(house: House) -> None:
    id_ = started(house, "recv", due_at="2099-03-01T00:00:00+00:00", remind_at="2099-03-01T00:00:00+00:00")
    before = rows(house, Subscription, id_)
    assert before

    migrate(house, id_, publish(house, "recv"))

    after = rows(house, Subscription, id_)
    assert {(row.task_id, row.message, row.key) for row in after} == {
        (row.task_id, row.message, row.key) for row in before
    }
    prove(house)


def test_the_way_back_gives_the_version_and_the_state_of_before(house: House) -> None:
    id_ = started(house)
    do(house, id_, "a")
    before, task = instance(house, id_), only(open_tasks(house, id_), "b")

    migrate(house, id_, publish(house, "linear", change.without("b")), {"b": "c"})
    assert [each.element_id for each in open_tasks(house, id_)] == ["c"]
    answer = back(house, id_)

    after = instance(house, id_)
    assert (answer["from_version"], answer["to_version"]) == (2, 1)
    assert (after.state_hash, after.definition_id) == (before.state_hash, before.definition_id)
    assert after.version == before.version + 2
    restored = only(open_tasks(house, id_), "b")
    assert (restored.id, restored.name) == (task.id, task.name)
    with pytest.raises(MigrationSettled):
        migrations.migrate_back(house, actor(house, "office"), id_, key="again")
    do(house, id_, "b")
    do(house, id_, "c")
    assert instance(house, id_).status == "completed"
    prove(house)


def test_after_a_step_there_is_no_way_back_but_a_migration_in_the_other_direction(house: House) -> None:
    id_ = started(house)
    migrate(house, id_, publish(house, "linear", change.naming("b", "新名称")))
    do(house, id_, "a")

    with pytest.raises(MigrationSettled):
        back(house, id_)
    assert weighed(house, id_, 1).verdict == Verdict.SAFE
    migrate(house, id_, 1)
    assert only(open_tasks(house, id_), "b").name == "b"
    prove(house)


def test_the_same_key_again_gives_the_first_answer(house: House) -> None:
    id_ = started(house)
    version = publish(house, "linear")

    assert migrate(house, id_, version) == migrate(house, id_, version)
    assert instance(house, id_).version == 2
    assert len(rows(house, InstanceMigration, id_)) == 1


def test_only_office_and_system_administrator_migrate(house: House) -> None:
    id_ = started(house)
    version = publish(house, "linear")

    for login in ("contact.miit", "leader", "signer", "auditor", "security_admin"):
        with pytest.raises(NotPermitted):
            migrate(house, id_, version, by=login)
    migrate(house, id_, version, by="system_admin")
    prove(house)


def test_a_reason_and_a_version_that_exists_are_asked_for(house: House) -> None:
    id_ = started(house)

    with pytest.raises(NotFound):
        migrate(house, id_, 9)
    with pytest.raises(InvalidForm):
        migrations.migrate(house, actor(house, "office"), id_, 1, reason=" ", key="k")
    assert [found.reason for found in weighed(house, id_, 1).weighed.hindrances] == [Bar.SAME_VERSION]


def test_an_ended_instance_cannot_migrate(house: House) -> None:
    id_ = started(house)
    processes.cancel(house, actor(house, "office"), id_, "不再需要", key="cancel")

    assert [found.reason for found in weighed(house, id_, publish(house, "linear")).weighed.hindrances] == [Bar.ENDED]


def test_a_batch_lists_what_fails_and_the_others_go_on(house: House) -> None:
    ids = [started(house, key=f"n{number}") for number in range(4)]
    do(house, ids[1], "a")
    version = publish(house, "linear", change.without("a"))
    office = actor(house, "office")
    chosen = migration_plans.targets(house, Wanted(version, definition_key="linear", from_version=1))

    verdicts = {line.instance_id: line.verdict for line in migration_plans.plan(house, office, chosen)}
    results = list(migrations.migrate_all(house, office, chosen, reason=REASON, key="batch"))

    assert set(verdicts) == set(ids)
    assert [id_ for id_, verdict in verdicts.items() if verdict == Verdict.SAFE] == [ids[1]]
    assert {result.instance_id for result in results if not result.error} == {ids[1]}
    assert all("请指定由哪个环节接续" in result.error for result in results if result.error)
    prove(house)


def test_a_fault_of_the_drawing_is_mended_by_a_migration_and_the_stopped_step_done_again(house: House) -> None:
    id_ = started(house, "service", is_big=True)
    with pytest.raises(ProcessFault):
        do(house, id_, "a")
    with house.database.reading() as session:
        incident_id = session.scalars(select(Incident.id).where(Incident.instance_id == id_)).one()

    migrate(house, id_, publish(house, "service", change.without("act")))
    repairs.retry(house, actor(house, "office"), incident_id, key="retry")

    assert [task.element_id for task in open_tasks(house, id_)] == ["b"]
    prove(house)


UNIT_REPORT = ROOT / "workflows" / "december_report_unit.bpmn"


def redrawn_report(house: House) -> int:
    """The unit's report as the office might redraw it: another name, and one more user task behind the signature."""
    changed = change.redraw(
        UNIT_REPORT.read_bytes(),
        change.naming("draft_report", "拟写年度反馈"),
        change.task_after("sign_report", "seal_report"),
    )
    return definitions.deploy(house, SYSTEM, {UNIT_REPORT.name: changed})[0][1]


def report_of(house: House, unit: str) -> str:
    with house.database.reading() as session:
        where = ProcessInstance.business_key == unit_key(unit)
        return session.scalars(select(ProcessInstance.id).where(where)).one()


STATES: dict[str, Callable[[Walk], Any]] = {
    "drafting": lambda walk: walk,
    "signing": lambda walk: walk.draft("miit"),
    "reviewing": lambda walk: walk.submit("miit"),
    "returned": lambda walk: (walk.submit("miit"), walk.give_back("miit", "problems")),
    "late": lambda walk: walk.on("2024-12-27"),
}


@pytest.mark.parametrize("state", STATES)
def test_a_unit_report_migrates_wherever_it_is_and_is_finished_in_the_new_version(house: House, state: str) -> None:
    walk = Walk(house).collect("miit", "sci")
    walk.on("2024-12-05")
    STATES[state](walk)
    with clock.held(morning(walk.day)):
        id_ = report_of(house, "miit")
        before = {task.id: task.due_on for task in open_tasks(house, id_)}
        due = {timer.task_id: timer.due_at for timer in rows(house, Timer, id_) if timer.status == "waiting"}
        version = redrawn_report(house)

        line = weighed(house, id_, version)
        assert (line.verdict, line.weighed.armed, line.weighed.dropped) == (Verdict.SAFE, (), ())
        migrate(house, id_, version)

        assert {task.id: task.due_on for task in open_tasks(house, id_)} == before
        waiting = {timer.task_id: timer.due_at for timer in rows(house, Timer, id_) if timer.status == "waiting"}
        assert waiting == due
        prove(house)
        back(house, id_)
        migrations.migrate(house, actor(house, "office"), id_, version, reason=REASON, key="once more")
    finish(walk)
    with clock.held(morning(walk.day)):
        assert instance(house, id_).status == "completed"
        prove(house)


def finish(walk: Walk) -> None:
    key = unit_key("miit")
    while "review_report" not in walk.open_elements(key):
        for element_id in walk.open_elements(key):
            match element_id:
                case "draft_report":
                    walk.draft("miit")
                case "sign_report":
                    walk.do("head.miit", "sign_report", key, outcome="yes")
                case "seal_report":
                    task = walk.task("seal_report", key)
                    with clock.held(morning(walk.day)):
                        tasks.complete(walk.house, actor(walk.house, "head.miit"), task.id, {}, key="seal")
                case "decide_escalation":
                    walk.do("office", "decide_escalation", key, outcome="keep")
    walk.accept("miit")


def test_a_campaign_takes_its_open_children_along_when_it_is_asked_to(house: House) -> None:
    walk = Walk(house).collect("miit", "sci")
    with clock.held(morning(walk.day)):
        with house.database.reading() as session:
            campaign = session.scalars(select(ProcessInstance.id).where(ProcessInstance.parent_id.is_(None))).one()
        source = ROOT / "workflows" / "december_report.bpmn"
        version = deploy(house, SYSTEM, {source.name: change.redraw(source.read_bytes())})[0][1]
        redrawn_report(house)

        alone = migration_plans.targets(house, Wanted(version, (campaign,)))
        together = migration_plans.targets(house, Wanted(version, (campaign,), with_children=True))

        assert [target.instance_id for target in alone] == [campaign]
        assert len(together) == 3
        results = migrations.migrate_all(house, actor(house, "office"), together, reason=REASON, key="family")
        assert [result.error for result in results] == ["", "", ""]
        prove(house)

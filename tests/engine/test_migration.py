"""A running instance goes on in another version: what may, what may not, and that nothing else changes."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from app.engine import Advance, Definition, ModelFault, NotMigratable, Reason, ReplayHost, Verdict
from tests.engine import redrawn as change
from tests.engine.driver import BEGIN, FAR, HERE, START, UNITS, Instance, Office
from tests.engine.redrawn import redrawn

MODELS = sorted(path.stem.removeprefix("valid_") for path in HERE.glob("valid_*.bpmn"))
SOON = datetime(2024, 6, 1, tzinfo=UTC)
DATA = {
    **START, **UNITS, "due_at": BEGIN.isoformat(), "remind_at": BEGIN.isoformat(), "want_a": True, "want_b": True,
    "is_big": True, "skip": False, "notice_key": "n1",
}  # fmt: skip
ROUNDS = 12


class Moving(Instance):
    """An instance that may change its version."""

    def assess(self, new: Definition, mapping: Mapping[str, str] | None = None) -> Any:
        return self.engine.assess(self.definition, new, self.state, "instance-1", mapping or {})

    def migrate(self, new: Definition, mapping: Mapping[str, str] | None = None) -> Moving:
        before = self.definition, self.state
        advance = self.engine.migrate(self.definition, new, self.state, self._step(), mapping or {}, self.host)
        self._go_on(new, advance)
        self.before = before
        return self

    def migrate_back(self) -> Moving:
        definition, state = self.before
        advance = self.engine.migrate_back(self.definition, self.state, definition, state, self._step())
        self._go_on(definition, advance)
        return self

    def _go_on(self, definition: Definition, advance: Advance) -> None:
        assert (advance.trace, advance.closed, advance.sent) == ((), (), ())
        self.definition = definition
        self._take(advance)

    def walk(self, seed: int, rounds: int = ROUNDS, at_each_step: Any = lambda moving: None) -> list[Any]:
        """What a random walk enters and leaves, by element."""
        chance, seen = random.Random(seed), []
        for _ in range(rounds):
            at_each_step(self)
            if self.last.status != "active" or not self.tasks:
                break
            element_id, nth = chance.choice(self._places())
            self._move(element_id, nth, {"outcome": chance.choice(["yes", "no", "again", "ok"]), "upheld": True})
            seen.append([(change.element_id, change.state, change.flow_id) for change in self.last.trace])
        return [seen, self.waiting, self.last.status, self.last.data, self.sent]

    def _places(self) -> list[tuple[str, int]]:
        return sorted((element_id, self.waiting[:n].count(element_id)) for n, element_id in enumerate(self.waiting))

    def _move(self, element_id: str, nth: int, answers: dict[str, Any]) -> None:
        task_id = self.id(element_id, nth)
        if task_id in self.kinds["timer"]:
            self._take(self.engine.fire(self.definition, self.state, self._step(), task_id, self.host))
        elif task_id in self.kinds["message"]:
            self.deliver(element_id, self.kinds["message"][task_id], nth)
        else:
            self.do(element_id, nth, **answers)

    def _take(self, advance: Advance) -> None:
        kinds = self.__dict__.setdefault("kinds", {"timer": {}, "message": {}})
        kinds["timer"] |= {timer.task_id: timer.due_at for timer in advance.timers}
        kinds["message"] |= {wait.task_id: wait.message for wait in advance.subscriptions}
        super()._take(advance)


def at(name: str, *elements: str, data: Mapping[str, Any] | None = None, host: Office | None = None) -> Moving:
    """An instance that was brought to where these tasks are done."""
    moving = Moving(name, {**DATA, **(data or {})}, host)
    for element_id in elements:
        moving.do(element_id)
    return moving


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_identical_version_changes_nothing_wherever_the_instance_stands(name: str, seed: int) -> None:
    def migrate(moving: Moving) -> None:
        if moving.last.status == "active":
            waiting, timers = dict(moving.tasks), dict(moving.kinds["timer"])
            moving.migrate(redrawn(name) if moving.version % 2 else change.redrawn(name, change.naming("s", "x")))
            assert (moving.tasks, moving.kinds["timer"]) == (waiting, timers)

    assert at(name).walk(seed, at_each_step=migrate) == at(name).walk(seed)


@pytest.mark.parametrize("name", MODELS)
def test_the_way_back_gives_the_very_state_of_before(name: str) -> None:
    def there_and_back(moving: Moving) -> None:
        if moving.last.status == "active":
            waiting, state = dict(moving.tasks), moving.last.state_hash
            moving.migrate(redrawn(name)).migrate_back()
            assert (moving.tasks, moving.last.state_hash) == (waiting, state)

    assert at(name).walk(5, at_each_step=there_and_back) == at(name).walk(5)


@pytest.mark.parametrize("name", MODELS)
def test_a_migration_done_again_gives_the_same_bytes(name: str) -> None:
    states = []
    for host in (Office(), ReplayHost([])):
        moving = at(name)
        moving.host = host  # type: ignore[assignment]
        states.append(moving.migrate(redrawn(name)).state)

    assert states[0] == states[1]


def test_a_new_name_and_lane_are_those_of_the_waiting_task() -> None:
    new = redrawn("linear", change.naming("b", "新的名称"), change.in_lane("b", "领导小组"))
    moving = at("linear", "a")
    task_id = moving.id("b")

    moving.migrate(new)

    (task,) = moving.last.opened
    assert (task.task_id, task.name, task.lane) == (task_id, "新的名称", "领导小组")
    assert moving.do("b").do("c").last.status == "completed"


def test_a_task_inserted_behind_the_waiting_one_is_met() -> None:
    moving = at("linear", "a").migrate(redrawn("linear", change.task_after("b", "b2")))

    assert moving.do("b").waiting == ["b2"]
    assert moving.do("b2").do("c").last.status == "completed"


def test_a_task_inserted_before_the_waiting_one_is_told_as_skipped() -> None:
    moving, new = at("linear", "a"), redrawn("linear", change.task_before("b", "b0"))

    assert moving.assess(new).verdict == Verdict.SAFE
    assert moving.assess(new).skipped == ("b0",)
    assert moving.migrate(new).waiting == ["b"]


def test_a_finished_task_that_the_new_version_lacks_does_no_harm() -> None:
    moving = at("linear", "a").migrate(redrawn("linear", change.without("a")))

    assert moving.do("b").do("c").last.status == "completed"
    assert moving.last.data["outcome"] == ""


def test_a_changed_condition_decides_from_then_on() -> None:
    new = redrawn("user_bnd", change.condition("f_g1_to_a_5", "outcome == 'once more'"))

    assert at("user_bnd", "a").migrate(new).do("b", outcome="again").waiting == ["next"]
    assert "a" in at("user_bnd", "a").migrate(new).do("b", outcome="once more").waiting


def test_a_removed_waiting_task_needs_a_mapping_and_goes_on_as_the_named_one() -> None:
    moving, new = at("linear", "a"), redrawn("linear", change.without("b"))
    task_id = moving.id("b")

    found = moving.assess(new)

    assert found.verdict == Verdict.NEEDS_MAPPING
    assert [(o.element_id, o.reason, o.candidates) for o in found.obstacles] == [("b", Reason.UNMAPPED, ("a", "c"))]
    with pytest.raises(NotMigratable):
        moving.migrate(new)
    assert moving.assess(new, {"b": "c"}).moved == (("b", "c"),)
    moving.migrate(new, {"b": "c"})
    assert moving.tasks == {task_id: "c"}
    assert moving.do("c").last.status == "completed"


def test_candidates_new_in_the_version_come_first() -> None:
    moving, new = at("linear", "a"), redrawn("linear", change.with_id("b", "b_new"))

    assert moving.assess(new).obstacles[0].candidates == ("b_new", "a", "c")
    assert moving.migrate(new, {"b": "b_new"}).do("b_new").waiting == ["c"]


def test_a_renamed_box_takes_along_what_waits_in_it() -> None:
    new = redrawn("user_bnd", change.with_id("S", "T"))
    moving = at("user_bnd")

    assert moving.assess(new).verdict == Verdict.NEEDS_MAPPING
    moving.migrate(new, {"S": "T"})
    assert moving.waiting == ["a", "a_lapsed", "a_late"]
    assert moving.do("a").do("b").do("next").last.status == "completed"


def test_a_token_in_a_removed_box_cannot_migrate() -> None:
    new = redrawn("user_bnd", change.without("S"))

    (obstacle,) = at("user_bnd").assess(new).obstacles

    assert (obstacle.element_id, obstacle.reason) == ("S", Reason.NO_COUNTERPART)
    assert at("user_bnd", "a", "b").assess(new).verdict == Verdict.SAFE


def test_an_element_in_another_box_cannot_migrate() -> None:
    new = redrawn("user_bnd", change.without("b"), change.task_after("next", "b"))

    (obstacle,) = at("user_bnd", "a").assess(new).obstacles

    assert (obstacle.element_id, obstacle.reason) == ("b", Reason.OTHER_BOX)


def test_an_element_of_another_type_cannot_migrate() -> None:
    def made_manual(root: Any) -> None:
        change.find(root, "b").tag = change.BPMN + "manualTask"

    (obstacle,) = at("linear", "a").assess(redrawn("linear", made_manual)).obstacles

    assert (obstacle.element_id, obstacle.reason) == ("b", Reason.OTHER_TYPE)


def test_a_timer_keeps_its_instant_whatever_its_rule_says_now() -> None:
    moving = at("user_bnd", data={"due_at": FAR.isoformat()})
    due = moving.kinds["timer"][moving.id("a_lapsed")]

    moving.migrate(redrawn("user_bnd", change.replaced("due_at", "another_rule")))

    assert due == FAR
    assert moving.kinds["timer"][moving.id("a_lapsed")] == due
    assert "another_rule" not in moving.host.asked
    assert moving.fire("a_lapsed").waiting == ["next"]


@pytest.mark.parametrize("interrupts", [True, False])
def test_a_new_boundary_timer_is_armed_by_its_due_rule(interrupts: bool) -> None:
    new = redrawn("linear", change.with_timer("b", "b_late", "b_late_at", interrupts))
    moving = at("linear", "a", host=Office({"b_late_at": SOON}))

    assert moving.assess(new).armed == ("b_late",)
    moving.migrate(new)
    assert moving.kinds["timer"][moving.id("b_late")] == SOON
    assert moving.last.answers[0]["name"] == "b_late_at"
    moving.fire("b_late")
    assert moving.waiting == (["b_late_task"] if interrupts else ["b", "b_late_task"])
    moving.do("b_late_task")
    assert moving.last.status == "completed" if interrupts else moving.do("b").do("c").last.status == "completed"


def test_a_new_boundary_timer_beside_old_ones_ends_with_its_host() -> None:
    new = redrawn("user_bnd", change.with_timer("a", "a_third", "third_at"))
    moving = at("user_bnd").migrate(new)

    assert moving.waiting == ["a", "a_lapsed", "a_late", "a_third"]
    assert moving.do("a").waiting == ["b"]


def test_a_new_boundary_timer_on_a_box_is_armed_and_ends_it() -> None:
    new = redrawn("user_bnd", change.with_timer("S", "s_late", "s_late_at", interrupts=True))
    moving = at("user_bnd").migrate(new)

    assert moving.fire("s_late").waiting == ["s_late_task"]
    assert moving.do("s_late_task").last.status == "completed"


def test_a_new_boundary_timer_on_parallel_instances_is_armed_once() -> None:
    new = redrawn("mi_par", change.with_timer("m", "m_late", "m_late_at", interrupts=True))
    moving = at("mi_par").do("m").migrate(new)

    assert moving.waiting == ["m", "m", "m_late"]
    assert moving.do("m").do("m").waiting == at("mi_par").do("m").do("m").do("m").waiting


def test_a_due_rule_that_the_host_does_not_know_refuses_the_migration() -> None:
    class Ignorant(Office):
        def due(self, rule: str, element_id: str, data: Mapping[str, Any]) -> datetime:
            raise ModelFault("linear", element_id, f"no due rule {rule}")

    moving = at("linear", "a", host=Ignorant())
    state = moving.state

    with pytest.raises(ModelFault, match="no due rule"):
        moving.migrate(redrawn("linear", change.with_timer("b", "b_late", "b_late_at")))
    assert moving.state == state
    assert moving.do("b").waiting == ["c"]


def test_a_removed_boundary_timer_ceases_to_wait() -> None:
    new = redrawn("user_bnd", change.without_branch("a_late", "judge", "e_judge"))
    moving = at("user_bnd")
    timer_id = moving.id("a_late")

    assert moving.assess(new).dropped == ("a_late",)
    moving.migrate(new)
    assert moving.last.timers_closed == (timer_id,)
    assert moving.waiting == ["a", "a_lapsed"]
    assert moving.do("a").do("b").do("next").last.status == "completed"


def test_all_boundary_events_removed_leave_a_plain_task() -> None:
    new = redrawn(
        "user_bnd", change.without_branch("a_late", "judge", "e_judge"), change.without_branch("a_lapsed", "mark")
    )
    moving = at("user_bnd").migrate(new)

    assert moving.waiting == ["a"]
    assert moving.do("a").do("b", outcome="again").do("a").do("b", outcome="ok").do("next").last.status == "completed"


def test_a_side_path_goes_on_though_its_event_is_gone() -> None:
    moving = at("user_bnd").fire("a_late").migrate(redrawn("user_bnd", change.with_id("a_late", "a_very_late")))

    assert moving.waiting == ["a", "a_lapsed", "a_very_late", "judge"]
    assert moving.do("judge").do("a").do("b").do("next").last.status == "completed"


def test_an_event_that_fired_fires_not_again() -> None:
    moving = at("user_bnd").fire("a_late").migrate(redrawn("user_bnd", change.naming("a", "x")))

    assert moving.waiting == ["a", "a_lapsed", "judge"]
    moving.migrate(redrawn("user_bnd", change.with_id("a_late", "a_very_late")), {"a_late": "a_very_late"})
    assert moving.waiting == ["a", "a_lapsed", "judge"]


def test_instances_in_progress_forbid_another_way_of_sharing_out() -> None:
    def in_turn(root: Any) -> None:
        next(root.iter(change.BPMN + "multiInstanceLoopCharacteristics")).set("isSequential", "true")

    (obstacle,) = at("mi_par").do("m").assess(redrawn("mi_par", in_turn)).obstacles

    assert (obstacle.element_id, obstacle.reason) == ("m", Reason.INSTANCES)


def test_instances_in_progress_go_on_under_another_id() -> None:
    moving = at("mi_par").do("m").migrate(redrawn("mi_par", change.with_id("m", "many")), {"m": "many"})

    assert moving.waiting == ["many", "many"]
    assert moving.do("many").do("many").waiting == at("mi_par").do("m").do("m").do("m").waiting


def branch(*tasks: str) -> change.Change:
    """One more branch between the fork and the join of gw_par_boxed."""

    def draw(root: Any) -> None:
        level = change.find(root, "X")
        for source, target in zip(("f", *tasks), (*tasks, "j"), strict=True):
            if target in tasks:
                change._task(level, target)
            change._flow(level, source, target)

    return draw


def test_a_branch_that_never_began_would_be_waited_for_in_vain() -> None:
    new = redrawn("gw_par_boxed", branch("c"))

    for moving in (at("gw_par_boxed"), at("gw_par_boxed", "a")):
        assert [(o.element_id, o.reason) for o in moving.assess(new).obstacles] == [("j", Reason.JOIN)]
    assert at("gw_par_boxed", "a", "b").assess(new).verdict == Verdict.SAFE


def test_a_branch_that_has_arrived_cannot_be_made_longer() -> None:
    new = redrawn("gw_par_boxed", change.task_after("a", "a2"))

    assert [o.reason for o in at("gw_par_boxed", "a").assess(new).obstacles] == [Reason.JOIN]
    moving = at("gw_par_boxed", "b").migrate(new)
    assert moving.do("a").do("a2").waiting == ["next"]


def test_an_arrived_branch_may_go() -> None:
    new = redrawn("gw_par_boxed", branch("c"), change.without_branch("a"))
    moving = at("gw_par_boxed", "a")

    assert [o.reason for o in moving.assess(new).obstacles] == [Reason.JOIN]


def test_parallel_branches_laid_in_one_line_would_be_done_twice() -> None:
    def in_line(root: Any) -> None:
        level = change.find(root, "X")
        change.without_branch("f", "j")(root)
        for source, target in (("s1", "a"), ("a", "b"), ("b", "e1")):
            change._flow(level, source, target)

    new = redrawn("gw_par_boxed", in_line)

    assert [o.reason for o in at("gw_par_boxed").assess(new).obstacles] == [Reason.IN_LINE]


def test_two_tasks_cannot_become_one() -> None:
    new = redrawn("gw_par_boxed", change.with_id("a", "x"), change.with_id("b", "y"))

    found = at("gw_par_boxed").assess(new, {"a": "x", "b": "x"})

    assert Reason.TAKEN_TWICE in [o.reason for o in found.obstacles]


def test_a_live_object_of_the_old_version_is_not_met_in_the_new_one() -> None:
    moving = at("linear", "a")
    moving.warm = True
    moving.do("b").migrate(redrawn("linear", change.task_after("c", "c2")))

    assert moving.do("c").waiting == ["c2"]


def edited(name: str, moving: Moving) -> list[change.Change]:
    """A change at a user task that waits, where it is drawn in the process itself: a new name, or a task behind it."""
    source = (HERE / f"valid_{name}.bpmn").read_text("utf-8")
    waiting = [id_ for id_ in moving.waiting if f'userTask id="{id_}"' in source]
    if not waiting:
        return []
    number = moving.version
    return [change.task_after(waiting[0], f"new_{number}") if number % 2 else change.naming(waiting[0], f"{number}")]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("seed", [1, 2])
def test_an_instance_that_is_redrawn_at_every_step_goes_on_to_its_end(name: str, seed: int) -> None:
    drawn: list[change.Change] = []

    def redraw(moving: Moving) -> None:
        if moving.last.status == "active":
            drawn.extend(edited(name, moving))
            new = redrawn(name, *drawn)
            found = moving.assess(new)
            if found.verdict == Verdict.SAFE:
                moving.migrate(new)
            assert {obstacle.reason for obstacle in found.obstacles} <= {Reason.JOIN}

    moving = at(name)
    moving.walk(seed, rounds=60, at_each_step=redraw)

    assert moving.last.status == "completed" or moving.tasks

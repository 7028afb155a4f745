"""退回 to an earlier step: which, by the drawing and what was done, and that the instance goes on to its end."""

from __future__ import annotations

from random import Random

import pytest

from app.engine import Earlier, NotWaiting, Outcome, earlier_steps
from tests.engine.driver import BEGIN, UNITS, Instance, model

ENDING = (
    "linear",
    "sub_loop",
    "gw_par_loop",
    "gw_par_boxed",
    "user_bnd",
    "mi_par",
    "mi_sub",
    "mi_behind",
    "side_again",
)
VALUES = {**UNITS, "due_at": BEGIN.isoformat(), "remind_at": BEGIN.isoformat(), "notice": "", "lead": "a"}


def send_back(one: Instance, element_id: str, entry_id: str) -> Instance:
    task_id = one.id(element_id)
    one._take(one.engine.send_back(one.definition, one.state, one._step(), task_id, entry_id, one.host))
    return one


@pytest.fixture(params=[False, True], ids=["stored", "live"])
def warm(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def of(name: str, here: str, *done: str, is_plain: bool = True) -> dict[str, Outcome]:
    return {one.element_id: one.outcome for one in earlier_steps(model(name), here, done, is_plain=is_plain)}


def test_any_earlier_step_in_a_row_may_be_chosen_the_latest_first() -> None:
    assert list(of("linear", "c", "a", "b").items()) == [("b", Outcome.STEP), ("a", Outcome.STEP)]


def test_a_duty_repeats_only_what_its_drawing_repeats() -> None:
    assert of("linear", "c", "a", "b", is_plain=False) == {"b": Outcome.NOT_DRAWN, "a": Outcome.NOT_DRAWN}
    assert of("combined", "review", "draft", "sign", is_plain=False)["draft"] is Outcome.DRAWN


def test_what_was_done_before_an_earlier_round_lies_behind_no_more() -> None:
    assert of("linear", "b", "a", "b", "c", "a") == {"a": Outcome.STEP}


def test_one_of_several_signers_returns_nothing_and_a_countersigning_is_returned_whole() -> None:
    assert of("lanes", "m", "a") == {"a": Outcome.SIGNER}
    assert of("mi_behind", "next", "n", "n") == {"n": Outcome.COUNTERSIGN}


def test_a_box_that_is_over_begins_with_its_first_step() -> None:
    found = {one.element_id: one for one in earlier_steps(model("mi_sub"), "next", ["m1", "m2"], is_plain=True)}

    assert found["m1"] == Earlier("m1", "M", Outcome.DRAWN)
    assert found["m2"].outcome is Outcome.INSIDE_BOX


def test_a_step_within_a_box_does_not_return_out_of_it() -> None:
    assert of("lanes", "i1", "a") == {"a": Outcome.OUT_OF_BOX}


@pytest.mark.parametrize(
    ("name", "here", "done"),
    [
        ("gw_par_nested", "next", "a"),  # behind the join of all branches
        ("gw_par_nested", "b", "a"),  # a step of another branch
        ("gw_inc", "next", "b"),
        ("side_again", "judge", "a"),  # on a side path, while the main flow goes on
    ],
)
def test_a_return_never_crosses_a_fork_or_a_join(name: str, here: str, done: str) -> None:
    assert of(name, here, done) == {done: Outcome.BRANCH}


def test_a_return_within_one_branch_leaves_the_other_alone(warm: bool) -> None:
    one = Instance("gw_par_loop", warm=warm).do("a", outcome="yes")
    assert of("gw_par_loop", "a2", "a") == {"a": Outcome.DRAWN}

    send_back(one, "a2", "a")

    assert one.waiting == ["a", "b"]
    one.do("a", outcome="yes").do("b").do("a2", outcome="yes")
    assert one.waiting == ["next"]


def test_a_return_leads_to_the_step_and_from_there_on_as_before(warm: bool) -> None:
    one = send_back(Instance("linear", warm=warm).do("a").do("b"), "c", "a")

    assert one.waiting == ["a"]
    assert [(closed.element_id, closed.how) for closed in one.last.closed] == [("c", "completed")]
    assert one.do("a").do("b").do("c").last.status == "completed"


def test_a_countersigning_is_asked_of_all_again(warm: bool) -> None:
    many = send_back(Instance("mi_par", UNITS, warm=warm).do("m").do("m").do("m"), "next", "m")

    assert [task.item for task in many.last.opened] == ["a", "b", "c"]
    assert many.do("m").do("m").do("m").waiting == ["next"]


def test_a_step_with_guards_returns_and_its_guards_are_gone(warm: bool) -> None:
    one = Instance("combined", VALUES, warm=warm)
    one.do("draft").do("sign", outcome="yes")
    assert "review" in one.waiting

    send_back(one, "review", "reporting")

    assert "draft" in one.waiting
    assert not {"review", "report_back"} & set(one.waiting)


def test_stored_and_live_reach_the_same_states() -> None:
    begun = [Instance("linear", warm=warm).do("a").do("b") for warm in (False, True)]
    runs = [send_back(one, "c", "b").do("b").do("c") for one in begun]

    assert runs[0].hashes == runs[1].hashes


def test_an_element_of_another_level_is_refused_and_the_state_before_holds() -> None:
    one = Instance("linear").do("a")

    with pytest.raises(NotWaiting):
        send_back(one, "b", "nowhere")

    assert one.do("b").waiting == ["c"]


@pytest.mark.parametrize("name", ENDING)
def test_whatever_may_be_returned_by_chance_the_instance_still_ends(name: str) -> None:
    for seed in range(6):
        _walk(name, Random(seed))


def _walk(name: str, chance: Random) -> None:
    one, done, returns = Instance(name, VALUES, warm=bool(chance.getrandbits(1))), list[str](), 0
    for _ in range(80):
        if one.last.status != "active":
            return
        element_id = chance.choice(one.waiting)
        is_task = one.awaited[one.id(element_id)] == "task"
        ways = [
            way for way in earlier_steps(one.definition, element_id, done, is_plain=True) if way.outcome.is_allowed
        ] if is_task else []  # fmt: skip
        if ways and returns < 4 and chance.random() < 0.5:
            way, returns = chance.choice(ways), returns + 1
            send_back(one, element_id, way.entry_id)
            assert way.element_id in [task.element_id for task in one.last.opened], (name, element_id, way)
        else:
            one.move(element_id, outcome="yes", **({"round": 9} if is_task else {}))
            done += [element_id] if is_task else []
    raise AssertionError(f"{name} does not end: {one.waiting}")

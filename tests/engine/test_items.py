"""One more item for a multi-instance that is under way."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine import ModelFault, NotWaiting
from tests.engine.driver import BEGIN, UNITS, Instance

DATES = {"due_at": BEGIN.isoformat(), "remind_at": BEGIN.isoformat()}


class Countersigned(Instance):
    def add(self, element_id: str, key: str, item: Any) -> Countersigned:
        self._take(
            self.engine.add_item(self.definition, self.state, self._step(), self.id(element_id), key, item, self.host)
        )
        return self


@pytest.fixture(params=[False, True], ids=["stored", "live"])
def warm(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_an_item_more_opens_a_task_more_and_is_waited_for(warm: bool) -> None:
    many = Countersigned("mi_par", UNITS, warm=warm).do("m").add("m", "d", {"n": 4})
    assert [(task.element_id, task.item) for task in many.last.opened] == [("m", "d")]

    for _ in range(3):
        assert many.waiting != ["next"]
        many.do("m")

    assert many.waiting == ["next"]
    assert many.last.data["units"] == {**UNITS["units"], "d": {"n": 4}}


def test_an_item_more_of_a_sequence_is_the_last(warm: bool) -> None:
    row = Countersigned("mi_seq", UNITS, warm=warm).add("m", "d", {"n": 4})
    assert row.last.opened == ()

    said = [row.do("m").last.opened[0].item for _ in range(3)]

    assert said == ["b", "c", "d"]
    assert row.do("m").waiting == ["next"]


@pytest.mark.parametrize(("name", "first"), [("mi_sub", "m1"), ("mi_call", "c1"), ("mi_sub_round", "m1")])
def test_an_item_more_opens_a_box_more(name: str, first: str, warm: bool) -> None:
    many = Countersigned(name, {**UNITS, **DATES}, warm=warm).add(first, "d", {"n": 4})

    assert [(task.element_id, task.item) for task in many.last.opened] == [(first, "d")]


def test_the_same_item_is_not_added_twice_and_the_state_before_holds() -> None:
    many = Countersigned("mi_par", UNITS)

    with pytest.raises(ModelFault, match="there already"):
        many.add("m", "a", {"n": 9})

    assert many.do("m").waiting == ["m", "m"]


def test_a_task_outside_of_a_multi_instance_takes_no_item() -> None:
    with pytest.raises(NotWaiting):
        Countersigned("linear").add("a", "d", {"n": 4})

"""What is accepted as a definition, and every reason to refuse one."""

from __future__ import annotations

import pytest

from app.engine import InvalidDefinition, load
from tests.engine.driver import HERE, model

VALID = sorted(path.stem.removeprefix("valid_") for path in HERE.glob("valid_*.bpmn"))
HEAD = '<?xml version="1.0"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t" '
HEAD += 'id="d"><process id="p" isExecutable="true">'
TAIL = "</process></definitions>"
LINE = '<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="x"/>{}<sequenceFlow id="f2" sourceRef="x" '
LINE += 'targetRef="e"/><endEvent id="e"/>'


def refused(content: bytes, key: str = "p") -> list[str]:
    with pytest.raises(InvalidDefinition) as caught:
        load({"p.bpmn": content}, key)
    assert all(problem.text and problem.file == "p.bpmn" for problem in caught.value.problems)
    return [f"{problem.element_id}: {problem.reason}" for problem in caught.value.problems]


@pytest.mark.parametrize("name", VALID)
def test_a_proved_construct_is_accepted(name: str) -> None:
    assert model(name).key == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("evsub_msg", "event sub-processes"),
        ("event_gateway", "not accepted: eventBasedGateway"),
        ("gw_par_rework", "inside a cycle"),
        ("mi_sub_bnd", "boundary event cannot stand here"),
        ("order_y", "needs a default"),
        ("lanes_sub_in_lane", "stands in no lane"),
        ("dmn", "calledDecisionId"),
        ("service_same_id", "used twice"),
        ("join_bnd_direct", "enter the join exactly once"),
    ],
)
def test_a_construct_that_does_not_hold_is_refused(name: str, reason: str) -> None:
    key = "gw_event" if name == "event_gateway" else name

    assert any(reason in problem for problem in refused((HERE / f"invalid_{name}.bpmn").read_bytes(), key))


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ('<scriptTask id="x"><script>import os</script></scriptTask>', "x: this element is not accepted: scriptTask"),
        ('<userTask id="x"/>', "x: no lane that is known"),
        ('<serviceTask id="x"/>', "x: an operator id"),
        ('<callActivity id="x" calledElement="p"/>', "p: a process calls itself"),
        ('<receiveTask id="x" messageRef="none"/>', "x: a reference to nothing"),
        ('<task id="x"/>', "x: this element is not accepted: task"),
        ('<subProcess id="x"/>', "x: a sub-process needs its own documentation"),
        ('<transaction id="x"/>', "x: this element is not accepted: transaction"),
        ('<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>'
         "</intermediateCatchEvent>", "x: this element is not accepted: timeDuration"),
        ('<intermediateCatchEvent id="x"><timerEventDefinition><timeDate>now() + 1</timeDate></timerEventDefinition>'
         "</intermediateCatchEvent>", "x: a timer needs"),
    ],
)  # fmt: skip
def test_an_element_that_is_not_accepted_is_named(element: str, reason: str) -> None:
    assert any(reason in problem for problem in refused((HEAD + LINE.format(element) + TAIL).encode()))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'<!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>', "DOCTYPE"),
        (b"<definitions", "not well-formed"),
        (b" " * (2 << 20) + b"<d/>", "larger than 2 MB"),
        (b"<d/>", "against the BPMN schema"),
        (b"", "not well-formed"),
    ],
)
def test_hostile_bytes_are_refused_before_they_are_read(content: bytes, reason: str) -> None:
    assert any(reason in problem for problem in refused(content))


def test_all_problems_are_told_at_once_with_their_lines() -> None:
    content = (HEAD + "\n" + LINE.format('<scriptTask id="x"/>\n<task id="y"/>') + TAIL).encode()

    with pytest.raises(InvalidDefinition) as caught:
        load({"p.bpmn": content}, "p")

    assert [(problem.element_id, problem.line) for problem in caught.value.problems] == [("x", 2), ("y", 3)]

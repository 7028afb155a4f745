"""What is accepted as a definition, and every reason to refuse one."""

from __future__ import annotations

import re

import pytest

from app.engine import BadState, InvalidDefinition, load, load_published
from app.engine.definitions import source_hash
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


REFUSED = {
    "adhoc": ("x", "not accepted: adHocSubProcess; draw a sub-process"),
    "box_undocumented": ("S", "needs its own documentation"),
    "call_terminate": ("ce", "named outputs cannot end by a terminate"),
    "cancel_end": ("e", "not accepted: cancelEventDefinition"),
    "cardinality": ("x", "not accepted: loopCardinality; name a collection"),
    "closed_branch": ("close", "a side task that is closed here leads to a join"),
    "compensation": ("x", "not accepted: compensateEventDefinition"),
    "complex_gateway": ("x", "not accepted: complexGateway"),
    "conditional": ("x", "not accepted: conditionalEventDefinition"),
    "correlation": ("ck", "not accepted: correlationKey"),
    "cycle": ("x", "not accepted: timeCycle; write a timeDate"),
    "data_assignment": ("dia", "not accepted: assignment; let a service task"),
    "dmn": ("r", "not accepted: calledDecisionId; write the id of an operator"),
    "duration": ("x", "not accepted: timeDuration; write a timeDate"),
    "endless": ("act", "a cycle in which nothing ever waits"),
    "endless_box": ("g", "a cycle in which nothing ever waits"),
    "evsub_in_sub": ("E", "event sub-processes"),
    "evsub_msg": ("E", "event sub-processes"),
    "gw_event_shared": ("g", "behind an event-based gateway"),
    "gw_inc_rework": ("j", "inside a cycle"),
    "gw_par_rework": ("j", "inside a cycle"),
    "gw_xor_no_default": ("g", "needs a default"),
    "ids_of_calls": ("e", "used twice"),
    "item_id": ("next", "used twice"),
    "join_bnd_direct": ("j", "enter the join exactly once"),
    "join_missed": ("e_late", "a branch may end without having reached its join"),
    "lanes_sub_in_lane": ("S", "stands in no lane"),
    "mi_call_bnd": ("late", "boundary event cannot stand here"),
    "mi_leak": ("m", "one collection and one item, in and out"),
    "mi_sub_bnd": ("lapsed", "boundary event cannot stand here"),
    "multiple": ("x", "this kind of event"),
    "order_y": ("g", "needs a default"),
    "plain_task": ("x", "not accepted: task; draw a user task"),
    "pre_script": ("x", "not accepted: preScript"),
    "recursion": ("recursion", "calls itself"),
    "reserved": ("Start", "the engine needs for itself"),
    "same_condition": ("f_g_b_3", "with the same or a constant condition"),
    "script": ("x", "not accepted: scriptTask; draw a service task"),
    "service_same_id": ("act", "used twice"),
    "side_merge": ("late", "a side path runs into the main flow"),
    "signal_unsent": ("c", "a signal that nothing in this definition sends"),
    "single_condition": ("f_g_a_2", "a single way out has none"),
    "standard_loop": ("x", "not accepted: standardLoopCharacteristics"),
    "transaction": ("x", "not accepted: transaction"),
    "two_into_join": ("j", "enter the join exactly once"),
    "two_starts": ("two_starts", "exactly one start event"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_construct_that_does_not_hold_is_refused_at_its_element_and_line(name: str) -> None:
    content = (HERE / f"invalid_{name}.bpmn").read_bytes()
    element_id, reason = REFUSED[name]

    with pytest.raises(InvalidDefinition) as caught:
        load({"p.bpmn": content}, name)

    found = [problem for problem in caught.value.problems if problem.element_id == element_id]
    assert any(reason in problem.reason for problem in found), caught.value.problems
    assert all(re.search(rb"[<]bpmn:", content.splitlines()[problem.line - 1]) for problem in found)


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
        ("<?xml version='1.0' encoding='GB18030'?><d name='流程'/>".encode("gb18030"), "not written in UTF-8"),
        (b" " * (2 << 20) + b"<d/>", "larger than 2 MB"),
        (b"<d>" + b"<x/>" * 10_000 + b"</d>", "more than 10,000 XML elements"),
        (b"<d/>", "against the BPMN schema"),
        (b"", "not well-formed"),
    ],
)
def test_hostile_bytes_are_refused_before_they_are_read(content: bytes, reason: str) -> None:
    assert any(reason in problem for problem in refused(content))


USER = (
    '<userTask id="{}"><extensionElements><spiffworkflow:properties>'
    '<spiffworkflow:property name="lane" value="领导小组"/>'
    "</spiffworkflow:properties></extensionElements></userTask>"
)
TIMER = "<timerEventDefinition><timeDate>due_at</timeDate></timerEventDefinition>"


def drawn(nodes: str, flows: str) -> bytes:
    """A process of these nodes. flows: `a>b` for each arrow, `a>b?condition` for one with a condition."""
    body = []
    for number, flow in enumerate(flows.split(";")):
        path, _, condition = flow.strip().partition("?")
        source, target = path.split(">")
        inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
        body.append(f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>')
    nodes = re.sub(r"user:(\w+)", lambda match: USER.format(match[1]), nodes)
    head = HEAD.replace(' id="d"', ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="d"')
    return f'{head}<startEvent id="s"/><endEvent id="e"/>{nodes}{"".join(body)}{TAIL}'.encode()


@pytest.mark.parametrize(
    ("nodes", "flows", "reason"),
    [
        ('<exclusiveGateway id="g"/>user:a', "s>g;g>a?x == 1;g>e;a>e", "g: an exclusive gateway needs a default"),
        ('<exclusiveGateway id="g" default="f2"/>user:a', "s>g;g>a?x.y;g>e;a>e", "Attribute is not in the language"),
        ('<exclusiveGateway id="g" default="f2"/>user:a', "s>g;g>a;g>e;a>e", "f1: a condition is missing"),
        ('<exclusiveGateway id="g" default="f2"/>user:a', "s>g;g>a?True;g>e;a>e", "a constant condition"),
        ('<exclusiveGateway id="g" default="f3"/>user:a', "s>g;g>a?x == 1;g>e?x==1;g>a;a>e", "with the same"),
        ("user:a", "s>a;a>e?x == 1", "f1: a condition is missing here, or stands where none belongs"),
        ("user:" + "a" * 61, f"s>{'a' * 61};{'a' * 61}>e", "an id of more than 60"),
        ("user:a user:b", "s>a;a>e;b>e", "b: never reached"),
        ("user:a user:b", "s>a;a>b;b>a", "a: no end can be reached"),
        ("user:a user:b", "s>a;a>b;a>e;b>e", "a: exactly one exit is needed"),
        ("user:a", "s>a;a>nowhere", "f1: a reference to nothing"),
        ('user:a<boundaryEvent id="t" attachedToRef="a" cancelActivity="false">' + TIMER + "</boundaryEvent>user:b",
         "s>a;a>b;b>e;t>b", "t: a side path runs into the main flow"),
        ('<exclusiveGateway id="g" default="f1"/><exclusiveGateway id="h"/>', "s>h;g>e;h>g;g>h?x == 1",
         "a cycle in which nothing ever waits"),
        ('<parallelGateway id="k"/><parallelGateway id="j"/>user:a user:b<boundaryEvent id="t" attachedToRef="a">'
         + TIMER + "</boundaryEvent>", "s>k;k>a;k>b;a>j;b>j;t>j;j>e", "j: each branch of one fork"),
        ('user:a<boundaryEvent id="t" attachedToRef="a">' + TIMER + '<messageEventDefinition/></boundaryEvent>',
         "s>a;a>e;t>e", "t: this kind of event"),
        ('<userTask id="a"><extensionElements><spiffworkflow:preScript>x=1</spiffworkflow:preScript>'
         "</extensionElements></userTask>", "s>a;a>e", "this extension is not accepted: preScript"),
        ('<userTask id="a"><standardLoopCharacteristics/></userTask>', "s>a;a>e", "standardLoopCharacteristics"),
        ('<userTask id="a"><multiInstanceLoopCharacteristics><loopDataInputRef>u</loopDataInputRef>'
         '<inputDataItem id="i"/></multiInstanceLoopCharacteristics></userTask>',
         "s>a;a>e", "one collection and one item"),
        ('<complexGateway id="g"/>', "s>g;g>e", "not accepted: complexGateway; draw exclusive or inclusive gateways"),
        ('<eventBasedGateway id="g"/>user:a user:b', "s>g;g>a;g>b;a>e;b>e", "g: behind an event-based gateway"),
        (f'<eventBasedGateway id="g"/><intermediateCatchEvent id="c">{TIMER}</intermediateCatchEvent>', "s>g;g>c;c>e",
         "g: behind an event-based gateway"),
        ('<receiveTask id="r"/>', "s>r;r>e", "r: a message reference is needed"),
        ('<intermediateCatchEvent id="c"><signalEventDefinition/></intermediateCatchEvent>', "s>c;c>e",
         "c: a signal that nothing in this definition sends"),
        ('<userTask id="a"><dataInputAssociation id="d"><targetRef>x</targetRef><assignment><from>1</from><to>x</to>'
         "</assignment></dataInputAssociation></userTask>", "s>a;a>e", "not accepted: assignment"),
        ('<userTask id="a"><extensionElements><z:taskListener xmlns:z="urn:z"/></extensionElements></userTask>',
         "s>a;a>e", "a: this extension acts in its own engine and would not here: taskListener"),
    ],
)  # fmt: skip
def test_a_shape_that_does_not_hold_is_refused(nodes: str, flows: str, reason: str) -> None:
    problems = refused(drawn(nodes, flows))

    assert any(reason in problem for problem in problems), problems


ADORNED = (
    '<userTask id="a" z:assignee="demo" xmlns:z="urn:z"><extensionElements><spiffworkflow:properties>'
    '<spiffworkflow:property name="lane" value="领导小组"/></spiffworkflow:properties><z:formData><z:field/>'
    '</z:formData></extensionElements><ioSpecification><dataInput id="i"/><inputSet><dataInputRefs>i</dataInputRefs>'
    '</inputSet><outputSet/></ioSpecification><dataInputAssociation id="d"><sourceRef>r</sourceRef>'
    '<targetRef>i</targetRef></dataInputAssociation></userTask>'
    '<dataObject id="o"/><dataObjectReference id="r" dataObjectRef="o"/>'
)  # fmt: skip


def test_what_only_adorns_a_drawing_is_accepted_taken_out_and_told_with_its_place() -> None:
    content = drawn(ADORNED.replace("<z:field/>", ""), "s>a;a>e")

    definition = load({"p.bpmn": content}, "p")

    told = {(notice.element_id, notice.reason.rpartition(": ")[2]) for notice in definition.notices}
    assert told == {
        ("a", "@assignee"), ("a", "formData"), ("a", "ioSpecification"), ("d", "dataInputAssociation"),
        ("o", "dataObject"), ("r", "dataObjectReference"),
    }  # fmt: skip
    assert all(notice.line == 1 and notice.text and notice.file == "p.bpmn" for notice in definition.notices)
    assert any("acts in its own engine" in problem for problem in refused(drawn(ADORNED, "s>a;a>e")))


def test_a_pool_that_is_only_drawn_beside_the_executable_process_is_passed_over() -> None:
    pool = '<process id="other"><task id="x"/></process><process id="p" isExecutable="true">'
    content = drawn("user:a", "s>a;a>e").decode().replace('<process id="p" isExecutable="true">', pool)

    definition = load({"p.bpmn": content.encode()}, "p")

    assert "x" not in definition.elements
    assert [notice.element_id for notice in definition.notices] == ["other"]


def test_no_more_than_a_hundred_problems_are_told_at_once() -> None:
    many = "".join(f'<task id="t{number}"/>' for number in range(300))

    problems = refused((HEAD + many + TAIL).encode())

    assert (len(problems), problems[-1]) == (101, "t100: and more of them")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (drawn("".join(f"user:u{n} " for n in range(301)), "s>u0"), "more than 300 elements"),
        (drawn("user:a", ";".join(["s>a"] * 601)), "or 600 flows"),
        (HEAD + '<subProcess id="b{}">' * 9 + "</subProcess>" * 9 + TAIL, "more than 8 deep"),
    ],
)
def test_a_drawing_beyond_all_measure_is_refused(content: bytes | str, reason: str) -> None:
    if isinstance(content, str):
        content = content.format(*range(9)).encode()

    assert any(reason in problem for problem in refused(content))


def test_blanks_around_names_are_none_of_the_names() -> None:
    nodes = f'user:a<boundaryEvent id="t" attachedToRef="a">{TIMER.replace("due_at", " due_at ")}</boundaryEvent>'

    definition = load({"p.bpmn": drawn(nodes, "s>a;a>e;t>e")}, "p")

    assert definition.deployment.spec.task_specs["t"].event_definition.expression == "due_at"


def test_a_boundary_merged_into_its_branch_may_enter_the_join() -> None:
    nodes = '<parallelGateway id="k"/><parallelGateway id="j"/><exclusiveGateway id="m"/>user:a user:b'
    nodes += f'<boundaryEvent id="t" attachedToRef="a">{TIMER}</boundaryEvent>'

    assert load({"p.bpmn": drawn(nodes, "s>k;k>a;k>b;a>m;t>m;m>j;b>j;j>e")}, "p").key == "p"


def test_all_problems_are_told_at_once_with_their_lines() -> None:
    content = (HEAD + "\n" + LINE.format('<scriptTask id="x"/>\n<task id="y"/>') + TAIL).encode()

    with pytest.raises(InvalidDefinition) as caught:
        load({"p.bpmn": content}, "p")

    assert [(problem.element_id, problem.line) for problem in caught.value.problems] == [("x", 2), ("y", 3)]


def test_a_published_version_stays_though_a_later_rule_would_refuse_it() -> None:
    sources = {"p.bpmn": HERE.joinpath("invalid_gw_par_rework.bpmn").read_bytes()}
    hash_ = source_hash(tuple(sources.items()))
    with pytest.raises(InvalidDefinition):
        load(sources, "gw_par_rework")

    assert "gw_par_rework" in load_published(sources, "gw_par_rework", hash_).key
    with pytest.raises(BadState):
        load_published({"p.bpmn": sources["p.bpmn"] + b" "}, "gw_par_rework", hash_)

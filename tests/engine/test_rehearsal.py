"""Every way through a definition is gone before it is published; what cannot be gone is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.choices import Choices
from app.engine.definitions import load
from app.engine.outcomes import candidates, ways
from app.engine.outline import outline
from app.engine.rehearsal import Move, Rehearsal, rehearse
from app.services.definitions import sources_of
from tests.engine.driver import HERE
from tests.engine.test_definitions import drawn

WORKFLOWS = sorted((Path(__file__).parents[2] / "workflows").glob("*.bpmn"))
MODELS = sorted(path.stem.removeprefix("valid_") for path in HERE.glob("valid_*.bpmn"))
LONG = 120.0  # seconds; a busy machine must not cut these short


def rehearsed(nodes: str, flows: str) -> Rehearsal:
    return rehearse({"p.bpmn": drawn(nodes, flows)}, "p", LONG)


def sources(name: str) -> dict[str, bytes]:
    found = {f"{name}.bpmn": (HERE / f"valid_{name}.bpmn").read_bytes()}
    if b'calledElement="called"' in found[f"{name}.bpmn"]:
        found["called.bpmn"] = (HERE / "called.bpmn").read_bytes()
    return found


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_every_way_of_the_houses_own_processes_can_be_gone(file: Path) -> None:
    result = rehearse(sources_of(file.read_bytes(), file.stem, {}), file.stem, LONG)

    assert result.is_complete
    assert (result.flows_never_taken, result.elements_never_entered) == ((), ())
    assert (result.stuck, result.endless) == ((), ())
    assert result.shortest > 0


@pytest.mark.parametrize("name", MODELS)
def test_every_way_of_a_proved_construct_can_be_gone(name: str) -> None:
    result = rehearse(sources(name), name, LONG)

    assert result.is_complete
    assert (result.flows_never_taken, result.stuck, result.endless) == ((), (), ())
    assert result.ends


def test_a_way_whose_condition_contradicts_the_one_before_it_is_never_gone() -> None:
    nodes = '<exclusiveGateway id="g" default="f2"/><exclusiveGateway id="h" default="f4"/>user:a user:b'
    flows = "s>g;g>h?x == 1;g>a;h>b?x == 2;h>a;a>e;b>e"

    result = rehearsed(nodes, flows)

    assert result.is_complete
    assert result.flows_never_taken == ("f3", "f6")
    assert result.elements_never_entered == ("b",)


def test_a_loop_that_is_left_by_an_answer_is_gone_round_and_left() -> None:
    result = rehearsed('<exclusiveGateway id="g" default="f3"/>user:a', 's>a;a>g;g>e?outcome == "yes";g>a')

    assert result.is_complete
    assert (result.ends, result.flows_never_taken) == (("e",), ())
    assert result.shortest == 2


def test_a_flag_beside_an_answer_leaves_the_answers_behind_it_to_be_given() -> None:
    gateways = '<exclusiveGateway id="g" default="f3"/><exclusiveGateway id="h" default="f5"/>user:a user:b'
    flows = 's>a;a>g;g>b?flag or outcome == "up";g>h;h>e?outcome == "granted";h>a;b>e'

    result = rehearsed(gateways, flows)

    assert (result.flows_never_taken, result.stuck, result.is_complete) == ((), (), True)


def test_a_place_without_a_way_to_an_end_is_named_with_the_way_to_it() -> None:
    """The strict reader sees the arrow to the end; only the rehearsal sees that no answer ever takes it."""
    nodes = '<exclusiveGateway id="g" default="f3"/><exclusiveGateway id="h" default="f5"/>user:a'
    flows = "s>a;a>g;g>h?x == 1;g>a;h>e?x == 2;h>a"

    result = rehearsed(nodes, flows)

    assert result.is_complete
    assert [(trouble.element_id, trouble.path) for trouble in result.endless] == [("a", (Move("start", "p"),))]
    assert result.shortest == 0


def test_a_step_that_fails_is_named_with_the_way_to_it() -> None:
    """The strict reader sees that the signal is sent; only the rehearsal sees that it is sent too early."""
    nodes = 'user:a<intermediateThrowEvent id="t"><signalEventDefinition signalRef="x"/></intermediateThrowEvent>'
    nodes += '<intermediateCatchEvent id="c"><signalEventDefinition signalRef="x"/></intermediateCatchEvent>'
    content = drawn(nodes, "s>a;a>t;t>c;c>e").replace(b"</process>", b'</process><signal id="x" name="x"/>')

    result = rehearse({"p.bpmn": content}, "p", LONG)

    assert [trouble.path for trouble in result.stuck] == [(Move("start", "p"), Move("complete", "a"))]
    assert "nothing is left" in result.stuck[0].reason


def test_an_output_of_a_called_process_that_nothing_reads_is_said_within_it() -> None:
    calling = drawn('<callActivity id="c" calledElement="called"/>', "s>c;c>e")
    output = '<ioSpecification><dataOutput id="result"/><inputSet/><outputSet><dataOutputRefs>result</dataOutputRefs>'
    service = (
        '<serviceTask id="x"><extensionElements><spiffworkflow:serviceTaskOperator id="called.x"/>'
        "</extensionElements></serviceTask>"
    )
    called = drawn(service, "s>x;x>e").decode().replace('"s"', '"cs"').replace('"e"', '"ce"').replace('"f', '"cf')
    called = called.replace('id="p"', 'id="called"').replace(
        "<startEvent", f"{output}</outputSet></ioSpecification><startEvent", 1
    )

    result = rehearse({"p.bpmn": calling, "called.bpmn": called.encode()}, "p", LONG)

    assert (result.stuck, result.endless, result.is_complete) == ((), (), True)


def test_a_search_that_is_cut_short_says_so() -> None:
    result = rehearse(sources("combined"), "combined", 0.0)

    assert not result.is_complete
    assert result.endless == ()


def test_a_long_row_of_choices_is_gone_in_every_way_though_not_in_every_combination() -> None:
    """Fifteen gateways one after another have 2**15 combinations."""
    nodes, flows = [], ["s>g0"]
    for n in range(15):
        after = f"g{n + 1}" if n < 14 else "e"
        nodes.append(f'<exclusiveGateway id="g{n}" default="f{3 * n + 2}"/>user:t{n}')
        flows += [f"g{n}>t{n}?x{n} == {n}", f"g{n}>{after}", f"t{n}>{after}"]

    result = rehearsed("".join(nodes), ";".join(flows))

    assert result.flows_never_taken == ()


def test_the_values_worth_trying_are_those_compared_with_and_beside_them() -> None:
    found = candidates(["round <= 2", 'outcome == "yes" and not late', 'kind in ("a", "b")', "left > right"])

    assert found["round"] == (2, 1, 3)
    assert found["outcome"] == ("another", "yes")
    assert found["late"] == (True, False)
    assert found["kind"] == ("another", "a", "b")
    assert found["left"] == found["right"] == (True, False)


def test_each_way_of_a_gateway_gets_an_answer_of_its_own() -> None:
    conditions = ['outcome == "returned" and round <= 2', 'outcome == "accepted"']

    first, second, none = ways(conditions, candidates(conditions))

    assert (first["outcome"], first["round"]) == ("returned", 2)
    assert second["outcome"] == "accepted"
    assert none["outcome"] not in ("returned", "accepted") or none["round"] == 3


def test_what_is_answered_before_a_deadline_counts_behind_it() -> None:
    nodes = """user:a user:b<boundaryEvent id="t" attachedToRef="b"><timerEventDefinition><timeDate>due_at</timeDate>
      </timerEventDefinition></boundaryEvent><exclusiveGateway id="g" default="f4"/>"""
    content = {"p.bpmn": drawn(nodes, "s>a;a>b;t>g;g>a?is_open;g>e;b>e")}

    choices = Choices(load(content, "p"), outline(content, "p"))

    assert choices.carried == {"is_open"}
    assert {answers["is_open"] for answers in choices.at["a"]} == {True, False}
    assert rehearse(content, "p", LONG).flows_never_taken == ()

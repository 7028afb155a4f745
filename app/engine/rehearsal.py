"""Rehearses a definition before it is published: goes every way that answers, deadlines and messages leave open.

It runs the real engine on copies of its states, with a host that gives the answers worth giving (choices.py). Two
states that wait at the same elements are one place; more than two tasks at one element are as two, so that a loop which
opens another side task in each round comes to an end. The search is bounded and says whether it came to its end.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import Literal

from app.engine.choices import START, Choices
from app.engine.definitions import load
from app.engine.faults import ModelFault
from app.engine.outcomes import OTHER, Values
from app.engine.outline import outline
from app.engine.runtime import Engine
from app.engine.types import Advance, Scalar, Step

MAX_SECONDS = 5.0
MAX_COMMANDS = 5_000
MAX_RUNS = 64  # of one move, with the different answers that service tasks may give on the way

BEGIN = datetime(2000, 1, 3, 1, tzinfo=UTC)
FAR = datetime(9000, 1, 1, tzinfo=UTC)
ITEMS = {"first": {"n": 1}, "second": {"n": 2}}
KEY = b"states of a rehearsal are never kept"

Verb = Literal["start", "complete", "fire", "deliver"]
MOST_ALIKE = 2
Place = tuple[tuple[str, ...], ...]  # what waits: verb, element and item, sorted; then the carried values
END: Place = ()


@dataclass(frozen=True)
class Move:
    """What somebody does at an element; of a start the element is the process."""

    verb: Verb
    element_id: str


@dataclass(frozen=True)
class Trouble:
    """element_id: where; reason: English; path: the moves that lead there."""

    element_id: str
    reason: str
    path: tuple[Move, ...]


@dataclass(frozen=True)
class Rehearsal:
    """is_complete: every place was tried in every way; else what is listed as never reached was perhaps not tried.

    shortest: moves from the start to the nearest end, 0 without one. stuck: where a move fails. endless: places from
    which no end can be reached.
    """

    commands: int
    places: int
    shortest: int
    is_complete: bool
    ends: tuple[str, ...]
    flows_never_taken: tuple[str, ...]
    elements_never_entered: tuple[str, ...]
    stuck: tuple[Trouble, ...]
    endless: tuple[Trouble, ...]


def rehearse(sources: Mapping[str, bytes], key: str, seconds: float = MAX_SECONDS) -> Rehearsal:
    """Raises InvalidDefinition."""
    search = _Search(sources, key, seconds)
    search.run()
    return search.report()


@dataclass(frozen=True)
class _Waiting:
    task_id: str
    move: Move
    item: str = ""
    message: str = ""


@dataclass(frozen=True)
class _State:
    advance: Advance
    path: tuple[Move, ...]
    values: Values
    waiting: tuple[_Waiting, ...]

    def place(self, carried: frozenset[str]) -> Place:
        if self.advance.status != "active":
            return END
        count = Counter((waiting.move.verb, waiting.move.element_id, waiting.item) for waiting in self.waiting)
        waits = sorted(what for what, number in count.items() for _ in range(min(number, MOST_ALIKE)))
        kept = sorted((name, repr(value)) for name, value in self.values.items() if name in carried)
        return (*waits, *kept)

    def moves(self) -> list[_Waiting]:
        """Of several tasks at one element, which are alike, the first."""
        return list({waiting.move: waiting for waiting in reversed(self.waiting)}.values())


class _Answers:
    """A host that gives the answers of one script, the first ones beyond it, and notes how many there were."""

    def __init__(self, choices: Choices, script: tuple[int, ...], handed: Values) -> None:
        self._choices, self._script, self._handed = choices, script, handed
        self._taken: list[tuple[int, int]] = []
        self.values: dict[str, Scalar] = {}

    def say(self, place: str) -> Values:
        answers = self._choices.at.get(place) or ({},)
        number = self._script[len(self._taken)] if len(self._taken) < len(self._script) else 0
        self._taken.append((number, len(answers)))
        self.values.update(answers[number])
        return answers[number]

    def act(self, operation: str, element_id: str, data: Mapping[str, Scalar]) -> Values:
        return {**self._handed, **self.say(element_id)}

    def due(self, rule: str, element_id: str, data: Mapping[str, Scalar]) -> datetime:
        return FAR

    def next_script(self) -> tuple[int, ...] | None:
        """As an odometer counts; None after the last."""
        for place in range(len(self._taken) - 1, -1, -1):
            number, count = self._taken[place]
            if number + 1 < count:
                return (*(before for before, _ in self._taken[:place]), number + 1)
        return None


@dataclass
class _Seen:
    """What the search has met so far."""

    flows: set[str] = field(default_factory=set)
    entered: set[str] = field(default_factory=set)
    ends: set[str] = field(default_factory=set)
    shortest: int = 0
    states: dict[Place, _State] = field(default_factory=dict)
    leads: dict[Place, set[Place]] = field(default_factory=dict)  # of the places that were tried in every way
    stuck: dict[tuple[str, str], Trouble] = field(default_factory=dict)


class _Search:
    def __init__(self, sources: Mapping[str, bytes], key: str, seconds: float) -> None:
        self._definition, self._more = load(sources, key), outline(sources, key)
        self._choices = Choices(self._definition, self._more)
        # what goes out of a called process is said within it, also where no gateway behind the call reads it
        self._handed = dict.fromkeys(self._more.handed - self._choices.values.keys(), "")
        self._engine = Engine(KEY, cache_bytes=0)
        self._until = perf_counter() + seconds
        self._commands = 0
        self._is_cut = False
        self._seen = _Seen()
        self._todo: deque[Place] = deque()

    def run(self) -> None:
        self._reached(None, _Waiting("", Move("start", self._definition.key)))
        while self._todo and not self._is_spent():
            place = self._todo.popleft()
            state = self._seen.states[place]
            reached: set[Place] = set()
            for waiting in state.moves():
                reached |= self._reached(state, waiting)
            if not self._is_spent():
                self._seen.leads[place] = reached

    def report(self) -> Rehearsal:
        definition, seen = self._definition, self._seen
        pairs = {(definition.flows[id_].source, definition.flows[id_].target) for id_ in seen.flows}
        return Rehearsal(
            commands=self._commands,
            places=len(seen.states),
            shortest=seen.shortest,
            is_complete=not self._is_cut and not self._todo,
            ends=tuple(id_ for id_ in definition.elements if id_ in seen.ends),
            flows_never_taken=tuple(
                flow.id for flow in definition.flows.values() if (flow.source, flow.target) not in pairs
            ),
            elements_never_entered=tuple(id_ for id_ in definition.elements if id_ not in seen.entered),
            stuck=tuple(seen.stuck.values()),
            endless=tuple(self._endless()),
        )

    def _is_spent(self) -> bool:
        return self._commands >= MAX_COMMANDS or perf_counter() > self._until

    def _reached(self, state: _State | None, waiting: _Waiting) -> set[Place]:
        """The places to which one move leads, whatever is answered on the way."""
        found: set[Place] = set()
        script: tuple[int, ...] | None = ()
        for _ in range(MAX_RUNS):
            answers = _Answers(self._choices, script or (), self._handed)
            self._commands += 1
            try:
                advance = self._do(state, waiting, answers)
            except ModelFault as fault:
                self._note_stuck(fault, _path(state, waiting))
            else:
                found.add(self._arrive(_after(state, waiting, advance, answers.values)))
            script = answers.next_script()
            if script is None:
                return found
            if self._is_spent():
                break
        self._is_cut = True
        return found

    def _do(self, state: _State | None, waiting: _Waiting, answers: _Answers) -> Advance:
        if state is None:
            return self._engine.start(self._definition, _step(0), self._seeds() | dict(answers.say(START)), answers)
        stored, step, id_ = state.advance.state, _step(len(state.path)), waiting.task_id
        match waiting.move.verb:
            case "fire":
                return self._engine.fire(self._definition, stored, step, id_, answers)
            case "deliver":
                return self._engine.deliver(self._definition, stored, step, id_, waiting.message, answers)
            case _:
                told = answers.say(waiting.move.element_id)
                return self._engine.complete(self._definition, stored, step, id_, told, answers)

    def _seeds(self) -> dict[str, object]:
        """Something under every name that is read, so that only what is answered decides."""
        lists = {said["items"]: ITEMS for said in self._more.said.values() if "items" in said}
        return {**self._handed, **{name: _seed(values) for name, values in self._choices.values.items()}, **lists}

    def _arrive(self, state: _State) -> Place:
        seen = self._seen
        for entry in state.advance.trace:
            seen.entered.add(entry.element_id)
            seen.flows |= {entry.flow_id} if entry.flow_id else set()
            if entry.state == "completed" and self._definition.elements[entry.element_id].type == "endEvent":
                seen.ends.add(entry.element_id)
        place = state.place(self._choices.carried)
        if place == END:
            seen.shortest = min(seen.shortest or len(state.path), len(state.path))
        elif place not in seen.states:
            seen.states[place] = state
            self._todo.append(place)
        return place

    def _note_stuck(self, fault: ModelFault, path: tuple[Move, ...]) -> None:
        self._seen.stuck.setdefault((fault.element_id, fault.text), Trouble(fault.element_id, fault.text, path))

    def _endless(self) -> list[Trouble]:
        """Places from which all was tried and no end reached; a place with an untried one behind it is spared."""
        hopeful = {place for place in self._seen.states if place not in self._seen.leads} | {END}
        is_growing = True
        while is_growing:
            more = {place for place, leads in self._seen.leads.items() if place not in hopeful and leads & hopeful}
            hopeful |= more
            is_growing = bool(more)
        lost = [state for place, state in self._seen.states.items() if place not in hopeful]
        first = {waiting.move.element_id: state for state in reversed(lost) for waiting in state.waiting}
        return [Trouble(id_, "no end is reached from here", state.path) for id_, state in first.items()]


def _after(state: _State | None, waiting: _Waiting, advance: Advance, values: Values) -> _State:
    over = {*advance.timers_closed, *advance.subscriptions_closed, *(closed.task_id for closed in advance.closed)}
    left = [before for before in state.waiting if before.task_id not in over] if state is not None else []
    left += [_Waiting(task.task_id, Move("complete", task.element_id), item=task.item or "") for task in advance.opened]
    left += [_Waiting(timer.task_id, Move("fire", timer.element_id), timer.item or "") for timer in advance.timers]
    left += [
        _Waiting(sub.task_id, Move("deliver", sub.element_id), sub.item or "", sub.message)
        for sub in advance.subscriptions
    ]
    known = state.values if state is not None else {}
    return _State(advance, _path(state, waiting), {**known, **values}, tuple(left))


def _path(state: _State | None, waiting: _Waiting) -> tuple[Move, ...]:
    return (*(state.path if state is not None else ()), waiting.move)


def _step(version: int) -> Step:
    return Step("rehearsal", version, BEGIN)


def _seed(values: tuple[Scalar, ...]) -> Scalar:
    return False if False in values else OTHER if OTHER in values else values[0]

"""Where a user task lies on its drawing: which element comes just before it, and which user tasks come after."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping

from app.engine import Definition, Element

MOST_AHEAD = 3
USER_TASK, START, END, BOX = "userTask", "startEvent", "endEvent", "subProcess"


def steps_ahead(definition: Definition, element_id: str, behind: Collection[str]) -> list[Element]:
    """The user tasks to be expected after an element, nearest first, each as if all went well.

    behind: user tasks that were done already; a way back to one of them is not what is expected.
    """
    ahead: list[Element] = []
    seen = {element_id, *behind}
    here: str | None = element_id
    while here is not None and len(ahead) < MOST_AHEAD:
        found = next((element for element in _user_tasks_after(definition, here) if element.id not in seen), None)
        here = found.id if found else None
        if found:
            ahead.append(found)
            seen.add(found.id)
    return ahead


def just_before(definition: Definition, element_id: str, entered: Collection[str]) -> str | None:
    """The nearest task or start upstream that the instance has been at; for the cut-out of the drawing."""
    sources: dict[str, list[str]] = {}
    for flow in definition.flows.values():
        sources.setdefault(flow.target, []).append(flow.source)
    queue, seen = deque(sources.get(element_id, ())), {element_id}
    while queue:
        id_ = queue.popleft()
        if id_ in seen:
            continue
        seen.add(id_)
        element = definition.elements[id_]
        if id_ in entered and (element.type == START or element.type.endswith("Task")):
            return id_
        queue.extend(sources.get(id_, ()))
    return None


def _user_tasks_after(definition: Definition, element_id: str) -> Iterator[Element]:
    """Breadth first along the flows, into and out of boxes; not along side paths at their border."""
    targets = _targets(definition)
    queue, seen = deque(_next(definition, targets, element_id)), {element_id}
    while queue:
        id_ = queue.popleft()
        if id_ in seen:
            continue
        seen.add(id_)
        element = definition.elements[id_]
        if element.type == USER_TASK:
            yield element
        else:
            queue.extend(_next(definition, targets, id_))


def _next(definition: Definition, targets: Mapping[str, list[str]], id_: str) -> list[str]:
    element = definition.elements[id_]
    if element.type == BOX:
        return [inner.id for inner in definition.elements.values() if inner.parent == id_ and inner.type == START]
    if element.type == END and element.parent is not None:
        return targets.get(element.parent, [])
    return targets.get(id_, [])


def _targets(definition: Definition) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for flow in definition.flows.values():
        found.setdefault(flow.source, []).append(flow.target)
    return found

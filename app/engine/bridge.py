"""What the library may ask while it steps: conditions, services and dates; its word for this is a script engine.

No scripts run here. What the host raises travels unchanged; what it says is written down, so that a step can be
replayed without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

from SpiffWorkflow.task import Task

from app.engine import expressions
from app.engine.faults import ModelFault
from app.engine.payload import checked
from app.engine.types import Answer, Host, Scalar


class Bridge:
    """One command's connection between the library and the host."""

    def __init__(self, definition_key: str, host: Host) -> None:
        self._definition = definition_key
        self._host = host
        self.environment = self  # correlation expressions would go past evaluate(); the parser refuses them
        self.answers: list[dict[str, Any]] = []
        self.raised: Exception | None = None

    def fault(self, task: Task, text: str) -> ModelFault:
        return ModelFault(self._definition, _element_id(task), text)

    def evaluate(self, task: Task, expression: str, external_context: Any = None) -> bool:
        """The answer of a condition, from the task's data only."""
        try:
            return expressions.decide(expression, task.data)
        except expressions.BadExpression as error:
            raise self.fault(task, str(error)) from error

    def execute(self, task: Task, script: str, external_context: Any = None) -> NoReturn:
        raise self.fault(task, "scripts do not run")

    def act(self, task: Task, operation: str) -> None:
        """Let the host do the work of a service or rule task, and merge its answer."""
        try:
            answer = self._host.act(operation, _element_id(task), dict(task.data))
        except Exception as error:
            self.raised = error
            raise
        merged = checked(answer or {}, self._definition, _element_id(task))
        self.answers.append({"ask": "act", "name": operation, "element_id": _element_id(task), "answer": merged})
        task.data.update(merged)

    def due_text(self, task: Task, rule: str) -> str:
        """The instant of a timer, as ISO text with its offset: a value of the data, else the host's due rule."""
        if rule in task.data:
            return self._from_data(task, rule)
        try:
            due_at = self._host.due(rule, _element_id(task), dict(task.data))
        except Exception as error:
            self.raised = error
            raise
        if not isinstance(due_at, datetime) or due_at.tzinfo is None:
            raise self.fault(task, f"due rule {rule} must answer an aware instant")
        text = due_at.isoformat()
        self.answers.append({"ask": "due", "name": rule, "element_id": _element_id(task), "answer": text})
        return text

    def _from_data(self, task: Task, name: str) -> str:
        try:
            instant = datetime.fromisoformat(task.data[name])
        except (TypeError, ValueError) as error:
            raise self.fault(task, f"{name} is not an instant") from error
        if instant.tzinfo is None:
            raise self.fault(task, f"{name} has no offset")
        return instant.isoformat()


def _element_id(task: Task) -> str:
    return str(task.task_spec.bpmn_id or task.task_spec.name)


class ReplayHost:
    """Says again what a host said, in the order it was asked; `answers` as Advance gave them."""

    def __init__(self, answers: Sequence[Mapping[str, Any]]) -> None:
        self._left = list(answers)

    def act(self, operation: str, element_id: str, data: Mapping[str, Scalar]) -> Answer:
        answer: Answer = self._next("act", operation, element_id)
        return answer

    def due(self, rule: str, element_id: str, data: Mapping[str, Scalar]) -> datetime:
        return datetime.fromisoformat(self._next("due", rule, element_id))

    def is_used_up(self) -> bool:
        """True when everything recorded was asked for again."""
        return not self._left

    def _next(self, ask: str, name: str, element_id: str) -> Any:
        if not self._left:
            raise ModelFault("replay", element_id, f"{ask} {name} was not asked in the recorded step")
        said = self._left.pop(0)
        if (said["ask"], said["name"], said["element_id"]) != (ask, name, element_id):
            raise ModelFault(
                "replay", element_id, f"{ask} {name} asked where {said['ask']} {said['name']} was recorded"
            )
        return said["answer"]

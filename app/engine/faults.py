"""What can go wrong in the engine room: five errors, each with what a service needs to answer for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One reason to refuse a BPMN file.

    line: 1-based, 0 where the file as a whole is meant; text: Chinese, for the person who uploaded it;
    reason: the same in English, for logs and tests.
    """

    file: str
    element_id: str
    line: int
    text: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.element_id}: {self.reason}"


class EngineError(Exception):
    """Root of what the engine raises; the services translate it for the screen."""


class InvalidDefinition(EngineError):
    """The sources of a definition were refused; all problems found, not only the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


class ModelFault(EngineError):
    """A running process met something its model or its actions did not provide for; the state is unchanged."""

    def __init__(self, definition: str, element_id: str, text: str) -> None:
        super().__init__(f"{definition}: {element_id}: {text}")
        self.definition = definition
        self.element_id = element_id
        self.text = text


class BadState(EngineError):
    """A stored state was not written by us for this instance and definition, or in a form we do not read."""


class NotWaiting(EngineError):
    """The task is not (or no longer) waiting for what was asked of it."""

    def __init__(self, task_id: str) -> None:
        super().__init__(f"task {task_id} is not waiting for this")
        self.task_id = task_id

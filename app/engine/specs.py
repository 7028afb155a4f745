"""The library's task specs as this house needs them: timers that fire by name only, service tasks that ask the host."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.parser.task_parsers import GatewayParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimeDateEventDefinition
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import ServiceTaskParser
from SpiffWorkflow.spiff.specs.defaults import ParallelMultiInstanceTask, SequentialMultiInstanceTask, ServiceTask
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

DUE = "event_value"  # the key in a task's internal data where the library keeps the instant of a timer
FIRED = "event_fired"
CLOSES = "closes"


class NamedTimer(TimeDateEventDefinition):
    """Asks its date once, as it begins to wait, and then waits to be fired.

    The stock class looks at the clock whenever any task of the same process completes, so that a due neighbour fires
    unasked.
    """

    def has_fired(self, my_task: Task) -> bool:
        if my_task.internal_data.get(DUE) is None:
            my_task.internal_data[DUE] = my_task.workflow.script_engine.due_text(my_task, self.expression)
        return bool(my_task.internal_data.get(FIRED, False))


class FirstOfEvents(SpiffBpmnTask):
    """An event-based gateway: all events behind it wait at once; the first that happens cancels its neighbours.

    The stock class takes the events into itself and keeps their definitions in the state; so each waits as itself,
    with a timer or subscription of its own.
    """

    def connect(self, taskspec: Any) -> None:
        super().connect(taskspec)
        taskspec.completed_event.connect(self._end_the_others)

    @staticmethod
    def _end_the_others(workflow: Any, happened: Task) -> None:
        for other in happened.parent.children:
            if other is not happened:
                other.cancel()


class _Reached:
    """A multi-instance that begins is no guess any more.

    Two steps behind a boundary event the library still holds it for one, and would refuse its children.
    """

    def _update_hook(self, my_task: Task) -> bool | None:
        if my_task.has_state(TaskState.PREDICTED_MASK):
            my_task._set_state(TaskState.FUTURE)
        below: Any = super()
        begun: bool | None = below._update_hook(my_task)
        return begun


class AllAtOnce(_Reached, ParallelMultiInstanceTask):
    """A parallel multi-instance."""


class OneByOne(_Reached, SequentialMultiInstanceTask):
    """A sequential multi-instance."""


class HostTask(ServiceTask):
    """A service or rule task: the host acts, its answer is merged into the data. It reads no parameters.

    Its property `closes` names user tasks of side paths on the same level; where they are open, they are cancelled.
    """

    def _execute(self, task: Task) -> bool:
        task.workflow.script_engine.act(task, self.operation_name)
        self._close_side_tasks(task)
        return True

    def _close_side_tasks(self, task: Task) -> None:
        closed = self.extensions.get("properties", {}).get(CLOSES, "").split()
        for side in list(task.workflow.tasks.values()) if closed else ():
            if side.task_spec.bpmn_id in closed and side._state == TaskState.READY:
                side.cancel()

    def _run_hook(self, task: Task) -> bool:
        """Past the library's own hook, which replaces what an action raises by a NameError."""
        return self._execute(task)


def _with_our_loops(parser: Any) -> Any:
    loops = {"PARALLEL_MI_CLASS": AllAtOnce, "SEQUENTIAL_MI_CLASS": OneByOne}
    return type(parser.__name__, (parser,), loops)


class StrictParser(SpiffBpmnParser):
    """The Spiff dialect with our classes; a rule task names an operator as a service task does, never a DMN."""

    OVERRIDE_PARSER_CLASSES = {
        full_tag("eventBasedGateway"): (GatewayParser, FirstOfEvents),
        **{
            tag: (_with_our_loops(parser), spec)
            for tag, (parser, spec) in SpiffBpmnParser.OVERRIDE_PARSER_CLASSES.items()
        },
        full_tag("serviceTask"): (_with_our_loops(ServiceTaskParser), HostTask),
        full_tag("businessRuleTask"): (_with_our_loops(ServiceTaskParser), HostTask),
    }

    def _find_dependencies(self, process: Any) -> None:
        """None: the sources are given whole, and rule tasks carry no decision."""

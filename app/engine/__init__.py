"""The engine room: BPMN definitions in, one command a call, plain data out. Nobody else imports SpiffWorkflow."""

from app.engine.bridge import ReplayHost
from app.engine.definitions import load, load_published
from app.engine.faults import BadState, EngineError, InvalidDefinition, ModelFault, NotWaiting, Problem
from app.engine.lanes import LANES
from app.engine.migration import Assessment, NotMigratable, Obstacle, Reason, Verdict
from app.engine.payload import checked as checked_data
from app.engine.returns import Earlier, Outcome, earlier_steps
from app.engine.runtime import Engine
from app.engine.types import (
    Advance,
    ClosedTask,
    Definition,
    Element,
    Flow,
    Host,
    OpenTask,
    OpenTimer,
    Scalar,
    SentMessage,
    Step,
    Subscription,
    Trace,
)

__all__ = [
    "LANES",
    "Advance",
    "Assessment",
    "BadState",
    "ClosedTask",
    "Definition",
    "Earlier",
    "Element",
    "Engine",
    "EngineError",
    "Flow",
    "Host",
    "InvalidDefinition",
    "ModelFault",
    "NotMigratable",
    "NotWaiting",
    "Obstacle",
    "OpenTask",
    "OpenTimer",
    "Outcome",
    "Problem",
    "Reason",
    "ReplayHost",
    "Scalar",
    "SentMessage",
    "Step",
    "Subscription",
    "Trace",
    "Verdict",
    "checked_data",
    "earlier_steps",
    "load",
    "load_published",
]

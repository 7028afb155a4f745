"""What is remembered: importing this package knows every table."""

from app.models import (
    actual,
    annual_target,
    command,
    december_report,
    deployment,
    enterprise,
    event,
    migration,
    notification,
    organization,
    outbox,
    person,
    plan,
    process,
    timer,
    user_task,
)

__all__ = [
    "actual",
    "annual_target",
    "command",
    "december_report",
    "deployment",
    "enterprise",
    "event",
    "migration",
    "notification",
    "organization",
    "outbox",
    "person",
    "plan",
    "process",
    "timer",
    "user_task",
]

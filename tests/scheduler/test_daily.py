"""A driven clock does what the scheduler does: every job is known to `services/daily`, or is none of its business."""

from __future__ import annotations

from types import ModuleType

from app.services import daily
from scheduler import jobs as scheduler_jobs
from scheduler.main import AT_LEISURE, TURNS

BY_DAILY = {
    "fire": "settle",
    "deliver": "settle",
    "calendar": "open_campaigns",
    "titles": "open_what_is_owed",
    "visits": "open_what_is_owed",
    "count": "open_what_is_owed",
    "packages": "open_what_is_owed",
    "digest": "remind",
    "lights": "watch_lights",
    "look_around": "look_around",
}
# Files that people bring, what searches find, and what is proved.
OF_LIVING_OFFICES = {"imports", "lines", "scan", "seal", "hold", "check_rules"}


def test_no_job_of_the_scheduler_is_forgotten_by_a_driven_clock() -> None:
    jobs = {job.__name__ for job in (*TURNS, *AT_LEISURE)}

    assert jobs == BY_DAILY.keys() | OF_LIVING_OFFICES


def test_no_service_that_a_job_calls_is_forgotten_either() -> None:
    """A job may do several things."""
    of_living_offices = {
        "attachments",
        "checkpoints",
        "enterprise_imports",
        "event_lines",
        "holders",
        "rule_checks.running",
    }

    assert services_of(scheduler_jobs) - of_living_offices - {"daily"} <= services_of(daily)


def services_of(module: ModuleType) -> set[str]:
    known = (value.__name__ for value in vars(module).values() if isinstance(value, ModuleType))
    return {name.removeprefix("app.services.") for name in known if name.startswith("app.services.")}

"""APScheduler as a ticker and nothing else: which job, when. What is due stands in the database.

Two threads: the turns of every second, and what may take its time. A job never runs beside itself, and what a stop of
the clock forbids (see clock_guard.py) waits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from app.errors import AppError
from app.services.house import House
from scheduler import jobs
from scheduler.clock_guard import ClockGuard
from scheduler.pulse import Pulse
from scheduler.worker import Worker

log = structlog.get_logger()

Job = Callable[[House], None]

TURNS: dict[Job, int] = {jobs.fire: 1, jobs.deliver: 1}  # seconds between two runs
AT_LEISURE: dict[Job, int] = {
    jobs.imports: 2,
    jobs.lines: 3,
    jobs.seal: 5,
    jobs.digest: 60,
    jobs.calendar: 300,
    jobs.titles: 300,
    jobs.visits: 300,
    jobs.count: 300,
    jobs.lights: 300,
    jobs.packages: 300,
    jobs.scan: 60,
    jobs.check_rules: 120,
    jobs.hold: 10,
    jobs.look_around: 3600,
}
# What a wrong clock would do wrongly.
BY_THE_CLOCK = frozenset(
    {jobs.fire, jobs.digest, jobs.calendar, jobs.titles, jobs.visits, jobs.lights, jobs.check_rules}
)
ENQUEUE_EVERY = 2


def make_scheduler(house: House, worker: Worker, pulse: Pulse | None = None) -> BackgroundScheduler:
    """A scheduler that has not started yet. pulse: whose turns its watchdog counts."""
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(1), "leisure": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone="Asia/Shanghai",
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # that a turn took longer than its second is no news
    guard = ClockGuard(house, pulse.name if pulse else "")

    def add(name: str, job: Job, seconds: int, executor: str = "default") -> None:
        scheduler.add_job(guarded(name, job), "interval", seconds=seconds, args=[house], id=name, executor=executor)

    for executor, those in (("default", TURNS), ("leisure", AT_LEISURE)):
        for job, seconds in those.items():
            add(job.__name__, guard.gate(job) if job in BY_THE_CLOCK else job, seconds, executor)
    add("enqueue", worker.enqueue_due, ENQUEUE_EVERY)
    if pulse is not None:
        add("pulse", pulse.turn, 1)
    return scheduler


def guarded(name: str, job: Job) -> Job:
    """The one sweep that goes on whatever happens: a job that fails is logged and comes again."""

    def run(house: House) -> None:
        try:
            job(house)
        except AppError as error:
            log.warning("job put off", job=name, error=error.code)
        except Exception:  # the loop must outlive any single defect
            log.exception("job failed", job=name)

    return run

"""APScheduler as a ticker and nothing else: which job, when. What is due stands in the database."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from app.errors import AppError
from app.services.house import House
from scheduler import jobs
from scheduler.worker import Worker

log = structlog.get_logger()

EVERY = {jobs.tick: 1, jobs.digest: 60, jobs.calendar: 300}  # seconds
ENQUEUE_EVERY = 2


def make_scheduler(house: House, worker: Worker) -> BackgroundScheduler:
    """A scheduler that has not started yet. One thread: the jobs of one process never disturb each other."""
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone="Asia/Shanghai",
    )
    for job, seconds in EVERY.items():
        scheduler.add_job(guarded(job), "interval", seconds=seconds, args=[house], id=job.__name__)
    scheduler.add_job(guarded(worker.enqueue_due), "interval", seconds=ENQUEUE_EVERY, args=[house], id="enqueue")
    return scheduler


def guarded(job: Callable[[House], None]) -> Callable[[House], None]:
    """The one sweep that goes on whatever happens: a job that fails is logged and comes again."""

    def run(house: House) -> None:
        try:
            job(house)
        except AppError as error:
            log.warning("job put off", job=job.__name__, error=error.code)
        except Exception:  # the loop must outlive any single defect
            log.exception("job failed", job=job.__name__)

    return run

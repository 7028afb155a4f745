"""The hourly job: what nothing moves becomes an incident, and what has settled itself is closed."""

from __future__ import annotations

from sqlalchemy import select

from app.models.process import Incident
from app.services import sweep
from app.services.house import House
from scheduler import jobs
from scheduler.main import AT_LEISURE
from tests import walks


def test_the_hourly_job_keeps_what_is_stuck_and_may_run_twice(house: House) -> None:
    instance_id = walks.started(house, "mi_recv")

    jobs.look_around(house)
    jobs.look_around(house)

    with house.database.reading() as session:
        incidents = session.scalars(select(Incident)).all()
    assert [(incident.kind, incident.instance_id) for incident in incidents] == [("stuck", instance_id)]
    assert sweep.keep_stuck(house) == []


def test_it_is_done_every_hour() -> None:
    assert AT_LEISURE[jobs.look_around] == 3600

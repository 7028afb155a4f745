"""The demonstration on a few weeks: through the real commands, the same for the same seed, and all agrees."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.demo import year
from app.documents.plan_reader import read_plan
from app.models.process import ProcessInstance
from app.queries.actor import SYSTEM
from app.services.check import check
from app.services.definitions import deploy_shipped
from app.services.house import House
from app.services.plans import load_plan
from app.services.schema import migrate
from tests.factories import PLAN, house_on

UNTIL = datetime.fromisoformat("2024-12-11T09:00:00+08:00")


def played(folder: Path) -> House:
    """From 18 November to 11 December 2024."""
    folder.mkdir()
    house = house_on(f"sqlite:///{folder / 'demo.sqlite3'}", folder)
    migrate(house.database)
    with clock.held(UNTIL):
        with house.database.transaction() as session:
            load_plan(session, read_plan(PLAN.read_bytes(), PLAN.name), SYSTEM)
        deploy_shipped(house, SYSTEM)
    year.run(house, 7, date(2024, 11, 18), UNTIL, lambda day: None)
    return house


def states(house: House) -> dict[str, tuple[str, str, int]]:
    with house.database.reading() as session:
        rows = session.scalars(select(ProcessInstance))
        return {row.business_key: (row.stage, row.state_hash, row.version) for row in rows}


@pytest.mark.slow
def test_the_same_seed_gives_the_same_histories_and_all_of_them_hold(tmp_path: Path) -> None:
    first, second = played(tmp_path / "a"), played(tmp_path / "b")

    assert states(first) == states(second)
    assert {"returned", "accepted", "sent"} <= {stage for stage, _, _ in states(first).values()}
    with clock.held(UNTIL):
        assert check(first) == []
    first.close()
    second.close()


@pytest.mark.slow
def test_enterprises_live_through_their_processes_and_no_form_is_refused(tmp_path: Path) -> None:
    """From their arrival in August to the first open batches; what clerks write is what the forms want."""
    until = datetime.fromisoformat("2024-10-14T09:00:00+08:00")
    house = house_on(f"sqlite:///{tmp_path / 'demo.sqlite3'}", tmp_path)
    migrate(house.database)
    with clock.held(until):
        with house.database.transaction() as session:
            load_plan(session, read_plan(PLAN.read_bytes(), PLAN.name), SYSTEM)
        deploy_shipped(house, SYSTEM)

    office = year.run(house, 2022, date(2024, 8, 26), until, lambda day: None, enterprises=40)

    assert [text for text in office.refused if "nominate_enterprises" not in text] == []  # some have nobody to nominate
    with clock.held(until):
        assert check(house) == []
    seen = {key.partition(":")[0] for key in states(house)}
    assert {"enterprise_recognition", "specialist_pairing", "library_entry", "demand_response", "typical_case"} <= seen
    house.close()

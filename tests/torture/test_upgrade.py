"""A house of each earlier release comes to the present tables on both databases, and goes on where it stood.

tests/histories/<release>/*.zip are archives of `duban backup`, made of data that the release itself wrote by real
commands. A restore makes the tables of that release, puts the rows in, and runs every revision since.
"""

from __future__ import annotations

from contextlib import closing, nullcontext
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.models.process import ProcessDefinition, ProcessInstance
from app.models.user_task import IS_OPEN, UserTask
from app.queries.actor import SYSTEM
from app.services import reexecution, tasks
from app.services.backup.restoring import restore
from app.services.check import check
from app.services.definitions import deploy_shipped
from app.services.house import House
from app.services.schema import revisions
from tests.databases import sqlite_url
from tests.factories import actor, house_on
from tests.figure_lines import FigureLine
from tests.postgres import PostgresServer

HISTORIES = Path(__file__).parents[1] / "histories"
FROZEN = sorted(HISTORIES.glob("*/*.zip"))


def named(file: Path) -> str:
    """0.1.0-one_month."""
    return f"{file.parent.name}-{file.stem}"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("archive", FROZEN, ids=named)
def test_upgrade(
    archive: Path, kind: str, tmp_path: Path, postgres_server: PostgresServer, figure_line: FigureLine
) -> None:
    fresh = nullcontext(sqlite_url(tmp_path / "duban.sqlite3")) if kind == "sqlite" else postgres_server.fresh()
    with fresh as url, closing(house_on(url, tmp_path)) as house:
        figure_line(upgraded(archive, house))


def upgraded(archive: Path, house: House) -> str:
    manifest = restore(house.settings, archive).manifest
    assert manifest.revision in revisions()

    with clock.held(datetime.fromisoformat(manifest.clock_at)):
        assert check(house) == []
        again = list(reexecution.replay_all(house))
        assert [one.departure for one in again if one.departure] == []
        published = deploy_shipped(house, SYSTEM)
        version = gone_on(house)
        assert check(house) == []

    steps = sum(one.recorded for one in again)
    return (
        f"tables {manifest.revision}, {manifest.rows:,} rows, {len(again)} instances, {steps} steps done again, "
        f"0 departures; a task of version {version} completed; {len(published)} newer drawings; check green"
    )


def gone_on(house: House) -> int:
    """A head signs what lay in her inbox: the instance goes on under the version that it began with; that version."""
    with house.database.reading() as session:
        asked = (
            select(UserTask.id, UserTask.principal, ProcessDefinition.version)
            .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
            .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
            .where(IS_OPEN, UserTask.element_id == "sign_report")
            .order_by(UserTask.id)
        )
        task_id, principal, version = session.execute(asked).first() or ("", "", 0)
    head = actor(house, principal.replace(":", "."))
    tasks.complete(house, head, task_id, {"outcome": "yes"}, key="after the upgrade")
    return version

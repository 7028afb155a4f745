"""On both databases: two people at one moment make one decision, no number is given twice, and the lists read alike."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from app.errors import AlreadyDone
from app.models.process import ProcessDefinition
from app.queries import deployed
from app.queries import deployments as uploads
from app.queries.actor import SYSTEM
from app.services import deployments
from app.services.definitions import deploy
from app.services.house import House
from tests.factories import actor, house_on, load_office

LINEAR = (Path(__file__).parents[1] / "engine" / "valid_linear.bpmn").read_bytes()


@pytest.fixture
def office_house(empty_database_url: str, tmp_path: Path) -> House:
    house = house_on(empty_database_url, tmp_path)
    load_office(house)
    return house


def at_once(*work: Callable[[], object]) -> list[object]:
    """What each gave, or the error it raised."""

    def outcome(one: Callable[[], object]) -> object:
        try:
            return one()
        except AlreadyDone as error:
            return error

    with ThreadPoolExecutor(len(work)) as threads:
        return list(threads.map(outcome, work))


def test_two_approvals_at_one_moment_publish_once(office_house: House) -> None:
    house = office_house
    id_ = deployments.propose(house, actor(house, "system_admin"), {"linear.bpmn": LINEAR}).id
    assert id_ is not None
    first, second = actor(house, "office"), actor(house, "office.drc")

    answers = at_once(lambda: deployments.approve(house, first, id_), lambda: deployments.approve(house, second, id_))

    assert [type(answer).__name__ for answer in answers].count("AlreadyDone") == 1
    with house.database.reading() as session:
        found = select(ProcessDefinition.version).where(ProcessDefinition.key == "linear")
        assert list(session.scalars(found)) == [1]
    house.close()


def test_versions_published_at_one_moment_get_different_numbers(office_house: House) -> None:
    house = office_house
    contents = [LINEAR.replace(b'name="a"', b'name="a%d"' % number) for number in range(4)]

    at_once(*(lambda content=content: deploy(house, SYSTEM, {"linear.bpmn": content}) for content in contents))  # type: ignore[misc]

    with house.database.reading() as session:
        found = select(ProcessDefinition.version).where(ProcessDefinition.key == "linear")
        assert sorted(session.scalars(found)) == [1, 2, 3, 4]
    house.close()


def test_the_lists_read_alike(office_house: House) -> None:
    house = office_house
    deploy(house, SYSTEM, {"linear.bpmn": LINEAR})
    changed = {"linear.bpmn": LINEAR.replace(b'name="a"', b'name="A"')}
    waiting = deployments.propose(house, actor(house, "system_admin"), changed, "改名")
    deployments.submit(house, actor(house, "office"), {"linear.bpmn": LINEAR.replace(b'name="b"', b'name="B"')})

    with house.database.reading() as session:
        (line,) = deployed.processes_page(session, "INEA", None).items
        assert (line.newest.definition.version, line.count, line.newest.running) == (2, 2, 0)
        found = deployed.versions_page(session, "linear", None).items
        assert [(one.definition.version, one.deployment is None) for one in found] == [(2, False), (1, True)]
        assert uploads.waiting_count(session) == 1
        assert [row.id for row in uploads.waiting(session)] == [waiting.id]
        assert [row.status for row in uploads.deployments_page(session, "", None).items] == ["published", "proposed"]
        assert [change.id for change in deployed.difference_of(session, "linear", 1, 2)] == ["b"]
    house.close()

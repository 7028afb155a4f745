"""Everything that was ever done is found by each filter, by words and within what was said, by whom it may."""

from __future__ import annotations

import pytest

from app.models.event import ADMINISTRATION
from app.models.event_line import BUSINESS
from app.queries.event_search import Wanted
from app.services import accounts
from app.services.house import House
from app.terms import Act, EventType, Role
from tests.events import filled, found
from tests.factories import actor
from tests.signatures import reports_to_sign


@pytest.fixture
def office(house: House) -> House:
    """Reports of several units, and a role that was given; all have their lines."""
    reports_to_sign(house)
    with house.database.transaction() as session:
        accounts.set_roles(session, actor(house, "security_admin"), actor(house, "signer").person_id, [Role.LEADER])
    filled(house)
    return house


def test_each_filter_finds_its_own(office: House) -> None:
    everything = found(office, Wanted())

    assert {line.kind for line in everything} == {BUSINESS, ADMINISTRATION}
    for wanted, is_wanted in (
        (Wanted(person="contact.miit"), lambda line: "contact.miit" in (line.actor, line.on_behalf_of, line.concerned)),
        (Wanted(unit_id="miit"), lambda line: "miit" in (line.unit_id, line.subject_unit_id)),
        (Wanted(duty="december_report"), lambda line: line.duty == "december_report"),
        (Wanted(verb=EventType.TASK_COMPLETED), lambda line: line.verb == EventType.TASK_COMPLETED),
        (Wanted(verb=Act.ROLES_SET), lambda line: line.verb == Act.ROLES_SET),
        (Wanted(kind=ADMINISTRATION), lambda line: line.kind == ADMINISTRATION),
        (Wanted(unit_id="miit", verb=EventType.TASK_COMPLETED, person="contact.miit"),
         lambda line: line.actor == "contact.miit" and line.verb == EventType.TASK_COMPLETED),
    ):  # fmt: skip
        own = [line.id for line in everything if is_wanted(line)]
        assert own, wanted
        assert [line.id for line in found(office, wanted)] == own

"""The log alone says what stands in the tables: honest rows are found equal, and each edited column is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.services import check, handing_over, reexecution, tasks
from app.services.audit import sealed_rows
from app.services.check import Rule
from app.services.house import House
from app.services.rebuilt_rows import People, Tally, apart
from tests import walks
from tests.factories import actor

NOW = walks.BEGIN + timedelta(days=1)


@pytest.fixture
def office(house: House) -> Iterator[House]:
    """Ended ones, one that a person has claimed and another delegated, one with timers and messages."""
    for model in ("linear", "mi_bnd", "sub_loop"):
        walks.walked(house, model)
    for model in ("linear", "sub_bnd", "mi_recv"):
        walks.started(house, model)
    with clock.held(NOW):
        yield house


def differences(house: House) -> tuple[list[str], Tally]:
    found: list[str] = []
    tally = Tally()
    for id_ in reexecution.instance_ids(house):
        with house.database.reading() as session:
            events = list(sealed_rows(session, id_))
            found += apart(session, house, People.read(session), id_, events, tally)
    return found, tally


def test_honest_rows_are_those_of_the_log(office: House) -> None:
    found, tally = differences(office)

    assert found == []
    assert tally.columns > 300
    assert tally.skipped == 0


def test_hands_through_which_a_task_goes_are_told(office: House) -> None:
    clerk = actor(office, "office")
    with office.database.reading() as session:
        id_ = str(session.execute(text("SELECT id FROM user_task WHERE status = 'open' ORDER BY id")).scalar())
    tasks.claim(office, clerk, id_, key="claim")
    handing_over.delegate(office, clerk, id_, "office.drc", "请先起草", key="delegate")
    assert differences(office)[0] == []
    handing_over.hand_back(office, actor(office, "office.drc"), id_, "已起草", key="back")
    tasks.unclaim(office, clerk, id_, key="unclaim")

    assert differences(office)[0] == []


TASK_EDITS = {
    "element_id": "'another'",
    "name": "'另一环节'",
    "title": "'另一事项'",
    "clause": "'第九条'",
    "status": "'claimed'",
    '"group"': "'leader'",
    "principal": "'leader'",
    "unit_id": "'drc'",
    "subject_unit_id": "'drc'",
    "has_own_item_rule": "NOT has_own_item_rule",
    "assignee_id": "1",
    "delegated_by_id": "1",
    "due_on": "'2030-01-01'",
    "yellow_on": "'2030-01-01'",
    "limit_days": "7",
    "due_rule": "'另一规则'",
    "is_provisional": "NOT is_provisional",
    "is_optional": "NOT is_optional",
    "is_held": "NOT is_held",
    "item": "'another'",
    "definition_key": "'another'",
    "duty": "'another'",
    "revision": "revision + 1",
    "created_at": "'2023-01-01 00:00:00.000000'",
    "changed_at": "'2023-01-01 00:00:00.000000'",
    "changed_by_id": "1",
    "completed_at": "'2023-01-01 00:00:00.000000'",
    "completed_by_id": "1",
    "on_behalf_of_id": "1",
    "outcome": "'another'",
    "reminded_on": "'2030-01-01'",
    "urged_at": "'2023-01-01 00:00:00.000000'",
    "urged_count": "9",
}
INSTANCE_EDITS = {
    "definition_id": "(SELECT id FROM process_definition WHERE key = 'december_report')",
    "definition_key": "'another'",
    "business_key": "'another'",
    "title": "'另一事项'",
    "duty": "'another'",
    "year": "1999",
    "unit_id": "'drc'",
    "parent_id": "(SELECT max(id) FROM process_instance)",
    "status": "'cancelled'",
    "stage": "'another'",
    "version": "version + 1",
    "state_hash": "'another'",
    "started_at": "'2023-01-01 00:00:00.000000'",
    "started_by": "1",
    "ended_at": "'2023-01-01 00:00:00.000000'",
    "end_element": "'another'",
    "head_seq": "head_seq + 1",
    "head_hash": "'another'",
}
OTHERS = {
    "UPDATE timer SET due_at = '2031-01-01 00:00:00.000000'": "timer",
    "UPDATE timer SET status = 'fired' WHERE status != 'fired'": "timer",
    "UPDATE timer SET element_id = 'another'": "timer",
    "DELETE FROM timer": "timer",
    "UPDATE subscription SET message = 'another'": "subscription",
    "UPDATE subscription SET key = 'another'": "subscription",
    "UPDATE subscription SET element_id = 'another'": "subscription",
    "DELETE FROM subscription": "subscription",
}
ONE_TASK = "id = (SELECT min(id) FROM user_task WHERE status = 'open')"
ONE_INSTANCE = "id = (SELECT id FROM process_instance WHERE status = 'active' AND definition_key = 'linear')"


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        *((f"UPDATE user_task SET {name} = {value} WHERE {ONE_TASK}", "user_task")
          for name, value in TASK_EDITS.items()),
        *((f"UPDATE process_instance SET {name} = {value} WHERE {ONE_INSTANCE}", "process_instance")
          for name, value in INSTANCE_EDITS.items()),
        *OTHERS.items(),
        (f"DELETE FROM user_task WHERE {ONE_TASK}", "user_task"),
    ],
)  # fmt: skip
def test_an_edited_column_is_found(office: House, statement: str, table: str) -> None:
    with office.database.writing() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        connection.execute(text(statement))

    found, _tally = differences(office)

    assert [one for one in found if one.startswith(table)], found


def test_the_oracle_says_so_under_a_rule_of_its_own(office: House) -> None:
    with office.database.writing() as connection:
        connection.execute(text(f"UPDATE user_task SET due_on = '2030-01-01' WHERE {ONE_TASK}"))

    assert Rule.LOG in {finding.rule for finding in check.check(office)}

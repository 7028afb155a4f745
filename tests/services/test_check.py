"""The oracle says nothing of honest data, and names each thing that somebody has bent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.services import check, erasures, incidents, outbox, processes, witnesses
from app.services.check import Rule
from app.services.house import House
from app.services.incidents import Found
from app.terms import ErasureGround, IncidentKind
from tests import sealing, walks
from tests.factories import actor

NOW = walks.BEGIN + timedelta(days=1)


@pytest.fixture
def office(house: House) -> Iterator[House]:
    """Some that have ended, one with an open task, one with timers and messages, one that waits for messages only."""
    for model in ("linear", "mi_bnd", "sub_loop"):
        walks.walked(house, model)
    for model in ("linear", "sub_bnd", "mi_recv"):
        walks.started(house, model)
    with clock.held(NOW):
        yield house


def found(house: House) -> list[check.Finding]:
    return [finding for finding in check.check(house) if not finding.text.startswith(mi_recv(house))]


def mi_recv(house: House) -> str:
    """Its messages come from outside, so nobody can know that they will come: it counts as stuck, rightly."""
    with house.database.reading() as session:
        return str(session.execute(text("SELECT id FROM process_instance WHERE definition_key = 'mi_recv'")).scalar())


def bent(house: House, *statements: str) -> set[Rule]:
    with house.database.writing() as connection:
        for statement in statements:
            connection.execute(text(statement))
    return {finding.rule for finding in found(house)}


def test_an_honest_house_gives_no_finding(office: House) -> None:
    assert found(office) == []
    assert check.counts(office)["instances"] == 6
    assert check.counts(office)["events"] == check.counts(office)["payloads"]


def test_a_cancelled_instance_is_honest_too(office: House) -> None:
    with office.database.reading() as session:
        ids = session.execute(text("SELECT id FROM process_instance WHERE status = 'active'")).scalars().all()
    for id_ in ids:
        processes.cancel(office, actor(office, "office"), id_, "重复", key=f"cancel:{id_}")

    assert check.check(office) == []


def test_an_instance_that_waits_for_a_message_of_nobody_is_stuck(office: House) -> None:
    (finding,) = [finding for finding in check.check(office) if finding.rule is Rule.STUCK]

    assert finding.instance_id == mi_recv(office)


def test_a_family_elsewhere_does_not_hide_what_is_stuck(office: House) -> None:
    with office.database.writing() as connection:
        others = text("SELECT id FROM process_instance WHERE status = 'active' AND definition_key <> 'mi_recv' LIMIT 2")
        parent, child = connection.execute(others).scalars().all()
        connection.execute(text(f"UPDATE process_instance SET parent_id = '{parent}' WHERE id = '{child}'"))

    (finding,) = [finding for finding in check.check(office) if finding.rule is Rule.STUCK]

    assert finding.instance_id == mi_recv(office)


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        (Rule.COMMAND, "DELETE FROM event WHERE type = 'user_task_completed'"),
        (Rule.EVENT, "DELETE FROM command WHERE kind = 'complete'"),
        (
            Rule.COMMAND_TWICE,
            "UPDATE event SET command_key = (SELECT first.command_key FROM event AS first WHERE first.stream = "
            "event.stream AND first.seq = 1), actor = 'office' WHERE seq = 2",
        ),
        (Rule.VERSION, "UPDATE process_instance SET version = version + 1"),
        (Rule.CHAIN, "UPDATE event SET actor = 'signer' WHERE seq = 2"),
        (Rule.REPLAY, "UPDATE process_instance SET state_hash = 'another'"),
        (Rule.STATE, "UPDATE process_instance SET state = substr(state, 1, length(state) - 1)"),
        (Rule.PROJECTION, "UPDATE timer SET due_at = '2031-01-01 00:00:00.000000' WHERE status = 'waiting'"),
        (Rule.PROJECTION, "UPDATE timer SET status = 'fired' WHERE status = 'waiting'"),
        (Rule.PROJECTION, "DELETE FROM subscription WHERE message = 'gone_msg'"),
        (Rule.PROJECTION, "UPDATE user_task SET status = 'completed' WHERE status = 'open'"),
        (Rule.INBOX, "DELETE FROM inbox_entry"),
        (Rule.INBOX, "UPDATE inbox_entry SET principal = 'leader'"),
        (Rule.INBOX, "UPDATE inbox_entry SET barred_unit_id = 'drc'"),
        (Rule.LEASE, "UPDATE timer SET lease_until = '2024-01-01 00:00:00.000000' WHERE status = 'waiting'"),
        (Rule.COMMAND, "UPDATE command SET at = '2024-01-01 00:00:00.000000' WHERE kind = 'complete'"),
        (Rule.EVENT, "UPDATE command SET instance_id = NULL WHERE kind = 'complete'"),
        (Rule.PROJECTION, "UPDATE process_instance SET data = '{\"round\": 7}'"),
        (Rule.DEFINITION, "UPDATE process_definition SET name = 'another'"),
        (Rule.DEFINITION, "UPDATE process_definition SET deployed_at = '2023-01-01 00:00:00.000000'"),
        (Rule.DEFINITION, "DELETE FROM event WHERE type = 'definition_deployed'"),
        (Rule.STUCK, "UPDATE user_task SET status = 'completed' WHERE status = 'open'"),
    ],
)
def test_a_bent_row_is_found(office: House, rule: Rule, statement: str) -> None:
    assert rule in bent(office, statement)


EFFECT = (
    "INSERT INTO outbox (effect_key, kind, payload, status, next_at, attempts, error, created_at, lease_until) VALUES "
    "('e', 'message', '{}', '%s', '2024-01-01 00:00:00.000000', 0, '', '2024-01-01 00:00:00.000000', %s)"
)


@pytest.mark.parametrize(
    ("rule", "status", "lease"),
    [
        (Rule.OUTBOX, "pending", "NULL"),
        (Rule.OUTBOX, "failed", "NULL"),
        (Rule.EFFECT, "done", "NULL"),
        (Rule.LEASE, "pending", "'2024-01-01 00:00:00.000000'"),
    ],
)
def test_an_effect_that_did_not_leave_is_found(office: House, rule: Rule, status: str, lease: str) -> None:
    assert rule in bent(office, EFFECT % (status, lease))


INCIDENT = (
    "INSERT INTO incident (instance_id, command_key, kind, about, element_id, text, payload, status, attempts, at, "
    "resolved_by, resolution, reason) SELECT id, '', 'fault', 'x', '', 'x', '{}', 'open', 0, started_at, '', '', '' "
    "FROM process_instance WHERE business_key = 'linear:one'"
)


def raised(house: House) -> None:
    with house.database.writing() as connection:
        id_ = connection.execute(text("SELECT id FROM process_instance WHERE business_key = 'linear:one'")).scalar_one()
        incidents.raise_(connection, Found(IncidentKind.FAULT, "y", "no such word", instance_id=id_), NOW)


@pytest.mark.parametrize(
    "statement",
    [
        INCIDENT,
        "DELETE FROM incident",
        "UPDATE incident SET status = 'resolved', resolution = 'skipped', resolved_by = 'office'",
        "UPDATE incident SET text = 'nothing'",
    ],
)
def test_an_incident_that_no_event_tells_of_is_found(office: House, statement: str) -> None:
    raised(office)
    assert found(office) == []

    assert bent(office, statement) == {Rule.INCIDENT}


def entered(house: House) -> None:
    with house.database.transaction() as session:
        witnesses.add(session, actor(house, "audit_admin"), sealing.OUTSIDE.name, sealing.OUTSIDE.verifier.written)


WITNESS = (
    "INSERT INTO ledger_witness (name, vkey, added_by, added_at) "
    "SELECT 'mine.example', vkey, added_by, added_at FROM ledger_witness"
)


RETIRED = "UPDATE ledger_witness SET retired_at = added_at"


@pytest.mark.parametrize(
    "statement", [WITNESS, RETIRED, "DELETE FROM ledger_witness", "UPDATE ledger_witness SET vkey = 'x'"]
)
def test_a_witness_that_nobody_entered_is_found(office: House, statement: str) -> None:
    entered(office)
    assert found(office) == []

    assert bent(office, statement) == {Rule.WITNESS}


def erased(house: House) -> None:
    with house.database.transaction() as session:
        security, audit_admin = actor(house, "security_admin"), actor(house, "audit_admin")
        ground = ErasureGround.CONSENT.value
        done, refused, open_ = (
            erasures.propose(session, security, "administration", [seq], ground, f"第{seq}条：撤回同意").id
            for seq in (1, 2, 3)
        )
        erasures.approve(session, audit_admin, done)
        erasures.reject(session, audit_admin, refused, "并无依据可以删除")
        assert open_


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM erasure WHERE status = 'proposed'",
        "UPDATE erasure SET status = 'rejected' WHERE status = 'proposed'",
        "UPDATE erasure SET ground = 'purpose' WHERE status = 'done'",
        "UPDATE erasure SET decided_by = proposed_by WHERE status = 'rejected'",
    ],
)
def test_an_erasure_that_was_decided_otherwise_is_found(office: House, statement: str) -> None:
    erased(office)
    assert found(office) == []

    assert Rule.ERASURE in bent(office, statement)


def test_an_effect_of_this_hour_may_still_wait(office: House) -> None:
    with office.database.writing() as connection:
        connection.execute(text(EFFECT % ("pending", "NULL")).bindparams())
        connection.execute(outbox.OUTBOX.update().values(next_at=NOW - timedelta(minutes=59)))

    assert found(office) == []

"""What events say is erased by two persons on a legal ground; the chain stands, and only that counts as lawful."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, text, update

from app.errors import AlreadyDone, NotPermitted, RuleViolation
from app.models.erasure import Erasure
from app.models.event import ADMINISTRATION
from app.queries.erasures import erased_in
from app.services import audit, check, erasures, reexecution
from app.services.audit import PAYLOAD, Flaw
from app.services.house import House
from app.terms import ErasureGround, ErasureStatus
from tests import walks
from tests.factories import actor

REASON = "本人撤回同意，要求删除"


def proposed(house: House, stream: str, *seqs: int) -> int:
    with house.database.transaction() as session:
        security = actor(house, "security_admin")
        return erasures.propose(session, security, stream, seqs, ErasureGround.CONSENT.value, REASON).id


def approved(house: House, number: int) -> None:
    with house.database.transaction() as session:
        erasures.approve(session, actor(house, "audit_admin"), number)


def test_the_chain_stands_and_the_replay_says_why_it_ends(any_house: House) -> None:
    house, id_ = any_house, walks.walked(any_house, "linear")
    other = walks.walked(house, "mi_par")

    approved(house, proposed(house, id_, 2))

    assert audit.verify(house).faults == ()
    again = reexecution.replay_instance(house, id_)
    assert again.departure is None
    assert again.erased is not None
    assert again.erased.text == "event 2: cannot be done again: erased lawfully"
    assert not again.is_equal
    assert reexecution.replay_instance(house, other).is_equal
    assert check.check(house) == []
    with house.database.reading() as session:
        found = erased_in(session, id_)[2]
        bodies = session.scalars(select(PAYLOAD.c.seq).where(PAYLOAD.c.stream == id_)).all()
    assert (found.by, found.proposed_by, found.ground) == ("audit_admin", "security_admin", ErasureGround.CONSENT)
    assert 2 not in bodies


def test_what_no_event_names_is_still_a_fault(house: House) -> None:
    id_ = walks.walked(house, "linear")
    approved(house, proposed(house, id_, 2))
    with house.database.writing() as connection:
        connection.execute(delete(PAYLOAD).where(PAYLOAD.c.stream == id_, PAYLOAD.c.seq == 3))
        connection.execute(update(Erasure).values(seqs=[2, 3]))

    (fault,) = audit.verify_stream(house, id_).faults

    assert (fault.seq, fault.reason) == (3, Flaw.NO_PAYLOAD)


def test_an_event_that_tells_of_an_erasure_and_was_changed_makes_nothing_lawful(house: House) -> None:
    id_ = walks.walked(house, "linear")
    approved(house, proposed(house, id_, 2))
    with house.database.writing() as connection:
        connection.execute(text("DELETE FROM event_payload WHERE seq = 3 AND stream = :of"), {"of": id_})
        told = "UPDATE event_payload SET body = replace(body, '\"seqs\":[2]', '\"seqs\":[2,3]') WHERE stream = :of"
        connection.execute(text(told), {"of": ADMINISTRATION})

    faults = {(fault.stream, fault.reason) for fault in audit.verify(house).faults}

    assert (id_, Flaw.NO_PAYLOAD) in faults
    assert len(faults) > 1


def test_two_persons_are_needed_and_each_only_once(house: House) -> None:
    id_ = walks.walked(house, "linear")
    number = proposed(house, id_, 1, 2)
    for login in ("security_admin", "system_admin", "office"):
        with pytest.raises(NotPermitted), house.database.transaction() as session:
            erasures.approve(session, actor(house, login), number)
    with pytest.raises(NotPermitted), house.database.transaction() as session:
        erasures.propose(session, actor(house, "audit_admin"), id_, [1], ErasureGround.CONSENT.value, REASON)

    with house.database.transaction() as session:
        erasures.reject(session, actor(house, "audit_admin"), number, "仍在保存期限内")

    with pytest.raises(AlreadyDone), house.database.transaction() as session:
        erasures.approve(session, actor(house, "audit_admin"), number)
    with house.database.reading() as session:
        assert session.get_one(Erasure, number).status == ErasureStatus.REJECTED
    assert audit.verify(house).faults == ()


@pytest.mark.parametrize(
    ("field", "seqs", "ground", "reason"),
    [
        ("seqs", [], "consent", REASON),
        ("seqs", [999], "consent", REASON),
        ("ground", [1], "mood", REASON),
        ("reason", [1], "consent", "删"),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(
    house: House, field: str, seqs: list[int], ground: str, reason: str
) -> None:
    id_ = walks.walked(house, "linear")

    with pytest.raises(RuleViolation) as refused, house.database.transaction() as session:
        erasures.propose(session, actor(house, "security_admin"), id_, seqs, ground, reason)

    assert refused.value.field == field


def test_the_events_of_erasures_themselves_stay(house: House) -> None:
    id_ = walks.walked(house, "linear")
    proposed(house, id_, 2)
    with house.database.reading() as session:
        last = audit.sealed_rows(session, ADMINISTRATION)
        seq = max(row.event.seq for row in last)

    with pytest.raises(RuleViolation):
        proposed(house, ADMINISTRATION, seq)


@pytest.mark.parametrize(("text_", "numbers"), [("3", [3]), ("3, 5-7", [3, 5, 6, 7]), ("1、2", [1, 2])])
def test_numbers_are_read_as_people_write_them(text_: str, numbers: list[int]) -> None:
    assert erasures.numbers(text_) == numbers


@pytest.mark.parametrize("text_", ["", "a", "7-5", "0", "1-99999", "²"])
def test_other_numbers_are_refused(text_: str) -> None:
    with pytest.raises(RuleViolation):
        erasures.numbers(text_)

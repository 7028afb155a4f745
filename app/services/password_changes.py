"""How a password is changed by its owner, or made anew by an administrator for somebody who lost hers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotPermitted, RuleViolation
from app.models.person import PastPassword, Person
from app.queries.actor import Actor
from app.services.accounts import other_person
from app.services.administration import record, require
from app.services.house import House
from app.services.passwords import FIELD
from app.services.sessions import end_sessions
from app.terms import ADMINISTRATORS, Act, Role


def reset_password(session: Session, house: House, actor: Actor, person_id: int) -> tuple[Person, str]:
    """A new one-time password for somebody who lost hers; her sign-ins end."""
    require(actor, Role.SYSTEM_ADMIN)
    person = other_person(session, actor, person_id)
    given = house.passwords.one_time()
    _store(session, person, house.passwords.hash(given), house.passwords.policy.remembered)
    person.must_change_password = True
    end_sessions(session, actor.login, person)
    record(session, actor.login, Act.PASSWORD_RESET, person=person.login)
    return person, given


def change_password(house: House, actor: Actor, old: str, new: str, *, session_key: str = "") -> None:
    """One's own; other sign-ins end, the one with session_key stays. Raises RuleViolation("old_password" | FIELD).

    The slow hashes are reckoned outside the transaction that writes.
    """
    with house.database.reading() as session:
        person = session.get(Person, actor.person_id)
        if person is None:
            raise NotPermitted
        login, stored, past = person.login, person.password_hash, _past(session, person.id)
    policy = house.passwords.policy
    if not house.passwords.matches(stored, old):
        raise RuleViolation("old_password", "原密码不对。")
    policy.check(new, login, is_administrator=actor.has(*ADMINISTRATORS))
    if any(house.passwords.matches(one, new) for one in (stored, *past[: policy.remembered])):
        raise RuleViolation(FIELD, "不能与现在或最近用过的密码相同。")
    hashed = house.passwords.hash(new)
    with house.database.transaction() as session:
        person = session.get_one(Person, actor.person_id)
        _store(session, person, hashed, policy.remembered)
        person.must_change_password = False
        end_sessions(session, actor.login, person, but=session_key)
        record(session, actor.login, Act.PASSWORD_CHANGED, person=login)


def _past(session: Session, person_id: int) -> Sequence[str]:
    """Old hashes, the last first."""
    statement = select(PastPassword.password_hash).where(PastPassword.person_id == person_id)
    return session.scalars(statement.order_by(PastPassword.id.desc())).all()


def _store(session: Session, person: Person, hashed: str, remembered: int) -> None:
    """The new hash in the place of the old one, of which as many are kept as the policy wants to know."""
    session.add(PastPassword(person_id=person.id, password_hash=person.password_hash))
    session.flush()
    person.password_hash, person.password_changed_at = hashed, clock.now()
    kept = select(PastPassword.id).where(PastPassword.person_id == person.id).order_by(PastPassword.id.desc())
    known = session.scalars(kept.limit(remembered)).all()
    session.execute(delete(PastPassword).where(PastPassword.person_id == person.id, PastPassword.id.not_in(known)))

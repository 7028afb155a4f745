"""Signing in: one answer, in one time, whatever is wrong; five failures lock an account, twenty an address."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.errors import NotSignedIn
from app.models.person import Person, SignInFailure
from app.services.administration import record
from app.services.house import House
from app.services.sessions import open_session
from app.terms import ADMINISTRATORS, Act

ACCOUNT_FAILURES = 5
ADDRESS_FAILURES = 20
LOCKED_FOR = timedelta(minutes=15)

REFUSED = "账号或密码不对，或者账号已停用、已锁定。连续 5 次输错将锁定 15 分钟。"
ADDRESS_REFUSED = "从这台电脑登录输错次数过多，请 15 分钟后再试。"


def sign_in(house: House, login: str, password: str, address: str) -> str:
    """The key of a new session; raises NotSignedIn, with the same text for an unknown name as for a wrong password.

    The hash is reckoned outside the transaction that writes: it is slow on purpose, and others wait for that one.
    """
    with house.database.reading() as session:
        if _is_address_locked(session.get(SignInFailure, address), clock.now()):
            raise NotSignedIn(ADDRESS_REFUSED)
        stored = session.scalar(select(Person.password_hash).where(Person.login == login)) or ""
    fits = house.passwords.matches(stored, password)
    renewed = house.passwords.hash(password) if fits and house.passwords.is_outdated(stored) else None
    with house.database.transaction() as session:
        person = _person(session, login)
        if person is None or not fits or not _may_enter(person, clock.now()) or person.password_hash != stored:
            _refuse(session, person, address)
            key = None
        else:
            person.password_hash = renewed or stored
            key = _admit(session, person, address)
    if key is None:
        raise NotSignedIn(REFUSED)
    return key


def _person(session: Session, login: str) -> Person | None:
    where = select(Person).where(Person.login == login).options(selectinload(Person.roles))
    return session.scalar(where.with_for_update())


def _may_enter(person: Person, now: datetime) -> bool:
    return person.is_active and (person.locked_until is None or person.locked_until <= now)


def _admit(session: Session, person: Person, address: str) -> str:
    person.failed_count, person.locked_until = 0, None
    record(session, person.login, Act.SIGNED_IN, address=address)
    return open_session(session, person, address, is_only=any(role.role in ADMINISTRATORS for role in person.roles))


def _refuse(session: Session, person: Person | None, address: str) -> None:
    """Count the failure. The event locks the ledger's head, so that failures of one address come one after another."""
    now = clock.now()
    if person is not None and _may_enter(person, now):
        person.failed_count += 1
        if person.failed_count >= ACCOUNT_FAILURES:
            person.failed_count, person.locked_until = 0, now + LOCKED_FOR
    is_locked = person is not None and person.locked_until is not None and person.locked_until > now
    record(session, person.login if person else None, Act.SIGN_IN_REFUSED, address=address, is_locked=is_locked)
    failure = session.get(SignInFailure, address)
    if failure is None:
        session.add(SignInFailure(address=address, count=1, last_at=now))
    else:
        failure.count = failure.count + 1 if now - failure.last_at < LOCKED_FOR else 1
        failure.last_at = now


def _is_address_locked(failure: SignInFailure | None, now: datetime) -> bool:
    return failure is not None and failure.count >= ADDRESS_FAILURES and now - failure.last_at < LOCKED_FOR

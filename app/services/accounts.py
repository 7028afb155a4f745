"""People and what they may be: adding, roles, stopping and starting an account."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.duties.credit_code import normalised
from app.errors import NotFound, NotPermitted, RuleViolation
from app.models.enterprise import Enterprise
from app.models.organization import Unit
from app.models.person import ApiToken, Person, PersonRole
from app.queries.actor import Actor
from app.services import specialists
from app.services.administration import record, require
from app.services.house import House
from app.services.plans import pinyin_of
from app.services.sessions import end_sessions
from app.terms import ADMINISTRATORS, Act, Role

OF_A_UNIT = frozenset({Role.CONTACT, Role.UNIT_HEAD})
STANDS_ALONE = ADMINISTRATORS | {Role.AUDITOR}  # who administers or audits does no business


@dataclass(frozen=True)
class NewPerson:
    """unit_id: the home unit; an office person never reviews its items. enterprise_id: for an enterprise's account."""

    login: str
    name: str
    unit_id: str
    email: str = ""
    phone: str = ""
    enterprise_id: str = ""


def add_person(
    session: Session, house: House, actor: Actor, new: NewPerson, password: str | None = None
) -> tuple[Person, str]:
    """The person, without a role yet, and the password: without one given a one-time password is made.

    password: what an operator chose, such as a demonstration's; it is kept as it is, and need not be changed.
    An enterprise's account belongs to its locality.
    Raises RuleViolation("login" | "name" | "unit_id" | "enterprise_id").
    """
    require(actor, Role.SYSTEM_ADMIN)
    enterprise = _enterprise(session, new)
    _check_new(session, new, needs_unit=enterprise is None)
    given = password or house.passwords.one_time()
    person = Person(
        login=new.login,
        name=new.name,
        pinyin=pinyin_of(new.name),
        unit_id=new.unit_id if enterprise is None else enterprise.locality_id,
        enterprise_id=None if enterprise is None else enterprise.id,
        email=new.email,
        phone=new.phone,
        password_hash=house.passwords.hash(given),
        password_changed_at=clock.now(),
        must_change_password=password is None,
    )
    session.add(person)
    after = {"name": new.name, "unit": person.unit_id} | ({"enterprise": enterprise.id} if enterprise else {})
    record(session, actor.login, Act.PERSON_ADDED, person=new.login, before=None, after=after)
    return person, given


def set_roles(session: Session, actor: Actor, person_id: int, roles: Collection[Role]) -> Person:
    """Give the person exactly these roles; those that belong to a unit are of her home unit.

    Raises RuleViolation("roles") for what one person must not be at once. Nobody changes her own.
    """
    require(actor, Role.SECURITY_ADMIN)
    person = other_person(session, actor, person_id)
    check_roles(roles)
    _check_enterprise(person, roles)
    before = {(Role(row.role), row.unit_id) for row in person.roles}
    after = {(role, person.unit_id if role in OF_A_UNIT else None) for role in roles}
    if before == after:
        return person
    person.roles = [row for row in person.roles if (Role(row.role), row.unit_id) in after]
    person.roles += [PersonRole(role=role.value, unit_id=unit) for role, unit in sorted(after - before, key=str)]
    told = {"before": _words(before), "after": _words(after)}
    record(session, actor.login, Act.ROLES_SET, person=person.login, **told)
    return person


def check_roles(roles: Collection[Role]) -> None:
    """三员分立, and the auditor apart: Raises RuleViolation("roles")."""
    given = frozenset(roles)
    if len(given & ADMINISTRATORS) > 1:
        raise RuleViolation("roles", "系统管理员、安全管理员、审计管理员不能由同一人担任。")
    if given & STANDS_ALONE and len(given) > 1:
        raise RuleViolation("roles", "管理员和审计不能同时担任其他角色。")


def lock(session: Session, actor: Actor, person_id: int) -> Person:
    """Stop the account: every sign-in and token of it ends at once, and a specialist's enterprises get another one."""
    require(actor, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    person = other_person(session, actor, person_id)
    if person.is_active:
        person.is_active = False
        end_sessions(session, actor.login, person)
        session.execute(
            update(ApiToken)
            .where(ApiToken.person_id == person.id, ApiToken.revoked_at.is_(None))
            .values(revoked_at=clock.now())
        )
        specialists.leave(session, actor, person.id, "left")
        record(session, actor.login, Act.PERSON_LOCKED, person=person.login, before=True, after=False)
    return person


def unlock(session: Session, actor: Actor, person_id: int) -> Person:
    """Start the account again, after a stop or after failed sign-ins."""
    require(actor, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    person = other_person(session, actor, person_id)
    before = person.is_active
    person.is_active, person.failed_count, person.locked_until = True, 0, None
    record(session, actor.login, Act.PERSON_UNLOCKED, person=person.login, before=before, after=True)
    return person


def _enterprise(session: Session, new: NewPerson) -> Enterprise | None:
    """Whose account it shall be; None for a person of a unit."""
    if not new.enterprise_id:
        return None
    enterprise = session.get(Enterprise, normalised(new.enterprise_id))
    if enterprise is None:
        raise RuleViolation("enterprise_id", "企业库中没有这个统一社会信用代码，请先导入企业。")
    return enterprise


def _check_enterprise(person: Person, roles: Collection[Role]) -> None:
    """Whoever acts for an enterprise does nothing else here. Raises RuleViolation("roles")."""
    if Role.ENTERPRISE in roles and person.enterprise_id is None:
        raise RuleViolation("roles", "企业角色须在新增账号时填写所属企业。")
    if person.enterprise_id is not None and set(roles) - {Role.ENTERPRISE}:
        raise RuleViolation("roles", "企业账号只能担任企业角色。")


def _check_new(session: Session, new: NewPerson, *, needs_unit: bool) -> None:
    """A login is never used again, not even after its person has left: the ledger names people by it."""
    if not new.login or not new.login.isascii() or not all(sign.isalnum() or sign in "._-" for sign in new.login):
        raise RuleViolation("login", "账号只用字母、数字和 . _ - 。")
    if session.scalar(select(Person.id).where(Person.login == new.login)) is not None:
        raise RuleViolation("login", "这个账号已有人使用，请另取一个。")
    if not new.name:
        raise RuleViolation("name", "请填写姓名。")
    unit = session.get(Unit, new.unit_id) if needs_unit else None
    if needs_unit and (unit is None or unit.ended_on is not None):
        raise RuleViolation("unit_id", "请选择单位。")


def other_person(session: Session, actor: Actor, person_id: int) -> Person:
    """Whom an administrator acts upon; raises NotFound, and NotPermitted for herself."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("没有找到这个人。")
    if person.id == actor.person_id:
        raise NotPermitted("自己的账号和角色由其他管理员调整。")
    return person


def _words(roles: Collection[tuple[Role, str | None]]) -> list[str]:
    return sorted(f"{role}:{unit}" if unit else role.value for role, unit in roles)

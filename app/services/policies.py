"""The policy library, kept by the departments: entered, changed, checked each year, repealed. A form, not a process.

Conditions are never overwritten: each change of them is a version with its reason, so that what was pushed by the old
ones can still be explained.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app import clock
from app.duties.policy_conditions import read_conditions, stored
from app.duties.policy_push import check_entry
from app.duties.quantity import to_decimal
from app.errors import AlreadyDone, InvalidForm, NotPermitted, RuleViolation
from app.models.enterprise import Enterprise
from app.models.policy import PackageLine, Policy, PolicyPackage, PolicyVersion
from app.queries.actor import Actor
from app.queries.policies import policy as read_policy
from app.queries.policy_profiles import policy_catalogue
from app.services import form_rules
from app.services.administration import record
from app.services.cases import Effect
from app.services.effects import put_effects
from app.services.house import House
from app.services.library_forms import policy_form
from app.terms import Act, EnterpriseState, Role

TEXTS = ("title", "number", "issuer", "owner_id", "level", "kind", "benefit", "link", "contact", "how")
OPEN = ("prepared", "sent")
CLOSED = (EnterpriseState.DEREGISTERED, EnterpriseState.MOVED_OUT, EnterpriseState.MERGED)
VOID = "package_void"
REPEALED = "repealed"
SHORTEST_REASON, LONGEST_REASON = 2, 200

Answers = Mapping[str, Any]


def may_keep(actor: Actor, owner_id: str) -> bool:
    """The contact and the head of the department that issued it, and the office."""
    return actor.has(Role.OFFICE) or owner_id in actor.unit_ids


def enter(session: Session, actor: Actor, answers: Answers) -> Policy:
    """A new policy, checked as of today. Raises NotPermitted, InvalidForm."""
    rows = _checked(session, actor, answers)
    policy = Policy(version=1, changed_at=clock.now(), changed_by=actor.name)
    _write(policy, answers)
    policy.checked_on, policy.checked_by = clock.today(), actor.name
    session.add(policy)
    session.flush()
    session.add(_version(policy, rows, "录入", actor, clock.now()))
    record(session, actor.login, Act.POLICY_ENTERED, policy=policy.id, title=policy.title, conditions=rows)
    return policy


def change(session: Session, actor: Actor, policy_id: int, answers: Answers) -> Policy:
    """What the form says from now on; other conditions make a new version.

    Raises NotPermitted, InvalidForm, NotFound.
    """
    policy = _kept(session, actor, policy_id)
    rows = _checked(session, actor, answers)
    if rows != conditions_of(session, policy):
        reason = str(answers.get("reason", "")).strip()
        if len(reason) < SHORTEST_REASON:
            raise InvalidForm([("reason", "修改条件的，请写明修改理由")])
        rewrite_conditions(session, actor, clock.now(), policy, rows, reason)
    _write(policy, answers)
    policy.changed_at, policy.changed_by = clock.now(), actor.name
    policy.checked_on, policy.checked_by = clock.today(), actor.name
    record(session, actor.login, Act.POLICY_CHANGED, policy=policy.id, title=policy.title, version=policy.version)
    return policy


def check(session: Session, actor: Actor, policy_id: int) -> Policy:
    """The yearly check: what stands there still holds. Raises NotPermitted, NotFound."""
    policy = _kept(session, actor, policy_id)
    policy.checked_on, policy.checked_by = clock.today(), actor.name
    record(session, actor.login, Act.POLICY_CHECKED, policy=policy.id, title=policy.title)
    return policy


def repeal(session: Session, actor: Actor, policy_id: int, reason: str) -> Policy:
    """No more from today on. It leaves the packages that are still open; one in which nothing is left is withdrawn.

    Raises NotPermitted, NotFound, RuleViolation("reason"), AlreadyDone.
    """
    policy = _kept(session, actor, policy_id)
    if policy.repealed_on is not None:
        raise AlreadyDone("该政策已废止。")
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise RuleViolation("reason", f"请写明废止的理由，{SHORTEST_REASON} 至 {LONGEST_REASON} 字。")
    policy.repealed_on, policy.repealed_because = clock.today(), reason
    record(session, actor.login, Act.POLICY_REPEALED, policy=policy.id, title=policy.title, reason=reason)
    _leave_out(session, policy.id)
    return policy


def void_packages_of_closed(house: House) -> int:
    """Withdraw what enterprises that have closed or left were still to read; how many. Asked for twice, done once."""
    gone = select(Enterprise.id).where(Enterprise.state.in_(CLOSED))
    where = (PolicyPackage.state.in_(OPEN), PolicyPackage.enterprise_id.in_(gone))
    with house.database.reading() as session:
        keys = session.scalars(select(PolicyPackage.key).where(*where).order_by(PolicyPackage.id)).all()
    if keys:
        with house.database.transaction() as session:
            _void(session, keys)
    return len(keys)


def conditions_of(session: Session, policy: Policy) -> list[dict[str, Any]]:
    """The rows of the version that counts."""
    where = (PolicyVersion.policy_id == policy.id, PolicyVersion.version == policy.version)
    return list(session.scalars(select(PolicyVersion.conditions).where(*where)).one_or_none() or ())


def rewrite_conditions(
    session: Session, actor: Actor, at: datetime, policy: Policy, rows: Sequence[Answers], reason: str
) -> None:
    """A new version of the conditions; rows that were checked."""
    catalogue = policy_catalogue(session)
    policy.version += 1
    kept = [stored(condition, catalogue) for condition in read_conditions(rows, catalogue)]
    session.add(_version(policy, kept, reason, actor, at))
    session.flush()


def _checked(session: Session, actor: Actor, answers: Answers) -> list[dict[str, Any]]:
    """The rows of conditions as they are stored."""
    catalogue = policy_catalogue(session)
    found = form_rules.validate(policy_form(catalogue), answers) or check_entry(answers, catalogue)
    if found:
        raise InvalidForm([(error.field, error.text) for error in found])
    if not may_keep(actor, answers["owner_id"]):
        raise NotPermitted("只能录入和修改本部门的政策。")
    return [stored(condition, catalogue) for condition in read_conditions(answers.get("conditions", ()), catalogue)]


def _kept(session: Session, actor: Actor, policy_id: int) -> Policy:
    policy = read_policy(session, policy_id)
    if not may_keep(actor, policy.owner_id):
        raise NotPermitted("只能修改和核对本部门的政策。")
    return policy


def _write(policy: Policy, answers: Answers) -> None:
    for name in TEXTS:
        setattr(policy, name, str(answers.get(name, "")).strip())
    policy.amount_wan = to_decimal(answers["amount_wan"]) if answers.get("amount_wan") is not None else None
    policy.windows = sorted(answers.get("windows", ()), key=lambda row: str(row["from_on"]))
    policy.valid_from = date.fromisoformat(answers["valid_from"])
    policy.valid_to = date.fromisoformat(answers["valid_to"]) if answers.get("valid_to") else None


def _version(policy: Policy, rows: Sequence[dict[str, Any]], reason: str, actor: Actor, at: datetime) -> PolicyVersion:
    told = {"policy_id": policy.id, "version": policy.version, "conditions": list(rows)}
    return PolicyVersion(**told, reason=reason, at=at, by=actor.name)


def _leave_out(session: Session, policy_id: int) -> None:
    """Of every package that is open; those in which nothing is left are void."""
    opened = select(PolicyPackage.id).where(PolicyPackage.state.in_(OPEN))
    mine = (PackageLine.policy_id == policy_id, PackageLine.package_id.in_(opened))
    session.execute(update(PackageLine).where(*mine).values(drop_reason=REPEALED))
    holding = select(PackageLine.package_id).where(*mine)
    left = exists().where(PackageLine.package_id == PolicyPackage.id, PackageLine.drop_reason == "")
    empty = select(PolicyPackage.key).where(PolicyPackage.id.in_(holding), ~left).order_by(PolicyPackage.id)
    _void(session, session.scalars(empty).all())


def _void(session: Session, keys: Sequence[str]) -> None:
    effects = [Effect(f"{VOID}:{key}", "message", {"name": VOID, "key": key}) for key in keys]
    put_effects(session.connection(), effects, clock.now())

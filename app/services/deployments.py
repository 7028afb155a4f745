"""New versions of processes: proposed by one person, approved by another; all files of an upload, or none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import AlreadyDone, InvalidForm, NotPermitted, RuleViolation
from app.models.deployment import DeployedVersion, Deployment
from app.models.process import ProcessDefinition
from app.queries.actor import SYSTEM, Actor
from app.queries.deployments import deployment as one_deployment
from app.queries.paging import LARGEST_INT
from app.services import definition_checks, definitions, history
from app.services.administration import require
from app.services.definition_checks import Examined, Finding
from app.services.definitions import DefinitionRefused
from app.services.house import House
from app.terms import DeploymentStatus, EventType, Role

MAY_PROPOSE = (Role.OFFICE, Role.SYSTEM_ADMIN)
MAX_FILES = 50
MAX_REMARK = 1000
MAX_NAME = 120
UNWANTED = re.compile(r"[\x00-\x1f\x7f]|.*[/\\]")  # of a file's name: signs nobody sees, and folders

NO_FILE = "请选择流程文件。"
SAME_NAME = "有文件重名"
OWN = "提交人不能审批自己提交的版本，请由另一位有此权限的人员审批。"
ONLY_OWN = "只有提交人可以撤回。"


class UploadRefused(DefinitionRefused):
    """The same refusal, with all that the checks said of each file."""

    def __init__(self, examined: Sequence[Examined]) -> None:
        self.examined = examined
        super().__init__(tuple(finding.problem for own in examined for finding in own.errors))


@dataclass(frozen=True)
class Outcome:
    """What became of an upload. id: of the deployment, None where nothing was new. versions: key and version of each.

    A proposed one has no version yet (None), an unchanged one its old one.
    """

    id: int | None
    status: Literal["proposed", "published", "unchanged"]
    versions: tuple[tuple[str, int | None], ...]
    findings: tuple[Finding, ...]


def propose(house: House, actor: Actor, files: Mapping[str, bytes], remark: str = "") -> Outcome:
    """Check the files and keep them until another person approves. Raises UploadRefused, RuleViolation."""
    return _submit(house, actor, files, remark, is_published=False)


def submit(house: House, actor: Actor, files: Mapping[str, bytes], remark: str = "") -> Outcome:
    """The way of programs and of the command line: published at once, unless the setting asks for a second person."""
    is_published = actor is SYSTEM or not house.settings.needs_two_everywhere
    return _submit(house, actor, files, remark, is_published)


def approve(house: House, actor: Actor, deployment_id: int, reason: str = "") -> Outcome:
    """Publish what another person proposed. Raises NotPermitted, AlreadyDone, DefinitionRefused."""
    with house.database.transaction() as session:
        deployment = _undecided(session, actor, deployment_id)
        if actor.person_id is None or deployment.proposed_by == actor.person_id:
            raise NotPermitted(OWN)
        _decide(deployment, actor, DeploymentStatus.PUBLISHED, _short(reason, "reason"))
        versions = _publish(session, actor, deployment)
    return Outcome(deployment_id, "published", versions, ())


def reject(house: House, actor: Actor, deployment_id: int, reason: str) -> None:
    """Send a proposal back. Raises RuleViolation without a reason, NotPermitted, AlreadyDone."""
    if not reason.strip():
        raise RuleViolation("reason", "请写明退回的理由。")
    with house.database.transaction() as session:
        deployment = _undecided(session, actor, deployment_id)
        if deployment.proposed_by == actor.person_id:
            raise NotPermitted(OWN)
        _decide(deployment, actor, DeploymentStatus.REJECTED, _short(reason, "reason"))
        _record(session, actor, EventType.DEPLOYMENT_REJECTED, deployment)


def withdraw(house: House, actor: Actor, deployment_id: int) -> None:
    """Take one's own proposal back. Raises NotPermitted, AlreadyDone."""
    with house.database.transaction() as session:
        deployment = _undecided(session, actor, deployment_id)
        if deployment.proposed_by != actor.person_id:
            raise NotPermitted(ONLY_OWN)
        _decide(deployment, actor, DeploymentStatus.WITHDRAWN, "")
        _record(session, actor, EventType.DEPLOYMENT_WITHDRAWN, deployment)


def uploaded(files: Sequence[tuple[str, bytes]]) -> dict[str, bytes]:
    """Contents by file name, without folders. Raises InvalidForm for none, too many, or two of one name."""
    contents = {UNWANTED.sub("", name)[-MAX_NAME:] or "unnamed.bpmn": content for name, content in files}
    if not files:
        raise InvalidForm([("files", NO_FILE)])
    if len(files) > MAX_FILES:
        raise InvalidForm([("files", f"一次最多上传 {MAX_FILES} 个文件。")])
    if len(contents) != len(files):
        raise InvalidForm([("files", SAME_NAME)])
    return contents


def _submit(house: House, actor: Actor, files: Mapping[str, bytes], remark: str, is_published: bool) -> Outcome:
    require(actor, *MAY_PROPOSE)
    remark = _short(remark, "remark")
    examined = definition_checks.examine(files)
    if any(own.errors for own in examined):
        raise UploadRefused(examined)
    findings = tuple(finding for own in examined for finding in own.findings)
    with house.database.transaction() as session:
        entries = [_entry(session, own) for own in examined]
        if not any(entry["is_changed"] for entry in entries):
            return Outcome(None, "unchanged", _versions(entries), findings)
        waiting = _same_waiting(session, actor, entries)
        if waiting is not None and not is_published:
            return Outcome(waiting, "proposed", _versions(entries), findings)
        deployment = _new(session, actor, examined, entries, remark)
        if not is_published:
            _record(session, actor, EventType.DEPLOYMENT_PROPOSED, deployment)
            return Outcome(deployment.id, "proposed", _versions(entries), findings)
        _decide(deployment, actor, DeploymentStatus.PUBLISHED, "")
        return Outcome(deployment.id, "published", _publish(session, actor, deployment), findings)


def _entry(session: Session, own: Examined) -> dict[str, Any]:
    """What the deployment says of one file; see models.Deployment."""
    definition = own.definition
    assert definition is not None, own.file
    of_key = select(ProcessDefinition).where(ProcessDefinition.key == definition.key)
    newest = session.scalar(of_key.order_by(ProcessDefinition.version.desc()).limit(1))
    same = session.scalar(of_key.where(ProcessDefinition.hash == definition.hash))
    return {
        "file": own.file,
        "key": definition.key,
        "name": definition.name,
        "hash": definition.hash,
        "base": newest.version if newest is not None else None,
        "version": same.version if same is not None else None,
        "is_changed": same is None,
    }


def _same_waiting(session: Session, actor: Actor, entries: Sequence[Mapping[str, Any]]) -> int | None:
    """The actor's own proposal of the same files, so that a second click or a retry proposes nothing twice."""
    own = select(Deployment).where(Deployment.status == DeploymentStatus.PROPOSED.value)
    hashes = {entry["hash"] for entry in entries}
    for deployment in session.scalars(own.where(Deployment.proposed_by == actor.person_id)):
        if {entry["hash"] for entry in deployment.files} == hashes:
            return deployment.id
    return None


def _versions(entries: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, int | None], ...]:
    return tuple((entry["key"], entry["version"]) for entry in entries)


def _new(
    session: Session, actor: Actor, examined: Sequence[Examined], entries: list[dict[str, Any]], remark: str
) -> Deployment:
    reports = {entry["key"]: own.report for entry, own in zip(entries, examined, strict=True)}
    deployment = Deployment(
        status=DeploymentStatus.PROPOSED.value,
        files=entries,
        sources={entry["key"]: own.content for entry, own in zip(entries, examined, strict=True)},
        report=reports,
        remark=remark,
        proposed_by=actor.person_id,
        proposed_at=clock.now(),
    )
    session.add(deployment)
    session.flush()
    return deployment


def _undecided(session: Session, actor: Actor, deployment_id: int) -> Deployment:
    """The proposal, locked. Raises NotPermitted, NotFound, and AlreadyDone with who was first."""
    require(actor, *MAY_PROPOSE)
    session.execute(select(Deployment.id).where(Deployment.id == min(deployment_id, LARGEST_INT)).with_for_update())
    deployment = one_deployment(session, deployment_id)
    if deployment.status != DeploymentStatus.PROPOSED:
        by = deployment.decider.name if deployment.decider is not None else "系统"
        raise AlreadyDone(f"这次上传已由{by}处理：{DeploymentStatus(deployment.status).label}。")
    return deployment


def _decide(deployment: Deployment, actor: Actor, status: DeploymentStatus, reason: str) -> None:
    deployment.status = status.value
    deployment.decided_by = actor.person_id
    deployment.decided_at = clock.now()
    deployment.reason = reason


def _publish(session: Session, actor: Actor, deployment: Deployment) -> tuple[tuple[str, int | None], ...]:
    """Make the versions. The strict reader and the duty's code are asked again: both may have changed since."""
    session.flush()
    others = {key: text.encode() for key, text in deployment.sources.items()}
    entries, told = [], {"deployment": deployment.id, "proposed_by": _login(session, deployment)}
    for entry in deployment.files:
        definition = definitions.check(entry["file"], others[entry["key"]], others)
        sources = definitions.sources_of(others[entry["key"]], entry["key"], others)
        if problems := definition_checks.casework_errors(definition, sources):
            raise DefinitionRefused(tuple(finding.problem for finding in problems))
        kept = definitions.keep(session.connection(), actor, definition, sources, told)
        if kept.is_new:
            session.add(DeployedVersion(definition_id=kept.id, deployment_id=deployment.id))
        entries.append({**entry, "version": kept.version})
    deployment.files = entries
    return _versions(entries)


def _login(session: Session, deployment: Deployment) -> str:
    session.refresh(deployment, ["proposer"])
    return deployment.proposer.login if deployment.proposer is not None else SYSTEM.login


def _record(session: Session, actor: Actor, type_: EventType, deployment: Deployment) -> None:
    session.flush()
    told = {
        "name": "、".join(entry["name"] for entry in deployment.files if entry["is_changed"]),
        "deployment": deployment.id,
        "hashes": {entry["key"]: entry["hash"] for entry in deployment.files if entry["is_changed"]},
        "remark": deployment.reason or deployment.remark,
    }
    happening = history.Happening(type_, actor.login, clock.now(), f"{type_.value}:{deployment.id}", told)
    history.append_administration(session.connection(), happening)


def _short(text: str, field: str) -> str:
    """Raises RuleViolation where it is too long; what no database keeps is left out."""
    text = text.replace("\0", "").strip()
    if len(text) > MAX_REMARK:
        raise RuleViolation(field, f"最多 {MAX_REMARK} 个字。")
    return text

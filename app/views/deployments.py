"""Uploads of process definitions: a new one with its checks, and those that a second person approves or sends back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.access import may_open
from app.errors import InvalidForm, NotFound, RuleViolation
from app.models.deployment import Deployment
from app.queries import deployed
from app.queries import deployments as uploads
from app.services import deployments
from app.services.definition_checks import Examined, names_in
from app.services.deployments import UploadRefused
from app.terms import DeploymentStatus
from app.views.context import current_actor, current_house
from app.views.definition_panels import (
    FONT,
    HIGHEST,
    ChangeLine,
    FindingLine,
    change_lines,
    change_marks,
    finding_lines,
    finding_marks,
)
from app.views.definition_words import CHECKS
from app.views.paging import next_page, wants_rows

bp = Blueprint("deployments", __name__, url_prefix="/deployments")

Answer = str | Response | tuple[str, int]
MOST_DRAWN = 600_000  # signs of a refused file that its page still draws


@dataclass(frozen=True)
class RefusedFile:
    """drawing: for the viewer, None where there is nothing to draw."""

    file: str
    findings: Sequence[FindingLine]
    drawing: dict[str, Any] | None


@dataclass(frozen=True)
class UploadedFile:
    """base: the version it is compared with, None for a new process. changes: None where that cannot be compared."""

    entry: dict[str, Any]
    base: int | None
    drawing: dict[str, Any] | None
    old: dict[str, Any] | None
    findings: Sequence[FindingLine]
    rehearsal: dict[str, Any] | None
    changes: Sequence[ChangeLine] | None


@bp.get("")
def page() -> str:
    status = request.args.get("status", DeploymentStatus.PROPOSED.value)
    with current_house().database.reading() as session:
        found = uploads.deployments_page(session, status if status != "all" else "", request.args.get("cursor"))
        return render_template(
            "deployments/_rows.html" if wants_rows() else "deployments/page.html",
            lines=found.items,
            left=found.left,
            more=next_page("deployments.page", found.next_cursor),
            status=status,
            statuses={word.value: _(word.label) for word in DeploymentStatus},
            can_upload=may_open("deployments.new", current_actor()),
        )


@bp.get("/new")
def new() -> str:
    return _form({}, ())


@bp.post("/new")
def create() -> Answer:
    """A refused upload keeps the remark and shows every file with what the checks say of it."""
    files = [(file.filename or "", file.stream.read()) for file in request.files.getlist("files") if file.filename]
    remark = request.form.get("remark", "")
    try:
        contents = deployments.uploaded(files)
        outcome = deployments.propose(current_house(), current_actor(), contents, remark)
    except InvalidForm as refused:
        return _form(dict(refused.errors), ()), refused.status
    except RuleViolation as refused:
        return _form({refused.field: refused.text}, ()), refused.status
    except UploadRefused as refused:
        return _form({}, refused.examined), refused.status
    if outcome.id is None:
        flash(_("与已发布的版本相同，没有变化。"))
        return redirect(url_for("definitions.page"))
    flash(_("已提交，由另一位有此权限的人员审批后发布。"))
    return redirect(url_for("deployments.one", deployment_id=outcome.id))


@bp.get("/<int:deployment_id>")
def one(deployment_id: int) -> str:
    return _one(deployment_id, "")


@bp.post("/<int:deployment_id>/approval")
def approve(deployment_id: int) -> Answer:
    deployments.approve(current_house(), current_actor(), deployment_id, request.form.get("opinion", ""))
    flash(_("新版本已发布，以后启动的流程按新版本办理。"))
    return redirect(url_for("deployments.one", deployment_id=deployment_id))


@bp.post("/<int:deployment_id>/rejection")
def reject(deployment_id: int) -> Answer:
    try:
        deployments.reject(current_house(), current_actor(), deployment_id, request.form.get("reason", ""))
    except RuleViolation as refused:
        return _one(deployment_id, refused.text), refused.status
    flash(_("已退回。"))
    return redirect(url_for("deployments.one", deployment_id=deployment_id))


@bp.post("/<int:deployment_id>/withdrawal")
def withdraw(deployment_id: int) -> Response:
    deployments.withdraw(current_house(), current_actor(), deployment_id)
    flash(_("已撤回。"))
    return redirect(url_for("deployments.one", deployment_id=deployment_id))


@bp.get("/<int:deployment_id>/<key>.bpmn")
def source(deployment_id: int, key: str) -> Response:
    with current_house().database.reading() as session:
        text = uploads.deployment(session, deployment_id).sources.get(key)
    if text is None:
        raise NotFound
    return Response(text, mimetype="application/xml")


def _form(errors: dict[str, str], examined: Sequence[Examined]) -> str:
    return render_template(
        "deployments/new.html",
        errors=errors,
        remark=request.form.get("remark", ""),
        files=[_refused(own) for own in examined],
        error_count=sum(len(own.errors) for own in examined),
        most=deployments.MAX_FILES,
        checks=CHECKS,
    )


def _refused(own: Examined) -> RefusedFile:
    lines = finding_lines(own.report["findings"], own.names)
    is_drawn = bool(own.names) and "BPMNShape" in own.content and len(own.content) <= MOST_DRAWN
    drawing = {"xml": own.content, "highest": HIGHEST, **FONT, **finding_marks(lines)} if is_drawn else None
    return RefusedFile(own.file, lines, drawing)


def _one(deployment_id: int, error: str) -> str:
    actor = current_actor()
    with current_house().database.reading() as session:
        deployment = uploads.deployment(session, deployment_id)
        is_waiting = deployment.status == DeploymentStatus.PROPOSED
        is_own = deployment.proposed_by == actor.person_id
        decides = is_waiting and not is_own and may_open("deployments.approve", actor)
        return render_template(
            "deployments/one.html",
            deployment=deployment,
            status=_(DeploymentStatus(deployment.status).label),
            files=[_uploaded(session, deployment, entry) for entry in deployment.files],
            checks=CHECKS,
            is_waiting=is_waiting,
            is_own=is_own,
            can_decide=decides,
            can_withdraw=is_waiting and is_own,
            error=error,
            reason=request.form.get("reason", ""),
        )


def _uploaded(session: Session, deployment: Deployment, entry: dict[str, Any]) -> UploadedFile:
    """A waiting proposal is compared with what stands now, a decided one with what stood then."""
    key, text = entry["key"], deployment.sources[entry["key"]]
    report = deployment.report.get(key) or {"findings": [], "rehearsal": None}
    base = _newest(session, key) if deployment.status == DeploymentStatus.PROPOSED else entry["base"]
    lines = finding_lines(report["findings"], names_in(text.encode()))
    changes = deployed.difference_from(session, key, base, text) if base is not None else ()
    shown = change_lines(changes) if changes is not None else []
    where = {"highest": HIGHEST, **FONT}
    new = {"url": url_for("deployments.source", deployment_id=deployment.id, key=key), **where}
    old = {"url": url_for("definitions.source", key=key, number=base), **where} if shown and base else None
    return UploadedFile(
        entry=entry,
        base=base,
        drawing=new | _marks_of(lines, shown) if "BPMNShape" in text else None,
        old=old | change_marks(shown, "removed", "changed") if old else None,
        findings=lines,
        rehearsal=report["rehearsal"],
        changes=None if changes is None else shown,
    )


def _marks_of(findings: Sequence[FindingLine], changes: Sequence[ChangeLine]) -> dict[str, Any]:
    """What changed; where nothing did, or all is new, what the checks found."""
    return change_marks(changes, "added", "changed") if changes else finding_marks(findings)


def _newest(session: Session, key: str) -> int | None:
    try:
        return deployed.version(session, key).definition.version
    except NotFound:
        return None

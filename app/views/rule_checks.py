"""规则核查: what the rules over histories have found, how it is explained, and how much each rule has looked at."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.access import may_open
from app.errors import Conflict, InvalidForm, NotFound, NotPermitted
from app.models.organization import Unit
from app.queries import rule_findings
from app.queries.rule_findings import Line, Wanted
from app.services.rule_checks import catalog, settling
from app.services.rule_checks.catalog import CheckRule
from app.terms import FindingStatus, Role, Severity
from app.views.context import current_actor, current_house
from app.views.paging import next_page, wants_rows

bp = Blueprint("rule_checks", __name__, url_prefix="/rule-checks")

Answer = Response | str | tuple[str, int]

ALL = "all"
LIGHTS = {Severity.HIGH: "red", Severity.MIDDLE: "yellow", Severity.LOW: "yellow"}


@bp.get("")
def page() -> str:
    wanted = _wanted()
    with current_house().database.reading() as session:
        found = rule_findings.findings(session, wanted, request.args.get("cursor"))
        listed = {
            "lines": found.items,
            "left": found.left,
            "more": next_page("rule_checks.page", found.next_cursor),
            "rules": catalog.rules(),
            "statuses": _statuses(),
            "lights": LIGHTS,
        }
        if wants_rows():
            return render_template("rule_checks/_rows.html", **listed)
        return render_template(
            "rule_checks/page.html",
            **listed,
            wanted=wanted,
            is_filtered=bool(request.args.keys() - {"cursor"}),
            asked=_asked(rule_findings.counts(session), rule_findings.progress(session)),
            units=session.execute(select(Unit.id, Unit.short_name).order_by(Unit.position)).all(),
        )


@bp.get("/<int:finding_id>")
def one(finding_id: int) -> str:
    return _one(finding_id)


@bp.post("/<int:finding_id>/explanation")
def explain(finding_id: int) -> Answer:
    return _act(finding_id, settling.explain, _("说明已提交，等待审计认可。"), request.form.get("reason", ""))


@bp.post("/<int:finding_id>/acceptance")
def accept(finding_id: int) -> Answer:
    return _act(finding_id, settling.settle, _("已认可说明。"))


@bp.post("/<int:finding_id>/return")
def give_back(finding_id: int) -> Answer:
    return _act(finding_id, settling.give_back, _("已退回，等待办公室重新说明。"))


def _act(finding_id: int, verb: Callable[..., None], told: str, *arguments: Any) -> Answer:
    key = request.form.get("_key") or secrets.token_urlsafe(16)
    try:
        verb(current_house(), current_actor(), finding_id, *arguments, key=key)
    except InvalidForm as refused:
        return _one(finding_id, refused.errors[0][1]), refused.status
    except (Conflict, NotPermitted) as refused:
        return _one(finding_id, refused.text), refused.status
    flash(told)
    return redirect(url_for("rule_checks.one", finding_id=finding_id))


def _one(finding_id: int, error: str = "") -> str:
    with current_house().database.reading() as session:
        line = rule_findings.one(session, finding_id) if finding_id < 2**31 else None
    if line is None:
        raise NotFound(_("没有这条核查发现。"))
    actor, status = current_actor(), line.finding.status
    return render_template(
        "rule_checks/one.html",
        line=line,
        rule=catalog.rules().get(line.finding.rule),
        at=_instant(line),
        statuses=_statuses(),
        light=_light(line),
        can_read=may_open("histories.one", actor),
        can_explain=status == FindingStatus.OPEN and actor.has(Role.OFFICE),
        can_judge=status == FindingStatus.EXPLAINED and actor.has(Role.AUDITOR),
        typed=request.form.get("reason", line.finding.reason),
        error=error,
        key=secrets.token_urlsafe(16),
    )


def _asked(counts: Any, progress: Any) -> list[dict[str, Any]]:
    """A line for each rule over histories: what it says, what it has looked at, what is open."""
    listed: list[tuple[CheckRule, Any]] = [(rule, progress.get(id_)) for id_, (rule, _) in catalog.log_rules().items()]
    lines = [
        {
            "rule": rule,
            "progress": done,
            **{status.value: counts.get((rule.id, status.value), 0) for status in FindingStatus},
        }
        for rule, done in listed
    ]
    return sorted(lines, key=lambda line: (-line["open"], -line["explained"], line["rule"].name))


def _wanted() -> Wanted:
    status = request.args.get("status", FindingStatus.OPEN.value)
    return Wanted("" if status == ALL else status, request.args.get("rule", ""), request.args.get("unit", ""))


def _statuses() -> dict[str, str]:
    return {status.value: _(status.label) for status in FindingStatus}


def _light(line: Line) -> str:
    return LIGHTS[Severity(line.finding.severity)] if line.finding.status == FindingStatus.OPEN else "blue"


def _instant(line: Line) -> datetime | None:
    return datetime.fromisoformat(line.at) if line.at else None

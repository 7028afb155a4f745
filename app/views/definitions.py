"""流程定义: which processes there are, their versions, one version with its forms and checks, and two compared."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.access import may_open
from app.engine import Definition, InvalidDefinition
from app.errors import BadRequest
from app.queries import deployed
from app.queries.deployed import Version
from app.queries.deployments import waiting_count
from app.services import definition_checks
from app.services.definition_checks import names_in
from app.services.house import House
from app.views.context import current_actor, current_house
from app.views.definition_panels import (
    FONT,
    HIGHEST,
    change_lines,
    change_marks,
    finding_lines,
    finding_marks,
    form_lines,
)
from app.views.definition_words import CHECKS
from app.views.diagrams import DAY
from app.views.paging import next_page, wants_rows

bp = Blueprint("definitions", __name__, url_prefix="/definitions")

MIGRATION = "migrations.page"  # the page that moves running instances, where the house has one


@bp.get("")
def page() -> str:
    text = request.args.get("q", "").strip().replace("\0", "")
    with current_house().database.reading() as session:
        found = deployed.processes_page(session, text, request.args.get("cursor"))
        return render_template(
            "definitions/_rows.html" if wants_rows() else "definitions/page.html",
            lines=found.items,
            left=found.left,
            more=next_page("definitions.page", found.next_cursor),
            text=text,
            waiting=waiting_count(session),
            can_upload=may_open("deployments.new", current_actor()),
        )


@bp.get("/<key>")
def process(key: str) -> str:
    with current_house().database.reading() as session:
        found = deployed.versions_page(session, key, request.args.get("cursor"))
        newest = deployed.version(session, key)
        return render_template(
            "definitions/_versions.html" if wants_rows() else "definitions/process.html",
            lines=found.items,
            left=found.left,
            more=_more(key, found.next_cursor),
            key=key,
            newest=newest,
            numbers=range(newest.definition.version, 0, -1),
            migration_url=_migration_url(key),
            can_upload=may_open("deployments.new", current_actor()),
        )


@bp.get("/<key>/<int:number>")
def version(key: str, number: int) -> str:
    """With ?check=1 the checks are made now; else they are shown as they were when the version was proposed."""
    house = current_house()
    with house.database.reading() as session:
        shown = deployed.version(session, key, number)
        definition = _readable(session, house, shown)
        newest = deployed.version(session, key).definition.version
        is_now = request.args.get("check") == "1"
        report = _checked_now(shown) if is_now else _report_of(shown)
        source = deployed.source_of(shown.definition)
    lines = finding_lines(report["findings"], names_in(source.encode())) if report else []
    return render_template(
        "definitions/version.html",
        shown=shown,
        is_readable=definition is not None,
        newest=newest,
        diagram=_diagram(key, number) | finding_marks(lines),
        is_drawn="BPMNShape" in source,
        forms=form_lines(definition) if definition is not None else [],
        report=report,
        is_now=is_now,
        findings=lines,
        checks=CHECKS,
        migration_url=_migration_url(key),
        can_upload=may_open("deployments.new", current_actor()),
    )


@bp.get("/<key>/<int:number>/diagram.bpmn")
def source(key: str, number: int) -> Response:
    """A version never changes, so the reader's browser may keep it."""
    with current_house().database.reading() as session:
        text = deployed.drawing(session, key, number)
    return Response(text, mimetype="application/xml", headers={"Cache-Control": f"private, max-age={DAY}"})


@bp.get("/<key>/difference")
def difference(key: str) -> str:
    """Without numbers the newest version against the one before it."""
    with current_house().database.reading() as session:
        newest = deployed.version(session, key).definition.version
        after = _number("to", newest)
        before = _number("from", max(after - 1, 1))
        changes = deployed.difference_of(session, key, before, after)
        name = deployed.version(session, key, after).definition.name
    lines = change_lines(changes)
    return render_template(
        "definitions/difference.html",
        key=key,
        name=name,
        before=before,
        after=after,
        numbers=range(newest, 0, -1),
        changes=lines,
        old=_diagram(key, before) | change_marks(lines, "removed", "changed"),
        new=_diagram(key, after) | change_marks(lines, "added", "changed"),
    )


def _readable(session: Session, house: House, shown: Version) -> Definition | None:
    """None where today's rules refuse an old version; its page says so."""
    try:
        return house.definition(session.connection(), shown.definition.id)
    except InvalidDefinition:
        return None


def _diagram(key: str, number: int) -> dict[str, Any]:
    return {"url": url_for("definitions.source", key=key, number=number), "highest": HIGHEST, **FONT}


def _report_of(shown: Version) -> dict[str, Any] | None:
    """What the checks said when it was proposed; None for a version that shipped with the product."""
    report: dict[str, Any] | None = shown.deployment.report.get(shown.definition.key) if shown.deployment else None
    return report


def _checked_now(shown: Version) -> dict[str, Any]:
    name, text = f"{shown.definition.key}.bpmn", deployed.source_of(shown.definition)
    (examined,) = definition_checks.examine({name: text.encode()})
    return {**examined.report, "findings": [asdict(finding) for finding in examined.findings]}


def _migration_url(key: str) -> str:
    if MIGRATION not in current_app.view_functions or not may_open(MIGRATION, current_actor()):
        return ""
    return url_for(MIGRATION, definition_key=key)


def _number(name: str, otherwise: int) -> int:
    """Raises BadRequest."""
    text = request.args.get(name, "")
    if not text:
        return otherwise
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise BadRequest(_("版本号应为数字。"))
    return int(text)


def _more(key: str, cursor: str | None) -> str:
    return url_for("definitions.process", key=key, cursor=cursor) if cursor else ""

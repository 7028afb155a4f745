"""流程迁移: which running instances could go on in another version, what would become of each, and doing it.

A long batch is carried out a slice at a time: each page does one slice and sends the form on for the next. What has
gone over is no longer in the old version, so the page that follows simply lists what is left, and why.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.access import may_open
from app.engine import Definition, Reason, Verdict
from app.errors import AppError, BadRequest, InvalidForm, NotFound
from app.queries import migrations as stored
from app.services import migration_plans, migrations
from app.services.migration_plans import Line, Target, Wanted
from app.services.migrations import Result
from app.views.context import current_actor, current_house

bp = Blueprint("migrations", __name__, url_prefix="/migrations")

Answer = str | Response | tuple[str, int]

SLICE = 50  # instances that one page carries out
SHOWN = 100  # instances that one page weighs; the others are weighed as they are carried out
RECENT = 30
MAP = "map."
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Asked:
    """What a plan is about: one instance, or all that run in a version."""

    definition_key: str
    from_version: int
    to_version: int
    instance_id: str
    with_children: bool
    mapping: Mapping[str, str]

    def fields(self) -> dict[str, Any]:
        """As a form or an address carries it."""
        said = {
            "definition_key": self.definition_key,
            "from": str(self.from_version),
            "to": str(self.to_version),
            "instance": self.instance_id,
            "children": "1" if self.with_children else "",
            **{f"{MAP}{old}": new for old, new in self.mapping.items()},
        }
        return {name: text for name, text in said.items() if text}


@dataclass(frozen=True)
class Need:
    """An element that somebody has to go on for. candidates: (element id, name); chosen: "" where nobody did."""

    element_id: str
    name: str
    candidates: Sequence[tuple[str, str]]
    chosen: str


@dataclass(frozen=True)
class Progress:
    """How far a batch is."""

    total: int
    done: int
    failed: int

    def after(self, results: Sequence[Result]) -> Progress:
        failed = sum(1 for result in results if result.error)
        return Progress(self.total, self.done + len(results) - failed, self.failed + failed)


@bp.get("")
def page() -> str:
    """Versions that something runs in, though a newer one is published; and what was done lately."""
    key = request.args.get("definition_key", "")
    with current_house().database.reading() as session:
        versions = stored.versions(session)
        newest = {version.key: version.version for version in reversed(versions)}
        behind = [each for each in versions if each.count and each.version < newest[each.key]]
        return render_template(
            "migrations/page.html",
            behind=[each for each in behind if key in ("", each.key)],
            newest=newest,
            is_filtered=bool(key),
            name=next((each.name for each in versions if each.key == key), key),
            done=stored.latest(session, RECENT),
            can_read=may_open("histories.one", current_actor()) and current_actor().reads_all,
            key=secrets.token_urlsafe(16),
        )


@bp.get("/plan")
def plan() -> str:
    return _plan(_asked(request.args))


@bp.post("/plan")
def run() -> Answer:
    asked, house, actor = _asked(request.form), current_house(), current_actor()
    reason, key = request.form.get("reason", ""), request.form.get("_key") or secrets.token_urlsafe(16)
    try:
        migrations.checked_reason(reason)
    except InvalidForm as refused:
        return _plan(asked, refused.errors[0][1]), refused.status
    with house.database.reading() as session:
        total = 1 if asked.instance_id else stored.running_count(session, asked.definition_key, asked.from_version)
        before = _progress(total)
        chosen = _ids(session, asked, SLICE, skip=before.failed)
    results = list(migrations.migrate_all(house, actor, _targets(asked, chosen), reason=reason, key=key))
    now = before.after([result for result in results if result.instance_id in chosen])
    if chosen and not asked.instance_id and now.done + now.failed < now.total:
        fields = {**asked.fields(), "reason": reason, "_key": key, **_said(now)}
        return render_template("migrations/running.html", progress=now, fields=fields)
    return _finished(asked, now, [result for result in results if result.error])


@bp.post("/<instance_id>/undo")
def undo(instance_id: str) -> Response:
    key = request.form.get("_key") or secrets.token_urlsafe(16)
    try:
        answer = migrations.migrate_back(current_house(), current_actor(), instance_id, key=key)
    except AppError as refused:
        if refused.status >= 500:
            raise
        flash(refused.text, "error")
    else:
        flash(_("已撤回迁移，流程回到第 %(version)s 版。", version=answer["to_version"]))
    return redirect(url_for("migrations.page"))


def _plan(asked: Asked, error: str = "") -> str:
    house = current_house()
    with house.database.reading() as session:
        ids = _ids(session, asked, SHOWN)
        total = len(ids) if asked.instance_id else stored.running_count(
            session, asked.definition_key, asked.from_version
        )  # fmt: skip
        versions = [each for each in stored.versions(session) if each.key == asked.definition_key]
        old, new = (
            _definition(session, asked.definition_key, number) for number in (asked.from_version, asked.to_version)
        )
        has_children = bool(stored.open_below(session, ids))
    lines = list(migration_plans.plan(house, current_actor(), _targets(asked, ids)))
    counts = Counter(line.verdict for line in lines)
    return render_template(
        "migrations/plan.html",
        asked=asked,
        name=new.name,
        lines=lines,
        total=total,
        counts=[(verdict, counts[verdict]) for verdict in Verdict],
        needs=_needs(asked, lines, old, new),
        others=[each.version for each in versions if each.version != asked.from_version],
        has_children=has_children,
        can_read=current_actor().reads_all,
        error=error,
        reason=request.form.get("reason", ""),
        fields={**asked.fields(), "_key": secrets.token_urlsafe(16)},
    )


def _definition(session: Session, key: str, version: int) -> Definition:
    """Raises NotFound."""
    row = stored.version_of(session, key, version)
    if row is None:
        raise NotFound(_("没有这个版本。"))
    return current_house().definition(session.connection(), row.id)


def _needs(asked: Asked, lines: Sequence[Line], old: Definition, new: Definition) -> list[Need]:
    """Elements without a counterpart, those that somebody has chosen one for among them."""
    needs = {
        id_: Need(id_, _name(old, id_), [(chosen, _name(new, chosen))], chosen)
        for id_, chosen in asked.mapping.items()
        if chosen in new.elements
    }
    for line in lines:
        for found in line.weighed.hindrances:
            if found.reason is Reason.UNMAPPED:
                needs[found.element_id] = Need(found.element_id, found.name, found.candidates, "")
    return list(needs.values())


def _name(definition: Definition, element_id: str) -> str:
    element = definition.elements.get(element_id)
    return (element.name if element else "") or element_id


def _ids(session: Session, asked: Asked, limit: int, skip: int = 0) -> list[str]:
    if asked.instance_id:
        return [asked.instance_id]
    return stored.running_in(session, asked.definition_key, asked.from_version, limit, skip)


def _targets(asked: Asked, ids: Sequence[str]) -> list[Target]:
    if not ids:
        return []
    wanted = Wanted(asked.to_version, tuple(ids), mapping=asked.mapping, with_children=asked.with_children)
    return migration_plans.targets(current_house(), wanted)


def _finished(asked: Asked, now: Progress, errors: Sequence[Result]) -> Response:
    if now.done:
        flash(_("已迁移 %(count)s 个流程。", count=now.done))
    if asked.instance_id and errors:
        flash(errors[0].error, "error")
    elif now.failed:
        flash(_("%(count)s 个流程没有迁移，仍列在下面，原因见各行。", count=now.failed), "error")
    is_done = not now.failed
    url = url_for("migrations.page") if is_done else url_for("migrations.plan", **asked.fields())
    if request.headers.get("HX-Request"):
        return Response(headers={"HX-Redirect": url})
    return redirect(url)


def _progress(total: int) -> Progress:
    """As the page before has sent it on; total counts what is left and what has gone over."""
    done, failed = _number(request.form, "done"), _number(request.form, "failed")
    return Progress(total + done, done, failed)


def _said(now: Progress) -> dict[str, str]:
    return {"done": str(now.done), "failed": str(now.failed)}


def _asked(said: Mapping[str, str]) -> Asked:
    """Raises BadRequest."""
    mapping = {name.removeprefix(MAP): text for name, text in said.items() if name.startswith(MAP) and text}
    return Asked(
        definition_key=said.get("definition_key", ""),
        from_version=_number(said, "from"),
        to_version=_number(said, "to"),
        instance_id=said.get("instance", ""),
        with_children=said.get("children") == "1",
        mapping=mapping,
    )


def _number(said: Mapping[str, Any], name: str) -> int:
    text = said.get(name, "0")
    if not text.isdecimal() or int(text) > LARGEST:
        raise BadRequest
    return int(text)

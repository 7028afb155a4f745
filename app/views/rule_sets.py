"""认定标准: the rule sets and their versions, one of them as an official reads it, and new versions on their way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access import may_open
from app.duties.recognition import Level
from app.duties.recognition.comparison import differences
from app.duties.recognition.editing import LocalPart, Place, local_parts, places
from app.duties.recognition.outline import (
    ConditionLine,
    IndicatorLine,
    condition_lines,
    indicator_line,
    unverified_count,
)
from app.errors import InvalidForm, RuleViolation
from app.queries import rule_sets as known_rules
from app.queries.actor import Actor
from app.queries.rule_sets import KnownVersion
from app.services import rule_sets
from app.terms import RuleSetStatus
from app.views.context import current_actor, current_house

bp = Blueprint("rule_sets", __name__, url_prefix="/rules")

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class PartLines:
    name: str
    max: int
    indicators: Sequence[IndicatorLine]
    is_local: bool


@dataclass(frozen=True)
class LevelLines:
    """One level of a rule set, ready to be shown."""

    level: Level
    conditions: Sequence[ConditionLine]
    parts: Sequence[PartLines]
    unverified: int


@dataclass(frozen=True)
class Fields:
    """The fields of one level: by row, and in it those of one condition or band on one line."""

    name: str
    rows: Sequence[tuple[str, Sequence[Sequence[Place]]]]
    locals: Sequence[LocalPart] = field(default_factory=list)


@bp.get("")
def page() -> str:
    with current_house().database.reading() as session:
        found = known_rules.all_versions(session)
        return render_template("rule_sets/page.html", versions=found, statuses=_statuses())


@bp.get("/<key>/<int:number>")
def one(key: str, number: int) -> str:
    return _one(key, number, "")


@bp.get("/<key>/difference")
def difference(key: str) -> str:
    with current_house().database.reading() as session:
        versions = known_rules.versions(session, key)
        latest = versions[0].rule_set.version
        before = known_rules.version(session, key, request.args.get("from", 1, int))
        after = known_rules.version(session, key, request.args.get("to", latest, int))
        return render_template(
            "rule_sets/difference.html",
            before=before,
            after=after,
            numbers=sorted(known.rule_set.version for known in versions),
            changes=differences(before.content, after.content),
        )


@bp.get("/<key>/<int:number>/edit")
def edit(key: str, number: int) -> str:
    return _form(key, number, {}, {})


@bp.post("/<key>/<int:number>/edit")
def propose(key: str, number: int) -> Answer:
    """A refused form comes back with all that was typed."""
    answers = request.form.to_dict()
    try:
        with current_house().database.transaction() as session:
            row = rule_sets.propose(session, current_actor(), key, number, answers, answers.get("remark", ""))
            new = row.version
    except InvalidForm as refused:
        return _form(key, number, answers, dict(refused.errors)), refused.status
    except RuleViolation as refused:
        return _form(key, number, answers, {refused.field: refused.text}), refused.status
    flash(_("已提交，由另一位有此权限的人员审批后启用。"))
    return redirect(url_for("rule_sets.one", key=key, number=new))


@bp.post("/<key>/<int:number>/approval")
def approve(key: str, number: int) -> Answer:
    with current_house().database.transaction() as session:
        rule_sets.approve(session, current_actor(), key, number, request.form.get("opinion", ""))
    flash(_("新版本已启用，施行日期起的申报按新版本比对；已作出的比对结果不变。"))
    return redirect(url_for("rule_sets.one", key=key, number=number))


@bp.post("/<key>/<int:number>/rejection")
def reject(key: str, number: int) -> Answer:
    try:
        with current_house().database.transaction() as session:
            rule_sets.reject(session, current_actor(), key, number, request.form.get("reason", ""))
    except RuleViolation as refused:
        return _one(key, number, refused.text), refused.status
    flash(_("已退回。"))
    return redirect(url_for("rule_sets.one", key=key, number=number))


@bp.post("/<key>/<int:number>/withdrawal")
def withdraw(key: str, number: int) -> Answer:
    with current_house().database.transaction() as session:
        rule_sets.withdraw(session, current_actor(), key, number)
    flash(_("已撤回。"))
    return redirect(url_for("rule_sets.one", key=key, number=number))


def _statuses() -> dict[str, str]:
    return {word.value: _(word.label) for word in RuleSetStatus}


def _one(key: str, number: int, error: str) -> str:
    actor = current_actor()
    with current_house().database.reading() as session:
        known = known_rules.version(session, key, number)
        base = known_rules.version(session, key, known.row.base) if known.row is not None else None
        return render_template(
            "rule_sets/one.html",
            known=known,
            rule_set=known.rule_set,
            levels=[_level(level) for level in known.rule_set.levels],
            changes=differences(base.content, known.content) if base is not None else (),
            statuses=_statuses(),
            versions=known_rules.versions(session, key),
            can_edit=may_open("rule_sets.edit", actor),
            error=error,
            reason=request.form.get("reason", ""),
            **_decisions(known, actor),
        )


def _decisions(known: KnownVersion, actor: Actor) -> dict[str, bool]:
    is_waiting = known.status is RuleSetStatus.DRAFT
    is_own = known.row is not None and known.row.proposed_by == actor.person_id
    return {
        "is_waiting": is_waiting,
        "is_own": is_own,
        "can_decide": is_waiting and not is_own and may_open("rule_sets.approve", actor),
        "can_withdraw": is_waiting and is_own,
    }


def _level(level: Level) -> LevelLines:
    parts = [
        PartLines(part.name, part.max, [indicator_line(each) for each in part.indicators], part.local is not None)
        for part in level.parts
    ]
    return LevelLines(level, condition_lines(level.conditions), parts, unverified_count(level))


def _form(key: str, number: int, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    with current_house().database.reading() as session:
        known = known_rules.version(session, key, number)
        return render_template(
            "rule_sets/edit.html",
            known=known,
            rule_set=known.rule_set,
            groups=_fields(known.content),
            typed=typed,
            errors=errors,
            elsewhere=_elsewhere(known.content, errors),
        )


def _fields(content: Mapping[str, Any]) -> list[Fields]:
    """By level and row, in the order of the rule."""
    local = local_parts(content)
    return [
        Fields(level, _rows(list(group)), [part for part in local if part.level == level])
        for level, group in groupby(places(content), key=lambda place: place.level)
    ]


def _rows(group: Sequence[Place]) -> list[tuple[str, list[list[Place]]]]:
    return [
        (row, [list(line) for _parent, line in groupby(own, key=lambda place: place.path.rpartition(".")[0])])
        for row, own in groupby(group, key=lambda place: place.row)
    ]


def _elsewhere(content: Mapping[str, Any], errors: Mapping[str, str]) -> list[str]:
    """What is wrong with no field of the form, such as the sum of a part; shown above it."""
    own = {place.path for place in places(content)} | {"remark", "basis", "in_force_from", "in_force_until", "note"}
    return list(dict.fromkeys(text for path, text in errors.items() if path not in own))

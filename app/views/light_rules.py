"""灯色和提醒规则: the rule tables and their versions, one as it is read, a new one, and which reminders it sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock
from app.access import may_open
from app.duties.rule_table import BLANK_ROWS, Column, Grid, differences
from app.duties.rule_table_reminders import CHANNELS, EFFECTS, RECIPIENTS
from app.duties.rule_tables import KINDS, REMINDERS
from app.errors import InvalidForm, RuleViolation
from app.queries import rule_tables as known_rules
from app.queries.actor import Actor
from app.queries.rule_tables import KnownTable
from app.services import rule_tables
from app.services.reminder_preview import preview
from app.terms import RuleSetStatus
from app.views.context import current_actor, current_house

bp = Blueprint("light_rules", __name__, url_prefix="/light-rules")

Answer = str | Response | tuple[str, int]
Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Overview:
    """One table. known: in force today; coming: approved for a later day; waiting: drafts."""

    known: KnownTable
    coming: Sequence[KnownTable]
    waiting: Sequence[KnownTable]


@dataclass(frozen=True)
class Field:
    """A column of a row of the form. typed: what stands in it, a list for ticks."""

    column: Column
    path: str
    typed: Any
    error: str


@dataclass(frozen=True)
class GridFields:
    grid: Grid
    rows: Sequence[Sequence[Field]]


@bp.get("")
def page() -> str:
    today = clock.today()
    with current_house().database.reading() as session:
        tables = known_rules.in_force(session)
        found = []
        for key in KINDS:
            versions = known_rules.versions(session, key)
            coming = [
                one for one in versions if one.status is RuleSetStatus.ACTIVE and (one.in_force_from or today) > today
            ]
            waiting = [one for one in versions if one.status is RuleSetStatus.DRAFT]
            found.append(Overview(tables.known(key, today), coming, waiting))
        return render_template("light_rules/page.html", tables=found, may_preview=_may_preview())


@bp.get("/<key>/<int:number>")
def one(key: str, number: int) -> str:
    return _one(key, number, "")


@bp.get("/<key>/<int:number>/edit")
def edit(key: str, number: int) -> str:
    return _form(key, number, {}, {})


@bp.post("/<key>/<int:number>/edit")
def propose(key: str, number: int) -> Answer:
    """A refused form comes back with all that was typed, each problem beside its row."""
    answers = request.form.to_dict(flat=False)
    try:
        with current_house().database.transaction() as session:
            new = rule_tables.propose(session, current_actor(), key, number, answers).version
    except InvalidForm as refused:
        return _form(key, number, answers, dict(refused.errors)), refused.status
    except RuleViolation as refused:
        return _form(key, number, answers, {refused.field: refused.text}), refused.status
    flash(_("已提交，由另一位有此权限的人员审批后启用。"))
    return redirect(url_for("light_rules.one", key=key, number=new))


@bp.post("/<key>/<int:number>/approval")
def approve(key: str, number: int) -> Answer:
    with current_house().database.transaction() as session:
        begins = rule_tables.approve(session, current_actor(), key, number, request.form.get("opinion", ""))
    flash(_("已批准，自 %(day)s 起施行；此前的灯色和提醒不变。", day=begins.isoformat()))
    return redirect(url_for("light_rules.one", key=key, number=number))


@bp.post("/<key>/<int:number>/rejection")
def reject(key: str, number: int) -> Answer:
    try:
        with current_house().database.transaction() as session:
            rule_tables.reject(session, current_actor(), key, number, request.form.get("reason", ""))
    except RuleViolation as refused:
        return _one(key, number, refused.text), refused.status
    flash(_("已退回。"))
    return redirect(url_for("light_rules.one", key=key, number=number))


@bp.post("/<key>/<int:number>/withdrawal")
def withdraw(key: str, number: int) -> Answer:
    with current_house().database.transaction() as session:
        rule_tables.withdraw(session, current_actor(), key, number)
    flash(_("已撤回。"))
    return redirect(url_for("light_rules.one", key=key, number=number))


@bp.get("/preview")
def foretell() -> str:
    """What the ladder sends tomorrow, or on the day that is asked for; by a draft where its number is given."""
    house, number = current_house(), request.args.get("version", 0, int)
    day = _day(request.args.get("day", ""))
    with house.database.reading() as session:
        if number:
            known = known_rules.version(session, REMINDERS, number)
        else:
            known = known_rules.in_force(session).known(REMINDERS, day)
        return render_template(
            "light_rules/preview.html",
            found=preview(house, session, day, known.table),
            known=known,
            asked=day,
            today=clock.today(),
            recipients=RECIPIENTS,
            effects=EFFECTS,
            channels=CHANNELS,
        )


def _one(key: str, number: int, error: str) -> str:
    actor = current_actor()
    with current_house().database.reading() as session:
        known = known_rules.version(session, key, number)
        base = known_rules.version(session, key, known.row.base) if known.row is not None else None
        return render_template(
            "light_rules/one.html",
            known=known,
            kind=known.kind,
            in_force=known_rules.in_force(session).known(key, clock.today()),
            changes=differences(known.kind.form, base.content, known.content) if base is not None else (),
            versions=known_rules.versions(session, key),
            statuses={word.value: _(word.label) for word in RuleSetStatus},
            can_edit=may_open("light_rules.edit", actor),
            may_preview=key == REMINDERS and _may_preview(),
            error=error,
            reason=request.form.get("reason", ""),
            **_decisions(known, actor),
        )


def _decisions(known: KnownTable, actor: Actor) -> dict[str, bool]:
    is_waiting = known.status is RuleSetStatus.DRAFT
    is_own = known.row is not None and known.row.proposed_by == actor.person_id
    return {
        "is_waiting": is_waiting,
        "is_own": is_own,
        "can_decide": is_waiting and not is_own and may_open("light_rules.approve", actor),
        "can_withdraw": is_waiting and is_own,
    }


def _form(key: str, number: int, typed: Typed, errors: Mapping[str, str]) -> str:
    with current_house().database.reading() as session:
        known = known_rules.version(session, key, number)
        form = known.kind.form
        grids = [_grid(grid, known.content, typed, errors) for grid in form.grids]
        singles = [_field(column, column.key, known.content, typed, errors) for column in form.singles]
        shown = {field.path for rows in grids for row in rows.rows for field in row}
        shown |= {field.path for field in singles} | {"remark", "in_force_from"}
        return render_template(
            "light_rules/edit.html",
            known=known,
            kind=known.kind,
            singles=singles,
            grids=grids,
            errors=errors,
            elsewhere=[text for path, text in errors.items() if path not in shown],
            remark=_first(typed, "remark"),
            in_force_from=_first(typed, "in_force_from") or (clock.today() + timedelta(days=1)).isoformat(),
        )


def _grid(grid: Grid, content: Mapping[str, Any], typed: Typed, errors: Mapping[str, str]) -> GridFields:
    known = list(content.get(grid.key, ()))  # a version of before may not have these rows
    sent = [int(name.split(".")[1]) for name in typed if name.startswith(f"{grid.key}.")]
    number = max([len(known) + (BLANK_ROWS if grid.grows else 0), *(place + 1 for place in sent)])
    rows = [known[place] if place < len(known) else {} for place in range(number)]
    return GridFields(
        grid,
        [
            [_field(column, f"{grid.key}.{place}.{column.key}", row, typed, errors) for column in grid.columns]
            for place, row in enumerate(rows)
        ],
    )


def _field(column: Column, path: str, values: Mapping[str, Any], typed: Typed, errors: Mapping[str, str]) -> Field:
    """What was typed, where the form was sent; else what the version says."""
    value: Any = values.get(column.key)
    if column.type == "several":
        shown: Any = typed.get(path, ()) if typed else value or ()
    elif typed:
        shown = _first(typed, path)
    else:
        shown = "、".join(map(str, value)) if isinstance(value, list) else ("" if value is None else str(value))
    return Field(column, path, shown, errors.get(path, ""))


def _first(typed: Typed, name: str) -> str:
    return next(iter(typed.get(name, ())), "")


def _may_preview() -> bool:
    return may_open("light_rules.foretell", current_actor())


def _day(text: str) -> date:
    """The day that is asked for, within the next two months; tomorrow without one."""
    today = clock.today()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today + timedelta(days=1)
    return min(max(day, today), today + timedelta(days=62))

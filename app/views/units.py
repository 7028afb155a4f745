"""Administration of units: the register, a new name, a merger."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import RuleViolation
from app.queries import units as register
from app.services import succession, unit_functions, units
from app.terms import Function
from app.views.context import current_actor, current_house

bp = Blueprint("units", __name__, url_prefix="/units")

Answer = str | Response | tuple[str, int]


@bp.get("")
def page() -> str:
    q = request.args.get("q", "").strip()
    with current_house().database.reading() as session:
        found = register.units(session, q)
        names = {unit.id: unit.short_name for unit in register.units(session)}
        return render_template("units/page.html", units=found, names=names, q=q)


@bp.get("/<unit_id>")
def one(unit_id: str) -> str:
    return _unit(unit_id, {})


@bp.post("/<unit_id>/name")
def rename(unit_id: str) -> Answer:
    name, short_name = request.form.get("name", "").strip(), request.form.get("short_name", "").strip()
    try:
        with current_house().database.transaction() as session:
            unit = units.rename_unit(session, current_actor(), unit_id, name, short_name)
    except RuleViolation as refused:
        return _unit(unit_id, {refused.field: refused.text}), refused.status
    flash(_("单位名称已改为%(name)s。", name=unit.name))
    return redirect(url_for("units.one", unit_id=unit_id))


@bp.post("/<unit_id>/functions")
def set_functions(unit_id: str) -> Answer:
    known = {function.value for function in Function}
    chosen = {Function(word) for word in request.form.getlist("functions") if word in known}
    try:
        with current_house().database.transaction() as session:
            unit = unit_functions.set_functions(session, current_actor(), unit_id, chosen)
    except RuleViolation as refused:
        return _unit(unit_id, {refused.field: refused.text}, chosen), refused.status
    flash(_("%(name)s的职能已调整，新的事项按此分派。", name=unit.short_name))
    return redirect(url_for("units.one", unit_id=unit_id))


@bp.post("/<unit_id>/merger")
def merge(unit_id: str) -> Answer:
    """What hangs on the unit is shown first, and the merger done when that comes back confirmed."""
    successor_id = request.form.get("successor_id", "")
    try:
        with current_house().database.transaction() as session:
            if not request.form.get("confirmed"):
                units.check_merger(session, unit_id, successor_id)
                return _confirmation(unit_id, successor_id)
            unit = units.merge_unit(session, current_actor(), unit_id, successor_id)
    except RuleViolation as refused:
        return _unit(unit_id, {refused.field: refused.text}), refused.status
    succession.move_to_successor(current_house(), current_actor(), unit_id)
    flash(_("%(name)s已撤并。", name=unit.short_name))
    return redirect(url_for("units.page"))


def _unit(unit_id: str, errors: dict[str, str], chosen: set[Function] | None = None) -> str:
    with current_house().database.reading() as session:
        unit = register.unit(session, unit_id)
        heirs = [other for other in register.standing_units(session) if other.kind != "body" and other.id != unit_id]
        return render_template(
            "units/one.html",
            unit=unit,
            successor=register.unit(session, unit.successor_id) if unit.successor_id else None,
            holdings=register.holdings(session, unit_id),
            others=[(other.id, other.short_name, other.pinyin) for other in heirs],
            functions=[(function.value, function.label) for function in Function],
            chosen=register.functions_of(session, unit_id) if chosen is None else chosen,
            errors=errors,
            values=request.form,
        )


def _confirmation(unit_id: str, successor_id: str) -> str:
    with current_house().database.reading() as session:
        return render_template(
            "units/merger.html",
            unit=register.unit(session, unit_id),
            successor=register.unit(session, successor_id),
            holdings=register.holdings(session, unit_id),
        )

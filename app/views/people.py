"""Administration of people: the list, adding one, roles, stopping and starting an account, a new one-time password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock
from app.errors import RuleViolation
from app.queries import people, units
from app.queries.people import PeopleFilter
from app.services import accounts, password_changes, succession
from app.services.accounts import NewPerson
from app.terms import Role
from app.views.context import current_actor, current_house
from app.views.paging import next_page, wants_rows

bp = Blueprint("people", __name__, url_prefix="/people")

NEW = ("login", "name", "unit_id", "email", "phone", "enterprise_id")

Answer = str | Response | tuple[str, int]


@bp.get("")
def page() -> str:
    asked = request.args
    wanted = PeopleFilter(
        asked.get("q", "").strip(), asked.get("unit", ""), asked.get("role", ""), asked.get("state", "")
    )
    with current_house().database.reading() as session:
        found = people.people(session, wanted, clock.now(), asked.get("cursor"))
        return render_template(
            "people/_rows.html" if wants_rows() else "people/page.html",
            found=found,
            more=next_page("people.page", found.next_cursor),
            wanted=wanted,
            units=units.units(session),
            roles=list(Role),
            now=clock.now(),
            can_add=current_actor().has(Role.SYSTEM_ADMIN),
        )


@bp.get("/new")
def new() -> str:
    return _form({})


@bp.post("/new")
def add() -> Answer:
    """The one-time password stands on this answer and nowhere else."""
    posted = {name: request.form.get(name, "").strip() for name in NEW}
    try:
        with current_house().database.transaction() as session:
            person, password = accounts.add_person(session, current_house(), current_actor(), NewPerson(**posted))
    except RuleViolation as refused:
        return _form({refused.field: refused.text}), refused.status
    return render_template("people/password.html", person=person, password=password, is_new=True)


@bp.get("/<int:person_id>")
def one(person_id: int) -> str:
    return _person(person_id)


@bp.post("/<int:person_id>/roles")
def set_roles(person_id: int) -> Answer:
    known = {role.value for role in Role}
    roles = {Role(word) for word in request.form.getlist("roles") if word in known}
    try:
        with current_house().database.transaction() as session:
            person = accounts.set_roles(session, current_actor(), person_id, roles)
    except RuleViolation as refused:
        return _person(person_id, refused.text, roles), refused.status
    flash(_("%(name)s 的角色已调整。", name=person.name))
    return redirect(url_for("people.one", person_id=person_id))


@bp.post("/<int:person_id>/lock")
def lock(person_id: int) -> Response:
    with current_house().database.transaction() as session:
        person = accounts.lock(session, current_actor(), person_id)
    succession.give_back(current_house(), current_actor(), person_id)
    flash(_("%(name)s 的账号已停用，登录和令牌均已失效。", name=person.name))
    return redirect(url_for("people.one", person_id=person_id))


@bp.post("/<int:person_id>/unlock")
def unlock(person_id: int) -> Response:
    with current_house().database.transaction() as session:
        person = accounts.unlock(session, current_actor(), person_id)
    flash(_("%(name)s 的账号已启用。", name=person.name))
    return redirect(url_for("people.one", person_id=person_id))


@bp.post("/<int:person_id>/password")
def reset_password(person_id: int) -> str:
    """The one-time password stands on this answer and nowhere else."""
    with current_house().database.transaction() as session:
        person, password = password_changes.reset_password(session, current_house(), current_actor(), person_id)
    return render_template("people/password.html", person=person, password=password, is_new=False)


def _form(errors: dict[str, str]) -> str:
    with current_house().database.reading() as session:
        return render_template(
            "people/new.html",
            units=[(unit.id, unit.short_name, unit.pinyin) for unit in units.standing_units(session)],
            errors=errors,
            values=request.form,
        )


def _person(person_id: int, error: str = "", chosen: set[Role] | None = None) -> str:
    actor = current_actor()
    is_other = person_id != actor.person_id
    with current_house().database.reading() as session:
        person = people.person(session, person_id)
        return render_template(
            "people/one.html",
            person=person,
            chosen=[role.role for role in person.roles] if chosen is None else chosen,
            roles=[(role.value, role.label) for role in Role],
            error=error,
            is_locked=person.locked_until is not None and person.locked_until > clock.now(),
            can_set_roles=is_other and actor.has(Role.SECURITY_ADMIN),
            can_stop=is_other,
            can_reset=is_other and actor.has(Role.SYSTEM_ADMIN),
        )

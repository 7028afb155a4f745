"""我的设置: language and keys, substitution while on leave, one's own sign-ins, tokens for programs."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock
from app.errors import NotFound, RuleViolation
from app.models.person import Person
from app.queries.own_account import own_account
from app.queries.people import colleagues, person
from app.services import sessions, substitutions, tokens
from app.services.preferences import Preferences, set_preferences
from app.views.context import current_actor, current_house
from app.views.languages import LANGUAGES
from app.views.signed_in import current_me

bp = Blueprint("settings", __name__, url_prefix="/settings")

Answer = str | Response | tuple[str, int]


@bp.get("")
def page() -> str:
    return _page()


@bp.post("/preferences")
def prefer() -> Response:
    chosen = request.form.get("locale", "")
    wanted = Preferences(
        locale=chosen if chosen in LANGUAGES else "",
        has_single_keys="single_keys" in request.form,
        has_compact_rows="compact_rows" in request.form,
        wants_mail="mail" in request.form,
    )
    with current_house().database.transaction() as session:
        set_preferences(session, current_actor(), wanted)
    flash(_("设置已保存。"))
    return redirect(url_for("settings.page"))


@bp.post("/substitution")
def substitute() -> Answer:
    """The span is shown with all that goes with it, and set when it comes back confirmed."""
    try:
        substitute_id, from_on, until_on = _number("substitute_id"), _day("from_on"), _day("until_on")
        with current_house().database.transaction() as session:
            if not request.form.get("confirmed"):
                who = substitutions.check_substitution(session, current_actor(), substitute_id, from_on, until_on)
                return _confirmation(person(session, who.id), from_on, until_on)
            substitutions.set_substitution(session, current_actor(), substitute_id, from_on, until_on)
    except RuleViolation as refused:
        return _page({refused.field: refused.text}), refused.status
    flash(_("请假代理已设置。"))
    return redirect(url_for("settings.page"))


@bp.post("/substitution/<int:substitution_id>/removal")
def end_substitution(substitution_id: int) -> Response:
    with current_house().database.transaction() as session:
        substitutions.remove_substitution(session, current_actor(), substitution_id)
    flash(_("请假代理已取消。"))
    return redirect(url_for("settings.page"))


@bp.post("/sessions/removal")
def end_sessions() -> Response:
    """The one that is named, else all but this one."""
    only = request.form.get("session", "")
    with current_house().database.transaction() as session:
        me = session.get_one(Person, current_actor().person_id)
        ended = sessions.end_sessions(session, me.login, me, but=current_me().key, only=only)
    flash(_("已结束 %(count)s 处登录。", count=ended))
    return redirect(url_for("settings.page"))


@bp.post("/tokens")
def create_token() -> Answer:
    """The token stands on this answer and nowhere else."""
    try:
        with current_house().database.transaction() as session:
            token = tokens.create_token(session, current_actor(), request.form.get("token_name", "").strip())
    except RuleViolation as refused:
        return _page({refused.field: refused.text}), refused.status
    return _page(token=token)


@bp.post("/tokens/<int:token_id>/revocation")
def revoke_token(token_id: int) -> Response:
    with current_house().database.transaction() as session:
        tokens.revoke_token(session, current_actor(), token_id)
    flash(_("令牌已撤销，使用它的程序不能再访问。"))
    return redirect(url_for("settings.page"))


def _page(errors: dict[str, str] | None = None, token: str = "") -> str:
    actor = current_actor()
    if actor.person_id is None:
        raise NotFound
    with current_house().database.reading() as session:
        return render_template(
            "settings/page.html",
            account=own_account(session, actor.person_id, clock.today(), clock.now() - sessions.IDLE),
            colleagues=[
                (other.id, other.name, other.pinyin)
                for other in colleagues(session, actor.person_id, actor.home_unit_id)
            ],
            can_substitute=substitutions.may_be_absent(actor),
            here=sessions.hash_of(current_me().key),
            languages=LANGUAGES,
            errors=errors or {},
            values={} if token else request.form,
            token=token,
        )


def _confirmation(who: Person, from_on: date, until_on: date) -> str:
    calendar = current_house().calendar
    return render_template(
        "settings/substitution.html",
        substitute=who,
        from_on=from_on,
        until_on=until_on,
        working_days=calendar.count(from_on, until_on) + calendar.is_working_day(from_on),
    )


def _number(field: str) -> int:
    text = request.form.get(field, "")
    if not text.isdecimal():
        raise RuleViolation(field, _("请选择代理人。"))
    return int(text)


def _day(field: str) -> date:
    try:
        return date.fromisoformat(request.form.get(field, ""))
    except ValueError as error:
        raise RuleViolation(field, _("请选择日期。")) from error

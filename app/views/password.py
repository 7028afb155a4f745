"""Changing one's own password. While it must be changed, this is the only page that opens."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import RuleViolation
from app.services.password_changes import change_password
from app.services.passwords import FIELD
from app.views.context import current_actor, current_house
from app.views.signed_in import current_me

bp = Blueprint("password", __name__)

OPEN_MEANWHILE = frozenset(
    {"password.page", "password.change", "login.page", "login.sign_in", "login.sign_out", "static"}
)


@bp.get("/password")
def page() -> str:
    return _page({})


@bp.post("/password")
def change() -> Response | tuple[str, int]:
    old, new = request.form.get("old_password", ""), request.form.get(FIELD, "")
    try:
        if request.form.get("repeated") != new:
            raise RuleViolation("repeated", _("两次输入的新密码不一致，请核对。"))
        change_password(current_house(), current_actor(), old, new, session_key=current_me().key)
    except RuleViolation as refused:
        return _page({refused.field: refused.text}), refused.status
    flash(_("密码已修改，在其他地方的登录已结束。"))
    return redirect(url_for("home.page"))


def init_app(app: Flask) -> None:
    app.before_request(insist)


def insist() -> Response | None:
    """A one-time or expired password opens nothing else; a program's token is none."""
    must = g.me is not None and g.me.key and g.me.must_change_password
    return redirect(url_for("password.page")) if must and request.endpoint not in OPEN_MEANWHILE else None


def _page(errors: dict[str, str]) -> str:
    policy = current_house().passwords.policy
    return render_template("password/page.html", errors=errors, must=current_me().must_change_password, policy=policy)

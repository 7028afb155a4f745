"""Signing in and out."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from app.errors import NotSignedIn
from app.models.person import Person
from app.queries import welcome
from app.services import sessions
from app.services.sign_in import sign_in as open_door
from app.views.addresses import inside
from app.views.context import current_house
from app.views.signed_in import by_key, current_me

bp = Blueprint("login", __name__)

DEMO_PASSWORD = "duban-demo"
FEATURED = {  # the accounts of a demonstration that are named first, and what each shows
    "contact.miit": _l("市工信局，办理和报送"),
    "office": _l("督办、催办、审核、通报"),
    "leader": _l("驾驶舱、审批目标"),
    "auditor": _l("流程回放、封存校验"),
    "specialist": _l("结对企业、走访、诉求"),
    "enterprise": _l("申报、年度数据、诉求"),
}


@bp.get("/login")
def page() -> str:
    return _page()


@bp.post("/login")
def sign_in() -> Response | tuple[str, int]:
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    try:
        key = open_door(current_house(), login, password, request.remote_addr or "")
    except NotSignedIn as refused:
        return _page(login, refused.text), refused.status
    session.clear()  # what was in the cookie before belonged to nobody
    login_user(by_key(key))
    return redirect(inside(request.form.get("next", ""), url_for("home.page")))


@bp.post("/logout")
def sign_out() -> Response:
    sessions.sign_out(current_house(), current_me().key)
    logout_user()
    session.clear()
    flash(_("已退出登录。"))
    return redirect(url_for("login.page"))


def _page(login: str = "", error: str = "") -> str:
    house = current_house()
    with house.database.reading() as reading:
        plan = welcome.plan_card(reading)
        accounts = _accounts(welcome.demonstration_accounts(reading)) if house.settings.is_demo else []
    return render_template(
        "login/page.html",
        login=login,
        error=error,
        plan=plan,
        featured=[account for account in accounts if account["login"] in FEATURED],
        others=[account for account in accounts if account["login"] not in FEATURED],
        demo_password=DEMO_PASSWORD,
        next=request.values.get("next", ""),
    )


def _accounts(people: Iterable[Person]) -> list[dict[str, str]]:
    return [
        {
            "login": person.login,
            "title": "、".join(role.label for role in person.roles),
            "text": str(FEATURED.get(person.login, person.unit.short_name)),
        }
        for person in people
    ]

"""企业库: the list that a person may see, narrowed; the same as a spreadsheet; the ladder; the shared list."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

from flask import Blueprint, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.access import may_open
from app.queries import enterprise_file, enterprise_ladder, enterprises
from app.queries.enterprise_ladder import Row
from app.queries.enterprise_sight import Scope, scope_of
from app.services import enterprise_export
from app.terms import EnterpriseState, TitleLevel
from app.views import enterprise_filters
from app.views.context import current_actor, current_house
from app.views.paging import next_page, wants_rows

bp = Blueprint("enterprises", __name__, url_prefix="/enterprises")

FIRST_ENTRY = 2021
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SCREENS = {"file": _l("企业档案"), "export": _l("导出名单"), "api": _l("程序接口"), "titles": _l("认定信息")}


@bp.get("")
def page() -> str:
    wanted = enterprise_filters.filters(request.args)
    with current_house().database.reading() as session:
        scope = scope_of(session, current_actor())
        found = enterprises.enterprises(session, scope, wanted, request.args.get("cursor"))
        shown: dict[str, Any] = {
            "found": found,
            "more": next_page("enterprises.page", found.next_cursor),
            "localities": enterprises.locality_names(session),
            "states": {state.value: state.label for state in EnterpriseState},
        }
        if wants_rows():
            return render_template("enterprises/_rows.html", **shown)
        return render_template("enterprises/page.html", **shown, **_around(session, scope, wanted))


def _around(session: Session, scope: Scope, wanted: enterprises.Filters) -> dict[str, Any]:
    years = range(clock.today().year, FIRST_ENTRY - 1, -1)
    localities = enterprises.locality_names(session)
    selects = enterprise_filters.selects(localities, current_house().chains.choices, years)
    asked = enterprise_filters.asked_of(wanted)
    return {
        "wanted": wanted,
        "asked": asked,
        "selects": selects,
        "chips": enterprise_filters.chips(wanted, selects),
        "total": enterprises.count(session, scope, wanted),
        "is_shared_only": scope.shares and not scope.sees_all,
        "sorts": _sorts(wanted, asked),
        "can_import": may_open("enterprise_imports.page", current_actor()),
        "can_export": may_open("enterprises.export", current_actor()),
    }


def _sorts(wanted: enterprises.Filters, asked: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "href": url_for("enterprises.page", **{**asked, "sort": sort}),
            "label": label,
            "is_current": sort == wanted.sort,
        }
        for sort, label in (("name", _("按名称")), ("changed", _("最近更新")))
    ]


@bp.get("/export.xlsx")
def export() -> Response:
    """The list as it is narrowed, in the columns of the import; who took whose file is written down."""
    wanted = enterprise_filters.filters(request.args)
    content = enterprise_export.export(current_house(), current_actor(), wanted, enterprise_filters.asked_of(wanted))
    name = f"企业名单 {clock.today().isoformat()}.xlsx"
    return send_file(BytesIO(content), SHEET, as_attachment=True, download_name=name)


@bp.get("/ladder")
def ladder() -> str:
    with current_house().database.reading() as session:
        scope = scope_of(session, current_actor())
        found = enterprise_ladder.ladder(session, scope)
        names = enterprises.locality_names(session)
        order = {key: place for place, key in enumerate(names)}
        localities = sorted(found.localities, key=lambda row: order.get(row.key, len(order)))
        return render_template(
            "enterprises/ladder.html",
            total=found.total,
            rungs=_rungs(found.total),
            groups=[
                (_("属地"), "locality", localities, names),
                (_("产业链"), "chain", found.chains, {}),
            ],
            levels=list(TitleLevel),
            is_shared_only=scope.shares and not scope.sees_all,
            as_of=clock.today(),
        )


def _rungs(total: Row) -> list[dict[str, Any]]:
    """The funnel from its foot: files, the upgrading library, and each title; the share is of the files."""
    steps: list[tuple[str, int, dict[str, Any]]] = [
        (_("一企一档"), total.files, {}),
        (_("千企升级库"), total.library, {"library": "in"}),
        *((level.label, total.held.get(level.value, 0), {"level": level.value}) for level in TitleLevel),
    ]
    return [
        {
            "name": name,
            "count": count,
            "href": url_for("enterprises.page", **asked),
            "percent": round(Decimal(100) * count / total.files, 1) if total.files else Decimal(0),
        }
        for name, count, asked in steps
    ]


@bp.get("/shared")
def shared() -> str:
    """部门共享名单: what departments share, who may see what of it, and who has looked."""
    with current_house().database.reading() as session:
        actor = current_actor()
        scope = scope_of(session, actor)
        found = enterprise_file.accesses(session, None, request.args.get("cursor")) if actor.reads_all else None
        if found is not None and wants_rows():
            return render_template("enterprises/_accesses.html", found=found, more=_more(found), screens=SCREENS)
        return render_template(
            "enterprises/shared.html",
            total=enterprises.count(session, scope, enterprises.Filters(shared=True)),
            found=found,
            more=_more(found) if found is not None else "",
            screens=SCREENS,
        )


def _more(found: Any) -> str:
    return next_page("enterprises.shared", found.next_cursor)

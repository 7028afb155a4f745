"""服务资源库: the services enterprises may use, and the form by which a department keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access import KEEPERS
from app.errors import InvalidForm, NotPermitted
from app.models.policy import ServiceResource
from app.queries import paging, units
from app.queries import service_resources as library
from app.queries.paging import Descending
from app.queries.service_resources import ResourceFilter
from app.services import service_resources
from app.services.library_forms import resource_form
from app.services.policies import may_keep
from app.terms import ResourceKind
from app.views.context import current_actor, current_house
from app.views.forms import parse
from app.views.paging import next_page, wants_rows

bp = Blueprint("resources", __name__, url_prefix="/resources")

Answer = str | Response | tuple[str, int]

FIELDS = ("title", "kind", "provider", "owner_id", "content", "contact", "link", "is_free")


@bp.get("")
def page() -> str:
    asked, actor = request.args, current_actor()
    wanted = ResourceFilter(
        asked.get("q", "").strip(), asked.get("kind", ""), asked.get("owner", ""), asked.get("state", "")
    )
    with current_house().database.reading() as session:
        statement = library.listed(wanted)
        found = paging.page(session, statement, [Descending(ServiceResource.id)], asked.get("cursor"), counts=True)
        return render_template(
            "resources/_rows.html" if wants_rows() else "resources/page.html",
            found=found,
            more=next_page("resources.page", found.next_cursor),
            wanted=wanted,
            kinds=list(ResourceKind),
            labels={kind.value: kind.label for kind in ResourceKind},
            owners=[unit for unit in units.units(session) if unit.kind != "body"],
            can_register=actor.has(*KEEPERS),
            may_keep=lambda owner_id: may_keep(actor, owner_id),
            sees_rounds=not actor.is_outsider,
        )


@bp.get("/new")
def new() -> str:
    return _form(None, {})


@bp.post("/new")
def register() -> Answer:
    return _save(None)


@bp.get("/<int:resource_id>/form")
def edit(resource_id: int) -> str:
    with current_house().database.reading() as session:
        resource = library.resource(session, resource_id)
        if not may_keep(current_actor(), resource.owner_id):
            raise NotPermitted
        known = {name: getattr(resource, name) for name in FIELDS if getattr(resource, name)}
    return _form(resource_id, known)


@bp.post("/<int:resource_id>/form")
def change(resource_id: int) -> Answer:
    return _save(resource_id)


@bp.post("/<int:resource_id>/end")
def end(resource_id: int) -> Response:
    with current_house().database.transaction() as session:
        service_resources.end(session, current_actor(), resource_id)
    flash(_("服务已停用，不再随政策包推送。"))
    return redirect(url_for("resources.page"))


def _save(resource_id: int | None) -> Answer:
    typed = parse(resource_form(), request.form)
    try:
        with current_house().database.transaction() as session:
            if resource_id is None:
                service_resources.register(session, current_actor(), typed)
            else:
                service_resources.change(session, current_actor(), resource_id, typed)
    except InvalidForm as refused:
        return _form(resource_id, typed, refused.errors), refused.status
    flash(_("服务已保存。"))
    return redirect(url_for("resources.page"))


def _form(resource_id: int | None, data: Mapping[str, Any], errors: Iterable[tuple[str, str]] = ()) -> str:
    actor = current_actor()
    with current_house().database.reading() as session:
        keeps = [unit for unit in units.standing_units(session) if unit.kind != "body" and may_keep(actor, unit.id)]
        return render_template(
            "resources/form.html",
            resource=library.resource(session, resource_id) if resource_id else None,
            schema=resource_form(),
            data=data,
            errors=list(errors),
            choices={"owner_id": [(unit.id, unit.short_name, unit.pinyin) for unit in keeps]},
        )

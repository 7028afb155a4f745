"""流程历史: finding what ran, replaying it on its drawing, and proving that nobody changed it. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from time import perf_counter
from typing import Any

from flask import Blueprint, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.access import may_open
from app.duties.registry import DUTIES
from app.errors import BadRequest, NotFound
from app.models.organization import Unit
from app.models.process import ProcessInstance
from app.queries import family, histories, incidents, replay
from app.queries.drawings import is_drawn, versions_of
from app.queries.histories import Choices, Wanted
from app.queries.replay import Frame
from app.queries.sight import seen_instance
from app.services import audit, evidence, pdf_files, reexecution
from app.services.audit import Report
from app.services.house import House
from app.services.reexecution import Repetition
from app.terms import InstanceStatus
from app.views import history_moment, replay_frames
from app.views.context import current_actor, current_house
from app.views.paging import next_page, wants_rows
from app.views.replay_frames import Drawn

HIGHEST = 640  # px of the drawing: more would push the events too far down

bp = Blueprint("histories", __name__, url_prefix="/histories")


@dataclass(frozen=True)
class Seal:
    """What the panel says: the chain, checked as the page is made, and the repetition where it was asked for."""

    report: Report
    seconds: float
    repetition: Repetition | None


@bp.get("")
def page() -> str:
    wanted = wanted_of_request()
    with current_house().database.reading() as session:
        found = histories.histories(session, current_actor(), wanted, request.args.get("cursor"))
        listed = {
            "lines": found.items,
            "left": found.left,
            "more": next_page("histories.page", found.next_cursor),
            "duties": {key: duty.name for key, duty in DUTIES.items()},
            "statuses": {status.value: _(status.label) for status in InstanceStatus},
        }
        if wants_rows():
            return render_template("histories/_rows.html", **listed)
        choices = histories.choices(session)
    return render_template(
        "histories/page.html",
        **listed,
        wanted=wanted,
        choices=choices,
        named=_named(wanted, choices),
        can_verify=may_open("histories.verification", current_actor()),
        files=_files(),
    )


@bp.get("/verification")
def verification() -> str:
    """The whole ledger, checked now."""
    begun = perf_counter()
    report = audit.verify(current_house())
    return render_template("histories/verification.html", report=report, seconds=perf_counter() - begun)


@bp.get("/<instance_id>")
def one(instance_id: str) -> str:
    house = current_house()
    with house.database.reading() as session:
        instance, drawn, frames = history_of(session, house, instance_id)
        unit = session.get(Unit, instance.unit_id) if instance.unit_id else None
        stopped = incidents.open_of_instance(session, instance_id)
        has_drawing = is_drawn(session, instance.definition_id)
        has_family = family.is_in_family(session, instance)
        told = replay_frames.told(frames, drawn)
        shown = history_moment.moment(session, house, instance_id, told, history_moment.place_of(frames))
    present = drawn[-1]
    is_by_people_only = request.args.get("by") == "people"
    return render_template(
        "histories/one.html",
        instance=instance,
        status=_(InstanceStatus(instance.status).label),
        definition=present.definition,
        version=present.version,
        unit=unit.short_name if unit else "",
        clause=next((duty.clause for duty in DUTIES.values() if duty.key == instance.duty), ""),
        diagram={"url": present.url, "font": 14, "small": 13, "highest": HIGHEST} if has_drawing else None,
        frames=replay_frames.player_frames(told),
        names=replay_frames.element_names(drawn),
        days=replay_frames.unusual_days(house.calendar, frames[0].at, frames[-1].at),
        told=[event for event in told if event.is_person or not is_by_people_only],
        is_by_people_only=is_by_people_only,
        moment=shown,
        has_family=has_family,
        can_print=may_open("dossier.file", current_actor()),
        has_pdf=pdf_files.program() is not None,
        seal=_seal(house, instance_id),
        stopped=stopped,
        can_repair=may_open("incidents.one", current_actor()),
        can_export=may_open("histories.bundle", current_actor()),
        then_url=url_for("histories.form", instance_id=instance_id, seq=0).replace("/0/", "/EVENT/"),
    )


@bp.get("/<instance_id>/events/<int:seq>/form")
def form(instance_id: str, seq: int) -> str:
    """What lay there at this event, as parts of the page: the form, the lights, and what decided."""
    house = current_house()
    with house.database.reading() as session:
        _instance, drawn, frames = history_of(session, house, instance_id)
        place = history_moment.place_at(frames, seq)
        shown = history_moment.moment(session, house, instance_id, replay_frames.told(frames, drawn), place)
    return render_template("histories/_moment.html", moment=shown)


@bp.get("/<instance_id>/bundle.zip")
def bundle(instance_id: str) -> Response:
    instance, file = _seen(instance_id), BytesIO()
    evidence.export_bundle(current_house(), file, instance_id)
    return _download(file, "application/zip", f"{instance.business_key}.zip")


@bp.get("/<instance_id>/events.xes")
def event_log(instance_id: str) -> Response:
    instance, file = _seen(instance_id), BytesIO()
    uri = url_for("event_logs.extension", _external=True)
    evidence.export_xes(current_house(), file, instance_id, uri)
    return _download(file, "application/xml", f"{instance.business_key}.xes")


def _seen(instance_id: str) -> ProcessInstance:
    with current_house().database.reading() as session:
        return seen_instance(session, current_actor(), instance_id)


def history_of(session: Session, house: House, instance_id: str) -> tuple[ProcessInstance, list[Drawn], list[Frame]]:
    """The versions are those of the events, the present one last.

    Raises NotFound, also for what is not the reader's to see or has lost all its events.
    """
    instance = seen_instance(session, current_actor(), instance_id)
    frames = replay.frames(session, instance_id)
    if not frames:
        raise NotFound(_("这个流程没有留下任何记录，请立即进行封存校验。"))
    return instance, _drawn(session, house, instance, frames), frames


def _drawn(session: Session, house: House, instance: ProcessInstance, frames: Sequence[Frame]) -> list[Drawn]:
    present = house.definition(session.connection(), instance.definition_id)
    hashes = {present.hash, *(frame.definition_hash for frame in frames)}
    versions = versions_of(session, instance.definition_key, hashes)
    versions.sort(key=lambda version: version.hash == present.hash)
    return [
        Drawn(
            version.version,
            url_for("diagrams.source", definition_id=version.id),
            house.definition(session.connection(), version.id),
        )
        for version in versions
    ]


def _seal(house: House, instance_id: str) -> Seal:
    begun = perf_counter()
    report = audit.verify_stream(house, instance_id)
    seconds = perf_counter() - begun
    is_wanted = request.args.get("repeat") == "1"
    return Seal(report, seconds, reexecution.replay_instance(house, instance_id) if is_wanted else None)


def _download(file: BytesIO, media_type: str, name: str) -> Response:
    file.seek(0)
    return send_file(file, mimetype=media_type, as_attachment=True, download_name=name.replace(":", "_"))


def wanted_of_request() -> Wanted:
    """What the address filters by. Raises BadRequest."""
    asked = {name: request.args.get(name, "").strip() for name in ("unit", "duty", "person", "status", "q")}
    return Wanted(
        unit_id=asked["unit"],
        duty=asked["duty"],
        person_id=int(asked["person"]) if asked["person"].isdecimal() and len(asked["person"]) < 10 else None,
        from_on=_day("from_on"),
        until_on=_day("until_on"),
        status=asked["status"],
        text=asked["q"],
    )


def _files() -> list[tuple[str, str]]:
    """Where the list is as a file, filtered as it is here, and what that file is: those that the reader may have."""
    asked: dict[str, Any] = {name: text for name, text in request.args.items() if name != "cursor"}
    offered = {
        "history_files.histories_file": _("列表（CSV）"),
        "history_files.log_xes": _("事件日志（XES）"),
        "history_files.log_csv": _("事件日志（CSV）"),
    }
    actor = current_actor()
    return [(url_for(endpoint, **asked), word) for endpoint, word in offered.items() if may_open(endpoint, actor)]


def _day(name: str) -> date | None:
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadRequest(_("日期请写成 2024-12-16 的样子。")) from error


def _named(wanted: Wanted, choices: Choices) -> str:
    """市工信局、已办结: what the list is filtered by, in words."""
    units, people = ({choice[0]: choice[1] for choice in listed} for listed in (choices.units, choices.people))
    words: list[Any] = [
        units.get(wanted.unit_id, wanted.unit_id),
        DUTIES[wanted.duty].name if wanted.duty in DUTIES else wanted.duty,
        people.get(wanted.person_id, "") if wanted.person_id is not None else "",
        InstanceStatus(wanted.status).label if wanted.status in set(InstanceStatus) else wanted.status,
        _("%(day)s起", day=wanted.from_on) if wanted.from_on else "",
        _("%(day)s止", day=wanted.until_on) if wanted.until_on else "",
        f"“{wanted.text}”" if wanted.text else "",
    ]
    return "、".join(word for word in words if word)

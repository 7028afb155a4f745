"""按流程看: all histories of one process together: heat on the diagram, the ways that were gone, where it waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.engine import Definition
from app.errors import NotFound
from app.queries import process_figures, process_histories, replay, units
from app.queries.drawings import is_drawn
from app.queries.process_figures import HEATS, MOST_VARIANTS, StepFigures, Variant, Waits
from app.queries.process_histories import Sample, Wanted
from app.terms import InstanceStatus
from app.views import formats
from app.views.context import current_actor, current_house

bp = Blueprint("history_processes", __name__, url_prefix="/histories/processes")

COUNT, WAIT = "count", "wait"
MOST_LISTED = 50  # instances of a way on the page
HIGHEST = 640


@bp.get("")
def page() -> str:
    with current_house().database.reading() as session:
        lines = process_histories.processes(session, current_actor())
    return render_template("histories/processes.html", lines=lines)


@bp.get("/<key>")
def one(key: str) -> str:
    house, actor, wanted = current_house(), current_actor(), _wanted()
    shows = WAIT if request.args.get("show") == WAIT else COUNT
    with house.database.reading() as session:
        of = process_histories.process(session, key)
        found = process_histories.sample(session, actor, of, wanted)
        if not found.histories and not wanted:
            raise NotFound
        waiting = process_histories.open_now(session, actor, of, wanted)
        number = wanted.version if wanted.version in of.versions else of.newest
        definition = house.definition(session.connection(), of.versions[number])
        ways = process_figures.variants(found, house.calendar)
        chosen = next((way for way in ways if way.mark == request.args.get("variant")), None)
        steps = process_figures.step_figures(found, house.calendar, waiting)
        names = _names(definition, found)
        return render_template(
            "histories/process.html",
            process=of,
            wanted=wanted,
            shows=shows,
            version=number,
            sample=found,
            whole=process_figures.durations(found, house.calendar),
            counted=_counted(found),
            is_drawn=is_drawn(session, of.versions[number]),
            diagram=_diagram(session, of.versions[number], definition, steps, shows, chosen),
            steps=steps,
            variants=ways[:MOST_VARIANTS],
            variants_in_all=len(ways),
            chosen=chosen,
            chosen_names=[names.get(id_, id_) for id_ in chosen.steps] if chosen else (),
            listed=chosen.histories[:MOST_LISTED] if chosen else (),
            names=names,
            places=process_figures.places(found, house.calendar, waiting),
            units={unit.id: unit.short_name for unit in units.units(session)},
            years=_years(found, wanted),
            statuses={status.value: _(status.label) for status in InstanceStatus},
            address=_address,
        )


def _wanted() -> Wanted:
    year, version = request.args.get("year", type=int), request.args.get("version", type=int)
    return Wanted(
        year=year if year is not None and 1990 < year < 3000 else None,
        unit_id=request.args.get("unit", "").replace("\0", ""),
        version=version if version is not None and 0 < version < 1_000_000 else None,
    )


def _address(**changes: Any) -> str:
    """The same page with other choices; None drops one."""
    asked = {name: request.args.get(name) for name in ("year", "unit", "version", "show", "variant")}
    return url_for("history_processes.one", **(request.view_args or {}), **{**asked, **changes})


def _counted(found: Sample) -> str:
    """What the figures rest on, in a sentence."""
    if not found.histories:
        return _("没有符合条件的流程。")
    if found.is_all:
        return _("统计了全部 %(count)s 个流程、%(steps)s 个环节。", count=len(found.histories), steps=len(found.steps))
    since = min(ran.started_at for ran in found.histories)
    return _(
        "流程较多，只统计最近启动的 %(count)s 个（%(day)s起）、%(steps)s 个环节；在办数为全部流程。",
        count=len(found.histories),
        day=formats.full_day(clock.local(since).date()),
        steps=len(found.steps),
    )


def _diagram(
    session: Session,
    definition_id: int,
    definition: Definition,
    steps: Sequence[StepFigures],
    shows: str,
    chosen: Variant | None,
) -> dict[str, Any]:
    """The value of data-diagram. Colour never alone: each step has its number beside it."""
    drawn = [step for step in steps if step.element_id in definition.elements]
    shown = {
        "url": url_for("diagrams.source", definition_id=definition_id),
        "font": 14,
        "small": 13,
        "highest": HIGHEST,
    }
    if chosen is not None:
        return shown | {"marks": _way_gone(session, chosen, definition), "notes": _notes(drawn, shows)}
    values = {step.element_id: _value(step, shows) for step in drawn}
    by_heat: dict[str, list[str]] = {f"heat{number}": [] for number in range(1, HEATS + 1)}
    for element_id, heat in process_figures.heats(values).items():
        by_heat[f"heat{heat}"].append(element_id)
    return shown | {"marks": by_heat, "notes": _notes(drawn, shows)}


def _way_gone(session: Session, chosen: Variant, definition: Definition) -> Mapping[str, Sequence[str]]:
    """The flows and steps of the newest history that went this way, as far as the drawing has them."""
    frames = replay.frames(session, chosen.histories[0].id)
    last = frames[-1] if frames else replay.Marks()
    done = [id_ for id_ in last.done if id_ in definition.elements and definition.elements[id_].type != "subProcess"]
    return {"done": done, "flows": [id_ for id_ in last.flows if id_ in definition.flows]}


def _value(step: StepFigures, shows: str) -> int:
    if shows == COUNT:
        return step.entered
    return step.waits.p90 if step.waits else 0


def _notes(steps: Sequence[StepFigures], shows: str) -> dict[str, dict[str, str]]:
    return {step.element_id: {"text": _note(step, shows), "cls": "blue" if step.open else ""} for step in steps}


def _note(step: StepFigures, shows: str) -> str:
    if shows == WAIT:
        return _days_text(step.waits) if step.waits else _("没有办结的")
    text = _("%(count)s 次", count=step.entered)
    return text + (_("，在办 %(open)s", open=step.open) if step.open else "")


def _days_text(waits: Waits) -> str:
    return _("中位 %(median)s 天，九成 %(p90)s 天内", median=waits.median, p90=waits.p90)


def _names(definition: Definition, found: Sample) -> dict[str, str]:
    """Of steps and ends, by the drawing; what an older version had, by its tasks."""
    drawn = {element.id: element.name for element in definition.elements.values()}
    return {step.element_id: step.name for step in found.steps} | drawn


def _years(found: Sample, wanted: Wanted) -> list[int]:
    years = {clock.local(ran.started_at).year for ran in found.histories}
    present = clock.today().year
    return sorted({*years, present, present - 1, present - 2, *([wanted.year] if wanted.year else [])}, reverse=True)

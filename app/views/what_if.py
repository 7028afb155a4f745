"""推演: the office tries out another deadline or another lead on a copy, and sees which lights come out differently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.duties.registry import DUTIES
from app.errors import Conflict, InvalidForm
from app.queries import units, what_if_choices
from app.services.what_if import running, scenario
from app.services.what_if.scenario import Deadline, Scenario
from app.services.what_if.store import Run, Store
from app.terms import Light
from app.views.context import current_actor, current_house
from app.views.formats import full_day

bp = Blueprint("what_if", __name__, url_prefix="/what-if")

Answer = str | Response | tuple[str, int]
Texts = Mapping[str, str]


@bp.get("")
def page() -> str:
    return _page({"kind": "deadline"}, {})


@bp.post("")
def start() -> Answer:
    asked = {name: value.strip() for name, value in request.form.items()}
    try:
        wanted = scenario.read(asked, clock.today())
        run_id = running.start(current_house(), wanted, _told(wanted), current_actor().login)
    except InvalidForm as refused:
        return _page(asked, {error["field"]: error["text"] for error in refused.extra["errors"]}), refused.status
    except Conflict as busy:
        flash(busy.text, "error")
        return _page(asked, {}), busy.status
    return redirect(url_for("what_if.one", run_id=run_id))


@bp.get("/<run_id>")
def one(run_id: str) -> str:
    run, result = _run(run_id)
    return render_template("what_if/one.html", result=result, duties=_duties(), **_shown(run))


@bp.get("/<run_id>/progress")
def progress(run_id: str) -> Answer:
    """The part that asks again; when the run is over, the page that shows what came out."""
    run, _result = _run(run_id)
    if run.is_running:
        return render_template("what_if/_progress.html", **_shown(run))
    response = Response("")
    response.headers["HX-Redirect"] = url_for("what_if.one", run_id=run_id)
    return response


@bp.post("/<run_id>/cancellation")
def cancel(run_id: str) -> Response:
    _store().cancel(run_id)
    return redirect(url_for("what_if.one", run_id=run_id))


def _page(values: Texts, errors: Texts) -> str:
    with current_house().database.reading() as session:
        return render_template(
            "what_if/page.html",
            values=values,
            errors=errors,
            steps=_steps(session),
            subjects=_subjects(session),
            units=[(unit.id, unit.short_name, unit.pinyin) for unit in units.standing_units(session)],
            runs=[_shown(run) for run in _store().runs()],
        )


def _steps(session: Session) -> list[tuple[str, str]]:
    duties = _duties()
    return [
        (
            step.value,
            _(
                "%(duty)s · %(step)s · %(day)s到期 · %(count)s 件",
                duty=duties.get(step.duty, step.duty),
                step=step.name,
                day=full_day(step.due_on),
                count=step.count,
            ),
        )
        for step in what_if_choices.steps_due(session)
    ]


def _subjects(session: Session) -> list[tuple[str, str]]:
    names = {unit.id: unit.short_name for unit in units.units(session)}
    words = {"indicator": _("指标"), "measure": _("任务")}
    return [
        (value, f"{words[kind]}{number} {name}（{names.get(lead, lead)}）")
        for value, name, lead in what_if_choices.led(session)
        for kind, _sep, number in (value.partition(":"),)
    ]


def _told(wanted: Scenario) -> str:
    """The change as a sentence, kept with the run: what it names may look different tomorrow."""
    change = wanted.change
    with current_house().database.reading() as session:
        names = {unit.id: unit.short_name for unit in units.units(session)}
        if isinstance(change, Deadline):
            value = f"{change.definition_key}.{change.element_id}:{change.due_on.isoformat()}"
            step = dict(_steps(session)).get(value, change.element_id)
            unit = names.get(change.unit_id, _("所有单位"))
            return _("%(step)s，%(unit)s：时限改为%(day)s", step=step, unit=unit, day=full_day(change.new_day))
        subject = dict(_subjects(session)).get(f"{change.kind}:{change.number}", str(change.number))
        return _("%(subject)s：牵头单位改为%(unit)s", subject=subject, unit=names.get(change.unit_id, change.unit_id))


def _shown(run: Run) -> dict[str, Any]:
    words = {
        "copy": _("正在复制数据"),
        "before": _("正在推演不调整的情形"),
        "after": _("正在推演调整后的情形"),
    }
    states = {"done": _("已完成"), "cancelled": _("已取消"), "failed": _("没有完成"), "waiting": _("等待开始")}
    return {
        "run": run,
        "percent": round(100 * run.share),
        "work": words.get(run.step, _("正在准备")),
        "state": states.get(run.state, words.get(run.step, "")),
        "light": {"done": Light.BLUE, "failed": Light.RED}.get(run.state, Light.GREY),
    }


def _run(run_id: str) -> tuple[Run, dict[str, Any] | None]:
    store = _store()
    return store.get(run_id), store.result(run_id)


def _store() -> Store:
    return Store(current_house().settings.instance)


def _duties() -> dict[str, str]:
    return {key: duty.name for key, duty in DUTIES.items()}

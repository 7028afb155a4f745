"""What the forms of 运行监测 begin with, and which of their fields stand fast."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from app.duties.lights import chinese_date, distance_text
from app.duties.progress_monitoring import (
    REASONS,
    STATES,
    deficit,
    figure_of,
    is_behind,
    light,
    projection,
    value_or_none,
)
from app.duties.quantity import as_number, plain, to_decimal
from app.models.practical_matter import MatterMilestone
from app.models.progress_monitoring import LagAct, ProgressFigure
from app.models.user_task import UserTask
from app.queries.units import short_names
from app.services import form_rules
from app.services.case_notes import unit_of
from app.services.cases import Case, Prefill
from app.services.progress_monitoring.facts import UnitFacts
from app.services.progress_monitoring.rows import Row, period_of, report_of, unit_name
from app.services.progress_monitoring.scope import next_milestones
from app.terms import Light

FORM = "progress_monitoring.fill_progress"
COUNTED = ("value", "source")
LIGHTS = {Light.RED: "落后", Light.YELLOW: "偏慢", Light.GREEN: "正常", Light.BLUE: "达标", Light.GREY: "未报"}
OUTCOMES = {"watch": "观察", "urge": "催办", "order": "督办", "consultation": "提请会商"}


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    filler = FORMS.get(element_id)
    return filler(case) if filler else ({}, {})


def locked(case: Case, element_id: str, item: str | None) -> list[str]:
    """What a library has counted, and after a return all that was recorded already."""
    if element_id != "fill_progress":
        return []
    facts = UnitFacts(case)
    counted = [
        f"figures.{place}.{name}"
        for place, row in enumerate(facts.figures)
        if row["counted"] is not None
        for name in COUNTED
    ]
    tables = {name: getattr(facts, name) for name in ("figures", "measures", "matters", "plan_lines", "actions")}
    closed = [f"{name}.{at}" for name, rows in tables.items() for at, row in enumerate(rows) if row["is_closed"]]
    return [*counted, *closed]


def _fill(case: Case) -> Prefill:
    facts = UnitFacts(case)
    known = {name: rows for name, rows in _tables(case, facts).items() if rows}
    marks: dict[str, dict[str, Any]] = {
        f"figures.{place}.value": {"text": one.mark(facts.period), "value": as_number(one.value)}
        for place, one in enumerate(facts.known.values())
        if one.value is not None
    }
    typed = {**_inherited(case), **(case.row("draft") or {})}
    whole = form_rules.overlay(form_rules.read_form(FORM), known, typed) if typed else known
    return _with_counts(whole, known, facts), marks


def _with_counts(whole: Row, known: Row, facts: UnitFacts) -> Row:
    """A count may have changed since the draft was typed: it is the count of today that is confirmed."""
    counted = {row["no"]: row for row in known.get("figures", ()) if facts.known[row["no"]].counted is not None}
    rows = [
        {**row, **{name: counted[row["no"]][name] for name in COUNTED}}
        if row["no"] in counted and f"figures.{row['no']}" not in facts.closed
        else row
        for row in whole.get("figures", ())
    ]
    return {**whole, "figures": rows}


def _inherited(case: Case) -> Row:
    """What units that were merged into this one had typed."""
    found: Row = {}
    for row in case.rows("inherited").values():
        for name, rows in row["answers"].items():
            if isinstance(rows, list):
                found[name] = [*found.get(name, ()), *rows]
    return found


def _tables(case: Case, facts: UnitFacts) -> Row:
    steps = next_milestones(case.session, facts.period) if facts.asked.matters else {}
    return {
        "return_points": (case.row("correction") or {}).get("points"),
        "figures": [_figure(case, facts, number) for number in facts.known],
        "shared": _shared(case, facts),
        "measures": [
            {"no": row.number, "title": row.title, **_last(facts, "measure", row.number)}
            for row in facts.asked.measures
        ],
        "matters": [
            {
                "no": row.number,
                "title": row.title,
                **_milestone(steps.get(row.number)),
                **_last(facts, "matter", row.number),
            }
            for row in facts.asked.matters
        ],
        "plan_lines": [
            {"no": row.id, "title": f"任务{row.measure_number}：{row.content}", **_due(row.by_on)}
            | _last(facts, "plan_line", row.id)
            for row in facts.asked.lines
        ],
        "actions": [
            {"no": row.no, "title": row.title, "origin": row.origin, **_due(row.due_on)}
            | _last(facts, row.kind, row.ref)
            for row in facts.asked.tasks
        ],
    }


def _figure(case: Case, facts: UnitFacts, number: int) -> Row:
    row = facts.known[number].shown(facts.period)
    if facts.correcting is None or facts.known[number].counted is not None:
        return row
    of = case.session.get(ProgressFigure, facts.correcting["of"])
    return {**row, "value": as_number(of.value), "source": of.source} if of else row


def _shared(case: Case, facts: UnitFacts) -> list[Row]:
    """Each indicator that several departments answer for, by department; who knows its part may tell it."""
    if facts.asked.is_locality or facts.is_correction:
        return []
    rows = [
        (row, unit) for row in facts.asked.indicators for unit in (row.lead_id, *row.co_unit_ids) if row.co_unit_ids
    ]
    names = short_names(case.session, {unit for _, unit in rows})
    return [{"key": f"{row.number}-{unit}", "name": row.name, "unit_name": names[unit]} for row, unit in rows]


def _last(facts: UnitFacts, kind: str, ref: int) -> Row:
    note = facts.notes.get((kind, ref))
    if note is None:
        return {}
    told = f"{STATES.get(note.state, note.state)}：{note.note}"
    return {"last_note": told, "note": note.note, **({} if note.percent is None else {"percent": note.percent})}


def _milestone(step: MatterMilestone | None) -> Row:
    return {"milestone": f"{chinese_date(step.by_on)}前：{step.content}"} if step else {}


def _due(day: Any) -> Row:
    return {"due": chinese_date(day)} if day else {}


def _sign(case: Case) -> Prefill:
    facts, draft = UnitFacts(case), case.row("draft") or {}
    figures = [_signed_figure(facts, row) for row in draft.get("figures", ()) if row["no"] in facts.known]
    counted = sum(facts.known[row["no"]].counted is not None for row in figures)
    behind = sum(row["light"] in (LIGHTS[Light.YELLOW], LIGHTS[Light.RED]) for row in figures)
    others = [
        (name, len(draft.get(table, ())))
        for table, name in (
            ("measures", "任务"),
            ("matters", "实事"),
            ("plan_lines", "方案措施"),
            ("actions", "落实事项"),
        )
    ]
    parts = [f"指标{len(figures)}项，其中台账计数{counted}项、滞后{behind}项"]
    parts += [f"{name}{number}项" for name, number in others if number]
    return {"summary": "；".join(parts) + "。", "figures": figures}, {}


def _signed_figure(facts: UnitFacts, row: Row) -> Row:
    known, value = facts.known[row["no"]], value_or_none(row)
    shown = {"no": row["no"], "name": known.indicator.name, "unit": known.indicator.unit}
    if value is not None:
        shown |= {"value": as_number(value), "light": LIGHTS[light(figure_of(known.facts(), row), facts.period)]}
    note = "；".join(filter(None, (row.get(name) for name in ("change_reason", "lag_reason", "lag_step"))))
    return {"light": "", **shown, **({"note": note} if note else {})}


def _verify(case: Case) -> Prefill:
    """The rows that stand out first; with a draw or a first report all the others as well."""
    facts, answers, why = UnitFacts(case), report_of(case).answers, case.rows("exception")
    rows = [*_verified_figures(facts, answers), *_verified_notes(facts, answers)]
    whole = [REASONS[word] for word in why.get("report", {}).get("why", ())]
    for row in rows:
        words = [REASONS[word] for word in why.get(row["key"], {}).get("why", ())]
        row["why"] = "、".join(words or whole) or "机器核验通过"
    open_rows = [row for row in rows if row["key"] not in facts.closed]
    return {"rows": sorted(open_rows, key=lambda row: row["key"] not in why)}, {}


def _verified_figures(facts: UnitFacts, answers: Row) -> list[Row]:
    found = []
    for row in answers.get("figures", ()):
        known, value = facts.known.get(row["no"]), value_or_none(row)
        if known is None or value is None:
            continue
        compared = known.counted if known.counted is not None else known.last
        found.append(
            {
                "key": f"figures.{row['no']}",
                "item": f"指标{row['no']} {known.indicator.name}",
                "reported": f"{plain(value)}{known.indicator.unit}",
                "known": "" if compared is None else f"{plain(compared)}{known.indicator.unit}",
                "note": "；".join(filter(None, (row.get(name) for name in ("change_reason", "lag_reason")))),
                "verdict": "ok",
            }
        )
    return found


def _verified_notes(facts: UnitFacts, answers: Row) -> list[Row]:
    titles = {f"measures.{row.number}": f"任务{row.number} {row.title}" for row in facts.asked.measures}
    titles |= {f"matters.{row.number}": f"实事{row.number} {row.title}" for row in facts.asked.matters}
    titles |= {f"plan_lines.{row.id}": f"方案措施：{row.content}" for row in facts.asked.lines}
    titles |= {f"actions.{row.no}": row.title for row in facts.asked.tasks}
    return [
        {
            "key": key,
            "item": titles[key],
            "reported": STATES.get(row.get("state", ""), ""),
            "known": "",
            "note": row.get("note", ""),
            "verdict": "ok",
        }
        for table in ("measures", "matters", "plan_lines", "actions")
        for row in answers.get(table, ())
        if (key := f"{table}.{row['no']}") in titles
    ]


def _missing(case: Case) -> Prefill:
    due_on = report_of(case).due_on
    wanted = (UserTask.instance_id == case.instance.id, UserTask.element_id.in_(("fill_progress", "sign_progress")))
    times = sum(case.session.scalars(select(UserTask.urged_count).where(*wanted)))
    return {
        "unit_name": unit_name(case),
        "due_on": due_on.isoformat(),
        "late_note": distance_text(case.today, due_on, case.calendar),
        "reminder_note": f"已催办{times}次" if times else "尚未催办",
    }, {}


def _lag(case: Case) -> Prefill:
    earlier: dict[str, list[str]] = {}
    wanted = (LagAct.unit_id == unit_of(case), LagAct.instance_id != case.instance.id)
    for act in case.session.scalars(select(LagAct).where(*wanted).order_by(LagAct.id)):
        earlier.setdefault(act.key, []).append(f"{act.period}{OUTCOMES[act.outcome]}")
    rows = [
        {**row, **({"earlier": "、".join(earlier[key])} if key in earlier else {}), "outcome": "watch"}
        for key, row in case.rows("lagging").items()
    ]
    return {"rows": rows}, {}


def lagging_row(facts: UnitFacts, row: Row) -> Row | None:
    """A figure as the office decides on it, when it is behind."""
    known = facts.known[row["no"]]
    figure = figure_of(known.facts(), row)
    if not is_behind(figure, facts.period):
        return None
    ahead = row.get("next_value")
    forecast = to_decimal(ahead) if ahead is not None else projection(figure, facts.period)
    unit = known.indicator.unit
    return {
        "key": f"figures.{row['no']}",
        "item": f"指标{row['no']} {known.indicator.name}",
        "light": LIGHTS[light(figure, facts.period)],
        "deficit": f"差目标值的{plain((deficit(figure, facts.period) * 100).quantize(to_decimal('0.1')))}%",
        "forecast": "" if forecast is None else f"{plain(forecast.quantize(to_decimal('0.1')))}{unit}",
        "reason": "；".join(filter(None, (row.get("lag_reason"), row.get("lag_step")))),
    }


def period_name(case: Case) -> str:
    return period_of(case).name


FORMS: Mapping[str, Callable[[Case], Prefill]] = {
    "fill_progress": _fill,
    "sign_progress": _sign,
    "verify_progress": _verify,
    "decide_missing": _missing,
    "handle_lag": _lag,
}

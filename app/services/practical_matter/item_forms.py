"""What the forms of a matter begin with, and which milestones stand fast after a return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from sqlalchemy import select

from app.duties.practical_matter import OUTCOME_WORDS, acceptance_proposal, counted, delivery_ratio
from app.duties.progress_monitoring import STATES
from app.duties.quantity import as_number, plain
from app.models.actual import IndicatorActual
from app.models.plan import Indicator
from app.models.practical_matter import MatterMilestone
from app.models.progress_monitoring import ProgressNote
from app.services.case_notes import present, returned_opinion
from app.services.cases import Case, Prefill
from app.services.practical_matter.beneficiaries import served_by_lead
from app.services.practical_matter.facts import facts, is_closed
from app.services.practical_matter.list_forms import goal_words
from app.services.practical_matter.rows import Row, matter_of, milestones_in, plan_of, promise_of, unit_names

SERVED = "本单位本年答复诉求、服务月到场的企业"


def locked(case: Case, element_id: str, item: str | None) -> list[str]:
    if element_id != "request_acceptance":
        return []
    return [f"milestones.{place}" for place, row in enumerate(milestones_in(case)) if is_closed(case, row)]


def _known(case: Case) -> Row:
    matter, names = matter_of(case), unit_names(case)
    goal = goal_words({"quantity": matter.quantity, "quantity_unit": matter.quantity_unit})
    return present(
        matter=f"{matter.number}. {matter.title}",
        content=matter.content,
        goal=goal,
        units="、".join(names.get(unit, unit) for unit in matter.co_units),
    )


def _set_milestones(case: Case) -> Prefill:
    plan = case.row("plan") or {}
    opinion = returned_opinion(case, "sign_milestones")
    told = present(milestones=plan.get("milestones"), public_text=plan.get("public_text"))
    return {**_known(case), **present(returned_opinion=opinion), **told}, {}


def _sign_milestones(case: Case) -> Prefill:
    plan = case.row("plan") or {}
    rows = [
        present(
            no=number,
            content=row["content"],
            by=row["by"],
            success=row["success"],
            goal=goal_words({"quantity": row["goal"], "quantity_unit": row["goal_unit"]}) if "goal" in row else None,
        )
        for number, row in enumerate(plan.get("milestones", ()), 1)
    ]
    return {**_known(case), "milestones": rows, "public_text": plan.get("public_text", "")}, {}


def _request(case: Case) -> Prefill:
    request, matter = case.row("request") or {}, matter_of(case)
    typed = {row["no"]: row for row in request.get("milestones", ())}
    figure = _figure_of_indicator(case)
    marks: dict[str, Row] = {}
    rows = []
    for place, row in enumerate(milestones_in(case)):
        told = typed.get(row.number, {})
        value = told.get("value")
        if value is None and row.goal is not None and figure and row.goal_unit == figure[1]:
            value = as_number(figure[0])
            marks[f"milestones.{place}.value"] = {"text": f"指标{figure[2]}已登记实际值", "value": value}
        rows.append(
            present(
                no=row.number,
                title=row.content,
                by=row.by_on.isoformat(),
                goal=None if row.goal is None else as_number(row.goal),
                goal_unit=row.goal_unit,
                is_done=told.get("is_done") or None,
                value=value,
                point=row.point if row.verdict == "refused" else None,
                evidence=told.get("evidence"),
            )
        )
    firms = request.get("firms")
    if not request and (served := served_by_lead(case)):
        firms = "\n".join(served)
        marks["firms"] = {"text": SERVED, "value": firms}
    opinion = returned_opinion(case, "sign_acceptance") or _why_returned(case)
    known = _known(case)
    return {
        **{name: known[name] for name in ("matter", "goal") if name in known},
        **present(returned_opinion=opinion, progress=_progress(case, matter.number)),
        "milestones": rows,
        **present(summary=request.get("summary"), firms=firms),
    }, marks


def _why_returned(case: Case) -> str:
    if matter_of(case).round == 1:
        return ""
    last = list(case.rows("acceptance").values())[-1]
    return f"{last['name']}：{last['remark']}" if last["remark"] else "验收退回，请按所列意见补充。"


def _progress(case: Case, number: int) -> str:
    """What was told of the matter last with the monitoring."""
    wanted = (
        ProgressNote.kind == "matter",
        ProgressNote.ref == number,
        ProgressNote.year == matter_of(case).year,
    )
    note = case.session.scalars(select(ProgressNote).where(*wanted).order_by(ProgressNote.id.desc())).first()
    if note is None:
        return ""
    percent = "" if note.percent is None else f"，进度{note.percent}%"
    return f"{note.period}：{STATES.get(note.state, note.state)}{percent}。{note.note}"


def _figure_of_indicator(case: Case) -> tuple[Decimal, str, int] | None:
    """The year's last figure of the indicator that the plan ties to the matter: value, unit, number (M08-1 and 22)."""
    promise = promise_of(case, matter_of(case).number)
    if promise is None or promise.indicator_number is None:
        return None
    row = case.session.execute(
        select(IndicatorActual.value, Indicator.unit, Indicator.number)
        .join(Indicator, Indicator.id == IndicatorActual.indicator_id)
        .where(
            Indicator.plan_id == plan_of(case).id,
            Indicator.number == promise.indicator_number,
            IndicatorActual.year == matter_of(case).year,
        )
        .order_by(IndicatorActual.as_of.desc(), IndicatorActual.id.desc())
    ).first()
    return None if row is None else (row.value, row.unit, row.number)


def _reported(row: MatterMilestone) -> str:
    parts = ["已完成" if row.is_done else "未完成"]
    if row.goal is not None:
        parts.append(f"完成{plain(row.value or Decimal(0))}{row.goal_unit}，目标{plain(row.goal)}{row.goal_unit}")
    return "，".join(parts)


def _sign_acceptance(case: Case) -> Prefill:
    """As it was typed: the rows of the tables are written with the signature."""
    request, known = case.row("request") or {}, {row.number: row for row in milestones_in(case)}
    rows = []
    for told in request.get("milestones", ()):
        row = known[told["no"]]
        done = "已完成" if told.get("is_done") else "未完成"
        value = f"，完成{plain(Decimal(str(told['value'])))}{row.goal_unit}" if "value" in told else ""
        rows.append({"no": row.number, "title": row.content, "by": row.by_on.isoformat(), "reported": f"{done}{value}"})
    count = len(request.get("codes", ()))
    return {
        **{name: value for name, value in _known(case).items() if name == "matter"},
        "milestones": rows,
        **present(summary=request.get("summary"), firm_count=f"{count}家" if count else "未列"),
    }, {}


def _accept(case: Case) -> Prefill:
    matter, request = matter_of(case), case.row("request") or {}
    rows = [
        {
            "no": row.number,
            "title": row.content,
            "by": row.by_on.isoformat(),
            "reported": _reported(row),
            "files": f"{len(row.evidence)}个" if row.evidence else "无",
            "verdict": "ok",
        }
        for row in milestones_in(case)
    ]
    ratio = delivery_ratio(counted(facts(case, "accept_matter", None)["milestones"], ()))
    share = plain((Decimal(ratio.numerator) * 100 / ratio.denominator).quantize(Decimal("0.1")))
    known = _known(case)
    return {
        **{name: known[name] for name in ("matter", "goal") if name in known},
        "lead": unit_names(case)[matter.lead_id],
        **present(summary=request.get("summary"), firm_count=f"{len(matter.firms)}家" if matter.firms else "未列"),
        "milestones": rows,
        "proposal": f"完成率{share}%，建议{OUTCOME_WORDS[acceptance_proposal(ratio)]}",
    }, {}


ITEM_FORMS: Mapping[str, Callable[[Case], Prefill]] = {
    "set_milestones": _set_milestones,
    "sign_milestones": _sign_milestones,
    "request_acceptance": _request,
    "sign_acceptance": _sign_acceptance,
    "accept_matter": _accept,
}

"""Writes accepted rows down: figures with evidence and who looked at them, actuals of the city, notes, what lags."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from app.duties.progress_monitoring import figure_of, light, value_or_none
from app.duties.quantity import number_in, to_decimal
from app.models.actual import IndicatorActual
from app.models.consultation import DecidedAction
from app.models.library import SupportLine
from app.models.progress_monitoring import LagAct, ProgressFigure, ProgressNote
from app.services.case_notes import unit_of
from app.services.cases import Action, Case, Data
from app.services.consultation.decisions import decision_for
from app.services.progress_monitoring.facts import UnitFacts
from app.services.progress_monitoring.forms import lagging_row
from app.services.progress_monitoring.known import Known
from app.services.progress_monitoring.rows import Row, last_review, report_of
from app.services.telling import tell
from app.terms import Nature, Source

KINDS: Mapping[str, str] = {"measures": "measure", "matters": "matter", "plan_lines": "plan_line"}
OPEN_BASIS = "口径待定"
VALUE_QUESTION = 2


def record_actuals(case: Case, data: Data) -> Mapping[str, Any]:
    """All that was not recorded with a return; a consultation's word counts, else the figure stands as 口径待定."""
    record_rows(case)
    report, review = report_of(case), last_review(case)
    report.status, report.accepted_at = "accepted", case.at
    report.is_checked = review is not None
    report.quality = review["quality_level"] if review else ""
    case.session.flush()
    return {"behind_count": len(case.rows("lagging"))}


def record_rows(case: Case, besides: Collection[str] = ()) -> None:
    """The rows of the version signed last, each once. besides: keys that wait for a correction."""
    facts, answers = UnitFacts(case), report_of(case).answers
    for row in answers.get("figures", ()):
        key = f"figures.{row['no']}"
        if key not in facts.closed and key not in besides and row["no"] in facts.known:
            if value_or_none(row) is not None:
                _record_figure(case, facts, row)
                _note_lag(case, key, lagging_row(facts, row))
            _close(case, key)
    for table in (*KINDS, "actions"):
        for row in answers.get(table, ()):
            key = f"{table}.{row['no']}"
            if key not in facts.closed and key not in besides and row.get("state"):
                _record_note(case, facts, table, row)
                _close(case, key)
    case.session.flush()


def _close(case: Case, key: str) -> None:
    case.put("closed", key, {"on": case.today.isoformat()})


def _note_lag(case: Case, key: str, row: Row | None) -> None:
    if row is not None:
        case.put("lagging", key, row)


def _record_figure(case: Case, facts: UnitFacts, row: Row) -> None:
    known, review = facts.known[row["no"]], last_review(case)
    value, is_open = _settled(case, row)
    reason = str(row.get("change_reason") or "")
    own = {**row, "own_value" if known.counted is not None else "value": value}
    expected = row.get("next_value")
    case.session.add(
        ProgressFigure(
            period=facts.period.text,
            year=facts.period.year,
            unit_id=unit_of(case),
            indicator_id=known.indicator.id,
            as_of=facts.period.ends_on,
            value=value,
            expected=None if expected is None else to_decimal(expected),
            counted=known.counted,
            source=_source(row, known, value),
            basis=known.indicator.basis,
            reason=reason,
            lag_reason=str(row.get("lag_reason") or ""),
            lag_step=str(row.get("lag_step") or ""),
            evidence=list(row.get("evidence") or ()),
            light=light(figure_of(known.facts(), own), facts.period).value,
            is_basis_open=is_open,
            verified_by=review["login"] if review else "",
            recorded_at=case.at,
            instance_id=case.instance.id,
        )
    )
    if not facts.asked.is_locality and value != known.counted:
        _record_actual(case, facts, known, row, value, "；".join(filter(None, [reason, OPEN_BASIS if is_open else ""])))


def _record_actual(case: Case, facts: UnitFacts, known: Known, row: Row, value: Decimal, note: str) -> None:
    """Of the city. What a library has counted stands in its own rows already."""
    name = f"{facts.period.name}运行监测" + ("更正" if facts.is_correction else "")
    case.session.add(
        IndicatorActual(
            indicator_id=known.indicator.id,
            year=facts.period.year,
            as_of=facts.period.ends_on,
            value=value,
            nature=Nature.ACTUAL.value,
            source=_source(row, known, value),
            unit_id=unit_of(case),
            note=f"{name}：{note}" if note else name,
            instance_id=case.instance.id,
            recorded_at=case.at,
            recorded_by=case.actor.login,
        )
    )


def _source(row: Row, known: Known, value: Decimal) -> str:
    source = row.get("source") or Source.DEPARTMENT.value
    if value == known.counted:
        return Source.LEDGER.value
    return Source.DEPARTMENT.value if source == Source.LEDGER.value else source


def _settled(case: Case, row: Row) -> tuple[Decimal, bool]:
    """The value, and whether its basis is still open: the consultation's number, where it decided one."""
    value, consulted = value_or_none(row), case.row("consulted")
    assert value is not None
    if consulted is None or consulted["key"] != f"figures.{row['no']}":
        return value, False
    decided = decision_for(case.connection, case.instance.business_key)
    if decided is None:
        return value, True
    number = number_in(decided.values.get(VALUE_QUESTION))
    return (value if number is None else number), False


def _record_note(case: Case, facts: UnitFacts, table: str, row: Row) -> None:
    kind, ref = _kind_and_ref(table, row["no"])
    percent = row.get("percent")
    case.session.add(
        ProgressNote(
            period=facts.period.text,
            year=facts.period.year,
            unit_id=unit_of(case),
            kind=kind,
            ref=ref,
            state=row["state"],
            percent=None if percent is None else round(percent),
            note=str(row.get("note") or ""),
            evidence=list(row.get("evidence") or ()),
            instance_id=case.instance.id,
        )
    )
    if row["state"] == "done":
        _end_task(case, kind, ref, str(row.get("note") or ""))
    if row["state"] == "behind":
        title = _title(facts, table, row["no"])
        told = {"key": f"{table}.{row['no']}", "item": title, "light": "滞后", "deficit": "", "forecast": ""}
        case.put("lagging", told["key"], {**told, "reason": str(row.get("note") or "")})


def _kind_and_ref(table: str, no: Any) -> tuple[str, int]:
    if table != "actions":
        return KINDS[table], int(no)
    return ("action" if str(no).startswith("a") else "support"), int(str(no)[1:])


def _title(facts: UnitFacts, table: str, no: Any) -> str:
    asked = facts.asked
    titles = {f"measures.{row.number}": f"任务{row.number} {row.title}" for row in asked.measures}
    titles |= {f"matters.{row.number}": f"实事{row.number} {row.title}" for row in asked.matters}
    titles |= {f"plan_lines.{row.id}": f"方案措施：{row.content}" for row in asked.lines}
    titles |= {f"actions.{row.no}": row.title for row in asked.tasks}
    return titles.get(f"{table}.{no}", "")[:200]


def _end_task(case: Case, kind: str, ref: int, note: str) -> None:
    """A decided action or a support line that was done is not asked again."""
    if kind == "action":
        case.session.get_one(DecidedAction, ref).state = "done"
    elif kind == "support":
        line = case.session.get_one(SupportLine, ref)
        line.state, line.note, line.closed_on = "done", note, case.today


def spawn_lag_acts(case: Case, data: Data) -> None:
    """Each decision once: a message to the unit, an order, or a consultation."""
    lagging = case.rows("lagging")
    for key, decided in case.rows("lag").items():
        row = lagging[key]
        case.session.add(
            LagAct(
                period=report_of(case).period,
                unit_id=unit_of(case),
                key=key,
                item=row["item"],
                light=row["light"],
                outcome=decided["outcome"],
                text=decided["text"],
                decided_on=case.today,
                decided_by=decided["by"],
                instance_id=case.instance.id,
            )
        )
        ACTS[decided["outcome"]](case, key, row, decided["text"])
    case.session.flush()


def _watch(case: Case, key: str, row: Row, text: str) -> None:
    return None


def _urge(case: Case, key: str, row: Row, text: str) -> None:
    inboxes = [f"contact:{unit_of(case)}", f"head:{unit_of(case)}"]
    tell(case, inboxes, f"催办：{row['item']}进度滞后", f"{row['deficit']}。{text}".lstrip("。"), f"lag:{key}")


def _order(case: Case, key: str, row: Row, text: str) -> None:
    told = {"subject": f"{row['item']}进度滞后", "unit": unit_of(case), "reason": f"{text}\n{row['reason']}".strip()}
    _send(case, key, "supervision_wanted", told)


def _consult(case: Case, key: str, row: Row, text: str) -> None:
    told = {
        "subject": f"{row['item']}进度滞后",
        "question": [{"text": text, "kind": "text", "concerns": "other"}],
        "units": [unit_of(case)],
        "background": row["reason"],
        "caller": case.instance.title,
    }
    _send(case, key, "consultation_wanted", told)


def _send(case: Case, key: str, message: str, told: Mapping[str, Any]) -> None:
    subject_key = f"{case.instance.business_key}:{key}"
    case.effect(f"{case.instance.id}:{message}:{key}", "message", name=message, key=subject_key, **told)


ACTS = {"watch": _watch, "urge": _urge, "order": _order, "consultation": _consult}
RECORDING: Mapping[str, Action] = {
    "progress_monitoring.record_actuals": record_actuals,
    "progress_monitoring.spawn_lag_acts": spawn_lag_acts,
}

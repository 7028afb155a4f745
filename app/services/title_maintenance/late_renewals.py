"""A re-verification whose title has ended without an answer: how it stands with the batch, and when one looks again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.duties.lights import chinese_date
from app.duties.title_maintenance import NEEDLESS, look_suggested
from app.services.case_notes import hand_of
from app.services.cases import Case, FormTask
from app.services.title_maintenance.renewal_batch import batch_of, planned_batch
from app.services.title_maintenance.renewals import renewal_of, title_of, valid_to
from app.services.title_maintenance.rows import LIVE, Row, add_row, enterprise_of, filled, label_of, last_row

OUTCOMES = {"joined": "已列入复核批次", "preparing": "正在筹备复核批次", "not_organised": "上级尚未组织"}
NO_BATCH = "尚无在办的复核批次，请与上级衔接，或者在“认定批次”中启动复核批次"

Answers = Mapping[str, Any]
Scalars = Mapping[str, Any]


def is_joined(case: Case) -> bool:
    return bool(renewal_of(case).batch_key)


def is_live(case: Case) -> bool:
    return title_of(case).status in LIVE


def next_look_on(case: Case) -> date:
    return date.fromisoformat(last_row(case, "look")["look_on"])


def _arrange_renewal_form(case: Case) -> Row:
    """Chosen beforehand is what is known; the day is a proposal."""
    renewal, last = renewal_of(case), last_row(case, "look")
    return filled(
        {
            "enterprise": enterprise_of(case).name,
            "title": label_of(renewal.level),
            "valid_to": valid_to(case).isoformat(),
            "applied_on": renewal.applied_on.isoformat() if renewal.applied_on else "",
            "batch": _batch_in_words(case),
            "last_look": _look_in_words(last) if last else "",
            "outcome": _known_outcome(case),
            "look_on": look_suggested(case.today, case.calendar).isoformat(),
        }
    )


def _known_outcome(case: Case) -> str:
    if is_joined(case):
        return "joined"
    return "" if is_live(case) else NEEDLESS


def _batch_in_words(case: Case) -> str:
    renewal = renewal_of(case)
    joined, planned = batch_of(case.session, renewal), planned_batch(case.session, renewal.level)
    if joined is not None:
        expected = f"，预计{chinese_date(joined.expected_on)}公布" if joined.expected_on else ""
        return f"已列入{joined.year}年第{joined.number}批{expected}"
    return f"{planned.year}年第{planned.number}批正在拟定申报通知" if planned is not None else NO_BATCH


def _look_in_words(look: Row) -> str:
    note = f"：{look['note']}" if look["note"] else ""
    return f"{look['name']}于{chinese_date(date.fromisoformat(look['on']))}登记“{OUTCOMES[look['outcome']]}”{note}"


def _arrange_renewal(case: Case, task: FormTask, answers: Answers) -> Scalars:
    told = {"outcome": answers["outcome"], "note": answers.get("note", ""), "look_on": answers.get("look_on", "")}
    renewal = renewal_of(case)
    add_row(case, "look", {**hand_of(case), **told, "batch": renewal.batch_key})
    if answers["outcome"] == NEEDLESS:
        renewal.status, renewal.decided_on = NEEDLESS, case.today
    return {"outcome": answers["outcome"]}


FORMS: Mapping[str, Callable[[Case], Row]] = {"arrange_renewal": _arrange_renewal_form}
RECEIVERS: Mapping[str, Callable[[Case, FormTask, Answers], Scalars]] = {"arrange_renewal": _arrange_renewal}

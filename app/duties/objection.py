"""The face of 异议核查: somebody objects to rows of a running notice; each row gets a result, each person an answer.

All take `facts`, plain rows that the services supply.

    Dates           calendar, opened_on
    register_objection
        received_at     datetime; when it came in
        published_on, ends_on   of the notice
        listed          codes on the notice's list
        rows            codes objected to
        has_name, has_proof
    investigate_objection, decide_objection
        rows            {credit_code, name}: what the objection is about
        returns         int; how often the head sent it back
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from app.duties.duty import Due, Duty, FieldError
from app.duties.form_parts import Errors, Row, is_empty, required_text
from app.duties.limits import within
from app.duties.public_notice import is_in_period

Facts = Mapping[str, Any]
Verdict = Literal["yes", "anonymous", "no"]

LATE = "异议须在公示期内提出"
NO_PROOF = "匿名异议须附证明材料"
NOT_LISTED = "该企业不在公示名单内"
MOST_ROWS = 20
GROUND_LENGTH, REASON_LENGTH = 20, 10

LIMITS: Mapping[str, tuple[int, str]] = {
    "register_objection": (1, "收到异议"),
    "admit_anonymous": (1, "提请受理匿名异议"),
    "investigate_objection": (10, "受理异议"),
    "decide_objection": (3, "核查完成"),
}
USER_TASKS = tuple(LIMITS)
OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "register_objection": ("yes", "anonymous", "no"),
    "admit_anonymous": ("yes", "no"),
    "decide_objection": ("upheld", "partly", "dismissed", "returned"),
}
VERDICTS = {"yes": "受理", "anonymous": "提请匿名受理", "no": "不予受理"}


@dataclass(frozen=True)
class Admissibility:
    """What the rule says of an objection. reason: the sentence where it is not taken."""

    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True)
class RowResult:
    """What becomes of a row of the list. is_out: it is taken out; has_remark: it stays, the bureau decides."""

    is_out: bool
    has_remark: bool
    is_fraud: bool


def admissibility(
    received_at: datetime, published_on: date, ends_on: date, *, has_name: bool, has_proof: bool
) -> Admissibility:
    """By real name inside the period; anonymous ones with proof are for the bureau's head."""
    if not is_in_period(received_at, published_on, ends_on):
        return Admissibility("no", LATE)
    if has_name:
        return Admissibility("yes")
    return Admissibility("anonymous") if has_proof else Admissibility("no", NO_PROOF)


def row_result(found: Iterable[Row]) -> RowResult:
    """All results on one row together. found: rows {result, kind} of the objections against it."""
    results = list(found)
    upheld = [row for row in results if row["result"] == "upheld"]
    return RowResult(
        is_out=bool(upheld),
        has_remark=not upheld and any(row["result"] == "partly" for row in results),
        is_fraud=any(row.get("kind") == "fraud" for row in upheld),
    )


def due_on(element_id: str, facts: Facts) -> Due | None:
    if element_id not in LIMITS:
        return None
    days, event = LIMITS[element_id]
    return within(event, facts["opened_on"], days, facts["calendar"])


def outcomes_offered(element_id: str, facts: Facts) -> tuple[str, ...]:
    """A late objection can only be refused; one without a name goes to the head or is refused."""
    if element_id != "register_objection":
        return OUTCOMES.get(element_id, ())
    verdict = _admissibility(facts).verdict
    return {"yes": ("yes", "no"), "anonymous": ("anonymous", "no"), "no": ("no",)}[verdict]


def _admissibility(facts: Facts) -> Admissibility:
    return admissibility(
        facts["received_at"],
        facts["published_on"],
        facts["ends_on"],
        has_name=facts["has_name"],
        has_proof=facts["has_proof"],
    )


def check(element_id: str, answers: Row, facts: Facts) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def check_entry(rows: Iterable[str], facts: Facts) -> list[FieldError]:
    """What is wrong with an objection as it is handed in: whom it is about, when it came, what it rests on."""
    wanted, errors = list(rows), []
    if not wanted:
        errors.append(FieldError("rows", "请选择异议对象"))
    if len(set(wanted)) > MOST_ROWS:
        errors.append(FieldError("rows", f"一次最多对{MOST_ROWS}家企业提出异议"))
    if any(row not in facts["listed"] for row in wanted):
        errors.append(FieldError("rows", NOT_LISTED))
    if not is_in_period(facts["received_at"], facts["published_on"], facts["ends_on"]):
        errors.append(FieldError("received_on", LATE))
    if not facts["has_name"] and not facts["has_proof"]:
        errors.append(FieldError("proof", NO_PROOF))
    return errors


def _register_objection(answers: Row, facts: Facts) -> Errors:
    if answers["outcome"] == "no":
        yield from required_text(answers, "reason", REASON_LENGTH, "不予受理的，请说明理由")
        return
    found = _admissibility(facts)
    if found.verdict == "no":
        yield FieldError("outcome", found.reason)
    if any(row not in facts["listed"] for row in facts["rows"]):
        yield FieldError("outcome", NOT_LISTED)


def _investigate_objection(answers: Row, facts: Facts) -> Errors:
    for index, row in enumerate(answers["findings"]):
        if is_empty(row, "verdict"):
            yield FieldError(f"findings.{index}.verdict", "请填写核查结论")
    if is_empty(answers, "statement") != is_empty(answers, "statement_on"):
        yield FieldError("statement_on", "企业陈述和听取日期请一并填写")


def _decide_objection(answers: Row, facts: Facts) -> Errors:
    if answers["outcome"] == "returned":
        return
    if is_empty(answers, "answer"):
        yield FieldError("answer", "请填写答复内容")
    results = {row.get("result") for row in answers["rows"]}
    for index, row in enumerate(answers["rows"]):
        if is_empty(row, "result"):
            yield FieldError(f"rows.{index}.result", "请逐家认定")
        elif row["result"] == "upheld" and is_empty(row, "kind"):
            yield FieldError(f"rows.{index}.kind", "认定成立的，请选择问题类型")
    if None not in results and answers["outcome"] != overall(results):
        yield FieldError("outcome", "总的认定与逐家认定不一致，请核对")


def overall(results: Iterable[Any]) -> str:
    """All upheld is 成立, none is 不成立, anything else 部分成立."""
    found = set(results)
    return found.pop() if len(found) == 1 else "partly"


CHECKS: Mapping[str, Callable[[Row, Facts], Errors]] = {
    "register_objection": _register_objection,
    "investigate_objection": _investigate_objection,
    "decide_objection": _decide_objection,
}

DUTY = Duty(
    key="objection",
    name="异议核查",
    clause="P1",
    processes=("objection",),
    forms={task: f"objection.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    offered=outcomes_offered,
)

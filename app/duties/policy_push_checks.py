"""What the forms of a push must satisfy beyond their schema, and what an entry of the policy library must satisfy."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, is_empty, required_text
from app.duties.months import months_after
from app.duties.policy_conditions import Catalogue, check_conditions

MOST_CHOSEN = 30
CHECK_MONTHS = 12  # a policy that nobody looked at for a year is pushed with a warning
LEAST = 2


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def check_entry(answers: Row, catalogue: Catalogue) -> list[FieldError]:
    """An entry of the library: its days and its conditions."""
    return [*_days(answers), *_windows(answers), *check_conditions(answers.get("conditions", ()), catalogue)]


def _days(answers: Row) -> Errors:
    if not is_empty(answers, "valid_to") and str(answers["valid_to"]) < str(answers["valid_from"]):
        yield FieldError("valid_to", "失效日期不得早于生效日期")


def _windows(answers: Row) -> Errors:
    for index, row in enumerate(answers.get("windows", ())):
        if str(row.get("to_on", "")) < str(row.get("from_on", "")):
            yield FieldError(f"windows.{index}.to_on", "申报截止日期不得早于开始日期")


def is_unchecked(checked_on: date | None, today: date) -> bool:
    """True when the yearly check of the policy is overdue."""
    return checked_on is None or months_after(checked_on, CHECK_MONTHS) < today


def _choose_policies(answers: Row, facts: Row) -> Errors:
    known: Mapping[str, Row] = {row["key"]: row for row in facts["policies"]}
    chosen = [(index, row) for index, row in enumerate(answers.get("policies", ())) if row.get("chosen")]
    if not 1 <= len(chosen) <= MOST_CHOSEN:
        yield FieldError("policies", f"请选择1至{MOST_CHOSEN}项政策")
    for index, row in chosen:
        policy = known.get(row["key"])
        if policy is None or not policy["is_valid"]:
            yield FieldError(f"policies.{index}.chosen", f"第{index + 1}项政策已失效")
        elif is_unchecked(policy["checked_on"], facts["today"]):
            yield FieldError(f"policies.{index}.chosen", f"第{index + 1}项政策已超过12个月未核对", "warning")


def _confirm_match(answers: Row, facts: Row) -> Errors:
    """Rows of conditions name their policy by its number in the form."""
    catalogue, rewritten = facts["catalogue"], answers.get("conditions", [])
    numbers = {row["no"]: row for row in facts["matches"]}
    if not all(row["is_matched"] for row in facts["matches"]):
        yield FieldError("policies", "匹配尚未完成，请几分钟后再确认")
    adjusted = {row["no"] for row in answers.get("policies", ()) if row.get("decision") == "adjusted"}
    for index, row in enumerate(answers.get("policies", ())):
        if row.get("decision") == "left_out":
            yield from required_text(row, "reason", LEAST, "本次不推的，请说明理由", f"policies.{index}")
        if row["no"] in adjusted and row["no"] not in {condition.get("no") for condition in rewritten}:
            yield FieldError("conditions", f"第{row['no']}项政策选择了调整条件，请填写调整后的全部条件")
    for index, condition in enumerate(rewritten):
        if condition.get("no") not in numbers:
            yield FieldError(f"conditions.{index}.no", "请填写上表中的政策序号")
        elif condition["no"] not in adjusted:
            yield FieldError(f"conditions.{index}.no", f"第{condition['no']}项政策未选择调整条件")
    yield from check_conditions(rewritten, catalogue)


def _confirm_package(answers: Row, facts: Row) -> Errors:
    rows = answers.get("policies", ())
    kept = [row for row in rows if is_empty(row, "drop_reason")]
    if answers["outcome"] == "push" and not kept:
        yield FieldError("outcome", "政策已全部剔除，请选择不推送")
    if answers["outcome"] == "none" and kept:
        yield FieldError("outcome", "选择不推送的，请逐项选择剔除理由")


def _read_package(answers: Row, facts: Row) -> Errors:
    rows = answers.get("policies", ())
    for index, row in enumerate(rows):
        if row.get("use") == "help":
            yield from required_text(row, "text", LEAST, "需要帮助的，请写明需要什么帮助", f"policies.{index}")
    if answers["outcome"] == "help" and not any(row.get("use") == "help" for row in rows):
        yield FieldError("outcome", "请在需要帮助的政策后选择“需要帮助”")


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "choose_policies": _choose_policies,
    "confirm_match": _confirm_match,
    "confirm_package": _confirm_package,
    "read_package": _read_package,
}


def outcome_of_reading(answers: Mapping[str, Any]) -> str:
    """help as soon as one policy needs it, whatever was chosen below."""
    return "help" if any(row.get("use") == "help" for row in answers.get("policies", ())) else str(answers["outcome"])

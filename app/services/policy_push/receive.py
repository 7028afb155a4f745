"""What completing each form of 政策推送 writes down, and the scalars its gateways read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.duties.policy_push import outcome_of_reading
from app.models.policy import PolicyRound, PolicyRoundLine
from app.queries.policies import policies_on
from app.services.cases import Case, FormTask
from app.services.policies import rewrite_conditions
from app.services.policy_push.match_pages import ask_for_match
from app.services.policy_push.rows import lines_of, package_lines, package_of, round_key_of

Answers = Mapping[str, Any]
CONDITION = ("figure", "operator", "value")


def receive(case: Case, task: FormTask, answers: Answers) -> Mapping[str, Any]:
    return RECEIVERS[task.element_id](case, task, answers)


def _choose_policies(case: Case, task: FormTask, answers: Answers) -> Answers:
    wanted = {int(key) for key in _chosen(answers, "policies", "key")}
    key = round_key_of(case)
    case.session.add(
        PolicyRound(
            key=key,
            instance_id=case.instance.id,
            opened_on=case.today,
            message=answers.get("message", ""),
            tools=_chosen(answers, "tools", "id"),
            titles=_chosen(answers, "titles", "key"),
            localities=_chosen(answers, "localities", "key"),
            with_all=answers.get("without_specialist", True),
        )
    )
    case.session.flush()
    for policy in policies_on(case.session, case.today):
        if policy.id in wanted:
            case.session.add(PolicyRoundLine(round_key=key, policy_id=policy.id, version=policy.version))
    case.session.flush()
    return {}


def _chosen(answers: Answers, table: str, key: str) -> list[Any]:
    return [row[key] for row in answers.get(table, ()) if row.get("chosen")]


def _confirm_match(case: Case, task: FormTask, answers: Answers) -> Answers:
    """A policy whose conditions were rewritten is matched again at once, so that the round goes by the new ones."""
    rows = {row["no"]: row for row in answers["policies"]}
    for number, line in enumerate(lines_of(case, task.item), 1):
        row = rows[number]
        line.decision, line.reason, line.decided_by = row["decision"], row.get("reason", ""), case.actor.name
        if row["decision"] == "adjusted":
            conditions = [_condition(one) for one in answers["conditions"] if one["no"] == number]
            rewrite_conditions(case.session, case.actor, case.at, line.policy, conditions, "匹配确认时调整条件")
            ask_for_match(case.connection, round_key_of(case), [line], case.at)
    return {}


def _condition(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"group": row.get("group", 1), **{name: row[name] for name in CONDITION}}


def _confirm_package(case: Case, task: FormTask, answers: Answers) -> Answers:
    package, rows = package_of(case), {row["no"]: row for row in answers.get("policies", ())}
    for line in package_lines(case.session, package):
        line.drop_reason = rows.get(line.position, {}).get("drop_reason", "")
    package.note, package.specialist = answers.get("note", ""), case.actor.name
    return {"outcome": answers["outcome"]}


def _read_package(case: Case, task: FormTask, answers: Answers) -> Answers:
    package, rows = package_of(case), {row["no"]: row for row in answers.get("policies", ())}
    for line in package_lines(case.session, package):
        row = rows.get(line.position, {})
        line.use, line.text = row.get("use", ""), row.get("text", "")
    package.state, package.read_at, package.stars = "read", case.at, answers.get("stars")
    return {"outcome": outcome_of_reading(answers)}


RECEIVERS: Mapping[str, Callable[[Case, FormTask, Answers], Answers]] = {
    "choose_policies": _choose_policies,
    "confirm_match": _confirm_match,
    "confirm_package": _confirm_package,
    "read_package": _read_package,
}

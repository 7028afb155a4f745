"""What the forms of 政策推送 begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from app.duties.lights import chinese_date
from app.duties.policy_conditions import grouped_in_words, read_conditions
from app.models.enterprise import Enterprise
from app.models.organization import Unit
from app.models.policy import PolicyRoundLine, PolicyVersion, ServiceResource
from app.queries.policies import policies_on
from app.queries.policy_profiles import policy_catalogue
from app.services.cases import Case, Prefill
from app.services.policy_push.matching import MARKS, SAMPLES
from app.services.policy_push.rows import kept_lines, lines_of, package_lines, package_of, policy_words, tool_rows
from app.services.policy_push.rows import window_words as window
from app.terms import PolicyKind, TitleLevel

Row = dict[str, Any]
ON_CONFIRMING = ("no", "title", "benefit", "closes", "why")
ON_READING = (*ON_CONFIRMING, "how")


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    return FORMS[element_id](case, item), {}


def _choose_policies(case: Case, item: str | None) -> Row:
    units = case.session.scalars(select(Unit).where(Unit.kind.in_(("county", "functional_zone"))))
    tools = case.session.scalars(select(ServiceResource).where(ServiceResource.ended_on.is_(None)))
    return {
        "policies": _policies(case),
        "tools": [
            {"id": row.id, "title": row.title, "provider": row.provider, "chosen": False}
            for row in sorted(tools, key=lambda row: row.id)
        ],
        "titles": [{"key": level.value, "name": level.label, "chosen": False} for level in TitleLevel],
        "localities": [
            {"key": unit.id, "name": unit.short_name, "chosen": False}
            for unit in sorted(units, key=lambda unit: unit.position)
        ],
        "without_specialist": True,
    }


def _policies(case: Case) -> list[Row]:
    return [
        {
            "key": str(policy.id),
            "no": number,
            "title": policy.title,
            "kind": PolicyKind(policy.kind).label,
            "owner": policy.owner.short_name,
            "window": window(policy, case.today),
            "checked": chinese_date(policy.checked_on) if policy.checked_on else "未核对",
            "chosen": False,
        }
        for number, policy in enumerate(policies_on(case.session, case.today), 1)
    ]


def _confirm_match(case: Case, item: str | None) -> Row:
    lines = lines_of(case, item)
    samples = [row for line in lines for row in _samples(line)]
    return {
        "policies": [_line(case, number, line) for number, line in enumerate(lines, 1)],
        "samples": [{"no": number, **row} for number, row in enumerate(samples, 1)],
    }


def _samples(line: PolicyRoundLine) -> list[Row]:
    """At most ten, the fitting ones first."""
    rows = [
        {"policy": line.policy.title, "verdict": word, **row}
        for verdict, word in MARKS.items()
        for row in line.samples.get(verdict, ())
    ]
    return rows[:SAMPLES]


def _line(case: Case, number: int, line: PolicyRoundLine) -> Row:
    told: Row = {"met": line.met, "nearly": line.nearly, "unknown": line.unknown}
    told["excluding"] = line.hint if line.is_matched else "匹配尚未完成，请几分钟后再打开"
    return {"no": number, "title": line.policy.title, "conditions": conditions_in_words(case, line), **told}


def conditions_in_words(case: Case, line: PolicyRoundLine) -> str:
    """One line a condition, with 或 between the groups."""
    where = (PolicyVersion.policy_id == line.policy_id, PolicyVersion.version == line.version)
    rows = case.session.scalars(select(PolicyVersion.conditions).where(*where)).one_or_none() or []
    known = policy_catalogue(case.session)
    groups = grouped_in_words(read_conditions(rows, known), known)
    return "\n或\n".join("\n".join(group) for group in groups) or "面向全体企业"


def _confirm_package(case: Case, item: str | None) -> Row:
    package = package_of(case)
    words = [policy_words(line) for line in package_lines(case.session, package)]
    enterprise = case.session.get(Enterprise, package.enterprise_id)
    return {
        "enterprise": enterprise.name if enterprise else "",
        "policies": [{name: row[name] for name in ON_CONFIRMING} for row in words],
        "tools": tool_rows(case.session, package.tools),
    }


def _read_package(case: Case, item: str | None) -> Row:
    package = package_of(case)
    words = [policy_words(line) for line in kept_lines(case.session, package)]
    known: Row = {
        "policies": [{name: row[name] for name in ON_READING} for row in words],
        "tools": tool_rows(case.session, package.tools),
    }
    texts = {"message": package.message, "note": package.note}
    return known | {name: text for name, text in texts.items() if text}


FORMS: Mapping[str, Callable[[Case, str | None], Row]] = {
    "choose_policies": _choose_policies,
    "confirm_match": _confirm_match,
    "confirm_package": _confirm_package,
    "read_package": _read_package,
}

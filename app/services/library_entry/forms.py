"""What the forms of a nomination list begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.duties.library_entry import TIERS, findings
from app.models.library import NominationRow
from app.services.case_notes import present
from app.services.cases import Case, Prefill
from app.services.library_entry.rows import (
    AGREED,
    CONSENTS,
    ORIGINS,
    Row,
    as_listed,
    files_of,
    home_of,
    list_of,
    nominated,
    pool_of,
    to_review,
)

Filler = Callable[[Case], Prefill]
SHOWN = ("chain", "product", "revenue_wan", "staff")


def _nominate(case: Case) -> Prefill:
    """What was typed before, and whoever applied, was handed over, or waited since the last list."""
    typed = (case.row("nomination") or {}).get("rows", [])
    return present(
        return_points=(case.row("correction") or {}).get("points"),
        findings=_skipped(case),
        applications=_applications(case),
        rows=[{**row, "consent": consent} for row, consent in zip(typed, _consents(case, typed), strict=True)],
    ), {}


def _consents(case: Case, typed: list[Row]) -> list[str]:
    """Who agreed in the meantime is not asked again."""
    known = {row.enterprise_id: row.consent for row in nominated(case)}
    return [
        known[row["credit_code"]] if known.get(row["credit_code"]) in AGREED else row.get("consent", "waiting")
        for row in typed
    ]


def _applications(case: Case) -> list[Row]:
    own = [row for row in nominated(case) if row.origin != "locality"]
    waiting = [*own, *pool_of(case.session, home_of(case))]
    files = files_of(case.session, [row.enterprise_id for row in waiting])
    found = findings([_answers(row) for row in waiting], files, home_of(case))
    return [
        present(
            credit_code=row.enterprise_id,
            name=row.name,
            origin=ORIGINS[row.origin],
            **{name: row.answers.get(name) for name in SHOWN},
            tier=TIERS.get(row.answers.get("tier", "")),
            note="；".join(finding.text.partition("行")[2] for finding in notes) or None,
            decision="no" if row.state == "refused" else "yes",
            reason=row.finding if row.state == "refused" else None,
        )
        for row, notes in zip(waiting, found, strict=True)
    ]


def _answers(row: NominationRow) -> Row:
    return {**row.answers, "credit_code": row.enterprise_id, "name": row.name}


def _skipped(case: Case) -> list[Row]:
    return [
        {"no": number, "name": row.name, "credit_code": row.enterprise_id, "text": row.finding}
        for number, row in enumerate(nominated(case, ("skipped",)), 1)
    ]


def _sign_nomination(case: Case) -> Prefill:
    listed = nominated(case, ("listed",))
    skipped = [{name: row[name] for name in ("no", "name", "text")} for row in _skipped(case)]
    rows = [{**as_listed(row), "consent": CONSENTS[row.consent]} for row in listed]
    return present(summary=summary(case), rows=rows, findings=skipped), {}


def summary(case: Case) -> str:
    """推荐32家，其中企业自荐2家；待企业确认4家；未列入3家。"""
    listed = nominated(case, ("listed",))
    own = sum(row.origin == "enterprise" for row in listed)
    waiting = sum(row.consent == "waiting" for row in listed)
    skipped = len(nominated(case, ("skipped",)))
    parts = (
        f"推荐{len(listed)}家" + (f"，其中企业自荐{own}家" if own else ""),
        f"待企业确认{waiting}家" if waiting else "",
        f"未列入{skipped}家" if skipped else "",
    )
    return "；".join(filter(None, parts)) + "。"


def _collect_consent(case: Case) -> Prefill:
    asked = [row for row in nominated(case, ("listed",)) if row.origin == "locality"]
    rows = [
        present(
            no=row.position,
            name=row.name,
            contact=f"{row.answers.get('contact_name', '')} {row.answers.get('contact_phone', '')}".strip(),
            consent=row.consent,
            consent_on=row.consent_on.isoformat() if row.consent_on else None,
        )
        for row in asked
    ]
    marks = {
        f"rows.{at}.consent": {"text": "企业在平台确认"} for at, row in enumerate(asked) if row.consent == "platform"
    }
    return {"rows": rows}, marks


def _review(case: Case) -> Prefill:
    decided = (case.row("decisions") or {}).get("rows", {})
    rows = [
        present(
            **as_listed(row),
            revenue_wan=row.answers.get("revenue_wan"),
            staff=row.answers.get("staff"),
            consent=CONSENTS[row.consent],
            recommendation=row.answers.get("reason"),
            **(decided.get(str(row.position)) or {"decision": "yes"}),
        )
        for row in to_review(case)
    ]
    waiting = len(nominated(case, ("listed",))) - len(rows)
    told = f"报送{len(rows)}家" + (f"；{waiting}家企业尚未确认，转入下一次名单" if waiting else "")
    times = list_of(case)["round"] - 1
    return present(summary=f"{told}；已退回{times}次。" if times else f"{told}。", rows=rows), {}


def _sign_entry(case: Case) -> Prefill:
    decided = (case.row("decisions") or {}).get("rows", {})
    rows, refused = [], []
    for row in to_review(case):
        decision = decided.get(str(row.position), {})
        if decision.get("decision") == "no":
            refused.append({"no": row.position, "name": row.name, "reason": decision.get("reason", "")})
        else:
            rows.append(as_listed(row))
    told = f"同意{len(rows)}家" + (f"，不同意{len(refused)}家" if refused else "")
    return present(summary=f"{told}。", rows=rows, refused=refused), {}


LIST_FORMS: Mapping[str, Filler] = {
    "nominate_enterprises": _nominate,
    "sign_nomination": _sign_nomination,
    "collect_consent": _collect_consent,
    "review_nomination": _review,
    "sign_entry": _sign_entry,
}

"""A case against titles as it stands: the lead, the titles it is about, what was found, said and proposed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from app.duties.title_maintenance import update_version
from app.models.enterprise import Title
from app.models.recognition import Objection, PublicNotice
from app.models.title_maintenance import TitleCase
from app.services.cases import Case
from app.services.title_maintenance.rows import Row, last_row, titles_by_id, titles_of

SOURCES = {
    "update_lapsed": "年度更新逾期",
    "change": "重大变化",
    "report": "举报",
    "accident": "事故",
    "sample": "抽查",
    "given_up": "自愿放弃",
}
RESULTS = {"true": "属实", "partly": "部分属实", "false": "不属实"}


def lead_of(case: Case) -> Row:
    return case.row("lead") or {"source": "report", "text": "", "levels": []}


def case_of(case: Case) -> Row:
    """As it was accepted; before, what the lead says."""
    accepted = case.row("case")
    return accepted or {"source": lead_of(case)["source"], "titles": [], "facts": []}


def stored_case(case: Case) -> TitleCase:
    return case.session.get_one(TitleCase, case.instance.business_key)


def numbered_titles(case: Case) -> list[tuple[int, Title]]:
    """All titles the enterprise holds, each with its number in the forms; fixed when the case is accepted."""
    listed = case_of(case).get("listed")
    titles = titles_by_id(case.session, listed) if listed else titles_of(case)
    return list(enumerate(titles, start=1))


def doubted_ids(case: Case) -> Collection[int]:
    return case_of(case)["titles"]


def version_of(case: Case) -> str:
    """The rules that say what a ground costs, by the day of the case."""
    return update_version(case.today.year, ())


def proposal_of(case: Case) -> Row:
    return last_row(case, "proposal")


def is_rectified(case: Case) -> bool:
    """Whether time for rectification was given once."""
    return any(row["outcome"] == "rectify" for row in case.rows("decision").values())


def findings_in_words(case: Case) -> str:
    findings = case.row("findings")
    if findings is None:
        return ""
    lines = [f"{row['no']}. {row['fact']}：{RESULTS[row['result']]}。{row['finding']}" for row in findings["rows"]]
    return "\n".join([*lines, f"会同部门：{findings['departments']}"])


def statement_of(case: Case) -> str:
    heard = case.row("statement")
    return str(heard["text"]) if heard else "未作陈述"


def rectified_in_words(case: Case) -> str:
    """Empty where no time was given; who said nothing in it has not reported."""
    if not is_rectified(case):
        return ""
    report = case.row("rectified")
    if report is None:
        return "期满未报告整改情况"
    return "\n".join(
        f"{row['no']}. {row['point']}：{'已完成' if row['is_done'] else '未完成'}。{row['note']}".strip()
        for row in report["points"]
    )


def objections_in_words(case: Case) -> str:
    """What was upheld against the last notice of a revocation; empty before one."""
    upheld = (
        select(Objection.reason)
        .join(PublicNotice, PublicNotice.id == Objection.notice_id)
        .where(PublicNotice.instance_id == case.instance.id, PublicNotice.is_upheld, Objection.status == "answered")
        .order_by(Objection.id)
    )
    return "\n".join(filter(None, case.session.scalars(upheld)))


def facts_of_titles(case: Case) -> list[dict[str, Any]]:
    ids = doubted_ids(case)
    return [{"no": no, "level": title.level, "is_doubted": title.id in ids} for no, title in numbered_titles(case)]

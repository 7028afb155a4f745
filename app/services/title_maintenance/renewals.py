"""The re-verification of one title: what is missing, the batch that decides, the new end or the last day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from app.duties.enterprise_figures import FIGURES, shown
from app.duties.quantity import digits, number_in
from app.duties.recognition import Finding
from app.duties.title_maintenance import prolonged_to
from app.models.enterprise import Title
from app.models.title_maintenance import TitleRenewal
from app.services.case_notes import hand_of
from app.services.cases import Action, Case, Data, FormTask
from app.services.telling import tell
from app.services.title_maintenance.changes import TITLE_ENDED, needless
from app.services.title_maintenance.renewal_batch import answer_of, join
from app.services.title_maintenance.rows import Row, enterprise_id_of, filled, label_of
from app.services.title_maintenance.standing import figures_of, held_against, put_figures
from app.terms import TitleLevel, TitleStatus

NEEDED = (
    "revenue_wan",
    "main_revenue_wan",
    "rd_wan",
    "net_profit_wan",
    "assets_wan",
    "liabilities_wan",
    "staff",
    "rd_staff",
)
IF_GIVEN = ("market_share_pct", "platform_score")
YEARS = 2

Answers = Mapping[str, Any]
Scalars = Mapping[str, Any]


def title_of(case: Case) -> Title:
    return case.session.get_one(Title, (case.row("title") or {})["id"])


def renewal_of(case: Case) -> TitleRenewal:
    return case.session.get_one(TitleRenewal, case.instance.business_key)


def valid_to(case: Case) -> date:
    """The end that is to be prolonged, whatever became of the title meanwhile."""
    return date.fromisoformat((case.row("title") or {})["valid_to"])


def asked_figures(case: Case) -> list[Row]:
    """Figures of the last two closed years, with what the yearly updates have brought."""
    years, last = figures_of(case.session, enterprise_id_of(case)), case.today.year - 1
    listed = [(year, key) for key in (*NEEDED, *IF_GIVEN) for year in range(last, last - YEARS, -1)]
    return [
        {
            "no": no,
            "key": key,
            "year": year,
            "name": FIGURES[key].label,
            "unit_label": FIGURES[key].unit,
            "known": years.get(year, {}).get(key),
            "is_needed": key in NEEDED,
            "is_number": True,
        }
        for no, (year, key) in enumerate(listed, start=1)
    ]


def locked(case: Case) -> Collection[str]:
    """What the file knows is not asked again."""
    return [f"figures.{index}.value" for index, row in enumerate(asked_figures(case)) if row["known"] not in (None, "")]


def _renewal_form(case: Case) -> Row:
    title = title_of(case)
    figures = [
        filled({name: row[name] for name in ("no", "year", "name", "unit_label")} | {"value": _written(row["known"])})
        for row in asked_figures(case)
    ]
    told = {"title": label_of(title.level), "valid_to": valid_to(case).isoformat(), "figures": figures}
    return {**told, "conditions": _conditions(case, title)}


def _written(known: Any) -> str:
    return "" if known in (None, "") else str(known)


def _conditions(case: Case, title: Title) -> list[Row]:
    """The title's rules as the file stands now, each condition met, missed or to be judged."""
    judged = held_against(case.session, title, case.today)
    findings = judged.findings if judged else ()
    return [
        filled({"no": no, "name": row.name, "threshold": row.threshold, "value": row.value, "is_met": _verdict(row)})
        for no, row in enumerate(findings, start=1)
    ]


def _verdict(finding: Finding) -> str:
    return {True: "达到", False: "未达到", None: "待审核"}[finding.met]


def _apply_renewal(case: Case, task: FormTask, answers: Answers) -> Scalars:
    """What was missing goes into the file, so that it is asked once."""
    new: dict[int, Row] = {}
    written = {row["no"]: row.get("value") for row in answers.get("figures") or ()}
    for row in asked_figures(case):
        number = number_in(written.get(row["no"]))
        if row["known"] in (None, "") and number is not None:
            is_count = FIGURES[row["key"]].kind == "count"
            new.setdefault(row["year"], {})[row["key"]] = int(number) if is_count else digits(number)
    for year, figures in new.items():
        put_figures(case, year, figures, enterprise_id_of(case))
    told = {"statement": answers.get("statement", ""), "attachments": list(answers.get("attachments") or ())}
    figures_sent = [
        f"{row['year']}年{row['name']} {shown(row['key'], written.get(row['no']) or row['known'])}".strip()
        for row in asked_figures(case)
    ]
    case.put("application", "", {**hand_of(case), **told, "figures": figures_sent})
    return {}


def _tell_no_right(case: Case, data: Data) -> None:
    renewal_of(case).status = "no_right"
    text = "有效期内未按期完成年度信息更新或未按期报告重大变化，不予复核，称号届满后不再有效。"
    tell(case, [f"enterprise:{enterprise_id_of(case)}"], f"{_label(case)}不予复核", text, "no_right")


def _join_batch(case: Case, data: Data) -> None:
    renewal = renewal_of(case)
    renewal.status, renewal.applied_on = "applied", case.today
    join(case, renewal)


def _read_renewal(case: Case, data: Data) -> Scalars:
    renewal = renewal_of(case)
    is_granted, reason = answer_of(case.session, renewal)
    renewal.is_granted, renewal.reason, renewal.decided_on = is_granted, reason, case.today
    renewal.status = "passed" if is_granted else "failed"
    return {"title": is_granted}


def _mark_pending(case: Case, data: Data) -> None:
    """Its days are over and the batch has not answered: it goes on as «待复核», counted once."""
    title = title_of(case)
    if title.status == TitleStatus.VALID:
        title.status = TitleStatus.PENDING.value


def _prolong_title(case: Case, data: Data) -> None:
    """The same title with a later end, so that no count meets it twice."""
    title = title_of(case)
    if title.status not in (TitleStatus.VALID, TitleStatus.PENDING):
        return  # revoked meanwhile
    title.until_on, title.status, title.right_lost_on = prolonged_to(valid_to(case)), TitleStatus.VALID.value, None
    text = f"复核通过，有效期延续至{title.until_on.isoformat()}。"
    tell(case, [f"enterprise:{enterprise_id_of(case)}"], f"{_label(case)}复核通过", text, "prolonged")


def _title_ends(case: Case, data: Data) -> None:
    """A title whose days are not over yet stays valid, and served, until they are; the calendar ends it then."""
    title, renewal = title_of(case), renewal_of(case)
    if renewal.status == "open":
        renewal.status = "not_wanted"
    because = {"no_right": "不具有复核资格", "not_wanted": "未申请复核", "failed": "复核未通过"}[renewal.status]
    if title.status not in (TitleStatus.VALID, TitleStatus.PENDING):
        return
    title.ended_because = because
    if valid_to(case) < case.today:
        title.status, title.ended_on = TitleStatus.ENDED.value, valid_to(case)
        if title.level == TitleLevel.LITTLE_GIANT:
            needless(case, TITLE_ENDED)


def _label(case: Case) -> str:
    return label_of(title_of(case).level)


FORMS: Mapping[str, Callable[[Case], Row]] = {"apply_renewal": _renewal_form}
RECEIVERS: Mapping[str, Callable[[Case, FormTask, Answers], Scalars]] = {"apply_renewal": _apply_renewal}
ACTIONS: Mapping[str, Action] = {
    "title_maintenance_renewal.tell_no_right": _tell_no_right,
    "title_maintenance_renewal.join_batch": _join_batch,
    "title_maintenance_renewal.read_renewal": _read_renewal,
    "title_maintenance_renewal.mark_pending": _mark_pending,
    "title_maintenance_renewal.prolong_title": _prolong_title,
    "title_maintenance_renewal.title_ends": _title_ends,
}

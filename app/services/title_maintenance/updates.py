"""The yearly update of an enterprise's figures: its form, the locality's check, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.duties.enterprise_figures import FIGURES
from app.duties.quantity import as_number, digits, to_decimal
from app.duties.title_maintenance import is_in_time, jumps
from app.duties.title_maintenance_titles import jump_percent
from app.models.enterprise import Enterprise, Title
from app.models.title_maintenance import TitleUpdate
from app.services.case_notes import hand_of, year_of
from app.services.cases import Action, Case, Data, FormTask
from app.services.telling import tell
from app.services.title_maintenance.rows import (
    Row,
    add_row,
    enterprise_id_of,
    enterprise_of,
    filled,
    label_of,
    titles_in_words,
    titles_of,
)
from app.services.title_maintenance.standing import figures_of, held_against, put_figures, years_of
from app.terms import Source

ASKED = (
    "revenue_wan",
    "main_revenue_wan",
    "rd_wan",
    "net_profit_wan",
    "assets_wan",
    "liabilities_wan",
    "staff",
    "rd_staff",
    "equity_wan",
    "tax_paid_wan",
    "invoiced_wan",
)
DELIVERED = ("tax_paid_wan", "invoiced_wan")  # by list, from the tax bureau or the statistics office
FIELDS = (
    "figures",
    "rd_body",
    "digital_level",
    "ips",
    "chain",
    "product",
    "contact_name",
    "contact_phone",
    "audit_report",
    "attachments",
    "commitment",
)

Answers = Mapping[str, Any]
Scalars = Mapping[str, Any]


def update_of(case: Case) -> TitleUpdate:
    wanted = (TitleUpdate.enterprise_id == enterprise_id_of(case), TitleUpdate.year == year_of(case))
    return case.session.scalars(select(TitleUpdate).where(*wanted)).one()


def asked_figures(case: Case) -> list[Row]:
    """The rows of the form: what a list has delivered already is not asked."""
    closed, years = year_of(case) - 1, years_of(case.session, enterprise_id_of(case))
    now, before = years.get(closed), years.get(closed - 1)
    delivered = {key for key in DELIVERED if now and now.source != Source.ENTERPRISE and key in now.figures}
    last = before.figures if before else {}
    return [
        {"no": no, "key": key, "name": FIGURES[key].label, "unit_label": FIGURES[key].unit, "last": last.get(key)}
        for no, key in enumerate(ASKED, start=1)
        if key not in delivered
    ]


def locked(case: Case) -> Collection[str]:
    """In a correction, all that the locality did not list."""
    correction = case.row("correction")
    return [name for name in FIELDS if name not in correction["unlocked"]] if correction else ()


def _update_form(case: Case) -> Row:
    """Last year's words to confirm; in a correction what was sent."""
    enterprise, sent = enterprise_of(case), (case.row("update") or {}).get("answers", {})
    last = figures_of(case.session, enterprise.id).get(year_of(case) - 2, {})
    known = {
        "rd_body": last.get("rd_body"),
        "digital_level": last.get("digital_level"),
        "chain": enterprise.chain,
        "product": enterprise.product,
        "contact_name": enterprise.contact_name,
        "contact_phone": enterprise.contact_phone,
    }
    values = {row["no"]: row for row in sent.get("figures", ())}
    figures = [
        filled({**_shown_figure(row), "value": values.get(row["no"], {}).get("value")})
        | filled({"note": values.get(row["no"], {}).get("note")})
        for row in asked_figures(case)
    ]
    told = {"year": year_of(case) - 1, "titles": titles_in_words(titles_of(case)), "figures": figures}
    return {**filled(known), **{name: value for name, value in sent.items() if name != "figures"}, **told}


def _shown_figure(row: Row) -> Row:
    last = None if row["last"] is None else as_number(row["last"])
    return filled({"no": row["no"], "name": row["name"], "unit_label": row["unit_label"]}) | (
        {} if last is None else {"last": last}
    )


def _check_form(case: Case) -> Row:
    sent = {row["no"]: row for row in (case.row("update") or {}).get("answers", {}).get("figures", ())}
    jumped = (case.row("jumps") or {}).get("keys", ())
    rows = []
    for row in asked_figures(case):
        if row["key"] in jumped and row["no"] in sent:
            given = sent[row["no"]]
            percent = _percent(row["last"], given.get("value"))
            told = {"value": given.get("value"), "note": given.get("note"), "percent": percent}
            rows.append({**_shown_figure(row), **filled(told)})
    return {"titles": titles_in_words(titles_of(case)), "jumps": rows}


def _percent(old: Any, new: Any) -> str:
    percent = jump_percent(old, new)
    if percent is None or not percent.is_finite():
        return "上年为0"
    return f"{percent.quantize(Decimal('0.1'))}%"


def _update_profile(case: Case, task: FormTask, answers: Answers) -> Scalars:
    """The first submission decides whether it was in time; a correction never changes that."""
    case.put("update", "", {**hand_of(case), "answers": dict(answers)})
    case.drop("correction", "")
    owed = update_of(case)
    if owed.filed_on is None:
        owed.filed_on, owed.status = case.today, "filed"
        owed.is_in_time = is_in_time(case.today, owed.due_on, case.calendar)
        owed.instance_id = case.instance.id
    return {}


def _check_update(case: Case, task: FormTask, answers: Answers) -> Scalars:
    points = list(answers.get("return_points") or ())
    told = {"outcome": answers["outcome"], "opinion_text": answers.get("opinion_text", ""), "return_points": points}
    add_row(case, "check", {**hand_of(case), **told})
    if answers["outcome"] == "returned":
        named = {point["field"] for point in points}
        case.put("correction", "", {"unlocked": [name for name in FIELDS if name in named]})
    return {"outcome": answers["outcome"]}


def _compare_profile(case: Case, data: Data) -> Scalars:
    old = {row["key"]: row["last"] for row in asked_figures(case)}
    found = jumps(old, _sent_figures(case))
    case.put("jumps", "", {"keys": found})
    return {"has_jump": bool(found)}


def _mark_right_lost(case: Case, data: Data) -> None:
    """The mark stays whatever comes later; the bureau may take it back on the enterprise's objection."""
    owed = update_of(case)
    owed.status, owed.is_in_time, owed.instance_id = "lapsed", False, case.instance.id
    case.put("lapsed", "", {"on": case.today.isoformat()})
    lose_right(case, titles_of(case))
    text = (
        f"{year_of(case)}年度信息更新未在期限内完成，所持称号不再具有复核资格。"
        "数据仍可由属地代为补录；对此有异议的，请在10个工作日内向认定主管部门提出。"
    )
    tell(case, [f"enterprise:{enterprise_id_of(case)}"], "年度信息更新逾期", text, "right_lost")
    subject = f"{enterprise_of(case).name}年度信息更新逾期"
    tell(case, [f"contact:{case.instance.unit_id}"], subject, "请联系企业，可在“逾期年度更新”中补录数据。", "to_enter")


def _store_update(case: Case, data: Data) -> None:
    """Into the enterprise's file; conditions that are no longer met are a hint, never a revocation by itself.

    What came back and was not corrected in time is not kept.
    """
    sent, is_lapsed = case.row("update"), case.row("lapsed") is not None
    if sent is None or (is_lapsed and case.row("correction") is not None):
        return
    store_answers(case, enterprise_of(case), year_of(case) - 1, sent["answers"], _sent_figures(case))
    _hint_unmet(case)


def store_answers(case: Case, enterprise: Enterprise, closed: int, answers: Answers, figures: Row) -> None:
    put_figures(case, closed, figures, enterprise.id)
    for name in ("chain", "product", "contact_name", "contact_phone"):
        if answers.get(name):
            setattr(enterprise, name, str(answers[name]).strip())
    enterprise.changed_at = case.at


def lose_right(case: Case, titles: Collection[Title]) -> None:
    for title in titles:
        if title.right_lost_on is None:
            title.right_lost_on = case.today


def sent_figures(asked: Collection[Row], answers: Answers) -> Row:
    """The figures of a form under their keys, amounts as exact texts; the list of rights counted."""
    keys = {row["no"]: row["key"] for row in asked}
    figures: Row = {
        keys[row["no"]]: _kept(keys[row["no"]], row["value"])
        for row in answers.get("figures", ())
        if row.get("value") is not None and row["no"] in keys
    }
    for name in ("rd_body", "digital_level"):
        if answers.get(name):
            figures[name] = answers[name]
    return figures | _rights(answers.get("ips") or ())


def _sent_figures(case: Case) -> Row:
    return sent_figures(asked_figures(case), (case.row("update") or {}).get("answers", {}))


def _kept(key: str, value: Any) -> Any:
    return int(to_decimal(value)) if FIGURES[key].kind == "count" else digits(to_decimal(value))


def _rights(rows: Collection[Row]) -> Row:
    """Of class I: all, those of the enterprise's own, and those of high value."""
    first = [row for row in rows if row["kind"] == "class1"]
    own = [row for row in first if row["obtained"] == "own"]
    return {
        "class1_ip": len(first),
        "class1_own_ip": len(own),
        "class1_high_ip": sum(bool(row.get("is_high")) for row in first),
        "class2_ip": len(rows) - len(first),
    }


def _hint_unmet(case: Case) -> None:
    """To the locality: figures that no longer meet the conditions of a title it might lose."""
    on = date(year_of(case), 12, 31)
    for title in titles_of(case):
        judged = held_against(case.session, title, on)
        unmet = [finding.name for finding in judged.findings if finding.met is False] if judged else []
        if unmet:
            text = f"按{year_of(case) - 1}年数据，以下条件未达到：{'；'.join(unmet)}。请核实，不自动取消称号。"
            subject = f"{enterprise_of(case).name}：{label_of(title.level)}条件变化"
            tell(case, [f"contact:{case.instance.unit_id}"], subject, text, f"unmet:{title.id}")


FORMS: Mapping[str, Callable[[Case], Row]] = {"update_profile": _update_form, "check_update": _check_form}
RECEIVERS: Mapping[str, Callable[[Case, FormTask, Answers], Scalars]] = {
    "update_profile": _update_profile,
    "check_update": _check_update,
}
ACTIONS: Mapping[str, Action] = {
    "title_maintenance_update.compare_profile": _compare_profile,
    "title_maintenance_update.mark_right_lost": _mark_right_lost,
    "title_maintenance_update.store_update": _store_update,
}

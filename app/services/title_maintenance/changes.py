"""A major change of an enterprise: reported, checked by its locality, and what the bureau makes of its titles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.duties.title_maintenance import change_due, is_in_time
from app.models.enterprise import Enterprise, EnterpriseName, Title
from app.models.organization import Unit
from app.models.title_maintenance import TitleChange
from app.services.case_notes import hand_of
from app.services.cases import Action, Case, Data, FormTask
from app.services.plans import pinyin_of
from app.services.telling import tell
from app.services.title_maintenance.rows import (
    Row,
    enterprise_id_of,
    enterprise_of,
    filled,
    label_of,
    titles_in_words,
    titles_of,
)
from app.services.title_maintenance.updates import lose_right
from app.terms import EnterpriseState, TitleLevel, TitleStatus

KINDS: Mapping[str, str] = {
    "rename": "更名",
    "merger": "合并",
    "split": "分立",
    "reorganisation": "重组",
    "control": "控股变更",
    "move_province": "跨省迁移",
    "move_district": "跨区迁移",
    "business": "主营业务变化",
    "other": "其他",
}
TITLE_ENDED, MOVED_OUT = "title_ended", "moved_out"  # why nobody need serve: with the title, or with the enterprise
OPINIONS = {"accepted": "认可", "returned": "退回"}

Answers = Mapping[str, Any]
Scalars = Mapping[str, Any]


def noticed_of(case: Case) -> Row:
    return case.row("change") or {}


def event_on_of(case: Case) -> date:
    """As it was reported, else as it was noticed."""
    return date.fromisoformat((case.row("report") or noticed_of(case))["event_on"])


def kind_of(case: Case) -> str:
    return str((case.row("report") or noticed_of(case)).get("kind") or "other")


def change_of(case: Case) -> TitleChange:
    """The row that was written when it was noticed."""
    noticed = date.fromisoformat(noticed_of(case)["event_on"])
    wanted = (TitleChange.enterprise_id == enterprise_id_of(case), TitleChange.event_on == noticed)
    return case.session.scalars(select(TitleChange).where(*wanted)).one()


def localities(case: Case) -> list[Row]:
    units = case.session.scalars(select(Unit).where(Unit.ended_on.is_(None)).order_by(Unit.position))
    return [{"unit": unit.id, "name": unit.name, "short_name": unit.short_name} for unit in units if unit.is_locality]


class Library:
    """The codes of the enterprises that have a file, asked one by one: `code in Library(case)`."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def __contains__(self, code: str) -> bool:
        return self._case.session.get(Enterprise, code) is not None


def _report_form(case: Case) -> Row:
    noticed, enterprise = noticed_of(case), enterprise_of(case)
    kind = noticed.get("kind") if noticed.get("kind") in KINDS else None
    old = enterprise.name if kind == "rename" else None
    return filled({"event_on": noticed["event_on"], "kind": kind, "old_value": old})


def _check_form(case: Case) -> Row:
    report = case.row("report") or {}
    told = {name: report.get(name) for name in ("event_on", "old_value", "new_value", "effect")}
    return filled({**told, "kind_label": KINDS[kind_of(case)], "titles": titles_in_words(titles_of(case))})


def _effect_form(case: Case) -> Row:
    report, opinion = case.row("report") or {}, case.row("check") or {}
    told = "，".join(filter(None, (OPINIONS.get(opinion.get("outcome", ""), ""), opinion.get("points", ""))))
    new = {"new_name": report.get("new_value")} if kind_of(case) == "rename" else {}
    return {**_check_form(case), **filled({"opinion": told, **new})}


def _report_change(case: Case, task: FormTask, answers: Answers) -> Scalars:
    """Whether it came in time is judged by the day that is reported, which the register proves."""
    told = {name: answers.get(name, "") for name in ("kind", "event_on", "old_value", "new_value", "effect")}
    row = change_of(case)
    case.put("report", "", {**hand_of(case), **told})
    row.kind, row.reported_on, row.instance_id = answers["kind"], case.today, case.instance.id
    row.is_in_time = is_in_time(case.today, change_due(event_on_of(case)), case.calendar)
    if not row.is_in_time:
        lose_right(case, titles_of(case))
    return {}


def _check_change(case: Case, task: FormTask, answers: Answers) -> Scalars:
    case.put("check", "", {**hand_of(case), "outcome": answers["outcome"], "points": answers.get("points", "")})
    return {}


def _decide_change_effect(case: Case, task: FormTask, answers: Answers) -> Scalars:
    names = ("outcome", "reason", "new_name", "successor_code", "new_locality")
    told = {name: str(answers.get(name) or "").strip() for name in names}
    case.put("effect", "", {**hand_of(case), **told, "titles": [label_of(title.level) for title in titles_of(case)]})
    change_of(case).effect = answers["outcome"]
    return {"outcome": answers["outcome"]}


def _carry_title_over(case: Case, data: Data) -> None:
    """Rename, successor by merger or reorganisation, new locality; other changes leave the file as it is."""
    effect, kind = case.row("effect") or {}, kind_of(case)
    if kind == "rename":
        _rename(case, effect["new_name"])
    elif effect.get("successor_code"):
        _hand_over(case, effect["successor_code"].upper())
    elif kind == "move_district":
        _move(case, effect["new_locality"])
    upper = [title for title in titles_of(case) if title.level != TitleLevel.SPECIALISED_CITY]
    if upper:
        text = f"{titles_in_words(upper)}由上级认定，请将变更登记表报送省级主管部门。"
        tell(case, [f"contact:{case.instance.unit_id}"], f"{enterprise_of(case).name}称号变更", text, "upper")
    tell(
        case, [f"enterprise:{enterprise_id_of(case)}"], "重大变化已登记", "称号继续有效，已按变更内容登记。", "carried"
    )


def _rename(case: Case, name: str) -> None:
    enterprise = enterprise_of(case)
    until = event_on_of(case)
    known = (EnterpriseName.enterprise_id == enterprise.id, EnterpriseName.until_on == until)
    if case.session.scalars(select(EnterpriseName).where(*known)).first() is None:
        case.session.add(EnterpriseName(enterprise_id=enterprise.id, name=enterprise.name, until_on=until))
    enterprise.name, enterprise.pinyin, enterprise.changed_at = name, pinyin_of(name), case.at


def _hand_over(case: Case, successor: str) -> None:
    """The successor holds the titles for the rest of their time; they do not count as new."""
    enterprise = enterprise_of(case)
    for title in titles_of(case):
        kept = {name: getattr(title, name) for name in CARRIED}
        case.session.add(Title(enterprise_id=successor, is_renewal=True, instance_id=case.instance.id, **kept))
        _end(title, case.today, "由承继企业持有")
    if kind_of(case) == "merger":
        enterprise.state, enterprise.successor_id = EnterpriseState.MERGED.value, successor
    enterprise.changed_at = case.at


CARRIED = (
    "level",
    "rule_version",
    "batch_key",
    "certificate",
    "announced_on",
    "from_on",
    "until_on",
    "status",
    "right_lost_on",
    "evaluation_id",
)


def _move(case: Case, locality: str) -> None:
    enterprise = enterprise_of(case)
    named = (row["unit"] for row in localities(case) if locality in (row["unit"], row["name"], row["short_name"]))
    enterprise.locality_id, enterprise.changed_at = next(named), case.at


def _end_by_move(case: Case, data: Data) -> None:
    """Into another province: the titles end here with the move, and so does the service."""
    enterprise = enterprise_of(case)
    end_titles(titles_of(case), case.today, "企业跨省迁移")
    enterprise.state, enterprise.changed_at = EnterpriseState.MOVED_OUT.value, case.at
    needless(case, MOVED_OUT)


def end_titles(titles: Iterable[Title], on: date, because: str) -> None:
    for title in titles:
        _end(title, on, because)


def _end(title: Title, on: date, because: str) -> None:
    title.status, title.ended_on, title.ended_because = TitleStatus.ENDED.value, on, because


def needless(case: Case, reason: str) -> None:
    """Nobody need serve the enterprise any more; whoever waits for this hears it."""
    code = enterprise_id_of(case)
    case.effect(f"{case.instance.id}:pairing_needless", "message", name="pairing_needless", key=code, reason=reason)


def ended(case: Case) -> None:
    """Three months without a report: it was not in time, and the right to re-verification is lost."""
    if case.instance.status != "completed" or case.row("report") is not None:
        return
    row = change_of(case)
    row.is_in_time, row.instance_id = False, case.instance.id
    lose_right(case, titles_of(case))


def told_of_doubt(case: Case) -> Row:
    """What `title_doubted` brings: where the lead came from, and why."""
    effect, label = case.row("effect") or {}, KINDS[kind_of(case)]
    if effect:
        return {"source": "change", "reason": f"{label}：{effect['reason']}"}
    day = noticed_of(case)["event_on"]
    return {
        "source": "change",
        "reason": f"{day}发生{label}，三个月内未报告。{noticed_of(case).get('text', '')}".strip(),
    }


FORMS: Mapping[str, Callable[[Case], Row]] = {
    "report_change": _report_form,
    "check_change": _check_form,
    "decide_change_effect": _effect_form,
}
RECEIVERS: Mapping[str, Callable[[Case, FormTask, Answers], Scalars]] = {
    "report_change": _report_change,
    "check_change": _check_change,
    "decide_change_effect": _decide_change_effect,
}
ACTIONS: Mapping[str, Action] = {
    "title_maintenance_change.carry_title_over": _carry_title_over,
    "title_maintenance_change.end_by_move": _end_by_move,
}

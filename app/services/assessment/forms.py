"""What the forms of 年度考核 begin with: rules in force, a unit's score, its appeal, the rankings, the bulletin."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.duties.assessment import EVENTS, GRADES, GROUNDS, KINDS, PARTS, read_rules
from app.duties.lights import chinese_date
from app.duties.quantity import as_number
from app.queries.assessments import RANKINGS, in_words
from app.services.assessment import bulletin_text
from app.services.assessment.appeal_forms import FORMS as APPEAL_FORMS
from app.services.assessment.rows import Row, assessment_of, current_scores, names_of
from app.services.assessment.rules import Version, in_force, version_of, weights_of
from app.services.assessment.ties import ties_in_words
from app.services.assessment.year import assessed_units, ranking_of
from app.services.case_notes import year_of
from app.services.cases import Case, Prefill


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    filler = FORMS.get(element_id)
    return ({name: value for name, value in filler(case).items() if value is not None} if filler else {}), {}


def _confirm_rules(case: Case) -> Row:
    version, year, known = in_force(case.session, year_of(case)), year_of(case), case.rows("unit")
    weights = weights_of(version)
    units = [
        {"unit": unit.id, "name": unit.short_name, "ranking": RANKINGS[ranking_of(unit)]}
        | {"exempt": known.get(unit.id, {}).get("exempt", False)}
        for unit in assessed_units(case.session, year)
    ]
    returned = case.row("rules_opinion")
    return {
        "rules_name": f"{version.rules.name}（{version.id}）",
        "published": _published(version, year) + (f" 领导小组退回：{returned['opinion_text']}" if returned else ""),
        "items_in_force": _items(version),
        **{f"weight_{part}": weight for part, weight in zip(PARTS, weights, strict=True)},
        "units": units,
    }


def _published(version: Version, year: int) -> str:
    day = chinese_date(version.rules.published_on)
    if version.rules.is_published_before(year):
        return f"{day}公布，早于{year}年度开始。"
    return f"{day}公布，晚于{year}年度开始，须经领导小组审定。"


def _items(version: Version) -> str:
    events = "、".join(
        f"{EVENTS[name]}{as_number(str(float(points))):+}" for name, points in version.rules.events.items()
    )
    return f"完成：{'、'.join(KINDS.values())}。加减分：{events}。"


def _approve_rules(case: Case) -> Row:
    told, version = case.row("rules") or {}, version_of(assessment_of(case).rules)
    old = in_force(case.session, year_of(case))
    pairs = zip(PARTS.values(), weights_of(old), weights_of(version), strict=True)
    changes = "；".join(f"{word}权重由{before}改为{after}" for word, before, after in pairs if before != after)
    return {
        "summary": changes or _published(version, year_of(case)),
        "change_reason": told.get("change_reason") or "规则公布晚于年度开始",
    }


def _rankings(case: Case) -> Row:
    names, scores = names_of(case), current_scores(case)
    open_units = set((case.row("ranked") or {}).get("open", ()))
    tables: dict[str, list[Row]] = {"departments": [], "localities": []}
    for score in sorted(scores, key=lambda row: (row.place is None, row.place or 0)):
        if score.successor_id is not None:
            continue
        remark = "；".join(filter(None, [score.remark, "申诉办理中，得分暂定" if score.unit_id in open_units else ""]))
        row: Row = {"unit": score.unit_id, "name": names[score.unit_id], "parts": in_words(score), "remark": remark}
        row |= {"grade": GRADES.get(score.grade, "不排名")}
        row |= {} if score.place is None else {"place": score.place}
        row |= {} if score.total is None else {"total": as_number(score.total)}
        tables["departments" if score.ranking == "department" else "localities"].append(row)
    tied = ties_in_words(scores, names, read_rules(assessment_of(case).rules))
    return {
        "spread": bulletin_text.spread(scores),
        "tied": tied,
        **{name: rows or None for name, rows in tables.items()},
    }


def _review_ranking(case: Case) -> Row:
    names, returned = names_of(case), case.row("returned") or {}
    units = [
        {"unit": names.get(row["unit"], row["unit"]), "reason": row["reason"]} for row in returned.get("units", ())
    ]
    note = f"{returned['name']}：{returned.get('opinion_text', '')}" if returned else None
    return {**_rankings(case), "returned_note": note, "returned_units": units or None}


def _sign_ranking(case: Case) -> Row:
    return {**_rankings(case), "adjusted": _adjusted(case)}


def _adjusted(case: Case) -> str:
    names = names_of(case)
    rows = case.rows("adjustment").values()
    told = [f"{names[row['unit']]}：{GROUNDS[row['ground']]}，{_signed(row)}，{row['text']}" for row in rows]
    return "；".join(told) + "。" if told else "没有人工加减分。"


def _signed(row: Row) -> str:
    return "按规则计" if row.get("points") is None else f"{as_number(row['points']):+}分"


def _issue_bulletin(case: Case) -> Row:
    before = case.row("bulletin") or {}
    known = bulletin_text.draft(
        year_of(case), current_scores(case), names_of(case), list(case.rows("adjustment").values())
    )
    return {name: before.get(name) or text for name, text in known.items()}


FORMS: Mapping[str, Callable[[Case], Row]] = {
    "confirm_rules": _confirm_rules,
    "approve_rules": _approve_rules,
    **APPEAL_FORMS,
    "review_ranking": _review_ranking,
    "sign_ranking": _sign_ranking,
    "approve_ranking": _sign_ranking,
    "issue_bulletin": _issue_bulletin,
}

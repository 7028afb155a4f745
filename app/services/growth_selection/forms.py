"""What the forms of a selection begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from sqlalchemy import select

from app.duties.growth_selection import PARTS, bounds
from app.duties.growth_selection_score import Part
from app.duties.quantity import as_number, plain
from app.models.organization import Unit
from app.models.person import Person, PersonRole
from app.services.case_notes import present, returned_opinion
from app.services.cases import Case, Prefill
from app.services.growth_selection.facts import band_rows, proposed
from app.services.growth_selection.opening import number_promised, promised
from app.services.growth_selection.rows import Row, ranking, selection_of, sheets_of, weights_of, year_of
from app.terms import Role

Filler = Callable[[Case, str | None], Prefill]
LEAST_SHEETS_WORDS = "专家评分表不足3份，按评分规则得分排列"


def _set_selection(case: Case, item: str | None) -> Prefill:
    known, year = selection_of(case), year_of(case)
    number = number_promised(case.session, case.house, year)
    commitment = promised(case.session, case.house, year)
    quote = f"计划规定“{commitment.quote}”，" if commitment else ""
    fields = present(
        returned_opinion=returned_opinion(case, "sign_selection"),
        plan_words=f"{quote}可在{bounds(number).least}至{bounds(number).most}家之间确定",
        number=known.get("number", int(number)),
        favoured_chains=known.get("favoured_chains"),
        offers=known.get("offers"),
        notice_text=known.get("notice_text") or _usual_notice(case, number),
    )
    weights = weights_of(known)
    rows = [
        {"no": number, "name": part.label, "full": _full(part), "weight": as_number(weights[part.key])}
        for number, part in enumerate(PARTS, 1)
    ]
    return fields | {"weights": rows, "panel": known.get("panel", False), "experts": _experts(case)}, {}


def _full(part: Part) -> str:
    if not part.unit:
        return "是"
    return f"达到{plain(part.full_at)}{part.unit}" + (
        f"，{plain(part.zero_at)}{part.unit}及以下不得分" if part.zero_at else ""
    )


def _usual_notice(case: Case, number: Decimal) -> str:
    return (
        f"根据三年行动计划，{year_of(case)}年遴选{plain(number)}家左右具备高成长潜力的企业。请各县（市、区）、功能区从“千企升级”培育库中"
        "择优推荐，企业数据以年度更新为准，不需另行填报。入选企业由属地编制“一企一策”培育方案，各有关部门按方案给予支持。"
    )


def _experts(case: Case) -> list[Row]:
    chosen = case.instance.data.get("experts") or {}
    found = case.session.execute(
        select(Person.id, Person.name, Unit.short_name)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(PersonRole.role == Role.EXPERT.value, Person.is_active)
        .order_by(Person.id)
    )
    return [
        {"person": row.id, "name": row.name, "unit_name": row.short_name, "is_chosen": str(row.id) in chosen}
        for row in found
    ]


def _plan_fields(case: Case) -> Row:
    known, weights = selection_of(case), weights_of(selection_of(case))
    experts = len(case.instance.data.get("experts") or {})
    return {
        "number": known["number"],
        "panel_words": f"组织{experts}名专家复评" if known.get("panel") else "不组织专家复评",
        "notice_text": known["notice_text"],
        "weights": [
            {"no": number, "name": part.label, "weight": as_number(weights[part.key])}
            for number, part in enumerate(PARTS, 1)
        ],
    }


def _countersign(case: Case, item: str | None) -> Prefill:
    return _plan_fields(case), {}


def _sign_selection(case: Case, item: str | None) -> Prefill:
    names, given = _unit_names(case), case.rows("countersign")
    words = {"yes": "同意", "remark": "有修改意见"}
    rows = [
        present(
            unit=unit,
            unit_name=names.get(unit, unit),
            answer=words[given[unit]["outcome"]] if unit in given else "逾期未反馈，视为同意",
            text=given.get(unit, {}).get("opinion_text"),
        )
        for unit in case.instance.data.get("units") or {}
    ]
    return _plan_fields(case) | {"opinions": rows}, {}


def _panel_review(case: Case, item: str | None) -> Prefill:
    names = ("credit_code", "name", "chain", "note", "reason")
    return {"rows": [present(**{name: row.get(name) for name in names}) for row in band_rows(case)]}, {}


def _choose(case: Case, item: str | None) -> Prefill:
    chosen = case.row("chosen")
    on_list = set(chosen["codes"]) if chosen else set(proposed(case))
    reasons, names = (chosen or {}).get("reasons", {}), _unit_names(case)
    known, sheets = case.rows("candidate"), sheets_of(case)
    rows = [
        present(
            **_place_columns(number, place.code, known[place.code], names),
            score=as_number(place.score),
            experts=None if place.experts is None else _rounded(place.experts),
            spread=None if place.experts is None else _rounded(max(sheets[place.code]) - min(sheets[place.code])),
            points=_rounded(place.points),
            note=known[place.code]["note"],
            reason=reasons.get(place.code),
        )
        | {"is_chosen": place.code in on_list}
        for number, place in enumerate(ranking(case), 1)
    ]
    opinion = returned_opinion(case, "approve_growth_list", "sign_growth_list")
    return present(returned_opinion=opinion, summary=summary(case), rows=rows), {}


def summary(case: Case) -> str:
    """各地推荐137家，名额100家；未推荐的属地：蜀冈—瘦西湖景区。"""
    candidates, quotas = case.rows("candidate"), (case.row("quota") or {}).get("localities", {})
    given = {row["locality"] for row in candidates.values()}
    silent = [_unit_names(case).get(unit, unit) for unit, most in quotas.items() if most and unit not in given]
    parts = [f"各地推荐{len(candidates)}家，遴选{selection_of(case)['number']}家"]
    if silent:
        parts.append(f"未推荐的属地：{'、'.join(silent)}")
    if selection_of(case).get("panel"):
        sheets = len(case.rows("sheet"))
        parts.append(f"收到专家评分表{sheets}份" + ("" if sheets >= 3 else f"，{LEAST_SHEETS_WORDS}"))
    return "；".join(parts) + "。"


def _list(case: Case) -> Row:
    chosen, names, known = case.row("chosen") or {}, _unit_names(case), case.rows("candidate")
    rows = [
        present(
            **_place_columns(number, place.code, known[place.code], names),
            points=_rounded(place.points),
            reason=chosen["reasons"].get(place.code),
        )
        for number, place in enumerate(ranking(case), 1)
        if place.code in set(chosen["codes"])
    ]
    return {"summary": f"{summary(case)}拟入选{len(rows)}家。", "rows": rows}


def _sign_list(case: Case, item: str | None) -> Prefill:
    return _list(case), {}


def _approve(case: Case, item: str | None) -> Prefill:
    return _list(case) | {"mode": "online"}, {}


def _place_columns(number: int, code: str, row: Row, names: Mapping[str, str]) -> Row:
    locality = names.get(row["locality"], row["locality"])
    return {"place": number, "credit_code": code, "name": row["name"], "locality": locality}


def _rounded(value: Decimal) -> int | float:
    return as_number(value.quantize(Decimal("0.01")))


def _unit_names(case: Case) -> dict[str, str]:
    return {row.id: row.short_name for row in case.session.execute(select(Unit.id, Unit.short_name))}


SELECTION_FORMS: Mapping[str, Filler] = {
    "set_selection": _set_selection,
    "countersign_selection": _countersign,
    "sign_selection": _sign_selection,
    "panel_review": _panel_review,
    "choose_growth_list": _choose,
    "sign_growth_list": _sign_list,
    "approve_growth_list": _approve,
}

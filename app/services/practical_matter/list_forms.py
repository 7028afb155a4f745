"""What the forms of a list begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.duties.quantity import plain, to_decimal
from app.services.case_notes import present, returned_opinion
from app.services.cases import Case, Prefill
from app.services.practical_matter.gathering import priorities_of
from app.services.practical_matter.rows import Row, unit_names, year_of

Filler = Callable[[Case, str | None], Prefill]
SILENT = "逾期未会签，视为无意见"
ANSWERS = {"yes": "同意", "remark": "有意见"}
PROPOSED = ("title", "content", "target_group", "quantity", "quantity_unit")
LONGEST_TITLE, LONGEST_CONTENT, MOST_PROPOSALS = 30, 500, 5
GROUND = "上年反馈的工作重点"


def _propose(case: Case, item: str | None) -> Prefill:
    notice = (
        f"请提出{year_of(case)}年为专精特新中小企业办实事的项目。项目应当具体、年内可以完成、可以验收，"
        f"每个单位最多{MOST_PROPOSALS}项；没有建议的，勾选无建议。"
    )
    rows = [
        present(title=row.title[:LONGEST_TITLE], content=row.content[:LONGEST_CONTENT], is_own_lead=True, ground=GROUND)
        for row in priorities_of(case, item or "")[:MOST_PROPOSALS]
    ]
    return present(notice=notice, matters=rows), {}


def _choose(case: Case, item: str | None) -> Prefill:
    draft = case.row("draft")
    opinion = returned_opinion(case, "approve_matters", "sign_matters")
    grounds = [{"no": number, **row} for number, row in enumerate((case.row("gathered") or {})["grounds"], 1)]
    rows = draft["matters"] if draft else _proposed(case)
    return present(returned_opinion=opinion, summary=_summary(case), grounds=grounds, matters=rows), {}


def _proposed(case: Case) -> list[Row]:
    """Every proposal as a row that may be ticked."""
    names = unit_names(case)
    return [
        {
            **{name: row[name] for name in PROPOSED if name in row},
            **present(
                is_qualitative=None if row.get("quantity") is not None else True,
                lead=names.get(unit) if row.get("is_own_lead") else None,
                co_units=row.get("co_units"),
                proposed_by=names.get(unit),
            ),
        }
        for unit, told in case.rows("proposal").items()
        for row in told["matters"]
    ]


def _summary(case: Case) -> str:
    proposals = case.rows("proposal")
    asked = case.instance.data.get("departments") or {}
    count = sum(len(told["matters"]) for told in proposals.values())
    without = sum(not told["matters"] for told in proposals.values())
    parts = [f"征集{len(asked)}个部门，提出项目{count}项"]
    parts += [f"无建议{without}个部门"] if without else []
    silent = len(asked) - len(proposals)
    return "，".join([*parts, f"未报送{silent}个部门"] if silent else parts) + "。"


def chosen_rows(case: Case, of_unit: str | None = None) -> list[Row]:
    """The drafted list as it is read. of_unit: with what this unit has to do."""
    names = unit_names(case)
    return [
        present(
            no=int(key),
            title=row["title"],
            content=row["content"],
            lead=names.get(row["lead"]),
            co_units="、".join(names.get(unit, unit) for unit in row["co_units"]),
            goal=goal_words(row),
            by=row.get("by"),
            role={True: "牵头", False: "协办"}[row["lead"] == of_unit] if _has_part(row, of_unit) else None,
        )
        for key, row in case.rows("chosen").items()
    ]


def _has_part(row: Mapping[str, Any], unit: str | None) -> bool:
    return unit is not None and unit in (row["lead"], *row["co_units"])


def goal_words(row: Mapping[str, Any]) -> str:
    """5,000人, or 定性."""
    quantity = row.get("quantity")
    return "定性" if quantity is None else f"{plain(to_decimal(quantity))}{row.get('quantity_unit') or ''}"


def _countersign(case: Case, item: str | None) -> Prefill:
    return {"matters": chosen_rows(case, item)}, {}


def _with_opinions(case: Case, item: str | None) -> Prefill:
    names, given = unit_names(case), case.rows("countersign")
    opinions = [
        present(
            unit=unit,
            unit_name=names.get(unit, unit),
            answer=ANSWERS[given[unit]["outcome"]] if unit in given else SILENT,
            text=given.get(unit, {}).get("opinion_text"),
        )
        for unit in case.instance.data.get("units") or {}
    ]
    return present(matters=chosen_rows(case), opinions=opinions), {}


def _approve(case: Case, item: str | None) -> Prefill:
    return {**_with_opinions(case, item)[0], "mode": "online"}, {}


LIST_FORMS: Mapping[str, Filler] = {
    "propose_matter": _propose,
    "choose_matters": _choose,
    "countersign_matters": _countersign,
    "sign_matters": _with_opinions,
    "approve_matters": _approve,
}

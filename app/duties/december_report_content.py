"""What a report must hold, which texts repeat last year's, and how several units' texts on a measure are merged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from app.duties.form_parts import is_empty

Row = Mapping[str, Any]
Kind = Literal["department", "locality"]

SAME_SHARE = 0.9
NOT_REPORTED = "未反馈"
ITEM_WORDS: Mapping[Kind, str] = {"department": "重点任务", "locality": "行动"}


@dataclass(frozen=True)
class Missing:
    """One part that is not there. field: of the form; no, column: its place in a table, None for the whole field."""

    field: str
    text: str
    no: int | None = None
    column: str | None = None


@dataclass(frozen=True)
class Passage:
    """What one unit says of a measure; the text of a unit that said nothing is 未反馈."""

    unit: str
    name: str
    text: str
    is_missing: bool


def completeness(kind: Kind, rows: Row) -> list[Missing]:
    """What is missing, in the order of the form.

    rows: {figures: [{no, value}], measures: [{no, lead, result or contribution}], priorities: [...], statement}, where
    a row stands for every led indicator and every measure (for a locality, action) that the unit must report on.
    """
    return [
        *_missing_figures(rows["figures"]),
        *_missing_results(rows["measures"], ITEM_WORDS[kind]),
        *([] if rows.get("priorities") else [Missing("priorities", "请至少填写一项下一年工作重点")]),
        *([] if rows.get("statement") else [Missing("statement", "请确认本单位对所报数据真实性负责")]),
    ]


def is_repeated(text: str, last_text: str) -> bool:
    """True when nine tenths or more of the two texts agree, spaces and line breaks aside."""
    matcher = SequenceMatcher(None, "".join(text.split()), "".join(last_text.split()), autojunk=False)
    bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)  # the cheap upper bounds first
    return bool(last_text.strip()) and all(bound() >= SAME_SHARE for bound in bounds)


def text_column(row: Row) -> str:
    """The lead of a measure tells its result, a co-responsible unit its contribution."""
    return "result" if row["lead"] else "contribution"


def merge_measure(lead: Row, contributions: Sequence[Row]) -> list[Passage]:
    """The texts on one measure: the lead's, then those of the co-responsible units in the plan's order.

    lead, contributions: {unit, name, text}; a row for every unit named, text None or empty when it did not report.
    """
    return [_passage(row) for row in (lead, *contributions)]


def _missing_figures(rows: Sequence[Row]) -> Iterator[Missing]:
    for row in rows:
        if is_empty(row, "value"):
            yield Missing("figures", f"请填写第{row['no']}项指标的完成值", row["no"], "value")


def _missing_results(rows: Sequence[Row], item_word: str) -> Iterator[Missing]:
    for row in rows:
        column = text_column(row)
        if is_empty(row, column):
            what = "推进成效" if row["lead"] else "承担工作情况"
            yield Missing("measures", f"请填写{item_word}{row['no']}的{what}", row["no"], column)


def _passage(row: Row) -> Passage:
    is_missing = is_empty(row, "text")
    return Passage(row["unit"], row["name"], NOT_REPORTED if is_missing else row["text"], is_missing)

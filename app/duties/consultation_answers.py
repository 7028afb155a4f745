"""Written answers of a consultation: what a text means as an answer of its kind, and whether the units agree.

A typed answer is plain JSON: a figure as decimal text, a unit as its id, a day as ISO text, 是否 as a bool.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any

from app.duties.quantity import digits, number_in

Answer = str | bool
Row = Mapping[str, Any]

KINDS: Mapping[str, str] = {"number": "数值", "unit": "单位", "date": "日期", "yes_no": "是否", "text": "文字"}
YES_NO = {"是": True, "否": False, "同意": True, "不同意": False}
WANTED: Mapping[str, str] = {
    "number": "请填写数字，例如 12 或 3.5",
    "unit": "没有找到该单位，请填写单位全称或简称",
    "date": "请填写日期，例如 2024-12-31",
    "yes_no": "请填写“是”或“否”",
    "text": "请填写文字",
}
ENOUGH = (2, 3)  # PP: silent units are passed over when two thirds have answered


@dataclass(frozen=True)
class Opinion:
    """What a unit wrote. values: question number -> typed answer. follows: it agrees with what most others answer."""

    values: Mapping[int, Answer] = field(default_factory=lambda: MappingProxyType({}))
    follows: bool = False


def typed(kind: str, text: Any, units: Iterable[Row] = ()) -> Answer | None:
    """The answer a person wrote, or None when it is none of its kind. units: {unit, name, short_name}."""
    written = str("" if text is None else text).strip()
    if kind == "number":
        return _figure(written)
    if kind == "unit":
        return next((row["unit"] for row in units if written in (row["unit"], row["name"], row["short_name"])), None)
    if kind == "date":
        return _day(written)
    if kind == "yes_no":
        return YES_NO.get(written)
    return written or None


def agreed_values(questions: Sequence[Row], opinions: Mapping[str, Opinion | None]) -> dict[int, Answer]:
    """What was agreed on, by question; a question on which the units differ, or too few answered, is left out."""
    agreed = {}
    for question in questions:
        answers = [answer for answer in answers_to(question, opinions).values() if answer is not None]
        if len(answers) * ENOUGH[1] >= len(opinions) * ENOUGH[0] and len(set(answers)) == 1:
            agreed[question["no"]] = answers[0]
    return agreed


def is_agreed(questions: Sequence[Row], opinions: Mapping[str, Opinion | None]) -> bool:
    """True when every question is answered alike. opinions: every unit that was asked, None for a silent one.

    Figures are alike when they are after rounding to the question's precision. At least two thirds of the units must
    have answered a question; who did not is passed over then.
    """
    return bool(opinions) and len(agreed_values(questions, opinions)) == len(questions)


def answers_to(question: Row, opinions: Mapping[str, Opinion | None]) -> dict[str, Answer | None]:
    """Each unit's answer to one question; a unit that follows the others has what most of them say, if most agree."""
    own = {unit: _own(question, opinion) for unit, opinion in opinions.items()}
    majority = _most(answer for answer in own.values() if answer is not None)
    return {unit: majority if answer is None and _follows(opinions[unit]) else answer for unit, answer in own.items()}


def silent(opinions: Mapping[str, Opinion | None]) -> list[str]:
    """The units named in the minutes as 未反馈."""
    return [unit for unit, opinion in opinions.items() if opinion is None]


def _own(question: Row, opinion: Opinion | None) -> Answer | None:
    answer = None if opinion is None else opinion.values.get(question["no"])
    return _rounded(answer, question) if question["kind"] == "number" and answer is not None else answer


def _rounded(answer: Answer, question: Row) -> str:
    step = Decimal(1).scaleb(-int(question.get("precision") or 0))
    return digits(Decimal(str(answer)).quantize(step, rounding=ROUND_HALF_UP))


def _most(answers: Iterable[Answer]) -> Answer | None:
    """The answer that more units gave than any other; none where two are equally strong."""
    ranked: list[tuple[Answer, int]] = Counter(answers).most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def _follows(opinion: Opinion | None) -> bool:
    return opinion is not None and opinion.follows


def _figure(written: str) -> str | None:
    number = number_in(written)
    return None if number is None else digits(number)


def _day(written: str) -> str | None:
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        return None

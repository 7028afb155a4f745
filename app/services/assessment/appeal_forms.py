"""What the forms of one unit's score begin with: the score itself, its appeal, what was found and is to be decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.duties.quantity import as_number
from app.queries.assessments import ShownLine, in_words, shown_lines, total_text
from app.services.assessment.rows import Row, score_of
from app.services.cases import Case

WHAT: Mapping[str, str] = {
    "fact": "事实不符",
    "attribution": "归因错误",
    "extended": "时限已延期",
    "basis": "数据口径",
    "force_majeure": "不可抗力",
}
VERDICTS: Mapping[str, str] = {"upheld": "成立", "partly": "部分成立", "refused": "不成立"}
MOST_LINES = 60


def _confirm_score(case: Case) -> Row:
    score = score_of(case)
    lines = [line for line in shown_lines(score) if line.has_effect][:MOST_LINES]
    return {
        "total_note": f"{total_text(score.total)}分（暂定）",
        "parts_note": in_words(score),
        "lost": [_line(line) for line in lines] or None,
    }


def _line(line: ShownLine) -> Row:
    return {
        "no": line.no,
        "part": line.part_word,
        "title": line.title,
        "points": _hundredths(line.points),
        "lost": _hundredths(line.lost),
        "cause": line.cause,
    }


def _hundredths(value: Any) -> int | float:
    return as_number(str(round(float(value), 2)))


def _appealed(case: Case) -> list[Row]:
    """What the unit appeals against, as those see it who judge."""
    lines = {line.no: line for line in shown_lines(score_of(case))}
    rows = (case.row("appeal") or {}).get("rows", ())
    return [
        {
            "no": row["no"],
            "title": lines[row["no"]].title,
            "cause": lines[row["no"]].cause,
            "what": WHAT[row["what"]],
            "text": row["text"],
        }
        | ({"wanted": row["wanted"]} if row.get("wanted") is not None else {})
        for row in rows
    ]


def _sign_appeal(case: Case) -> Row:
    return {"appeals": _appealed(case)}


def _examine_appeal(case: Case) -> Row:
    """What was found before stands, where the answer was sent back."""
    found = {row["no"]: row for row in (case.row("finding") or {}).get("rows", ())}
    return {"findings": [{**row, **found.get(row["no"], {})} for row in _appealed(case)]}


def _sign_answer(case: Case) -> Row:
    found = {row["no"]: row for row in (case.row("finding") or {}).get("rows", ())}
    rows = []
    for row in _appealed(case):
        said = found.get(row["no"], {})
        told = {"verdict": VERDICTS.get(said.get("verdict", ""), ""), "ground": said.get("ground", "")}
        told |= {"corrected": said["corrected"]} if said.get("corrected") else {}
        rows.append({name: row[name] for name in ("no", "title", "what", "text")} | told)
    upheld = sum(row.get("verdict") in ("upheld", "partly") for row in found.values())
    return {"findings": rows, "effect": f"申诉{len(rows)}项，成立或者部分成立{upheld}项，签发后重算得分。"}


def _decide_appeal(case: Case) -> Row:
    found = {row["no"]: row for row in (case.row("finding") or {}).get("rows", ())}
    rulings = []
    for row in _appealed(case):
        said = found.get(row["no"], {})
        told = {"found": VERDICTS.get(said.get("verdict", ""), ""), "found_ground": said.get("ground", "")}
        rulings.append(row | told)
    return {"rulings": rulings}


FORMS: Mapping[str, Callable[[Case], Row]] = {
    "confirm_score": _confirm_score,
    "sign_appeal": _sign_appeal,
    "examine_appeal": _examine_appeal,
    "sign_appeal_answer": _sign_answer,
    "decide_appeal": _decide_appeal,
}

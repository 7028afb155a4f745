"""What the bulletin of a year says before it is edited: how the scores are spread, who did well and who did not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.duties.assessment import GRADES
from app.models.assessment import AssessmentScore

DEMANDS = (
    "各地各部门要对照考核结果逐项查找原因，明确整改措施和时限，按月报送进展。\n"
    "优秀单位要总结做法，巩固提升；合格及以下单位要由分管负责人牵头整改，于一个月内书面报告整改情况。\n"
    "领导小组办公室将对整改情况跟踪督办。"
)


def spread(scores: Sequence[AssessmentScore]) -> str:
    """部门19个，最高96.2分，最低71.0分，优秀5个…；属地9个…"""
    texts = []
    for ranking, word in (("department", "部门"), ("locality", "属地")):
        rows = [row for row in scores if row.ranking == ranking and row.successor_id is None and row.total is not None]
        if rows:
            totals = [row.total for row in rows if row.total is not None]
            grades = Counter(row.grade for row in rows)
            counts = "、".join(f"{label}{grades[grade]}个" for grade, label in GRADES.items() if grades[grade])
            texts.append(f"{word}{len(rows)}个，最高{max(totals):.1f}分，最低{min(totals):.1f}分，{counts}")
    return "；".join(texts) + "。" if texts else "没有可以排名的得分。"


def draft(
    year: int, scores: Sequence[AssessmentScore], names: Mapping[str, str], adjustments: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    excellent, failed = _of(scores, names, "excellent"), _of(scores, names, "fail")
    praised = [f"{names[row['unit']]}{row['text']}" for row in adjustments if row["ground"].endswith("praise")]
    good = [f"{'、'.join(excellent)}考核等次为优秀。" if excellent else "本年度没有单位达到优秀等次。", *praised]
    weak = _weakest(scores, names)
    bad = [f"{'、'.join(failed)}考核等次为不合格。"] if failed else []
    bad += [f"{'、'.join(weak)}时效得分偏低，报送和办结不够及时。"] if weak else ["个别单位报送质量有待提高。"]
    return {
        "title": f"关于{year}年度中小企业高质量发展工作考核结果的通报",
        "overall": f"根据年度考核规则，对{year}年度重点任务、指标和报送情况进行了考核。{spread(scores)}",
        "good": "\n".join(text if text.endswith("。") else f"{text}。" for text in good),
        "bad": "\n".join(bad),
        "demands": DEMANDS,
    }


def _of(scores: Iterable[AssessmentScore], names: Mapping[str, str], grade: str) -> list[str]:
    ranked = sorted((row for row in scores if row.grade == grade), key=lambda row: (row.ranking, row.place or 0))
    return [names[row.unit_id] for row in ranked]


def _weakest(scores: Iterable[AssessmentScore], names: Mapping[str, str]) -> list[str]:
    """Units that lost more than a quarter of what timeliness brings; three at most."""
    told = [(Fraction(row.parts["timeliness"]), row) for row in scores if "timeliness" in row.parts]
    return [names[row.unit_id] for points, row in sorted(told, key=lambda pair: pair[0])[:3] if points < 30]

"""Who is tied where the room for 优秀 ends, and what the rule made of it: for those who approve or return it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.duties.assessment import Rules, Standing, Tie, excellent_room, tie_at_the_edge
from app.models.assessment import AssessmentScore
from app.queries.assessments import RANKINGS

WAY = "认为应当另行确定的，请退回并写明单位和理由，由领导小组办公室附依据更正得分后重新排名。"


def ties_in_words(scores: Sequence[AssessmentScore], names: Mapping[str, str], rules: Rules) -> str | None:
    """None where nobody is tied there."""
    texts = list(_texts(scores, names, rules))
    return "\n".join([*texts, WAY]) if texts else None


def _texts(scores: Sequence[AssessmentScore], names: Mapping[str, str], rules: Rules) -> Iterator[str]:
    for ranking, word in RANKINGS.items():
        among = [row for row in scores if row.ranking == ranking and row.successor_id is None and row.total is not None]
        tie = tie_at_the_edge([Standing(row.unit_id, row.total, row.is_falsified) for row in among], rules)
        if tie is not None:
            yield _text(word, tie, excellent_room(len(among), rules), names)


def _text(word: str, tie: Tie, room: int, names: Mapping[str, str]) -> str:
    units = "、".join(names[unit] for unit in tie.units)
    place = f"{word}优秀名额{room}个，前面已用{room - tie.left}个，还余{tie.left}个"
    return (
        f"{place}；{units}同为{tie.total}分，共{len(tie.units)}个单位并列，超过余额，按规则均定为良好，余额不再使用。"
    )

"""The closed language of conditions."""

from __future__ import annotations

import pytest

from app.engine.expressions import BadExpression, decide, evaluate

NAMES = {"score": 72, "approved": True, "unit": "miit", "d": {"a": 1}, "items": [1]}
HOSTILE = [
    "().__class__.__bases__[0].__subclasses__()", "unit.__class__", "unit.format.__globals__",
    "'{0.__class__}'.format(1)",
    "9**9**9", "9**9", "'a'*10**9", "'a'*200000", "[x for x in range(10**9)]", "(lambda: 1)()", "__import__('os')",
    "open('x')", "f'{score}'", "f'{score.__class__}'", "d.a", "d['a']", "items[0]", "score.real", "score.bit_length()",
    "score<<100000", "~score", "unit%score", "score//2", "(y:=5)", "*items", "{'a':1}", "{1,2}", "'x'.join(['a'])",
    "unit.upper()", "import os", "a=1", "True if (yield) else 0", "await x", "exec('1')", "eval('1')", "score;score",
    "unknown", "'x' 'y' @ 1", "d", "items", "[1, 2]", "b'x'", "...", "1j", "_score", "", "(" * 300 + "1" + ")" * 300,
    "+".join(["1"] * 200), "not " * 100 + "True", "score is None", "unit * 3", "score + unit", "abs(score)", "\x00",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("unit in ('miit','sci')", True),
        ("score >= 60 and approved", True),
        ("not approved", False),
        ("-score < 0", True),
        ("60 <= score < 80", True),
        ("unit != 'x' or score == 1", True),
        ("'miit' in [unit]", True),
        ("score * 2 - 1 > 100", True),
    ],
)
def test_a_condition_of_the_language_is_answered(text: str, answer: bool) -> None:
    assert decide(text, NAMES) is answer


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_outside_the_language_is_refused(text: str) -> None:
    with pytest.raises(BadExpression):
        evaluate(text, NAMES)


@pytest.mark.parametrize("text", ["score", "unit", "0", "score - 72"])
def test_a_gateway_takes_nothing_that_merely_counts_as_yes_or_no(text: str) -> None:
    with pytest.raises(BadExpression):
        decide(text, NAMES)

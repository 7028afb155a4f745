"""The answers that make a gateway go each of its ways, found by trying the values its conditions compare with."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product

from app.engine import expressions
from app.engine.types import Scalar

MAX_TRIED = 1_024  # combinations of values of one gateway
MAX_VALUES = 12  # of one name
OTHER = "another"

Values = Mapping[str, Scalar]


def candidates(texts: Iterable[str]) -> dict[str, tuple[Scalar, ...]]:
    """Each name that these conditions read, with the values worth trying: what it is compared with, and beside it."""
    read = sorted({name for text in texts for name in expressions.names_in(text)})
    compared: dict[str, list[Scalar]] = {name: [] for name in read}
    for text in texts:
        for node in ast.walk(expressions.parse(text)):
            if isinstance(node, ast.Compare):
                _compare(node, compared)
    return {name: _worth_trying(values) for name, values in compared.items()}


def _compare(node: ast.Compare, compared: dict[str, list[Scalar]]) -> None:
    sides = (node.left, *node.comparators)
    constants = [constant.value for side in sides for constant in ast.walk(side) if isinstance(constant, ast.Constant)]
    for side in sides:
        for name in ast.walk(side):
            if isinstance(name, ast.Name):
                compared[name.id] += constants  # type: ignore[arg-type]  # the language has scalars only


def _worth_trying(values: Sequence[Scalar]) -> tuple[Scalar, ...]:
    """A name that is compared with nothing is a yes or no. A text that no condition asks for comes first."""
    found: list[Scalar] = [OTHER] if any(isinstance(value, str) for value in values) else []
    for value in values:
        found.append(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            found += [value - 1, value + 1]
    found += [True, False] if not found or any(isinstance(value, bool) for value in values) else []
    return tuple({(type(value), value): value for value in found}.values())[:MAX_VALUES]


def ways(conditions: Sequence[str], values: Mapping[str, Sequence[Scalar]]) -> list[Values]:
    """For each condition the answers that make it hold, alone where that can be; then those that make none hold.

    A way that no answer brings about is left out.
    """
    places = range(len(conditions))
    alone: dict[frozenset[int], Values] = {}
    among: dict[int, Values] = {}
    for answers, holding in _decided(conditions, values):
        alone.setdefault(holding, answers)
        for place in holding:
            among.setdefault(place, answers)
        if frozenset() in alone and all(frozenset((place,)) in alone for place in places):
            break
    found = [alone.get(frozenset((place,))) or among.get(place) for place in places]
    return [answers for answers in (*found, alone.get(frozenset())) if answers is not None]


def _decided(
    conditions: Sequence[str], values: Mapping[str, Sequence[Scalar]]
) -> Iterator[tuple[Values, frozenset[int]]]:
    """Combinations of values, each with the places of the conditions that hold; what does not fit is passed over."""
    names = sorted({name for text in conditions for name in expressions.names_in(text)})
    for own in islice(product(*(values[name] for name in names)), MAX_TRIED):
        answers = dict(zip(names, own, strict=True))
        try:
            yield answers, frozenset(n for n, text in enumerate(conditions) if expressions.decide(text, answers))
        except expressions.BadExpression:  # a text where a number is compared
            continue

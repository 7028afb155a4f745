"""The closed language of conditions: names, constants, comparisons, and/or/not, + - * and in; no calls, no attributes.

Written on simpleeval, which walks the syntax tree itself and never hands text to Python; its node and operator tables
are cut to an allow-list, and size and shape are checked before it sees anything.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from simpleeval import InvalidExpression, SimpleEval

MAX_LENGTH = 500
MAX_NODES = 100
MAX_DEPTH = 20
MAX_TEXT = 2_000  # characters; + and * on texts may not grow beyond

_OPERATORS: tuple[type[ast.AST], ...] = (
    ast.And, ast.Or, ast.Not, ast.USub, ast.Add, ast.Sub, ast.Mult,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn,
)  # fmt: skip
_NODES: tuple[type[ast.AST], ...] = (
    ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Compare, ast.Name, ast.Constant, ast.Tuple, ast.List, ast.IfExp,
)  # fmt: skip
_ALLOWED = (ast.Expression, ast.Load, *_NODES, *_OPERATORS)
_CONSTANTS = (str, int, float, bool, type(None))


class BadExpression(ValueError):
    """Outside the language, too big, or not answerable from the data given."""


class _Closed(SimpleEval):
    def __init__(self, names: Mapping[str, Any]) -> None:
        super().__init__(names=dict(names), functions={})
        stock: Any = self  # the library is untyped
        self.nodes: dict[Any, Any] = {kind: handler for kind, handler in stock.nodes.items() if kind in _NODES}
        self.nodes[ast.Tuple] = self.nodes[ast.List] = self._listed
        self.operators: dict[Any, Any] = {kind: apply for kind, apply in stock.operators.items() if kind in _OPERATORS}
        self.operators[ast.Mult] = _multiply
        self.operators[ast.Add] = _add

    def _listed(self, node: ast.Tuple | ast.List) -> list[Any]:
        return [self._eval(element) for element in node.elts]


def _multiply(left: Any, right: Any) -> Any:
    if not (isinstance(left, int | float) and isinstance(right, int | float)):
        raise BadExpression("* is for numbers")
    return left * right


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > MAX_TEXT:
            raise BadExpression("text too long")
        return left + right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left + right
    raise BadExpression("+ is for two numbers or two texts")


def _depth(node: ast.AST) -> int:
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [child for parent in level for child in ast.iter_child_nodes(parent)]
    return deepest


@lru_cache(maxsize=4096)
def parse(text: str) -> ast.expr:
    """The syntax tree of an expression of the language. Raises BadExpression for everything else."""
    if len(text) > MAX_LENGTH:
        raise BadExpression(f"longer than {MAX_LENGTH} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadExpression("not an expression") from error
    nodes = list(ast.walk(tree))
    for node in nodes:
        if not isinstance(node, _ALLOWED):
            raise BadExpression(f"{type(node).__name__} is not in the language")
        if isinstance(node, ast.Constant) and not isinstance(node.value, _CONSTANTS):
            raise BadExpression(f"{type(node.value).__name__} is not in the language")
        if isinstance(node, ast.Name) and node.id.startswith("_"):
            raise BadExpression("a name begins with a letter")
    if len(nodes) > MAX_NODES or _depth(tree) > MAX_DEPTH:
        raise BadExpression("too complicated")
    return tree.body


def names_in(text: str) -> frozenset[str]:
    """The names an expression reads."""
    return frozenset(node.id for node in ast.walk(parse(text)) if isinstance(node, ast.Name))


def evaluate(text: str, names: Mapping[str, Any]) -> Any:
    """The scalar the expression answers for these names. Raises BadExpression."""
    tree = parse(text)
    try:
        answer = _Closed(names).eval(text, previously_parsed=tree)
    except BadExpression:
        raise
    except (InvalidExpression, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise BadExpression(f"{text!r}: {error}") from error
    if not isinstance(answer, _CONSTANTS):
        raise BadExpression(f"{text!r} does not answer a single value")
    return answer


def decide(text: str, names: Mapping[str, Any]) -> bool:
    """The answer of a condition: exactly True or False, never something that merely counts as one."""
    answer = evaluate(text, names)
    if not isinstance(answer, bool):
        raise BadExpression(f"{text!r} answers {type(answer).__name__}, not yes or no")
    return answer

"""Where a demand goes: the table of categories and units, read from policies/demand_routes.yaml, and what it says.

The table is data with a version; this module knows no clock and no database. A proposal says why, so that the office
can agree or differ with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import yaml

Kind = Literal["consult", "handle", "coordinate", "urgent"]
KIND_WORDS: Mapping[str, str] = {"consult": "咨询", "handle": "办理", "coordinate": "协调", "urgent": "紧急"}
OF_LOCALITY = "locality"


@dataclass(frozen=True)
class Category:
    """unit: who answers, OF_LOCALITY for the firm's own, None where the table names nobody. answer: how it begins."""

    key: str
    label: str
    unit: str | None
    advises: str | None
    kind: Kind
    words: tuple[str, ...]
    answer: str


@dataclass(frozen=True)
class Elsewhere:
    """What others take: words that tell it, and where it is to be taken."""

    words: tuple[str, ...]
    answer: str


@dataclass(frozen=True)
class Routes:
    """The whole table. limits: kind -> working days. likeness: from which two texts are the same demand."""

    version: str
    title: str
    explanation: str
    categories: Mapping[str, Category]
    consult_words: tuple[str, ...]
    elsewhere: tuple[Elsewhere, ...]
    limits: Mapping[str, int]
    duplicate_days: int
    likeness: Decimal
    hint_demands: int
    hint_firms: int
    hint_days: int

    def limit(self, kind: str) -> int:
        """Working days from acceptance."""
        return self.limits[kind]


@dataclass(frozen=True)
class Route:
    """What is proposed. unit: None where nobody is named. reason: Chinese. elsewhere: who else takes it, or ""."""

    unit: str | None
    advises: str | None
    kind: Kind
    is_sure: bool
    reason: str
    elsewhere: str


def read_routes(text: str) -> Routes:
    data = yaml.safe_load(text)
    categories = (_category(row) for row in data["categories"])
    return Routes(
        version=data["version"],
        title=data["title"],
        explanation=data["explanation"],
        categories={category.key: category for category in categories},
        consult_words=tuple(data["consult_words"]),
        elsewhere=tuple(Elsewhere(tuple(row["words"]), row["answer"]) for row in data["elsewhere"]),
        limits=data["limits"],
        duplicate_days=data["duplicates"]["days"],
        likeness=Decimal(str(data["duplicates"]["likeness"])),
        hint_demands=data["hint"]["demands"],
        hint_firms=data["hint"]["firms"],
        hint_days=data["hint"]["days"],
    )


def route(routes: Routes, category: str, text: str, locality: str, *, is_urgent: bool = False) -> Route:
    """Who shall answer a demand, and how. locality: unit of the firm's registration.

    It is sure when the table names one unit, the words of the text do not speak of another category, and nobody else
    takes the matter; only then it goes there without the office.
    """
    row = routes.categories[category]
    unit = locality if row.unit == OF_LOCALITY else row.unit
    elsewhere = next((other.answer for other in routes.elsewhere if _says(text, other.words)), "")
    spoken_of = categories_of(routes, text)
    agrees = not spoken_of or category in spoken_of
    return Route(
        unit=unit,
        advises=row.advises,
        kind=kind_of(routes, row, text, is_urgent=is_urgent),
        is_sure=unit is not None and agrees and not elsewhere,
        reason=_reason(routes, row, spoken_of, agrees),
        elsewhere=elsewhere,
    )


def kind_of(routes: Routes, category: Category, text: str, *, is_urgent: bool) -> Kind:
    if is_urgent:
        return "urgent"
    return "consult" if _says(text, routes.consult_words) else category.kind


def categories_of(routes: Routes, text: str) -> list[str]:
    """The categories of which the text speaks most, by their words; several where it speaks of them alike."""
    hits = {key: sum(word in text for word in row.words) for key, row in routes.categories.items()}
    most = max(hits.values(), default=0)
    return [key for key, count in hits.items() if count == most] if most else []


def is_hint(routes: Routes, demands: Iterable[tuple[str, date]], on: date) -> bool:
    """Whether demands of one category, as (firm, day), are so many that the office should think of a 实事."""
    recent = [firm for firm, day in demands if 0 <= (on - day).days <= routes.hint_days]
    return len(recent) >= routes.hint_demands and len(set(recent)) >= routes.hint_firms


def _category(row: Mapping[str, Any]) -> Category:
    return Category(
        key=row["key"],
        label=row["label"],
        unit=row.get("unit"),
        advises=row.get("advises"),
        kind=row["kind"],
        words=tuple(row["words"]),
        answer=row["answer"],
    )


def _says(text: str, words: Sequence[str]) -> bool:
    return any(word in text for word in words)


def _reason(routes: Routes, row: Category, spoken_of: Sequence[str], agrees: bool) -> str:
    named = f"{routes.title}{routes.version}：“{row.label}”类"
    if row.unit is None:
        return f"{named}没有固定的承办单位"
    answers = "由企业所在地先行答复" if row.unit == OF_LOCALITY else "由所列单位答复"
    if agrees:
        return f"{named}{answers}"
    others = "、".join(routes.categories[key].label for key in spoken_of)
    return f"{named}{answers}；但正文涉及{others}，请核对"

"""成长梯队: which rungs an enterprise has reached, and which is next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from app.terms import TitleLevel, TitleStatus

RUNGS: Sequence[tuple[str, tuple[TitleLevel, ...]]] = (
    ("创新型中小企业", (TitleLevel.INNOVATIVE,)),
    ("科技型中小企业", (TitleLevel.TECH_SME,)),
    ("专精特新中小企业", (TitleLevel.SPECIALISED, TitleLevel.SPECIALISED_CITY)),
    ("专精特新“小巨人”企业", (TitleLevel.LITTLE_GIANT,)),
    ("制造业单项冠军企业", (TitleLevel.SINGLE_CHAMPION,)),
)
LIVE = (TitleStatus.VALID, TitleStatus.PENDING)
# from the highest title that is held to the level that is applied for next
NEXT: Sequence[tuple[TitleLevel, TitleLevel | None]] = (
    (TitleLevel.SINGLE_CHAMPION, None),
    (TitleLevel.LITTLE_GIANT, TitleLevel.SINGLE_CHAMPION),
    (TitleLevel.SPECIALISED, TitleLevel.LITTLE_GIANT),
    (TitleLevel.SPECIALISED_CITY, TitleLevel.SPECIALISED),
    (TitleLevel.INNOVATIVE, TitleLevel.SPECIALISED),
)


@dataclass(frozen=True)
class Rung:
    """state: done | next | "" for what lies beyond, or beside it. since: of the title that is held."""

    name: str
    state: Literal["done", "next", ""]
    since: date | None = None
    until: date | None = None
    city_only: bool = False


def rungs(titles: Iterable[Any], today: date) -> list[Rung]:
    """titles: rows with level, status, announced_on, until_on."""
    held = live_titles(titles, today)
    following = next_level(held)
    return [_rung(name, levels, held, following) for name, levels in RUNGS]


def live_titles(titles: Iterable[Any], today: date) -> list[Any]:
    """Those that count today: valid, or waiting for their re-verification."""
    return [
        title
        for title in titles
        if title.status in LIVE and (title.until_on >= today or title.status == TitleStatus.PENDING)
    ]


def next_level(held: Iterable[Any]) -> TitleLevel | None:
    """What an enterprise with these titles applies for next; None on the top."""
    levels = {title.level for title in held}
    return next((following for level, following in NEXT if level in levels), TitleLevel.INNOVATIVE)


def _rung(name: str, levels: tuple[TitleLevel, ...], held: Sequence[Any], following: TitleLevel | None) -> Rung:
    found = [title for level in levels for title in held if title.level == level]
    if found:
        only_city = {title.level for title in found} == {TitleLevel.SPECIALISED_CITY}
        first = found[0]
        return Rung(name, "done", first.announced_on, first.until_on, only_city)
    return Rung(name, "next" if following in levels else "")

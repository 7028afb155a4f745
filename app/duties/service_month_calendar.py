"""The calendar of a service month: what clashes in it, and whom an activity invites. Plain rows, no tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256

from app.duties.credit_code import normalised
from app.duties.limits import ZONE

ONLINE = "线上"


@dataclass(frozen=True)
class Planned:
    """One activity as it is planned. codes: enterprises that it names; without any it takes whom the rules match."""

    no: int
    on_day: date
    place: str
    codes: tuple[str, ...] = ()

    @property
    def is_online(self) -> bool:
        return self.place.startswith(ONLINE)


def codes_in(text: object) -> tuple[str, ...]:
    """The credit codes of a text, each once, in their order; whatever stands between them."""
    words = re.split(r"[\s、，,；;]+", str(text or "").strip())
    return tuple(dict.fromkeys(normalised(word) for word in words if word))


def invited_at_once(planned: Iterable[Planned]) -> dict[int, int]:
    """Activity -> to how many of its day the most often invited of its enterprises is asked, where that is several."""
    rows = list(planned)
    asked = Counter((row.on_day, code) for row in rows for code in row.codes)
    most = {row.no: max((asked[row.on_day, code] for code in row.codes), default=0) for row in rows}
    return {no: count for no, count in most.items() if count > 1}


def same_place(planned: Iterable[Planned]) -> set[int]:
    """Activities that share their place with another one of the day; nothing clashes online."""
    rows = [row for row in planned if not row.is_online]
    taken = Counter((row.on_day, _plain(row.place)) for row in rows)
    return {row.no for row in rows if taken[row.on_day, _plain(row.place)] > 1}


def invited(key: str, named: Sequence[str], fitting: Iterable[str], busy: Collection[str], seats: int) -> list[str]:
    """Whom an activity invites: those it names, else as many of the fitting as it has seats.

    key: of the activity, which makes the choice fair and always the same. busy: who is invited that day already.
    """
    if named:
        return list(named)
    free = [code for code in fitting if code not in busy]
    return sorted(free, key=lambda code: sha256(f"{key}:{code}".encode()).hexdigest())[:seats]


def moment(on_day: date, on_time: str) -> datetime:
    """The instant at which an activity begins. Raises ValueError for a time that is none."""
    return datetime.combine(on_day, time.fromisoformat(on_time), ZONE)


def is_time(text: object) -> bool:
    """Whether it is a time of day such as 14:30."""
    return re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(text), re.ASCII) is not None


def _plain(place: str) -> str:
    return "".join(place.split())

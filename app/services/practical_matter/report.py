"""The year of a list in figures: what was accepted, what in part, what was dropped, what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.models.practical_matter import PracticalMatter

ENDED = ("accepted", "partly", "dropped")


def report_of(matters: Sequence[PracticalMatter]) -> dict[str, Any]:
    """Numbers of the matters by how they ended; satisfaction: the mean of those that have a figure, or None."""
    shares = [row.satisfaction for row in matters if row.satisfaction is not None]
    return {
        **{word: [row.number for row in matters if row.status == word] for word in ENDED},
        "rating": [row.number for row in matters if row.status == "rating"],
        "open": [row.number for row in matters if row.status not in (*ENDED, "rating")],
        "satisfaction": None if not shares else str(round(sum(shares) / len(shares), 1)),
    }

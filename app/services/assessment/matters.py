"""How each practical matter of a year was accepted."""

from __future__ import annotations

from collections.abc import Mapping

from app.services.assessment.year import Year


def matter_states(year: Year) -> Mapping[int, tuple[str, str]]:
    """By number: accepted | partly | not_accepted, and the instance that says so."""
    return {}

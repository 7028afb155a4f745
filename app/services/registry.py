"""Which casework serves which process."""

from __future__ import annotations

from collections.abc import Mapping

from app.services import annual_target, december_report
from app.services.cases import PLAIN, Casework

CASEWORK: Mapping[str, Casework] = {
    process: casework
    for casework in (annual_target.CASEWORK, december_report.CASEWORK)
    if casework.duty is not None
    for process in casework.duty.processes
}


def casework_of(process_key: str) -> Casework:
    """The casework of a duty's process; an uploaded process without one runs by its drawing alone."""
    return CASEWORK.get(process_key, PLAIN)

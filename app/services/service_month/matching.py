"""Whom activities invite: those that they name, else who fits them in the library; nobody twice on one day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import select

from app.duties.service_month_calendar import invited
from app.models.enterprise import Enterprise
from app.models.organization import Unit
from app.models.service_month import ServiceActivity
from app.services.cases import Case
from app.services.library_entry.rows import present_units, titles_of
from app.terms import EnterpriseState

ANY_CHAIN, IN_LIBRARY = "all", "library"


def invitations(case: Case, activities: Sequence[ServiceActivity]) -> dict[int, Sequence[str]]:
    """Those that name their enterprises go first, so that nobody is asked for a second time on the same day."""
    library = _Library(case)
    chosen: dict[int, Sequence[str]] = {}
    busy: dict[date, set[str]] = {}
    for activity in sorted(activities, key=lambda one: (not one.firms, one.on_day, one.number)):
        taken = busy.setdefault(activity.on_day, set())
        codes = invited(activity.key, activity.firms, library.fitting(activity), taken, activity.seats)
        taken.update(codes)
        chosen[activity.id] = codes
    return chosen


class _Library:
    """Every enterprise that is active, with what an activity asks for; read once for all activities."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._present = present_units(case.session)
        self._localities = {row.id for row in case.session.scalars(select(Unit)) if row.is_locality}
        columns = (Enterprise.id, Enterprise.locality_id, Enterprise.chain, Enterprise.library_since)
        active = Enterprise.state == EnterpriseState.ACTIVE.value
        self._rows = case.session.execute(select(*columns).where(active).order_by(Enterprise.id)).all()
        self._titles: Mapping[str, Sequence[str]] | None = None

    def fitting(self, activity: ServiceActivity) -> Iterator[str]:
        for code, locality, chain, since in self._rows:
            if activity.chain not in (ANY_CHAIN, "", chain):
                continue
            if activity.unit_id in self._localities and self._present.get(locality) != activity.unit_id:
                continue
            if since is not None if activity.level == IN_LIBRARY else activity.level in self._held(code):
                yield code

    def _held(self, code: str) -> Sequence[str]:
        if self._titles is None:
            self._titles = titles_of(self._case.session, [row.id for row in self._rows])
        return self._titles.get(code, ())

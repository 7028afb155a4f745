"""What an application brought goes into the enterprise's file where the file knew nothing, so that it is asked once."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.duties.enterprise_recognition import figures_of, profile_of
from app.models.enterprise import EnterpriseYear
from app.models.recognition import Application
from app.services.cases import Case
from app.services.enterprise_recognition.evaluating import known_years
from app.terms import Source


def file_application(case: Case, application: Application) -> None:
    """Of a granted one; a figure that the yearly update gave stays as it is."""
    if not application.answers or application.applied_on is None:
        return
    known = known_years(case, application.enterprise_id)
    for year, given in figures_of(application.answers, application.applied_on).items():
        _file_year(case, application, known.get(year), year, given)
    enterprise = application.enterprise
    enterprise.profile = {**profile_of(application.answers), **enterprise.profile}
    enterprise.product = enterprise.product or str(application.answers.get("segment", ""))
    enterprise.chain = enterprise.chain or str(application.answers.get("chain", ""))
    case.session.flush()


def _file_year(
    case: Case, application: Application, row: EnterpriseYear | None, year: int, given: dict[str, Any]
) -> None:
    if row is None:
        row = EnterpriseYear(
            enterprise_id=application.enterprise_id,
            year=year,
            figures={},
            as_of=date(year, 12, 31),
            source=Source.ENTERPRISE.value,
            recorded_at=case.at,
            recorded_by=case.actor.login,
            instance_id=case.instance.id,
        )
        case.session.add(row)
    row.figures = {**given, **{key: value for key, value in row.figures.items() if value not in (None, "")}}

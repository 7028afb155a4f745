"""`duban assessment recompute`: the same to the last digit, or the unit by name."""

from __future__ import annotations

from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.cli import assessment
from app.models.assessment import AssessmentScore
from app.services.house import House
from tests.services.assessments import Campaign


def test_scores_are_reckoned_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    Campaign(house).computed()
    settings = house.settings
    monkeypatch.setenv("DUBAN_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DUBAN_SECRET_KEY", settings.secret_key)
    monkeypatch.setenv("DUBAN_INSTANCE", str(settings.instance))

    good = CliRunner().invoke(assessment, ["recompute", "--year", "2022"])
    with house.database.transaction() as session:
        row = session.scalars(select(AssessmentScore).where(AssessmentScore.unit_id == "fin")).one()
        row.total = Decimal("99.9")
    bad = CliRunner().invoke(assessment, ["recompute", "--json"])

    assert (good.exit_code, good.output) == (0, "3 scores, all the same\n")
    assert bad.exit_code == 1
    assert '"unit": "fin"' in bad.output

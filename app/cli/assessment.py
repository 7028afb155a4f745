"""`duban assessment`: scores of a year reckoned again from their stored inputs."""

from __future__ import annotations

import click
from sqlalchemy import func, select

from app.cli.at_hand import as_json, opened, show
from app.models.assessment import AssessmentScore
from app.services.assessment.scores import differences


@click.group()
def assessment() -> None:
    """The yearly assessment."""


@assessment.command()
@click.option("--year", type=int, default=None, help="Only this year.")
@as_json
def recompute(year: int | None, as_json: bool) -> None:
    """Reckon every stored score again; names each that is not the same to the last digit."""
    counted = select(func.count()).select_from(AssessmentScore)
    with opened() as house, house.database.reading() as session:
        number = session.scalar(counted if year is None else counted.where(AssessmentScore.year == year)) or 0
        found = [
            {"year": one.year, "unit": one.unit_id, "revision": one.revision, "reason": one.text}
            for one in differences(session, year)
        ]
    if as_json:
        show(found, is_json=True)
    if found:
        raise click.ClickException("\n".join(f"{row['year']} {row['unit']}: {row['reason']}" for row in found))
    if not as_json:
        click.echo(f"{number} scores, all the same")

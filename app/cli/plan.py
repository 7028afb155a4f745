"""`duban plan`: a plan document in, and what was read."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import func, select

from app.cli.at_hand import as_json, opened, show, show_one
from app.documents.plan import PlanDocument
from app.documents.plan_reader import PlanProblems, read_plan
from app.models.plan import Action, Discrepancy, Indicator, Matter, Measure, Plan
from app.queries.actor import SYSTEM
from app.services.plans import load_plan


@click.group()
def plan() -> None:
    """The plan document."""


@plan.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only read and check.")
@as_json
def import_(file: Path, dry_run: bool, as_json: bool) -> None:
    """Read FILE (.yaml), refuse it line by line or load it."""
    document = read(file)
    if not dry_run:
        with opened() as house, house.database.transaction() as session:
            load_plan(session, document, SYSTEM)
    show_one(summary(document), as_json)


@plan.command("show")
@as_json
def show_(as_json: bool) -> None:
    """The plans that are loaded, and how much each holds."""
    with opened() as house, house.database.reading() as session:
        rows = []
        for row in session.scalars(select(Plan).order_by(Plan.id)):
            counts = {
                model.__tablename__: session.scalar(select(func.count()).where(model.plan_id == row.id))
                for model in (Action, Measure, Indicator, Matter, Discrepancy)
            }
            rows.append({"key": row.key, "title": row.title, "years": f"{row.first_year}-{row.last_year}", **counts})
    show(rows, as_json)


def read(file: Path) -> PlanDocument:
    """The plan in the file. Raises a click error that names every line with a problem."""
    try:
        return read_plan(file.read_bytes(), file.name)
    except PlanProblems as refused:
        raise click.ClickException("\n".join(f"{file.name}: {problem}" for problem in refused.problems)) from refused


def summary(document: PlanDocument) -> dict[str, object]:
    return {
        "key": document.key,
        "title": document.issue.title,
        "years": f"{document.first_year}-{document.last_year}",
        "units": sum(1 for unit in document.units if unit.kind != "body"),
        "actions": len(document.actions),
        "measures": len(document.measures),
        "indicators": len(document.indicators),
        "matters": len(document.matters),
        "discrepancies": len(document.discrepancies),
    }

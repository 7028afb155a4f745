"""The case that an instance is about, and what the instance notes about itself.

Working rows (key "" unless said):

    lead        {author}: whose inbox writes the case
    returned    {by, text, points: [{field, point}], unlocked: [part] or None}: why the case came back last
    consent     {login, name, on, outcome, withheld, signer}
    review      key: 01, 02, …; {login, name, on, points, outcome, opinion_text, return_points}
    checked     key: unit; {login, name, on, rows: [{no, verdict, right_value, right_source}]}; of the last review
    opinion     key: element; {login, name, on, outcome, opinion_text}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.duties.typical_case import TEXTS, settled_text
from app.models.enterprise import Enterprise
from app.models.organization import Unit
from app.models.process import ProcessInstance, Subscription
from app.models.typical_case import TypicalCase
from app.services.cases import Case

Row = dict[str, Any]

PROCESS = "typical_case"
TITLE_LOST = "title_lost"
INSTANCE, SUBSCRIPTION = table_of(ProcessInstance), table_of(Subscription)


def case_of(case: Case) -> TypicalCase:
    """The row of the instance's case, which its opening wrote."""
    return case.session.get_one(TypicalCase, number_of(case.instance.business_key))


def number_of(business_key: str) -> str:
    """2022-031 of typical_case:2022-031."""
    return business_key.removeprefix(f"{PROCESS}:")


def firm_named(session: Session, text: str) -> Enterprise | None:
    """An enterprise by its credit code or its whole name."""
    wanted = text.strip()
    found = session.scalars(
        select(Enterprise).where(or_(Enterprise.id == wanted.upper(), Enterprise.name == wanted)).limit(1)
    )
    return found.first()


def name_subject(case: Case, firm: Enterprise | None) -> None:
    """The instance learns only from the writer which firm it is about; what it waits for follows."""
    told, instance_id = case_of(case), case.instance.id
    code = firm.id if firm else None
    if told.enterprise_id == code:
        return
    told.enterprise_id = case.instance.enterprise_id = code
    case.session.flush()
    of_instance = INSTANCE.update().where(INSTANCE.c.id == instance_id)
    case.connection.execute(of_instance.values(enterprise_id=code))
    waiting = (SUBSCRIPTION.c.instance_id == instance_id, SUBSCRIPTION.c.message == TITLE_LOST)
    case.connection.execute(SUBSCRIPTION.update().where(*waiting).values(key=title_key(code)))
    case.rekeyed.append((TITLE_LOST, title_key(code)))


def title_key(enterprise_id: str | None) -> str:
    """Under which key a case hears that its firm's title was lost; one without a firm never does."""
    return enterprise_id or "-"


def subject_name(told: TypicalCase) -> str:
    """Whom the case is about: the firm, or the service of the unit."""
    return told.enterprise.name if told.enterprise else told.author_name


def named_units(session: Session) -> list[dict[str, str]]:
    """Every unit that stands, in the plan's order."""
    rows = session.scalars(select(Unit).where(Unit.ended_on.is_(None)).order_by(Unit.position))
    return [{"unit": row.id, "name": row.name, "short_name": row.short_name} for row in rows if row.kind != "body"]


def unit_names(session: Session) -> dict[str, str]:
    return {row.id: row.short_name for row in session.execute(select(Unit.id, Unit.short_name))}


def figures_of(told: TypicalCase) -> list[Row]:
    """The figures that the case quotes, numbered."""
    return [{"no": number, **row} for number, row in enumerate(told.answers.get("figures", ()), 1)]


def findings_of(case: Case, told: TypicalCase) -> list[Row]:
    """For each figure what the departments found, and by whom; one that is wrong by any of them is wrong."""
    found: dict[int, Row] = {}
    for unit, checked in case.rows("checked").items():
        for row in checked["rows"]:
            if found.get(row["no"], {}).get("verdict") != "wrong":
                found[row["no"]] = {**row, "by": unit}
    return [{**row, "verdict": "", **found.get(row["no"], {})} for row in figures_of(told)]


def settled_parts(told: TypicalCase, findings: list[Row]) -> dict[str, str]:
    """The text as it is published."""
    return {part: settled_text(str(told.answers.get(part) or ""), findings) for part in TEXTS}


def last_review(case: Case) -> Mapping[str, Any]:
    return next(reversed(case.rows("review").values()), {})

"""The objection that an instance is about, and what it notes about itself.

Working rows (key "" unless said):

    findings    {login, name, on, findings: [{fact, source, verdict, finding}], statement, statement_on}
    returned    {name, text}: why the head sent the findings back
    decision    {login, name, on, outcome, opinion_text, rows: [{credit_code, result, kind, remark}], answer}
    lead        what was found before the objection ended: offered to the bureau against a title

Who objected stands in the table alone, so that no event and no history tells it.
"""

from __future__ import annotations

from sqlalchemy import select

from app.models.recognition import Objection
from app.services.cases import Case

PROCESS = "objection"
PRIVATE = frozenset({"name", "phone"})


def objection_of(case: Case) -> Objection:
    return case.session.scalars(select(Objection).where(Objection.key == case.instance.business_key)).one()

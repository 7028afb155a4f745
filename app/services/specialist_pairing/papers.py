"""The papers of 服务专员结对: the card for the enterprise, the letter to the unit, the record of a visit."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from app.documents import contact_card, sending_letter, visit_record
from app.documents.contact_card import ContactCard
from app.documents.paper import Letterhead
from app.documents.sending_letter import SendingLetter
from app.documents.visit_record import VisitRecord
from app.duties.specialist_pairing import KIND_WORDS
from app.errors import NotFound
from app.models.organization import OFFICE, Unit
from app.models.pairing import Pairing, Visit
from app.models.process import WorkingRow
from app.services.demand_routes import demand_routes
from app.services.specialist_pairing.prefill import MANNERS

STATES = {"good": "良好", "steady": "平稳", "difficult": "困难"}


def card(session: Session, pairing: Pairing, today: date) -> tuple[str, bytes]:
    """Name and bytes of the Word file."""
    word, person = KIND_WORDS[pairing.kind], pairing.person
    paper = ContactCard(
        agency=_office(session).name,
        enterprise=pairing.enterprise.name,
        kind=word,
        person=person.name,
        unit=person.unit.name,
        phone=person.phone,
        since=pairing.from_on,
        complaint=pairing.enterprise.locality.name,
        issued_on=today,
    )
    return f"{word}联系卡 {pairing.enterprise.name}.docx", contact_card.render(paper)


def letter(session: Session, pairing: Pairing) -> tuple[str, bytes]:
    """Raises NotFound where no unit had to be asked."""
    numbered = session.get(WorkingRow, (pairing.instance_id, "letter", "")) if pairing.instance_id else None
    if numbered is None:
        raise NotFound("这项结对没有派员函：由属地自己的专员服务。")
    office, unit, word = _office(session), session.get_one(Unit, numbered.value["unit"]), KIND_WORDS[pairing.kind]
    paper = SendingLetter(
        letterhead=Letterhead(
            agency=office.name,
            number=numbered.value["number"],
            addressee=unit.name,
            issued_on=date.fromisoformat(numbered.value["on"]),
            printer=office.name,
        ),
        enterprise=pairing.enterprise.name,
        kind=word,
        person=pairing.person.name,
        since=pairing.from_on,
        reason=pairing.explanation,
        is_appointed=pairing.is_appointed,
    )
    return f"派员函 {numbered.value['number']}.docx", sending_letter.render(paper)


def record(session: Session, visit: Visit) -> tuple[str, bytes]:
    """Of one visit."""
    labels = {key: category.label for key, category in demand_routes().categories.items()}
    told = visit.answers
    paper = VisitRecord(
        agency=visit.person.unit.name,
        enterprise=visit.enterprise.name,
        address=visit.enterprise.address,
        visited_on=visit.visited_on,
        manner=MANNERS[visit.manner],
        people=visit.people,
        state=STATES[visit.state],
        state_text=visit.state_text,
        demands=[(labels[row["category"]], row["text"]) for row in told.get("demands", ())],
        policies=[row["name"] for row in told.get("policies", ())],
        changes=[f"{row['change']}：{row.get('note', '')}" for row in told.get("changes", ()) if row.get("happened")],
        late_reason=visit.late_reason,
        score=visit.score,
    )
    name = f"走访记录 {visit.enterprise.name} {visit.visited_on.isoformat()}.docx"
    return name, visit_record.render(paper)


def _office(session: Session) -> Unit:
    return session.get_one(Unit, OFFICE)

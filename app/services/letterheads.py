"""What surrounds the text of a paper that the office or the bureau issues."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from app.documents.paper import Letterhead
from app.models.organization import OFFICE, Unit
from app.services.assignment import unit_with

RECOGNITION = "recognition"


def of_office(session: Session, number: str, addressee: str, issued_on: date, signer: str = "") -> Letterhead:
    return _of(session.get_one(Unit, OFFICE), number, addressee, issued_on, signer)


def of_bureau(session: Session, number: str, addressee: str, issued_on: date, signer: str = "") -> Letterhead:
    """Of the unit that recognises enterprises."""
    bureau = session.get_one(Unit, unit_with(session.connection(), RECOGNITION))
    return _of(bureau, number, addressee, issued_on, signer)


def _of(unit: Unit, number: str, addressee: str, issued_on: date, signer: str) -> Letterhead:
    return Letterhead(unit.name, number, addressee, issued_on, signer=signer, printer=unit.short_name)

"""How a person wants her screens and her mail. Nothing of it is anybody's business but hers, so no event is written."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from app.errors import NotPermitted
from app.models.person import Person
from app.queries.actor import Actor


@dataclass(frozen=True)
class Preferences:
    """locale: "" for the house's own. The names are those of models.Person."""

    locale: str
    has_single_keys: bool
    has_compact_rows: bool
    wants_mail: bool


def set_preferences(session: Session, actor: Actor, wanted: Preferences) -> None:
    person = session.get(Person, actor.person_id)
    if person is None:
        raise NotPermitted
    for name, value in asdict(wanted).items():
        setattr(person, name, value)

"""The bar over the search: what was asked for, in the address, in words, and as it is saved under a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.registry import DUTIES
from app.errors import BadRequest
from app.models.event import ADMINISTRATION
from app.models.event_line import BUSINESS
from app.models.inbox_view import SavedFilter
from app.models.person import Person
from app.queries import list_views, units
from app.queries.event_search import Wanted
from app.queries.event_verbs import VERBS
from app.views.list_filters import Chip, chips

LONGEST = 80


@dataclass(frozen=True)
class Bar:
    """named: the present filters in words, empty without any. See inbox/_saved.html for the rest."""

    list_key: str
    saved_word: str
    named: str
    query: str
    chips: Sequence[Chip]
    clear_href: str

    @property
    def chip(self) -> Chip | None:
        return next((chip for chip in self.chips if chip.is_current), None)


def bar(wanted: Wanted, names: Mapping[str, str], people: Mapping[str, str], saved: Sequence[SavedFilter]) -> Bar:
    has_default = any(one.is_default for one in saved)
    return Bar(
        list_key=list_views.EVENTS,
        saved_word=_("已存检索"),
        named=named(wanted, names, people),
        query=request.query_string.decode(),
        chips=chips(saved, asked_terms()),
        clear_href=url_for("event_search.page", all=1 if has_default else None),
    )


def asked_terms() -> dict[str, Any]:
    """What the address says of the search, as a saved one keeps it."""
    asked = {name: request.args.get(name, "").strip()[:LONGEST] for name in list_views.TERMS_OF[list_views.EVENTS]}
    return {name: text.replace("\0", "") for name, text in asked.items() if text}


def asked() -> Wanted:
    """Raises BadRequest for a day that is none."""
    terms = asked_terms()
    if any(name in terms and _day(terms[name]) is None for name in ("from_on", "until_on")):
        raise BadRequest(_("日期请写成 2024-12-16 的样子。"))
    return wanted_of(terms)


def wanted_of(terms: Mapping[str, str]) -> Wanted:
    return Wanted(
        person=terms.get("person", ""),
        unit_id=terms.get("unit", ""),
        enterprise=terms.get("enterprise", ""),
        duty=terms.get("duty", ""),
        verb=terms.get("verb", ""),
        kind=terms.get("kind", ""),
        from_on=_day(terms.get("from_on", "")),
        until_on=_day(terms.get("until_on", "")),
        text=terms.get("q", ""),
        in_payloads=terms.get("said") == "1",
    )


def named(wanted: Wanted, names: Mapping[str, str], people: Mapping[str, str] | None = None) -> str:
    """市工信局、退回: what is searched for, in words. names: short names of units; people: names by login."""
    words = [
        kind_words().get(wanted.kind, wanted.kind),
        (people or {}).get(wanted.person, wanted.person),
        names.get(wanted.unit_id, wanted.unit_id),
        wanted.enterprise,
        DUTIES[wanted.duty].name if wanted.duty in DUTIES else wanted.duty,
        _(VERBS[wanted.verb]) if wanted.verb in VERBS else wanted.verb,
        _("%(day)s起", day=wanted.from_on) if wanted.from_on else "",
        _("%(day)s止", day=wanted.until_on) if wanted.until_on else "",
        f"“{wanted.text}”" if wanted.text else "",
    ]
    return "、".join(word for word in words if word)


def in_words(session: Session) -> str:
    """What the address of this request asks for."""
    wanted = wanted_of(asked_terms())
    people = session.execute(select(Person.login, Person.name).where(Person.login == wanted.person)).all()
    return named(wanted, units.short_names(session, {wanted.unit_id}), dict(people))


def kind_words() -> dict[str, str]:
    return {BUSINESS: _("业务办理"), ADMINISTRATION: _("管理操作")}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

"""How a case comes in: offered by a unit, a specialist or a firm, from a December report, from a growth plan."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.duties.typical_case import KINDS, WITHOUT_FIRM
from app.errors import RuleViolation
from app.models.enterprise import Enterprise
from app.models.organization import OFFICE, Unit
from app.models.person import Person
from app.models.typical_case import TypicalCase
from app.queries.actor import Actor, enterprise_inbox
from app.services.cases import Start
from app.services.document_numbers import next_serial
from app.services.house import House
from app.services.typical_case.rows import PROCESS
from app.terms import Role

Told = Mapping[str, Any]

SERIAL = "案例"
PORTAL, BY_OFFICE, REPORT, GROWTH = "portal", "office", "report", "growth"
SHORTEST_TITLE, LONGEST_TITLE = 2, 40
MOST_LEAD = 300


def opening(session: Session, house: House, variables: Told) -> Start:
    """variables: {author, title, text, kind?, enterprise_id?, origin?, source_key?}. Raises RuleViolation.

    author: an inbox: `contact:<unit>`, `person:<id>` of a specialist, `enterprise:<code>`. Without a source key the
    same words of one author are one case in a day.
    """
    words = [str(variables.get(name) or "") for name in ("author", "title", "text")]
    said = sha256("|".join([*words, clock.today().isoformat()]).encode()).hexdigest()
    return _opened(session, {"source_key": f"said:{said}", **variables})


def offered(session: Session, house: House, told: Told) -> Start | None:
    """The message `case_offered`: {key, author or unit, title, text, enterprise_id?, kind?, origin?}."""
    title = str(told.get("title") or "").strip()[:LONGEST_TITLE]
    author = told.get("author") or f"contact:{told.get('unit')}"
    wanted = {**told, "title": title, "author": author, "source_key": told["key"]}
    return _opened(session, wanted) if len(title) >= SHORTEST_TITLE else None


def may_open(actor: Actor, start: Start) -> bool:
    """Whoever writes it; the office for any unit."""
    return start.rows["lead", ""]["author"] in actor.principals or actor.has(Role.OFFICE)


def _opened(session: Session, told: Told) -> Start:
    """Offered before, the same case is opened again, which gives the same instance."""
    known = session.scalars(select(TypicalCase).where(TypicalCase.source_key == str(told["source_key"]))).one_or_none()
    row = known or _written(session, told)
    enterprise = session.get(Enterprise, row.enterprise_id) if row.enterprise_id else None
    by_unit = row.author.startswith("contact:")
    data = {
        "case_key": f"{PROCESS}:{row.number}",
        "enterprise_key": row.enterprise_id or "",
        "by_unit": by_unit,
        "no_firm": row.enterprise_id is None,
        "outcome": "",
        "round": 1,
        "units": {},
    }
    unit_id = row.unit_id or (enterprise.locality_id if enterprise else None)
    title, rows = f"典型案例：{row.title}", {("lead", ""): {"author": row.author}}
    key, firm = f"{PROCESS}:{row.number}", row.enterprise_id
    return Start(PROCESS, key, title, row.year, unit_id, data=data, rows=rows, enterprise_id=firm)


def _written(session: Session, told: Told) -> TypicalCase:
    author, name, unit_id = _author(session, str(told.get("author") or ""))
    title, text = str(told.get("title") or "").strip(), str(told.get("text") or "").strip()
    if not SHORTEST_TITLE <= len(title) <= LONGEST_TITLE:
        raise RuleViolation("title", f"请填写标题，{SHORTEST_TITLE}至{LONGEST_TITLE}字")
    kind = str(told.get("kind") or "other")
    if kind not in KINDS:
        raise RuleViolation("kind", "请选择类别")
    enterprise_id = _firm(session, told, author, kind)
    today = clock.today()
    row = TypicalCase(
        number=f"{today.year}-{next_serial(session.connection(), SERIAL, today.year):03d}",
        year=today.year,
        source_key=str(told["source_key"]),
        origin=str(told.get("origin") or PORTAL),
        author=author,
        author_name=name,
        unit_id=unit_id,
        enterprise_id=enterprise_id,
        title=title,
        kind=kind,
        lead=text[:MOST_LEAD],
        state="writing",
        opened_on=today,
    )
    session.add(row)
    session.flush()
    return row


def _author(session: Session, author: str) -> tuple[str, str, str | None]:
    """The inbox, its name, and the unit that the case is credited to: a specialist's is that of her home."""
    inbox, _, whose = author.partition(":")
    unit = session.get(Unit, whose) if inbox == "contact" else None
    if unit is not None and unit.id != OFFICE:
        return author, unit.short_name, unit.id
    person = session.get(Person, int(whose)) if inbox == "person" and whose.isdecimal() else None
    if person is not None:
        return author, person.name, person.unit_id
    firm = session.get(Enterprise, whose) if inbox == "enterprise" else None
    if firm is not None:
        return author, firm.name, None
    raise RuleViolation("author", "请选择报送单位")


def _firm(session: Session, told: Told, author: str, kind: str) -> str | None:
    """A firm writes about itself, a specialist about a firm; a unit may leave it to who writes."""
    wanted = str(told.get("enterprise_id") or "").strip()
    if author.startswith("enterprise:"):
        own = author.partition(":")[2]
        if wanted and enterprise_inbox(wanted) != author:
            raise RuleViolation("subject", "只能报送本企业的案例")
        return own
    if wanted and session.get(Enterprise, wanted) is None:
        raise RuleViolation("subject", "没有找到该企业，请填写企业全称或统一社会信用代码")
    if not wanted and author.startswith("person:") and kind not in WITHOUT_FIRM:
        raise RuleViolation("subject", "请填写所写的企业")
    return wanted or None

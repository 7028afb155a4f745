"""What each form of 服务专员结对 begins with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.duties.lights import chinese_date, distance_text
from app.duties.specialist_pairing import KIND_WORDS, Person, first_visit_due
from app.models.demand import Demand
from app.models.pairing import PairingRefusal, Visit
from app.models.person import Person as Account
from app.services.cases import Case, Prefill
from app.services.specialist_pairing.facts import PairingFacts, VisitFacts
from app.services.specialist_pairing.rows import VISIT, chosen, enterprise_of, kind_of, pairing_of

Row = dict[str, Any]

SHOWN_CANDIDATES = 5
SHOWN_EXCLUDED = 20
DISTURBED_DAYS = 30
CHANGES = ("更名", "合并", "重组", "迁址", "停产", "事故")
MANNERS = {"onsite": "实地", "video": "视频", "phone": "电话"}
CLOSED_DEMANDS = ("closed", "withdrawn")


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    known = PREFILLS.get(element_id)
    return (known(case) if known else {}), {}


def _choice(case: Case) -> Row:
    ranking = case.row("ranking") or {"candidates": []}
    persons = {person.id: person for person in PairingFacts(case).persons}
    known = {**_about(case), **_considered(case, persons), "since": case.today.isoformat()}
    first = next((persons[row["person"]] for row in ranking["candidates"] if row["person"] in persons), None)
    return {**known, **({"person": name_for(first, persons.values())} if first else {})}


def name_for(person: Person, others: Iterable[Person]) -> str:
    """As a form takes it: the name, with the unit where somebody else bears it too."""
    is_shared = sum(other.name == person.name for other in others) > 1
    return f"{person.name}（{person.unit_name}）" if is_shared else person.name


def _wider(case: Case) -> Row:
    persons = {person.id: person for person in PairingFacts(case).persons}
    considered = _considered(case, persons)
    return {**_about(case), **{name: considered[name] for name in ("excluded", "refusals") if name in considered}}


def _appointment(case: Case) -> Row:
    persons = {person.id: person for person in PairingFacts(case).persons}
    return {**_about(case), **_considered(case, persons)}


def _considered(case: Case, persons: Mapping[int, Person]) -> Row:
    """Tables that would be empty are left out of the form."""
    ranking = case.row("ranking") or {"candidates": [], "excluded": []}
    candidates = [
        _candidate(number, persons[row["person"]], row)
        for number, row in enumerate(ranking["candidates"][:SHOWN_CANDIDATES], 1)
        if row["person"] in persons
    ]
    excluded = [
        {"no": number, "name": one.name, "unit_name": one.unit_name, "reason": row["reason"]}
        for number, row in enumerate(ranking["excluded"][:SHOWN_EXCLUDED], 1)
        if (one := persons.get(row["person"]))
    ]
    tables = {"candidates": candidates, "excluded": excluded, "refusals": _refusals(case)}
    return {name: rows for name, rows in tables.items() if rows}


def _candidate(number: int, person: Person, row: Mapping[str, Any]) -> Row:
    return {
        "no": number,
        "name": person.name,
        "unit_name": person.unit_name,
        "post": person.post or "服务专员",
        "field": "、".join([*person.chains, *person.industries]) or "未登记",
        "load": person.load,
        "satisfaction": f"{person.satisfaction}分" if person.satisfaction is not None else "不足3次",
        "score": row["score"],
        "explanation": row["explanation"],
    }


def _refusals(case: Case) -> list[Row]:
    found = case.session.execute(
        select(PairingRefusal, Account.name)
        .join(Account, Account.id == PairingRefusal.person_id)
        .where(PairingRefusal.instance_id == case.instance.id)
        .order_by(PairingRefusal.id)
    )
    return [
        {"no": number, "name": name, "on": row.on.isoformat(), "reason": row.reason}
        for number, (row, name) in enumerate(found, 1)
    ]


def _about(case: Case) -> Row:
    firm = enterprise_of(case)
    return {
        "enterprise_name": firm.name,
        "locality_name": firm.locality.short_name,
        "field_note": "，".join(filter(None, [firm.chain, firm.industry, firm.product])) or "未登记",
        "kind_name": KIND_WORDS[kind_of(case)],
    }


def _sending(case: Case) -> Row:
    choice = chosen(case)
    person = next((one for one in PairingFacts(case).persons if one.id == choice["person"]), None)
    about = _about(case)
    del about["field_note"]
    return {
        **about,
        "person_name": person.name if person else "",
        "load_note": f"已结对{person.load}家，上限{person.limit}家" if person else "",
        "since": choice["since"],
        "explanation": choice["explanation"],
    }


def _acceptance(case: Case) -> Row:
    choice, firm = chosen(case), enterprise_of(case)
    account = case.session.get_one(Account, choice["person"])
    return {
        **_about(case),
        "contact_note": _contact(firm.contact_name, firm.contact_phone),
        "since": choice["since"],
        "explanation": choice["explanation"],
        "mobile": account.phone or "未登记",
        "office": account.unit.name,
    }


def _contact(name: str, phone: str) -> str:
    return " ".join(filter(None, [name, phone])) or "未登记"


def _first_visit(case: Case) -> Row:
    """What was typed before the specialist left is there again, for the one who follows."""
    known = {**_visited(case), "profile_note": "请打开企业档案，与企业逐项核对", "profile_ok": True}
    return {**known, **(case.row("visit_draft") or {})}


def _visit(case: Case) -> Row:
    last = VisitFacts(case).last_state_text
    return {**_visited(case), **({"last_state": last} if last else {})}


def _visited(case: Case) -> Row:
    firm = enterprise_of(case)
    recent = _recent_visits(case)
    return {
        "enterprise_name": firm.name,
        "address": firm.address or "未登记",
        "contact_note": _contact(firm.contact_name, firm.contact_phone),
        "open_demands": _open_demands(case),
        **({"recent_visits": recent} if recent else {}),
        "visited_on": case.today.isoformat(),
        "manner": "onsite",
        "people": f"{case.actor.name}；{firm.contact_name}".strip("；"),
        "changes": [{"change": change} for change in CHANGES],
    }


def _open_demands(case: Case) -> str:
    wanted = (Demand.enterprise_id == case.instance.enterprise_id, Demand.state.not_in(CLOSED_DEMANDS))
    rows = case.session.scalars(select(Demand).where(*wanted).order_by(Demand.id)).all()
    return "；".join(f"{row.number} {row.title}" for row in rows) or "没有"


def _recent_visits(case: Case) -> list[Row]:
    since = case.today - timedelta(days=DISTURBED_DAYS)
    wanted = (Visit.enterprise_id == case.instance.enterprise_id, Visit.visited_on >= since)
    rows = case.session.scalars(select(Visit).where(*wanted).order_by(Visit.visited_on.desc())).all()
    return [
        {"no": number, "on": row.visited_on.isoformat(), "by": row.person.name, "manner": MANNERS[row.manner]}
        for number, row in enumerate(rows, 1)
    ]


def _late_first_visit(case: Case) -> Row:
    pairing = pairing_of(case)
    due = first_visit_due(pairing.from_on if pairing else case.today, case.calendar)
    return {
        "enterprise_name": enterprise_of(case).name,
        "person_name": pairing.person.name if pairing else "",
        "due_on": due.isoformat(),
        "late_note": distance_text(case.today, due, case.calendar),
    }


def _missed(case: Case) -> Row:
    facts, pairing = VisitFacts(case), pairing_of(case)
    return {
        "enterprise_name": enterprise_of(case).name,
        "person_name": pairing.person.name if pairing else "",
        "quarter_note": f"{facts.year}年第{facts.quarter}季度",
        "due_on": facts.visit_due_on.isoformat(),
    }


def _rating(case: Case) -> Row:
    pairing, visit = pairing_of(case), last_visit(case)
    person = pairing.person if pairing else None
    known: Row = {
        "person_name": person.name if person else "",
        "unit_name": person.unit.name if person else "",
        "visited_on": chinese_date(visit.visited_on) if visit else "",
    }
    if case.instance.definition_key == VISIT:
        return {**known, "answered_note": _answered(case, visit)}
    return {**known, "phone": person.phone if person and person.phone else "未登记"}


def _answered(case: Case, visit: Visit | None) -> str:
    told = visit.answers.get("demands", []) if visit else []
    return f"走访中反映诉求{len(told)}项，已分别办理" if told else "走访中没有反映诉求"


def last_visit(case: Case) -> Visit | None:
    """The visit that this instance registered last."""
    where = Visit.instance_id == case.instance.id
    return case.session.scalars(select(Visit).where(where).order_by(Visit.id.desc()).limit(1)).one_or_none()


def _judgement(case: Case) -> Row:
    pairing = pairing_of(case)
    where = (Visit.pairing_id == (pairing.id if pairing else 0), Visit.score.is_not(None))
    visits = case.session.scalars(select(Visit).where(*where).order_by(Visit.id.desc()).limit(5)).all()
    ratings = [
        {"no": number, "on": row.rated_on.isoformat() if row.rated_on else "", "score": row.score,
         "comment": row.ratings.get("change_reason") or row.ratings.get("comment") or ""}
        for number, row in enumerate(visits, 1)
    ]  # fmt: skip
    return {
        "enterprise_name": enterprise_of(case).name,
        "person_name": pairing.person.name if pairing else "",
        **({"ratings": ratings} if ratings else {}),
    }


PREFILLS: Mapping[str, Callable[[Case], Row]] = {
    "choose_specialist": _choice,
    "widen_search": _wider,
    "appoint_specialist": _appointment,
    "approve_sending": _sending,
    "accept_pairing": _acceptance,
    "first_visit": _first_visit,
    "visit_enterprise": _visit,
    "decide_first_visit": _late_first_visit,
    "explain_missed_visit": _missed,
    "ask_enterprise": _rating,
    "rate_visit": _rating,
    "decide_change": _judgement,
}

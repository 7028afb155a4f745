"""The yearly check of a locality's enterprises in the library: prefilled, changed where something happened, applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from app.duties.library_entry import EXIT_REASONS, exit_reason, locality_named
from app.duties.library_entry_rows import ACTIVE
from app.models.enterprise import Enterprise, EnterpriseYear, LibraryStay
from app.queries.actor import enterprise_inbox
from app.services.case_notes import hand_of, present
from app.services.cases import Action, Case, Data, Prefill
from app.services.library_entry.facts import localities
from app.services.library_entry.forms import Filler
from app.services.library_entry.rows import Row, home_of, put_opinion, returned_opinion, titles_of
from app.services.telling import tell
from app.terms import EnterpriseState, TitleLevel

Answers = Mapping[str, Any]
NEEDLESS = "pairing_needless"
GONE = ("deregistered", "moved_out")  # with these a service specialist has nothing left to serve
WORDS: Mapping[str, str] = {
    "active": "正常",
    "stopped": "停产",
    "deregistered": "注销",
    "moved_out": "迁出",
    "large": "升为大型",
    "duplicate": "重复",
}


def prefill_check(case: Case, data: Data) -> None:
    """What the house knows already: the register's state, titles, the yearly update, moves."""
    home = home_of(case)
    found = case.session.scalars(
        select(Enterprise)
        .where(Enterprise.locality_id == home, Enterprise.library_since.is_not(None))
        .order_by(Enterprise.library_since, Enterprise.id)
    ).all()
    codes = [row.id for row in found]
    titles, updated = titles_of(case.session, codes), _updated(case, codes)
    case.put_all("enterprise", {row.id: _known(row, titles.get(row.id, []), row.id in updated) for row in found})


def _updated(case: Case, codes: list[str]) -> set[str]:
    """Those whose figures of last year are there."""
    wanted = (EnterpriseYear.enterprise_id.in_(codes), EnterpriseYear.year == case.today.year - 1)
    return set(case.session.scalars(select(EnterpriseYear.enterprise_id).where(*wanted)))


def _known(row: Enterprise, titles: list[str], is_updated: bool) -> Row:
    state = row.state if row.state in WORDS else ACTIVE
    notes = ["" if is_updated else "上年数据未更新", "" if row.state in WORDS else EnterpriseState(row.state).label]
    known = {
        "name": row.name,
        "entered_on": row.library_since.isoformat() if row.library_since else "",
        "titles": "、".join(TitleLevel(level).label for level in titles),
        "note": "；".join(filter(None, notes)),
        "state": state,
    }
    if state != ACTIVE:
        known |= {"on": row.changed_at.date().isoformat(), "proof": "一企一档登记状态"}
    return known


def _check_form(case: Case) -> Prefill:
    rows = [present(credit_code=code, **row) for code, row in case.rows("enterprise").items()]
    rows.sort(key=lambda row: (row["state"] == ACTIVE, row.get("entered_on", ""), row["credit_code"]))
    return present(returned_opinion=returned_opinion(case, "review_check", "sign_check"), rows=rows), {}


def _exceptions_form(case: Case) -> Prefill:
    rows = case.rows("enterprise")
    exits = [_exception(case, code, row) for code, row in rows.items() if row["state"] != ACTIVE]
    exits.sort(key=lambda row: (row["effect"] != "出库", row["credit_code"]))
    told = f"在库{len(rows)}家，正常{len(rows) - len(exits)}家"
    leaving = sum(row["effect"] == "出库" for row in exits)
    return present(summary=f"{told}，建议出库{leaving}家，市内迁移{len(exits) - leaving}家。", exits=exits), {}


def _exception(case: Case, code: str, row: Row) -> Row:
    moved_to = _moved_to(case, row)
    return present(
        credit_code=code,
        name=row["name"],
        state=WORDS[row["state"]],
        on=row.get("on"),
        proof=row.get("proof"),
        effect="转至迁入地" if moved_to else "出库",
    )


def _moved_to(case: Case, row: Row) -> str | None:
    """The locality of the city to which an enterprise has moved."""
    named = str(row.get("to_locality") or "")
    return locality_named(localities(case), named) if row["state"] == "moved_out" and named else None


def _check(case: Case, answers: Answers) -> Answers:
    known = case.rows("enterprise")
    typed = {row["credit_code"]: row for row in answers["rows"]}
    fields = ("state", "on", "proof", "to_locality")
    rows = {
        code: {name: value for name, value in row.items() if name not in fields}
        | {name: typed[code][name] for name in fields if typed.get(code, {}).get(name)}
        for code, row in known.items()
    }
    case.put_all("enterprise", {code: {"state": ACTIVE, **row} for code, row in rows.items()})
    case.put("checked", "", hand_of(case))
    for element_id in ("sign_check", "review_check"):
        case.drop("opinion", element_id)
    return {}


def _signed(element_id: str) -> Callable[[Case, Answers], Answers]:
    def receive(case: Case, answers: Answers) -> Answers:
        put_opinion(case, element_id, answers)
        return {"outcome": answers["outcome"]}

    return receive


def apply_check(case: Case, data: Data) -> None:
    """Exits with their reason, moves within the city; as of the day of the decision, so that old counts stay."""
    exits, moves = [], []
    for code, row in case.rows("enterprise").items():
        if row["state"] == ACTIVE:
            continue
        enterprise = case.session.get_one(Enterprise, code)
        moved_to = _moved_to(case, row)
        told = {"credit_code": code, **{name: row.get(name, "") for name in ("name", "on", "proof", "state")}}
        if moved_to:
            enterprise.locality_id = moved_to
            moves.append({**told, "to": moved_to})
        else:
            _leave(case, enterprise, row)
            exits.append({**told, "reason": EXIT_REASONS[row["state"]]})
        enterprise.changed_at = case.at
    case.put("applied", "", {"on": case.today.isoformat(), "exits": exits, "moves": moves})
    case.session.flush()


def _leave(case: Case, enterprise: Enterprise, row: Row) -> None:
    reason = exit_reason(row["state"]) or ""
    stays = (LibraryStay.enterprise_id == enterprise.id, LibraryStay.left_on.is_(None))
    for stay in case.session.scalars(select(LibraryStay).where(*stays)):
        stay.left_on, stay.exit_reason = case.today, f"{reason}（{row.get('on', '')}）"
    enterprise.library_since = None
    if row["state"] in set(EnterpriseState):
        enterprise.state = row["state"]
    if row["state"] in GONE:
        key = f"{case.instance.id}:{NEEDLESS}:{enterprise.id}"
        told = {"enterprise_id": enterprise.id, "reason": reason, "sender": case.instance.id}
        case.effect(key, "message", name=NEEDLESS, key=enterprise.id, **told)
    text = f"经年度核查，贵企业因{reason}退出“千企升级”培育库。如有异议，请联系属地联络员。"
    tell(case, [enterprise_inbox(enterprise.id)], "已退出“千企升级”培育库", text, f"left:{enterprise.id}")


CHECK_FORMS: Mapping[str, Filler] = {
    "check_library": _check_form,
    "sign_check": _exceptions_form,
    "review_check": _exceptions_form,
}
CHECK_ANSWERS: Mapping[str, Callable[[Case, Answers], Answers]] = {
    "check_library": _check,
    "sign_check": _signed("sign_check"),
    "review_check": _signed("review_check"),
}
CHECK_ACTIONS: Mapping[str, Action] = {
    "library_entry_check.prefill_check": prefill_check,
    "library_entry_check.apply_check": apply_check,
}

"""What the forms of 服务专员结对 must satisfy beyond their JSON Schema: the choice, the answer, the visit, the rating.

A check answers with the sentence for each field; a field that the schema requires is taken as present and typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, is_empty, required_text, unit_named
from app.duties.lights import chinese_date
from app.duties.specialist_pairing_ranking import Person
from app.duties.specialist_pairing_service import PHONE_VISITS_A_YEAR

REASON_LENGTH = 5
LATEST_START_DAYS = 10


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def person_named(persons: Iterable[Person], text: str) -> Person | None:
    """Who is meant by an id, or by a name that only one of them bears; None when there is nobody, or more than one."""
    wanted = text.strip()
    found = [person for person in persons if wanted == str(person.id)] or [
        person for person in persons if wanted in (person.name, f"{person.name}（{person.unit_name}）")
    ]
    return found[0] if len(found) == 1 else None


def _choose_specialist(answers: Row, facts: Row) -> Errors:
    person = person_named(facts["persons"], str(answers["person"]))
    if person is None:
        yield _nobody(facts["persons"], str(answers["person"]))
        return
    since = date.fromisoformat(str(answers["since"]))
    yield from _may_serve(person, facts, since, is_office=False)
    ranked: Sequence[int] = facts["ranked"]
    if ranked and person.id != ranked[0]:
        yield from required_text(answers, "reason", REASON_LENGTH, "未选首位的，请说明理由")
    if not facts["today"] <= since <= facts["calendar"].add(facts["today"], LATEST_START_DAYS):
        yield FieldError("since", f"起始日期须在今天起{LATEST_START_DAYS}个工作日内")


def _widen_search(answers: Row, facts: Row) -> Errors:
    """The office names a person, or a unit that is asked to send one."""
    if is_empty(answers, "person") and is_empty(answers, "unit"):
        yield FieldError("person", "请指定人员，或选择派出单位")
    if not is_empty(answers, "unit"):
        unit = unit_named(facts["units"], str(answers["unit"]))
        if unit is None:
            yield FieldError("unit", "没有找到该单位，请填写单位全称或简称")
        elif not any(person.unit == unit for person in facts["persons"]):
            yield FieldError("unit", "该单位尚未登记服务专员，请另选单位或先登记人员")
    if not is_empty(answers, "person"):
        yield from _named_by_office(answers, facts)


def _appoint_specialist(answers: Row, facts: Row) -> Errors:
    yield from _named_by_office(answers, facts)


def _named_by_office(answers: Row, facts: Row) -> Errors:
    person = person_named(facts["persons"], str(answers["person"]))
    if person is None:
        yield _nobody(facts["persons"], str(answers["person"]))
    else:
        yield from _may_serve(person, facts, facts["today"], is_office=True)


def _may_serve(person: Person, facts: Row, on: date, *, is_office: bool) -> Errors:
    """The office may overload somebody, with the reason that its form asks for anyway."""
    if person.load >= person.limit:
        text = f"该专员已结对{person.load}家，超过上限"
        yield FieldError("person", text, "warning" if is_office else "error")
    if facts["enterprise"] in person.conflicts:
        yield FieldError("person", "存在应回避情形")
    if person.leave_until is not None and person.is_on_leave(on):
        yield FieldError("person", f"该专员休假至{chinese_date(person.leave_until)}")


def _nobody(persons: Iterable[Person], text: str) -> FieldError:
    is_ambiguous = sum(person.name == text.strip() for person in persons) > 1
    return FieldError("person", "有多名同名专员，请从列表中选择" if is_ambiguous else "没有找到该专员，请从列表中选择")


def _accept_pairing(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "yes":
        return
    if is_empty(answers, "reason"):
        yield FieldError("reason", "不接受的，请选择原因")
    elif answers["reason"] == "other":
        yield from required_text(answers, "reason_text", REASON_LENGTH, "原因为其他的，请具体说明")


def _first_visit(answers: Row, facts: Row) -> Errors:
    yield from _visit(answers, facts)
    if not answers.get("profile_ok") and not answers.get("profile_points"):
        yield FieldError("profile_points", "企业档案不准确的，请逐项列明")


def _visit_enterprise(answers: Row, facts: Row) -> Errors:
    yield from _visit(answers, facts)
    is_by_phone = answers["manner"] == "phone"
    if is_by_phone and facts["phone_visits"] >= PHONE_VISITS_A_YEAR:
        yield FieldError("manner", f"本年度已有{facts['phone_visits']}次电话走访，请实地或视频走访")


def _visit(answers: Row, facts: Row) -> Errors:
    yield from _visited_on(answers, facts)
    demands, none = answers.get("demands"), answers.get("no_demands")
    if not demands and not none:
        yield FieldError("no_demands", "没有诉求的，请勾选“没有诉求”")
    if demands and none:
        yield FieldError("no_demands", "已填写企业诉求的，不要勾选“没有诉求”")
    for index, row in enumerate(answers.get("changes", ())):
        if row.get("happened"):
            yield from required_text(row, "note", 10, "请说明变化情况", f"changes.{index}")
    if _same(answers["state_text"], facts["last_state_text"]):
        yield FieldError("state_text", "走访记录与上次相同，请据实填写")
    if facts["today"] > facts["visit_due_on"]:
        yield from required_text(answers, "late_reason", 10, "未按期走访的，请说明原因")


def _visited_on(answers: Row, facts: Row) -> Errors:
    day = date.fromisoformat(str(answers["visited_on"]))
    if day > facts["today"]:
        yield FieldError("visited_on", "走访日期不得晚于今天")
    elif day < facts["pairing_from"]:
        yield FieldError("visited_on", f"走访日期早于结对之日（{chinese_date(facts['pairing_from'])}），请核对")


def _same(text: str, last: str) -> bool:
    return bool(last) and "".join(str(text).split()) == "".join(str(last).split())


def _rating(answers: Row, facts: Row) -> Errors:
    if answers.get("wants_change"):
        yield from required_text(answers, "change_reason", REASON_LENGTH, "希望更换专员的，请说明原因")


def _new_date(answers: Row, facts: Row) -> Errors:
    """Of a late first visit and of a missed quarter: excused until a day, which must lie ahead."""
    if answers["outcome"] != "new_date":
        return
    if is_empty(answers, "new_date"):
        yield FieldError("new_date", "请填写新的走访日期")
    elif str(answers["new_date"]) <= facts["today"].isoformat():
        yield FieldError("new_date", "新的走访日期须在今天之后")


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "widen_search": _widen_search,
    "choose_specialist": _choose_specialist,
    "appoint_specialist": _appoint_specialist,
    "accept_pairing": _accept_pairing,
    "first_visit": _first_visit,
    "visit_enterprise": _visit_enterprise,
    "ask_enterprise": _rating,
    "rate_visit": _rating,
    "decide_first_visit": _new_date,
    "explain_missed_visit": _new_date,
}

"""Re-verifications through the command path: opened 180 days before the end, joined to a batch, prolonged or ended."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app import clock
from app.errors import InvalidForm
from app.models.enterprise import Evaluation, Title
from app.models.event import EventRow
from app.models.notification import Notification
from app.models.outbox import OutboxRow
from app.models.person import Person
from app.models.recognition import Application, RecognitionBatch
from app.models.title_maintenance import TitleRenewal, TitleUpdate
from app.services.check import Rule, check
from app.services.house import House
from app.terms import EventType
from tests.services.titles import FIGURES, Register

RENEWAL = "title_maintenance_renewal"


def key_of(code: str, level: str = "specialised") -> str:
    return f"{RENEWAL}:{code}:{level}:2025"


def opened(house: House, *levels: str) -> tuple[Register, str]:
    """On the first day, 180 days before 2025-12-29; the file has the figures of 2023."""
    register = Register(house).on("2025-07-02")
    code = register.firm(1, *(levels or ("specialised",)))
    register.open_due()
    return register, code


def applied(house: House, *levels: str) -> tuple[Register, str]:
    register, code = opened(house, *levels)
    register.do("apply_renewal", figures=missing(register), commitment=True)
    return register, code


def missing(register: Register) -> list[dict[str, object]]:
    """What the form still asks, answered like the year before."""
    values = {row["name"]: row["value"] for row in register.form("apply_renewal")["figures"] if "value" in row}
    rows = []
    for row in register.form("apply_renewal")["figures"]:
        rows.append({"no": row["no"], "value": row.get("value") or values.get(row["name"], "60")})
    return rows


def answered(register: Register, code: str, is_granted: bool, level: str = "specialised") -> Register:
    """What a batch does when it announces."""
    with register.house.database.transaction() as session:
        row = session.get_one(TitleRenewal, key_of(code, level))
        row.is_granted, row.reason = is_granted, "" if is_granted else "研发费用占比未达到标准"
    return register.deliver("batch_decided", key_of(code, level))


def test_it_opens_180_days_before_the_end_and_once(house: House) -> None:
    register = Register(house).on("2025-07-01")
    register.firm(1, "specialised")
    assert register.open_due() == 0

    assert register.on("2025-07-02").open_due() == 1
    assert register.open_due() == 0

    task = register.one("apply_renewal")
    assert task.due_on == date(2025, 11, 3)
    assert task.is_optional


def test_bureau_and_office_are_asked_for_a_batch_once_where_none_is_open(house: House) -> None:
    register, code = opened(house)
    logins = {row.id: row.login for row in register.rows(Person)}
    told = [row for row in register.rows(Notification) if row.title == "专精特新中小企业复核批次待组织"]
    assert {"contact.miit", "office"} <= {logins[row.person_id] for row in told}
    assert all("2025年第四季度" in row.text for row in told)

    open_batch(register, code)
    register.firm(2, "specialised", until_on=date(2025, 12, 30))
    assert register.later(1).open_due() == 1
    register.firm(3, "specialised", until_on=date(2026, 1, 2))
    assert register.on("2025-07-07").open_due() == 1

    assert len([row for row in register.rows(Notification) if "复核批次待组织" in row.title]) == len(told)


def test_nobody_can_apply_too_late_and_technology_firms_are_evaluated_yearly(house: House) -> None:
    register = Register(house).on("2025-11-03")
    register.firm(1, "specialised")
    register.firm(2, "tech_sme")

    assert register.open_due() == 0


def test_only_what_is_missing_is_asked(house: House) -> None:
    register, code = opened(house)
    form = register.form("apply_renewal")
    by_year = {(row["year"], row["name"]): row.get("value") for row in form["figures"]}
    assert by_year[2023, "营业收入"] == FIGURES["revenue_wan"]
    assert by_year[2024, "营业收入"] is None
    assert form["title"] == "专精特新中小企业"
    assert {row["is_met"] for row in form["conditions"]} <= {"达到", "未达到", "待审核"}

    with pytest.raises(InvalidForm):
        register.do("apply_renewal", commitment=True)
    rows = missing(register)
    rows[1]["value"] = "9999"  # 2023 is known, and stays
    register.do("apply_renewal", figures=rows, commitment=True)

    renewal = register.rows(TitleRenewal)[0]
    assert (renewal.status, renewal.applied_on) == ("applied", date(2025, 7, 2))
    assert register.form_of_file(code, 2024)["revenue_wan"] == FIGURES["revenue_wan"]
    assert register.form_of_file(code, 2023)["revenue_wan"] == FIGURES["revenue_wan"]


def test_a_passed_one_has_three_more_years_from_the_old_end(house: House) -> None:
    register, code = applied(house)

    answered(register, code, True)

    assert register.end_of(key_of(code)) == "title_prolonged"
    title = register.titles(code)["specialised"]
    assert (title.status, title.until_on) == ("valid", date(2028, 12, 29))
    assert register.rows(TitleRenewal)[0].status == "passed"


def test_a_failed_one_stays_valid_to_its_last_day(house: House) -> None:
    register, code = applied(house, "little_giant")

    answered(register, code, False, "little_giant")

    assert register.end_of(key_of(code, "little_giant")) == "title_lapsed"
    title = register.titles(code)["little_giant"]
    assert (title.status, title.ended_because) == ("valid", "复核未通过")
    assert register.rows(OutboxRow, kind="message") == []  # a valid little giant is served
    register.on("2025-12-30").open_due()
    assert register.titles(code)["little_giant"].status == "ended"
    keys = [(row.payload["name"], row.payload["key"]) for row in register.rows(OutboxRow, kind="message")]
    assert keys == [("pairing_needless", code)]


def test_without_the_right_there_is_no_row_in_any_batch(house: House) -> None:
    register = Register(house).on("2025-07-02")
    code = register.firm(1, "specialised", right_lost_on=date(2024, 5, 6))

    register.open_due()

    assert register.end_of(key_of(code)) == "title_lapsed"
    assert register.rows(TitleRenewal)[0].status == "no_right"
    assert register.rows(Application) == []


def test_an_update_that_was_late_in_its_time_loses_the_right(house: House) -> None:
    register = Register(house).on("2025-07-02")
    code = register.firm(1, "specialised")
    with house.database.transaction() as session:
        for year, in_time in ((2022, False), (2024, False)):
            owed = {"enterprise_id": code, "year": year, "version": "cn-2022-63", "status": "late"}
            session.add(TitleUpdate(due_on=date(year, 4, 30), is_in_time=in_time, **owed))

    register.open_due()

    assert register.end_of(key_of(code)) == "title_lapsed"


def test_not_wanted(house: House) -> None:
    register, code = opened(house)

    register.on("2025-11-04")

    assert register.end_of(key_of(code)) == "title_lapsed"
    assert register.rows(TitleRenewal)[0].status == "not_wanted"
    assert register.titles(code)["specialised"].ended_because == "未申请复核"


def test_a_late_answer_prolongs_from_the_old_end(house: House) -> None:
    register, code = applied(house)

    register.on("2025-12-30").open_due()

    assert register.titles(code)["specialised"].status == "pending"
    assert register.instance(key_of(code)).status == "active"
    register.on("2026-02-10")
    answered(register, code, True)
    assert register.end_of(key_of(code)) == "title_prolonged"
    title = register.titles(code)["specialised"]
    assert (title.status, title.until_on) == ("valid", date(2028, 12, 29))


def test_a_late_one_is_looked_after_until_the_batch_answers(house: House) -> None:
    register, code = applied(house)
    register.on("2025-12-30")
    form = register.form("arrange_renewal")
    assert (form["title"], form["valid_to"], form["applied_on"]) == ("专精特新中小企业", "2025-12-29", "2025-07-02")
    assert "outcome" not in form
    assert (register.one("arrange_renewal").due_on, form["look_on"]) == (date(2026, 1, 14), "2026-02-28")

    register.do("arrange_renewal", "contact.miit", outcome="not_organised", note="省厅尚未部署", look_on="2026-02-28")

    assert register.tasks("arrange_renewal") == []
    assert register.on("2026-02-27").tasks("arrange_renewal") == []
    register.on("2026-02-28")
    assert "“上级尚未组织”：省厅尚未部署" in register.form("arrange_renewal")["last_look"]
    answered(register, code, True)
    assert register.end_of(key_of(code)) == "title_prolonged"
    assert register.tasks("arrange_renewal") == []


def test_a_late_one_of_a_title_that_ended_otherwise_is_over(house: House) -> None:
    register, code = applied(house)
    register.on("2025-12-30")
    with house.database.transaction() as session:
        session.scalars(select(Title)).one().status = "revoked"
    assert register.form("arrange_renewal")["outcome"] == "needless"

    register.do("arrange_renewal", "contact.miit", outcome="needless")

    assert register.end_of(key_of(code)) == "renewal_needless"
    assert register.rows(TitleRenewal)[0].status == "needless"


def test_a_late_refusal_ends_a_pending_title_on_its_old_end(house: House) -> None:
    register, code = applied(house)
    register.on("2026-02-10")

    answered(register, code, False)

    title = register.titles(code)["specialised"]
    assert (title.status, title.ended_on) == ("ended", date(2025, 12, 29))


def open_batch(register: Register, code: str) -> None:
    told = {"level": "specialised", "year": 2025, "number": 1, "decision_level": "province", "unit_id": "miit"}
    with register.house.database.transaction() as session:
        session.add(
            RecognitionBatch(
                key="reverification:specialised:2025-1",
                kind="reverification",
                status="open",
                window_to=date(2025, 8, 29),
                instance_id=register.instance(key_of(code)).id,
                **told,
            )
        )


def test_what_came_before_the_batch_joins_it_by_the_calendar(house: House) -> None:
    register, code = applied(house)
    assert register.rows(Application) == []
    open_batch(register, code)

    assert register.later(1).open_due() == 1

    assert [row.key for row in register.rows(Application)] == [key_of(code)]
    assert register.open_due() == 0
    stream = register.instance(key_of(code)).id
    assert [row.type for row in register.rows(EventRow) if row.stream == stream][-1] == EventType.BATCH_JOINED
    with clock.held(register.at):
        assert [finding for finding in check(house) if finding.rule is Rule.COMMAND] == []


def test_it_joins_the_list_of_the_open_batch_with_its_own_evaluation(house: House) -> None:
    register, code = opened(house)
    open_batch(register, code)
    register.do("apply_renewal", figures=missing(register), commitment=True)

    row = register.rows(Application)[0]
    assert (row.key, row.is_renewal, row.enterprise_id) == (key_of(code), True, code)
    register.on("2025-12-30")
    form = register.form("arrange_renewal")
    assert (form["outcome"], form["batch"]) == ("joined", "已列入2025年第1批")
    assert register.rows(TitleRenewal)[0].batch_key == "reverification:specialised:2025-1"
    assert register.rows(Evaluation)[0].inputs == {"is_reverification": True}

    with house.database.transaction() as session:
        session.get_one(Application, row.id).status = "granted"
    register.deliver("batch_decided", key_of(code))
    assert register.end_of(key_of(code)) == "title_prolonged"


def test_it_runs_on_both_databases(any_house: House) -> None:
    register, code = applied(any_house)

    answered(register, code, True)

    assert register.end_of(key_of(code)) == "title_prolonged"

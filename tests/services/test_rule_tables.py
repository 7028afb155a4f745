"""New versions of lights, pace and reminders: two persons, from tomorrow on, and what was opened before stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from app import clock
from app.duties.rule_tables import KINDS, LIGHTS, PACE
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted, RuleViolation
from app.models.user_task import UserTask
from app.queries import rule_tables as known_rules
from app.queries.standings import newest_plan, standings
from app.services import rule_tables
from app.services.house import House
from app.terms import RuleSetStatus
from tests.duties.test_rule_tables import answers_of
from tests.factories import actor
from tests.services.december_report_walk import Walk, morning
from tests.services.test_accounts import acts

FROM = "2024-12-16"


@pytest.fixture
def house(any_house: House) -> Iterator[House]:
    with clock.held(morning("2024-12-02")):
        yield any_house


def propose(house: House, key: str = LIGHTS, who: str = "office", **changes: str) -> int:
    typed = answers_of(key, known_rules.shipped(key).content)
    typed |= {"remark": ["本市从严"], "in_force_from": [FROM]}
    typed |= {name.replace("__", "."): [value] for name, value in changes.items()}
    with house.database.transaction() as session:
        return rule_tables.propose(session, actor(house, who), key, 1, typed).version


def approve(house: House, number: int, key: str = LIGHTS, who: str = "signer") -> date:
    with house.database.transaction() as session:
        return rule_tables.approve(session, actor(house, who), key, number, "同意")


def yellow_days(house: House, day: str, limit: int = 22) -> int:
    with house.database.reading() as session:
        return known_rules.in_force(session).lights(date.fromisoformat(day)).days_before(limit)


def test_a_version_holds_from_its_day_after_another_person_approved_it(house: House) -> None:
    number = propose(house, rows__1__yellow_days="3")
    assert yellow_days(house, FROM) == 5

    with pytest.raises(NotPermitted, match="提交人不能审批"):
        approve(house, number, who="office")
    approve(house, number)

    assert (yellow_days(house, "2024-12-15"), yellow_days(house, FROM)) == (5, 3)
    assert [act["act"] for act in acts(house)][-2:] == ["light_rules_proposed", "light_rules_approved"]
    with pytest.raises(AlreadyDone):
        approve(house, number)


def test_a_late_approval_moves_the_day_to_the_next_one_and_never_back(house: House) -> None:
    number = propose(house, rows__1__yellow_days="3")

    with clock.held(morning("2024-12-20")):
        assert approve(house, number) == date(2024, 12, 21)
    assert yellow_days(house, "2024-12-20") == 5


def test_what_does_not_fit_is_refused_with_its_place(house: House) -> None:
    with pytest.raises(InvalidForm) as gap:
        propose(house, rows__1__from_days="9")
    assert [path for path, _text in gap.value.errors] == ["rows.1.from_days"]
    with pytest.raises(InvalidForm) as unchanged:
        propose(house)
    assert dict(unchanged.value.errors) == {"": rule_tables.UNCHANGED}
    with pytest.raises(RuleViolation, match="说明"):
        propose(house, rows__1__yellow_days="3", remark=" ")
    for day in ("2024-12-02", "2030-01-01", "soon"):
        with pytest.raises(RuleViolation, match="施行日期"):
            propose(house, rows__1__yellow_days="3", in_force_from=day)
    with pytest.raises(NotPermitted):
        propose(house, who="contact.sci", rows__1__yellow_days="3")
    with pytest.raises(NotFound), house.database.reading() as session:
        known_rules.version(session, "colours", 1)


def test_a_draft_is_sent_back_or_taken_back_and_its_number_is_not_used_again(house: House) -> None:
    first, second = propose(house, rows__1__yellow_days="3"), propose(house, rows__1__yellow_days="4")
    with house.database.transaction() as session:
        rule_tables.reject(session, actor(house, "signer"), LIGHTS, first, "请说明依据")
        rule_tables.withdraw(session, actor(house, "office"), LIGHTS, second)

    assert propose(house, rows__1__yellow_days="2") == 4
    with house.database.reading() as session:
        known = known_rules.versions(session, LIGHTS)
    assert [(one.number, one.status) for one in known] == [
        (4, RuleSetStatus.DRAFT),
        (3, RuleSetStatus.WITHDRAWN),
        (2, RuleSetStatus.REJECTED),
        (1, RuleSetStatus.ACTIVE),
    ]


def test_a_task_keeps_the_rules_it_was_opened_under(house: House) -> None:
    Walk(house).collect("sci").on("2024-12-02")
    approve(house, propose(house, rows__1__yellow_days="3", fixed_yellow_days="3", in_force_from="2024-12-03"))

    with clock.held(morning("2024-12-19")):  # three working days before; the old line begins two days earlier
        Walk(house).on("2024-12-19").submit("sci")
    with house.database.reading() as session:
        tasks = {task.element_id: task for task in session.scalars(select(UserTask).where(UserTask.unit_id == "sci"))}
        lines = {
            name: house.calendar.count(task.yellow_on, house.calendar.last_on_or_before(task.due_on))
            for name, task in tasks.items()
        }

    assert lines["draft_report"] == 5
    assert set(lines.values()) - {5} <= {1, 3}
    with clock.held(morning("2024-12-19")):
        assert house.rules().widest_yellow_days == 5


def test_a_stricter_pace_changes_this_year_and_leaves_the_last_one(house: House) -> None:
    number = propose(house, PACE, rows__0__to_percent="5", rows__1__from_percent="5")
    approve(house, number, PACE)

    with house.database.reading() as session:
        plan = newest_plan(session)
        assert plan is not None
        rules = {
            (year, day): standings(session, plan, year, day)[0].explanation.rule
            for year, day in (
                (2024, date(2024, 12, 15)),
                (2024, date(2024, 12, 20)),
                (2023, date(2024, 12, 20)),
            )
        }

    assert [rule[-3:] for rule in rules.values()] == ["第1版", "第2版", "第1版"]
    assert KINDS[PACE].name in next(iter(rules.values()))

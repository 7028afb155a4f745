"""New versions of recognition rules: one person proposes, another approves, and what was decided before stays."""

from __future__ import annotations

from datetime import date

import pytest

from app.duties.recognition import evaluate, from_json, to_json
from app.duties.recognition.editing import local_parts, places
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted, RuleViolation
from app.queries import rule_sets as known_rules
from app.queries.actor import SYSTEM
from app.services import rule_sets
from app.services.house import House
from app.terms import RuleSetStatus
from tests.duties.recognition_cases import ON_2022, SPECIALISED, split
from tests.factories import actor
from tests.services.test_accounts import acts

KEY = "cn-2022-63"
YEARS = "levels.1.conditions.5.at_least"  # B1 of the specialised: 2 years
PREREQUISITE = "levels.1.conditions.4.verified"
LOCAL = "levels.1.parts.2"
THREE_YEARS = {YEARS: "3", "in_force_from": "2022-09-01"}


@pytest.fixture
def house(any_house: House) -> House:
    return any_house


def propose(house: House, answers: dict[str, str], who: str = "office", base: int = 1, remark: str = "本省从严") -> int:
    with house.database.transaction() as session:
        return rule_sets.propose(session, actor(house, who), KEY, base, answers, remark).version


def approve(house: House, number: int, who: str = "signer") -> None:
    with house.database.transaction() as session:
        rule_sets.approve(session, actor(house, who), KEY, number, "同意")


def applied(house: House, on: date) -> str:
    with house.database.reading() as session:
        return known_rules.applicable(session, "specialised", on).id


def refused(house: House, answers: dict[str, str]) -> dict[str, str]:
    with pytest.raises(InvalidForm) as caught:
        propose(house, answers)
    return dict(caught.value.errors)


def test_a_draft_is_used_only_after_another_person_approved_it(house: House) -> None:
    number = propose(house, THREE_YEARS)
    assert applied(house, ON_2022) == KEY

    with pytest.raises(NotPermitted, match="提交人不能审批"):
        approve(house, number, "office")
    approve(house, number)

    assert applied(house, ON_2022) == f"{KEY}.2"
    assert applied(house, date(2022, 8, 31)) == KEY  # before its first day
    assert applied(house, date(2026, 5, 6)) == "cn-2026-2"
    assert [act["act"] for act in acts(house)][-2:] == ["rules_proposed", "rules_approved"]


def test_another_person_of_the_office_may_approve_as_well(house: House) -> None:
    approve(house, propose(house, THREE_YEARS), "office.drc")

    assert applied(house, ON_2022) == f"{KEY}.2"


def test_what_was_evaluated_before_is_shown_as_it_was(house: House) -> None:
    figures, profile = split({**SPECIALISED, "segment_years": 2}, ON_2022)
    with house.database.reading() as session:
        old = evaluate(known_rules.by_id(session, KEY), "specialised", figures, profile, ON_2022)
    stored = to_json(old)
    approve(house, propose(house, THREE_YEARS))

    with house.database.reading() as session:
        again = evaluate(known_rules.by_id(session, f"{KEY}.2"), "specialised", figures, profile, ON_2022)
        first = known_rules.by_id(session, KEY)

    assert from_json(stored) == old
    assert old.is_met
    assert [each.id for each in again.unmet] == ["B1"]
    assert again.rule_version == f"{KEY}.2"
    assert evaluate(first, "specialised", figures, profile, ON_2022) == old


def test_a_row_becomes_verified_with_the_text_it_was_held_against(house: House) -> None:
    assert refused(house, {PREREQUISITE: "true"}) == {"basis": rule_sets.NO_BASIS}

    number = propose(house, {PREREQUISITE: "true", "basis": "工信部企业〔2022〕63号第九条"})
    with house.database.reading() as session:
        rule_set = known_rules.version(session, KEY, number).rule_set

    level = rule_set.level("specialised")
    assert level is not None
    row = next(each for each in level.conditions if each.id == "P0")
    assert (row.verified, rule_set.sources[row.source]) == (True, "工信部企业〔2022〕63号第九条")


def test_the_provinces_own_indicators_take_the_place_of_the_default(house: House) -> None:
    answers = {
        f"{LOCAL}.0.name": "上云水平",
        f"{LOCAL}.0.max": "10",
        f"{LOCAL}.1.name": "绿色工厂",
        f"{LOCAL}.1.max": "5",
    }
    number = propose(house, answers | {"basis": "省实施细则附件"})
    with house.database.reading() as session:
        rule_set = known_rules.version(session, KEY, number).rule_set
    figures, profile = split({**SPECIALISED, "local_points": 8, "local_points_2": 5}, ON_2022)

    evaluation = evaluate(rule_set, "specialised", figures, profile, ON_2022)

    part = evaluation.parts[2]
    assert [(each.name, each.points, each.max) for each in part.indicators] == [("上云水平", 8, 10), ("绿色工厂", 5, 5)]
    assert evaluation.score == 74


def test_local_indicators_that_do_not_make_fifteen_points_are_refused(house: House) -> None:
    answers = {f"{LOCAL}.0.name": "上云水平", f"{LOCAL}.0.max": "10", "basis": "省实施细则附件"}

    assert refused(house, answers) == {f"{LOCAL}.max": "应等于所列各项指标满分之和"}


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({YEARS: "two"}, YEARS),
        ({YEARS: "1e3"}, YEARS),
        ({YEARS: ""}, YEARS),
        ({"levels.1.parts.0.indicators.0.bands.0.points": "6"}, "levels.1.parts.0.indicators.0.bands"),
        ({"levels.1.parts.0.indicators.0.bands.1.at_least": "80"}, "levels.1.parts.0.indicators.0.bands"),
        ({"in_force_from": "soon", YEARS: "3"}, "in_force_from"),
        ({"in_force_until": "2022-01-01"}, "in_force_until"),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(house: House, answers: dict[str, str], field: str) -> None:
    assert field in refused(house, answers)


def test_a_version_without_change_or_without_a_reason_is_refused(house: House) -> None:
    assert refused(house, {YEARS: "2", "in_force_from": "2022-06-01"}) == {"": rule_sets.UNCHANGED}
    with pytest.raises(RuleViolation):
        propose(house, THREE_YEARS, remark=" ")


def test_every_place_of_the_form_leads_into_the_content() -> None:
    for known in known_rules.shipped():
        paths = [place.path for place in places(known.content)]
        assert len(paths) == len(set(paths))
        for place in places(known.content):
            found = known.content
            for step in place.path.split("."):
                found = found[int(step)] if isinstance(found, list) else found[step]  # type: ignore[assignment]
            assert str(found).lower() == place.value.lower()
    assert [len(local_parts(known.content)) for known in known_rules.shipped()] == [0, 1, 0, 0, 1]


def test_only_the_office_proposes_and_only_once_is_decided(house: House) -> None:
    for who in ("signer", "contact.miit", "leader", "auditor"):
        with pytest.raises(NotPermitted):
            propose(house, THREE_YEARS, who)
    with house.database.transaction() as session, pytest.raises(NotPermitted):
        rule_sets.propose(session, SYSTEM, KEY, 1, THREE_YEARS, "无人")

    number = propose(house, THREE_YEARS)
    approve(house, number)
    with pytest.raises(AlreadyDone, match="沈立"):
        approve(house, number, "office.drc")
    with pytest.raises(NotFound):
        approve(house, 9)


def test_a_rejected_or_withdrawn_draft_is_never_used_and_its_number_is_not_given_again(house: House) -> None:
    first, second = propose(house, THREE_YEARS), propose(house, THREE_YEARS)
    with house.database.transaction() as session:
        with pytest.raises(RuleViolation):
            rule_sets.reject(session, actor(house, "signer"), KEY, first, "")
        with pytest.raises(NotPermitted):
            rule_sets.reject(session, actor(house, "office"), KEY, first, "不当")
        with pytest.raises(NotPermitted):
            rule_sets.withdraw(session, actor(house, "office.drc"), KEY, second)
    with house.database.transaction() as session:
        rule_sets.reject(session, actor(house, "signer"), KEY, first, "依据不足")
        rule_sets.withdraw(session, actor(house, "office"), KEY, second)

    assert applied(house, ON_2022) == KEY
    assert propose(house, THREE_YEARS) == 4
    with house.database.reading() as session:
        statuses = [known.status for known in known_rules.versions(session, KEY)]
    assert statuses == [
        RuleSetStatus.DRAFT,
        RuleSetStatus.WITHDRAWN,
        RuleSetStatus.REJECTED,
        RuleSetStatus.ACTIVE,
    ]


def test_a_version_may_be_made_from_a_later_one(house: House) -> None:
    approve(house, propose(house, THREE_YEARS))
    approve(house, propose(house, {YEARS: "4", "in_force_from": "2022-10-01"}, base=2))

    assert [applied(house, day) for day in (date(2022, 9, 30), date(2022, 10, 1))] == [f"{KEY}.2", f"{KEY}.3"]


def test_an_unknown_version_is_not_found(house: House) -> None:
    with house.database.reading() as session:
        for id_ in ("cn-2022-63.9", "cn-1999-1", "", "cn-2022-63.99999999999999999999999"):
            with pytest.raises(NotFound):
                known_rules.by_id(session, id_)

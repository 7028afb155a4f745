"""Answers that a duty would refuse are not written: the day, the person and the kind are those that may be taken."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from app.demo.case_answers import write_case
from app.demo.firm_answers import apply_renewal, arrange_renewal, choose_specialist
from app.demo.order_answers import write_extension
from app.demo.sheet import Sheet
from app.duties.specialist_pairing_ranking import Person
from app.duties.title_maintenance import DUTY
from app.duties.typical_case_checks import check
from app.workdays import STATUTORY

TODAY = date(2022, 7, 1)


def sheet(element_id: str, known: dict[str, Any], **told: Any) -> Sheet:
    facts = {"calendar": STATUTORY, "today": TODAY, **told}
    form = {"properties": {}, "x-sections": []}
    return Sheet(element_id, frozenset(), known, facts, {}, TODAY, Random(1), form)


def test_no_more_time_is_asked_for_than_can_be_had() -> None:
    asked = sheet("write_extension", {}, old_due_on=date(2022, 7, 4), latest_on=date(2022, 7, 5))

    assert write_extension(asked)["new_due_on"] == "2022-07-05"


def test_the_first_specialist_with_room_is_chosen() -> None:
    full, free = Person(1, "甲", "sci", load=5, limit=5), Person(2, "乙", "sci")
    choice = sheet("choose_specialist", {"person": "甲"}, persons=[full, free], ranked=[1, 2], enterprise="9132")

    assert choose_specialist(choice)["person"] == "2"


def test_a_year_that_the_file_does_not_know_is_told_like_the_other() -> None:
    asked = [
        {"no": 1, "name": "营业收入", "value": "5000"},
        {"no": 2, "name": "营业收入"},
        {"no": 3, "name": "职工总数"},
    ]

    answers = apply_renewal(sheet("apply_renewal", {"figures": asked}))

    assert [row["value"] for row in answers["figures"]] == ["5000", "5000", "10"]


def test_how_it_stands_with_a_batch_is_told_as_it_is_known() -> None:
    for known, facts in (
        ({}, {"is_joined": False, "is_live": True}),
        ({"outcome": "joined"}, {"is_joined": True, "is_live": True}),
        ({"outcome": "needless"}, {"is_joined": False, "is_live": False}),
    ):
        answers = {"look_on": "2022-08-30"} | known | arrange_renewal(sheet("arrange_renewal", known, **facts))

        assert DUTY.check("arrange_renewal", answers, {**facts, "today": TODAY}) == []


def test_a_firm_without_a_title_is_no_case_of_growth_and_each_number_has_its_source() -> None:
    firm = {"holds_title": False, "held_title": True}
    known = {
        "kind": "growth",
        "subject": "9132",
        "title": "一家企业的十年转型之路",
        "result": "销售增长35%，新增岗位20个。",
    }
    known["figures"] = [{"label": "销售", "value": 35, "unit": "%", "as_of": "2021-12-31", "source": "enterprise"}]
    told = {"firm_named": lambda _: firm, "published": (), "units": ()}

    answers = write_case(sheet("write_case", known, **told))

    assert check("write_case", answers | {"subject": "9132"}, {**told, "today": TODAY}) == []
    assert answers["kind"] == "digital"

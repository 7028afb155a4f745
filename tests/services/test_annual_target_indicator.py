"""One indicator's proposal through the command path: signed, countersigned, objected to, decided."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import clock
from app.errors import InvalidForm, NotPermitted
from app.models.organization import Unit
from app.services import tasks
from app.services.house import House
from tests.factories import actor
from tests.services.annual_targets import Campaign

EVENTS, GREEN_LEADERS = 24, 17
OBJECTION = {"outcome": "no", "counter_value": 5, "counter_reason": "对接活动场次偏少，建议增加两场"}
ANSWER = [{"unit": "miit", "answer_text": "已与贵单位沟通"}]


def opened(house: House, number: int = EVENTS) -> Campaign:
    return Campaign(house).settled().open(indicators=[number])


def signed(campaign: Campaign) -> Campaign:
    return campaign.do("propose_target").do("sign_proposal", outcome="yes")


def objected(campaign: Campaign) -> Campaign:
    """市工信局 disagrees, the two others agree."""
    for task in campaign.tasks("countersign_target"):
        campaign.send(task, **(OBJECTION if task.item == "miit" else {"outcome": "yes"}))
    return campaign


def item(campaign: Campaign, key: str = "24") -> dict[str, object]:
    return campaign.rows("item")[key]


def child(campaign: Campaign, key: str = "24") -> str:
    return campaign.instance(f"annual_target_indicator:2023:{key}:r1").id


def test_a_unit_that_stays_silent_counts_as_agreeing(house: House) -> None:
    campaign = signed(opened(house))
    asked = campaign.tasks("countersign_target")
    assert [task.unit_id for task in asked] == ["cbirc", "lfb", "miit"]
    campaign.send(asked[0], outcome="yes").send(asked[1], outcome="yes")

    campaign.later(8).fire()

    assert campaign.open_elements() == ["review_package"]
    assert item(campaign)["opinions"] == "市工信局逾期视为无意见；市地方金融监管局同意；银保监分局同意"
    assert campaign.instance("annual_target_indicator:2023:24:r1").stage == "proposed"


def test_a_proposal_is_taken_back_before_the_head_acts_and_keeps_its_text(house: House) -> None:
    campaign = opened(house)
    campaign.do("propose_target", approach="每季度举办一场银企对接活动")

    with clock.held(campaign.at):
        tasks.withdraw(house, actor(house, "contact.pboc"), child(campaign), key="back")

    task = campaign.tasks("propose_target")[0]
    assert campaign.form(task)["approach"] == "每季度举办一场银企对接活动"
    assert task.limit_days == 5
    assert signed(campaign).open_elements() == ["countersign_target"]


def test_a_proposal_the_head_sends_back_says_why_and_has_three_days(house: House) -> None:
    campaign = opened(house).do("propose_target")

    campaign.do("sign_proposal", outcome="no", opinion_text="请补充举措")

    task = campaign.tasks("propose_target")[0]
    assert task.limit_days == 3
    assert campaign.form(task)["note"] == "市人行负责人退回：请补充举措"


def test_an_accepted_objection_leads_to_a_new_value_that_all_agree_with(house: House) -> None:
    campaign = objected(signed(opened(house)))
    shown = campaign.form(campaign.tasks("answer_objection")[0])["answers"]
    assert [(row["unit_name"], row["counter_value"]) for row in shown] == [("市工信局", 5)]

    campaign.do("answer_objection", outcome="accepted", answers=ANSWER)
    quarters = [{"quarter": number, "value": value} for number, value in enumerate((2, 1, 1, 1), 1)]
    campaign.do("propose_target", value=5, quarter_plan=quarters).do("sign_proposal", outcome="yes")
    campaign.do_all("countersign_target", outcome="yes")

    assert item(campaign)["value"] == "5"
    assert item(campaign)["opinions"] == "市工信局同意；市地方金融监管局同意；银保监分局同意"
    assert campaign.rows("countersigning", child(campaign))[""] == {"round": 2}


def test_a_second_objection_is_not_answered_by_a_third_proposal(house: House) -> None:
    campaign = objected(signed(opened(house))).do("answer_objection", outcome="accepted", answers=ANSWER)
    objected(signed(campaign))

    with pytest.raises(InvalidForm) as refused:
        campaign.do("answer_objection", outcome="accepted", answers=ANSWER)

    assert refused.value.errors[0][0] == "outcome"
    assert campaign.open_elements() == ["answer_objection"]


def test_a_lead_that_yields_in_part_gets_its_quarters_spread_anew(house: House) -> None:
    campaign = objected(signed(opened(house)))

    campaign.do("answer_objection", outcome="partly", value=4, answers=ANSWER)

    assert (item(campaign)["value"], item(campaign)["quarters"]) == ("4", ["1", "1", "1", "1"])


def test_an_objection_that_is_withdrawn_is_recorded_as_such(house: House) -> None:
    campaign = objected(signed(opened(house)))

    campaign.do("answer_objection", outcome="withdrawn", answers=ANSWER)

    assert "市工信局不同意，建议5场，已撤回" in str(item(campaign)["opinions"])


def test_a_lead_that_insists_leaves_the_value_to_the_office(house: House) -> None:
    campaign = objected(signed(opened(house))).do("answer_objection", outcome="insist", answers=ANSWER)
    form = campaign.form(campaign.tasks("decide_alone")[0])
    assert (form["proposed"], form["objections"][0]["answer_text"]) == (3, "已与贵单位沟通")

    campaign.do("decide_alone", value=4, reason="综合双方意见，按每季度一场安排，全年举办四场对接活动")

    assert (item(campaign)["value"], item(campaign)["mark"]) == ("4", "办公室裁定")
    assert campaign.open_elements() == ["review_package"]


def test_a_unit_may_not_decide_its_own_item(house: House) -> None:
    campaign = signed(opened(house, 27)).do("countersign_target", **OBJECTION)
    campaign.do("answer_objection", outcome="insist", answers=[{"unit": "fin", "answer_text": "维持原值"}])
    decision = {"value": 2, "reason": "综合双方意见，维持牵头单位提出的目标值不作调整"}

    with pytest.raises(NotPermitted):
        campaign.do("decide_alone", login="office.miit", **decision)

    campaign.do("decide_alone", login="office", **decision)


def test_a_value_below_the_suggestion_needs_a_reason_and_quarters_must_sum(house: House) -> None:
    campaign = opened(house)

    with pytest.raises(InvalidForm) as refused:
        campaign.do("propose_target", value=2)

    assert [field for field, _ in refused.value.errors] == ["reason", "quarter_plan"]


def test_the_successor_of_a_merged_lead_signs(house: House) -> None:
    campaign = opened(house, GREEN_LEADERS)
    with house.database.transaction() as session:
        session.scalars(select(Unit).where(Unit.id == "eco")).one().successor_id = "miit"

    campaign.do("propose_target")

    assert campaign.tasks("sign_proposal")[0].principal == "head:miit"

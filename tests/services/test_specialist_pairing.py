"""服务专员结对 and 季度走访 through the command path: every path of the spec, and who sees and hears what."""

from __future__ import annotations

from datetime import date

import pytest

from app import clock
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted, RuleViolation
from app.models.demand import Demand
from app.models.enterprise import Title
from app.models.organization import Unit
from app.models.outbox import OutboxRow
from app.models.pairing import Pairing, PairingRefusal, Specialist
from app.models.person import Person
from app.models.process import Incident
from app.services import tasks, visit_calendar
from app.services.house import House
from tests.factories import actor
from tests.services.servings import CHAIN, STARS, VISITED, City

DAY = date.fromisoformat


@pytest.fixture
def both(any_house: House) -> City:
    """On each of the two databases."""
    return City(any_house)


@pytest.fixture
def city(house: House) -> City:
    return City(house)


def staffed(city: City) -> str:
    """Three specialists of the locality, of whom wang is the best, and an enterprise; its credit code."""
    city.specialist("wang", chains=[CHAIN])
    city.specialist("li")
    city.specialist("zhao")
    return city.firm()


def refusals(city: City) -> list[str]:
    return [row.reason for row in city.rows(PairingRefusal, order=PairingRefusal.id)]


def test_a_little_giant_is_paired_visited_given_a_package_and_rates(both: City) -> None:
    code = staffed(both)
    both.granted(code)
    [instance] = both.instances("specialist_pairing")
    assert (instance.business_key, instance.enterprise_id) == (f"specialist_pairing:{code}:1", code)
    assert both.task("choose_specialist").principal == "contact:hanjiang"

    form = both.form(both.task("choose_specialist"))
    first = form["candidates"][0]
    assert (first["name"], first["score"]) == ("专员wang", 90.0)
    both.do("choose_specialist")
    assert both.task("accept_pairing").principal == f"person:{actor(both.house, 'wang').person_id}"
    both.do("accept_pairing", outcome="yes")
    assert both.task("first_visit").due_on == DAY("2022-08-29")
    both.visit("first_visit")
    packages = [row for row in both.rows(OutboxRow, kind="message") if row.payload["name"] == "policy_package_wanted"]
    assert [row.payload["key"] for row in packages] == [code]
    both.do("ask_enterprise", timely=4, professional=4, solved=4)

    pairing = both.pairing(code)
    assert pairing is not None
    assert (pairing.from_on, pairing.to_on, pairing.is_appointed) == (DAY("2022-08-08"), None, False)
    assert pairing.explanation.startswith("属地40分，与企业同属地；专业30分")
    [visit] = both.visits(code)
    assert (visit.is_first, visit.counts, visit.score, visit.quarter) == (True, True, 80, 3)
    [instance] = both.instances("specialist_pairing")
    assert (instance.status, instance.end_element) == ("completed", "pairing_established")
    assert "服务专员已确定：专员wang" in both.told("firm.1")


def test_opened_twice_the_title_gives_one_pairing(city: City) -> None:
    code = staffed(city)

    city.granted(code).granted(code)
    assert len(city.instances("specialist_pairing")) == 1

    city.do("choose_specialist").do("accept_pairing", outcome="yes").visit("first_visit").do("ask_enterprise", **STARS)
    city.granted(code)
    assert len(city.instances("specialist_pairing")) == 1
    assert len(city.rows(Pairing)) == 1


def test_another_title_asks_for_no_specialist(city: City) -> None:
    city.granted(staffed(city), level="specialised")

    assert city.instances("specialist_pairing") == []


def test_declined_twice_the_third_candidate_accepts(city: City) -> None:
    code = staffed(city)
    city.granted(code)
    for _ in range(2):
        city.do("choose_specialist").do("accept_pairing", outcome="no", reason="full")

    form = city.form(city.task("choose_specialist"))
    assert [row["name"] for row in form["candidates"]] == ["专员zhao"]
    assert [row["reason"] for row in form["refusals"]] == ["本人未接受：已满额"] * 2
    city.do("choose_specialist").do("accept_pairing", outcome="yes")

    assert city.pairing(code).person_id == actor(city.house, "zhao").person_id


def test_after_three_failures_the_office_appoints_and_the_unit_gets_a_letter(city: City) -> None:
    code = staffed(city)
    city.granted(code)
    for _ in range(3):
        city.do("choose_specialist").do("accept_pairing", outcome="no", reason="other", reason_text="另有专项工作任务")
    [instance] = city.instances("specialist_pairing")
    assert city.open_elements == ["appoint_specialist"]

    city.do("appoint_specialist", person="专员wang", reason="熟悉该产业链，经协商由其承担")

    assert city.pairing(code).is_appointed
    assert city.row(instance.id, "letter") == {
        "number": "扬促中小办函〔2022〕1号",
        "on": "2022-08-08",
        "unit": "hanjiang",
    }
    city.visit("first_visit").do("ask_enterprise", **STARS)
    assert city.instances("specialist_pairing")[0].end_element == "pairing_established"


def test_silence_for_three_working_days_is_no_acceptance_and_then_the_office_widens_the_search(city: City) -> None:
    city.specialist("wang")
    city.specialist("far", "sci", load_limit=0)
    code = city.firm()
    city.granted(code).do("choose_specialist")

    city.on("2022-08-12")

    assert refusals(city) == ["未按时确认"]
    assert city.open_elements == ["widen_search"]
    with pytest.raises(InvalidForm) as refused:
        city.do("widen_search", unit="市教育局", reason="属地没有合适人选")
    assert refused.value.errors == [("unit", "该单位尚未登记服务专员，请另选单位或先登记人员")]
    city.change(Specialist, actor(city.house, "far").person_id, load_limit=5)
    city.do("widen_search", unit="市科技局", reason="属地没有合适人选")
    assert [row["name"] for row in city.form(city.task("choose_specialist"))["candidates"]] == ["专员far"]
    city.do("choose_specialist").do("approve_sending", outcome="yes").do("accept_pairing", outcome="yes")
    assert city.pairing(code).unit_id == "sci"


def test_a_head_who_does_not_send_leaves_the_choice_to_the_next_candidate(city: City) -> None:
    city.specialist("wang", "sci", chains=[CHAIN])
    city.specialist("li")
    code = city.firm()
    city.granted(code)
    city.do("choose_specialist", person="专员wang", reason="更熟悉该产业链")
    assert city.task("approve_sending").principal == "head:sci"

    city.do("approve_sending", outcome="no", opinion_text="近期承担专项任务")

    assert refusals(city) == ["所在单位未同意：近期承担专项任务"]
    city.do("choose_specialist").do("accept_pairing", outcome="yes")
    assert city.pairing(code).person_id == actor(city.house, "li").person_id


def test_a_late_first_visit_is_decided_on_by_the_locality_and_made_with_its_reason(city: City) -> None:
    code = staffed(city)
    city.granted(code).do("choose_specialist").do("accept_pairing", outcome="yes")

    city.on("2022-09-06")
    assert city.open_elements == ["decide_first_visit", "first_visit"]
    city.do("decide_first_visit", outcome="new_date", new_date="2022-09-09", reason="企业停产检修")
    city.on("2022-09-13")
    with pytest.raises(InvalidForm) as refused:
        city.visit("first_visit")
    assert [field for field, _ in refused.value.errors] == ["late_reason"]
    city.visit("first_visit", late_reason="企业停产检修，约定本日走访").do("ask_enterprise", **STARS)

    assert city.visits(code)[0].late_reason == "企业停产检修，约定本日走访"
    assert city.instances("specialist_pairing")[0].end_element == "pairing_established"


def test_whoever_never_comes_is_replaced_by_the_locality(city: City) -> None:
    code = staffed(city)
    city.granted(code).do("choose_specialist").do("accept_pairing", outcome="yes").on("2022-09-06")

    city.do("decide_first_visit", outcome="change", reason="多次联系未果")

    assert city.open_elements == ["choose_specialist"]
    assert [row.ended_because for row in city.rows(Pairing)] == ["专员已离任"]
    assert len(city.instances("specialist_pairing")) == 1
    assert city.pairing(code) is None


def test_person_left_before_the_first_visit_the_draft_is_kept_and_the_firm_informed(city: City) -> None:
    code = staffed(city)
    city.granted(code).do("choose_specialist").do("accept_pairing", outcome="yes")
    task = city.task("first_visit")
    tasks.save_draft(city.house, actor(city.house, "wang"), task.id, {"state_text": "已电话了解，订单充足。"})

    city.later().say("specialist_left", f"specialist_pairing:{code}:1", reason="moved")

    form = city.form(city.task("choose_specialist"))
    assert "专员wang" not in [row["name"] for row in form["candidates"]]
    assert "服务专员正在重新选派" in city.told("firm.1")
    city.do("choose_specialist").do("accept_pairing", outcome="yes")
    assert city.form(city.task("first_visit"))["state_text"] == "已电话了解，订单充足。"
    assert city.task("first_visit").due_on == DAY("2022-08-30")
    city.visit("first_visit").do("ask_enterprise", **STARS)
    assert len(city.instances("specialist_pairing")) == 1


def test_title_ended_during_acceptance_drops_the_pairing(city: City) -> None:
    code = staffed(city)
    city.granted(code).do("choose_specialist")

    city.say("pairing_needless", code, reason="title_ended")

    [instance] = city.instances("specialist_pairing")
    assert instance.end_element == "pairing_dropped"
    assert city.open_elements == []
    assert "无需结对" in city.told("wang")


def test_title_ended_later_ends_the_row_and_the_open_visit(city: City) -> None:
    code = staffed(city)
    city.paired(code, "wang")
    city.on("2022-10-08")
    open_visits(city)

    city.say("pairing_needless", code, reason="title_ended")

    [row] = city.rows(Pairing)
    assert (row.to_on, row.ended_because) == (DAY("2022-10-08"), "称号终止")
    assert city.instances("specialist_pairing_visit")[0].end_element == "visit_closed"


def test_a_firm_that_closes_down_needs_no_specialist_of_any_kind(city: City) -> None:
    code = staffed(city)
    city.paired(code, "wang")

    city.close_down(code)

    assert city.pairing(code) is None
    assert city.rows(Pairing)[0].ended_because == "企业注销或迁出"


def open_visits(city: City) -> int:
    with clock.held(city.at):
        return visit_calendar.open_visits(city.house)


def quarter(city: City) -> str:
    """A firm with a visit of the fourth quarter of 2022 to be made; its credit code."""
    code = staffed(city)
    city.paired(code, "wang")
    city.on("2022-10-08")
    open_visits(city)
    return code


def test_the_quarter_opens_one_visit_for_each_settled_pairing_however_often_it_is_asked(both: City) -> None:
    code, young, other = staffed(both), both.firm(2), both.firm(3)
    both.paired(code, "wang", "2022-08-01")
    both.paired(young, "li", "2022-08-22")
    both.paired(other, "zhao", "2022-08-19")
    both.on("2022-09-30")
    assert open_visits(both) == 0

    both.on("2022-10-08")

    assert open_visits(both) == 2
    assert open_visits(both) == 0
    keys = {row.business_key for row in both.instances("specialist_pairing_visit")}
    assert keys == {f"specialist_pairing_visit:{firm}:2022-Q4" for firm in (code, other)}
    assert {task.due_on for task in both.tasks("visit_enterprise")} == {DAY("2022-12-30")}


def test_a_quarter_visit_brings_two_demands_and_is_rated(both: City) -> None:
    code = quarter(both)
    demands = [
        {"category": "finance", "text": "流动资金不足，希望银行续贷支持。"},
        {"category": "labour", "text": "春节后一线普工缺口约三十人。", "is_private": True},
    ]

    both.visit("visit_enterprise", no_demands=False, demands=demands)
    both.do("rate_visit", **STARS)

    found = both.demands()
    assert [(row.category, row.channel, row.raised_by, row.is_private) for row in found] == [
        ("finance", "visit", "专员wang", False),
        ("labour", "visit", "专员wang", True),
    ]
    assert len(both.instances("demand_response")) == 2
    [visit] = both.visits(code)
    assert (visit.year, visit.quarter, visit.score, visit.is_first) == (2022, 4, 80, False)
    assert both.instances("specialist_pairing_visit")[0].end_element == "visit_done"


def test_a_change_of_the_firm_is_told_to_the_locality(city: City) -> None:
    quarter(city)

    changes = [{"change": "更名", "happened": True, "note": "拟更名为扬州精密装备股份有限公司"}]
    city.visit("visit_enterprise", changes=changes)

    assert any(title.startswith("企业重大变化提示") for title in city.told("contact.hanjiang"))


def test_a_missed_quarter_is_explained_and_the_next_one_opens_none_the_less(city: City) -> None:
    code = quarter(city)

    city.on("2023-01-09")
    assert open_visits(city) == 1
    assert city.open_elements == ["explain_missed_visit", "visit_enterprise"]
    city.do("explain_missed_visit", outcome="new_date", new_date="2023-01-12", reason="企业放假停产")
    [late] = [task for task in city.tasks("visit_enterprise") if "2022年" in task.title]
    city.send(late, **VISITED, late_reason="企业放假停产，约定节前走访")

    [visit] = city.visits(code)
    assert (visit.year, visit.quarter, visit.late_reason) == (2022, 4, "企业放假停产，约定节前走访")


def test_side_open_a_visit_made_meanwhile_closes_the_explanation(city: City) -> None:
    quarter(city)
    city.on("2023-01-09")

    city.visit("visit_enterprise", late_reason="企业放假停产，约定节前走访")

    assert city.open_elements == ["rate_visit"]


def test_dissatisfied_twice_the_head_changes_the_specialist(both: City) -> None:
    code = quarter(both)
    low = {"timely": 3, "professional": 3, "solved": 2}
    both.visit("visit_enterprise").do("rate_visit", **low)
    both.on("2023-01-03")
    open_visits(both)
    both.visit("visit_enterprise", state_text="一季度订单回落，正在开拓外贸市场，现金流偏紧。")
    both.do("rate_visit", **low)
    assert both.task("decide_change").principal == "head:hanjiang"
    assert [row["score"] for row in both.form(both.task("decide_change"))["ratings"]] == [53, 53]

    both.do("decide_change", outcome="change", talk_note="已与企业和专员分别谈话，双方同意更换专员。")

    second = both.instances("specialist_pairing")[-1]
    assert second.business_key == f"specialist_pairing:{code}:2"
    assert {row.end_element for row in both.instances("specialist_pairing_visit")} == {"visit_done"}
    assert both.pairing(code).person_id == actor(both.house, "wang").person_id  # until somebody follows
    both.do("choose_specialist").do("accept_pairing", outcome="yes")
    old, new = both.rows(Pairing, order=Pairing.id)
    assert (old.to_on, old.ended_because) == (DAY("2023-01-03"), "企业连续评价较低")
    assert new.person_id != old.person_id


def test_one_wish_to_change_is_enough_and_the_head_may_keep_her(city: City) -> None:
    quarter(city)
    city.visit("visit_enterprise").do("rate_visit", **STARS, wants_change=True, change_reason="沟通方式不合适")

    city.do("decide_change", outcome="keep", talk_note="已与企业沟通，同意由原专员继续服务并改进。")

    assert city.instances("specialist_pairing") == []
    assert city.instances("specialist_pairing_visit")[0].end_element == "visit_done"


def test_a_specialist_who_moves_hands_the_visit_over_while_the_quarter_lasts(both: City) -> None:
    code = quarter(both)

    both.later(3).say("specialist_left", f"specialist_pairing:{code}:1", reason="moved")
    assert both.pairing(code) is None
    assert both.instances("specialist_pairing_visit")[0].end_element == "visit_handed_over"
    both.do("choose_specialist").do("accept_pairing", outcome="yes")

    keys = [row.business_key for row in both.instances("specialist_pairing_visit")]
    assert keys == [f"specialist_pairing_visit:{code}:2022-Q4", f"specialist_pairing_visit:{code}:2022-Q4:2"]
    assert both.task("visit_enterprise").principal == f"person:{both.pairing(code).person_id}"


def test_with_few_days_left_the_visit_is_waived(city: City) -> None:
    code = quarter(city)

    city.on("2022-12-15").say("specialist_left", f"specialist_pairing:{code}:1", reason="retired")
    city.do("choose_specialist").do("accept_pairing", outcome="yes")

    assert len(city.instances("specialist_pairing_visit")) == 1


def test_unit_merged_an_open_visit_stays_with_its_person_and_its_successor_decides(city: City) -> None:
    code = quarter(city)
    city.change(Unit, "hanjiang", successor_id="guangling", ended_on=DAY("2022-10-20"))

    city.visit("visit_enterprise").do("rate_visit", **STARS, wants_change=True, change_reason="沟通方式不合适")

    assert city.task("decide_change").principal == "head:guangling"
    assert city.pairing(code) is not None


def test_financing_specialists_are_chosen_by_the_department_that_leads(city: City) -> None:
    code = staffed(city)
    city.specialist("bank", "pboc", kinds=["financing"])
    city.paired(code, "wang")

    city.start("office", "specialist_pairing", enterprise_id=code, kind="financing")

    [instance] = city.instances("specialist_pairing")
    assert instance.business_key == f"specialist_pairing:{code}:financing:1"
    form = city.form(city.task("choose_specialist"))
    assert [row["name"] for row in form["candidates"]] == ["专员bank"]
    city.do("choose_specialist")
    if city.open_elements == ["approve_sending"]:
        city.do("approve_sending", outcome="yes")
    city.do("accept_pairing", outcome="yes")
    assert city.pairing(code, "financing") is not None
    assert city.pairing(code) is not None
    city.on("2023-04-03")
    open_visits(city)
    assert [row.business_key for row in city.instances("specialist_pairing_visit")] == [
        f"specialist_pairing_visit:{code}:2023-Q2"
    ]  # of the service specialist alone


def test_by_hand_the_office_and_the_locality_open_and_nobody_else(city: City) -> None:
    code = staffed(city)
    with pytest.raises(NotPermitted):
        city.start("contact.sci", "specialist_pairing", enterprise_id=code)
    with pytest.raises(RuleViolation):
        city.start("office", "specialist_pairing", enterprise_id="NOBODY")

    first = city.start("contact.hanjiang", "specialist_pairing", enterprise_id=code)

    assert city.start("office", "specialist_pairing", enterprise_id=code) == first


def test_a_pairing_is_nobody_elses_to_accept(city: City) -> None:
    code = staffed(city)
    city.granted(code).do("choose_specialist")

    for login in ("li", "firm.1", "contact.sci"):
        with pytest.raises((NotPermitted, NotFound)):
            city.do("accept_pairing", login, outcome="yes")


def test_stale_the_second_of_two_sees_that_it_was_done(city: City) -> None:
    city.granted(staffed(city))
    task = city.task("choose_specialist")
    city.send(task)

    with pytest.raises(AlreadyDone) as refused:
        city.send(task)

    assert refused.value.extra["by"] == "邗江区联络员"


def test_an_inactive_specialist_is_no_candidate_and_her_visit_falls_to_the_locality(city: City) -> None:
    code = staffed(city)
    city.paired(code, "wang")
    city.change(Person, actor(city.house, "wang").person_id, is_active=False)
    city.on("2022-10-08")

    open_visits(city)

    assert city.task("visit_enterprise").principal == "contact:hanjiang"
    assert city.rows(Incident) == []


def test_a_demand_row_is_written_once_for_each_line_of_a_visit(city: City) -> None:
    quarter(city)
    city.visit("visit_enterprise", no_demands=False, demands=[{"category": "tax", "text": "咨询留抵退税的办理进度。"}])
    [row] = city.rows(OutboxRow, kind="message")[-1:]

    city.say("demand_raised", row.payload["key"], **{k: v for k, v in row.payload.items() if k not in ("name", "key")})

    assert len(city.rows(Demand)) == 1


def test_little_giants_that_were_taken_over_get_a_specialist_however_often_the_calendar_asks(both: City) -> None:
    code, plain = staffed(both), both.firm(2)
    with both.house.database.transaction() as session:
        days = {"announced_on": DAY("2021-06-01"), "from_on": DAY("2021-07-01"), "until_on": DAY("2024-06-30")}
        session.add(Title(enterprise_id=code, level="little_giant", **days))
        session.add(Title(enterprise_id=plain, level="specialised", **days))

    with clock.held(both.at):
        assert [visit_calendar.open_pairings(both.house) for _ in range(2)] == [1, 0]

    [instance] = both.instances("specialist_pairing")
    assert instance.enterprise_id == code
    both.granted(code)
    assert len(both.instances("specialist_pairing")) == 1

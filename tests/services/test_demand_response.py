"""诉求响应 through the command path: every path of the spec, the consultation included, and what the firm reads."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app import clock
from app.errors import InvalidForm, NotFound, NotPermitted, RuleViolation
from app.models.demand import Demand, DemandReroute, DemandStep
from app.models.organization import Unit
from app.models.outbox import OutboxRow
from app.models.process import Incident
from app.services import demands
from app.services.house import House
from tests.factories import actor
from tests.services.consultations import SETTING
from tests.services.servings import City

DAY = date.fromisoformat
ANSWER = {
    "result": "solved",
    "answer_text": "已协调银行办理续贷，资金已于本周到账，请核对。",
    "manner": "phone",
}
REFUSED = {"outcome": "no", "legal_ground": "三定方案规定该事项由其他部门负责"}
UNHAPPY = {"outcome": "no", "reason": "答复没有涉及所提的利率问题"}


@pytest.fixture
def both(any_house: House) -> City:
    """On each of the two databases."""
    return City(any_house)


@pytest.fixture
def city(house: House) -> City:
    return City(house)


def answered(city: City, **more: Any) -> City:
    """Accepted, answered and signed."""
    city.do("accept_demand", outcome="yes")
    return city.do("answer_demand", **{**ANSWER, **more}).do("sign_answer", outcome="yes")


def routed(city: City, unit: str, **more: Any) -> City:
    told = {"outcome": "assign", "kind": "handle", "unit": unit, "reason": "该事项属其职责范围"}
    return city.do("route_demand", **{**told, **more})


def unsure(city: City, code: str, **more: Any) -> Demand:
    """A demand that the office has to route."""
    return city.ask(code, category="other", title="希望加强联系", text="希望相关部门加强联系和服务。", **more)


def steps_of(city: City, demand: Demand) -> list[tuple[str, str | None]]:
    rows = city.rows(DemandStep, order=DemandStep.id, demand_id=demand.id)
    return [(row.state, row.unit_id) for row in rows]


def sent(city: City, name: str) -> list[dict[str, Any]]:
    return [row.payload for row in city.rows(OutboxRow, kind="message") if row.payload["name"] == name]


def test_direct_a_question_is_answered_in_three_days(both: City) -> None:
    code = both.firm()
    demand = both.ask(code, category="tax", title="咨询加计扣除", text="请问研发费用加计扣除比例如何申请？")
    assert (demand.number, demand.kind, demand.unit_id, demand.state) == ("2022-000001", "consult", "tax", "offered")
    assert both.task("accept_demand").principal == "contact:tax"

    both.do("accept_demand", outcome="yes")
    assert both.task("answer_demand").due_on == DAY("2022-08-11")
    both.later(2).do("answer_demand", **ANSWER)
    assert both.demands()[0].state == "answered"
    both.do("rate_answer", outcome="yes", stars=5)

    [demand] = both.demands()
    assert (demand.state, demand.rating, demand.stars, demand.answered_on) == ("closed", "yes", 5, DAY("2022-08-10"))
    assert both.instances("demand_response")[0].end_element == "demand_closed"
    assert steps_of(both, demand) == [
        ("offered", "tax"),
        ("working", "tax"),
        ("answered", "tax"),
        ("closed", "tax"),
    ]
    assert "诉求2022-000001已答复：咨询加计扣除" in both.told("firm.1")


def test_routed_by_the_office_signed_by_the_head_and_rated_fair(city: City) -> None:
    unsure(city, city.firm())
    form = city.form(city.task("route_demand"))
    assert "没有固定的承办单位" in form["route_reason"]

    routed(city, "市工信局")
    answered(city).do("rate_answer", outcome="fair")

    [demand] = city.demands()
    assert (demand.state, demand.rating, demand.unit_id, demand.due_on) == ("closed", "fair", "miit", DAY("2022-08-22"))


def test_an_unlike_unit_needs_a_reason(city: City) -> None:
    city.ask(city.firm(), text="企业贷款到期，需要融资和担保支持。", category="tax")

    with pytest.raises(InvalidForm) as refused:
        routed(city, "市人行", reason="")

    assert [field for field, _ in refused.value.errors] == ["reason"]


def test_joint_three_units_give_parts_one_is_silent_and_named(both: City) -> None:
    unsure(both, both.firm())
    rows = [{"unit": name} for name in ("市人行", "市税务局", "市科技局")]
    routed(both, "市工信局", outcome="joint", joint_units=rows)
    assert [task.unit_id for task in both.tasks("joint_answer")] == ["pboc", "sci", "tax"]
    for task in both.tasks("joint_answer")[:2]:
        both.send(task, part_text="经研究，本单位可提供政策辅导和对接服务支持。")

    both.on("2022-08-16")

    form = both.form(both.task("answer_demand"))
    assert [(row["unit_name"], row["text"][:3]) for row in form["parts"]] == [
        ("市人行", "经研究"),
        ("市税务局", "未反馈"),
        ("市科技局", "经研究"),
    ]
    both.do("answer_demand", **ANSWER).do("sign_answer", outcome="yes").do("rate_answer", outcome="yes")
    assert both.demands()[0].state == "closed"


def test_not_ours_refused_once_and_answered_by_another(city: City) -> None:
    city.ask(city.firm())
    city.do("accept_demand", **REFUSED, proposed_unit="市人行")
    form = city.form(city.task("route_demand"))
    assert form["reroutes"][0]["proposed_name"] == "市人行"

    routed(city, "市人行")
    answered(city).do("rate_answer", outcome="yes")

    assert city.demands()[0].unit_id == "pboc"
    assert city.rows(DemandReroute)[0].unit_id == "lfb"


def nobody(city: City) -> City:
    """Three units say that the demand is not theirs."""
    city.ask(city.firm())
    city.do("accept_demand", **REFUSED, proposed_unit="市人行")
    routed(city, "市人行")
    city.do("accept_demand", **REFUSED, proposed_unit="市财政局")
    routed(city, "市财政局")
    return city.do("accept_demand", **REFUSED, proposed_unit="市地方金融监管局")


def test_nobody_takes_it_and_a_consultation_names_the_unit(both: City) -> None:
    nobody(both)
    assert both.demands()[0].state == "consulting"
    [wanted] = sent(both, "consultation_wanted")
    assert wanted["key"] == "demand_response:2022-000001"
    assert wanted["question"][0]["kind"] == "unit"
    assert wanted["units"][:3] == ["lfb", "pboc", "fin"]

    both.do("set_consultation", outcome="written", **SETTING)
    for task in both.tasks("answer_consultation"):
        both.send(task, answers=[{"no": 1, "value": "市人行", "ground": "信贷政策由人民银行负责"}])
    both.later(2).do("draft_minutes")
    if "sign_minutes" in both.open_elements:
        both.do("sign_minutes", outcome="yes")
    else:
        both.do("approve_minutes", outcome="yes", mode="online")

    [demand] = both.demands()
    assert (demand.state, demand.unit_id, demand.accepted_on) == ("working", "pboc", DAY("2022-08-10"))
    task = both.task("answer_demand")
    assert (task.principal, task.due_on) == ("contact:pboc", DAY("2022-08-24"))
    both.do("answer_demand", **ANSWER).do("sign_answer", outcome="yes").do("rate_answer", outcome="yes")
    assert both.demands()[0].state == "closed"
    assert both.rows(Incident) == []


def test_consultation_stalled_the_office_routes_it_again(city: City) -> None:
    nobody(city)

    city.on("2022-09-07")

    assert "route_demand" in city.open_elements
    routed(city, "市地方金融监管局")
    answered(city).do("rate_answer", outcome="yes")
    assert city.demands()[0].state == "closed"
    assert sent(city, "caller_dropped") != []


def test_a_consultation_that_is_refused_leaves_the_answer_to_the_office(city: City) -> None:
    nobody(city)

    city.do("set_consultation", outcome="refused", reason="职责已由三定规定明确，无需会商研究", **SETTING)
    if "decide_directly" in city.open_elements:
        city.do("decide_directly", ground="职责已由三定规定明确")

    assert city.task("answer_demand").principal == "office"
    city.do("answer_demand", **ANSWER).do("sign_answer", outcome="yes")
    assert city.demands()[0].state == "answered"


def test_overdue_by_two_days_the_office_orders_and_it_is_answered_late(both: City) -> None:
    both.ask(both.firm())
    both.do("accept_demand", outcome="yes")
    both.on("2022-08-25")
    assert both.open_elements == ["answer_demand", "judge_delay"]
    assert both.form(both.task("judge_delay"))["late_note"] == "已超 3 个工作日"

    both.do("judge_delay", outcome="order", reason="已超过答复时限，企业多次询问")

    [order] = sent(both, "supervision_wanted")
    assert (order["key"], order["unit"]) == ("demand_response:2022-000001", "lfb")
    assert "诉求答复已逾期：2022-000001 流动资金不足" in both.told("head.lfb")
    both.do("answer_demand", **ANSWER).do("sign_answer", outcome="yes").do("rate_answer", outcome="yes")
    [demand] = both.demands()
    assert demand.answered_on > demand.due_on


def test_entered_again_a_delay_is_judged_once_in_a_round(city: City) -> None:
    city.ask(city.firm())
    city.do("accept_demand", outcome="yes").on("2022-08-25")
    city.do("judge_delay", outcome="urge", reason="请于本周内尽快答复企业")
    city.do("answer_demand", **ANSWER).do("sign_answer", outcome="no", opinion_text="请补充办理结果")

    city.later(20)

    assert city.open_elements == ["answer_demand"]
    form = city.form(city.task("answer_demand"))
    assert (form["returned_note"], form["judged_note"]) == ("请补充办理结果", "请于本周内尽快答复企业")
    assert form["answer_text"] == ANSWER["answer_text"]


def unhappy(city: City) -> City:
    city.ask(city.firm())
    return answered(city).do("rate_answer", **UNHAPPY)


def test_dissatisfied_again_another_unit_answers_and_the_firm_is_satisfied(both: City) -> None:
    unhappy(both)
    assert both.form(both.task("judge_demand"))["rating_note"].startswith("不满意：")

    both.do("judge_demand", outcome="again", unit="市人行", reason="利率事项由人民银行重新答复")
    assert both.task("accept_demand").principal == "contact:pboc"
    both.do("accept_demand", outcome="yes")
    with pytest.raises(InvalidForm) as refused:
        both.do("answer_demand", **ANSWER)
    assert refused.value.errors == [("answer_text", "答复与上次相同，请针对诉求作答")]
    both.do("answer_demand", **ANSWER | {"answer_text": "已协调银行将利率下调三十个基点，下月起执行。"})
    both.do("sign_answer", outcome="yes").do("rate_answer", outcome="yes")

    [demand] = both.demands()
    assert (demand.state, demand.round, demand.rating, demand.unit_id) == ("closed", 2, "yes", "pboc")


def test_a_second_dissatisfaction_is_closed_and_counted(city: City) -> None:
    unhappy(city).do("judge_demand", outcome="again", unit="市人行", reason="利率事项由人民银行重新答复")

    answered(city, answer_text="利率由银行自主定价，已协调下调十个基点。").do("rate_answer", **UNHAPPY)

    [demand] = city.demands()
    assert (demand.state, demand.rating, demand.round) == ("closed", "no", 2)
    assert city.open_elements == []


def test_dissatisfied_explained_the_firm_reads_why(city: City) -> None:
    unhappy(city)

    city.do("judge_demand", outcome="explain", reason="现行政策对利率没有补贴，已向企业说明依据")

    last = city.rows(DemandStep, order=DemandStep.id)[-1]
    assert (last.state, last.note) == ("closed", "现行政策对利率没有补贴，已向企业说明依据")
    assert "诉求2022-000001已办结：流动资金不足" in city.told("firm.1")


def test_dissatisfied_and_consulted_a_stalled_meeting_comes_back(city: City) -> None:
    unhappy(city).do("judge_demand", outcome="consult", reason="涉及多个部门，需会商研究解决")
    assert city.demands()[0].state == "consulting"

    city.on("2022-09-12")

    assert "judge_demand" in city.open_elements


def test_policy_does_not_allow_names_its_ground(city: City) -> None:
    city.ask(city.firm())
    city.do("accept_demand", outcome="yes")
    with pytest.raises(InvalidForm) as refused:
        city.do("answer_demand", **ANSWER | {"result": "not_allowed"})
    assert refused.value.errors == [("ground", "“政策不允许”须注明政策依据")]

    city.do("answer_demand", **ANSWER | {"result": "not_allowed"}, ground=[{"name": "银保监办发〔2021〕49号"}])

    assert city.demands()[0].ground == ["银保监办发〔2021〕49号"]


def test_unrated_for_five_days_it_is_closed_and_left_out(city: City) -> None:
    city.ask(city.firm())
    answered(city)

    city.on("2022-08-16")

    [demand] = city.demands()
    assert (demand.state, demand.rating) == ("closed", None)


def test_withdrawn_while_the_unit_works(both: City) -> None:
    demand = both.ask(both.firm())
    both.do("accept_demand", outcome="yes")

    with clock.held(both.at):
        demands.withdraw(both.house, actor(both.house, "firm.1"), demand.number, key=both.key())
    both.settle()

    assert both.demands()[0].state == "withdrawn"
    assert both.instances("demand_response")[0].end_element == "demand_withdrawn_end"
    assert both.open_elements == []
    assert "企业已撤回诉求：2022-000001 流动资金不足" in both.told("contact.lfb")


def test_an_answered_demand_is_withdrawn_no_more_and_anothers_never(city: City) -> None:
    demand = city.ask(city.firm())
    city.firm(2)
    with pytest.raises(NotFound), clock.held(city.at):
        demands.withdraw(city.house, actor(city.house, "firm.2"), demand.number, key=city.key())
    answered(city)

    with pytest.raises(RuleViolation), clock.held(city.at):
        demands.withdraw(city.house, actor(city.house, "firm.1"), demand.number, key=city.key())


def test_urgent_is_answered_by_telephone_in_a_day_and_done_in_five(city: City) -> None:
    city.ask(city.firm(), is_urgent=True, urgent_reason="资金链紧张，生产线即将停产")
    task = city.task("accept_demand")
    assert task.due_on == DAY("2022-08-09")
    with pytest.raises(InvalidForm):
        city.do("accept_demand", outcome="yes")

    city.do("accept_demand", outcome="yes", call_note="已电话联系企业负责人，当日上门对接。")

    assert city.task("answer_demand").due_on == DAY("2022-08-15")


def test_a_duplicate_is_joined_to_the_first_and_both_are_told(city: City) -> None:
    code = city.firm()
    first = city.ask(code)
    city.later(3)
    second = city.ask(code, text="企业流动资金不足，希望办理续贷！")
    assert (second.number, second.state) == ("2022-000002", "routing")
    form = city.form(city.task("route_demand"))
    assert [row["number"] for row in form["duplicates"]] == [first.number]

    joined = [{"number": first.number, "joins": True}]
    city.do("route_demand", outcome="answer_now", duplicates=joined, answer_text="")
    city.do("rate_answer", outcome="yes")

    assert city.demand(second.number).joined_to == first.number
    assert city.demand(second.number).state == "closed"
    answered(city)
    assert "诉求2022-000002已一并答复" in city.told("firm.1")


def test_what_another_office_takes_is_told_at_once(city: City) -> None:
    city.ask(city.firm(), category="approval", title="执照遗失补办", text="营业执照变更和执照遗失补办需要办理。")

    assert "诉求2022-000001的受理渠道" in city.told("firm.1")
    city.do("route_demand", outcome="answer_now")
    assert "政务服务大厅" in city.demands()[0].answer_text


def test_five_firms_with_one_category_are_a_hint_to_the_office(city: City) -> None:
    for number in range(1, 6):
        city.ask(city.firm(number), f"firm.{number}")

    assert city.told("office").count("“资金”类诉求集中出现") == 1


def test_an_enterprise_raises_for_itself_alone(city: City) -> None:
    city.firm()
    other = city.firm(2)

    with pytest.raises(NotPermitted):
        city.ask(other, "firm.1")

    assert city.rows(Demand) == []


def test_opened_twice_the_same_key_gives_one_demand_and_numbers_have_no_gap(both: City) -> None:
    code = both.firm()
    said = {"enterprise_id": code, "category": "tax", "title": "咨询退税进度", "text": "咨询留抵退税的办理进度。"}

    both.say("demand_raised", "visit:9:1", **said, channel="visit", raised_by="专员wang")
    both.say("demand_raised", "visit:9:1", **said, channel="visit", raised_by="专员wang")
    both.ask(code)

    assert [(row.number, row.raised_by) for row in both.demands()] == [
        ("2022-000001", "专员wang"),
        ("2022-000002", actor(both.house, "firm.1").name),
    ]


def test_what_another_duty_says_too_briefly_is_filled_up(city: City) -> None:
    city.say("demand_raised", "push:1", enterprise_id=city.firm(), category="?", title="求助", text="不会填")

    [demand] = city.demands()
    assert (demand.category, demand.title) == ("other", "企业诉求：求助")
    assert demand.text == "企业反映：求助。不会填"


def test_a_wrong_category_is_refused_by_field(city: City) -> None:
    code = city.firm()

    with pytest.raises(RuleViolation) as refused:
        city.ask(code, category="火星")

    assert refused.value.field == "category"


def test_private_what_only_the_specialist_may_see_belongs_to_no_locality(city: City) -> None:
    code = city.firm()

    city.ask(code, is_private=True)

    assert city.instances("demand_response")[0].unit_id is None


def test_own_item_a_person_of_the_locality_is_barred_from_routing_what_is_about_it(city: City) -> None:
    unsure(city, city.firm())
    task = city.task("route_demand")

    assert (task.has_own_item_rule, task.subject_unit_id) == (True, "hanjiang")


def test_unit_merged_its_successor_signs(city: City) -> None:
    city.ask(city.firm())
    city.do("accept_demand", outcome="yes").do("answer_demand", **ANSWER).do(
        "sign_answer", outcome="no", opinion_text="请补充"
    )
    city.change(Unit, "lfb", successor_id="fin", ended_on=DAY("2022-08-08"))

    city.do("answer_demand", login="contact.lfb", **ANSWER)

    assert city.task("sign_answer").principal == "head:fin"

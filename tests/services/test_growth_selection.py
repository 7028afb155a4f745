"""高成长企业遴选 through the command path: quotas, nominations, scores, panel, list, notice, plans."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import InvalidForm, NotFound, NotPermitted
from app.models.library import GrowthMark, PlanGoal, SupportLine
from app.models.notification import Notification
from app.models.process import ProcessInstance, WorkingRow
from app.models.recognition import Objection, PublicNotice
from app.services.house import House
from tests.services.growths import GOAL, REASON, SUPPORT, Growth, expert_ids
from tests.services.libraries import code

ALL = {"technology": 40, "market": 30, "team": 30}
NOTHING = dict.fromkeys(ALL, 0)


def selecting(house: House) -> Growth:
    """Two localities with five and two enterprises; the selection takes ninety, so all that are nominated."""
    growth = Growth(house).known(1, 2, 3, 4, 5).known(11, 12, locality="gaoyou").open()
    return growth.set(number=90).agreed()


def listed(growth: Growth) -> list[str]:
    return [mark.enterprise_id for mark in growth.rows(GrowthMark) if mark.removed_on is None]


def selection(growth: Growth) -> ProcessInstance:
    return growth.rows(ProcessInstance, business_key="growth_selection:2023")[0]


def test_a_selection_begins_with_what_the_plan_promises(house: House) -> None:
    growth = Growth(house).open()

    form = growth.says("set_selection")

    assert form["plan_words"] == "计划规定“每年遴选100家左右具备高成长潜力的企业”，可在90至110家之间确定"
    assert form["number"] == 100
    assert sum(row["weight"] for row in form["weights"]) == 100
    assert [task.unit_id for task in growth.set().tasks()] == ["drc", "sci"]
    assert selection(growth).unit_id == "miit"


def test_a_number_outside_of_about_a_hundred_is_refused(house: House) -> None:
    growth = Growth(house).open()

    with pytest.raises(InvalidForm) as refused:
        growth.set(number=120)

    assert refused.value.errors == [("number", "遴选数应在90至110家之间")]


def test_straight_to_the_published_list_and_the_plans(house: House) -> None:
    growth = selecting(house).account(5)
    assert [task.unit_id for task in growth.tasks("nominate_growth")] == ["hanjiang", "gaoyou"]
    form = growth.says("nominate_growth")
    assert [row["credit_code"] for row in form["rows"]] == [code(number) for number in (5, 4, 3, 2, 1)]
    growth.nominated(5, 4, 3).nominated(12, locality="gaoyou")

    form = growth.says("choose_growth_list")
    assert form["summary"] == "各地推荐4家，遴选90家。"
    assert [(row["place"], row["credit_code"], row["is_chosen"]) for row in form["rows"]] == [
        (1, code(12), True),
        (2, code(5), True),
        (3, code(4), True),
        (4, code(3), True),
    ]
    growth.chosen().approved().noticed()

    assert sorted(listed(growth)) == sorted([code(3), code(4), code(5), code(12)])
    assert [task.unit_id for task in growth.tasks("draft_plan")] == ["hanjiang", "hanjiang", "hanjiang", "gaoyou"]
    row = next(row for row in growth.rows(WorkingRow, kind="published"))
    assert row.value["number"] == "扬促中小办发〔2023〕1号"
    assert [note.title for note in growth.rows(Notification)] == ["2023年高成长企业遴选结果"]


def test_a_locality_that_is_silent_sends_none(house: House) -> None:
    growth = selecting(house).nominated(5)

    growth.later(40)

    assert growth.says("choose_growth_list")["summary"] == "各地推荐1家，遴选90家；未推荐的属地：高邮市。"
    states = {one.unit_id: one.status for one in growth.rows(ProcessInstance, duty="growth_selection") if one.parent_id}
    assert states == {"hanjiang": "completed", "gaoyou": "cancelled"}


def test_a_nomination_beyond_its_quota_or_without_figures_is_refused(house: House) -> None:
    growth = Growth(house).known(*range(1, 4)).known(7, is_updated=False).open().set(number=90).agreed()
    task = growth.one("nominate_growth")
    rows = growth.form(task)["rows"]
    ticked = {"is_chosen": True, "reason": REASON, "consent_on": "2023-03-10"}

    with pytest.raises(InvalidForm) as refused:
        growth.send(task, rows=[{**row, **ticked} for row in rows])

    assert [text for _, text in refused.value.errors] == ["扬州第7精密机械有限公司未完成年度更新，无法评分"]


def test_departments_that_are_silent_or_remark_hold_nobody_up(house: House) -> None:
    growth = Growth(house).known(1).open().set(number=90)
    task = growth.one("countersign_selection")
    growth.send(task, outcome="remark", opinion_text="建议突出生物医药")

    growth.later(6)

    form = growth.says("sign_selection")
    assert [(row["unit_name"], row["answer"]) for row in form["opinions"]] == [
        ("市发改委", "有修改意见"),
        ("市科技局", "逾期未反馈，视为同意"),
    ]


def with_panel(house: House, sheets: int) -> Growth:
    """Ninety-five are nominated for ninety places; every expert would take the last one of them, and nobody else."""
    growth = Growth(house).experts(5).known(*range(1, 96)).open()
    rows = [{**row, "is_chosen": True} for row in growth.says("set_selection")["experts"]]
    growth.set(number=90, panel=True, experts=rows).agreed().nominated(*range(1, 96))
    for task in growth.tasks("panel_review")[:sheets]:
        login = f"expert.{expert_ids(growth).index(int(task.item or 0))}"
        told = growth.form(task)["rows"]
        rows = [{**row, **(ALL if row["credit_code"] == code(1) else NOTHING)} for row in told]
        growth.send(task, login, rows=rows)
    return growth


def test_the_panel_moves_places_within_the_band(house: House) -> None:
    growth = with_panel(house, sheets=5)

    form = growth.says("choose_growth_list")

    by_panel = form["rows"][70]
    assert (by_panel["credit_code"], by_panel["experts"], by_panel["spread"]) == (code(1), 100, 0)
    assert "experts" not in form["rows"][69]
    assert form["rows"][-1]["credit_code"] == code(2)
    assert form["summary"].endswith("收到专家评分表5份。")


def test_two_sheets_of_five_leave_the_rules_score_alone(house: House) -> None:
    growth = with_panel(house, sheets=2)
    assert len(growth.tasks("panel_review")) == 3

    growth.later(16)

    form = growth.says("choose_growth_list")
    assert [row["credit_code"] for row in form["rows"]] == [code(number) for number in range(95, 0, -1)]
    assert form["summary"].endswith("收到专家评分表2份，专家评分表不足3份，按评分规则得分排列。")


def test_an_expert_sees_her_own_sheet_only(house: House) -> None:
    growth = Growth(house).experts(3).known(1).open()
    rows = [{**row, "is_chosen": True} for row in growth.says("set_selection")["experts"]]
    growth.set(number=90, panel=True, experts=rows).agreed().nominated(1)
    other = next(task for task in growth.tasks("panel_review") if task.item == str(expert_ids(growth)[1]))

    with pytest.raises(NotFound):
        growth.send(other, "expert.0")


def test_the_leading_group_returns_the_list_and_it_is_chosen_again_with_reasons(house: House) -> None:
    growth = selecting(house).nominated(5, 4).nominated(12, locality="gaoyou").chosen()
    growth.do("approve_growth_list", outcome="no", mode="online", opinion_text="请核对第3名企业的环保情况")

    form = growth.says("choose_growth_list")
    assert form["returned_opinion"].endswith("请核对第3名企业的环保情况")
    rows = [{**row, "is_chosen": row["credit_code"] != code(4)} for row in form["rows"]]
    with pytest.raises(InvalidForm):
        growth.do("choose_growth_list", rows=rows)
    rows = [{**row, **({} if row["is_chosen"] else {"reason": "环保处罚未满一年"})} for row in rows]
    growth.do("choose_growth_list", rows=rows).do("sign_growth_list", outcome="yes")
    growth.approved().noticed()

    assert sorted(listed(growth)) == sorted([code(5), code(12)])


def object_to(growth: Growth, number: int) -> None:
    """An objection against the enterprise that was examined and upheld."""
    notice = growth.rows(PublicNotice)[-1]
    with growth.house.database.transaction() as session:
        session.add(
            Objection(
                key=f"objection:{notice.key}:1",
                notice_id=notice.id,
                number=1,
                received_at=growth.at,
                facts="近一年发生重大安全事故",
                rows=[{"key": code(number), "result": "upheld", "kind": "fact", "remark": "属实"}],
                status="answered",
                result="upheld",
                ended_on=growth.at.date(),
            )
        )


def test_for_one_that_an_objection_takes_out_the_next_moves_up_with_a_notice_of_its_own(house: House) -> None:
    growth = Growth(house).known(*range(1, 96)).open().set(number=90).agreed()
    growth.nominated(*range(1, 96)).chosen().approved().do("publish_notice")
    object_to(growth, 95)

    growth.later(9)

    form = growth.says("publish_notice")
    assert [row["key"] for row in form["list"]] == [code(5)]
    assert form["title"] == "关于2023年拟入选高成长企业名单（递补）的公示"
    growth.do("publish_notice").later(9)
    assert len(listed(growth)) == 90
    assert code(5) in listed(growth)
    assert code(95) not in listed(growth)


def drafted(growth: Growth, **answers: object) -> Growth:
    growth.do("draft_plan", goals=[GOAL], supports=[SUPPORT], **answers)
    return growth


def one_plan(house: House) -> Growth:
    growth = Growth(house).known(5).account(5).open().set(number=90).agreed().nominated(5)
    return growth.chosen().approved().noticed()


def test_a_plan_is_agreed_and_its_lines_go_to_the_departments(house: House) -> None:
    growth = drafted(one_plan(house))

    growth.do("confirm_plan", "firm", outcome="no", opinion_text="希望增加用地支持")
    assert growth.says("draft_plan")["returned_opinion"] == "希望增加用地支持"
    drafted(growth).do("confirm_plan", "firm", outcome="yes")

    assert [(line.unit_id, line.state, line.due_on) for line in growth.rows(SupportLine)] == [
        ("hrss", "open", date(2023, 12, 20))
    ]
    task = growth.one("review_plan_year")
    assert task.due_on == date(2023, 12, 15)
    form = growth.form(task)
    assert (form["goals"][0]["value"], form["goals"][0]["kind"]) == (1030.225, "主营业务收入（万元）")
    supports = [{**form["supports"][0], "state": "done"}]
    growth.send(task, supports=supports, summary="主营收入增长，人才项目已落地，继续跟进。")
    assert growth.plan_of(5).end_element == "plan_finished"
    assert growth.rows(SupportLine)[0].state == "done"
    assert growth.rows(PlanGoal)[0].actual is not None
    assert selection(growth).end_element == "selection_closed"


def test_a_silent_firm_counts_as_agreed_and_is_marked(house: House) -> None:
    growth = drafted(one_plan(house))

    growth.later(20)

    assert growth.says("review_plan_year")["rating_note"] == "企业未在期限内确认方案，视为认可"


def test_a_plan_that_is_dropped_closes_its_lines(house: House) -> None:
    growth = drafted(one_plan(house)).do("confirm_plan", "firm", outcome="yes")

    with pytest.raises(NotPermitted):
        growth.drop(5, login="contact.hanjiang")
    growth.drop(5, "称号因提供虚假材料被取消")

    assert growth.plan_of(5).end_element == "plan_stopped"
    assert [(line.state, line.note) for line in growth.rows(SupportLine)] == [("closed", "培育方案终止")]
    assert listed(growth) == []
    with pytest.raises(NotFound):
        growth.drop(5)


def test_plans_that_are_open_at_the_years_end_do_not_keep_the_selection_open(house: House) -> None:
    growth = one_plan(house)

    growth.at = growth.at.replace(month=12, day=31)
    growth.later(2)

    assert selection(growth).end_element == "selection_closed"
    assert growth.plan_of(5).status == "active"


def test_it_runs_on_both_databases(any_house: House) -> None:
    growth = selecting(any_house).account(5).nominated(5, 4).nominated(11, locality="gaoyou").chosen().approved()
    growth.do("publish_notice")
    object_to(growth, 4)
    growth.later(9)

    assert sorted(listed(growth)) == sorted([code(5), code(11)])
    for task in growth.tasks("draft_plan"):
        growth.send(task, goals=[GOAL], supports=[SUPPORT])
    growth.later(20)
    assert len(growth.rows(SupportLine)) == 2

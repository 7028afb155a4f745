"""企业认定 on its tables: batches and applications through the commands that move them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any

import docx
import pytest

from app import clock
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted, StaleProcess
from app.models.enterprise import Ban, EnterpriseYear, Evaluation, Title
from app.models.notification import Notification
from app.models.outbox import OutboxRow
from app.models.process import ProcessInstance
from app.models.recognition import Application, DepartmentCheck, ExpertSheet, RecognitionBatch
from app.models.user_task import Draft, UserTask
from app.queries.actor import CLOCK
from app.queries.recognition import batch_page
from app.services import portal_applications, processes, reexecution, succession, task_forms, tasks, units
from app.services.enterprise_recognition import papers
from app.services.house import House
from tests.services.recognition_walk import Recognition, application_answers, morning

LEVEL = "specialised_city"
PROBLEM = {"finding": "problem", "fact": "少缴税款被处罚", "fact_on": "2022-06-01", "document_no": "扬税罚〔2022〕9号"}
LOW = {"staff": 10, "rd_staff": 1, "years": [
    {"year": 2022, "revenue_wan": 800, "main_revenue_wan": 600, "rd_wan": 5, "net_profit_wan": 10, "assets_wan": 900,
     "liabilities_wan": 450},
    {"year": 2021, "revenue_wan": 800, "main_revenue_wan": 600, "rd_wan": 5},
    {"year": 2020, "main_revenue_wan": 600},
]}  # fmt: skip


@pytest.fixture
def walk(house: House) -> Recognition:
    return Recognition(house)


def titles(walk: Recognition, level: str = LEVEL) -> list[Title]:
    return [row for row in walk.rows(Title) if row.level == level]


def messages(walk: Recognition, firm: int = 1) -> list[str]:
    person_id = walk.actor(f"firm{firm}").person_id
    return [f"{row.title} {row.text}" for row in walk.rows(Notification) if row.person_id == person_id]


def test_straight_city_from_the_application_to_the_title(walk: Recognition) -> None:
    batch = walk.to_notice()
    walk.on("2023-06-30")

    application, instance = walk.application(), walk.instance(walk.application().key)
    [title] = titles(walk)
    assert walk.instance(batch).end_element == "batch_closed"
    assert (instance.end_element, application.status) == ("title_given", "granted")
    assert (title.rule_version, title.batch_key, title.is_renewal) == ("yz-city", batch, False)
    assert title.until_on > title.from_on == title.announced_on
    evaluation = walk.rows(Evaluation)[-1]
    assert (evaluation.id, evaluation.is_met, evaluation.level) == (title.evaluation_id, True, LEVEL)
    assert evaluation.inputs["sources"]["2022"]["revenue_wan"] == "本次申报"
    assert evaluation.result["findings"]
    filed = {row.year: row.figures for row in walk.rows(EnterpriseYear)}
    assert (filed[2022]["revenue_wan"], filed[2022]["class1_own_ip"], set(filed)) == ("8000", 1, {2020, 2021, 2022})
    [granted] = [row for row in walk.rows(OutboxRow) if row.payload.get("name") == "title_granted"]
    assert (granted.payload["key"], granted.payload["level"], granted.payload["title_id"]) == (
        walk.firms[0],
        LEVEL,
        title.id,
    )


def test_a_batch_is_opened_by_the_bureau_or_the_office_and_once(walk: Recognition) -> None:
    first = walk.open_batch()

    assert walk.open_batch(login="office") == first == f"enterprise_recognition_batch:{LEVEL}:2023-1"
    with pytest.raises(NotPermitted):
        walk.open_batch(login="contact.hanjiang")
    with pytest.raises(NotPermitted):
        walk.open_batch(login="firm1")
    assert walk.tasks("open_batch", first)[0].principal == "contact:miit"


def test_an_enterprise_applies_once_in_an_open_batch(walk: Recognition) -> None:
    walk.publish()
    walk.begin()

    with pytest.raises(InvalidForm) as refused:
        walk.begin()

    assert [text for _, text in refused.value.errors] == ["本批次已有申请在办"]


def test_bans_prerequisites_and_valid_titles_are_refused_with_their_sentences(house: House) -> None:
    walk = Recognition(house, firms=3)
    walk.publish("little_giant")
    since = {"from_on": date(2023, 1, 1), "announced_on": date(2023, 1, 1), "until_on": date(2025, 12, 31)}
    walk.add(
        Ban(enterprise_id=walk.firms[1], from_on=date(2023, 1, 1), until_on=date(2026, 1, 1), reason="造假", levels=[]),
        Title(enterprise_id=walk.firms[2], level="specialised", **since),
        Title(enterprise_id=walk.firms[2], level="little_giant", **since),
    )

    said = []
    for firm in (1, 2, 3):
        with pytest.raises(InvalidForm) as refused:
            walk.begin(firm)
        said.append([text for _, text in refused.value.errors])

    assert said == [
        ["申报该级别须先取得专精特新中小企业"],
        ["2026年1月2日前不得申报", "申报该级别须先取得专精特新中小企业"],
        ["该称号有效，无需重复申报"],
    ]


def test_nobody_applies_outside_the_window_or_without_an_enterprise(walk: Recognition) -> None:
    walk.publish()
    [batch] = walk.rows(RecognitionBatch)
    with clock.held(morning(walk.day)), pytest.raises(NotPermitted):
        portal_applications.apply(walk.house, walk.actor("contact.miit"), batch.id, key="a")
    with clock.held(morning("2023-04-19")), pytest.raises(InvalidForm):
        portal_applications.apply(walk.house, walk.actor("firm1"), batch.id, key="b")
    with clock.held(morning(walk.day)), pytest.raises(NotFound):
        portal_applications.apply(walk.house, walk.actor("firm1"), 999, key="c")


def test_what_is_not_met_goes_back_with_the_checklist_until_it_is_met(walk: Recognition) -> None:
    walk.publish()
    key = walk.apply(**LOW)
    assert (walk.open_elements(key), walk.application().status) == (["submit_application"], "draft")
    form = walk.form_of("submit_application", key)
    assert "不满足" in {row["met"] for row in form["findings"]}
    assert form["segment"] == "精密减速器"

    walk.do("firm1", "submit_application", key, **application_answers())

    assert walk.open_elements(key) == ["check_at_locality"]
    assert [row.is_met for row in walk.rows(Evaluation)] == [False, True]


def test_the_next_application_begins_with_what_the_file_and_the_last_one_know(house: House) -> None:
    walk = Recognition(house)
    known = {"revenue_wan": "8000", "main_revenue_wan": "6560", "staff": 118}
    row = {"year": 2022, "figures": known, "as_of": date(2022, 12, 31), "source": "enterprise", "recorded_by": "firm1"}
    walk.add(EnterpriseYear(enterprise_id=walk.firms[0], recorded_at=morning("2023-02-01"), **row))
    walk.publish()
    first = walk.begin()
    form, marks = walk.prefill(walk.tasks("submit_application", first)[0])

    assert (form["years"][0]["revenue_wan"], form["staff"], form["segment"]) == (8000, 118, "精密减速器")
    assert marks["years.0.revenue_wan"]["text"] == "企业年报，截至2022年12月31日"

    wrong = application_answers(staff=118)
    wrong["years"][0]["revenue_wan"] = 9000
    with pytest.raises(InvalidForm) as refused:
        walk.do("firm1", "submit_application", first, **wrong)
    assert ("years.0.change_reason", "与年度更新数据不一致，请说明原因") in refused.value.errors


def test_a_manual_check_lets_people_look_and_the_locality_may_decline(walk: Recognition) -> None:
    batch = walk.publish()
    reason = "本企业年报数据口径与标准不同，主要收入计入子公司，请人工复核。"
    key = walk.apply(**LOW, asks_manual_check=True, manual_reason=reason)

    walk.review(key, "reject")
    walk.on("2023-04-20")
    walk.check(batch)
    walk.decide(batch)

    assert walk.application().decision == "refused"
    assert any("属地不予推荐" in text for text in walk.application().reasons)


def test_a_draft_that_nobody_sends_lapses_and_an_empty_batch_ends(walk: Recognition) -> None:
    batch = walk.publish()
    key = walk.begin()

    walk.on("2023-04-20")

    assert walk.instance(batch).end_element == "batch_empty"
    assert (walk.instance(key).end_element, walk.application().status) == ("application_refused", "lapsed")
    assert any("未按期提交" in text for text in messages(walk))


def test_returned_twice_then_the_return_is_refused(walk: Recognition) -> None:
    walk.publish()
    key = walk.apply()
    points = [{"field": "people", "point": "请核对研发人员"}]
    for number in (2, 3):
        walk.do("contact.hanjiang", "check_at_locality", key, outcome="returned", return_points=points)
        [task] = walk.tasks("submit_application", key)
        form = walk.form(task)
        assert form["returned_points"][0]["point"] == "请核对研发人员"
        walk.do("firm1", "submit_application", key, rd_staff=14 + number, segment="改不了")
        assert walk.application().round == number
        assert (walk.application().answers["segment"], walk.application().answers["rd_staff"]) == (
            "精密减速器",
            14 + number,
        )

    with pytest.raises(InvalidForm):
        walk.do("contact.hanjiang", "check_at_locality", key, outcome="returned", return_points=points)
    assert walk.open_elements(key) == ["check_at_locality"]
    walk.review(key)
    assert walk.application().status == "reviewed"


def test_a_correction_has_five_days_of_its_own_and_lapses_after_them(walk: Recognition) -> None:
    walk.publish()
    key = walk.apply()
    walk.on("2023-04-14")
    points = [{"field": "people", "point": "请核对研发人员"}]

    walk.do("contact.hanjiang", "check_at_locality", key, outcome="returned", return_points=points)

    assert walk.tasks("submit_application", key)[0].due_on == date(2023, 4, 21)
    assert walk.on("2023-04-21").open_elements(key) == ["submit_application"]
    walk.on("2023-04-22")
    assert (walk.application().status, walk.application().reasons) == ("lapsed", ["未按期提交"])


def test_an_enterprise_withdraws_until_the_list_is_public(house: House) -> None:
    walk = Recognition(house, firms=2)
    batch = walk.publish()
    keys = [walk.apply(1), walk.apply(2)]
    with clock.held(morning(walk.day)):
        portal_applications.withdraw(house, walk.actor("firm1"), walk.application(1).id, key="w1")
    assert walk.instance(keys[0]).end_element == "application_closed_withdrawn"
    walk.review(keys[1])
    walk.on("2023-04-20").check(batch)
    walk.score(batch)
    walk.decide(batch)
    walk.do("contact.miit", "publish_notice", batch)

    with clock.held(morning(walk.day)):
        with pytest.raises(StaleProcess) as refused:
            portal_applications.withdraw(house, walk.actor("firm2"), walk.application(2).id, key="w2")
        with pytest.raises(NotFound):
            portal_applications.withdraw(house, walk.actor("firm1"), walk.application(2).id, key="w3")

    assert "公示" in refused.value.text
    walk.on("2023-06-30")
    assert walk.instance(keys[1]).end_element == "title_given"


def test_a_fact_of_a_department_takes_the_enterprise_off_the_list(walk: Recognition) -> None:
    batch = walk.to_review()

    walk.check(batch, tax=PROBLEM)
    walk.score(batch)
    form = walk.form_of("decide_list", batch)
    assert (form["rows"][0]["decision"], form["rows"][0]["advice"]) == ("refused", "不予认定")
    walk.decide(batch)

    fact = "税务：少缴税款被处罚（2022年6月1日）"
    assert walk.application().reasons == ["不符合条件：近三年无重大事故和违法行为", fact]
    assert {row.function for row in walk.rows(DepartmentCheck)} >= {"check.tax", "check.environment"}


def test_silence_of_a_department_is_pressed_and_is_no_consent(walk: Recognition) -> None:
    batch = walk.to_review()

    walk.on("2023-04-28")

    assert walk.open_elements(batch).count("press_checks") >= 1
    assert walk.tasks("decide_list", batch) == []


def test_the_bureau_does_what_the_locality_left_undone(walk: Recognition) -> None:
    batch = walk.publish()
    key = walk.apply()
    walk.on("2023-05-20")
    assert walk.open_elements(batch) == ["settle_pending"]
    [row] = walk.form_of("settle_pending", batch)["pending"]

    walk.do("contact.miit", "settle_pending", batch, pending=[{**row, "settlement": "take_over"}])

    [task] = walk.tasks("check_at_locality", key)
    assert (task.principal, task.unit_id) == ("contact:miit", "miit")
    with pytest.raises((NotPermitted, NotFound)):
        walk.do("contact.hanjiang", "check_at_locality", key, outcome="pass")
    judged = [{**row, "judged": "yes"} for row in walk.form(task).get("judgements", ())]
    walk.complete("contact.miit", task, outcome="pass", judgements=judged)
    for element in walk.open_elements(key):
        if element == "visit_enterprise":
            seen = dict.fromkeys(("production", "rd", "books"), "agrees")
            told = {"first_visitor": "甲某", "second_visitor": "乙某", "address": "邗江", "finding": "情况属实，" * 8}
            walk.do("contact.miit", element, key, **told, **seen)
    walk.do("head.miit", "sign_locality_opinion", key, outcome="yes")
    assert walk.application().status == "reviewed"


def test_what_waits_for_the_next_batch_ends_with_its_reason(walk: Recognition) -> None:
    batch = walk.publish()
    key = walk.apply()
    walk.on("2023-05-20")
    [row] = walk.form_of("settle_pending", batch)["pending"]

    walk.do("contact.miit", "settle_pending", batch, pending=[{**row, "settlement": "next_batch"}])

    assert (walk.instance(key).status, walk.application().status) == ("cancelled", "postponed")
    assert any("转入下一批次" in text for text in messages(walk))


class TestExperts:
    def test_three_are_drawn_by_lot_for_each_application(self, house: House) -> None:
        walk = Recognition(house, firms=4)
        batch = walk.to_review(firms=4)

        sheets = walk.rows(ExpertSheet)

        assert len(sheets) == 12
        drawn = {application: {row.person_id for row in sheets if row.application_id == application}
                 for application in {row.application_id for row in sheets}}  # fmt: skip
        assert {len(people) for people in drawn.values()} == {3}
        tasks = walk.tasks("score_applications", batch)
        assert sorted(task.principal for task in tasks) == sorted({f"person:{row.person_id}" for row in sheets})

    def test_a_declared_conflict_frees_the_row_for_a_substitute(self, walk: Recognition) -> None:
        batch = walk.to_review()
        first, *others = walk.tasks("score_applications", batch)

        walk.score_one(first, is_recused=True, recuse_reason="曾任该企业技术顾问")
        for task in others:
            walk.score_one(task)

        [substitute] = walk.tasks("score_applications", batch)
        assert substitute.item not in {first.item, *(task.item for task in others)}
        walk.score_one(substitute)
        assert [row.status for row in walk.rows(ExpertSheet)].count("given") == 3
        walk.check(batch)
        assert walk.open_elements(batch) == ["decide_list"]

    def test_a_wide_spread_asks_for_a_second_look(self, walk: Recognition) -> None:
        batch = walk.to_review()
        walk.check(batch)
        for points, task in zip((5, 25, 25), walk.tasks("score_applications", batch), strict=True):
            walk.score_one(task, points)

        [row] = walk.form_of("decide_list", batch)["rows"]

        assert "请复议" in row["spread"]
        assert row["mean"]

    def test_a_silent_expert_is_replaced_and_again(self, walk: Recognition) -> None:
        batch = walk.to_review()
        walk.check(batch)
        first, *others = walk.tasks("score_applications", batch)
        for task in others:
            walk.score_one(task)
        walk.on("2023-05-04")
        [row] = walk.form_of("replace_experts", batch)["silent"]
        assert (row["no"], row["count"], row["least_sheets"]) == (first.item, 1, 2)

        walk.do("contact.miit", "replace_experts", batch, silent=[{**row, "settlement": "substitute"}])
        [second] = walk.tasks("score_applications", batch)
        walk.on("2023-05-17")
        [row] = walk.form_of("replace_experts", batch)["silent"]
        walk.do("contact.miit", "replace_experts", batch, silent=[{**row, "settlement": "substitute"}])
        [third] = walk.tasks("score_applications", batch)

        assert len({first.item, second.item, third.item}) == 3
        walk.score_one(third)
        assert walk.open_elements(batch) == ["decide_list"]

    def test_two_sheets_may_stand_for_three(self, walk: Recognition) -> None:
        batch = walk.to_review()
        walk.check(batch)
        for task in walk.tasks("score_applications", batch)[1:]:
            walk.score_one(task)
        walk.on("2023-05-04")
        [row] = walk.form_of("replace_experts", batch)["silent"]

        stand = {**row, "settlement": "stand", "reason": "已有两份评分，结论一致"}
        walk.do("contact.miit", "replace_experts", batch, silent=[stand])

        assert walk.open_elements(batch) == ["decide_list"]


def test_a_list_that_the_head_returns_is_decided_again(walk: Recognition) -> None:
    batch = walk.to_list()
    walk.do("contact.miit", "decide_list", batch)
    walk.do("head.miit", "sign_list", batch, outcome="no", opinion_text="请补充说明理由")

    form = walk.form_of("decide_list", batch)

    assert "请补充说明理由" in form["returned_opinion"]
    walk.decide(batch)
    assert walk.open_elements(batch) == ["publish_notice"]


def test_recommended_up_and_its_outcome_recorded(house: House) -> None:
    walk = Recognition(house, firms=3)
    batch = walk.to_notice("specialised", firms=3)
    walk.on("2023-05-05")
    assert walk.open_elements(batch) == ["send_recommendation"]
    report = {"document_no": "扬工信〔2023〕31号", "text": "现推荐上述企业，请予审核。" * 2}
    walk.do("head.miit", "send_recommendation", batch, **report)
    rows = walk.form_of("record_outcome", batch)["rows"]
    granted = {
        "result": "granted",
        "document_no": "苏工信〔2023〕88号",
        "announced_on": "2023-05-04",
        "certificate": "ZJTX-1",
    }
    half = [{**rows[0], **granted}, *rows[1:]]
    with pytest.raises(InvalidForm) as refused:
        walk.do("contact.miit", "record_outcome", batch, rows=half)
    assert ("rows", "还有2家未登记结果，可先暂存") in refused.value.errors

    last = {"result": "refused", "reason": "研发费用占比不足"}
    walk.do(
        "contact.miit",
        "record_outcome",
        batch,
        rows=[{**rows[0], **granted}, {**rows[1], **granted}, {**rows[2], **last}],
    )

    assert len(titles(walk, "specialised")) == 2
    assert {row.certificate for row in titles(walk, "specialised")} == {"ZJTX-1"}
    assert {row.announced_on for row in titles(walk, "specialised")} == {date(2023, 5, 4)}
    ends = sorted(walk.instance(walk.application(firm).key).end_element for firm in (1, 2, 3))
    assert ends == ["application_refused", "title_given", "title_given"]
    assert walk.instance(batch).end_element == "batch_closed"


def test_a_late_decision_is_explained_to_the_enterprise(walk: Recognition) -> None:
    batch = walk.to_list()
    walk.on("2023-09-01")
    key = walk.application().key
    assert walk.open_elements(key) == ["explain_delay"]

    walk.do("contact.miit", "explain_delay", key, text="因上级标准调整，结果延至九月公布。")

    assert any("延迟公布" in text for text in messages(walk))
    assert walk.instance(key).status == "active"
    assert walk.open_elements(batch) == ["decide_list"]


def test_a_decision_closes_the_explanation_that_is_still_open(walk: Recognition) -> None:
    batch = walk.to_list()
    walk.on("2023-09-01")
    walk.decide(batch)
    walk.do("contact.miit", "publish_notice", batch)

    walk.on("2023-09-20")

    assert walk.open_elements(walk.application().key) == []
    assert walk.application().status == "granted"


def test_the_rules_of_the_day_of_application_hold_whenever_it_is_decided(house: House) -> None:
    walk = Recognition(house, day="2026-03-16")
    with house.database.transaction() as session:
        for row in session.query(Title):
            row.until_on = date(2027, 12, 31)
    walk.publish("specialised", window_from="2026-03-16", window_to="2026-04-10", expected_on="2026-06-30")
    walk.on("2026-03-31")
    years = [{**row, "year": row["year"] + 3} for row in application_answers()["years"]]
    walk.apply(years=years)

    assert walk.rows(Evaluation)[-1].rule_version == "cn-2022-63"


def test_a_locality_that_changed_during_review_finishes_what_it_began(walk: Recognition) -> None:
    walk.publish()
    key = walk.apply()
    walk.move(1, "guangling")

    walk.review(key)

    assert walk.application().status == "reviewed"


def test_a_cancelled_batch_takes_its_applications_with_it(walk: Recognition) -> None:
    batch = walk.publish()
    key = walk.apply()

    with clock.held(morning(walk.day)):
        processes.cancel(walk.house, walk.actor("office"), walk.instance(batch).id, "通知有误", key="cancel")

    assert (walk.instance(key).status, walk.application().status) == ("cancelled", "cancelled")
    assert walk.rows(RecognitionBatch)[0].status == "cancelled"


@pytest.mark.parametrize("is_drafted", [True, False])
def test_the_batch_after_a_cancelled_one_has_the_next_number(walk: Recognition, is_drafted: bool) -> None:
    batch = walk.open_batch(number="")
    if is_drafted:
        walk.do("contact.miit", "open_batch", batch)
    with clock.held(morning(walk.day)):
        processes.cancel(walk.house, walk.actor("office"), walk.instance(batch).id, "通知有误", key="cancel")

    following = walk.open_batch(number="")

    assert (batch, following) == tuple(f"enterprise_recognition_batch:{LEVEL}:2023-{number}" for number in (1, 2))
    assert walk.open_batch(number="") == following


def test_an_established_fraud_ends_the_application_and_bars_for_three_years(walk: Recognition) -> None:
    walk.publish()
    key = walk.apply()

    with clock.held(morning("2023-05-06")):
        processes.deliver(walk.house, walk.actor("office"), "fraud_established", key, key="fraud")

    assert walk.instance(key).end_element == "application_closed_fraud"
    [ban] = walk.rows(Ban)
    assert (ban.until_on, ban.levels) == (date(2026, 5, 6), [])


def test_two_persons_decide_one_list_and_the_second_sees_who_was_first(walk: Recognition) -> None:
    batch = walk.to_list()
    [task] = walk.tasks("decide_list", batch)
    walk.complete("contact.miit", task)

    with pytest.raises(AlreadyDone) as refused:
        walk.complete("contact.miit", task)

    assert refused.value.extra["by"] == "市工信局联络员"


def test_a_merged_locality_s_task_goes_to_its_successor_with_the_draft(walk: Recognition) -> None:
    walk.publish()
    key = walk.apply()
    [task] = walk.tasks("check_at_locality", key)
    typed = {"outcome": "reject", "reason": "正在核实"}
    with clock.held(morning(walk.day)):
        tasks.save_draft(walk.house, walk.actor("contact.hanjiang"), task.id, typed)
        with walk.house.database.transaction() as session:
            units.merge_unit(session, walk.actor("system_admin"), "hanjiang", "guangling")
        succession.move_to_successor(walk.house, walk.actor("system_admin"), "hanjiang")

        form = task_form(walk, "contact.guangling", task.id)

    assert form["reason"] == "正在核实"


def task_form(walk: Recognition, login: str, task_id: str) -> Mapping[str, Any]:
    with walk.house.database.reading() as session:
        task, draft = session.get_one(UserTask, task_id), session.get(Draft, task_id)
        return task_forms.open_form(walk.house, session, walk.actor(login), task, draft).data


def test_it_runs_on_both_databases(any_house: House) -> None:
    walk = Recognition(any_house, firms=2)
    batch = walk.to_notice(firms=2)
    key = walk.object_to()
    walk.on("2023-04-27")
    walk.examine(key)
    walk.settle(key, "upheld", "fraud")

    assert walk.instance(batch).end_element == "batch_closed"
    assert walk.instance(walk.application(1).key).end_element == "application_closed_fraud"
    assert walk.instance(walk.application(2).key).end_element == "title_given"
    ids = [walk.instance(each).id for each in (batch, key, walk.application(1).key, walk.application(2).key)]
    assert [reexecution.replay_instance(any_house, id_).departure for id_ in ids] == [None] * 4


def test_a_little_giant_gets_exactly_one_pairing_however_often_it_is_told(walk: Recognition) -> None:
    since = {"from_on": date(2022, 6, 1), "until_on": date(2025, 5, 31), "announced_on": date(2022, 6, 1)}
    walk.add(Title(enterprise_id=walk.firms[0], level="specialised", **since))
    batch = walk.publish("little_giant")
    reason = "市场占有率证明由行业协会出具，系统无法比对，请人工复核。"
    key = walk.apply(market_share_pct=12.5, market_rank=3, asks_manual_check=True, manual_reason=reason)
    walk.review(key)
    walk.on("2023-04-20").check(batch)
    walk.score(batch)
    rows = [
        {**row, "decision": "granted", "reason": "经复核达到条件"} for row in walk.form_of("decide_list", batch)["rows"]
    ]
    walk.decide(batch, rows=rows)
    walk.do("contact.miit", "publish_notice", batch)
    walk.on("2023-04-27")
    walk.do("head.miit", "send_recommendation", batch, document_no="扬工信〔2023〕40号")
    told = {"result": "granted", "document_no": "工信部企业函〔2023〕1号", "announced_on": "2023-04-26"}
    outcome = [{**row, **told} for row in walk.form_of("record_outcome", batch)["rows"]]
    walk.do("contact.miit", "record_outcome", batch, rows=outcome)
    walk.on("2023-04-28")

    [title] = titles(walk, "little_giant")
    [sent] = [row for row in walk.rows(OutboxRow) if row.payload.get("name") == "title_granted"]
    again = {name: value for name, value in sent.payload.items() if name not in ("name", "key")}
    with clock.held(morning(walk.day)):
        processes.deliver(walk.house, CLOCK, "title_granted", walk.firms[0], key="again", told=again)
    pairings = [row for row in walk.rows(ProcessInstance) if row.definition_key == "specialist_pairing"]
    assert [row.enterprise_id for row in pairings] == [title.enterprise_id]


def test_technology_firms_are_recognised_by_the_science_bureau(walk: Recognition) -> None:
    batch = walk.open_batch("tech_sme", login="contact.sci")

    assert walk.tasks("open_batch", batch)[0].principal == "contact:sci"
    with pytest.raises(NotPermitted):
        walk.open_batch("tech_sme", login="contact.miit", number=2)


def test_a_batch_of_re_verification_answers_the_renewal_under_its_own_key(walk: Recognition) -> None:
    batch = walk.publish(kind="reverification")
    [row] = walk.rows(RecognitionBatch)
    whose = {"enterprise_id": walk.firms[0], "locality_id": "hanjiang", "batch_id": row.id, "status": "reviewed"}
    more = {"applied_on": date(2023, 3, 20), "answers": {}, "reasons": [], "upper": {}}
    renewal = Application(key="title_maintenance_renewal:1", is_renewal=True, locality_opinion="pass", **whose, **more)
    walk.add(renewal)
    with clock.held(morning(walk.day)), pytest.raises(InvalidForm):
        portal_applications.apply(walk.house, walk.actor("firm1"), row.id, key="no")

    walk.on("2023-04-20").check(batch)
    walk.score(batch)
    rows = [{**row, "decision": "granted", "reason": "复核达到"} for row in walk.form_of("decide_list", batch)["rows"]]
    walk.decide(batch, rows=rows)
    walk.do("contact.miit", "publish_notice", batch)
    walk.on("2023-04-27")

    sent = [row.payload["key"] for row in walk.rows(OutboxRow) if row.payload.get("name") == "batch_decided"]
    assert sent == ["title_maintenance_renewal:1"]
    assert titles(walk) == []


def test_every_paper_of_a_recommendation_is_drawn(house: House) -> None:
    walk = Recognition(house, firms=2)
    batch = walk.to_list("specialised", firms=2)
    rows = walk.form_of("decide_list", batch)["rows"]
    walk.decide(batch, rows=[rows[0], {**rows[1], "decision": "refused", "reason": "产能已转出本市"}])
    walk.do("contact.miit", "publish_notice", batch)
    walk.on("2023-05-05")
    walk.do("head.miit", "send_recommendation", batch, document_no="扬工信〔2023〕31号")
    told = {"result": "granted", "document_no": "苏工信〔2023〕88号", "announced_on": "2023-05-04"}
    outcome = [{**row, **told} for row in walk.form_of("record_outcome", batch)["rows"]]
    walk.do("contact.miit", "record_outcome", batch, rows=outcome)

    [row] = walk.rows(RecognitionBatch)
    refused = next(one for one in walk.rows(Application) if one.status == "refused")
    with house.database.reading() as session:
        page = batch_page(session, walk.actor("office"), row.id)
        drawn = {key: text_of(papers.draw(session, page, key, refused.enterprise_id)[1]) for key in papers.PAPERS}
        with pytest.raises(NotFound):
            papers.draw(session, page, "refusal", "nobody")

    assert "扬工信〔2023〕31号" in drawn["recommendation"]
    assert "产能已转出本市" in drawn["refusal"]
    assert "2023年5月4日至2026年5月3日" in drawn["announcement"]
    assert "公示期" in drawn["public_notice"]
    assert "申报期" in drawn["call"]


def text_of(paper: bytes) -> str:
    document = docx.Document(BytesIO(paper))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])

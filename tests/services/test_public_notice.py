"""公示 and 异议核查 inside a batch: through the commands that move them."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from sqlalchemy import select

from app import clock
from app.duties.limits import ZONE
from app.errors import InvalidForm, NotPermitted, StaleProcess
from app.models.enterprise import Ban, Title
from app.models.event import EventPayload
from app.models.notification import Notification
from app.models.outbox import OutboxRow
from app.models.recognition import Objection, PublicNotice
from app.models.timer import Timer
from app.services import objections, processes
from app.services.house import House
from app.services.notice_corrections import correct_notice
from tests.services.recognition_walk import Recognition, morning


@pytest.fixture
def walk(house: House) -> Recognition:
    return Recognition(house, firms=2)


def notice(walk: Recognition) -> PublicNotice:
    [row] = walk.rows(PublicNotice)
    return row


def objection(walk: Recognition) -> Objection:
    return walk.rows(Objection)[-1]


def test_no_objection_five_working_days_pass(walk: Recognition) -> None:
    batch = walk.to_notice(firms=2)
    assert notice(walk).published_on == date(2023, 4, 20)
    assert notice(walk).ends_on == date(2023, 4, 26)  # a make-up Sunday counts
    assert [row["key"] for row in notice(walk).rows] == sorted(walk.firms)

    assert walk.on("2023-04-26").instance(batch).status == "active"
    walk.on("2023-04-27")

    assert (notice(walk).status, notice(walk).is_upheld) == ("closed", False)
    assert walk.instance(batch).end_element == "batch_closed"


def test_settled_in_time_the_notice_ends_on_its_day(walk: Recognition) -> None:
    batch = walk.to_notice(firms=2)
    key = walk.object_to()
    walk.examine(key, "false")
    walk.settle(key, "dismissed")
    assert walk.instance(key).end_element == "objection_answered"

    walk.on("2023-04-27")

    assert (notice(walk).status, notice(walk).is_upheld) == ("closed", False)
    assert walk.instance(batch).end_element == "batch_closed"


def test_the_notice_waits_for_an_open_objection_and_an_upheld_row_goes_out(walk: Recognition) -> None:
    batch = walk.to_notice(firms=2)
    key = walk.object_to()
    walk.on("2023-04-27")
    assert (notice(walk).status, walk.instance(batch).status) == ("waiting", "active")

    walk.examine(key)
    walk.settle(key, "upheld", "wrong_figures")

    assert (notice(walk).status, notice(walk).is_upheld) == ("closed", True)
    assert walk.instance(batch).end_element == "batch_closed"
    assert (walk.application(1).decision, walk.application(2).status) == ("refused", "granted")
    assert walk.application(1).reasons == ["公示期异议成立"]
    assert walk.rows(Ban) == []


def test_falsified_figures_end_the_application_with_a_ban(walk: Recognition) -> None:
    walk.to_notice(firms=2)
    key = walk.object_to()
    walk.examine(key)
    walk.settle(key, "upheld", "fraud")
    walk.on("2023-04-27")

    assert walk.instance(walk.application(1).key).end_element == "application_closed_fraud"
    [ban] = walk.rows(Ban)
    assert (ban.enterprise_id, ban.until_on) == (walk.firms[0], date(2026, 4, 20))
    sent = [row.payload["key"] for row in walk.rows(OutboxRow) if row.payload.get("name") == "title_doubted"]
    assert set(sent) == {walk.firms[0]}
    assert next(row for row in walk.rows(Title) if row.level == "specialised_city").enterprise_id == walk.firms[1]


def test_a_partly_upheld_row_stays_with_a_remark(walk: Recognition) -> None:
    walk.to_notice(firms=2)
    key = walk.object_to()
    walk.examine(key, "partly")
    walk.settle(key, "partly")
    walk.on("2023-04-27")

    assert notice(walk).is_upheld
    assert (walk.application(1).status, walk.application(1).reasons) == ("granted", ["公示期异议部分成立"])


def test_stalled_pressed_and_settled_while_it_is_pressed(walk: Recognition) -> None:
    batch = walk.to_notice(firms=2)
    key = walk.object_to()
    walk.on("2023-04-27").on("2023-06-12")
    assert "press_objections" in walk.open_elements(batch)
    [row] = walk.form_of("press_objections", batch)["objections"]
    assert (row["no"], row["investigator"]) == (1, "市工信局")

    walk.do("head.miit", "press_objections", batch, text="请尽快完成核查并报送结论。")
    assert walk.open_elements(batch) == []
    walk.on("2023-06-28")
    assert walk.open_elements(batch) == ["press_objections"]
    walk.examine(key, "false")
    walk.settle(key, "dismissed")
    assert walk.open_elements(batch) == ["press_objections"]
    walk.do("head.miit", "press_objections", batch, text="请尽快完成核查并报送结论。")

    assert walk.instance(batch).end_element == "batch_closed"


def test_a_corrected_notice_stands_for_five_new_days_and_the_old_copy_stays(walk: Recognition) -> None:
    batch = walk.to_notice(firms=2)
    walk.on("2023-04-21")
    change = {"published_on": "2023-04-21", "link": "https://gxj.yangzhou.gov.cn/n", "reason": "网址有误"}
    with clock.held(morning(walk.day)):
        with pytest.raises(NotPermitted):
            correct_notice(walk.house, walk.actor("contact.miit"), notice(walk).id, change, key="no")
        with pytest.raises(InvalidForm):
            correct_notice(walk.house, walk.actor("head.miit"), notice(walk).id, {**change, "reason": ""}, key="no2")
        correct_notice(walk.house, walk.actor("head.miit"), notice(walk).id, change, key="yes")

    assert notice(walk).ends_on == date(2023, 4, 27)
    [earlier] = notice(walk).earlier
    assert (earlier["published_on"], earlier["ends_on"], earlier["reason"]) == ("2023-04-20", "2023-04-26", "网址有误")
    [timer] = [row for row in walk.rows(Timer) if row.element_id == "notice_ends"]
    assert timer.due_at == datetime(2023, 4, 28, tzinfo=ZONE)
    assert walk.on("2023-04-27").instance(batch).status == "active"
    assert walk.on("2023-04-28").instance(batch).end_element == "batch_closed"


def test_a_cancelled_batch_drops_the_notice_and_its_objections(walk: Recognition) -> None:
    batch = walk.to_notice(firms=2)
    key = walk.object_to()
    walk.examine(key)

    with clock.held(morning(walk.day)):
        processes.cancel(walk.house, walk.actor("office"), walk.instance(batch).id, "名单有误", key="cancel")
    walk.on("2023-04-21")

    assert notice(walk).status == "dropped"
    assert (walk.instance(key).end_element, objection(walk).status) == ("objection_dropped", "dropped")


class TestWhoIsHeard:
    def test_one_day_late_is_refused_with_the_sentence(self, walk: Recognition) -> None:
        walk.to_notice(firms=2)
        walk.object_to(2)  # keeps the notice open
        walk.on("2023-04-27")
        key = walk.object_to()

        form = walk.form_of("register_objection", key)

        assert form["advice"] == "建议不予受理：异议须在公示期内提出"
        with pytest.raises(InvalidForm):
            walk.do("contact.miit", "register_objection", key, outcome="yes")
        walk.do("contact.miit", "register_objection", key, outcome="no", reason="异议须在公示期内提出，现已期满。")
        assert walk.instance(key).end_element == "objection_refused"

    def test_an_anonymous_one_with_proof_is_for_the_head(self, walk: Recognition) -> None:
        walk.to_notice(firms=2)
        keys = [walk.object_to(name="", phone="", proof="合同两份") for _ in range(2)]
        for key in keys:
            walk.do("contact.miit", "register_objection", key, outcome="anonymous")

        walk.do("head.miit", "admit_anonymous", keys[0], outcome="yes")
        walk.do("head.miit", "admit_anonymous", keys[1], outcome="no", opinion_text="材料与公示事项无关")

        assert walk.open_elements(keys[0]) == ["investigate_objection"]
        assert walk.instance(keys[1]).end_element == "objection_refused"

    def test_an_anonymous_one_without_proof_is_refused(self, walk: Recognition) -> None:
        walk.to_notice(firms=2)
        key = walk.object_to(name="", phone="")

        with pytest.raises(InvalidForm):
            walk.do("contact.miit", "register_objection", key, outcome="anonymous")

        walk.do("contact.miit", "register_objection", key, outcome="no")
        assert objection(walk).reason == "匿名异议须附证明材料"

    def test_an_enterprise_objects_in_the_portal_by_its_name_and_in_time(self, walk: Recognition) -> None:
        walk.to_notice(firms=2)

        key = walk.object_to(2, login="firm1", name="", phone="")
        walk.examine(key, "false")
        walk.settle(key, "dismissed")

        assert objection(walk).name
        person_id = walk.actor("firm1").person_id
        told = [row.text for row in walk.rows(Notification) if row.person_id == person_id]
        assert "您反映的情况已核查处理。" in told
        walk.on("2023-04-27")
        with pytest.raises(InvalidForm) as refused:
            walk.object_to(2, login="firm1")
        assert "异议须在公示期内提出" in [text for _, text in refused.value.errors]

    def test_only_rows_of_the_list_can_be_objected_to(self, walk: Recognition) -> None:
        walk.to_notice(firms=2)

        with pytest.raises(InvalidForm) as refused:
            walk.object_to(rows=["91321000MA0000099X"])
        with pytest.raises(NotPermitted):
            walk.object_to(login="contact.hanjiang")

        assert [text for _, text in refused.value.errors] == ["该企业不在公示名单内"]


def test_the_head_sends_it_back_and_it_is_examined_again(walk: Recognition) -> None:
    walk.to_notice(firms=2)
    key = walk.object_to()
    walk.examine(key)
    told = {"outcome": "returned", "opinion_text": "请补充两年纳税申报表后再报，并说明差异原因。"}
    walk.do("head.miit", "decide_objection", key, **told)

    form = walk.form_of("investigate_objection", key)
    assert form["returned_opinion"].startswith("请补充")
    walk.do("contact.miit", "investigate_objection", key)
    walk.settle(key, "dismissed")

    assert walk.instance(key).end_element == "objection_answered"


def test_an_objection_is_taken_back_while_it_is_examined(walk: Recognition) -> None:
    batch = walk.to_notice(firms=2)
    key = walk.object_to()
    with clock.held(morning(walk.day)), pytest.raises(StaleProcess):
        objections.take_back_objection(walk.house, walk.actor("contact.miit"), objection(walk).id, key="early")
    walk.examine(key)
    walk.on("2023-04-27")

    with clock.held(morning(walk.day)):
        objections.take_back_objection(walk.house, walk.actor("contact.miit"), objection(walk).id, key="back")
    walk.on("2023-04-28")

    assert walk.instance(key).end_element == "objection_dropped"
    assert walk.instance(batch).end_element == "batch_closed"


def test_no_event_and_no_message_tells_who_objected_or_who_gave_which_points(walk: Recognition) -> None:
    walk.to_notice(firms=2)
    key = walk.object_to()
    walk.examine(key)
    walk.settle(key, "upheld", "other")

    with walk.house.database.reading() as session:
        told = "\n".join(filter(None, session.scalars(select(EventPayload.body))))
        messages = "\n".join(f"{row.title}{row.text}" for row in walk.rows(Notification))

    assert "王五" not in told + messages
    assert "13800000000" not in told + messages
    scored = [json.loads(line) for line in told.splitlines() if '"score_applications"' in line and '"answers"' in line]
    assert scored
    assert all("rows" not in event.get("answers", {}) for event in scored)


def test_all_rows_refused_ends_without_a_notice(walk: Recognition) -> None:
    batch = walk.to_review(firms=2)
    problem = {"finding": "problem", "fact": "环保处罚", "fact_on": "2022-06-01", "document_no": "扬环罚1号"}
    walk.check(batch, eco=problem)
    walk.score(batch)

    walk.decide(batch)

    assert walk.rows(PublicNotice) == []
    assert walk.instance(batch).end_element == "batch_closed"
    assert {walk.application(firm).status for firm in (1, 2)} == {"refused"}

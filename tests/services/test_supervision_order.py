"""督办单 through the command path: each way of the drawing, on both databases, and the oracle at the end of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from app import clock
from app.errors import InvalidForm, NotPermitted
from app.models.organization import Unit
from app.models.supervision_order import SupervisionOrder
from app.models.user_task import UserTask
from app.queries.order_points import order_points
from app.services import processes, succession
from app.services.check import check
from app.services.house import House
from tests.factories import actor
from tests.services.orders import Desk


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    found = Desk(house)
    yield found
    with clock.held(found.at):
        assert [finding.text for finding in check(house)] == []


def test_blue_done(desk: Desk) -> None:
    desk.matter().issued()
    order = desk.order()
    assert (order.state, order.limit_on) == ("issued", date(2022, 7, 22))
    assert [row.document_no for row in desk.colours()] == ["扬促中小办督〔2022〕1号"]
    assert "蓝色提示督办单：中小企业账款清欠进展滞后" in desk.told("contact.miit")

    desk.signed_for().on("2022-07-20").reported().accepted()

    assert desk.end_of() == ["order_closed"]
    assert (desk.order().state, desk.order().quality) == ("closed", "good")
    assert desk.colours()[0].reported_on == date(2022, 7, 20)


def test_three_colours(desk: Desk) -> None:
    desk.matter().issued().signed_for()
    for level in ("orange", "red"):
        desk.on("2022-07-23" if level == "orange" else "2022-08-10")
        desk.do("decide_next", outcome="raise", reason="逾期未反馈，情况没有进展")
        assert desk.form(desk.task("draft_order"))["level"] == level
        desk.issued(level, limit_on="2022-07-29" if level == "orange" else "2022-08-15")

    colours = desk.colours()
    assert [row.level for row in colours] == ["blue", "orange", "red"]
    assert [row.former_no for row in colours] == ["", colours[0].document_no, colours[1].document_no]
    assert [row.lapsed_on is not None for row in colours] == [True, True, False]
    desk.signed_for().reported().accepted()
    desk.do("confirm_closing", outcome="yes", mode="online")
    assert desk.end_of() == ["order_closed"]
    with desk.house.database.reading() as session:
        counted = order_points(session, date(2022, 1, 1), date(2022, 12, 31))
    assert [(point.unit_id, point.value) for point in counted] == [("miit", -1), ("miit", -2), ("miit", 0)]


def test_red_lapsed_is_explained_and_given_a_new_limit(desk: Desk) -> None:
    urgent = {"is_urgent": True, "urgent_reason": "上级督查组明日到现场核查", "limit_on": "2022-07-19"}
    desk.matter().issued("red", **urgent).on("2022-07-20")
    final = {"outcome": "explain", "mode": "online", "text": "责令书面说明情况并限期完成", "new_limit_on": "2022-07-29"}
    desk.do("decide_final", **final)
    cause = "牵头科室人员调整，工作衔接不及时，数据未能按期汇总。"
    desk.do(
        "explain_in_writing", cause=cause, responsibility="分管科室负责", promise="月底前完成", promise_on="2022-07-29",
        sheet=["f1"],
    )  # fmt: skip

    assert desk.order().limit_on == date(2022, 7, 29)
    assert desk.colours()[0].first_limit_on == date(2022, 7, 19)
    desk.signed_for().reported().accepted()
    desk.do("confirm_closing", outcome="yes", mode="online")
    assert desk.end_of() == ["order_closed"]


def test_transferred(desk: Desk) -> None:
    urgent = {"is_urgent": True, "urgent_reason": "上级督查组明日到现场核查", "limit_on": "2022-07-19"}
    desk.matter().issued("red", **urgent).on("2022-07-20")

    desk.do("decide_final", outcome="transfer", mode="online", text="移送有关机关依规处理")

    assert desk.end_of() == ["order_transferred"]
    assert desk.order().state == "transferred"


def test_not_issued(desk: Desk) -> None:
    desk.matter().do("draft_order", outcome="drop", drop_reason="单位已经补报")

    assert desk.end_of() == ["order_not_issued"]
    assert desk.colours() == []


def test_duplicate(desk: Desk) -> None:
    desk.matter().on("2022-07-18").matter()

    assert sorted(desk.end_of()) == ["", "matter_joined"]
    assert desk.order("2022-2").joined_to == "2022-1"


def test_wrong_unit(desk: Desk) -> None:
    desk.matter().issued()
    refused = {"outcome": "no", "reason": "该项职责由市财政局承担", "proposed_unit": "市财政局"}
    desk.on("2022-07-18").do("sign_for", **refused)
    before = desk.waiting_timers()["limit_lapsed"]

    desk.do("settle_unit", unit="市财政局", reason="按职责分工改由市财政局承办")

    assert desk.task("sign_for").unit_id == "fin"
    assert desk.order().limit_on == date(2022, 7, 25)
    assert desk.waiting_timers()["limit_lapsed"] > before
    desk.signed_for().on("2022-07-25").reported().accepted()
    assert desk.end_of() == ["order_closed"]


def test_returned_in_time(desk: Desk) -> None:
    desk.matter().issued().signed_for().on("2022-07-22").reported().on("2022-07-25")
    returned = {"outcome": "returned", "return_points": [{"point": "请补充清欠台账"}]}

    desk.do("verify_report", login="office", **returned)

    assert desk.order().limit_on == date(2022, 7, 28)
    desk.signed_for()
    assert desk.form(desk.task("report_back"))["earlier"] == "请补充清欠台账"
    desk.reported().do("verify_report", login="office", **returned).signed_for()
    desk.reported().accepted()
    assert desk.end_of() == ["order_closed"]
    assert desk.colours()[0].lapsed_on is None


def test_a_colour_has_one_new_limit(desk: Desk) -> None:
    desk.matter().issued().on("2022-07-25")
    new_limit = {"outcome": "new_limit", "reason": "因疫情防控需要延后办理", "new_limit_on": "2022-07-29"}
    desk.do("decide_next", **new_limit).on("2022-08-01")

    with pytest.raises(InvalidForm):
        desk.do("decide_next", **{**new_limit, "new_limit_on": "2022-08-05"})

    desk.do("decide_next", outcome="done", reason="现场核查已经全部完成").accepted()
    assert desk.end_of() == ["order_closed"]


def test_the_leading_group_refuses_an_urgent_order(desk: Desk) -> None:
    urgent = {"is_urgent": True, "urgent_reason": "上级督查组明日到现场核查", "level": "orange"}
    desk.matter().do(
        "draft_order", **{"outcome": "issue", "content": "请于时限内办结并反馈办理情况，说明原因。", **urgent}
    )

    desk.do("approve_order", outcome="no", mode="online", opinion_text="先发蓝色提示")

    form = desk.form(desk.task("draft_order"))
    assert form["earlier"] == "先发蓝色提示"
    desk.issued(is_urgent=False).signed_for().reported().accepted()
    assert [row.level for row in desk.colours()] == ["blue"]


def test_a_colour_that_runs_is_not_raised(desk: Desk) -> None:
    desk.matter()
    with pytest.raises(InvalidForm) as refused:
        desk.do("draft_order", outcome="issue", content="请于时限内办结并反馈办理情况，说明原因。", level="red")
    assert refused.value.extra["errors"][0]["field"] == "level"
    desk.do("draft_order", outcome="drop", drop_reason="单位已经补报")


def test_who_answers_an_order_does_not_verify_it(desk: Desk) -> None:
    desk.matter().issued().signed_for().reported()

    with pytest.raises(NotPermitted):
        desk.do("verify_report", login="office.miit", outcome="accepted", quality_level="good")

    desk.accepted()


def test_only_the_office_opens_orders_and_an_annulled_one_keeps_its_number(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        desk.start("contact.miit", "supervision_order", title="中小企业账款清欠进展滞后", unit="市财政局")
    desk.matter().issued()

    with clock.held(desk.at):
        processes.cancel(desk.house, actor(desk.house, "office"), desk.instance().id, "发错单位", key="void")

    assert desk.order().state == "void"
    assert [row.is_void for row in desk.colours()] == [True]


def test_the_successor_of_a_merged_unit_answers(desk: Desk) -> None:
    desk.matter("市政务办").issued().signed_for()
    with desk.house.database.transaction() as session:
        session.get_one(Unit, "gov_service").successor_id = "drc"
    with clock.held(desk.at):
        assert succession.move_to_successor(desk.house, actor(desk.house, "system_admin"), "gov_service") == 1

    desk.reported().accepted()

    assert desk.end_of() == ["order_closed"]
    with desk.house.database.reading() as session:
        signed = session.scalars(select(UserTask).where(UserTask.element_id == "sign_report")).one()
        assert signed.unit_id == "drc"


def test_the_same_matter_opened_twice_on_a_day_is_one_order(desk: Desk) -> None:
    desk.matter().matter()

    assert [row.number for row in desk.rows(SupervisionOrder)] == ["2022-1"]
    assert len(desk.instances("supervision_order")) == 1
    desk.do("draft_order", outcome="drop", drop_reason="单位已经补报")

"""The papers of a service month say what stands in its rows."""

from __future__ import annotations

from datetime import date

from app.services.house import House
from tests.services.service_months import Month, row
from tests.services.test_library_papers import drawn, offered


def test_a_month_has_its_plan_its_calendar_its_invitations_and_its_summary(house: House) -> None:
    month = Month(house)
    month.firms(*range(1, 6), library_since=date(2022, 5, 1))
    month.published(row(), row(title="产业链供需对接会", kind="supply", on_day="2022-09-15"))
    assert offered(month, month.id) == ["plan", "calendar"]
    month.confirmed(1).confirmed(2).moved("2022-09-20").held(1, 2, 3, 4, 5).cancelled(2, "office").later(12)
    month.do(
        "review_month",
        text="服务月活动按计划举办，企业参与面广，问题逐件转办，后续按季度跟进落实情况，巩固成效，年底前开展回访，并在下一年方案中改进。",
    )
    month.do("sign_month_summary", outcome="yes")

    name, text, tables = drawn(month, month.id, "plan")
    assert name == "关于开展2022年专精特新企业服务月活动的通知.docx"
    assert "主题“专精特新 服务同行”" in text
    assert ["1", "2022年9月14日", "银企融资对接会", "融资对接", "市地方金融监管局", "市会议中心"] in tables
    assert [line[1:3] for line in drawn(month, month.id, "calendar")[2][1:]] == [
        ["2022年9月20日09:00", "银企融资对接会"]
    ]
    assert "第2项“产业链供需对接会”已取消" in drawn(month, month.id, "summary")[1]
    invitation = drawn(month, month.instance(month.activity().key).id, "invitation")[1]
    assert "诚邀贵企业参加“银企融资对接会”。时间：2022年9月20日09:00；地点：市会议中心。" in invitation

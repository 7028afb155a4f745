"""Yearly updates and major changes through the command path, opened by the calendar and by who reports."""

from __future__ import annotations

from datetime import date

import pytest

from app import clock
from app.errors import InvalidForm, NotPermitted, RuleViolation
from app.models.enterprise import EnterpriseName, EnterpriseYear
from app.models.notification import Notification
from app.models.outbox import OutboxRow
from app.models.process import ProcessInstance
from app.models.title_maintenance import TitleCase, TitleChange, TitleUpdate
from app.services import title_calendar
from app.services.house import House
from tests.factories import enterprise
from tests.services.titles import Register, code_of

UPDATE, CHANGE = "title_maintenance_update", "title_maintenance_change"
REPORT = {"effect": "无影响", "register_proof": ["1"]}


class TestCalendar:
    def test_every_enterprise_with_a_title_owes_one_update_a_year(self, house: House) -> None:
        register = Register(house)
        codes = [register.firm(1, "specialised", "innovative"), register.firm(2, "little_giant")]
        register.firm(3)
        register.firm(4, "specialised", status="revoked")
        register.firm(5, "specialised", from_on=date(2023, 2, 10))

        assert register.open_due() == 2
        assert register.open_due() == 0

        owed = register.rows(TitleUpdate)
        assert sorted(row.enterprise_id for row in owed) == sorted(codes)
        assert {row.due_on for row in owed} == {date(2023, 4, 30)}
        assert [task.due_on for task in register.tasks("update_profile")] == [date(2023, 4, 28)] * 2

    def test_nothing_is_owed_out_of_season(self, house: House) -> None:
        register = Register(house)
        register.firm(1, "specialised")

        with clock.held(register.at.replace(month=1, day=31)):
            assert title_calendar.open_due(house) == 0
        with clock.held(register.at.replace(month=5, day=5)):
            assert title_calendar.open_due(house) == 0

    def test_pages_are_opened_one_after_another(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(title_calendar, "PAGE", 2)
        register = Register(house)
        for number in range(1, 6):
            register.firm(number, "specialised")

        with clock.held(register.at):
            assert [title_calendar.open_due(house) for _ in range(4)] == [2, 2, 1, 0]

        assert len(register.rows(ProcessInstance, definition_key=UPDATE)) == 5

    def test_a_title_ends_with_its_last_day(self, house: House) -> None:
        register = Register(house)
        code = register.firm(1, "specialised", until_on=date(2023, 1, 31))

        register.open_due()

        title = register.titles(code)["specialised"]
        assert (title.status, title.ended_on) == ("ended", date(2023, 1, 31))


class TestUpdate:
    def opened(self, house: House, *levels: str) -> tuple[Register, str]:
        register = Register(house)
        code = register.firm(1, *(levels or ("specialised",)))
        register.open_due()
        return register, code

    def test_straight(self, house: House) -> None:
        register, code = self.opened(house)
        form = register.form("update_profile")
        assert form["year"] == 2022
        assert form["figures"][0] == {"no": 1, "name": "营业收入", "unit_label": "万元", "last": 5000}

        register.file_update()

        assert register.end_of(f"{UPDATE}:{code}:2023") == "update_stored"
        stored = register.rows(EnterpriseYear, enterprise_id=code, year=2022)[0]
        assert stored.figures["revenue_wan"] == "5200"
        assert stored.figures["staff"] == 80
        owed = register.rows(TitleUpdate)[0]
        assert (owed.status, owed.is_in_time, owed.filed_on) == ("filed", True, date(2023, 2, 1))
        assert register.enterprise(code).contact_name == "王小明"

    def test_a_jump_is_checked_returned_once_and_filed_again(self, house: House) -> None:
        register, code = self.opened(house)
        with pytest.raises(InvalidForm):
            register.file_update(8000)
        register.file_update(8000, note="新增生产线投产")
        assert register.one("check_update").principal == "contact:hanjiang"
        assert register.form("check_update")["jumps"][0]["percent"] == "60.0%"

        points = [{"field": "figures", "point": "请核对营业收入"}]
        register.do("check_update", outcome="returned", opinion_text="请核对", return_points=points)

        assert register.form("update_profile")["figures"][0]["value"] == 8000
        register.on("2023-04-28").file_update(7000, product="不得更改的产品")
        assert register.end_of(f"{UPDATE}:{code}:2023") == "update_stored"
        assert register.rows(EnterpriseYear, enterprise_id=code, year=2022)[0].figures["revenue_wan"] == "7000"
        assert register.enterprise(code).product == "精密轴承"
        assert register.rows(TitleUpdate)[0].filed_on == date(2023, 2, 1)

    def test_a_third_return_is_refused(self, house: House) -> None:
        register, _ = self.opened(house)
        points = [{"field": "figures", "point": "请核对营业收入"}]
        for _round in range(2):
            register.file_update(8000, note="新增生产线投产")
            register.do("check_update", outcome="returned", opinion_text="请核对", return_points=points)
        register.file_update(8000, note="新增生产线投产")

        with pytest.raises(InvalidForm):
            register.do("check_update", outcome="returned", opinion_text="请核对", return_points=points)
        assert register.open_elements() == ["check_update"]
        register.do("check_update", outcome="accepted")
        assert register.open_elements() == []

    def test_the_next_working_day_is_still_in_time(self, house: House) -> None:
        register, code = self.opened(house)

        register.on("2023-05-04").file_update()

        assert register.rows(TitleUpdate)[0].is_in_time is True
        assert register.titles(code)["specialised"].right_lost_on is None

    def test_lapsed(self, house: House) -> None:
        register, code = self.opened(house, "specialised", "innovative")

        register.on("2023-05-05")

        assert register.end_of(f"{UPDATE}:{code}:2023") == "update_stored"
        owed = register.rows(TitleUpdate)[0]
        assert (owed.status, owed.is_in_time) == ("lapsed", False)
        assert {title.right_lost_on for title in register.titles(code).values()} == {date(2023, 5, 5)}
        assert "年度信息更新逾期" in [row.title for row in register.rows(Notification)]
        assert register.rows(EnterpriseYear, year=2022) == []

    def test_what_came_back_and_was_not_corrected_is_not_kept(self, house: House) -> None:
        register, _ = self.opened(house)
        register.file_update(8000, note="新增生产线投产")
        points = [{"field": "figures", "point": "请核对营业收入"}]
        register.do("check_update", outcome="returned", opinion_text="请核对", return_points=points)

        register.on("2023-05-05")

        assert register.rows(EnterpriseYear, year=2022) == []

    def test_what_a_list_has_delivered_is_not_asked(self, house: House) -> None:
        register = Register(house)
        code = register.firm(1, "specialised")
        with house.database.transaction() as session:
            told = {"enterprise_id": code, "year": 2022, "source": "department", "recorded_by": "tax"}
            figures = {"tax_paid_wan": "120", "invoiced_wan": "5100"}
            session.add(EnterpriseYear(figures=figures, as_of=date(2022, 12, 31), recorded_at=register.at, **told))
        register.open_due()

        names = [row["name"] for row in register.form("update_profile")["figures"]]

        assert "实缴税额" not in names
        register.file_update()
        assert register.rows(EnterpriseYear, enterprise_id=code, year=2022)[0].figures["tax_paid_wan"] == "120"


class TestChange:
    def reported(self, house: House, kind: str, new_value: str, *levels: str) -> tuple[Register, str]:
        register = Register(house).on("2023-07-20")
        code = register.firm(1, *(levels or ("specialised",)))
        register.start(CHANGE, "firm1", enterprise_id=code, event_on="2023-07-11", kind=kind)
        register.do("report_change", kind=kind, new_value=new_value, **REPORT)
        register.do("check_change", outcome="accepted")
        return register, code

    def test_a_rename_keeps_the_title_under_the_new_name(self, house: House) -> None:
        register, code = self.reported(house, "rename", "扬州新名精密机械有限公司")
        assert register.form("decide_change_effect")["new_name"] == "扬州新名精密机械有限公司"

        register.do("decide_change_effect", outcome="carry_over", reason="变更名称，条件不变")

        assert register.end_of(f"{CHANGE}:{code}:2023-07-11") == "change_recorded"
        assert register.enterprise(code).name == "扬州新名精密机械有限公司"
        assert register.rows(EnterpriseName)[0].name == "扬州第1精密机械有限公司"
        assert register.titles(code)["specialised"].status == "valid"
        row = register.rows(TitleChange)[0]
        assert (row.is_in_time, row.effect, row.reported_on) == (True, "carry_over", date(2023, 7, 20))

    def test_a_merged_firm_hands_its_titles_to_the_successor(self, house: House) -> None:
        register, code = self.reported(house, "merger", "并入扬州第2公司")
        with house.database.transaction() as session:
            enterprise(session, 2)

        register.do("decide_change_effect", outcome="carry_over", reason="吸收合并", successor_code=code_of(2))

        assert register.titles(code)["specialised"].status == "ended"
        held = register.titles(code_of(2))["specialised"]
        assert (held.status, held.until_on, held.is_renewal) == ("valid", date(2025, 12, 29), True)
        assert register.enterprise(code).successor_id == code_of(2)

    def test_a_firm_that_moves_within_the_city_gets_another_locality(self, house: House) -> None:
        register, code = self.reported(house, "move_district", "仪征市")

        register.do("decide_change_effect", outcome="carry_over", reason="市内搬迁", new_locality="仪征市")

        assert register.enterprise(code).locality_id == "yizheng"

    def test_a_firm_that_moves_to_another_province_loses_its_titles_and_its_specialist(self, house: House) -> None:
        register, code = self.reported(house, "move_province", "安徽省滁州市", "little_giant")

        register.do("decide_change_effect", outcome="move_out", reason="迁往外省")

        assert register.titles(code)["little_giant"].status == "ended"
        assert register.enterprise(code).state == "moved_out"
        assert messages(register) == [(code, "pairing_needless")]

    def test_a_doubtful_change_opens_a_case(self, house: House) -> None:
        register, code = self.reported(house, "business", "主营业务转为贸易")

        register.do("decide_change_effect", outcome="doubt", reason="主营业务占比可能不足")

        assert register.open_elements() == ["accept_case"]
        assert register.rows(TitleCase)[0].source == "change"
        assert "主营业务占比可能不足" in register.form("accept_case")["hint"]
        assert register.end_of(f"{CHANGE}:{code}:2023-07-11") == "change_recorded"

    def test_three_months_of_silence_open_a_case_and_lose_the_right(self, house: House) -> None:
        register = Register(house).on("2023-07-20")
        code = register.firm(1, "specialised")
        told = {"event_on": "2023-07-11", "kind": "merger", "noticed_by": "register", "text": "登记信息显示吸收合并"}
        register.start(CHANGE, "office", enterprise_id=code, **told)
        assert register.one("report_change").due_on == date(2023, 10, 11)

        register.on("2023-10-12")

        assert register.end_of(f"{CHANGE}:{code}:2023-07-11") == "change_recorded"
        assert register.open_elements() == ["accept_case"]
        assert "登记信息显示吸收合并" in register.form("accept_case")["hint"]
        assert register.titles(code)["specialised"].right_lost_on == date(2023, 10, 12)
        assert register.rows(TitleChange)[0].is_in_time is False

    def test_the_same_change_noticed_twice_is_one(self, house: House) -> None:
        register = Register(house).on("2023-07-20")
        code = register.firm(1, "specialised")

        ids = {register.start(CHANGE, who, enterprise_id=code, event_on="2023-07-11") for who in ("firm1", "office")}

        assert len(ids) == 1
        assert len(register.rows(TitleChange)) == 1

    def test_who_may_report_and_what(self, house: House) -> None:
        register = Register(house).on("2023-07-20")
        code = register.firm(1, "specialised")
        register.firm(2, "specialised")
        bare = register.firm(3)

        with pytest.raises(NotPermitted):
            register.start(CHANGE, "firm2", enterprise_id=code, event_on="2023-07-11")
        with pytest.raises(NotPermitted):
            register.start(CHANGE, "contact.yizheng", enterprise_id=code, event_on="2023-07-11")
        with pytest.raises(RuleViolation):
            register.start(CHANGE, "firm1", enterprise_id=code, event_on="2023-07-21")
        with pytest.raises(RuleViolation):
            register.start(CHANGE, "firm3", enterprise_id=bare, event_on="2023-07-11")
        register.start(CHANGE, "contact.hanjiang", enterprise_id=code, event_on="2023-07-11")
        assert register.open_elements() == ["report_change"]


def messages(register: Register) -> list[tuple[str, str]]:
    return sorted((row.payload["key"], row.payload["name"]) for row in register.rows(OutboxRow, kind="message"))


def test_an_update_and_a_change_run_on_both_databases(any_house: House) -> None:
    register = Register(any_house)
    code = register.firm(1, "specialised", "little_giant")
    assert register.open_due() == 1
    register.file_update(8000, note="新增生产线投产").do("check_update", outcome="accepted")
    assert register.end_of(f"{UPDATE}:{code}:2023") == "update_stored"

    register.start(CHANGE, "firm1", enterprise_id=code, event_on="2023-01-20", kind="rename")
    register.do("report_change", kind="rename", new_value="扬州新名有限公司", **REPORT)
    register.do("check_change", outcome="accepted")
    register.do("decide_change_effect", outcome="carry_over", reason="变更名称，条件不变")

    assert register.enterprise(code).name == "扬州新名有限公司"

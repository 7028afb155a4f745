"""属地工作方案 through the command path: written, signed, reviewed, filed, amended; its lines reported afterwards."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.clock import ZONE
from app.errors import InvalidForm, NotPermitted, RuleViolation
from app.models.annual_target import TargetBreakdown
from app.models.locality_plan import LocalityPlan, PlanLine, PlanSuggestion
from app.models.plan import Indicator
from app.models.process import ProcessInstance
from app.services import openings, outbox, processes, units
from app.services.house import House
from tests.factories import actor
from tests.services.consultations import Office
from tests.services.december_report_walk import morning
from tests.services.monitorings import TEXT, Monitoring

APRIL = datetime(2022, 4, 18, 9, tzinfo=ZONE)
GRADIENT = "建立小升规、专精特新、小巨人梯度培育库，逐家建立档案，逐级辅导申报，按季度通报进展。" * 2
PERSONS = {"organisation": "成立领导小组，按月调度", "head": "王区长", "contact": "李联络员"}
SIGNED = {"file": ["file"], "file_number": "扬邗政办发〔2022〕12号"}


class Plan(Office):
    """The plan of one locality, Hanjiang unless it is told another."""

    def __init__(self, house: House, at: datetime = APRIL, unit: str = "hanjiang", place: str = "321003") -> None:
        super().__init__(house, at)
        self.unit, self.place = unit, place

    def key(self) -> str:
        return f"{self.unit}:{self.at.year}:{next(self.keys)}"

    def start(self, login: str = "office", **variables: Any) -> Plan:
        with clock.held(self.at):
            told = {"locality": self.unit, "year": self.at.year, **variables}
            processes.start(self.house, actor(self.house, login), "locality_plan", told, key=self.key())
        return self

    def given(self, number: int, value: int, unit: str | None = None) -> Plan:
        """The city's share of a target, as a package would have left it."""
        with self.house.database.transaction() as session:
            session.add(
                TargetBreakdown(
                    indicator_id=session.scalars(select(Indicator.id).where(Indicator.number == number)).one(),
                    year=self.at.year,
                    revision=1,
                    unit_id=unit or self.unit,
                    value=Decimal(value),
                    instance_id=session.scalars(select(ProcessInstance.id)).first() or "",
                )
            )
        return self

    def written(self, **more: Any) -> Plan:
        """Each of the city's measures with a line, unless it is told otherwise."""
        form = self.form(self.tasks("write_plan")[0])
        by = f"{self.at.year}-11-30"
        lines = [{"unit": "区工信局", "by": by, **line, "content": line.get("content", TEXT)} for line in form["lines"]]
        told = {"lines": lines, "gradient": GRADIENT, **PERSONS, **SIGNED, **more}
        self.do("write_plan", f"contact.{self.unit}", **told)
        return self

    def signed(self, outcome: str = "yes", **more: Any) -> Plan:
        self.do("sign_plan", f"head.{self.unit}", outcome=outcome, **more)
        return self

    def reviewed(self, outcome: str = "accepted", **more: Any) -> Plan:
        told = {"quality_level": "good", "ask_departments": False} if outcome == "accepted" else {}
        self.do("review_plan", "office", outcome=outcome, **{**told, **more})
        return self

    def plan(self, **where: Any) -> LocalityPlan:
        return self.rows(LocalityPlan, **{"unit_id": self.unit, **where})[-1]

    def lines(self) -> list[PlanLine]:
        return [row for row in self.rows(PlanLine, unit_id=self.unit) if row.ended_on is None]


def test_a_first_edition_is_written_signed_reviewed_and_filed_with_the_departments_notes(house: House) -> None:
    plan = Plan(house).start().given(7, 40)
    task = plan.tasks("write_plan")[0]
    assert (task.due_on, plan.form(task)["figures"][0]["target"]) == (date(2022, 5, 31), 40)

    plan.written().signed().reviewed(ask_departments=True)

    asked = plan.tasks("ask_departments_opinion")
    assert 1 < len(asked) <= 12
    first, *others = asked
    line = plan.form(first)["lines"][0]["no"]
    plan.send(first, suggestions=[{"line_no": line, "text": "建议提前到九月底前完成"}])
    for other in others:
        plan.send(other, none=True)
    filed = plan.plan()
    assert (filed.status, filed.edition, filed.late_days) == ("filed", "2022-2024", 0)
    assert filed.number.startswith("扬促中小办函〔2022〕")
    assert [row.position for row in plan.rows(PlanSuggestion)] == [line]
    assert len(plan.lines()) == 24
    assert plan.instance("locality_plan:321003:2022-2024").end_element == "plan_filed"


def test_departments_that_are_silent_hold_nothing_up(house: House) -> None:
    plan = Plan(house).start().written().signed().reviewed(ask_departments=True)

    plan.later(8)

    assert plan.plan().status == "filed"
    assert plan.rows(PlanSuggestion) == []


def test_what_is_missing_or_too_low_is_refused_with_its_sentence(house: House) -> None:
    plan = Plan(house).start().given(7, 40)
    form = plan.form(plan.tasks("write_plan")[0])
    low = [{**row, "own": 38} for row in form["figures"]]

    with pytest.raises(InvalidForm) as refused:
        plan.written(figures=low, lines=[{**row, "content": TEXT} for row in form["lines"][:11]])

    texts = [text for _, text in refused.value.errors]
    assert "本地目标38低于市下达目标40" in texts
    assert any("任务未安排措施" in text for text in texts)
    plan.written(figures=[{**row, "own": 42} for row in form["figures"]]).signed().reviewed()
    assert plan.plan().answers["figures"][0]["own"] == 42


def test_only_the_returned_part_is_open_and_its_limit_is_new(house: House) -> None:
    plan = Plan(house).start().written().signed()
    plan.reviewed("returned", return_points=[{"field": "lines", "point": "第12项请补充责任单位"}])
    task = plan.tasks("write_plan")[0]
    assert task.due_on == date(2022, 4, 24)  # a Sunday worked
    assert plan.form(task)["return_points"][0]["item"] == "任务措施"

    form = plan.form(task)
    lines = [{**row, "unit": "区科技局"} for row in form["lines"]]
    plan.do("write_plan", "contact.hanjiang", lines=lines, head="别人").signed().reviewed()

    assert {line.unit for line in plan.lines()} == {"区科技局"}
    assert (plan.plan().answers["head"], plan.plan().round) == ("王区长", 2)


def test_beyond_the_second_return_the_office_accepts_with_a_reservation(house: House) -> None:
    plan = Plan(house).start().written().signed()
    points = [{"field": "lines", "point": "请补充"}]
    for _ in range(2):
        plan.reviewed("returned", return_points=points).do("write_plan", "contact.hanjiang")
        plan.signed()

    with pytest.raises(InvalidForm):
        plan.reviewed("returned", return_points=points)
    with pytest.raises(InvalidForm):
        plan.reviewed()
    plan.reviewed(opinion_text="请年内补齐第12项")
    assert plan.plan().status == "filed"


def test_an_unchanged_year_keeps_the_lines_that_are_in_force(house: House) -> None:
    Plan(house).start().written().signed().reviewed()
    plan = Plan(house, datetime(2023, 3, 8, 9, tzinfo=ZONE)).start()
    before = [line.id for line in plan.lines()]
    assert plan.tasks("write_plan")[0].due_on == date(2023, 3, 29)

    plan.do("write_plan", "contact.hanjiang", unchanged=True).signed().reviewed()

    assert plan.plan().edition == "2023"
    assert [line.id for line in plan.lines()] == before


def test_the_head_sends_the_draft_back_and_it_is_kept(house: House) -> None:
    plan = Plan(house).start().written(head="赵区长").signed("no", opinion_text="请核对人员")

    assert plan.form(plan.tasks("write_plan")[0])["head"] == "赵区长"


def test_a_late_plan_is_supervised_and_filed_late(house: House) -> None:
    plan = Plan(house).start().later(52)
    assert "decide_plan_delay" in plan.open_elements()

    plan.do("decide_plan_delay", "office", outcome="order", note="请抓紧报送").later(0)

    orders = [row for row in plan.rows(ProcessInstance) if row.definition_key == "supervision_order"]
    assert [row.unit_id for row in orders] == ["hanjiang"]
    plan.written().signed().reviewed()
    late = plan.plan().late_days
    assert late is not None
    assert late > 0


def test_a_plan_is_amended_by_its_locality_and_the_old_lines_stay(house: House) -> None:
    plan = Plan(house).start()
    with pytest.raises(RuleViolation):
        plan.start("contact.hanjiang", amend=True)
    plan.written().signed().reviewed()
    with pytest.raises(NotPermitted):
        plan.start("contact.gaoyou", amend=True)
    plan.start("contact.hanjiang", amend=True)

    form = plan.form(plan.tasks("write_plan")[0])
    changed = "改为与高校共建实验室，按季度组织企业入驻，年底前完成验收"
    lines = [{**row, "content": changed} if row["measure_no"] in (3, 8) else row for row in form["lines"]]
    plan.do("write_plan", "contact.hanjiang", lines=lines).signed().reviewed()

    assert [row.revision for row in plan.rows(LocalityPlan)] == [1, 2]
    assert sorted(line.measure_number for line in plan.lines() if line.content == changed) == [3, 8]
    assert len(plan.rows(PlanLine, unit_id="hanjiang")) == 48


def test_the_figures_of_a_merged_locality_stand_in_its_successors_plan(house: House) -> None:
    plan = Plan(house).start().given(7, 40)
    other = Plan(house, unit="etdz", place="etdz").start().given(7, 5)

    with clock.held(plan.at):
        with house.database.transaction() as session:
            units.merge_unit(session, actor(house, "system_admin"), "etdz", "hanjiang")
        outbox.drain(house)

    assert other.instance("locality_plan:etdz:2022-2024").end_element == "plan_moved"
    task = next(task for task in plan.tasks("write_plan") if task.title.endswith("邗江区"))
    assert plan.form(task)["figures"][0]["target"] == 45


def test_the_lines_of_a_filed_plan_are_reported_with_the_progress(house: House) -> None:
    Plan(house).start().written().signed().reviewed()
    monitoring = Monitoring(house, "hanjiang", "2022-Q2", datetime(2022, 7, 1, 9, tzinfo=ZONE))
    monitoring.start()

    form = monitoring.form(monitoring.tasks("fill_progress")[0])
    assert len(form["plan_lines"]) == 24
    answers = monitoring.filled()
    done = [{**row, "state": "done", "percent": 100} for row in answers["plan_lines"]]
    monitoring.fill(answers={**answers, "plan_lines": done}).signed().verified()

    later = Monitoring(house, "hanjiang", "2022-Q3", datetime(2022, 10, 8, 9, tzinfo=ZONE))
    later.start()
    assert later.instance(later.business_key).end_element == "nothing_to_report"


def test_the_calendar_opens_one_for_each_locality_after_the_plan_and_again_after_targets(house: House) -> None:
    def keys(day: str) -> list[str]:
        with clock.held(morning(day)):
            openings.open_campaigns(house)
        with house.database.reading() as session:
            found = select(ProcessInstance.business_key).where(ProcessInstance.duty == "locality_plan")
            return sorted(session.scalars(found))

    first = keys("2022-04-18")
    assert len(first) == 9
    assert "locality_plan:321003:2022-2024" in first
    assert keys("2022-05-10") == first
    assert keys("2023-03-20") == first


def test_it_runs_on_both_databases(any_house: House) -> None:
    plan = Plan(any_house).start().given(7, 40).written().signed()
    plan.reviewed("returned", return_points=[{"field": "lines", "point": "请补充"}])
    plan.do("write_plan", "contact.hanjiang").signed().reviewed(ask_departments=True).later(8)
    plan.start("contact.hanjiang", amend=True).do("write_plan", "contact.hanjiang").signed().reviewed()

    assert [row.status for row in plan.rows(LocalityPlan)] == ["filed", "filed"]
    assert len(plan.lines()) == 24

"""年度反馈 on its tables: every path of the campaign and of a unit's report, through the commands that move them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import docx
import pytest

from app import clock
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted, RuleViolation, StaleProcess
from app.models.actual import IndicatorActual
from app.models.annual_target import AnnualTarget, TargetBreakdown
from app.models.december_report import CaseLead, DecemberReport, FigureDifference, MeasureNote, Priority
from app.models.organization import Unit
from app.models.process import ProcessInstance
from app.services import processes, tasks
from app.services.campaigns import close_collection
from app.services.december_report import papers as papers
from app.services.december_report.annual import fitted
from app.services.house import House
from tests.factories import actor
from tests.services.december_report_walk import CAMPAIGN, YEAR, Walk, day, filled_in, morning, numbers, unit_key

VERDICT = {"outcome": "accepted", "quality_level": "good"}
DOCUMENT = {"document_no": "扬编〔2024〕12号", "effective_on": "2024-12-10"}


@pytest.fixture
def walk(house: House) -> Walk:
    return Walk(house)


def actual(walk: Walk, number: int, value: int, **more: Any) -> IndicatorActual:
    return IndicatorActual(
        **{
            "indicator_id": walk.indicator(number).id,
            "year": YEAR,
            "as_of": day("2024-11-30"),
            "value": Decimal(value),
            "nature": "actual",
            "source": "department",
            "unit_id": walk.indicator(number).lead_id,
            "recorded_at": datetime(2024, 12, 1, tzinfo=UTC),
            "recorded_by": "office",
        }
        | more
    )


def figures(form: dict[str, Any], **values: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures of a filled-in form, with what is said of the indicators n7, n8, … over them."""
    return [{**row, **values.get(f"n{row['no']}", {})} for row in filled_in(form)["figures"]]


def text_of(paper: bytes) -> str:
    document = docx.Document(BytesIO(paper))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_campaign_is_opened_once_for_a_year_and_only_for_a_year_of_the_plan(walk: Walk) -> None:
    first = walk.open_campaign()

    assert walk.open_campaign() == first
    assert walk.instance(CAMPAIGN).title == "2024年度反馈"
    assert walk.instance(CAMPAIGN).stage == "checking"
    with clock.held(morning(walk.day)), pytest.raises(RuleViolation):
        processes.start(walk.house, actor(walk.house, "office"), "december_report", {"year": 2031}, key="far")


def test_the_notice_lists_all_units_with_what_each_is_asked_for(walk: Walk) -> None:
    walk.open_campaign()

    form = walk.form(walk.task("confirm_notice", CAMPAIGN))

    rows = {row["unit"]: row for row in form["units"]}
    assert len(rows) == 28
    assert form["due_on"] == "2024-12-31"
    assert rows["sci"]["sections"].startswith("指标4项，重点任务")
    localities = [row["sections"] for row in rows.values() if row["kind"] != "市级部门"]
    assert set(localities) == {"行动9项，存在问题和下一年工作重点"}


def test_on_the_first_of_december_every_unit_gets_its_report_but_the_exempt_one(walk: Walk) -> None:
    walk.open_campaign()
    asked = walk.form(walk.task("confirm_notice", CAMPAIGN))["units"]
    units = [{"unit": row["unit"]} for row in asked[:-1]]
    units.append({"unit": asked[-1]["unit"], "exempt": True, "exempt_reason": "职能已划出"})
    walk.do("office", "confirm_notice", CAMPAIGN, units=units, phone="0514-87936000")
    assert walk.rows(DecemberReport) == []

    walk.on("2024-12-01")

    reports = walk.rows(DecemberReport)
    assert len(reports) == 27
    assert {report.status for report in reports} == {"sent"}
    assert {report.due_on for report in reports} == {day("2024-12-31")}
    assert walk.instance(unit_key("sci")).title == "2024年度反馈：市科技局"
    assert walk.instance(CAMPAIGN).stage == "collecting"


def test_a_report_signed_in_time_and_accepted_leaves_figures_notes_and_priorities(walk: Walk) -> None:
    walk.add(actual(walk, 7, 45))
    walk.collect("sci").on("2024-12-20")
    form = walk.form(walk.task("draft_report", unit_key("sci")))
    changed = figures(form, n7={"value": 48, "change_reason": "12月新增3家，已公示"})
    lead = [{"title": "研发机构建设", "text": "建成省级工程技术研究中心，" * 5}]

    walk.submit("sci", figures=changed, cases=lead)
    assert walk.instance(unit_key("sci")).stage == "signed"
    walk.accept("sci")

    child, report = walk.instance(unit_key("sci")), walk.report("sci")
    assert (child.status, child.stage, child.end_element) == ("completed", "accepted", "report_accepted")
    assert (report.first_submitted_on, report.late_days, report.quality) == (day("2024-12-20"), 0, "good")
    assert not report.is_supplement
    found = walk.rows(IndicatorActual, indicator_id=walk.indicator(7).id, nature="expected")
    assert [(row.value, row.as_of, row.recorded_by) for row in found] == [(48, day("2024-12-31"), "office")]
    assert [row.title for row in walk.rows(Priority, unit_id="sci", year=YEAR + 1)] == ["梯队培育"]
    assert [row.title for row in walk.rows(CaseLead, unit_id="sci")] == ["研发机构建设"]
    notes = walk.rows(MeasureNote, unit_id="sci", kind="measure")
    assert {row.number for row in notes} == set(numbers(form["measures"]))


def test_a_figure_says_where_it_came_from(walk: Walk) -> None:
    walk.add(actual(walk, 7, 45), actual(walk, 4, 800, source="ledger"))
    walk.collect("sci")

    form, marks = walk.prefill(walk.task("draft_report", unit_key("sci")))

    position = {row["no"]: index for index, row in enumerate(form["figures"])}
    audited = marks[f"figures.{position[7]}.value"]
    assert audited == {"text": "运行监测，截至2024年11月30日，已核实", "value": 45}
    assert marks[f"figures.{position[4]}.value"]["text"].startswith("台账自动计数")
    assert form["figures"][position[7]]["prefill_note"] == "45家，运行监测，截至2024年11月30日，已核实"


def test_a_changed_figure_needs_a_reason(walk: Walk) -> None:
    walk.add(actual(walk, 7, 45))
    walk.collect("sci").on("2024-12-20")
    changed = figures(walk.form(walk.task("draft_report", unit_key("sci"))), n7={"value": 48})

    with pytest.raises(InvalidForm) as refused:
        walk.draft("sci", figures=changed)

    assert [text for _, text in refused.value.errors] == ["数据与预填值不一致，请说明原因"]
    assert walk.open_elements(unit_key("sci")) == ["draft_report"]


def test_an_expected_figure_never_hides_a_final_one_of_the_same_day(walk: Walk) -> None:
    walk.add(actual(walk, 7, 50, as_of=day("2024-12-31")))
    walk.collect("sci").on("2024-12-20").submit("sci")

    walk.accept("sci")

    assert [row.value for row in walk.rows(IndicatorActual, indicator_id=walk.indicator(7).id)] == [50]


def test_a_head_sends_the_draft_back_and_what_was_typed_is_kept(walk: Walk) -> None:
    walk.collect("sci").on("2024-12-18").draft("sci", problems="需要再核对的问题，" * 8)

    walk.do("head.sci", "sign_report", unit_key("sci"), outcome="no", opinion_text="数据请再核对")

    assert walk.instance(unit_key("sci")).stage == "read"
    form = walk.form(walk.task("draft_report", unit_key("sci")))
    assert form["problems"] == "需要再核对的问题，" * 8
    walk.submit("sci")
    walk.accept("sci")
    assert walk.report("sci").round == 1


def test_a_returned_report_opens_only_what_was_listed_and_keeps_its_first_date(walk: Walk) -> None:
    walk.collect("sci").on("2024-12-30").submit("sci")
    walk.on("2025-01-02").give_back("sci", "problems", "cases")
    task = walk.task("draft_report", unit_key("sci"))
    assert (task.due_on, walk.instance(unit_key("sci")).stage) == (day("2025-01-07"), "returned")
    assert [row["field_name"] for row in walk.form(task)["return_points"]] == ["存在问题", "典型案例线索"]
    better = "补充说明后的存在问题，" * 6

    walk.on("2025-01-06").submit("sci", problems=better, priorities=[])

    report = walk.report("sci")
    assert (report.answers["problems"], report.answers["priorities"][0]["title"]) == (better, "梯队培育")
    assert (report.round, report.first_submitted_on, report.late_days) == (2, day("2024-12-30"), 0)
    walk.accept("sci")
    assert walk.instance(unit_key("sci")).stage == "accepted"


def test_a_third_review_accepts_with_a_reservation_and_cannot_return(walk: Walk) -> None:
    walk.collect("sci").on("2024-12-20").submit("sci")
    for _ in range(2):
        walk.give_back("sci", "problems")
        walk.submit("sci")

    with pytest.raises(InvalidForm):
        walk.give_back("sci", "problems")
    with pytest.raises(InvalidForm):
        walk.accept("sci")
    assert walk.report("sci").status == "signed"

    walk.accept("sci", opinion_text="数据口径仍待明确，保留意见")
    assert (walk.report("sci").round, walk.report("sci").status) == (3, "accepted")


def test_an_overdue_report_is_escalated_and_the_signature_closes_the_question(walk: Walk) -> None:
    walk.collect("sci").on("2025-01-07")
    assert walk.open_elements(unit_key("sci")) == ["decide_escalation", "draft_report"]
    form = walk.form(walk.task("decide_escalation", unit_key("sci")))
    assert (form["late_note"], form["reminder_note"]) == ("已超 4 个工作日", "尚未催办")

    walk.submit("sci")

    assert walk.open_elements(unit_key("sci")) == ["review_report"]
    walk.accept("sci")
    assert (walk.report("sci").late_days, walk.instance(unit_key("sci")).status) == (4, "completed")


def test_a_decided_escalation_is_noted_and_a_correction_is_not_escalated_again(walk: Walk) -> None:
    walk.collect("sci").on("2025-01-07")

    walk.do("office", "decide_escalation", unit_key("sci"), outcome="remind")
    walk.submit("sci")
    walk.give_back("sci", "problems")

    decided = walk.row(unit_key("sci"), "escalation")
    assert decided is not None
    assert (decided["outcome"], decided["name"]) == ("remind", "周文博")
    assert walk.on("2025-03-03").open_elements(unit_key("sci")) == ["draft_report"]


def test_late_units_are_listed_on_the_day_after_the_limit(walk: Walk) -> None:
    walk.collect("sci", "fin").on("2024-12-20").submit("sci")

    walk.on("2025-01-01")

    listed = walk.row(CAMPAIGN, "late_list")
    assert listed is not None
    assert listed["units"] == [{"unit": "fin", "name": "市财政局", "step": "填报年度反馈"}]
    assert listed["expected"] == 2


def test_a_withdrawn_report_is_one_submission_on_its_first_day(walk: Walk) -> None:
    walk.collect("sci").on("2024-12-20").submit("sci")
    instance_id = walk.instance(unit_key("sci")).id

    with clock.held(morning("2024-12-23")):
        tasks.withdraw(walk.house, actor(walk.house, "contact.sci"), instance_id, key="back")
    walk.on("2024-12-24").submit("sci")

    report = walk.report("sci")
    assert (report.round, report.first_submitted_on, report.status) == (1, day("2024-12-20"), "signed")
    first = walk.row(unit_key("sci"), "version", "01")
    assert first is not None
    assert first["is_taken_back"]


def test_a_claimed_review_can_no_longer_be_withdrawn(walk: Walk) -> None:
    walk.collect("sci").on("2024-12-20").submit("sci")
    review = walk.task("review_report", unit_key("sci"))
    with clock.held(morning("2024-12-20")):
        tasks.claim(walk.house, actor(walk.house, "office"), review.id, key="mine")

        with pytest.raises(StaleProcess):
            tasks.withdraw(walk.house, actor(walk.house, "contact.sci"), review.instance_id, key="back")


def end_unit(walk: Walk, unit: str, successor: str | None) -> None:
    with walk.house.database.transaction() as session:
        ended = session.get_one(Unit, unit)
        ended.ended_on, ended.successor_id = day("2024-12-10"), successor
    with clock.held(morning(walk.day)):
        processes.deliver(walk.house, actor(walk.house, "office"), "unit_ended", f"{YEAR}:{unit}", key=f"end:{unit}")


def test_a_merged_units_sections_go_into_its_successors_open_report(walk: Walk) -> None:
    walk.collect("customs", "com").on("2024-12-16").draft("customs")
    before = numbers(walk.form(walk.task("draft_report", unit_key("com")))["measures"])
    end_unit(walk, "customs", "com")
    form = walk.form(walk.task("name_successor", unit_key("customs")))
    assert (form["has_successor"], form["successor"]) == (True, "扬州市商务局")

    walk.do("office", "name_successor", unit_key("customs"), **DOCUMENT)

    old = walk.instance(unit_key("customs"))
    assert (old.status, old.stage, old.end_element) == ("completed", "transferred", "report_transferred")
    form = walk.form(walk.task("draft_report", unit_key("com")))
    assert set(numbers(form["measures"])) >= {*before, *drafted_numbers(walk, "customs")}
    walk.submit("com")
    walk.accept("com")
    assert walk.open_elements(CAMPAIGN) == ["edit_annual_report"]
    chapter = walk.row(CAMPAIGN, "material", "action:08")
    assert chapter is not None
    told = [(row["head"], row["unit"]) for row in chapter["passages"] if not row["is_missing"]]
    assert {unit for _, unit in told} == {"com"}
    assert len(told) == len(set(told))
    assert "customs" not in {row["unit"] for row in chapter["passages"]}


def drafted_numbers(walk: Walk, unit: str) -> list[int]:
    drafted = walk.row(unit_key(unit), "draft") or {}
    return numbers(drafted["measures"])


def test_a_successor_that_has_signed_gives_a_supplement_for_the_merged_unit(walk: Walk) -> None:
    walk.collect("customs", "com").on("2024-12-16").submit("com")
    walk.accept("com")
    walk.draft("customs")
    end_unit(walk, "customs", "com")

    walk.do("office", "name_successor", unit_key("customs"), has_successor=True, successor="市商务局", **DOCUMENT)

    supplement = "december_report_unit:2024:com:customs"
    assert walk.instance(supplement).title == "2024年度反馈：市商务局（承接扬州海关）"
    assert walk.report("customs").instance_id == walk.instance(supplement).id
    assert walk.open_elements(CAMPAIGN) == []
    walk.submit("com", key=supplement)
    walk.accept("com", key=supplement)
    assert walk.report("customs").status == "accepted"
    assert walk.open_elements(CAMPAIGN) == ["edit_annual_report"]


def test_a_unit_without_a_successor_is_exempted_and_not_listed_as_late(walk: Walk) -> None:
    walk.collect("customs", "sci").on("2024-12-16")
    end_unit(walk, "customs", None)

    walk.do("office", "name_successor", unit_key("customs"), has_successor=False, **DOCUMENT)

    assert walk.instance(unit_key("customs")).end_element == "report_exempted"
    assert walk.report("customs").status == "exempted"
    listed = walk.on("2025-01-02").row(CAMPAIGN, "late_list")
    assert listed is not None
    assert [row["unit"] for row in listed["units"]] == ["sci"]


def test_a_renamed_unit_keeps_its_task_and_its_draft(walk: Walk) -> None:
    walk.collect("cbirc").on("2024-12-15").draft("cbirc")

    with walk.house.database.transaction() as session:
        session.get_one(Unit, "cbirc").name = "国家金融监督管理总局扬州监管分局"
    walk.do("head.cbirc", "sign_report", unit_key("cbirc"), outcome="yes")

    assert walk.report("cbirc").status == "signed"


def test_the_office_closes_the_collection_and_later_reports_are_supplements(walk: Walk) -> None:
    walk.collect("sci", "fin", "tax").on("2024-12-27").submit("sci")
    walk.accept("sci")
    walk.submit("tax")
    campaign = walk.instance(CAMPAIGN)
    with clock.held(morning("2025-01-08")):
        with pytest.raises(NotPermitted):
            close_collection(walk.house, actor(walk.house, "contact.sci"), campaign.id, "材料已基本齐全", key="x")
        with pytest.raises(InvalidForm):
            close_collection(walk.house, actor(walk.house, "office"), campaign.id, " ", key="y")

        close_collection(walk.house, actor(walk.house, "office"), campaign.id, "材料已基本齐全", key="close")

    assert walk.instance(unit_key("fin")).stage == "missing"
    assert walk.instance(unit_key("tax")).stage == "signed"
    form = walk.on("2025-01-09").form(walk.task("edit_annual_report", CAMPAIGN))
    assert form["missing_units"] == "市财政局（未报送）、市税务局（已报送，尚未通过审核）"
    with clock.held(morning("2025-01-09")), pytest.raises(NotFound):
        close_collection(walk.house, actor(walk.house, "office"), campaign.id, "再次截止", key="again")

    material = walk.row(CAMPAIGN, "material", "problems")
    walk.submit("fin")
    walk.accept("fin")
    report = walk.report("fin")
    assert (report.is_supplement, report.late_days) == (True, 6)
    assert walk.instance(unit_key("fin")).stage == "accepted"
    assert walk.row(CAMPAIGN, "material", "problems") == material


def test_a_collection_that_nobody_closes_ends_by_its_guard(walk: Walk) -> None:
    walk.collect("sci", "fin").on("2024-12-27").submit("sci")
    walk.accept("sci")

    walk.on("2025-02-05")

    assert walk.open_elements(CAMPAIGN) == ["edit_annual_report"]
    assert walk.instance(unit_key("fin")).stage == "missing"


def test_a_reviewer_settles_what_a_responsible_unit_objects_to(walk: Walk) -> None:
    walk.add(actual(walk, 7, 45))
    walk.collect("sci", "drc").on("2024-12-20")
    shared = walk.form(walk.task("draft_report", unit_key("drc")))["shared_figures"]
    assert [(row["no"], row["lead_name"], row["value"]) for row in shared] == [(7, "市科技局", 45)]
    objection = {"objected_value": 51, "objected_source": "项目备案系统", "objection_reason": "另有3家已备案未计入"}
    walk.submit("drc", shared_figures=[{"no": 7, **objection}])
    form = walk.form(walk.task("draft_report", unit_key("sci")))
    walk.submit("sci", figures=figures(form, n7={"value": 48, "change_reason": "12月新增3家，已公示"}))
    asked = walk.form(walk.task("review_report", unit_key("sci")))
    assert [(row["no"], row["reported"], row["last_accepted"]) for row in asked["differences"]] == [(7, 48, 45)]
    assert [(row["id"], row["value"], row["objected_value"]) for row in asked["objections"]] == [("drc:7", 48, 51)]
    with pytest.raises(InvalidForm):
        walk.accept("sci")

    walk.accept("sci", objections=[{"id": "drc:7", "settled_value": 51, "settlement": "以备案系统为准"}])

    [difference] = walk.rows(FigureDifference)
    assert (difference.reported, difference.counted, difference.unit_id) == (48, 51, "drc")
    assert difference.settled == "采用51家。以备案系统为准"
    assert walk.rows(IndicatorActual, indicator_id=walk.indicator(7).id)[-1].value == 51
    assert "objections" not in walk.form(walk.task("review_report", unit_key("drc")))


def test_an_objection_that_comes_after_the_leads_acceptance_is_settled_in_the_other_report(walk: Walk) -> None:
    walk.collect("sci", "drc").on("2024-12-20").submit("sci")
    walk.accept("sci")
    objection = {"objected_value": 51, "objected_source": "项目备案系统", "objection_reason": "另有3家已备案未计入"}
    walk.submit("drc", shared_figures=[{"no": 7, **objection}])

    settled = [{"id": "drc:7", "settled_value": 51}]
    walk.do("office", "review_report", unit_key("drc"), **VERDICT, objections=settled)

    found = walk.rows(IndicatorActual, indicator_id=walk.indicator(7).id)
    assert [(row.value, row.unit_id) for row in found] == [(10, "sci"), (51, "sci")]


def test_a_count_that_differs_is_kept_in_the_register(walk: Walk) -> None:
    walk.add(actual(walk, 7, 38, source="ledger"))
    walk.collect("sci").on("2024-12-20")
    form = walk.form(walk.task("draft_report", unit_key("sci")))

    walk.submit("sci", figures=figures(form, n7={"value": 41, "change_reason": "含3家待入库企业"}))
    walk.accept("sci")

    [difference] = walk.rows(FigureDifference)
    assert (difference.reported, difference.counted, difference.reason) == (41, 38, "含3家待入库企业")


def test_nobody_reviews_the_report_of_the_own_unit(walk: Walk) -> None:
    walk.collect("miit").on("2024-12-20").submit("miit")

    with pytest.raises(NotPermitted):
        walk.do("office.miit", "review_report", unit_key("miit"), **VERDICT)
    walk.do("office.drc", "review_report", unit_key("miit"), **VERDICT)

    assert walk.report("miit").status == "accepted"


def test_the_second_of_two_persons_sees_who_was_first(walk: Walk) -> None:
    walk.collect("sci").on("2024-12-20").submit("sci")
    review = walk.task("review_report", unit_key("sci"))
    walk.accept("sci")

    with clock.held(morning("2024-12-20")), pytest.raises(AlreadyDone) as refused:
        tasks.complete(walk.house, actor(walk.house, "office.drc"), review.id, {"outcome": "accepted"}, key="late")

    assert refused.value.extra["by"] == "周文博"


def test_a_locality_answers_by_action_and_its_share_is_no_figure_of_the_city(walk: Walk) -> None:
    unit = next(row.id for row in walk.rows_of_units() if row.kind == "county")
    walk.collect(unit)
    instance = walk.instance(CAMPAIGN)
    share = {"indicator_id": walk.indicator(3).id, "year": YEAR, "revision": 1, "instance_id": instance.id}
    walk.add(TargetBreakdown(**share, unit_id=unit, value=Decimal(8)))

    form = walk.on("2024-12-20").form(walk.task("draft_report", unit_key(unit)))
    assert [(row["no"], row["target"]) for row in form["figures"]] == [(3, 8)]
    assert numbers(form["measures"]) == list(range(1, 10))
    walk.submit(unit)
    walk.accept(unit)

    assert walk.rows(IndicatorActual) == []
    assert len(walk.rows(MeasureNote, unit_id=unit, kind="action")) == 9


def test_last_years_priorities_come_back_for_review(walk: Walk) -> None:
    walk.collect("sci")
    kept = {"year": YEAR, "unit_id": "sci", "position": 1, "instance_id": walk.instance(unit_key("sci")).id}
    walk.add(Priority(**kept, title="新建研发机构", content="支持企业建设研发机构"))

    form = walk.on("2024-12-20").form(walk.task("draft_report", unit_key("sci")))
    assert form["priority_review"] == [{"no": 1, "title": "新建研发机构"}]
    with pytest.raises(InvalidForm):
        walk.draft("sci", priority_review=[{"no": 1}])
    walk.submit("sci")

    assert walk.report("sci").answers["priority_review"][0]["state"] == "done"


def annual_report(walk: Walk) -> Walk:
    """Two accepted reports, and the annual report before the office."""
    walk.add(actual(walk, 7, 45))
    walk.collect("sci", "drc")
    target = {"indicator_id": walk.indicator(7).id, "year": YEAR, "revision": 1}
    approved = {"approved_at": datetime(2024, 2, 1, tzinfo=UTC), "approved_by": "leader"}
    walk.add(
        AnnualTarget(**target, **approved, value=Decimal(50), comparator="eq", instance_id=walk.instance(CAMPAIGN).id)
    )
    walk.on("2024-12-20")
    form = walk.form(walk.task("draft_report", unit_key("sci")))
    gap = {"gap_reason": "部分研发机构年底前未完成验收，预计下年一季度认定"}
    walk.submit("sci", figures=figures(form, n7=gap))
    walk.submit("drc")
    walk.accept("sci")
    walk.accept("drc")
    return walk


def test_the_annual_report_begins_with_the_units_texts_and_their_sources(walk: Walk) -> None:
    form = annual_report(walk).form(walk.task("edit_annual_report", CAMPAIGN))

    second = form["actions"][1]
    assert second["sources"].startswith("市科技局")
    assert "【市科技局】第3项工作按计划推进" in second["text"]
    assert [row["name"] for row in form["actions"]][-1] == "保障措施"
    row = next(row for row in form["indicators"] if row["no"] == 7)
    assert (row["target"], row["done"], row["ratio"], row["nature"]) == (50, 45, "90%", "预计")
    assert row["note"].startswith("部分研发机构年底前未完成验收")
    assert form["problems"].startswith("【市发改委】")
    assert "应报送年度反馈的单位2个，已通过审核2个" in form["overall"]


def test_the_annual_report_is_returned_edited_approved_on_paper_and_numbered_without_gaps(walk: Walk) -> None:
    annual_report(walk).on("2025-01-10")
    walk.do("office", "edit_annual_report", CAMPAIGN)
    assert walk.instance(CAMPAIGN).stage == "signing"
    walk.do("signer", "sign_annual_report", CAMPAIGN, outcome="yes")
    walk.do("leader", "approve_annual_report", CAMPAIGN, outcome="no", mode="online", opinion_text="请补充对比分析")
    form = walk.form(walk.task("edit_annual_report", CAMPAIGN))
    assert form["returned_opinion"] == "请补充对比分析"

    walk.do("office", "edit_annual_report", CAMPAIGN, overall="补充了与上年的对比分析，" * 8)
    walk.do("signer", "sign_annual_report", CAMPAIGN, outcome="yes")
    walk.do("signer", "approve_annual_report", CAMPAIGN, outcome="yes", mode="paper", sheet=["scan"])

    campaign = walk.instance(CAMPAIGN)
    assert (campaign.status, campaign.stage, campaign.end_element) == ("completed", "issued", "annual_report_issued")
    assert walk.row(CAMPAIGN, "issued") == {"number": "扬促中小办发〔2025〕1号", "on": "2025-01-10"}
    notice = walk.row(CAMPAIGN, "notice")
    assert notice is not None
    assert notice["number"] == "扬促中小办函〔2024〕1号"


def test_the_papers_say_what_was_reported(walk: Walk) -> None:
    annual_report(walk).on("2025-01-10")
    walk.do("office", "edit_annual_report", CAMPAIGN)
    walk.do("signer", "sign_annual_report", CAMPAIGN, outcome="yes")

    with clock.held(morning("2025-01-10")), walk.house.database.reading() as session:
        notice = text_of(papers.notice_paper(session, walk.house, YEAR))
        unit = text_of(papers.unit_report_paper(session, walk.house, YEAR, "sci"))
        late = text_of(papers.late_list_paper(session, walk.house, YEAR))
        year = text_of(papers.annual_report_paper(session, walk.house, YEAR))
        with pytest.raises(NotFound):
            papers.unit_report_paper(session, walk.house, YEAR, "fin")

    assert "于2024年12月31日前报送" in notice
    assert "第3项工作按计划推进" in unit
    assert "市科技局负责人" in unit
    assert "逾期未报0个" in late
    assert "签发人：沈立" in year
    assert "45家" in year


@pytest.mark.slow
def test_the_longest_texts_of_all_units_still_fit_into_the_annual_report(walk: Walk) -> None:
    units = [unit.id for unit in walk.rows_of_units() if unit.reports]
    walk.collect(*units).on("2024-12-20")
    for unit in units:
        form = walk.form(walk.task("draft_report", unit_key(unit)))
        told = [
            {**row, **({"result": "长" * 800} if row["lead"] else {"contribution": "短" * 300})}
            for row in filled_in(form)["measures"]
        ]
        walk.submit(unit, measures=told, problems="难" * 1000)
        walk.do("office.drc" if unit == "miit" else "office", "review_report", unit_key(unit), **VERDICT)

    form = walk.form(walk.task("edit_annual_report", CAMPAIGN))
    walk.do("office", "edit_annual_report", CAMPAIGN)

    assert all(len(row["text"]) <= 5000 for row in form["actions"])
    assert walk.open_elements(CAMPAIGN) == ["sign_annual_report"]


def test_texts_that_are_too_long_are_cut_evenly_and_short_ones_not_at_all() -> None:
    assert fitted(["短", "长" * 100], 50) == "短\n" + "长" * 46 + "…"
    assert len(fitted(["长" * 100, "更长" * 100], 50)) <= 50


def test_the_notice_may_add_a_unit_and_set_another_day(walk: Walk) -> None:
    walk.open_campaign()
    asked = walk.form(walk.task("confirm_notice", CAMPAIGN))["units"]
    with clock.held(morning(walk.day)), walk.house.database.transaction() as session:
        session.add(Unit(id="stats", position=90, kind="department", short_name="市统计局", name="扬州市统计局"))

    walk.do(
        "office", "confirm_notice", CAMPAIGN, units=[{"unit": row["unit"]} for row in asked], phone="0514-87936000",
        added_units=[{"unit": "市统计局", "reason": "提供统计数据"}], due_override="2024-12-27",
    )  # fmt: skip
    walk.on("2024-12-01")

    assert walk.report("stats").due_on == day("2024-12-27")
    assert len(walk.rows(DecemberReport)) == 29
    assert len(walk.rows(ProcessInstance, definition_key="december_report_unit")) == 29

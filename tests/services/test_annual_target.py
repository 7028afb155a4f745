"""年度目标设定 through the command path: a package from its opening to its letters, and all its side ways."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock
from app.clock import ZONE
from app.errors import AlreadyDone, InvalidForm, RuleViolation, StaleProcess
from app.models.annual_target import AnnualTarget, DocumentNumber, ResponsibilityLetter, TargetBreakdown
from app.models.plan import Discrepancy
from app.models.process import ProcessInstance
from app.models.user_task import UserTask
from app.services import processes, tasks
from app.services.annual_target.publishing import publish_targets
from app.services.house import House
from app.services.work import Work
from tests.factories import actor
from tests.services.annual_targets import Campaign, login_for

LITTLE_GIANTS, GREEN_LEADERS, GREEN_PROJECTS = 2, 17, 19


def counted(house: House, model: type) -> int:
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def reviewed_rows(campaign: Campaign, *returned: int, reason: str = "请再核实测算依据") -> list[dict[str, Any]]:
    """The review's or approval's table with some items ticked."""
    form = campaign.form(campaign.tasks()[0])
    return [{**row, "return": True, "return_reason": reason} if row["no"] in returned else row for row in form["items"]]


@pytest.mark.slow
def test_a_yearly_package_goes_straight_to_its_letters(house: House) -> None:
    campaign = Campaign(house).settled().open()
    assert campaign.status() == ("active", "collecting", "")
    assert [task.element_id for task in campaign.tasks()] == ["propose_target"] * 28

    campaign.propose_all().approve().publish()

    assert campaign.status() == ("completed", "published", "targets_published")
    assert campaign.incidents() == []
    targets = campaign.targets()
    assert len(targets) == 28
    assert targets[LITTLE_GIANTS].value == 30
    assert targets[LITTLE_GIANTS].quarters == ["8", "8", "7", "7"]
    assert targets[25].comparator == "gt"
    assert targets[28].quarters == []
    assert {target.approved_by for target in targets.values()} == {"leader"}


def test_what_is_published_adds_up_and_its_letters_are_numbered_without_gaps(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[LITTLE_GIANTS, 25]).propose_all().approve().publish()

    with house.database.reading() as session:
        shares = list(session.scalars(select(TargetBreakdown)))
        letters = list(session.scalars(select(ResponsibilityLetter).order_by(ResponsibilityLetter.id)))
        serial = session.scalars(select(DocumentNumber).where(DocumentNumber.kind == "责")).one().serial
    giants = campaign.targets()[LITTLE_GIANTS].indicator_id
    assert sum(share.value for share in shares if share.indicator_id == giants) == 30
    assert {share.value for share in shares if share.indicator_id != giants} == {Decimal(60)}
    assert [letter.number for letter in letters] == [
        f"扬促中小办责〔2023〕{number}号" for number in range(1, serial + 1)
    ]
    assert len(letters) == 2 + 9


def test_publishing_twice_writes_nothing_twice(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[LITTLE_GIANTS]).propose_all().approve().publish()
    tables = (AnnualTarget, TargetBreakdown, ResponsibilityLetter)
    before = [counted(house, table) for table in tables]

    with house.database.writing() as connection:
        work = Work(house, connection, actor(house, "signer"), campaign.at, "again")
        publish_targets(work.case(campaign.id), {})

    assert [counted(house, table) for table in tables] == before


def test_a_package_opened_twice_is_one(house: House) -> None:
    campaign = Campaign(house).settled().open()
    first = campaign.id

    assert campaign.open().id == first
    assert counted(house, ProcessInstance) == 1 + 28


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"year": 2025}, "year"),
        ({"year": "二〇二三"}, "year"),
        ({"year": 2023, "kind": "adopted"}, "kind"),
        ({"year": 2023, "kind": "weekly"}, "kind"),
        ({"year": 2023, "indicators": [99]}, "indicators"),
        ({"year": 2023, "kind": "adjustment", "indicators": [17], "reason": "市场变化"}, "kind"),
        ({"year": 2023, "kind": "adjustment", "indicators": [17]}, "reason"),
        ({"year": 2023, "kind": "adjustment", "reason": "市场变化"}, "indicators"),
    ],
)
def test_a_package_the_plan_does_not_know_is_refused(house: House, variables: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        processes.start(house, actor(house, "office"), "annual_target", variables, key="s")

    assert refused.value.field == field


def test_the_second_of_two_people_learns_who_was_first_and_keeps_the_text(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[GREEN_PROJECTS])
    task = campaign.tasks("propose_target")[0]
    form = campaign.form(task)
    tasks.save_draft(house, actor(house, "contact.miit"), task.id, form)
    campaign.send(task)

    with pytest.raises(AlreadyDone) as refused:
        tasks.complete(house, actor(house, "contact.miit"), task.id, {**form, "value": 40}, key="late")

    assert refused.value.extra["by"] == "市工信局联络员"


def test_an_old_revision_of_a_form_is_refused(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[GREEN_PROJECTS])
    task, contact = campaign.tasks("propose_target")[0], actor(house, "contact.miit")
    tasks.claim(house, contact, task.id, key="claim")

    with pytest.raises(StaleProcess):
        tasks.complete(house, contact, task.id, campaign.form(task), key="old", revision=1)


def test_the_office_closes_the_collection_and_the_suggestion_stands_in(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[1, LITTLE_GIANTS, GREEN_PROJECTS])
    propose = campaign.tasks("propose_target")
    campaign.send(propose[0]).do("sign_proposal", outcome="yes")
    campaign.later(21).fire()
    assert campaign.open_elements() == ["chase_proposals", "propose_target"]
    left = campaign.form(campaign.tasks("chase_proposals")[0])["items"]
    assert [row["no"] for row in left] == [LITTLE_GIANTS, GREEN_PROJECTS]
    assert left[0]["step"] == "提出年度目标"

    campaign.do("chase_proposals", reason="上报时间已到")

    items = campaign.rows("item")
    assert campaign.open_elements() == ["review_package"]
    assert [items[key]["state"] for key in ("01", "02", "19")] == ["proposed", "proxied", "proxied"]
    assert items["02"]["value"] == "30"
    assert campaign.form(campaign.tasks()[0])["items"][1]["mark"] == "办公室代拟"
    assert campaign.instance("annual_target_indicator:2023:02:r1").status == "cancelled"
    campaign.approve().publish()
    assert campaign.targets()[GREEN_PROJECTS].value == 35


def test_the_chasing_task_goes_when_the_last_proposal_comes(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[GREEN_PROJECTS]).later(21).fire()
    assert "chase_proposals" in campaign.open_elements()

    campaign.propose_all()

    assert campaign.open_elements() == ["review_package"]


def test_returned_items_are_proposed_again_and_the_others_stay(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[1, LITTLE_GIANTS, GREEN_PROJECTS, 25]).propose_all()
    campaign.do("review_package", outcome="submit").do("sign_package", outcome="yes")
    rows = reviewed_rows(campaign, LITTLE_GIANTS, GREEN_PROJECTS)
    before = campaign.rows("item")

    campaign.later().do("approve_package", outcome="approved_in_part", items=rows, opinion_text="两项请再核实")

    again = campaign.tasks("propose_target")
    assert [task.title for task in again] == ["2023年度目标：省级以上专精特新小巨人", "2023年度目标：绿色化改造项目"]
    assert campaign.instance("annual_target_indicator:2023:19:r2").status == "active"
    assert again[0].limit_days == 3
    assert "领导小组退回：请再核实测算依据" in campaign.form(again[0])["note"]
    campaign.send(again[0], value=32, quarter_plan=[{"quarter": number, "value": 8} for number in range(1, 5)])
    campaign.send(again[1]).do_all("sign_proposal", outcome="yes")
    after = campaign.rows("item")
    assert after["02"]["value"] == "32"
    assert {key for key in after if after[key] != before[key]} == {"02", "19"}
    campaign.approve()
    assert campaign.open_elements() == ["confirm_breakdown"]


def test_the_office_returns_single_items_too_with_a_shorter_collection(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[LITTLE_GIANTS, GREEN_PROJECTS]).propose_all()

    campaign.do("review_package", outcome="return_items", items=reviewed_rows(campaign, GREEN_PROJECTS))

    assert campaign.rows("package")[""]["revision"] == 1
    assert campaign.status()[1] == "collecting"
    campaign.later(8).fire()  # the sixth working day
    assert "chase_proposals" not in campaign.open_elements()
    campaign.later(1).fire()
    assert "chase_proposals" in campaign.open_elements()


def test_a_meetings_decision_needs_its_sheet_and_names_whom_it_was_entered_for(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[GREEN_PROJECTS]).propose_all()
    campaign.do("review_package", outcome="submit").do("sign_package", outcome="yes")
    meeting = {"outcome": "approved", "mode": "meeting", "meeting_date": "2023-01-10", "minutes_no": "〔2023〕1号"}

    with pytest.raises(InvalidForm) as refused:
        campaign.do("approve_package", login="signer", **meeting)

    assert [field for field, _ in refused.value.errors] == ["sheet"]
    campaign.do("approve_package", login="signer", **meeting, sheet=["0" * 32])
    assert campaign.rows("approval")[""]["minutes_no"] == "〔2023〕1号"
    assert campaign.open_elements() == ["confirm_breakdown"]


def test_the_plans_own_first_year_is_adopted_once_its_contradictions_are_settled(house: House) -> None:
    april = datetime(2022, 4, 18, 9, tzinfo=ZONE)
    campaign = Campaign(house, april).open(year=2022)
    task = campaign.tasks()[0]
    assert task.element_id == "settle_basis"
    rows = campaign.form(task)["rows"]
    assert [row["id"] for row in rows] == [*(f"X{number:02d}" for number in range(1, 24)), "X30", "X31"]
    for row in rows:
        if row["kind"] == "口径不同":
            row |= {"base_value": 5, "base_as_of": "2021-12-31"}
        if row["id"] == "X14":
            row |= {"binding": "text", "lead_unit": "市工信局"}
        if row["id"] == "X07":
            row |= {"binding": "text"}

    campaign.send(task, rows=rows)

    assert campaign.open_elements() == ["review_package"]
    items = campaign.rows("item")
    assert {item["state"] for item in items.values()} == {"adopted"}
    assert (items["19"]["total"], items["19"]["target"]) == ("100", "30")
    assert items["04"]["lead"] == "miit"
    campaign.approve().publish()
    assert campaign.targets(2022)[6].comparator == "gt"
    assert campaign.targets(2022)[GREEN_PROJECTS].basis.startswith("按附件1 指标19：")
    with house.database.reading() as session:
        assert session.scalars(select(Discrepancy).where(Discrepancy.key == "X01")).one().binding == "annex"


def test_a_contradiction_left_out_or_half_settled_is_refused(house: House) -> None:
    campaign = Campaign(house).open(indicators=[1, 12])
    rows = campaign.form(campaign.tasks()[0])["rows"]
    assert [row["id"] for row in rows] == ["X02", "X03", "X13"]
    rows[2]["lead_unit"] = "市财政局"

    with pytest.raises(InvalidForm) as refused:
        campaign.do("settle_basis", rows=rows)

    fields = [field for field, _ in refused.value.errors]
    assert fields == ["rows.1.base_value", "rows.1.base_as_of", "rows.2.lead_unit"]


def test_a_settled_text_value_replaces_the_plans_total(house: House) -> None:
    campaign = Campaign(house).open(indicators=[1, GREEN_PROJECTS])
    rows = campaign.form(campaign.tasks()[0])["rows"]
    for row in rows:
        row |= {"binding": "text"}
        if row["id"] == "X03":
            row |= {"base_value": 3, "base_as_of": "2021-12-31"}

    campaign.do("settle_basis", rows=rows)

    champions, projects = (campaign.form(task) for task in campaign.tasks("propose_target"))
    assert champions["plan_total"] == 15 - 3
    assert projects["plan_total"] == 300
    units = campaign.instance("annual_target_indicator:2023:19:r1").data["units"]
    assert sorted(units) == ["eco", "fic"]  # X16 settled for the text, which names them beside the lead


def test_an_objecting_locality_leaves_a_rest_that_is_held_at_city_level(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[LITTLE_GIANTS]).propose_all().approve()
    campaign.do("confirm_breakdown")
    assert campaign.status()[1] == "localities"
    objecting = {"no": LITTLE_GIANTS, "answer": "object", "proposed": 3, "reason": "现有后备企业数量不足"}
    for task in campaign.tasks("answer_breakdown"):
        campaign.send(task, **({"figures": [objecting]} if task.unit_id == "guangling" else {}))
    campaign.do_all("sign_breakdown", outcome="yes")
    decision = campaign.form(campaign.tasks("decide_breakdown_objection")[0])["figures"]
    assert (decision[0]["value"], decision[0]["final"]) == (4, 4)

    campaign.do("decide_breakdown_objection", figures=[{**decision[0], "final": 3, "reason": "予以采纳"}])

    rows = campaign.form(campaign.tasks("settle_breakdown")[0])["rows"]
    assert [(row["no"], row["sum"], row["short"]) for row in rows] == [(LITTLE_GIANTS, 29, 1)]
    with pytest.raises(InvalidForm):
        campaign.do("settle_breakdown")
    campaign.do("settle_breakdown", rows=[{**rows[0], "held": 1, "reason": "由市级统筹安排项目落实"}])
    campaign.do("issue_letters", outcome="yes")
    with house.database.reading() as session:
        shares = {row.unit_id: row.value for row in session.scalars(select(TargetBreakdown))}
    assert (shares["guangling"], shares["office"], sum(shares.values())) == (3, 1, 30)


def test_a_silent_locality_is_taken_to_accept(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[LITTLE_GIANTS]).propose_all().approve()
    campaign.do("confirm_breakdown")
    silent, *others = campaign.tasks("answer_breakdown")
    for task in others:
        campaign.send(task).do("sign_breakdown", outcome="yes")

    campaign.later(12).fire()

    assert campaign.open_elements() == ["issue_letters"]
    states = {unit: row["state"] for unit, row in campaign.rows("locality").items()}
    assert states.pop(silent.unit_id) == "silent"
    assert set(states.values()) == {"accepted"}


def test_where_no_locality_receives_a_figure_nobody_is_waited_for(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[1]).propose_all().approve()

    campaign.do("confirm_breakdown")

    assert campaign.open_elements() == ["issue_letters"]


def test_a_change_within_the_year_revises_target_and_letters_and_keeps_the_old(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[GREEN_LEADERS, LITTLE_GIANTS]).propose_all().approve()
    campaign.publish()
    june = Campaign(house, datetime(2023, 6, 5, 9, tzinfo=ZONE))
    june.keys = campaign.keys

    june.open(kind="adjustment", indicators=[GREEN_LEADERS], reason="国家调整认定标准")

    assert june.instance("annual_target:2023:a1").title == "2023年度目标调整"
    task = june.tasks("propose_target")[0]
    assert "调整理由：国家调整认定标准" in june.form(task)["note"]
    quarters = [{"quarter": number, "value": value} for number, value in enumerate((1, 1, 1, 0), 1)]
    june.send(task, value=3, quarter_plan=quarters, reason="认定标准提高后后备企业减少，今年只能完成三家左右")
    june.do_all("sign_proposal", outcome="yes").do_all("countersign_target", outcome="yes").approve()
    june.do("confirm_breakdown").do("issue_letters", outcome="yes")
    with house.database.reading() as session:
        target_id = june.targets()[GREEN_LEADERS].indicator_id
        rows = session.scalars(select(AnnualTarget).where(AnnualTarget.indicator_id == target_id)).all()
        letters = session.scalars(select(ResponsibilityLetter).where(ResponsibilityLetter.unit_id == "eco")).all()
    assert [(row.revision, row.value) for row in rows] == [(1, 4), (2, 3)]
    assert [letter.revision for letter in letters] == [1, 2]


def test_an_item_the_office_cancels_leaves_the_package(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[1, LITTLE_GIANTS])
    child = campaign.instance("annual_target_indicator:2023:01:r1").id

    with clock.held(campaign.at):
        processes.cancel(house, actor(house, "office"), child, "领导小组取消该指标", key="cancel")
    campaign.drain().propose_all()

    assert [row["no"] for row in campaign.form(campaign.tasks("review_package")[0])["items"]] == [LITTLE_GIANTS]


def test_a_package_sent_back_keeps_its_number_when_it_is_signed_again(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[1]).propose_all()
    campaign.do("review_package", outcome="submit").do("sign_package", outcome="yes")
    campaign.do("approve_package", outcome="rejected", opinion_text="请补充说明")

    campaign.do("review_package", outcome="submit").do("sign_package", outcome="yes")

    assert campaign.rows("request")[""]["number"] == "扬促中小办发〔2023〕1号"


def test_a_gap_of_the_last_year_goes_up_only_with_a_note(house: House) -> None:
    campaign = Campaign(house, datetime(2024, 1, 10, 9, tzinfo=ZONE)).settled()
    campaign.open(year=2024, indicators=[LITTLE_GIANTS])
    task = campaign.tasks("propose_target")[0]
    form = campaign.form(task)
    assert form["suggested"] == 59
    assert form["baseline"] == [{"year": 2023, "unit": "家"}]
    answers = {
        "value": 58,
        "quarter_plan": [{"quarter": number, "value": value} for number, value in enumerate((15, 15, 14, 14), 1)],
        "reason": "后备企业培育周期较长，今年预计只能完成五十八家",
        "baseline": [{"year": 2023, "value": 0, "as_of": "2023-12-31", "nature": "actual", "source": "ledger"}],
    }
    campaign.send(task, **answers).do("sign_proposal", outcome="yes")

    with pytest.raises(InvalidForm) as refused:
        campaign.do("review_package", outcome="submit")

    assert refused.value.errors == [("items.0.gap_note", "第2项三年合计尚差1家，请退回或说明")]
    rows = campaign.form(campaign.tasks()[0])["items"]
    campaign.do("review_package", outcome="submit", items=[{**rows[0], "gap_note": "下年度补足"}])
    assert campaign.open_elements() == ["sign_package"]


def test_every_form_says_where_its_figures_come_from(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[LITTLE_GIANTS])
    task: UserTask = campaign.tasks("propose_target")[0]

    form, marks = campaign.form_with_marks(task)

    assert (form["plan_words"], form["done"], form["remaining"], form["suggested"]) == ("新增值，100家", 41, 59, 30)
    assert marks["baseline.0.value"] == {"text": "台账自动计数，2022年12月31日，已核实", "value": 41}
    assert login_for(task) == "contact.miit"

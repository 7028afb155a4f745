"""年度考核 through the command path: rules, scores, appeals, rankings, bulletin; and reckoned again for proof."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app import clock
from app.duties.rule_tables import ASSESSMENT
from app.errors import InvalidForm, NotFound
from app.models.assessment import Assessment, AssessmentScore
from app.models.notification import Notification
from app.models.process import ProcessInstance
from app.queries import assessments as read
from app.queries.rule_tables import shipped
from app.services import openings, outbox, rule_tables, units
from app.services.assessment.rules import in_force, weights_of
from app.services.assessment.scores import differences
from app.services.check import Rule, check
from app.services.house import House
from tests.duties.test_rule_tables import answers_of
from tests.factories import actor, house_on, load_office
from tests.services.assessments import KEY, Campaign
from tests.services.december_report_walk import morning


def adjustment(**more: Any) -> dict[str, Any]:
    told = {
        "unit": "市财政局",
        "ground": "city_praise",
        "points": 1,
        "text": "市委市政府通报表扬",
        "file": ["f"],
        **more,
    }
    return {name: value for name, value in told.items() if value is not None}


def test_a_year_is_reckoned_confirmed_ranked_approved_and_told(house: House) -> None:
    year = Campaign(house).computed()
    late = year.late_item()
    assert late["at"].keys() >= {"instance", "seq"}
    assert year.score().total is not None

    year.confirmed("sci", "fin").reviewed().approved().issued()

    told = year.year()
    assert told.number == "扬促中小办通报〔2023〕1号"
    assert (told.is_provisional, told.is_data_late) == (False, False)
    assert year.instance(KEY).end_element == "assessment_published"
    assert {year.score("sci").place, year.score("fin").place} == {1, 2}
    assert year.score("hanjiang").total is None  # nothing was asked of it
    assert any("考核结果的通报" in row.title for row in year.rows(Notification))


def test_silence_settles_a_score(house: House) -> None:
    year = Campaign(house).computed()
    year.later(12)

    assert year.end_of("sci") == ("score_settled", "silent")
    assert "review_ranking" in year.open_elements()


def test_an_appeal_that_is_upheld_gives_the_points_back_beside_what_stood(house: House) -> None:
    year = Campaign(house).computed()
    before, late = year.score(), year.late_item()
    year.appealed().examined("upheld", due_on="2022-10-31")

    after = year.score()
    assert before.total is not None
    assert after.total is not None
    assert after.total > before.total
    assert (after.revision, after.reason) == (2, "appeal")
    item = next(row for row in after.inputs["tasks"] if row["no"] == late["no"])
    assert item["late_days"] == late["late_days"]
    assert item["correction"]["late_days"] == 0
    assert year.end_of("sci") == ("score_settled", "settled")
    kept = year.rows(AssessmentScore, unit_id="sci", revision=1)[0]
    assert (kept.total, kept.is_current) == (before.total, False)


def test_an_appeal_that_is_refused_changes_nothing(house: House) -> None:
    year = Campaign(house).computed()
    before = year.score()
    year.appealed().examined("refused")

    assert (year.score().id, year.end_of("sci")[0]) == (before.id, "score_settled")


def test_a_unit_that_insists_has_the_leading_groups_word(house: House) -> None:
    year = Campaign(house).computed()
    before = year.score().total
    year.appealed(insists=True).examined("refused")
    task = year.task_of("sci", "decide_appeal")
    shown = year.form(task)["rulings"]
    assert shown[0]["found"] == "不成立"

    said = {"verdict": "partly", "ground": "考虑客观原因，部分认定", "corrected": "按九成五计", "credit": 0.95}
    year.send(task, rulings=[{**row, **said} for row in shown], mode="online")

    score = year.score()
    assert before is not None
    assert score.total is not None
    assert (score.reason, score.total > before) == ("ruling", True)


def test_a_head_who_does_not_sign_ends_the_appeal(house: House) -> None:
    year = Campaign(house).computed()
    before = year.score().id
    year.appealed(outcome="no")

    assert (year.score().id, year.end_of("sci")[0]) == (before, "score_settled")


def test_an_appeal_must_name_items_of_the_score(house: House) -> None:
    year = Campaign(house).computed()
    foreign = {"no": 999, "what": "fact", "text": "该事项并非本单位承办，应由牵头单位负责办理。"}
    for appeals, wanted in (([], "请至少选择一项申诉事项"), ([foreign], "该事项不在本单位得分内")):
        with pytest.raises(InvalidForm) as refused:
            year.send(year.task_of("sci"), outcome="appealed", appeals=appeals)
        assert wanted in str(refused.value.extra["errors"])


def test_other_weights_need_the_leading_group_and_hold_for_this_year_alone(house: House) -> None:
    year = Campaign(house).reported_late().start()
    weights = {"weight_timeliness": 50, "weight_completion": 30, "weight_quality": 20}
    with pytest.raises(InvalidForm):
        year.rules(**weights)
    year.rules(**weights, change_reason="本年度突出时效")
    assert "时效权重由40改为50" in year.form(year.tasks("approve_rules")[0])["summary"]
    year.do("approve_rules", "leader", outcome="no", mode="online", opinion_text="请重新研究")
    assert "请重新研究" in year.form(year.tasks("confirm_rules")[0])["published"]
    year.rules(**weights, change_reason="本年度突出时效").do("approve_rules", "leader", outcome="yes", mode="online")

    year.begin()

    assert year.year().rules_id == "yz-assessment-2022.1"
    assert {row.rules_id for row in year.rows(AssessmentScore)} == {"yz-assessment-2022.1"}
    with house.database.reading() as session:
        assert list(differences(session)) == []


def test_rules_are_edited_in_a_new_version_and_old_years_keep_theirs(house: House) -> None:
    typed = answers_of(ASSESSMENT, shipped(ASSESSMENT).content)
    typed |= {"weights.timeliness": ["50"], "remark": ["突出时效"], "in_force_from": ["2023-01-01"]}
    office, other = actor(house, "office"), actor(house, "office.drc")
    with clock.held(morning("2022-11-01")), house.database.transaction() as session:
        with pytest.raises(InvalidForm) as refused:
            rule_tables.propose(session, office, ASSESSMENT, 1, typed)
        assert "权重合计须为100。" in str(refused.value.errors)
        typed |= {"weights.completion": ["30"]}
        number = rule_tables.propose(session, office, ASSESSMENT, 1, typed).version
        rule_tables.approve(session, other, ASSESSMENT, number)

    with house.database.reading() as session:
        old, new = in_force(session, 2022), in_force(session, 2023)
    assert (old.id, weights_of(old)) == ("yz-assessment.1", [40, 40, 20])
    assert (new.id, weights_of(new)) == ("yz-assessment.2", [50, 30, 20])
    assert new.rules.is_published_before(2023)


def test_scores_wait_for_the_figures_until_the_fifth_of_february(house: House) -> None:
    year = Campaign(house).reported_late().start().rules()
    assert year.ready() == 0
    year.later(26)

    assert year.score().total is not None
    led = [row for row in year.score().inputs["completions"] if row["kind"] == "indicator" and row["value"] is not None]
    assert led
    assert all(row["is_stale"] for row in led)  # of the third quarter


def test_scores_begin_by_themselves_once_the_last_period_is_closed(house: House) -> None:
    year = Campaign(house).reported_late().start().rules()
    with house.database.transaction() as session:
        row = session.scalars(select(ProcessInstance).where(ProcessInstance.duty == "progress_monitoring")).first()
        assert row is not None
        row.business_key = "progress_monitoring:2022-12:sci"

    assert (year.ready(), year.ready()) == (1, 0)
    assert year.score().total is not None


def test_a_returned_ranking_is_corrected_with_a_paper_and_the_unit_is_told(house: House) -> None:
    year = Campaign(house).computed().confirmed("sci", "fin").reviewed()
    year.do("sign_ranking", "signer", outcome="yes")
    back = [{"unit": "市财政局", "reason": "表扬未计入"}]
    year.do("approve_ranking", "leader", outcome="no", mode="online", opinion_text="请核对", returned_units=back)
    assert year.form(year.tasks("review_ranking")[0])["returned_units"] == [
        {"unit": "市财政局", "reason": "表扬未计入"}
    ]
    before = year.score("fin").total
    with pytest.raises(InvalidForm) as refused:
        year.reviewed(adjustment(file=[]))
    assert "加减分须附依据" in str(refused.value.extra["errors"])

    year.reviewed(adjustment()).approved().issued()

    assert before is not None
    assert year.score("fin").total == before + 1
    assert any("加减分" in row.title for row in year.rows(Notification))
    assert year.year().published_at is not None


def test_whom_the_room_for_excellent_does_not_hold_is_told_to_who_decides(house: House) -> None:
    year = Campaign(house).computed().confirmed("sci", "fin")
    assert "tied" not in year.form(year.tasks("review_ranking")[0])
    with house.database.transaction() as session:
        session.execute(update(AssessmentScore).values(total=Decimal("95.0")).where(AssessmentScore.total.is_not(None)))
    year.reviewed().do("sign_ranking", "signer", outcome="yes")

    tied = year.form(year.tasks("approve_ranking")[0])["tied"]

    assert "部门优秀名额1个，前面已用0个，还余1个" in tied
    assert "同为95.0分，共2个单位并列，超过余额，按规则均定为良好" in tied
    assert "请退回" in tied


def test_falsified_figures_cap_the_grade(house: House) -> None:
    year = Campaign(house).computed().confirmed("sci", "fin")
    year.reviewed(adjustment(ground="falsified", points=None, text="瞒报数据"))

    score = year.score("fin")
    assert score.is_falsified
    assert score.grade in ("pass", "fail")


def test_an_appeal_decided_after_the_ranking_revises_it_by_an_event(house: House) -> None:
    year = Campaign(house).computed().confirmed("fin").appealed()
    year.later(40)
    assert year.year().is_provisional
    year.reviewed().approved().issued()

    year.examined("upheld")

    assert not year.year().is_provisional
    assert year.row("revision", "01", KEY)["unit"] == "sci"
    assert any("名次修订" in row.title for row in year.rows(Notification))


def test_a_merged_unit_is_scored_for_its_time_and_stands_beside_its_successor(house: House) -> None:
    year = Campaign(house, kept=("sci", "fin", "com")).reported_late()
    with clock.held(year.at):
        with house.database.transaction() as session:
            units.merge_unit(session, actor(house, "system_admin"), "sci", "com")
        outbox.drain(house)

    year.start().rules().begin().confirmed("fin", "com").reviewed().approved()

    score = year.score("sci")
    assert (score.successor_id, score.place) == ("com", None)
    assert score.total is not None
    with house.database.reading() as session:
        shown = read.score_page(session, actor(house, "contact.com"), 2022, "com")
        assert [unit.id for _, unit in shown.merged] == ["sci"]


def test_scores_are_seen_by_their_unit_until_they_are_approved(house: House) -> None:
    year = Campaign(house).computed()
    with house.database.reading() as session:
        with pytest.raises(NotFound):
            read.score_page(session, actor(house, "contact.fin"), 2022, "sci")
        own = read.score_page(session, actor(house, "contact.sci"), 2022, "sci")
        assert own.is_provisional
        seen = read.year_page(session, actor(house, "contact.fin"), 2022)
        assert [line.unit.id for lines in seen.rankings.values() for line in lines] == ["fin"]
        assert read.score_page(session, actor(house, "leader"), 2022, "sci").lines

    year.confirmed("sci", "fin").reviewed().approved()

    with house.database.reading() as session:
        assert read.score_page(session, actor(house, "contact.fin"), 2022, "sci").score.place is not None


def test_reckoned_again_it_is_the_same_and_a_changed_digit_is_found(house: House) -> None:
    Campaign(house).computed().appealed().examined("partly", credit=0.5)
    with house.database.reading() as session:
        assert list(differences(session)) == []

    with house.database.transaction() as session:
        row = session.scalars(select(AssessmentScore).where(AssessmentScore.unit_id == "fin")).one()
        row.total = (row.total or Decimal(0)) + Decimal("0.1")

    with house.database.reading() as session:
        assert [found.unit_id for found in differences(session)] == ["fin"]
    found = [finding for finding in check(house) if finding.rule is Rule.SCORE]
    assert ["2022 fin r1" in finding.text for finding in found] == [True]


def test_the_calendar_opens_it_once_after_the_tenth_of_january(house: House) -> None:
    def keys(day: str) -> list[str]:
        with clock.held(morning(day)):
            openings.open_campaigns(house)
        with house.database.reading() as session:
            wanted = select(ProcessInstance.business_key).where(ProcessInstance.definition_key == "assessment")
            return sorted(session.scalars(wanted))

    assert keys("2023-01-10") == []
    assert keys("2023-01-11") == [KEY]
    assert keys("2023-01-12") == [KEY]


def test_it_runs_on_both_databases(database_url: str, tmp_path: Path) -> None:
    with closing(house_on(database_url, tmp_path)) as house:
        load_office(house)
        year = Campaign(house).computed().appealed(insists=True).examined("partly", credit=0.9).confirmed("fin")
        task = year.task_of("sci", "decide_appeal")
        said = {"verdict": "upheld", "ground": "考虑客观原因，予以认定", "corrected": "按期办结"}
        year.send(task, rulings=[{**row, **said} for row in year.form(task)["rulings"]], mode="online")
        year.reviewed(adjustment()).approved().issued()

        assert year.rows(Assessment)[0].number.endswith("1号")
        with house.database.reading() as session:
            assert list(differences(session)) == []

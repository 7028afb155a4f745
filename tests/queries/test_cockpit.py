"""The cockpit: the target in force against the last figure at its pace; localities; statements in a fixed number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.models.annual_target import TargetBreakdown
from app.models.plan import Discrepancy
from app.queries import cockpit, indicator_page
from app.queries.standings import Standing, behind, counts, newest_plan, standings, worst_first
from app.services.house import House
from app.terms import Light, Nature
from app.workdays import STATUTORY
from tests.boards import NOW, TODAY, add_instance, add_task
from tests.figures import indicator_of, set_figure, set_target
from tests.statements import counted

GIANTS, SHARE = 2, 25  # 小巨人 (新增, 家), 采购占比 (期末, 超过60%)


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    with clock.held(NOW):
        yield


@pytest.fixture
def session(house: House) -> Iterator[Session]:
    with house.database.transaction() as session:
        yield session


def shown(session: Session, year: int | None = 2023, today: date = TODAY) -> list[Standing]:
    plan = newest_plan(session)
    assert plan is not None
    return standings(session, plan, year, today)


def one(session: Session, number: int, year: int | None = 2023, today: date = TODAY) -> Standing:
    return next(row for row in shown(session, year, today) if row.indicator.number == number)


def test_all_indicators_stand_there_grey_before_anything_is_known(session: Session) -> None:
    found = shown(session)

    assert [row.indicator.number for row in found] == list(range(1, 29))
    assert counts(found) == {Light.BLUE: 0, Light.GREEN: 0, Light.YELLOW: 0, Light.RED: 0, Light.GREY: 28}
    assert "尚未发布" in found[0].explanation.sentence


@pytest.mark.parametrize(
    ("value", "light"), [("33", Light.BLUE), ("31", Light.GREEN), ("26", Light.YELLOW), ("20", Light.RED)]
)
def test_a_figure_is_held_against_the_pace_of_its_own_day(session: Session, value: str, light: Light) -> None:
    set_target(session, GIANTS, "33")
    set_figure(session, GIANTS, value)

    found = one(session, GIANTS)

    assert found.light is light
    assert round(found.pace, 3) == Decimal("0.917")
    assert found.due_now is not None
    assert round(found.due_now, 2) == Decimal("30.25")


def test_the_highest_revision_and_the_last_accepted_figure_count(session: Session) -> None:
    set_target(session, GIANTS, "33")
    set_target(session, GIANTS, "30", revision=2)
    set_figure(session, GIANTS, "25", date(2023, 10, 31))
    set_figure(session, GIANTS, "29")
    set_figure(session, GIANTS, "28")  # corrects the figure of the same day
    set_figure(session, GIANTS, "99", date(2023, 12, 31))  # lies ahead
    set_figure(session, GIANTS, "31", date(2023, 12, 31), nature=Nature.EXPECTED)

    found = one(session, GIANTS)

    assert (found.target, found.revision, found.done) == (Decimal(30), 2, Decimal(28))
    assert found.ahead is not None
    assert found.ahead.value == 31


def test_planned_quarters_bend_the_pace_and_an_even_split_does_not(session: Session) -> None:
    set_target(session, GIANTS, "20", quarters=["2", "4", "6", "8"])
    set_target(session, 1, "3", quarters=["1", "1", "1", "0"])
    set_figure(session, GIANTS, "5", date(2023, 6, 30))
    set_figure(session, 1, "1", date(2023, 6, 30))

    assert (one(session, GIANTS).pace, one(session, GIANTS).light) == (Decimal("0.3"), Light.GREEN)
    assert one(session, 1).pace == Decimal("0.5")


def test_an_ended_year_is_met_or_missed(session: Session) -> None:
    set_target(session, GIANTS, "33")
    set_figure(session, GIANTS, "32")

    assert one(session, GIANTS, today=date(2024, 1, 15)).light is Light.RED


def test_a_share_runs_from_last_years_value_and_keeps_its_comparator(session: Session) -> None:
    set_target(session, SHARE, "60", comparator="gt")
    set_figure(session, SHARE, "50", date(2022, 12, 31))
    set_figure(session, SHARE, "60")

    found = one(session, SHARE)

    assert found.light is not Light.BLUE
    assert found.base == 50
    assert not found.is_count


def test_the_plan_so_far_adds_the_years_of_a_count(session: Session) -> None:
    set_figure(session, GIANTS, "41", date(2022, 12, 31))
    set_figure(session, GIANTS, "36")
    set_figure(session, SHARE, "61.5", date(2022, 12, 31))

    assert one(session, GIANTS, None).done == 77
    assert one(session, GIANTS, None).target == 100
    assert one(session, SHARE, None).done == Decimal("61.5")
    assert "计划目标" in one(session, GIANTS, None).explanation.sentence


def test_what_is_behind_is_sorted_by_how_far(session: Session) -> None:
    for number, value in ((GIANTS, "26"), (3, "20"), (5, "10"), (7, "50")):
        set_target(session, number, "33")
        set_figure(session, number, value)

    assert [row.indicator.number for row in behind(shown(session))] == [5, 3, GIANTS]
    assert worst_first(shown(session))[-1].indicator.number == 7


def test_a_settled_lead_is_the_one_that_is_named(session: Session) -> None:
    row = session.scalars(select(Discrepancy).where(Discrepancy.kind == "lead")).first()
    assert row is not None
    row.lead_id, row.settled_at, row.binding = "fin", NOW, "text"
    session.flush()

    assert one(session, row.indicators[0]).indicator.lead_id == "fin"


def test_localities_are_sorted_by_how_they_keep_their_limits(session: Session) -> None:
    in_time, late = datetime(2023, 5, 4, 15, 59, tzinfo=UTC), datetime(2023, 5, 4, 16, 1, tzinfo=UTC)
    for unit, at in (("gaoyou", in_time), ("yizheng", late), ("yizheng", in_time), ("sci", late)):
        add_task(session, unit, date(2023, 5, 4), status="completed", completed_at=at)
    add_task(session, "yizheng", date(2023, 12, 1))

    first, second, *_rest = cockpit.localities(session, 2023, TODAY)

    assert (first.unit_id, first.timely_percent, first.overdue) == ("gaoyou", 100, 0)
    assert (second.unit_id, second.timely_percent, second.overdue) == ("yizheng", 50, 1)
    assert len(cockpit.localities(session, 2022, TODAY)) == 9


def test_the_group_is_shown_what_lies_with_it(session: Session) -> None:
    add_task(session, "group", date(2023, 12, 22), principal="leader", name="审定年度目标")
    add_task(session, "office", date(2023, 12, 22), principal="office")

    [decision] = cockpit.decisions(session, TODAY, STATUTORY)

    assert (decision.step, decision.days, decision.light) == ("审定年度目标", 6, Light.GREEN)


def test_an_indicators_page_shows_every_target_and_the_newest_division(session: Session) -> None:
    set_target(session, GIANTS, "33")
    set_target(session, GIANTS, "30", revision=2)
    id_ = indicator_of(session, GIANTS).id
    instance_id = add_instance(session, None, definition_key="annual_target")
    for revision, value in ((1, 9), (2, 8)):
        session.add(
            TargetBreakdown(
                indicator_id=id_, year=2023, revision=revision, unit_id="gaoyou", value=value, instance_id=instance_id
            )
        )
    session.flush()

    assert [row.revision for row in indicator_page.targets(session, id_)] == [2, 1]
    assert [(share.unit, share.value) for share in indicator_page.shares(session, id_)[2023]] == [("高邮市", 8)]


def test_both_databases_understand_every_statement(any_house: House) -> None:
    with any_house.database.transaction() as session:
        set_target(session, GIANTS, "33")
        set_figure(session, GIANTS, "29")
        assert one(session, GIANTS).done == 29
        assert one(session, GIANTS, None).done == 29
        assert len(cockpit.localities(session, 2023, TODAY)) == 9


def test_the_number_of_statements_does_not_grow_with_the_figures(house: House) -> None:
    def statements() -> int:
        with counted(house) as found, house.database.reading() as session:
            shown(session)
            cockpit.decisions(session, TODAY, STATUTORY)
            cockpit.localities(session, 2023, TODAY)
        return len([statement for statement in found if statement.startswith(("SELECT", "WITH"))])

    statements()  # what a first connection asks
    few = statements()
    with house.database.transaction() as session:
        for number in range(1, 29):
            set_target(session, number, "30")
            for month in range(1, 12):
                set_figure(session, number, str(month), date(2023, month, 28))

    assert statements() == few <= 9

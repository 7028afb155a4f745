"""The board: which light a cell shows, what its number counts, how units are sorted; statements in a fixed number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.models.organization import Unit
from app.models.process import ProcessInstance
from app.models.supervision_order import SupervisionOrder
from app.models.user_task import NO_DUE_DATE
from app.queries import board_list, campaigns, orders
from app.queries.board import Board, Cell, board, month_done, office_since, years
from app.queries.board_filters import Filters, Span
from app.queries.board_weeks import weeks, weeks_around
from app.services.house import House
from app.terms import Light, Progress
from app.workdays import STATUTORY
from tests.boards import NOW, TODAY, add_instance, add_task
from tests.factories import house_on, load_office
from tests.statements import counted

LATE, NEAR, FAR = date(2023, 12, 12), date(2023, 12, 20), date(2024, 3, 1)


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    with clock.held(NOW):
        yield


@pytest.fixture
def any_house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """On each kind of database: these statements say much that only one of them might understand."""
    house = house_on(database_url, tmp_path)
    load_office(house)
    yield house
    house.close()


@pytest.fixture
def session(house: House) -> Iterator[Session]:
    with house.database.transaction() as session:
        yield session


def shown(session: Session, year: int | None = None) -> Board:
    return board(session, TODAY, STATUTORY, Filters(year=year))


def cell(found: Board, unit: str, duty: str = "december_report") -> Cell:
    place = [key for key, _name in found.duties].index(duty)
    return next(row for row in found.rows if row.unit_id == unit).cells[place]


def test_both_databases_understand_every_statement(any_house: House) -> None:
    with any_house.database.transaction() as session:
        task = add_task(session, "sci", LATE)
        add_task(session, "sci", NEAR, status="completed", completed_at=datetime(2023, 12, 20, 17, tzinfo=UTC))
        add_task(session, "sci", NEAR, status="completed", completed_at=datetime(2023, 12, 20, 15, tzinfo=UTC))

        assert cell(shown(session, 2023), "sci").overdue == 1
        assert (month_done(session, TODAY).done, month_done(session, TODAY).on_time) == (2, 1)
        for light in (None, Light.RED, Light.GREY, Light.BLUE):
            board_list.lines(session, Filters("sci", "december_report", light, 2023), TODAY, STATUTORY)
        assert board_list.overdue(session, TODAY) == [task]
        assert board_list.overdue_by_unit(session, TODAY) == {"市科技局": 1}
        for span in Span:
            board_list.lines(session, Filters(span=span), TODAY, STATUTORY)
            board(session, TODAY, STATUTORY, Filters("sci", "december_report", None, 2023, span))
        assert weeks(session, TODAY, STATUTORY, Filters("sci", "december_report", Light.RED, 2023)).total.overdue == 1
        assert orders.running(session, TODAY, STATUTORY, 3) == []
        assert campaigns.recent(session, TODAY, STATUTORY) == []
        assert office_since(session) is None
        assert years(session) == [2023]
        parent = add_instance(session, None, definition_key="december_report")
        child = add_instance(session, "sci", parent_id=parent)
        add_task(session, "sci", LATE, instance_id=child)
        [found] = campaigns.recent(session, TODAY, STATUTORY)
        assert found.tally == campaigns.campaign(session, parent, TODAY, STATUTORY).tally
        assert [late.unit for late in found.late] == ["市科技局"]


def test_a_cell_shows_its_worst_light_and_counts_what_is_open(session: Session) -> None:
    for due_on in (LATE, NEAR, FAR, None):
        add_task(session, "sci", due_on)

    found = cell(shown(session), "sci")

    assert (found.overdue, found.yellow, found.green) == (1, 1, 2)
    assert (found.light, found.number, found.heat) == (Light.RED, 4, 3)


def test_an_optional_task_is_never_red(session: Session) -> None:
    add_task(session, "sci", LATE, is_optional=True)

    assert cell(shown(session), "sci").light is Light.YELLOW


def test_what_lies_with_the_office_is_grey_for_the_unit_and_open_for_the_office(session: Session) -> None:
    instance_id = add_instance(session, "sci")
    add_task(session, "office", LATE, instance_id=instance_id)

    found = shown(session)

    assert (cell(found, "sci").light, cell(found, "sci").number) == (Light.GREY, 1)
    assert cell(found, "office").overdue == 1
    assert found.with_office.open == 1


def test_what_ended_this_year_is_blue_and_what_ended_before_is_not_shown(session: Session) -> None:
    add_instance(session, "sci", status="completed", ended_at=NOW)
    add_instance(session, "fin", status="completed", started_at=datetime(2022, 12, 1, tzinfo=UTC), year=2022)
    add_instance(session, "com", status="cancelled")

    found = shown(session)

    assert cell(found, "sci").light is Light.BLUE
    assert cell(found, "fin").light is None
    assert cell(found, "com").light is None
    assert cell(shown(session, 2022), "fin").light is Light.BLUE


def test_completed_and_cancelled_tasks_are_not_open(session: Session) -> None:
    add_task(session, "sci", LATE, status="completed", completed_at=NOW)
    add_task(session, "sci", LATE, status="cancelled")

    assert shown(session).total.open == 0


def test_units_are_sorted_by_what_is_late_within_their_part(session: Session) -> None:
    add_task(session, "fin", LATE)
    add_task(session, "sci", LATE)
    add_task(session, "sci", LATE)
    add_task(session, "gaoyou", LATE)

    departments, localities, bodies = shown(session).parts

    assert [row.unit_id for row in departments.rows[:2]] == ["sci", "fin"]
    assert [row.unit_id for row in departments.rows[2:4]] == ["miit", "drc"]  # then in the plan's order
    assert localities.rows[0].unit_id == "gaoyou"
    assert (len(departments.rows), len(localities.rows), bodies.rows) == (19, 9, [])


def test_figures_say_how_much_is_due_soon_and_this_week(session: Session) -> None:
    for due_on in (LATE, TODAY, date(2023, 12, 15), date(2023, 12, 21), date(2023, 12, 22)):
        add_task(session, "sci", due_on)

    total = shown(session).total

    assert (total.soon, total.this_week) == (3, 2)


def test_an_ended_unit_stands_on_the_board_only_while_something_is_open(session: Session) -> None:
    session.get_one(Unit, "gov_service").ended_on = TODAY
    without = {row.unit_id for row in shown(session).rows}
    add_task(session, "gov_service", FAR)

    assert "gov_service" not in without
    assert "gov_service" in {row.unit_id for row in shown(session).rows}


def test_an_uploaded_process_gets_a_column_of_its_own(session: Session) -> None:
    add_task(session, "sci", LATE, duty="linear")
    add_task(session, "sci", LATE, duty="december_report")

    assert [key for key, _name in shown(session).duties] == ["december_report", "linear"]


def test_the_list_begins_with_the_longest_overdue_and_goes_on_page_by_page(session: Session) -> None:
    days = [date(2023, 12, day) for day in (11, 8, 12, 8)]
    tasks = [add_task(session, "sci", day) for day in days]

    first = board_list.lines(session, Filters(light=Light.RED), TODAY, STATUTORY, limit=3)
    second = board_list.lines(session, Filters(light=Light.RED), TODAY, STATUTORY, first.next_cursor, limit=3)

    assert [line.task_id for line in (*first.items, *second.items)] == [tasks[1], tasks[3], tasks[0], tasks[2]]
    assert (first.left, second.left, first.items[0].days) == (1, 0, -4)


@pytest.mark.parametrize(
    ("light", "expected"), [(Light.RED, 1), (Light.YELLOW, 1), (Light.GREEN, 1), (Light.GREY, 1), (Light.BLUE, 1)]
)
def test_the_list_behind_a_cell_holds_as_many_as_the_cell_says(session: Session, light: Light, expected: int) -> None:
    for due_on in (LATE, NEAR, FAR):
        add_task(session, "sci", due_on)
    add_task(session, "office", FAR, instance_id=add_instance(session, "sci"))
    add_instance(session, "sci", status="completed", ended_at=NOW)

    filters = Filters("sci", "december_report", light)

    assert len(board_list.lines(session, filters, TODAY, STATUTORY).items) == expected
    assert board_list.count(session, filters, TODAY, STATUTORY) == expected


def test_the_list_behind_a_figure_holds_as_many_as_the_figure_says(session: Session) -> None:
    for due_on in (LATE, TODAY, date(2023, 12, 15), date(2023, 12, 22)):
        add_task(session, "sci", due_on)
    for day in (1, 14):
        add_task(session, "sci", NEAR, status="completed", completed_at=datetime(2023, 12, day, tzinfo=UTC))

    soon = board_list.lines(session, Filters(span=Span.SOON), TODAY, STATUTORY).items
    month = board_list.lines(session, Filters(span=Span.THIS_MONTH), TODAY, STATUTORY).items

    assert len(soon) == shown(session).total.soon == 2
    assert [line.ended_on for line in month] == [date(2023, 12, 14), date(2023, 12, 1)]
    assert month_done(session, TODAY).done == 2


def test_a_campaign_knows_who_has_not_read_and_who_is_late(session: Session) -> None:
    parent = add_instance(session, None, definition_key="december_report", title="2023年度反馈")
    states = {
        "sci": {}, "fin": {"read_at": NOW}, "com": {"element_id": "sign_report", "principal": "head:com"},
        "hrss": {"due_on": LATE},
    }  # fmt: skip
    for unit, columns in states.items():
        child = add_instance(session, unit, parent_id=parent, stage="sent")
        add_task(session, unit, columns.pop("due_on", FAR), instance_id=child, **columns)
    reviewed = add_instance(session, "amr", parent_id=parent, stage="signed")
    add_task(session, "office", FAR, instance_id=reviewed, element_id="review_report", principal="office")
    add_instance(session, "tax", parent_id=parent, stage="accepted", status="completed")
    add_instance(session, "lfb", parent_id=parent, stage="exempted", status="completed")
    add_instance(session, "edu", parent_id=parent, status="cancelled")

    [found] = campaigns.recent(session, TODAY, STATUTORY)
    one = campaigns.campaign(session, parent, TODAY, STATUTORY)

    assert found.tally == one.tally
    assert found.asked == 7
    assert dict(found.counts) == {
        Progress.UNREAD: 2, Progress.READ: 1, Progress.DRAFTED: 1, Progress.SIGNED: 1, Progress.ACCEPTED: 1,
        Progress.EXCUSED: 1,
    }  # fmt: skip
    assert [child.unit for child in found.unread] == ["市科技局", "市人社局"]
    assert [child.unit for child in found.late] == ["市人社局"]
    lights = {child.unit: child.light for child in one.children}
    assert (lights["市市场监管局"], lights["市税务局"], lights["市教育局"]) == (Light.GREY, Light.BLUE, None)


def screen(house: House) -> int:
    """How many statements everything on the board takes."""
    with counted(house) as statements, house.database.reading() as session:
        board(session, TODAY, STATUTORY)
        month_done(session, TODAY)
        office_since(session)
        board_list.lines(session, Filters(light=Light.RED), TODAY, STATUTORY, limit=6)
        campaigns.recent(session, TODAY, STATUTORY)
    return len([statement for statement in statements if statement.startswith(("SELECT", "WITH"))])


def test_the_number_of_statements_does_not_grow_with_what_is_shown(house: House) -> None:
    with house.database.transaction() as session:
        parent = add_instance(session, None, definition_key="december_report")
        for number in range(8):
            unit = ("sci", "fin")[number % 2]
            add_task(session, unit, LATE, instance_id=add_instance(session, unit, parent_id=parent))
    screen(house)  # what a first connection asks
    few = screen(house)
    with house.database.transaction() as session:
        for unit in [unit for unit in session.query(Unit) if unit.kind != "body"]:
            for due_on in (LATE, NEAR, FAR):
                child = add_instance(session, unit.id, parent_id=parent)
                add_task(session, unit.id, due_on, instance_id=child)
        assert session.query(ProcessInstance).count() > 80

    assert screen(house) == few <= 13


def test_one_filter_narrows_the_matrix_to_what_the_list_behind_it_holds(session: Session) -> None:
    for unit in ("sci", "fin"):
        for due_on in (LATE, NEAR, FAR, None):
            add_task(session, unit, due_on)
    add_task(session, "office", FAR, instance_id=add_instance(session, "sci"))
    add_instance(session, "com", status="completed", ended_at=NOW)
    add_task(session, "com", NEAR, status="completed", completed_at=NOW)
    asked = [
        Filters(unit="sci"), Filters(light=Light.RED), Filters(light=Light.GREY, unit="sci"), Filters(span=Span.SOON),
        Filters(light=Light.BLUE), Filters(span=Span.THIS_MONTH), Filters(due_from=TODAY, due_to=FAR),
        Filters(due_from=NO_DUE_DATE), Filters(duty="none"), Filters(unit="sci", due_to=LATE, year=2023),
    ]  # fmt: skip

    for filters in asked:
        found = board(session, TODAY, STATUTORY, filters)
        behind = sum(row.total.open or row.total.number for row in found.rows)
        assert behind == len(board_list.lines(session, filters, TODAY, STATUTORY).items), filters
        assert all(row.total.number for row in found.rows)


def test_weeks_hold_all_that_is_open_each_in_its_own(session: Session) -> None:
    for due_on in (date(2023, 8, 1), LATE, LATE, NEAR, FAR, None):
        add_task(session, "sci", due_on)
    around = weeks_around(TODAY)
    found = weeks(session, TODAY, STATUTORY, Filters())
    sci = next(row for row in found.rows if row.unit_id == "sci")

    assert [week.begin for week in around if week.is_now] == [date(2023, 12, 11)]
    assert len(found.duties) == len(around) == 13
    in_weeks = {week.key: cell.open for week, cell in zip(around, sci.cells, strict=True) if cell.open}
    assert in_weeks == {"earlier": 1, "2023-12-11": 2, "2023-12-18": 1, "later": 1, "none": 1}
    assert (sci.total.overdue, sci.total.pile) == (3, 3)
    assert weeks(session, TODAY, STATUTORY, Filters(light=Light.RED)).total.open == 3


def test_every_day_lies_in_one_week() -> None:
    around = weeks_around(TODAY)[:-1]

    for days in range(-120, 120):
        assert sum(week.holds(TODAY + timedelta(days=days)) for week in around) == 1


def test_red_orders_stand_before_orange_and_blue_ones(session: Session) -> None:
    for place, (level, limit_on) in enumerate([("blue", LATE), ("red", FAR), ("orange", NEAR), ("red", NEAR)]):
        told = {"number": f"2023-{place}", "year": 2023, "source_key": str(place), "source": "office", "title": level}
        told |= {"subject_key": str(place), "subject": "事项", "content": "请办理", "unit_id": "sci"}
        session.add(SupervisionOrder(**told, level=level, state="working", opened_on=TODAY, limit_on=limit_on))
    session.flush()

    found = orders.running(session, TODAY, STATUTORY, 3)

    assert [line.order.number for line in found] == ["2023-3", "2023-1", "2023-2"]
    assert {line.unit for line in found} == {"市科技局"}

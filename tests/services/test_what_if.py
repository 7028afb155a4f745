"""推演: two copies of one moment, one changed, both run on; what differs is explained, the real database untouched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app import clock
from app.db import Base
from app.errors import Conflict, InvalidForm, NotFound
from app.models.plan import Indicator
from app.services.house import House
from app.services.what_if import comparison, running, scenario
from app.services.what_if.outlook import Seen
from app.services.what_if.scenario import Deadline, Lead, Scenario
from app.services.what_if.store import Store
from app.terms import Light
from app.workdays import STATUTORY
from tests.services.annual_targets import Campaign
from tests.services.orders import Desk

TODAY, DUE = date(2022, 7, 15), date(2022, 7, 21)
LATER = Deadline("supervision_order", "report_back", DUE, date(2022, 8, 5))
UNTIL, SOON = date(2022, 7, 25), date(2022, 7, 18)
LIGHTS = (Light.RED, Light.YELLOW, Light.GREEN, Light.GREY)


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    """An order of the fifteenth, on which the unit reports by the twenty-first."""
    found = Desk(house).matter().issued().signed_for()
    with clock.held(found.at):
        yield found


def rows_of(house: House) -> dict[str, int]:
    with house.database.reading() as session:
        return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in Base.metadata.sorted_tables}


def ahead(house: House, tmp_path: Path, wanted: Scenario, today: date = TODAY) -> dict[str, Any]:
    told: list[float] = []
    found = running.look_ahead(house, wanted, today, tmp_path, lambda _step, share: told.append(round(share, 3)))
    assert told == sorted(told)
    assert told[-1] <= 1
    return dict(found)


def test_with_a_later_deadline_an_order_does_not_rise_and_nothing_real_moves(desk: Desk, tmp_path: Path) -> None:
    before, report = rows_of(desk.house), desk.task("report_back")

    found = ahead(desk.house, tmp_path, Scenario(LATER, UNTIL))

    lines = {group["step"]: group for group in found["groups"]}
    assert (lines[report.name]["before"], lines[report.name]["after"]) == (None, "green")
    assert "到2022年7月25日，9 个工作日后" in lines[report.name]["why"]
    assert lines["决定下一步督办"]["after"] is None
    assert found["moved"] == 1
    assert rows_of(desk.house) == before
    assert desk.task("report_back").due_on == DUE


def test_a_light_that_turned_is_explained_by_its_days() -> None:
    red = Seen("sci", "市科技局", "december_report", "年度反馈", "填报", DUE, Light.RED)
    green = replace(red, due_on=date(2022, 8, 5), light=Light.GREEN)
    key = ("december_report_unit", "2022:sci", "draft_report", "")

    (group,) = comparison.compare({key: red}, {key: green}, UNTIL, STATUTORY)["groups"]

    assert (group["before"], group["after"], group["titles"]) == ("red", "green", ["年度反馈"])
    assert group["why"] == "办理时限由2022年7月21日改为2022年8月5日；到2022年7月25日，9 个工作日后。"


def test_another_lead_gets_what_is_open_of_the_indicator(house: House, tmp_path: Path) -> None:
    campaign = Campaign(house).settled().open(indicators=[24])
    (task,) = campaign.tasks("propose_target")

    with clock.held(campaign.at):
        today = clock.today()
        found = ahead(house, tmp_path, Scenario(Lead("indicator", 24, "fin"), date(2023, 1, 12)), today)

    (group,) = [group for group in found["groups"] if group["step"] == task.name]
    assert group["units"] == [("市财政局", 1)]
    assert "责任单位由" in group["why"]
    with house.database.reading() as session:
        assert session.scalars(select(Indicator.lead_id).where(Indicator.number == 24)).one() == task.unit_id


def test_a_run_tells_how_far_it_is_and_leaves_only_its_result(desk: Desk) -> None:
    store = Store(desk.house.settings.instance)
    id_ = store.add(Scenario(LATER, SOON), "时限改为8月5日", "office")
    assert [run.state for run in store.runs()] == ["waiting"]
    with pytest.raises(Conflict):
        running.start(desk.house, Scenario(LATER, UNTIL), "再一次", "office")

    running.carry_out(desk.house, id_, TODAY)

    run, result = store.get(id_), store.result(id_)
    assert (run.state, run.share) == ("done", 1.0)
    assert result is not None
    assert result["moved"] == 1
    assert {path.name for path in store.path(id_).iterdir()} <= {"status.json", "result.json", "files"}


def test_a_cancelled_run_stops_and_has_no_result(desk: Desk) -> None:
    store = Store(desk.house.settings.instance)
    id_ = store.add(Scenario(LATER, SOON), "时限改为8月5日", "office")
    store.cancel(id_)

    running.carry_out(desk.house, id_, TODAY)

    assert store.get(id_).state == "cancelled"
    assert store.result(id_) is None
    assert not list(store.path(id_).glob("*.sqlite3*"))


@pytest.mark.parametrize("id_", ["", "..", "0123456789abcdeg", "0123456789abcdef"])
def test_an_id_that_is_none_is_not_found(tmp_path: Path, id_: str) -> None:
    with pytest.raises(NotFound):
        Store(tmp_path).get(id_)


ASKED = {
    "kind": "deadline",
    "step": "supervision_order.report_back:2022-07-21",
    "new_day": "2022-08-05",
    "until": "2022-07-25",
}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"step": ""}, "step"),
        ({"step": "supervision_order.report_back:soon"}, "step"),
        ({"new_day": "2022-07-14"}, "new_day"),
        ({"new_day": "soon"}, "new_day"),
        ({"until": "2022-07-15"}, "until"),
        ({"until": "2023-12-31"}, "until"),
        ({"kind": "lead"}, "subject"),
        ({"kind": "lead", "subject": "indicator:5"}, "lead"),
    ],
)
def test_what_cannot_be_tried_out_is_refused(changed: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        scenario.read(ASKED | changed, TODAY)

    assert field in {error["field"] for error in refused.value.extra["errors"]}


def test_a_scenario_survives_its_file() -> None:
    for asked in (ASKED, ASKED | {"kind": "lead", "subject": "measure:12", "lead": "sci"}):
        wanted = scenario.read(asked, TODAY)
        assert scenario.from_json(wanted.as_json()) == wanted


seen = st.builds(
    Seen,
    unit_id=st.sampled_from("ab"),
    unit=st.just("单位"),
    duty=st.just("d"),
    title=st.just("事项"),
    step=st.just("步骤"),
    due_on=st.none() | st.dates(date(2022, 1, 1), date(2022, 12, 31)),
    light=st.sampled_from(LIGHTS),
)
side = st.dictionaries(st.tuples(*[st.sampled_from("xy")] * 4), seen, max_size=8)


@given(side, side)
def test_units_and_totals_count_the_same_tasks(before: Any, after: Any) -> None:
    found = comparison.compare(before, after, UNTIL, STATUTORY)

    for name, whole in (("before", before), ("after", after)):
        assert sum(found["lights"][name].values()) == len(whole)
    shifts = {
        light: sum(row["after"][light] - row["before"][light] for row in found["units"])
        for light in found["lights"]["before"]
    }
    assert shifts == {light: found["lights"]["after"][light] - found["lights"]["before"][light] for light in shifts}
    assert found["count"] == sum(group["count"] for group in found["groups"])


@given(side)
def test_nothing_differs_from_itself(whole: Any) -> None:
    found = comparison.compare(whole, whole, UNTIL, STATUTORY)

    assert (found["groups"], found["units"], found["moved_only"]) == ([], [], 0)

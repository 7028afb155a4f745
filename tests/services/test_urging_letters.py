"""催办单: one number an urging, none for what is not late, and the same paper whenever it is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import docx
import pytest
from sqlalchemy import select

from app import clock
from app.errors import NotFound, NotPermitted, RuleViolation
from app.models.user_task import UserTask
from app.queries.actor import SYSTEM
from app.services import processes, supervision, urging_letters
from app.services.definitions import deploy
from app.services.house import House
from tests.factories import actor

ENGINE = Path(__file__).parents[1] / "engine"
MORNING = datetime(2023, 12, 14, 2, tzinfo=UTC)
NEXT_MORNING = datetime(2023, 12, 15, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    with clock.held(MORNING):
        yield


@pytest.fixture
def late_task(house: House) -> str:
    """An open task, due two working days ago."""
    deploy(house, SYSTEM, {"linear.bpmn": (ENGINE / "valid_linear.bpmn").read_bytes()})
    processes.start(house, actor(house, "office"), "linear", {"outcome": "", "round": 0}, key="start")
    with house.database.transaction() as session:
        task = session.scalars(select(UserTask)).one()
        task.due_on = date(2023, 12, 12)
        return task.id


def text_of(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(content)).paragraphs)


def test_a_letter_gets_a_number_and_counts_as_an_urging(house: House, late_task: str) -> None:
    answer = urging_letters.issue(house, actor(house, "office"), late_task, None, key="k")

    assert answer == {"id": late_task, "times": 1, "number": "扬促中小办催〔2023〕1号"}
    with house.database.reading() as session:
        assert session.get_one(UserTask, late_task).urged_count == 1
        name, content = urging_letters.draw(session, late_task, 1)
    assert name == "催办单 扬促中小办催〔2023〕1号 领导小组办公室.docx"
    assert "已超2个工作日，现予第1次催办" in text_of(content)
    assert "请于2023年12月19日前办结" in text_of(content)


def test_an_urging_has_one_letter_however_often_it_is_asked_for(house: House, late_task: str) -> None:
    office, colleague = actor(house, "office"), actor(house, "office.drc")
    supervision.urge(house, office, [late_task], "", key="a")

    first = urging_letters.issue(house, office, late_task, None, key="b")
    again = urging_letters.issue(house, colleague, late_task, None, key="c")
    with clock.held(NEXT_MORNING):
        next_day = urging_letters.issue(house, office, late_task, date(2023, 12, 20), key="d")

    assert first == again
    assert (first["times"], next_day["times"]) == (1, 2)
    assert next_day["number"] == "扬促中小办催〔2023〕2号"


def test_what_is_not_late_gets_no_letter_and_loses_no_number(house: House, late_task: str) -> None:
    office = actor(house, "office")
    with house.database.transaction() as session:
        session.get_one(UserTask, late_task).due_on = date(2023, 12, 14)

    with pytest.raises(RuleViolation):
        urging_letters.issue(house, office, late_task, None, key="a")
    with pytest.raises(NotPermitted):
        urging_letters.issue(house, actor(house, "leader"), late_task, None, key="b")
    with house.database.reading() as session, pytest.raises(NotFound):
        urging_letters.draw(session, late_task, 1)

"""A moment of a history has an address, and says without a script what lay there, which light, and what decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.models.user_task import UserTask
from app.queries import replay
from app.services import processes, tasks
from app.services.house import House
from tests import walks
from tests.applications import SignIn
from tests.factories import account, actor, enterprise


@pytest.fixture
def history(house: House) -> Iterator[str]:
    id_ = walks.walked(house, "linear")
    with clock.held(walks.BEGIN.replace(month=2)):
        yield id_


@pytest.fixture
def decided(house: House) -> str:
    """A process whose second event is a form that a gateway read."""
    id_ = walks.started(house, "gw_xor")
    with house.database.reading() as session:
        task = session.scalars(select(UserTask.id).where(UserTask.instance_id == id_)).first()
    assert task is not None
    with clock.held(walks.BEGIN + timedelta(hours=1)):
        tasks.complete(house, actor(house, "office"), task, {"outcome": "b"}, key="first")
    return id_


@pytest.fixture
def demand(house: House) -> str:
    """Its tasks have due days."""
    with house.database.transaction() as session:
        firm = enterprise(session, 1, "hanjiang")
        account(session, firm, "firm")
        session.flush()
        told = {"enterprise_id": firm.id, "category": "land", "title": "扩建厂房用地", "text": "厂房不够用，请协调。"}
    with clock.held(walks.BEGIN):
        return str(processes.start(house, actor(house, "firm"), "demand_response", told, key="demand")["id"])


def panel(page: str, name: str) -> str:
    start = page.index(f"{name}</h2>")
    return page[start : page.index("</section>", start)]


def test_an_event_has_an_address_that_opens_the_text_of_then(sign_in: SignIn, history: str) -> None:
    client = sign_in("auditor")

    first = client.get(f"/histories/{history}?event=1").text
    second = client.get(f"/histories/{history}?event=2").text

    assert "到此时还没有人填报" in panel(first, "当时的表单")
    assert "情况属实" in panel(second, "当时的表单")
    assert 'data-event="2" class="now" aria-current="true"' in second
    assert f'href="/histories/{history}?event=2" data-address' in second
    assert f'href="/histories/{history}?event=1#moment"' in second
    assert f'href="/histories/{history}?event=2"' in first  # the table leads to each of them


def test_an_instant_opens_the_last_event_before_it(sign_in: SignIn, house: House, history: str) -> None:
    with house.database.reading() as session:
        frames = replay.frames(session, history)
    client = sign_in("auditor")
    between = frames[0].at + (frames[1].at - frames[0].at) / 2

    page = client.get(f"/histories/{history}?at={between.isoformat()}").text

    assert 'data-event="1" class="now"' in page
    assert 'data-event="1" class="now"' in client.get(f"/histories/{history}?at=1999-01-01T00:00%2B08:00").text
    assert client.get(f"/histories/{history}?at=yesterday").status_code == 400
    assert client.get(f"/histories/{history}?at=2024-01-01T09:00").status_code == 400
    for wrong in ("99", "0", "-1", "x", "9" * 30, "²"):
        assert client.get(f"/histories/{history}?event={wrong}").status_code == 404
        assert client.get(f"/histories/{history}?event=1&from={wrong}").status_code == 404


def test_two_moments_are_compared_by_an_address_alone(sign_in: SignIn, history: str) -> None:
    page = sign_in("auditor").get(f"/histories/{history}?event=2&from=1").text

    difference = panel(page, "两个时刻的差别")
    assert "<ins>情况属实" in difference
    assert 'data-from="1"' in page
    assert f"/histories/{history}?event=2&amp;from=1" in page


def test_the_light_is_the_one_of_then_and_not_of_today(sign_in: SignIn, demand: str) -> None:
    client = sign_in("auditor")

    begun = client.get(f"/histories/{demand}?event=1").text
    late = client.get(f"/histories/{demand}?at=2025-01-02T09:00%2B08:00").text

    assert "light-red" not in panel(begun, "当时的灯色和依据")
    assert "新开“" in panel(begun, "当时的灯色和依据")
    assert "light-red" in panel(late, "当时的灯色和依据")
    assert "规则“办理时限灯色”第1版" in late


def test_what_decided_is_told_with_the_condition_and_the_values_it_read(sign_in: SignIn, decided: str) -> None:
    told = panel(sign_in("auditor").get(f"/histories/{decided}?event=2").text, "当时的灯色和依据")

    assert "办理权限" in told
    assert "outcome == &#39;b&#39;" in told
    assert "条件成立" in told
    assert "outcome = b" in told
    assert "第 1 版" in told


def test_the_parts_for_the_player_are_those_of_the_page(sign_in: SignIn, history: str) -> None:
    client = sign_in("auditor")

    part = client.get(f"/histories/{history}/events/2/form").text

    assert 'data-part="then"' in part
    assert 'data-part="rules"' in part
    assert "依据" in part

"""推演 on the screen: what is asked, what is refused, how far it is, what came out, and who may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import pytest

from app import clock
from app.services.house import House
from app.services.what_if import running, scenario
from app.services.what_if.store import Store
from tests.applications import SignIn
from tests.boards import NOW, add_task

DUE = date(2023, 12, 29)
UNTIL = NOW.date() + timedelta(days=60)
RESULT = {
    "moved": 1,
    "total": {"before": 1, "after": 1},
    "lights": {
        "before": {"red": 1, "yellow": 0, "green": 0, "grey": 0},
        "after": {"red": 0, "yellow": 0, "green": 1, "grey": 0},
    },
    "units": [
        {
            "unit": "市科技局",
            "before": {"red": 1, "yellow": 0, "green": 0, "grey": 0},
            "after": {"red": 0, "yellow": 0, "green": 1, "grey": 0},
        }
    ],
    "groups": [
        {
            "duty": "december_report",
            "step": "填报年度反馈",
            "before": "red",
            "after": "green",
            "why": "办理时限由2023年12月29日改为2024年3月1日；到2024年2月12日，10 个工作日后。",
            "count": 1,
            "units": [["市科技局", 1]],
            "titles": ["年度反馈：市科技局"],
        }
    ],
    "count": 1,
    "moved_only": 0,
}


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    with clock.held(NOW):
        yield


@pytest.fixture
def asked(house: House) -> Mapping[str, str]:
    with house.database.transaction() as session:
        add_task(session, "sci", DUE)
    return {
        "kind": "deadline",
        "step": f"december_report_unit.draft_report:{DUE}",
        "new_day": "2024-03-01",
        "until": UNTIL.isoformat(),
    }


@pytest.fixture
def begun(house: House, asked: Mapping[str, str]) -> str:
    """A run that waits."""
    wanted = scenario.read(asked, clock.today())
    return Store(house.settings.instance).add(wanted, "年度反馈 · 填报，时限改为2024年3月1日", "office")


def test_what_is_asked_begins_a_run(
    sign_in: SignIn, house: House, asked: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "carry_out", lambda *_given: None)
    client = sign_in("office")
    assert "2023年12月29日到期 · 1 件" in client.get("/what-if").text

    answer = client.post("/what-if", data=asked)

    (run,) = Store(house.settings.instance).runs()
    assert answer.headers["Location"] == f"/what-if/{run.id}"
    assert "所有单位：时限改为2024年3月1日" in run.told
    assert client.post("/what-if", data=asked).status_code == 409


def test_what_is_missing_stands_beside_its_field(sign_in: SignIn, asked: Mapping[str, str]) -> None:
    answer = sign_in("office").post("/what-if", data={**asked, "step": "", "until": "2020-01-01"})

    assert answer.status_code == 422
    assert "请选择要调整时限的事项" in answer.text
    assert "推演截止日应在今天之后" in answer.text


def test_a_run_shows_how_far_it_is_and_can_be_cancelled(sign_in: SignIn, house: House, begun: str) -> None:
    store, client = Store(house.settings.instance), sign_in("office")
    store.note(begun, state="running", step="after", share=0.62)

    assert "62%" in client.get(f"/what-if/{begun}/progress").text
    assert "取消推演" in client.get(f"/what-if/{begun}").text
    client.post(f"/what-if/{begun}/cancellation")

    assert store.is_cancelled(begun)


def test_what_came_out_is_shown_with_its_reasons(sign_in: SignIn, house: House, begun: str) -> None:
    store, client = Store(house.settings.instance), sign_in("office")
    store.keep(begun, RESULT)
    store.note(begun, state="done", share=1.0)

    page = client.get(f"/what-if/{begun}").text

    assert "办理时限由2023年12月29日改为2024年3月1日" in page
    assert "假设期间各单位都不办理" in page
    assert "style=" not in page
    assert client.get(f"/what-if/{begun}/progress").headers["HX-Redirect"] == f"/what-if/{begun}"
    assert "年度反馈 · 填报" in client.get("/what-if").text


def test_a_run_of_yesterday_is_gone(sign_in: SignIn) -> None:
    answer = sign_in("office").get("/what-if/0123456789abcdef")

    assert answer.status_code == 404
    assert "推演结果只保留一天" in answer.text


@pytest.mark.parametrize("login", ["leader", "contact.sci", "auditor"])
def test_only_the_office_tries_out(sign_in: SignIn, login: str) -> None:
    assert sign_in(login).get("/what-if").status_code == 403

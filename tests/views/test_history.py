"""流程历史: found, replayed with what was known at each event, verified and done again, taken out; by whom it may."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import text

from app import clock
from app.services.house import House
from tests import walks
from tests.applications import SignIn


@pytest.fixture
def history(house: House) -> Iterator[str]:
    """A process that has ended, in January 2024."""
    id_ = walks.walked(house, "linear")
    with clock.held(walks.BEGIN.replace(month=2)):
        yield id_


def frames_in(page: str) -> list[dict[str, object]]:
    found = re.search(r"data-frames>(.*?)</script>", page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_the_list_finds_by_words_and_says_what_it_was_filtered_by(sign_in: SignIn, history: str) -> None:
    client = sign_in("auditor")

    assert f"/histories/{history}" in client.get("/histories").text
    assert f"/histories/{history}" in client.get("/histories?q=linear&status=completed&from_on=2024-01-02").text
    missing = client.get("/histories?q=nothing&status=active").text
    assert "没有符合条件的流程" in missing
    assert "已筛选：办理中、“nothing”" in missing
    assert client.get("/histories?from_on=tomorrow").status_code == 400


def test_a_long_list_goes_on_where_the_page_ended(sign_in: SignIn, house: House) -> None:
    for number in range(52):
        walks.started(house, "linear", str(number))
    client = sign_in("auditor")
    page = client.get("/histories").text

    more = re.search(r'href="(/histories\?cursor=[^"]+)"', page)
    assert more is not None
    assert "余 2 条" in page
    rest = client.get(more[1], headers={"HX-Request": "true"}).text

    assert rest.count("data-row") == 2
    assert "<html" not in rest


def test_a_history_replays_every_event_with_its_marks_in_order(sign_in: SignIn, house: House, history: str) -> None:
    page = sign_in("auditor").get(f"/histories/{history}").text

    frames = frames_in(page)

    assert [frame["event"] for frame in frames] == list(range(1, walks.instance_of(house, history).head_seq + 1))
    assert frames[0]["now"]
    assert frames[-1]["now"] == []
    assert frames == sorted(frames, key=lambda frame: str(frame["at"]))
    assert page.count(" data-event=") == len(frames)
    assert "请在电脑上打开" in page


def test_events_of_one_instant_are_set_apart_for_the_slider(sign_in: SignIn, house: House) -> None:
    id_ = walks.started(house, "linear")
    with clock.held(walks.BEGIN):
        walks.move(house, id_, walks.Random(5), walks.BEGIN, "k")

    instants = [frame["at"] for frame in frames_in(sign_in("auditor").get(f"/histories/{id_}").text)]

    assert len(set(instants)) == len(instants) == 2


def test_only_what_people_did_can_be_listed(sign_in: SignIn, house: House) -> None:
    id_ = walks.walked(house, "recv", seed=2)
    client = sign_in("auditor")

    everything = client.get(f"/histories/{id_}").text
    by_people = client.get(f"/histories/{id_}?by=people").text

    assert "系统时钟" in everything
    assert by_people.count(" data-event=") < everything.count(" data-event=")
    assert len(frames_in(by_people)) == len(frames_in(everything))


def test_the_form_is_the_one_of_then(sign_in: SignIn, history: str) -> None:
    client = sign_in("auditor")

    before = client.get(f"/histories/{history}/events/1/form").text
    after = client.get(f"/histories/{history}/events/2/form").text

    assert "到此时还没有人填报" in before
    assert "情况属实" in after
    assert "周文博" in after
    assert "<html" not in after
    assert client.get(f"/histories/{history}/events/99/form").status_code == 404


def test_the_seal_is_checked_as_the_page_is_made_and_the_repetition_on_demand(sign_in: SignIn, history: str) -> None:
    client = sign_in("auditor")

    page = client.get(f"/histories/{history}").text
    again = client.get(f"/histories/{history}?repeat=1").text

    assert "未发现改动" in page
    assert "重新执行一致" not in page
    assert "重新执行一致" in again


def test_a_changed_record_is_shown_red_with_its_event(sign_in: SignIn, house: House, history: str) -> None:
    with house.database.writing() as connection:
        connection.execute(text("UPDATE event SET actor = 'signer' WHERE stream = :id AND seq = 2"), {"id": history})
        connection.execute(text("UPDATE event_payload SET body = '{' WHERE stream = :id AND seq = 3"), {"id": history})
    client = sign_in("auditor")

    page = client.get(f"/histories/{history}?repeat=1").text

    assert "不一致" in page
    assert "第 2 个事件：记录被改动" in page
    assert "第 3 个事件：填报内容被改动" in page
    assert "重新执行不一致" in page
    everything = client.get("/histories/verification").text
    assert "2 处不一致" in everything
    assert walks.instance_of(house, history).title in everything


def test_an_honest_ledger_is_said_to_be_whole(sign_in: SignIn, history: str) -> None:
    assert "未发现改动" in sign_in("audit_admin").get("/histories/verification").text


def test_evidence_is_downloaded_and_is_of_this_history_only(sign_in: SignIn, house: House, history: str) -> None:
    client = sign_in("auditor")

    bundle = client.get(f"/histories/{history}/bundle.zip")
    log = client.get(f"/histories/{history}/events.xes")

    assert "attachment" in bundle.headers["Content-Disposition"]
    with ZipFile(BytesIO(bundle.data)) as archive:
        lines = archive.read("events.jsonl").splitlines()
    assert {json.loads(line)["event"]["stream"] for line in lines} == {history}
    assert log.data.count(b"<trace>") == 1


def test_another_units_history_answers_like_a_missing_one(sign_in: SignIn, history: str) -> None:
    client = sign_in("contact.sci")

    for path in ("", "/events/2/form"):
        assert client.get(f"/histories/{history}{path}").status_code == 404
    assert client.get(f"/histories/{history}/bundle.zip").status_code == 403
    assert client.get("/histories/verification").status_code == 403
    assert history not in client.get("/histories").text
    assert client.get("/histories/nobody").status_code == 404


def test_no_verb_of_the_screen_writes(sign_in: SignIn, history: str) -> None:
    page = sign_in("auditor").get(f"/histories/{history}").text

    content = page[page.index('id="main"') : page.index('class="d-foot"')]
    assert "<form" not in content
    assert "hx-post" not in content

"""流程迁移: planned, carried out, undone, by whom it may; and the history then shows both drawings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from app import clock
from app.models.process import ProcessDefinition, ProcessInstance
from app.queries.actor import SYSTEM
from app.services.definitions import deploy
from app.services.house import House
from app.views import migrations as screen
from config import ROOT
from tests import walks
from tests.applications import SignIn
from tests.engine import redrawn as change
from tests.services.december_report_walk import Walk, morning, unit_key

PLAN = "/migrations/plan?definition_key=linear&from=1&to=2"
FORM = {"definition_key": "linear", "from": "1", "to": "2", "reason": "按新规程", "_key": "k"}


@pytest.fixture(autouse=True)
def later() -> Iterator[None]:
    with clock.held(walks.BEGIN.replace(month=2)):
        yield


def publish(house: House, *changes: change.Change, name: str = "linear") -> int:
    return deploy(house, SYSTEM, change.sources(name, *changes))[0][1]


def version_of(house: House, id_: str) -> int:
    with house.database.reading() as session:
        instance = session.get_one(ProcessInstance, id_)
        return session.get_one(ProcessDefinition, instance.definition_id).version


def test_the_screen_names_what_still_runs_in_an_old_version(sign_in: SignIn, house: House) -> None:
    client = sign_in("office")
    walks.started(house, "linear")
    assert "没有需要迁移的流程" in client.get("/migrations").text

    publish(house, change.naming("a", "新名称"))

    page = client.get("/migrations").text
    assert "第 1 版" in page
    assert "definition_key=linear&amp;to=2&amp;from=1" in page
    assert "没有需要迁移的流程" in client.get("/migrations?definition_key=another").text


def test_a_plan_says_the_verdict_of_each_and_changes_nothing(sign_in: SignIn, house: House) -> None:
    id_ = walks.started(house, "linear")
    publish(house, change.without("a"))
    client = sign_in("office")

    page = client.get(PLAN).text

    assert "需指定对应环节" in page
    assert '<select class="d-input w-l" id="map-1" name="map.a">' in page
    assert 'data-dialog="migrating"' not in page
    chosen = client.get(f"{PLAN}&map.a=b").text
    assert "可以迁移" in chosen
    assert '<option value="b" selected>' in chosen
    assert 'name="map.a" value="b"' in chosen
    assert version_of(house, id_) == 1


def test_a_migration_asks_for_a_reason_and_is_told_and_undone(sign_in: SignIn, house: House) -> None:
    id_ = walks.started(house, "linear")
    publish(house, change.naming("a", "新名称"))
    client = sign_in("system_admin")

    refused = client.post("/migrations/plan", data={**FORM, "reason": " "})
    assert (refused.status_code, version_of(house, id_)) == (422, 1)
    assert "请写明迁移的原因" in refused.text
    done = client.post("/migrations/plan", data=FORM, follow_redirects=True)
    assert "已迁移 1 个流程。" in done.text
    assert version_of(house, id_) == 2
    assert "按新规程" in done.text
    back = client.post(f"/migrations/{id_}/undo", data={"_key": "u"}, follow_redirects=True)
    assert "流程回到第 1 版" in back.text
    assert version_of(house, id_) == 1
    again = client.post(f"/migrations/{id_}/undo", data={"_key": "v"}, follow_redirects=True)
    assert "没有可以撤回的迁移" in again.text


def test_a_long_batch_goes_on_page_by_page_and_lists_what_is_left(
    sign_in: SignIn, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "SLICE", 2)
    ids = [walks.started(house, "linear", str(number)) for number in range(5)]
    walks.move(house, ids[0], Random(1), walks.BEGIN, "one step")
    publish(house, change.without("b"))
    client = sign_in("office")

    page = client.post("/migrations/plan", data=FORM)
    turns = 0
    while page.status_code == 200:
        assert 'hx-trigger="load, submit"' in page.text
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
        page = client.post("/migrations/plan", data=fields, headers={"HX-Request": "true"})
        turns += 1
        if "HX-Redirect" in page.headers:
            break

    assert turns == 2
    left = client.get(page.headers["HX-Redirect"]).text
    assert "1 个流程没有迁移" in left
    assert left.count("<tr data-row>") == 1
    assert [version_of(house, id_) for id_ in ids] == [1, 2, 2, 2, 2]


def test_others_do_not_reach_the_screen(sign_in: SignIn) -> None:
    for login in ("contact.miit", "leader", "auditor", "security_admin"):
        assert sign_in(login).get("/migrations").status_code == 403


def test_an_address_that_is_no_plan_is_refused(sign_in: SignIn, house: House) -> None:
    client = sign_in("office")
    walks.started(house, "linear")

    assert client.get(PLAN).status_code == 404
    assert client.get("/migrations/plan?definition_key=linear&from=x").status_code == 400
    assert client.get("/migrations/plan?definition_key=linear&from=1&to=1&instance=nobody").status_code == 404


def test_the_history_shows_the_drawing_of_each_moment(sign_in: SignIn, house: House) -> None:
    id_ = walks.started(house, "linear")
    publish(house, change.with_id("a", "a_new"))
    client = sign_in("office")
    client.post("/migrations/plan", data={**FORM, "map.a": "a_new"})

    page = client.get(f"/histories/{id_}")
    found = re.search(r"data-frames>(.*?)</script>", page.text, re.DOTALL)
    frames: list[dict[str, Any]] = json.loads(found[1]) if found else []

    assert "迁移到新版本：第 1 版改为第 2 版" in page.text
    assert (frames[0]["now"], frames[-1]["now"]) == (["a"], ["a_new"])
    assert frames[0]["drawing"] != frames[-1]["drawing"]
    for frame in frames:
        assert client.get(frame["drawing"]).status_code == 200


def test_a_step_that_the_duty_does_not_know_is_shown_and_done_by_its_drawing(sign_in: SignIn, house: House) -> None:
    walk = Walk(house).collect("miit", "sci")
    walk.draft("miit")
    with clock.held(morning("2024-12-05")):
        source = ROOT / "workflows" / "december_report_unit.bpmn"
        redrawn = change.redraw(source.read_bytes(), change.task_before("sign_report", "check_report"))
        deploy(house, SYSTEM, {source.name: redrawn})
        form = {**FORM, "definition_key": "december_report_unit", "map.sign_report": "check_report"}
        assert "已迁移 2 个流程" in sign_in("office").post("/migrations/plan", data=form, follow_redirects=True).text
        task = walk.task("check_report", unit_key("miit"))
        head = sign_in("head.miit")

        page = head.get(f"/tasks/{task.id}")

        assert page.status_code == 200
        assert "check_report" in page.text
        assert head.get("/inbox").text.count(task.id) > 0
        head.post(f"/tasks/{task.id}", data={"remark": "已核对", "_key": "done"})
        assert "sign_report" in walk.open_elements(unit_key("miit"))

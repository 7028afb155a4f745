"""Rules over histories: each kind of violation is found in a real walk, an honest one has none; how findings end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from app import clock
from app.errors import AlreadyDone, InvalidForm, NotPermitted
from app.models.event import ADMINISTRATION, EventPayload
from app.models.rule_finding import RuleFinding, RuleProgress, RuleWait
from app.services import definition_checks
from app.services.house import House
from app.services.rule_checks import catalog, running, settling
from config import ROOT
from tests.factories import actor
from tests.services.orders import Desk

WORKFLOWS = {file.stem: file.read_bytes() for file in (ROOT / "workflows").glob("*.bpmn")}
REASON = "系统切换期间由值班人员代办，已补签。"
BROKEN: dict[str, dict[str, Any]] = {
    "absence": {"event": {"element": "sign_order"}},
    "existence": {"event": {"element": "approve_order"}},
    "at_most": {"event": {"type": "user_task_completed"}, "times": 1},
    "at_least": {"event": {"element": "sign_for"}, "times": 2},
    "precedence": {"event": {"element": "sign_order"}, "before": {"element": "approve_order"}},
    "response": {"event": {"element": "sign_for"}, "then": {"element": "decide_next"}},
    "not_same_person": {"event": {"element": "verify_report"}, "as": {"element": "draft_order"}},
    "never_after": {"event": {"passes": "issue_order"}, "after": {"element": "draft_order"}},
}


def rule(folder: Path, name: str, kind: str, version: int = 1, **said: Any) -> None:
    head = {"id": name, "version": version, "name": name, "says": "…", "source": "…", "severity": "high"}
    text = yaml.safe_dump({**head, "processes": ["supervision_order"], "log": kind, **said})
    (folder / f"{name}.yaml").write_text(text, "utf-8")
    catalog._all.cache_clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Rules of the test alone."""
    own = tmp_path / "checks"
    own.mkdir()
    monkeypatch.setattr(catalog, "FOLDER", own)
    return own


def closed(house: House) -> Desk:
    desk = Desk(house).matter().issued().signed_for()
    desk.on("2022-07-18")
    return desk.reported().accepted()


def run(desk: Desk, house: House, only: str | None = None) -> running.Tally:
    with clock.held(desk.at):
        return running.run(house, only)


def found(house: House) -> list[RuleFinding]:
    with house.database.reading() as session:
        return list(session.scalars(select(RuleFinding).order_by(RuleFinding.id)))


def test_every_rule_names_elements_that_are_drawn_in_its_processes() -> None:
    for rule_, check in catalog.log_rules().values():
        drawn = b"".join(WORKFLOWS[process] for process in rule_.processes) + WORKFLOWS["public_notice"]
        for events in (check.event, check.other, check.unless, check.excused_by):
            for condition in events.conditions if events else ():
                if condition.name in ("element", "passes"):
                    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
                    assert [one for one in values if f'id="{one}"'.encode() not in drawn] == [], rule_.id
    for rule_, model_check in catalog.model_rules():
        drawn = b"".join(WORKFLOWS[process] for process in rule_.processes or WORKFLOWS)
        ids = model_check.elements.ids | (model_check.to.ids if model_check.to else frozenset())
        assert [one for one in ids if f'id="{one}"'.encode() not in drawn] == [], rule_.id


def test_there_are_rules_enough_and_each_says_where_it_comes_from() -> None:
    assert len(catalog.rules()) >= 15
    assert all(one.name and one.says.endswith("。") and one.source for one in catalog.rules().values())


def test_an_honest_order_breaks_no_rule_and_the_count_stands_beside_the_nought(any_house: House) -> None:
    desk = closed(any_house)

    tally = run(desk, any_house)

    assert (tally.looked_at, tally.found) == (1, 0)
    assert tally.judged >= 5
    with any_house.database.reading() as session:
        assert session.get_one(RuleProgress, "red_after_orange").looked_at == 1


def test_a_walk_that_breaks_a_rule_of_each_kind_is_found_once(any_house: House, folder: Path) -> None:
    desk = closed(any_house)
    for kind, said in BROKEN.items():
        rule(folder, kind, kind, **said)

    assert run(desk, any_house).found == len(BROKEN)
    assert {one.rule for one in found(any_house)} == BROKEN.keys()
    assert run(desk, any_house).found == 0
    assert next(one for one in found(any_house) if one.rule == "not_same_person").about == "office"


def test_instances_that_have_something_in_common_are_judged_together(house: House, folder: Path) -> None:
    desk = Desk(house).matter().matter(title="另一件同单位的督办事项")
    rule(folder, "one_a_unit", "at_most", same=["unit", "year"], event={"type": "instance_started"}, times=1)

    run(desk, house)

    assert [one.about for one in found(house)] == ["2"]


def test_a_limit_that_passes_is_found_though_nothing_happens(house: House, folder: Path) -> None:
    desk = Desk(house).matter().issued()
    limit: dict[str, Any] = {"event": {"passes": "issue_order"}, "then": {"element": "sign_for"}}
    rule(folder, "signed_for", "response", within_working_days=2, **limit)

    assert run(desk, house).found == 0
    with house.database.reading() as session:
        assert session.scalar(select(RuleWait.look_again_on)).isoformat() == "2022-07-20"  # type: ignore[union-attr]
    desk.on("2022-07-20")
    assert run(desk, house).found == 1
    assert found(house)[0].about == "2022-07-19"


def test_a_new_version_settles_what_it_no_longer_minds(house: House, folder: Path) -> None:
    desk = closed(house)
    rule(folder, "one", "absence", event={"element": "sign_order"})
    run(desk, house)

    rule(folder, "one", "absence", version=2, event={"element": "decide_final"})
    run(desk, house)

    (finding,) = found(house)
    assert (finding.status, finding.settled_by) == ("settled", "system")


def test_the_office_explains_and_an_auditor_accepts(house: House, folder: Path) -> None:
    desk = closed(house)
    rule(folder, "one", "absence", event={"element": "sign_order"})
    run(desk, house)
    id_ = found(house)[0].id
    office, auditor = actor(house, "office"), actor(house, "auditor")

    with pytest.raises(NotPermitted):
        settling.explain(house, auditor, id_, REASON, key="1")
    with pytest.raises(InvalidForm):
        settling.explain(house, office, id_, "  好  ", key="2")
    with pytest.raises(AlreadyDone):
        settling.settle(house, auditor, id_, key="3")
    settling.explain(house, office, id_, REASON, key="4")
    with pytest.raises(NotPermitted):
        settling.settle(house, office, id_, key="5")
    settling.give_back(house, auditor, id_, key="6")
    settling.explain(house, office, id_, REASON, key="7")
    settling.settle(house, auditor, id_, key="8")

    (finding,) = found(house)
    assert (finding.status, finding.reason, finding.settled_by) == ("settled", REASON, "auditor")
    with house.database.reading() as session:
        told = session.scalars(select(EventPayload.body).where(EventPayload.stream == ADMINISTRATION))
        assert sum("finding_" in (body or "") for body in told) == 4


def test_a_drawing_that_breaks_a_rule_is_refused_or_warned_of(folder: Path) -> None:
    content = {"supervision_order.bpmn": WORKFLOWS["supervision_order"]}
    head = {"version": 1, "name": "办结须领导同意", "says": "…", "source": "…", "model": "always_passes"}
    told = {**head, "elements": {"ids": ["confirm_closing"]}, "to": {"ids": ["order_closed"]}}
    for severity in ("high", "low"):
        text = yaml.safe_dump({**told, "id": severity, "severity": severity})
        (folder / f"{severity}.yaml").write_text(text, "utf-8")
    catalog._all.cache_clear()

    findings = [one for one in definition_checks.examine(content)[0].findings if one.check == "rule"]

    assert [(one.reason, one.level) for one in findings] == [("rule high", "error"), ("rule low", "warning")]
    assert {one.element_id for one in findings} == {"order_closed"}
    assert all(one.line > 0 for one in findings)


def test_no_drawing_that_is_shipped_breaks_a_rule() -> None:
    for name in ("supervision_order", "december_report_unit", "annual_target", "assessment", "december_report"):
        examined = definition_checks.examine({f"{name}.bpmn": WORKFLOWS[name]})[0]
        assert [one for one in examined.findings if one.check == "rule"] == [], name

"""规则核查: who may see what was found, explain it and accept that; its moment is one click away."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.models.rule_finding import RuleFinding
from app.services.house import House
from app.services.rule_checks import catalog, running
from tests.applications import SignIn
from tests.services.test_rule_checks import REASON, closed, rule


@pytest.fixture
def found(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RuleFinding:
    folder = tmp_path / "checks"
    folder.mkdir()
    monkeypatch.setattr(catalog, "FOLDER", folder)
    rule(folder, "signed", "absence", event={"element": "sign_order"})
    desk = closed(house)
    with clock.held(desk.at):
        running.run(house)
    with house.database.reading() as session:
        return session.scalars(select(RuleFinding)).one()


def test_a_finding_leads_to_its_moment_and_is_explained_and_accepted(found: RuleFinding, sign_in: SignIn) -> None:
    office, auditor = sign_in("office"), sign_in("auditor")
    one = f"/rule-checks/{found.id}"

    listed, shown = office.get("/rule-checks").text, office.get(one).text
    assert "中小企业账款清欠进展滞后" in listed
    assert f"/histories/{found.instance_id}?event={found.seq}" in shown
    assert office.post(f"{one}/explanation", data={"reason": "好"}).status_code == 422
    assert auditor.post(f"{one}/acceptance").status_code == 409
    assert office.post(f"{one}/explanation", data={"reason": REASON}).status_code == 302
    assert office.post(f"{one}/acceptance").status_code == 403
    assert REASON in auditor.get(one).text
    assert auditor.post(f"{one}/acceptance").status_code == 302
    assert "没有待说明的发现" in office.get("/rule-checks").text
    assert "中小企业账款清欠进展滞后" in office.get("/rule-checks?status=settled&rule=signed").text


def test_the_count_stands_beside_the_nought(house: House, sign_in: SignIn) -> None:
    desk = closed(house)
    with clock.held(desk.at):
        running.run(house)

    text = sign_in("audit_admin").get("/rule-checks").text

    assert "没有待说明的发现" in text
    assert "1 件" in text


def test_others_do_not_reach_it(found: RuleFinding, sign_in: SignIn) -> None:
    contact = sign_in("contact.miit")

    assert contact.get("/rule-checks").status_code in (403, 404)
    assert contact.get(f"/rule-checks/{found.id}").status_code in (403, 404)
    assert sign_in("office").get("/rule-checks/999999999999").status_code == 404


def test_the_extension_of_event_logs_can_be_read(sign_in: SignIn) -> None:
    answer = sign_in("auditor").get("/xes/duban.xesext")

    assert answer.status_code == 200
    assert b"xesextension" in answer.data


def test_programs_read_the_findings_and_how_much_each_rule_has_looked_at(found: RuleFinding, sign_in: SignIn) -> None:
    auditor = sign_in("auditor")

    [listed] = auditor.get("/api/v1/rule-findings?rule=signed&status=open").json["items"]
    [asked] = auditor.get("/api/v1/rule-checks").json["items"]

    assert listed == auditor.get(f"/api/v1/rule-findings/{found.id}").json
    assert (listed["instance"], listed["seq"], listed["status"]) == (found.instance_id, found.seq, "open")
    assert auditor.get("/api/v1/rule-findings?status=settled").json["items"] == []
    assert (asked["id"], asked["looked_at"], asked["open"], asked["settled"]) == ("signed", 1, 1, 0)

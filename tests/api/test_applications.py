"""An application, its withdrawal, an objection and an evaluation by programs alone."""

from __future__ import annotations

import pytest

from app import clock
from app.models.recognition import Objection, PublicNotice
from app.services.house import House
from tests.api.conftest import CallAs
from tests.services.recognition_walk import Recognition, application_answers, morning


@pytest.fixture
def house(any_house: House) -> House:
    return any_house


def test_an_enterprise_applies_fills_in_the_form_and_reads_its_evaluation(house: House, call_as: CallAs) -> None:
    walk = Recognition(house, firms=2)
    walk.publish()
    with clock.held(morning(walk.day)):
        firm, other = call_as("firm1"), call_as("firm2")
        [batch] = firm.items("/recognition-batches")
        assert (batch["status"], batch["refusals"]) == ("open", [])

        opened = firm.post(f"/recognition-batches/{batch['id']}/applications", {})
        again = firm.post(f"/recognition-batches/{batch['id']}/applications", {})
        [task] = firm.items("/user-tasks", mine="true")
        form = firm.get(f"/user-tasks/{task['id']}").json
        sent = firm.post(
            f"/user-tasks/{task['id']}/completion", {"variables": {**form["data"], **application_answers()}}
        )

        assert (opened.status_code, again.status_code) == (201, 422)
        assert again.json["errors"][0]["text"] == "本批次已有申请在办"
        assert sent.status_code == 200, sent.text
        evaluation_id = walk.application().evaluation_id
        evaluation = firm.get(f"/evaluations/{evaluation_id}")
        assert (evaluation.json["is_met"], evaluation.json["rule_version"]) == (True, "yz-city")
        assert other.get(f"/evaluations/{evaluation_id}").status_code == 404
        application_id = walk.application().id
        assert other.post(f"/applications/{application_id}/withdrawal", {}).status_code == 404
        assert firm.post(f"/applications/{application_id}/withdrawal", {}).status_code == 200
    assert walk.application().status == "withdrawn"


def test_an_enterprise_objects_in_its_own_name_only(house: House, call_as: CallAs) -> None:
    walk = Recognition(house, firms=2)
    walk.to_notice(firms=2)
    [notice] = walk.rows(PublicNotice)
    told = {"rows": [walk.firms[1]], "facts": "该企业厂房早已停工，所报营业收入与实际不符。"}
    with clock.held(morning(walk.day)):
        firm = call_as("firm1")
        [listed] = firm.items("/notices")
        assert listed["enterprises"] == [row["key"] for row in notice.rows]

        forged = firm.post(f"/notices/{notice.id}/objections", {**told, "name": "他人"})
        made = firm.post(f"/notices/{notice.id}/objections", told)
        locality = call_as("contact.hanjiang").post(f"/notices/{notice.id}/objections", told)

    assert (forged.status_code, made.status_code, locality.status_code) == (422, 201, 403)
    assert walk.rows(Objection)[0].id == made.json["id"]


def test_names_and_scores_are_told_to_those_who_act_and_to_nobody_else(house: House, call_as: CallAs) -> None:
    walk = Recognition(house, firms=2)
    batch = walk.to_review(firms=2)
    [score, *_] = walk.tasks("score_applications", batch)
    with clock.held(morning(walk.day)):
        expert = call_as(walk.login_of(score))
        assert expert.get(f"/user-tasks/{score.id}").json["data"]["rows"]
        for login in ("office", "contact.miit", "contact.tax"):
            assert "rows" not in call_as(login).get(f"/user-tasks/{score.id}").json["data"]
        assert call_as("contact.sci").get(f"/user-tasks/{score.id}").status_code == 404
    walk.check(batch)
    walk.score(batch)
    walk.decide(batch)
    walk.do("contact.miit", "publish_notice", batch)
    key = walk.object_to()
    [entry] = walk.tasks("register_objection", key)
    with clock.held(morning(walk.day)):
        assert call_as("contact.miit").get(f"/user-tasks/{entry.id}").json["data"]["name"] == "王五"
        for login in ("office", "auditor", "head.miit"):
            assert "王五" not in call_as(login).get(f"/user-tasks/{entry.id}").text

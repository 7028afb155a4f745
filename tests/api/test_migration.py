"""Migration of running instances over HTTP."""

from __future__ import annotations

from typing import Any

from app.queries.actor import SYSTEM
from app.services.definitions import deploy
from app.services.house import House
from tests.api.conftest import CallAs
from tests.api.linear import first_task, started
from tests.engine import redrawn as change

REASON = "按新的办理规程调整"


def publish(house: House, *changes: change.Change) -> int:
    return deploy(house, SYSTEM, change.sources("linear", *changes))[0][1]


def sent(version: int, **more: Any) -> dict[str, Any]:
    return {"to_version": version, "reason": REASON, **more}


def test_an_instance_migrates_once_for_its_key(call_as: CallAs, house: House) -> None:
    office = call_as("office")
    id_ = started(office)
    version = publish(house, change.naming("a", "新的名称"))
    path, key = f"/process-instances/{id_}/migration", {"Idempotency-Key": "once"}

    first, again = (office.post(path, sent(version), headers=key) for _ in range(2))

    assert (first.status_code, again.json) == (200, first.json)
    assert first.json == {
        "id": id_, "from_version": 1, "to_version": 2, "verdict": "safe", "obstacles": [], "moved": {}, "armed": [],
        "dropped": [], "skipped": [], "dry_run": False,
    }  # fmt: skip
    assert office.get(f"/process-instances/{id_}").json["version"] == 2
    assert first_task(office, id_)["name"] == "新的名称"


def test_a_dry_run_says_what_would_be_and_changes_nothing(call_as: CallAs, house: House) -> None:
    office = call_as("office")
    id_ = started(office)
    version = publish(house, change.without("a"))
    path = f"/process-instances/{id_}/migration"

    answer = office.post(path, {"to_version": version, "dry_run": True})

    assert (answer.status_code, answer.json["verdict"]) == (200, "needs_mapping")
    assert (
        answer.json["obstacles"][0].items()
        >= {"element_id": "a", "reason": "unmapped", "candidates": ["b", "c"]}.items()
    )
    assert office.post(path, {"to_version": version, "dry_run": True, "mapping": {"a": "b"}}).json["moved"] == {
        "a": "b"
    }
    assert office.get(f"/process-instances/{id_}").json["version"] == 1


def test_a_refusal_is_a_conflict_with_what_stands_in_the_way(call_as: CallAs, house: House) -> None:
    office = call_as("office")
    id_ = started(office)

    refused = office.post(f"/process-instances/{id_}/migration", sent(publish(house, change.without("a"))))

    assert (refused.status_code, refused.json["code"]) == (409, "not_migratable")
    assert refused.json["obstacles"][0]["element_id"] == "a"


def test_the_reversal_gives_the_version_of_before_and_is_refused_after_a_step(call_as: CallAs, house: House) -> None:
    office = call_as("office")
    id_ = started(office)
    version = publish(house)
    office.post(f"/process-instances/{id_}/migration", sent(version))
    path = f"/process-instances/{id_}/migration-reversal"

    assert office.post(path).json == {"id": id_, "from_version": 2, "to_version": 1}
    assert (office.post(path).status_code, office.post(path).json["code"]) == (409, "migration_settled")
    assert office.get(f"/process-instances/{id_}").json["version"] == 1


def test_what_is_wrong_is_told_by_field(call_as: CallAs, house: House) -> None:
    office = call_as("office")
    id_ = started(office)
    version = publish(house)
    path = f"/process-instances/{id_}/migration"

    assert office.post(path, {"to_version": version}).json["errors"][0]["field"] == "reason"
    assert office.post(path, sent(version, mapping={"zz": "a"})).json["errors"][0]["field"] == "mapping.zz"
    assert office.post(path, sent(99)).status_code == 404
    assert office.post("/process-instances/nobody/migration", sent(version)).status_code == 404
    assert call_as("contact.miit").post(path, sent(version)).status_code == 403


def test_the_system_administrator_may_who_publishes_versions(call_as: CallAs, house: House) -> None:
    id_ = started(call_as("office"))

    answer = call_as("system_admin").post(f"/process-instances/{id_}/migration", sent(publish(house)))

    assert answer.status_code == 200, answer.text

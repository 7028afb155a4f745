"""What programs read beside processes: the plan, the board, the ledger, the document of the API, the gauges."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal

from flask import Flask

from app.access import POLICY
from app.ledger.chain import Event, event_hash
from app.models.actual import IndicatorActual
from app.services.house import House
from tests.api.conftest import CallAs
from tests.api.linear import started
from tests.services.december_report_walk import Walk


def test_the_plan_is_listed_page_by_page(call_as: CallAs) -> None:
    contact = call_as("contact.sci")

    (plan,) = contact.items("/plans")
    indicators = contact.items("/indicators", plan=plan["key"], limit=7)
    measures = contact.items("/measures", limit=7)
    units = contact.items("/units", limit=7)

    assert (plan["first_year"], plan["last_year"]) == (2022, 2024)
    assert [row["number"] for row in indicators] == list(range(1, len(indicators) + 1))
    assert [row["number"] for row in measures] == list(range(1, len(measures) + 1))
    assert {row["lead"] for row in (*indicators, *measures)} <= {row["id"] for row in units}
    assert contact.items("/indicators", plan="none") == []


def test_an_indicators_progress_is_for_those_who_take_part_in_it(house: House, call_as: CallAs) -> None:
    walk = Walk(house)
    indicator = walk.indicator(7)
    walk.add(
        IndicatorActual(
            indicator_id=indicator.id, year=2024, as_of=date(2024, 11, 30), value=Decimal("45.5"), nature="actual",
            source="department", unit_id=indicator.lead_id, recorded_at=datetime(2024, 12, 1, tzinfo=UTC),
            recorded_by="office",
        )
    )  # fmt: skip
    path = f"/indicators/{indicator.id}/progress"

    progress = call_as(f"contact.{indicator.lead_id}").get(path).json

    assert [year["year"] for year in progress["years"]] == [2022, 2023, 2024]
    assert progress["years"][2] == {
        "year": 2024, "target": None, "comparator": None, "actual": 45.5, "as_of": "2024-11-30", "nature": "actual",
        "source": "department", "ratio": None,
    }  # fmt: skip
    assert call_as("auditor").get(path).status_code == 200
    stranger = next(
        unit.id for unit in walk.rows_of_units() if unit.kind == "department" and unit.id not in indicator.responsible
    )
    assert call_as(f"contact.{stranger}").get(path).status_code == 404


def test_the_board_counts_by_unit_and_duty(house: House, call_as: CallAs) -> None:
    Walk(house).collect("sci").on("2024-12-16")

    board = call_as("leader").get("/supervision/board", year=2024).json

    row = next(row for row in board["units"] if row["unit"] == "sci")
    (cell,) = row["duties"]
    assert cell["duty"] == "december_report"
    assert cell["overdue"] + cell["yellow"] + cell["green"] == 1
    assert call_as("contact.sci").get("/supervision/board").status_code == 403


def test_a_witness_reads_every_seal_once_and_can_prove_it(call_as: CallAs) -> None:
    auditor, office = call_as("auditor"), call_as("office")
    started(office)

    whole = auditor.get("/audit/events", limit=1000).json["items"]
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = auditor.get("/audit/events", limit=3, **after).json
        seen += [event["id"] for event in page["items"]]
        if page["next_cursor"] is None:
            break
        after = {"after": page["next_cursor"]}

    assert seen == [event["id"] for event in whole]
    for sealed in whole:
        fields = {name: sealed[name] for name in Event.__dataclass_fields__}
        assert event_hash(Event(**{**fields, "attachments": tuple(sealed["attachments"])})) == sealed["hash"]
    started(office, business_key="later")
    later = auditor.get("/audit/events", after=whole[-1]["id"]).json["items"]
    assert [event["type"] for event in later][-1] == "instance_started"
    assert auditor.get("/audit/events", after="none:1").status_code == 400
    assert call_as("contact.sci").get("/audit/events").status_code == 403
    assert call_as("audit_admin").get("/audit/events").status_code == 200


def test_the_document_names_every_endpoint_and_every_status(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").json

    assert document["openapi"].startswith("3.1")
    assert "Problem" in document["components"]["schemas"]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    routes = {name for name in POLICY if name.startswith("api.")}
    assert len(names) == len(set(names)) == len(routes)
    for operation in operations:
        assert {"401", "403", "404", "422", "503"} <= set(operation["responses"])
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"]


def test_whatever_the_document_refers_to_is_in_it(app: Flask) -> None:
    text = app.test_client().get("/api/v1/openapi.json").text
    schemas = json.loads(text)["components"]["schemas"]

    referred = set(re.findall(r'"\$ref": ?"#/components/schemas/([^"]+)"', text))
    assert referred <= set(schemas)
    assert {"Variables", "Returning", "Urging", "Starting", "Cancelling", "Message", "Files"} <= referred


def test_the_page_of_the_document_asks_nothing_of_the_web(app: Flask) -> None:
    client = app.test_client()

    page = client.get("/api/v1/docs").text

    assert "http://" not in page
    assert "https://" not in page
    for file in ("css/swagger-ui.css", "js/swagger-ui-bundle.js"):
        with client.get(f"/api/v1/docs/{file}") as answer:
            assert answer.status_code == 200
            assert len(answer.data) > 1000
    assert client.get("/api/v1/docs/../plugins.py").status_code == 404

"""`duban audit search` finds by the filters of the screen, and is itself recorded."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from app.cli import audit_search
from app.cli.audit_search import search
from app.models.event import ACCESS
from app.services import audit
from app.services.house import House
from tests import walks
from tests.events import filled


@pytest.fixture
def history(house: House, monkeypatch: pytest.MonkeyPatch) -> str:
    id_ = walks.walked(house, "linear")
    filled(house)

    class Opened:
        def __enter__(self) -> House:
            return house

        def __exit__(self, *_: object) -> None:
            """It goes on."""

    monkeypatch.setattr(audit_search, "opened", Opened)
    return id_


def found(*options: str) -> list[dict[str, object]]:
    result = CliRunner().invoke(search, [*options, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)  # type: ignore[no-any-return]


def test_events_are_found_for_programs(house: House, history: str) -> None:
    begun = found("--duty", "linear", "--verb", "instance_started")

    assert [(one["stream"], one["event"], one["actor"]) for one in begun] == [(history, 1, "office")]
    assert found("--duty", "linear", "--from", "2030-01-01") == []
    assert len(found("--limit", "2")) == 2
    assert found("--kind", "administration", "--as", "office") == []
    assert audit.verify_stream(house, ACCESS).events == 4
    assert audit.verify(house).faults == ()

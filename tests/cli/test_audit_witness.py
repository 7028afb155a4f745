"""`duban audit witness`: whose cosignatures are taken, and whose no more."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from app import clock
from app.cli import audit_witness
from app.ledger.note import COSIGNATURE, SecretKey
from app.services import told_elsewhere
from app.services.house import House

WITNESS = SecretKey("archive.example.cn/w1", COSIGNATURE, b"w" * 32)


@pytest.fixture(autouse=True)
def _opened(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    class Opened:
        def __enter__(self) -> House:
            return house

        def __exit__(self, *_: object) -> None:
            """It goes on."""

    monkeypatch.setattr(audit_witness, "opened", Opened)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(audit_witness.witness, arguments)


def test_a_witness_is_added_and_retired_with_a_reason(house: House) -> None:
    assert run("add", WITNESS.name, WITNESS.verifier.written).exit_code == 0
    assert run("retire", WITNESS.name).exit_code == 2, "there is a reason, or nothing happens"

    retired = run("retire", WITNESS.name, "--reason", "密钥遗失")

    assert retired.exit_code == 0, retired.output
    [listed] = json.loads(run("list", "--json").output)
    assert (listed["name"], bool(listed["retired_at"])) == (WITNESS.name, True)
    with house.database.reading() as session:
        assert list(told_elsewhere.witnesses(session, clock.now())) == [], "rows and acts agree"

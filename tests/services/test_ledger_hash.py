"""An office under SM3: its processes go, its chains hold, its log is sealed; a stream may go from one to the other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.ledger.hashing import digest_of
from app.ledger.note import alg_of
from app.services import audit, reexecution
from app.services.checkpoints import seal
from app.services.house import House
from app.services.log_tree import log_of
from config import BadSetting, from_environment
from tests import walks
from tests.factories import load_office, settings_for
from tests.services.streams import EVENT
from tests.signing import signing

# GB/T 32905, annex A.
VECTORS = {
    b"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    b"abcd" * 16: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
}


def under_sm3(house: House) -> House:
    return House(replace(house.settings, ledger_hash="sm3"), house.database)


def algs(house: House) -> dict[str, int]:
    with house.database.reading() as session:
        return dict(session.execute(select(EVENT.c.alg, func.count()).group_by(EVENT.c.alg)).all())


@pytest.mark.parametrize("text", VECTORS)
def test_sm3_is_that_of_the_standard(text: bytes) -> None:
    assert digest_of("sm3")(text).hex() == VECTORS[text]


def test_an_office_under_sm3_walks_verifies_and_is_sealed(tmp_path: Path) -> None:
    house = House(replace(settings_for(f"sqlite:///{tmp_path / 'sm3.sqlite3'}", tmp_path), ledger_hash="sm3"))
    load_office(house)
    id_ = walks.walked(house, "linear")
    with signing(house):
        sealed = seal(house)

    with house.database.reading() as session:
        log = log_of(session.connection())
    assert log is not None
    assert sealed is not None
    assert alg_of(log.origin) == "sm3"
    assert set(algs(house)) == {"sm3"}
    assert audit.verify(house).faults == ()
    assert reexecution.replay_instance(house, id_).departure is None
    house.close()


def test_a_stream_goes_from_one_hash_to_the_other(house: House) -> None:
    with signing(house):
        seal(house)
        before = algs(house)["sha256"]
        other = under_sm3(house)
        walks.walked(other, "linear")
        assert seal(other) is not None

    assert algs(house)["sha256"] == before
    assert algs(house)["sm3"] > 1
    assert audit.verify(house).faults == ()
    with house.database.reading() as session:
        log = log_of(session.connection())
    assert log is not None
    assert log.alg == "sha256"


def test_another_hash_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="DUBAN_LEDGER_HASH=md5"):
        from_environment({"DUBAN_LEDGER_HASH": "md5", "DUBAN_INSTANCE": str(tmp_path)})

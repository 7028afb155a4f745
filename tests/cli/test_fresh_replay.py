"""Histories done again in another process, whose hash seed, zone and locale are others, reach the same hashes."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import select, update

from app.cli import fresh_replay
from app.cli.fresh_replay import ChildFailed, Surroundings, replayed
from app.services.audit import PAYLOAD
from app.services.house import House
from tests import walks

AROUND = Surroundings("4242", "America/St_Johns")


def test_another_process_reaches_the_same_states_and_event_hashes(house: House) -> None:
    for model in ("linear", "mi_par", "sub_bnd"):
        walks.walked(house, model)

    lines = list(replayed(house.settings, AROUND))

    assert [line["departure"] for line in lines] == [None] * 3
    for line in lines:
        instance = walks.instance_of(house, line["instance"])
        assert (line["equal"], line["events"]) == (instance.version, instance.head_seq)


def test_what_is_not_what_the_engine_would_say_is_found_at_its_event(house: House) -> None:
    id_, other = walks.walked(house, "linear"), walks.walked(house, "mi_par")
    where = (PAYLOAD.c.stream == id_, PAYLOAD.c.seq == 1)
    with house.database.writing() as connection:
        told = orjson.loads(connection.execute(select(PAYLOAD.c.body).where(*where)).scalar_one())
        told["opened"][0]["name"] = "另一环节"
        connection.execute(update(PAYLOAD).where(*where).values(body=orjson.dumps(told).decode()))

    lines = {line["instance"]: line for line in replayed(house.settings, AROUND)}

    assert lines[id_]["departure"] == "event 1: the event would say something else"
    assert lines[other]["departure"] is None


def test_an_unknown_instance_is_said_in_one_line(house: House) -> None:
    with pytest.raises(ChildFailed, match="没有找到"):
        list(replayed(house.settings, AROUND, "nobody"))


def test_surroundings_are_never_those_of_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", fresh_replay.ZONES[0])

    found = [fresh_replay.other_surroundings() for _ in range(20)]

    assert fresh_replay.ZONES[0] not in {around.zone for around in found}
    assert len({around.hash_seed for around in found}) > 1

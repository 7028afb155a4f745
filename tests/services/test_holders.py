"""Further holders of checkpoints: each as a file, the newest by mail; and what fails does not stop anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.models.ledger import LedgerHolding
from app.models.outbox import OutboxRow
from app.services import holders, posting
from app.services.house import House
from tests import sealing
from tests.postbox import Postbox
from tests.services import streams

MORNING = datetime.fromisoformat("2024-12-16T09:30:00+08:00")  # a Monday
NIGHT = datetime.fromisoformat("2024-12-16T03:00:00+08:00")
SUNDAY = datetime.fromisoformat("2024-12-15T09:30:00+08:00")
NEXT_MORNING = datetime.fromisoformat("2024-12-17T09:30:00+08:00")


@pytest.fixture
def held(any_house: House, postbox: tuple[Postbox, int], tmp_path: Path) -> tuple[House, Path, Postbox]:
    """The office with a folder and two addresses outside."""
    box, port = postbox
    folder = tmp_path / "outside"
    folder.mkdir()
    any_house.settings = replace(
        any_house.settings,
        checkpoint_dir=folder,
        checkpoint_mail=("audit@example.org", "archive@example.org"),
        mail_url=f"mailto://127.0.0.1:{port}?mode=insecure",
    )
    return any_house, folder, box


def holding(house: House, holder: str) -> list[int]:
    with house.database.reading() as session:
        asked = select(LedgerHolding.size).where(LedgerHolding.holder == holder).order_by(LedgerHolding.size)
        return list(session.scalars(asked))


def test_every_checkpoint_becomes_a_file_and_a_folder_that_is_away_gets_all_later(
    held: tuple[House, Path, Postbox],
) -> None:
    house, folder, _ = held
    first = sealing.checkpoint(house)
    holders.write_files(house, folder)
    away = folder.rename(folder.parent / "away")
    streams.add(house, "later", 2)
    second = sealing.checkpoint(house)
    streams.add(house, "later", 2)
    third = sealing.checkpoint(house)

    assert holders.write_files(house, folder) == 0
    away.rename(folder)
    assert holders.write_files(house, folder) == 2
    assert holders.write_files(house, folder) == 0

    files = sorted(folder.iterdir())
    assert [file.read_text("utf-8") for file in files] == [note.written for note in (first, second, third)]
    assert len(holding(house, "file")) == 3


def test_each_working_day_the_newest_goes_to_all_addresses_once(held: tuple[House, Path, Postbox]) -> None:
    house, _, box = held
    note = sealing.checkpoint(house)
    size = int(note.text.split("\n")[1])

    for at, is_written in ((SUNDAY, False), (NIGHT, False), (MORNING, True), (MORNING, False)):
        with clock.held(at):
            assert holders.write_letters(house) is is_written, at
    with clock.held(MORNING):
        assert holders.note_sent(house) == 0
        assert posting.send_due(house, "mail") == 2
        assert holders.note_sent(house) == 1
        assert holders.note_sent(house) == 0

    assert holding(house, "mail") == [size]
    assert sorted(letter["to"] for letter in box.letters) == ["archive@example.org", "audit@example.org"]
    assert note.text.split("\n")[2] in box.letters[0].get_body(("plain",)).get_content()
    with clock.held(NEXT_MORNING):
        assert holders.write_letters(house)


def test_nothing_is_written_before_the_first_checkpoint_or_without_a_holder(held: tuple[House, Path, Postbox]) -> None:
    house, folder, _ = held
    with clock.held(MORNING):
        holders.hold_outside(house)
        assert not list(folder.iterdir())
        sealing.checkpoint(house)
        house.settings = replace(house.settings, checkpoint_dir=None, checkpoint_mail=())
        holders.hold_outside(house)

    assert holding(house, "file") == holding(house, "mail") == []
    with house.database.reading() as session:
        assert session.scalars(select(OutboxRow.id).where(OutboxRow.effect_key.startswith("checkpoint:"))).all() == []

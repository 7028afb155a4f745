"""Every history done again in a fresh process, with another hash seed, zone and locale, comes to the same hashes.

The histories are those of walks through all small models, made here, and the frozen ones of each release. Frozen ones
that were bent, with their chain sealed anew, must be found, each for its own reason.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from app import clock
from app.services import audit, reexecution
from app.services.audit import Flaw, sealed_rows
from app.services.backup.restoring import restore
from app.services.findings import Rule
from app.services.house import House
from app.services.rebuilt_rows import People, Tally, apart
from app.terms import Word
from tests import walks
from tests.databases import sqlite_url
from tests.factories import house_on
from tests.figure_lines import FigureLine
from tests.histories.edits import EDITS, OF_TOLD_DAYS, Edit, chosen_stream, reseal
from tests.services.test_audit import MODELS
from tests.torture.oracle import replayed_afresh
from tests.torture.sizes import SIZES
from tests.torture.test_upgrade import FROZEN, named


def test_walks(house: House, figure_line: FigureLine) -> None:
    for number in range(SIZES.replayed_walks):
        walks.walked(house, MODELS[number % len(MODELS)], number)

    figure_line(replayed_afresh(house))


@pytest.fixture(scope="module", params=FROZEN, ids=named)
def frozen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a SQLite database with the history of an earlier release."""
    file = tmp_path_factory.mktemp("frozen") / "duban.sqlite3"
    with closing(house_on(sqlite_url(file), file.parent)) as house:
        manifest = restore(house.settings, request.param).manifest
        clock_at = datetime.fromisoformat(manifest.clock_at)
    (file.parent / "clock").write_text(clock_at.isoformat())
    return file


@pytest.fixture
def copy(frozen: Path, tmp_path: Path) -> Iterator[House]:
    shutil.copy(frozen, tmp_path / frozen.name)
    now = datetime.fromisoformat((frozen.parent / "clock").read_text())
    with closing(house_on(sqlite_url(tmp_path / frozen.name), tmp_path)) as house, clock.held(now):
        yield house


@pytest.mark.slow
def test_frozen_histories(copy: House, figure_line: FigureLine) -> None:
    figure_line(replayed_afresh(copy))


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_a_bent_history_is_found_though_its_chain_holds(copy: House, edit: Edit) -> None:
    stream = chosen_stream(copy)
    assert found(copy, stream) == set()

    with copy.database.writing() as connection:
        edit.do(connection, stream)
    reseal(copy, stream)

    assert audit.verify_stream(copy, stream).faults == ()
    assert edit.found_by in found(copy, stream)


@pytest.mark.slow
def test_another_due_day_in_the_log_is_found(copy: House) -> None:
    stream = chosen_stream(copy)
    with copy.database.reading() as session:
        if b'"waits"' not in (next(sealed_rows(session, stream)).payload or b""):
            return  # an earlier release did not tell enough to build the day again
    with copy.database.writing() as connection:
        OF_TOLD_DAYS.do(connection, stream)
    reseal(copy, stream)

    assert Rule.LOG in found(copy, stream)


@pytest.mark.slow
def test_without_a_new_seal_the_chain_itself_finds_it(copy: House) -> None:
    stream = chosen_stream(copy)
    with copy.database.writing() as connection:
        EDITS[-2].do(connection, stream)

    assert {fault.reason for fault in audit.verify_stream(copy, stream).faults} == {Flaw.WRONG_HEAD}


def found(house: House, stream: str) -> set[Word]:
    """Why the repetition departs, and whether rows built again differ."""
    departure = reexecution.replay_instance(house, stream).departure
    with house.database.reading() as session:
        events = list(sealed_rows(session, stream))
        differ = list(apart(session, house, People.read(session), stream, events, Tally()))
    return {*([departure.why] if departure else []), *([Rule.LOG] if differ else [])}

"""Random edits of every table, by clumsy and clever hands: whatever a held checkpoint covers is found, nothing else.

`docs/ledger.md` says what cannot be found; NOT_TOLD below is the same list, and the test is red where it is too short.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.engine import EngineError
from app.ledger.note import ED25519, SecretKey
from app.services import audit, check
from app.services.audit_log import Held
from app.services.house import House
from app.services.log_signer.answers import answer
from app.services.log_signer.keeper import MEMORY, Keeper
from tests import sealing, walks
from tests.factories import house_on
from tests.figure_lines import FigureLine
from tests.tools.bundles import Opened, held, judged
from tests.tools.test_verify_forms import bundle_of, chained
from tests.torture import sealed_house, tampering
from tests.torture.sizes import IS_FULL, SIZES
from tests.torture.tampering import BESIDE, LEDGER, Edit, Impossible, Row, Store, Tables

HONEST_LOGS = 1_000
REAL_LOGS = 1_000 if IS_FULL else 15
SHARE = 10  # one edit of so many is judged by verify.py as well
CLEVER = 0.15  # of the edits
HOWS = ("keep", "forget", "sign")
UNBEARABLE = (EngineError, SQLAlchemyError, ValueError, TypeError, LookupError, AttributeError, AssertionError)
NOT_TOLD = {
    "command": {"kind", "digest", "answer"},
    "erasure": {"id", "decision"},
    "incident": {"task_id", "command_key", "about", "payload", "reason"},
    "ledger_log": {"id"},
    "ledger_rotation": {"at"},
    "ledger_checkpoint": {"at"},
    "ledger_holding": {"at"},
    "timer": {"claim_token", "lease_until", "attempts", "failures"},
    "user_task": {"is_watched", "read_at"},
}
NOTHING_TOLD = ("outbox",)  # what waits to be sent
MAY_GO = ("ledger_checkpoint", "ledger_holding")  # the newest that is held outside shows the rest


@dataclass
class Tally:
    found: Counter[str] = field(default_factory=Counter)
    free: Counter[str] = field(default_factory=Counter)  # missed, and nobody promised more
    missed: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    bundles: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="module")
def sealed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tamper") / "duban.sqlite3"
    sealed_house.make(file)
    return file


class Case:
    """The house, its rows, and what an auditor holds."""

    def __init__(self, file: Path, folder: Path) -> None:
        self.folder = folder
        self.house = house_on(f"sqlite:///{file}", folder)
        self.store = Store(file)
        newest = self.store.honest["ledger_checkpoint"][-1]
        self.note, self.young_from = newest["note"], newest["size"]
        self.key = self.store.honest["ledger_log"][0]["vkey"]
        self.held = Held(self.key, (self.note,))
        self.members = Opened(sealing.bundle_of(self.house)).members

    def close(self) -> None:
        self.store.close()
        self.house.close()

    def is_found(self, edit: Edit) -> bool:
        """By verifying the ledger against what is held, or else by the oracle. Not to be readable is to be found."""
        try:
            if edit.table in LEDGER and audit.verify(self.house, self.held).faults:
                return True
            return bool(check.check(self.fresh(edit)))
        except UNBEARABLE:
            return True

    def fresh(self, edit: Edit) -> House:
        """Definitions are kept by the house that has read them."""
        if edit.table == "process_definition":
            self.house.close()
            self.house = house_on(str(self.house.database.engine.url), self.folder)
        return self.house

    def is_found_elsewhere(self) -> str:
        """By verify.py, on the bundle that the edited house gives."""
        try:
            bundle = sealing.bundle_of(self.house, is_signed=False)
        except UNBEARABLE:
            return "refused"
        opened = Opened(bundle)
        if opened.members == self.members:
            return "not in the bundle"
        report = judged(self.folder, bundle, trusted=[self.key], held=held(self.folder, self.note))
        return "green" if report is not None and report.is_green else "red"

    def is_anchored(self, edit: Edit) -> bool:
        """Whether it changes what the held checkpoint covers, or what a covered event tells of."""
        honest = self.store.honest
        if edit.touches:
            indexes = {(row["stream"], row["seq"]): row["index"] for row in honest["ledger_leaf"]}
            return any(indexes.get(place, self.young_from) < self.young_from for place in edit.touches)
        before, after = (promised(edit.table, tables[edit.table], honest) for tables in (honest, edit.tables))
        return bool(after - before) or (bool(before - after) and edit.table not in MAY_GO)


def promised(table: str, rows: Sequence[Row], honest: Tables) -> Counter[tuple[object, ...]]:
    """The rows, as far as an event or a signature speaks of them."""
    if table == "command":  # one that changed nothing left no event
        named = {(row["stream"], row["actor"], row["command_key"]) for row in honest["event"]}
        rows = [row for row in rows if (row["instance_id"], row["actor"], row["key"]) in named]
    if table in NOTHING_TOLD:
        return Counter()
    free = NOT_TOLD.get(table, set())
    return Counter(tuple(value for name, value in row.items() if name not in free) for row in rows)


@pytest.fixture
def case(sealed_file: Path, tmp_path: Path) -> Iterator[Case]:
    file = tmp_path / "duban.sqlite3"
    file.write_bytes(sealed_file.read_bytes())
    case = Case(file, tmp_path)
    yield case
    case.close()


def an_edit(chance: Random, case: Case) -> Edit:
    honest = case.store.honest
    if chance.random() < CLEVER:
        how = chance.choice(HOWS)
        if chance.random() < 0.2:
            return tampering.cut_off(chance, honest, young_from=case.young_from, how=how)
        return tampering.rewritten(chance, honest, young_from=case.young_from, how=how, is_young=chance.random() < 0.2)
    table = chance.choice([name for name in (*LEDGER, *BESIDE) if honest[name]])
    return chance.choice(tampering.CLUMSY)(chance, honest, table)


def tamper(case: Case, number: int, tally: Tally) -> bool:
    """One edit, judged and undone; False where this number gives none."""
    chance = Random(number)
    try:
        edit = an_edit(chance, case)
        if all(same(edit.tables[name], case.store.honest[name]) for name in edit.tables):
            return False
        case.store.put(edit.tables)
    except (Impossible, sqlite3.IntegrityError):
        return False
    with clock.held(walks.BEGIN):
        is_found = case.is_found(edit)
        elsewhere = case.is_found_elsewhere() if number % SHARE == 0 else ""
    is_anchored = case.is_anchored(edit)
    if is_found:
        tally.found["anchored" if is_anchored else "others"] += 1
    elif is_anchored:
        tally.missed.append((edit.what, edit.table, edit.columns))
    else:
        tally.free[f"{edit.table}" if not edit.touches else "young events"] += 1
    if elsewhere:
        tally.bundles[elsewhere] += 1
        if elsewhere == "green" and is_anchored and edit.table in ("event", "event_payload"):
            tally.missed.append((f"{edit.what}, by verify.py", edit.table, edit.columns))
    case.store.restore(edit.tables)
    return True


def same(one: Sequence[Row], other: Sequence[Row]) -> bool:
    """Whatever their order."""
    return Counter(tuple(row.values()) for row in one) == Counter(tuple(row.values()) for row in other)


@pytest.mark.slow
def test_tamper(case: Case, figure_line: FigureLine) -> None:
    with clock.held(walks.BEGIN):
        assert audit.verify(case.house, case.held).faults == ()
        assert check.check(case.house) == []
    tally, number, count = Tally(), 0, 0

    while count < SIZES.tamper_edits:
        number += 1
        count += tamper(case, number, tally)

    missed = Counter(tally.missed)
    assert not missed, missed.most_common(60)
    free = ", ".join(f"{many} of {what}" for what, many in sorted(tally.free.items()))
    figure_line(
        f"{count:,} edits of {len(case.store.honest)} tables: {tally.found['anchored']:,} anchored, 0 of them missed; "
        f"{tally.found['others']} others found too, not found and not promised: {free or 'none'}; "
        f"verify.py on {sum(tally.bundles.values())} of them: {dict(tally.bundles)}"
    )
    with clock.held(walks.BEGIN):
        assert audit.verify(case.house, case.held).faults == ()
        assert check.check(case.house) == []


@pytest.mark.slow
def test_tamper_proof_files(case: Case, figure_line: FigureLine) -> None:
    """What lies outside is changed: the held checkpoint, the held key, the signer's memory."""
    chance, count = Random(1), SIZES.tamper_edits // 20
    for _ in range(count):
        for held_ in (Held(case.key, (spoilt(chance, case.note),)), Held(spoilt(chance, case.key), (case.note,))):
            assert audit.verify(case.house, held_).faults
    forks = [fork_signed(case.folder / f"signer-{number}", chance) for number in range(min(count, 200))]
    figure_line(
        f"{count} held checkpoints and {count} keys changed, all seen; {len(forks)} spoilt memories, 0 forks signed"
    )
    assert not any(forks)


def spoilt(chance: Random, text: str) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice([sign for sign in "aB3+/=\n " if sign != text[at]]) + text[at + 1 :]


def fork_signed(directory: Path, chance: Random) -> bool:
    """A signer whose memory was spoilt is asked for another log than the one it signed."""
    rows, others = chained("access", 9, "sha256"), chained("access", 9, "sm3")
    origin = "duban/0123456789abcdef/sha256"
    honest, forged = ([bytes.fromhex(row.hash) for row in each] for each in (rows, others))
    keeper = Keeper(directory)
    for before, size in ((0, 5), (5, 7)):
        assert "note" in answer(keeper, sealing.asked_to_sign(origin, honest, before, size))
    memory = directory / MEMORY
    memory.write_text(spoilt(chance, memory.read_text()))
    return "note" in answer(keeper, sealing.asked_to_sign(origin, forged, 7, 9))


@pytest.mark.slow
def test_tamper_honest_logs(tmp_path: Path, sealed_file: Path, figure_line: FigureLine) -> None:
    """No false alarm: random logs by verify.py, and a house that goes on by everything."""
    made = HONEST_LOGS if IS_FULL else HONEST_LOGS - REAL_LOGS
    for number in range(made):
        report = judged(tmp_path, an_honest_log(Random(number)))
        assert report.is_green, report.as_text()
    for number in range(REAL_LOGS):
        all_agree(sealed_file, tmp_path / "honest.sqlite3", number)
    figure_line(f"{made + REAL_LOGS:,} honest logs ({REAL_LOGS} of real walks, by all judges), 0 false alarms")


def all_agree(sealed_file: Path, file: Path, number: int) -> None:
    """The sealed house goes some steps further and is sealed again."""
    file.write_bytes(sealed_file.read_bytes())
    house = house_on(f"sqlite:///{file}", file.parent)
    model = ("linear", "gw_event", "recv", "sub_bnd")[number % 4]
    walks.walked(house, model, 1000 + number, steps=1 + number % 5)
    with clock.held(walks.BEGIN):
        note = sealing.checkpoint(house).written
        key = sealing.key_of(house, sealing.SEED).verifier.written
        assert audit.verify(house, Held(key, (note,))).faults == ()
        assert check.check(house) == []
        report = judged(file.parent, sealing.bundle_of(house), trusted=[key], held=held(file.parent, note))
    assert report.is_green, report.as_text()
    house.close()


def an_honest_log(chance: Random) -> bytes:
    alg = chance.choice(("sha256", "sha256", "sm3"))
    key = SecretKey(f"duban/{chance.randbytes(8).hex()}/{alg}", ED25519, bytes([chance.randrange(8)] * 32))
    streams = chance.sample(("access", "administration"), chance.randint(1, 2))
    return bundle_of([row for stream in sorted(streams) for row in chained(stream, chance.randint(1, 12), alg)], key)

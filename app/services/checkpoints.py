"""Seals the log: everything that happened gets its place, and the signer signs the tree above it.

The signer may have signed what was never stored here, because a process died between; so it is asked first what it
signed last. Nothing is stored that its keys do not prove.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app import clock
from app.ledger.merkle import Tree
from app.ledger.note import BadNote, Checkpoint, Note, VerifierKey, followed, who_signed
from app.models.ledger import LedgerCheckpoint, LedgerRotation
from app.queries import checkpoints
from app.services.house import House
from app.services.log import sequence
from app.services.log_signer.client import Keys, Signer, SignerRefused, SignerTrouble
from app.services.log_tree import LOG, Log, log_of, tree_of

NEW_EVENTS = 100
AFTER = timedelta(seconds=60)
TURNS = 3  # against another process that seals at the same moment
OVERTAKEN = ("smaller", "unproved")  # what the signer says then, and also to a log that was changed


class OtherSigner(SignerTrouble):
    """Who answers is not the signer whose keys this log knows."""


@dataclass(frozen=True)
class _Answers:
    """What one signer gave: its keys in their order, and what it signed of this log. at: when it was asked."""

    keys: Keys
    trusted: list[VerifierKey]
    signed: list[LedgerCheckpoint]


def seal_when_due(house: House) -> LedgerCheckpoint | None:
    """One turn of the scheduler: give events their place, and seal where enough of them are new. Raises as `seal`."""
    sequence(house)
    with house.database.reading() as session:
        is_due = _is_due(session)
    return seal(house) if is_due else None


def seal(house: House) -> LedgerCheckpoint | None:
    """Sign the log as it is now; None where nothing is new. Raises SignerTrouble, and TreeDamaged."""
    signer = Signer(house.settings.signer_address)
    for turn in range(1, TURNS + 1):
        while sequence(house):
            pass
        try:
            return _seal(house, signer)
        except SignerRefused as refusal:
            if refusal.code not in OVERTAKEN or turn == TURNS:
                raise
    return None


def _is_due(session: Session) -> bool:
    log, newest = log_of(session.connection()), checkpoints.newest(session)
    if log is None or newest is None:
        return log is not None
    has_rested = not timedelta(0) <= clock.now() - newest.at < AFTER  # a driven clock may have been set back
    return log.size - newest.size >= (1 if has_rested else NEW_EVENTS)


def _seal(house: House, signer: Signer) -> LedgerCheckpoint | None:
    with house.database.reading() as session:
        log, newest = log_of(session.connection()), checkpoints.newest(session)
        if log is None or (newest is not None and newest.size >= log.size):
            return None
        answers = _asked(signer, log, tree_of(session.connection(), log))
    with house.database.transaction() as session:
        _store(session, log, answers)
    return answers.signed[-1]


def _asked(signer: Signer, log: Log, tree: Tree) -> _Answers:
    keys = signer.keys(log.origin)
    trusted = _trusted(log, keys)
    last, found = signer.last(log.origin), list[LedgerCheckpoint]()
    proof: list[bytes] = []
    if last:
        before = Checkpoint.read(Note.read(last).text)
        if before.size < log.size:
            proof = tree.consistency(before.size, log.size)
            found += [_row(before, last, trusted)] if before.root == tree.root(before.size) else []
    new = Checkpoint(log.origin, log.size, tree.root(log.size))
    found.append(_row(new, signer.sign(new, proof), trusted))
    return _Answers(keys, trusted, found)


def _trusted(log: Log, keys: Keys) -> list[VerifierKey]:
    """The signer's keys, from the first that this log knows on. Raises OtherSigner."""
    try:
        trusted = followed(VerifierKey.read(log.vkey or keys.first), keys.rotations)
    except BadNote as error:
        raise OtherSigner(f"who answers is not the signer of this log: {error}") from error
    if trusted[-1].written != keys.current or trusted[0].name != log.origin:
        raise OtherSigner(
            f"the signer has another key than the one that this log knows, {log.vkey}: put the signer's directory back "
            "from its copy, or begin a new log (`duban audit new-log`)"
        )
    return trusted


def _row(checkpoint: Checkpoint, written: str, trusted: list[VerifierKey]) -> LedgerCheckpoint:
    note = Note.read(written)
    if note.text != checkpoint.text or who_signed(note, trusted) is None:
        raise OtherSigner("the signer's answer is not what it was asked to sign")
    return LedgerCheckpoint(size=checkpoint.size, root=checkpoint.root.hex(), note=written, at=clock.now())


def _store(session: Session, log: Log, answers: _Answers) -> None:
    """Under the lock of the log: two processes may have asked at once. Raises OtherSigner."""
    present = log_of(session.connection(), is_locked=True)
    if present is None or present.origin != log.origin or present.vkey not in ("", answers.keys.first):
        raise OtherSigner("the log was begun anew while it was signed")
    session.execute(LOG.update().values(vkey=answers.keys.first))
    known = [row.note for row in checkpoints.rotations(session)]
    if known != list(answers.keys.rotations[: len(known)]):
        raise OtherSigner("the signer has forgotten a key that this log knows: put its directory back from its copy")
    rotations = list(enumerate(answers.keys.rotations, start=1))[len(known) :]
    for number, note in rotations:
        session.execute(insert(LedgerRotation).values(number=number, note=note, at=clock.now()))
    for row in answers.signed:
        if session.get(LedgerCheckpoint, row.size) is None:
            session.add(row)

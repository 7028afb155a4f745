"""Further holders of checkpoints: a folder that gets each of them as a file, and mail with the newest each working day.

They run beside the sealing and never stop it: what a folder did not take is tried again at the next turn, and a letter
waits in the outbox. How far each of them is stands on the status page of the seal.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from app import clock, durable
from app.models.ledger import LedgerCheckpoint, LedgerHolding
from app.models.outbox import OutboxRow
from app.queries import checkpoints
from app.queries.checkpoints import FILE, MAIL
from app.services.cases import Effect
from app.services.effects import put_effects
from app.services.house import House
from app.services.witnesses import hold

FILES = 500  # in one turn
LOOKED_BACK = 30  # days

log = structlog.get_logger()


def hold_outside(house: House) -> None:
    """One turn: write files, write the day's letter, note what was sent."""
    if house.settings.checkpoint_dir is not None:
        write_files(house, house.settings.checkpoint_dir)
    if house.settings.checkpoint_mail:
        note_sent(house)
        write_letters(house)


def write_files(house: House, folder: Path) -> int:
    """Each checkpoint that the folder does not have, the oldest first; how many were written."""
    with house.database.reading() as session:
        last = checkpoints.last_holding(session, FILE)
        owed = _after(session, last.size if last else -1)
    written = 0
    for checkpoint in owed:
        try:
            durable.write(folder / name_of(checkpoint), checkpoint.note, durable.EVERYBODYS)
        except OSError as error:
            log.warning("checkpoint not written", folder=str(folder), size=checkpoint.size, error=str(error))
            break
        with house.database.transaction() as session:
            hold(session, checkpoint.size, FILE)
        written += 1
    return written


def name_of(checkpoint: LedgerCheckpoint) -> str:
    """With the log's id, as a later log may begin anew; sorted by name, the files of one log are sorted by size."""
    log = checkpoint.note.split("/", 2)[1]
    return f"checkpoint-{log}-{checkpoint.size:012}.txt"


def write_letters(house: House) -> bool:
    """On a working day, from the hour of the digest on, once: the newest checkpoint to each address."""
    now, today = clock.now(), clock.today()
    ladder = house.ladder
    if not (ladder.digest_time(today) <= now and ladder.quiet.allows(now, house.calendar)):
        return False
    with house.database.reading() as session:
        newest, is_written = checkpoints.newest(session), _is_written(session, _key(today.isoformat(), 0))
    if newest is None or is_written:
        return False
    letter = {"subject": f"督办系统封存检查点 {newest.size}", "text": _text(newest), "size": newest.size}
    effects = [
        Effect(_key(today.isoformat(), number), "mail", {**letter, "to": address})
        for number, address in enumerate(house.settings.checkpoint_mail)
    ]
    with house.database.writing() as connection:
        put_effects(connection, effects, now)
    return True


def note_sent(house: House) -> int:
    """Checkpoints whose letter the mail server has taken; how many were new."""
    with house.database.transaction() as session:
        sent = set(session.scalars(_sent(house)))
        held = set(
            session.scalars(
                select(LedgerHolding.size).where(LedgerHolding.holder == MAIL, LedgerHolding.size.in_(sent))
            )
        )
        for size in sorted(sent - held):
            hold(session, size, MAIL)
    return len(sent - held)


def _after(session: Session, size: int) -> list[LedgerCheckpoint]:
    asked = select(LedgerCheckpoint).where(LedgerCheckpoint.size > size).order_by(LedgerCheckpoint.size).limit(FILES)
    return list(session.scalars(asked))


def _key(day: str, number: int) -> str:
    return f"checkpoint:{day}:{number}"


def _is_written(session: Session, key: str) -> bool:
    return bool(session.scalar(select(exists().where(OutboxRow.effect_key == key))))


def _sent(house: House) -> Select[int]:
    """The sizes of what left in the last weeks: a letter may have waited for its server."""
    days = [(clock.today() - timedelta(days=before)).isoformat() for before in range(LOOKED_BACK)]
    keys = [_key(day, number) for day in days for number in range(len(house.settings.checkpoint_mail))]
    size = OutboxRow.payload["size"].as_integer()
    return select(size).where(OutboxRow.effect_key.in_(keys), OutboxRow.status == "done")


def _text(checkpoint: LedgerCheckpoint) -> str:
    return (
        "请保存本邮件。日后如对记录是否被改动有疑问，可凭下面的检查点核对：\n"
        f"前 {checkpoint.size} 条记录中有任何改动，都会与它不符。\n\n{checkpoint.note}"
    )

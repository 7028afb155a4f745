"""Two workers on PostgreSQL, one of them killed in the middle: every letter arrives, and at most one arrives twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial

from sqlalchemy import func, select

from app import clock
from app.models.outbox import OutboxRow
from app.services import outbox
from app.services.cases import Effect
from app.services.effects import put_effects
from app.services.house import House
from tests.duban import running, until
from tests.postbox import Postbox

LETTERS = 30
BEFORE_THE_KILL = 10


def test_two_workers_of_which_one_is_killed_lose_no_letter(postgres_house: House, postbox: tuple[Postbox, int]) -> None:
    box, port = postbox
    mail = {"DUBAN_MAIL_URL": f"mailto://127.0.0.1:{port}?mode=insecure"}
    put_letters(postgres_house)

    start = partial(running, postgres_house)
    with start("worker", **mail) as first, start("worker", **mail), start("scheduler", **mail):
        until(lambda: len(box.letters) >= BEFORE_THE_KILL, "the first letters")
        first.kill()
        first.wait()
        until(lambda: waiting(postgres_house) <= 1, "all letters but the one of the killed worker")
    later = {"DUBAN_CLOCK": (clock.now() + outbox.LEASE + timedelta(seconds=1)).isoformat()}
    with start("worker", **mail, **later), start("scheduler", **mail, **later):
        until(lambda: waiting(postgres_house) == 0, "the letter whose lease had to lapse")

    arrived = Counter(str(letter["Subject"]) for letter in box.letters)
    assert set(arrived) == {subject(number) for number in range(LETTERS)}
    assert arrived.total() <= LETTERS + 1


def subject(number: int) -> str:
    return f"notice {number}"


def put_letters(house: House) -> None:
    letters = [
        Effect(f"letter-{number}", "mail", {"to": "contact.sci@example.org", "subject": subject(number), "text": "x"})
        for number in range(LETTERS)
    ]
    with house.database.writing() as connection:
        put_effects(connection, letters, clock.now())


def waiting(house: House) -> int:
    with house.database.reading() as session:
        return session.scalar(select(func.count()).where(OutboxRow.status != "done")) or 0

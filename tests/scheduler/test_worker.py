"""Mail leaves by the outbox: to a real mail server, once a row, again when the server was away."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

from sqlalchemy import select

from app import clock
from app.models.outbox import OutboxRow
from app.services import outbox
from app.services.cases import Effect
from app.services.effects import put_effects
from app.services.house import House
from app.services.posting import send_due
from scheduler.worker import Worker, make_queue
from tests.postbox import Postbox

LETTER = {"to": "contact.sci@example.org", "subject": "催办：年度反馈", "text": "请于今日报送。\n办公室"}


def with_mail(house: House, port: int) -> House:
    settings = dataclasses.replace(house.settings, mail_url=f"mailto://127.0.0.1:{port}?mode=insecure")
    return House(settings, house.database)


def post(house: House, key: str = "k") -> None:
    with house.database.writing() as connection:
        put_effects(connection, [Effect(key, "mail", LETTER)], clock.now())


def status(house: House) -> list[tuple[str, int]]:
    with house.database.reading() as session:
        return [(row.status, row.attempts) for row in session.scalars(select(OutboxRow))]


def test_a_letter_reaches_the_mail_server_once(house: House, postbox: tuple[Postbox, int]) -> None:
    box, port = postbox
    posting = with_mail(house, port)
    post(posting)
    post(posting)

    send_due(posting, "mail")
    send_due(posting, "mail")

    assert len(box.letters) == 1
    assert box.letters[0]["To"].endswith("contact.sci@example.org") or "contact.sci@example.org" in box.letters[0]["To"]
    assert box.letters[0]["Subject"] == "催办：年度反馈"
    assert "请于今日报送" in box.letters[0].get_body(("plain",)).get_content()
    assert status(posting) == [("done", 0)]


def test_a_server_that_is_away_is_tried_again_later(house: House, postbox: tuple[Postbox, int]) -> None:
    box, port = postbox
    with clock.held(datetime(2024, 12, 16, 1, tzinfo=UTC)):
        away = with_mail(house, 9)
        post(away)
        send_due(away, "mail")
        assert status(away) == [("pending", 1)]
        assert send_due(away, "mail") == 0
    with clock.held(datetime(2024, 12, 16, 1, tzinfo=UTC) + timedelta(seconds=11)):
        send_due(with_mail(house, port), "mail")

    assert len(box.letters) == 1


def test_without_a_mail_server_the_row_says_so(house: House) -> None:
    post(house)

    send_due(house, "mail")

    assert status(house) == [("dropped", 0)]


def test_a_sweep_is_queued_once_and_sends_what_is_due(house: House, postbox: tuple[Postbox, int]) -> None:
    box, port = postbox
    posting = with_mail(house, port)
    worker = Worker(posting)
    post(posting)

    worker.enqueue_due(posting)
    worker.enqueue_due(posting)
    assert worker.queue.pending_count() == 1
    worker.queue.execute(worker.queue.dequeue())

    assert len(box.letters) == 1
    assert not outbox.is_due(posting, "mail")


def test_processes_that_begin_at_one_moment_make_the_tables_of_the_queue_once(any_house: House) -> None:
    together = Barrier(4)

    def begin() -> int:
        together.wait()
        queue = make_queue(any_house)
        try:
            return int(queue.pending_count())
        finally:
            queue.storage.close()

    with ThreadPoolExecutor(4) as pool:
        begun = [pool.submit(begin) for _ in range(4)]

    assert [one.result() for one in begun] == [0, 0, 0, 0]

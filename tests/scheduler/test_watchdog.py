"""A process whose database call never comes back ends itself; one that turns, however slowly, does not."""

from __future__ import annotations

from app import clock
from app.services.cases import Effect
from app.services.effects import put_effects
from app.services.house import House
from scheduler.pulse import Pulse
from scheduler.watchdog import EXIT_CODE, LOOKS, Watchdog
from scheduler.worker import Worker
from tests.duban import log_of, running

HANG = """
from sqlalchemy import text
def hang(house, *_arguments, **_options):
    with house.database.writing() as connection:
        connection.execute(text("SELECT pg_sleep(600)"))
"""
SCHEDULER = f"{HANG}\nfrom app.services import timers\ntimers.fire_due = hang"
WORKER = f"{HANG}\nfrom scheduler import worker\nworker.send_due = hang"


def test_looks_are_counted_not_seconds(house: House) -> None:
    pulse = Pulse(house, "scheduler")
    watchdog = Watchdog(pulse)

    looks = [watchdog.hangs() for _ in range(LOOKS)]
    pulse.turn()
    looks_after = [watchdog.hangs() for _ in range(LOOKS + 1)]

    assert looks == [False] * LOOKS, "the first look only sees where the count stands"
    assert looks_after == [False] * LOOKS + [True]


def test_a_scheduler_that_hangs_in_the_database_ends_itself(postgres_house: House) -> None:
    with running(postgres_house, "scheduler", "--patience", "3", first=SCHEDULER) as process:
        assert process.wait(timeout=90) == EXIT_CODE

    assert '"event":"hangs, ends itself"' in log_of(postgres_house).read_text()


def test_a_worker_that_hangs_in_the_database_ends_itself(postgres_house: House) -> None:
    with postgres_house.database.writing() as connection:
        letter = {"to": "contact.sci@example.org", "subject": "催办", "text": "请于今日报送。"}
        put_effects(connection, [Effect("k", "mail", letter)], clock.now())
    sender = Worker(postgres_house)
    sender.enqueue_due(postgres_house)
    sender.queue.storage.close()

    with running(postgres_house, "worker", "--patience", "3", first=WORKER) as process:
        assert process.wait(timeout=90) == EXIT_CODE

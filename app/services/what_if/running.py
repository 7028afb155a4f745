"""One run: two copies of the same moment, one of them changed, both run on to the same day, and what differs.

It has a thread of its own and no more than one a process; the copies are gone when it ends, however it ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import structlog

from app import clock
from app.db import Database
from app.errors import Conflict
from app.services.house import House
from app.services.what_if import changing, copying, forward
from app.services.what_if.comparison import compare
from app.services.what_if.outlook import Key, Seen, outlook
from app.services.what_if.scenario import Scenario
from app.services.what_if.store import Store

COPIED = 0.2  # of the whole way
BUSY = "正在进行另一次推演，请等它完成或先取消。"
_one_at_a_time = Lock()

log = structlog.get_logger()

Tell = Callable[[str, float], None]
"""What is being done, and how far the whole is."""


class Cancelled(Exception):
    """Somebody asked the run to stop."""


def start(house: House, scenario: Scenario, told: str, by: str) -> str:
    """Begin a run in the background; its id. Raises Conflict while another one runs."""
    store = Store(house.settings.instance)
    if any(run.is_running for run in store.runs()):
        raise Conflict(BUSY)
    id_, today = store.add(scenario, told, by), clock.today()
    Thread(target=_at, args=(clock.now(), carry_out, house, id_, today), name=f"what-if-{id_}", daemon=True).start()
    return id_


def _at(moment: datetime, work: Callable[..., None], *given: Any) -> None:
    """The clock of who asks is the clock of the run, which begins at that moment."""
    with clock.held(moment):
        work(*given)


def carry_out(house: House, id_: str, today: date) -> None:
    """To its end, and say how it ended."""
    store = Store(house.settings.instance)

    def tell(step: str, share: float) -> None:
        if store.is_cancelled(id_):
            raise Cancelled
        store.note(id_, state="running", step=step, share=round(share, 3))

    with _one_at_a_time:
        try:
            store.keep(id_, look_ahead(house, store.get(id_).scenario, today, store.path(id_), tell))
            store.note(id_, state="done", share=1.0)
        except Cancelled:
            store.note(id_, state="cancelled")
        except Exception:  # the thread has nobody above it; the page says that it failed
            log.exception("what-if failed", run=id_)
            store.note(id_, state="failed")
        finally:
            _remove(store.path(id_))


def look_ahead(house: House, scenario: Scenario, today: date, folder: Path, tell: Tell) -> dict[str, object]:
    """What differs on the scenario's last day. Reads the house once and never writes to it."""
    first, second = folder / "before.sqlite3", folder / "after.sqlite3"
    copying.copy(house.database, first, lambda share: tell("copy", COPIED * share))
    copied = Database(f"sqlite:///{first}", is_durable=False)
    try:
        copying.copy(copied, second, lambda share: tell("copy", COPIED))
    finally:
        copied.close()
    untouched, _ = _played(house, first, None, scenario.until, today, lambda share: tell("before", share), COPIED)
    middle = (1 + COPIED) / 2
    changed, moved = _played(house, second, scenario, scenario.until, today, lambda share: tell("after", share), middle)
    return {**compare(untouched, changed, scenario.until, house.calendar), "moved": moved}


def _played(
    house: House,
    file: Path,
    scenario: Scenario | None,
    until: date,
    today: date,
    tell: Callable[[float], None],
    at: float,
) -> tuple[dict[Key, Seen], int]:
    """The outlook of one copy, and how many tasks its change moved. at: how far the whole was before."""
    copy = _house_of(house, file)
    length, days = (1 - COPIED) / 2, max((until - today).days, 1)
    try:
        moved = changing.change(copy, scenario) if scenario else 0
        forward.run(copy, today, until, lambda day: tell(at + length * (day - today).days / days))
        return outlook(copy, until), moved
    finally:
        copy.close()


def _house_of(house: House, file: Path) -> House:
    """A house over a copy: nothing leaves it, and files that it writes lie beside it."""
    url = f"sqlite:///{file}"
    settings = replace(
        house.settings, database_url=url, files_url=f"file://{file.parent / 'files'}", mail_url="", notify_urls=()
    )
    return House(settings, Database(url, is_durable=False), is_copy=True)


def _remove(folder: Path) -> None:
    for file in folder.glob("*.sqlite3*"):
        file.unlink(missing_ok=True)

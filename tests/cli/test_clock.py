"""`duban clock`: the clocks beside one another, and the confirmation that lets timers, openings and digests go on."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

from app.services import clock_stops
from app.services.clock_stops import Suspicion
from app.services.house import House
from app.terms import ClockFault
from config import ROOT
from tests.duban import MAIN, environment


def duban(house: House, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", MAIN, *arguments]
    return subprocess.run(command, env=environment(house), cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_a_stop_is_shown_and_confirmed(house: House) -> None:
    clock_stops.note(house, "office-1:7:scheduler", Suspicion(ClockFault.FORWARD, timedelta(hours=25)))

    before = json.loads(duban(house, "clock", "status", "--json").stdout)
    confirmed = json.loads(duban(house, "clock", "confirm", "--as", "system_admin", "--json").stdout)
    after = json.loads(duban(house, "clock", "status", "--json").stdout)

    assert [(stop["fault"], stop["seconds_ahead"]) for stop in before["stops"]] == [("forward", 90000)]
    assert confirmed == before["stops"]
    assert after["stops"] == []
    assert after["database_server"] is None


def test_who_does_not_administer_the_system_does_not_confirm(house: House) -> None:
    done = duban(house, "clock", "confirm", "--as", "office")

    assert done.returncode == 1
    assert "duban:" in done.stderr

"""`duban forecast`: the daily look at once, and how good forecasts were; on any database, an empty one too."""

from __future__ import annotations

import json
import subprocess
import sys

from app.services.house import House
from config import ROOT
from tests.duban import MAIN, environment


def duban(house: House, *arguments: str) -> str:
    command = [sys.executable, "-c", MAIN, "forecast", *arguments]
    done = subprocess.run(command, env=environment(house), cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_daily_look_and_the_back_test_run_on_an_office_without_a_past(house: House) -> None:
    assert "lights turned: 0" in duban(house, "update")
    assert json.loads(duban(house, "backtest", "--json")) == []
    assert "none" in duban(house, "backtest")

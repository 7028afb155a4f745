"""Runs of the day, each a folder beside the database: what is asked, how far it is, what came out.

Files, because nothing of a run may touch the real database; every process of this machine sees them. A folder lives for
a day.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app import clock
from app.errors import NotFound
from app.services.what_if.scenario import Scenario, from_json

FOLDER = "what_if"
LIVES = timedelta(days=1)
SILENT = timedelta(minutes=2)  # a run that says nothing for longer has lost its process
CANCEL, STATUS, RESULT = "cancel", "status.json", "result.json"
RUNNING = ("waiting", "running")


@dataclass(frozen=True)
class Run:
    """state: waiting | running | done | cancelled | failed. share: 0 to 1. step: what is being done, a word of ours.

    told: the change in words, as the page said it when the run was started.
    """

    id: str
    scenario: Scenario
    told: str
    by: str
    today: str
    started_at: datetime
    state: str
    share: float
    step: str
    at: datetime

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING


class Store:
    """The folder of one house."""

    def __init__(self, instance: Path) -> None:
        self.folder = instance / FOLDER

    def add(self, scenario: Scenario, told: str, by: str) -> str:
        """A new run that waits; its id. Folders of yesterday are removed."""
        self._tidy()
        id_ = secrets.token_hex(8)
        self.path(id_).mkdir(parents=True)
        now = clock.system_now().isoformat()
        first = {
            "scenario": scenario.as_json(),
            "told": told,
            "by": by,
            "today": clock.today().isoformat(),
            "started_at": now,
        }
        self._write(id_, {**first, "state": "waiting", "share": 0.0, "step": "", "at": now})
        return id_

    def path(self, id_: str) -> Path:
        """Raises NotFound for what is no id."""
        if not (len(id_) == 16 and all(sign in "0123456789abcdef" for sign in id_)):
            raise NotFound
        return self.folder / id_

    def get(self, id_: str) -> Run:
        """Raises NotFound."""
        try:
            told = json.loads((self.path(id_) / STATUS).read_text("utf-8"))
        except FileNotFoundError:
            raise NotFound("没有找到这次推演，推演结果只保留一天。") from None
        scenario, at = from_json(told.pop("scenario")), datetime.fromisoformat(told.pop("at"))
        started_at = datetime.fromisoformat(told.pop("started_at"))
        if told["state"] in RUNNING and clock.system_now() - at > SILENT:
            told["state"] = "failed"
        return Run(id=id_, scenario=scenario, started_at=started_at, at=at, **told)

    def runs(self) -> list[Run]:
        """Those of the day, the newest first."""
        known = [self.get(path.parent.name) for path in self.folder.glob(f"*/{STATUS}")]
        return sorted(known, key=lambda run: run.started_at, reverse=True)

    def note(self, id_: str, **changes: Any) -> None:
        told = json.loads((self.path(id_) / STATUS).read_text("utf-8"))
        self._write(id_, {**told, **changes, "at": clock.system_now().isoformat()})

    def cancel(self, id_: str) -> None:
        """Asks the run to stop; it does so at its next step."""
        self.get(id_)
        (self.path(id_) / CANCEL).touch()

    def is_cancelled(self, id_: str) -> bool:
        return (self.path(id_) / CANCEL).exists()

    def keep(self, id_: str, result: Mapping[str, Any]) -> None:
        (self.path(id_) / RESULT).write_text(json.dumps(result, ensure_ascii=False), "utf-8")

    def result(self, id_: str) -> dict[str, Any] | None:
        path = self.path(id_) / RESULT
        return json.loads(path.read_text("utf-8")) if path.exists() else None

    def _write(self, id_: str, told: Mapping[str, Any]) -> None:
        """At once, so that who reads meanwhile finds the old or the new."""
        path = self.path(id_) / STATUS
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        fresh.replace(path)

    def _tidy(self) -> None:
        for run in self.runs():
            if clock.system_now() - run.started_at > LIVES and not run.is_running:
                shutil.rmtree(self.path(run.id), ignore_errors=True)

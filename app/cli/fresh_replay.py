"""Does recorded commands again in a process of its own, with another hash seed, zone and locale than this one.

What hung by accident on the order of a set, on local time or on a sort by locale would come out otherwise there. The
child (`python -m app.cli.fresh_replay [INSTANCE]`) gets the settings by its environment and prints a line of JSON for
each instance, and one for the whole.
"""

from __future__ import annotations

import json
import locale
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any

from app.errors import AppError
from app.services import reexecution
from app.services.house import House
from app.services.reexecution import Repetition
from config import ROOT, Settings, from_environment

ZONES = ("America/St_Johns", "Asia/Kathmandu", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Marquesas")
LOCALE = "C"

Line = dict[str, Any]


class ChildFailed(Exception):
    """The process ended before it had done everything; the text is the last line that it wrote to stderr."""


@dataclass(frozen=True)
class Surroundings:
    """What is otherwise in the child."""

    hash_seed: str
    zone: str
    locale: str = LOCALE

    @property
    def text(self) -> str:
        return f"a fresh process: hash seed {self.hash_seed}, zone {self.zone}, locale {self.locale}"


def other_surroundings() -> Surroundings:
    here = os.environ.get("TZ", "")
    zone = secrets.choice([zone for zone in ZONES if zone != here])
    return Surroundings(str(1 + secrets.randbelow(2**32 - 1)), zone)


def replayed(settings: Settings, around: Surroundings, instance_id: str | None = None) -> Iterator[Line]:
    """A line an instance as the child prints it (see line_of). None: all of them. Raises ChildFailed."""
    command = [sys.executable, "-m", "app.cli.fresh_replay", *([instance_id] if instance_id else [])]
    environment = _environment(settings, around)
    with TemporaryFile("w+", encoding="utf-8") as errors:
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": errors, "text": True, "encoding": "utf-8"}
        with subprocess.Popen(command, env=environment, cwd=ROOT, **pipes) as child:
            whole = yield from _read(child)
        if child.returncode != 0 or whole.get("hash_seed") != around.hash_seed:
            errors.seek(0)
            raise ChildFailed((errors.read().strip().splitlines() or [f"exit code {child.returncode}"])[-1])


def _read(child: subprocess.Popen[str]) -> Generator[Line, None, Line]:
    """Hand on its lines; what it says of the whole. Who stops listening ends it."""
    whole: Line = {}
    assert child.stdout is not None
    try:
        for text in child.stdout:
            line = json.loads(text)
            whole = line.get("whole", whole)
            if "whole" not in line:
                yield line
    except BaseException:
        child.kill()
        raise
    return whole


def _environment(settings: Settings, around: Surroundings) -> Mapping[str, str]:
    own = {
        "DUBAN_DATABASE_URL": settings.database_url,
        "DUBAN_SECRET_KEY": settings.secret_key,
        "DUBAN_INSTANCE": str(settings.instance),
        "DUBAN_PLAN": str(settings.plan),
        "DUBAN_FILES_URL": settings.files_url,
        "PYTHONHASHSEED": around.hash_seed,
        "TZ": around.zone,
        "LC_ALL": around.locale,
        "PYTHONIOENCODING": "utf-8",
    }
    return {**os.environ, **own}


def line_of(again: Repetition) -> Line:
    """departure: in words, where the repetition left the record; erased: why it could not be done to its end."""
    return {
        "instance": again.instance_id,
        "steps": again.recorded,
        "equal": again.equal,
        "events": again.events,
        "departure": again.departure.text if again.departure else None,
        "erased": again.erased.text if again.erased else None,
    }


def main() -> None:
    """What the child does."""
    locale.setlocale(locale.LC_ALL, "")
    wanted = sys.argv[1:]
    with closing(House(from_environment())) as house:
        try:
            _do(house, wanted)
        except AppError as error:
            sys.exit(error.text)
    zone = time.tzname[0]
    whole = {"hash_seed": os.environ.get("PYTHONHASHSEED"), "zone": zone, "locale": locale.setlocale(locale.LC_ALL)}
    print(json.dumps({"whole": whole}), flush=True)


def _do(house: House, wanted: Sequence[str]) -> None:
    every = [reexecution.replay_instance(house, id_) for id_ in wanted] if wanted else reexecution.replay_all(house)
    for again in every:
        print(json.dumps(line_of(again)), flush=True)


if __name__ == "__main__":
    main()

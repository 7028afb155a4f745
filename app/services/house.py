"""What one running Duban has at hand: settings, database, engine, process definitions, calendar and policies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, select

from app import clock
from app.db import Database, table_of
from app.duties.chains import Chains, read_chains
from app.duties.library_counts import PlanCounts, read_counts
from app.duties.reminders import Ladder
from app.engine import Definition, Engine, load_published
from app.models.plan import WorkDay
from app.models.process import ProcessDefinition
from app.queries import rule_tables
from app.queries.rule_tables import Tables
from app.services.history import HASH_OPTION
from app.services.passwords import Passwords, read_policy
from app.workdays import STATUTORY, Calendar
from config import ROOT, Settings

POLICIES = ROOT / "policies"
KEPT_DEFINITIONS = 100  # versions; an office runs a few dozen, and each takes one to two megabytes


class House:
    """Made once by whoever opens a door (web, API, command line, scheduler) and handed to the services."""

    def __init__(self, settings: Settings, database: Database | None = None, is_copy: bool = False) -> None:
        """is_copy: something is tried out here; what it does stands in no log and no figure."""
        self.settings = settings
        self.is_copy = is_copy
        self.database = database or Database(settings.database_url)
        self.database.engine.update_execution_options(**{HASH_OPTION: settings.ledger_hash})
        self.engine = Engine(sha256(b"state:" + settings.secret_key.encode()).digest())
        self._definitions: dict[int, Definition] = {}
        self._calendar: Calendar | None = None
        self._rules: tuple[date, Tables] | None = None
        self._lock = Lock()

    def rules(self, connection: Connection | None = None) -> Tables:
        """Of lights, pace and reminders. Read once a day: a new version holds from the day after its approval.

        connection: of whoever has one open; else one is opened for it.
        """
        today, kept = clock.today(), self._rules
        if kept is not None and kept[0] == today:
            return kept[1]
        if connection is not None:
            found = rule_tables.in_force(connection)
        else:
            with self.database.reading() as session:
                found = rule_tables.in_force(session)
        self._rules = (today, found)
        return found

    @property
    def ladder(self) -> Ladder:
        """Of today."""
        return self.rules().ladder(clock.today())

    @cached_property
    def passwords(self) -> Passwords:
        return Passwords(read_policy((POLICIES / "passwords.yaml").read_text("utf-8")), self.settings.argon2)

    @cached_property
    def counts(self) -> Mapping[str, PlanCounts]:
        """By key of the plan, which figures count themselves."""
        return read_counts((POLICIES / "counts.yaml").read_text("utf-8"))

    @cached_property
    def chains(self) -> Chains:
        return read_chains((POLICIES / "chains.yaml").read_text("utf-8"))

    @property
    def calendar(self) -> Calendar:
        """The library's calendar with the office's own days laid over it; read once, and again after forget()."""
        calendar = self._calendar
        if calendar is None:
            with self.database.reading() as session:
                days = {row.day: row.is_working for row in session.scalars(select(WorkDay))}
            calendar = self._calendar = STATUTORY.with_days(days, {day.year for day in days}) if days else STATUTORY
        return calendar

    def forget_calendar(self) -> None:
        self._calendar = None

    def definition(self, connection: Connection, id_: int) -> Definition:
        """The version with this row id, parsed once in a process; rows are immutable."""
        known = self._definitions.get(id_)
        if known is not None:
            return known
        table = table_of(ProcessDefinition)
        row = connection.execute(select(table.c.key, table.c.hash, table.c.sources).where(table.c.id == id_)).one()
        definition = load_published({name: text.encode() for name, text in row.sources.items()}, row.key, row.hash)
        with self._lock:
            self._definitions[id_] = definition
            if len(self._definitions) > KEPT_DEFINITIONS:
                self._definitions.pop(next(iter(self._definitions)))
        return definition

    @property
    def files(self) -> Path:
        """Where attachments lie when files_url is a folder."""
        return Path(self.settings.files_url.removeprefix("file://"))

    def close(self) -> None:
        self.database.close()

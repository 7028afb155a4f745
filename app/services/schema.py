"""Brings a database to the present tables; one process at a time, the others wait."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from app.db import Database
from config import ROOT

MIGRATIONS = ROOT / "app" / "migrations"
UPGRADE_LOCK = 0x0D0BA7  # the key of PostgreSQL's advisory lock; SQLite takes its own with BEGIN IMMEDIATE


def migrate(database: Database) -> None:
    """Run the revisions that are missing. Does nothing on a database that is up to date."""
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config

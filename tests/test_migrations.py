"""The revisions make exactly the tables that the models describe, on both databases, there and back."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

import app.models  # noqa: F401  so that the metadata knows every table
from app.db import Base, Database
from app.services.schema import alembic_config, migrate


def test_an_empty_database_becomes_what_the_models_say(empty_database_url: str) -> None:
    database = Database(empty_database_url)

    migrate(database)
    migrate(database)

    with database.writing() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    database.close()


def test_every_revision_can_be_taken_back(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    migrate(database)

    with database.writing() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")

    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    database.close()

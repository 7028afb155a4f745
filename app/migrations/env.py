"""Runs revisions on the connection that app/services/schema.py hands over."""

from alembic import context

import app.models  # noqa: F401  a table that nobody imports would look like one to be dropped
from app.db import Base


def run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()

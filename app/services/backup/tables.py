"""Which tables of a database an archive holds, read from the database itself: it may be of an older revision."""

from __future__ import annotations

from hashlib import sha256

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, inspect, select, union_all

PASSING = frozenset({"user_session", "heartbeat", "sign_in_failure"})  # people sign in again, schedulers tick again
QUEUE = "huey_"  # hints only; the outbox is the truth


def revision_of(connection: Connection) -> str | None:
    """The revision of the tables, or None where there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def is_kept(name: str) -> bool:
    return name not in PASSING and name != "alembic_version" and not name.startswith(QUEUE)


def kept_tables(connection: Connection) -> list[Table]:
    """The tables with something to keep, each after those that it refers to."""
    names = [name for name in inspect(connection).get_table_names() if is_kept(name)]
    metadata = MetaData()
    metadata.reflect(connection, only=names)
    return metadata.sorted_tables


def heads(connection: Connection, tables: list[Table]) -> tuple[int, str]:
    """How many chains there are, and one digest over the last event of each."""
    named = {table.name: table for table in tables}
    instance, other = named["process_instance"].c, named["stream_head"].c
    both = union_all(
        select(instance.id.label("stream"), instance.head_seq.label("seq"), instance.head_hash.label("hash")),
        select(other.stream, other.seq, other.hash),
    ).subquery()
    order = both.c.stream if connection.dialect.name == "sqlite" else both.c.stream.collate("C")
    count, digest = 0, sha256()
    for stream, seq, hash_ in connection.execute(select(both).order_by(order), execution_options={"yield_per": 1000}):
        digest.update(f"{stream} {seq} {hash_}\n".encode())
        count += 1
    return count, digest.hexdigest()

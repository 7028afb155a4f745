"""Lines of events, to be searched; they are filled from the ledger afterwards."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ALWAYS = ("kind", "verb")
WHERE_SAID = ("actor", "on_behalf_of", "concerned", "unit_id", "subject_unit_id", "enterprise_id", "duty")


def upgrade() -> None:
    op.create_table(
        "event_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=True),
        sa.Column("on_behalf_of", sa.String(length=80), nullable=True),
        sa.Column("concerned", sa.String(length=80), nullable=True),
        sa.Column("unit_id", sa.String(length=40), nullable=True),
        sa.Column("subject_unit_id", sa.String(length=40), nullable=True),
        sa.Column("enterprise_id", sa.String(length=18), nullable=True),
        sa.Column("duty", sa.String(length=40), nullable=True),
        sa.Column("matter", sa.String(length=36), nullable=True),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("business_key", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_line")),
    )
    op.create_index("ix_event_line_stream", "event_line", ["stream", "seq"], unique=True)
    op.create_index("ix_event_line_at", "event_line", ["at", "id"])
    for column in ALWAYS:
        op.create_index(f"ix_event_line_{column}", "event_line", [column, "at", "id"])
    for column in WHERE_SAID:
        is_said = sa.text(f"{column} IS NOT NULL")
        name, columns = f"ix_event_line_{column}", [column, "at", "id"]
        op.create_index(name, "event_line", columns, sqlite_where=is_said, postgresql_where=is_said)


def downgrade() -> None:
    op.drop_table("event_line")

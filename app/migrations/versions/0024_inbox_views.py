"""What people keep for their lists, and what the search for viruses found in a file."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

WAITING = sa.text("scan = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "list_columns",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("list_key", sa.String(length=12), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_list_columns_person_id")),
        sa.PrimaryKeyConstraint("person_id", "list_key", name=op.f("pk_list_columns")),
    )
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("list_key", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_filter_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("person_id", "list_key", "name", name=op.f("uq_saved_filter_person_id_list_key_name")),
    )
    with op.batch_alter_table("attachment") as batch_op:
        batch_op.add_column(sa.Column("scan", sa.String(length=10), server_default="none", nullable=False))
        batch_op.create_index("ix_attachment_waiting", ["at"], sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade() -> None:
    with op.batch_alter_table("attachment") as batch_op:
        batch_op.drop_index("ix_attachment_waiting")
        batch_op.drop_column("scan")
    op.drop_table("saved_filter")
    op.drop_table("list_columns")

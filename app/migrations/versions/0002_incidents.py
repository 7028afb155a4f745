"""Incidents say how they were settled, and by whom."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NEW = ("about", "attempts", "resolved_by", "resolution", "reason")


def upgrade() -> None:
    with op.batch_alter_table("incident") as batch_op:
        batch_op.alter_column(
            "command_key", existing_type=sa.String(120), type_=sa.String(160), existing_nullable=False
        )
        batch_op.add_column(sa.Column("about", sa.String(250), nullable=True))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("resolved_by", sa.String(80), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("resolution", sa.String(12), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    is_open = sa.text("status = 'open'")
    op.create_index(
        "uq_incident_about", "incident", ["about"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
    op.execute("UPDATE incident SET resolution = 'retried' WHERE status = 'resolved'")
    # What has failed is now kept by an incident: a message is tried once more and gets one, an old letter is given up.
    op.execute("UPDATE outbox SET status = 'pending', attempts = 0 WHERE status = 'failed' AND kind = 'message'")
    op.execute("UPDATE outbox SET status = 'dropped' WHERE status = 'failed'")
    op.add_column("timer", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("timer") as batch_op:
        batch_op.drop_column("failures")
    op.execute("UPDATE outbox SET status = 'failed' WHERE status = 'dropped'")
    op.drop_index("uq_incident_about", "incident")
    with op.batch_alter_table("incident") as batch_op:
        for name in reversed(NEW):
            batch_op.drop_column(name)
        batch_op.alter_column(
            "command_key", existing_type=sa.String(160), type_=sa.String(120), existing_nullable=False
        )

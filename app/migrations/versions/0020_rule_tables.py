"""Rules of lights, pace and reminders by version."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_table_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_rule_table_version_decided_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_rule_table_version_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_table_version")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_rule_table_version_key_version")),
    )
    op.create_index("ix_rule_table_version_status", "rule_table_version", ["status", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_rule_table_version_status", table_name="rule_table_version")
    op.drop_table("rule_table_version")

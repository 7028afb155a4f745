"""Findings of rule checks, how far each rule has looked, and when it looks again."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("instance_id", sa.String(36), nullable=False),
        sa.Column("unit_id", sa.String(40), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("explained_by", sa.String(80), nullable=False),
        sa.Column("explained_at", Instant(), nullable=True),
        sa.Column("settled_by", sa.String(80), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("rule", "instance_id", "seq"),
    )
    op.create_index("ix_rule_finding_status", "rule_finding", ["status", "found_at", "id"])
    op.create_index("ix_rule_finding_instance_id", "rule_finding", ["instance_id"])
    op.create_index("ix_rule_finding_unit_id", "rule_finding", ["unit_id"])
    op.create_table(
        "rule_progress",
        sa.Column("rule", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("upto", sa.String(32), nullable=False),
        sa.Column("ran_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("rule"),
    )
    op.create_table(
        "rule_wait",
        sa.Column("rule", sa.String(60), nullable=False),
        sa.Column("instance_id", sa.String(36), nullable=False),
        sa.Column("look_again_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"]),
        sa.PrimaryKeyConstraint("rule", "instance_id"),
    )
    op.create_index("ix_rule_wait_look_again_on", "rule_wait", ["look_again_on"])


def downgrade() -> None:
    for table in ("rule_wait", "rule_progress", "rule_finding"):
        op.drop_table(table)

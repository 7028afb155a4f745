"""Nomination lists of the upgrading library, growth selections, and their plans."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nomination_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("locality_id", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("consent", sa.String(length=10), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_nomination_row_instance_id")),
        sa.ForeignKeyConstraint(["locality_id"], ["unit.id"], name=op.f("fk_nomination_row_locality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_row")),
    )
    with op.batch_alter_table("nomination_row", schema=None) as batch_op:
        batch_op.create_index("ix_nomination_row_instance_id", ["instance_id", "position"], unique=False)
        batch_op.create_index("ix_nomination_row_locality_id", ["locality_id", "state"], unique=False)
        batch_op.create_index("ix_nomination_row_enterprise_id", ["enterprise_id", "state"], unique=False)

    op.create_table(
        "growth_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("locality_id", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("points", sa.Numeric(precision=8, scale=4), nullable=False),
        sa.Column("score", sa.JSON(), nullable=False),
        sa.Column("selected_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_growth_mark_enterprise_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_growth_mark_instance_id")),
        sa.ForeignKeyConstraint(["locality_id"], ["unit.id"], name=op.f("fk_growth_mark_locality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_growth_mark")),
        sa.UniqueConstraint("year", "enterprise_id", name=op.f("uq_growth_mark_year_enterprise_id")),
    )
    with op.batch_alter_table("growth_mark", schema=None) as batch_op:
        batch_op.create_index("ix_growth_mark_enterprise_id", ["enterprise_id", "year"], unique=False)

    op.create_table(
        "plan_goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("value", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actual", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_plan_goal_enterprise_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_plan_goal_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_goal")),
        sa.UniqueConstraint("instance_id", "position", name=op.f("uq_plan_goal_instance_id_position")),
    )
    op.create_table(
        "support_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_support_line_enterprise_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_support_line_instance_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_support_line_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_line")),
        sa.UniqueConstraint("instance_id", "position", name=op.f("uq_support_line_instance_id_position")),
    )
    with op.batch_alter_table("support_line", schema=None) as batch_op:
        batch_op.create_index("ix_support_line_unit_id", ["unit_id", "state", "due_on"], unique=False)
        batch_op.create_index("ix_support_line_enterprise_id", ["enterprise_id"], unique=False)


def downgrade() -> None:
    for name in ("support_line", "plan_goal", "growth_mark", "nomination_row"):
        op.drop_table(name)

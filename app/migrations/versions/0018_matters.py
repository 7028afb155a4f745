"""Lists of practical matters, their milestones, and what enterprises say of them."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matter_list",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("is_adopted", sa.Boolean(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_matter_list_instance_id")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_matter_list")),
    )
    op.create_index("ix_matter_list_instance_id", "matter_list", ["instance_id"], unique=True)

    op.create_table(
        "practical_matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("target_group", sa.String(length=100), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("quantity_unit", sa.String(length=20), nullable=False),
        sa.Column("lead_id", sa.String(length=40), nullable=False),
        sa.Column("co_units", sa.JSON(), nullable=False),
        sa.Column("by_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("public_text", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("first_requested_on", sa.Date(), nullable=True),
        sa.Column("late_days", sa.Integer(), nullable=True),
        sa.Column("firms", sa.JSON(), nullable=False),
        sa.Column("ratio", sa.Numeric(precision=5, scale=4), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("quality", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("asked_count", sa.Integer(), nullable=False),
        sa.Column("rated_count", sa.Integer(), nullable=False),
        sa.Column("satisfaction", sa.Numeric(precision=4, scale=1), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["unit.id"], name=op.f("fk_practical_matter_lead_id")),
        sa.ForeignKeyConstraint(["year"], ["matter_list.year"], name=op.f("fk_practical_matter_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_matter")),
        sa.UniqueConstraint("key", name=op.f("uq_practical_matter_key")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_practical_matter_year_number")),
    )
    op.create_index("ix_practical_matter_lead_id", "practical_matter", ["lead_id", "year"], unique=False)

    op.create_table(
        "matter_milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("by_on", sa.Date(), nullable=False),
        sa.Column("success", sa.String(length=200), nullable=False),
        sa.Column("goal", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("goal_unit", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("point", sa.Text(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["matter_id"], ["practical_matter.id"], name=op.f("fk_matter_milestone_matter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_milestone")),
        sa.UniqueConstraint("matter_id", "number", name=op.f("uq_matter_milestone_matter_id_number")),
    )
    op.create_index("ix_matter_milestone_by_on", "matter_milestone", ["by_on", "is_done"], unique=False)

    op.create_table(
        "matter_rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("grade", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rated_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_matter_rating_enterprise_id")),
        sa.ForeignKeyConstraint(["matter_id"], ["practical_matter.id"], name=op.f("fk_matter_rating_matter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_rating")),
        sa.UniqueConstraint("matter_id", "enterprise_id", name=op.f("uq_matter_rating_matter_id_enterprise_id")),
    )
    op.create_index("ix_matter_rating_enterprise_id", "matter_rating", ["enterprise_id", "closes_on"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_matter_rating_enterprise_id", table_name="matter_rating")
    op.drop_index("ix_matter_milestone_by_on", table_name="matter_milestone")
    op.drop_index("ix_practical_matter_lead_id", table_name="practical_matter")
    op.drop_index("ix_matter_list_instance_id", table_name="matter_list")
    op.drop_table("matter_rating")
    op.drop_table("matter_milestone")
    op.drop_table("practical_matter")
    op.drop_table("matter_list")

"""Service months, their activities, and which enterprises took part."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_month",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("theme", sa.String(length=60), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("budget", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_service_month_instance_id")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_service_month")),
    )
    op.create_index("ix_service_month_instance_id", "service_month", ["instance_id"], unique=True)

    op.create_table(
        "service_activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("co_units", sa.JSON(), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("on_time", sa.String(length=5), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("chain", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("firms", sa.JSON(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("firm_count", sa.Integer(), nullable=False),
        sa.Column("amount_wan", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("contracts", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_service_activity_unit_id")),
        sa.ForeignKeyConstraint(["year"], ["service_month.year"], name=op.f("fk_service_activity_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_activity")),
        sa.UniqueConstraint("key", name=op.f("uq_service_activity_key")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_service_activity_year_number")),
    )
    op.create_index("ix_service_activity_kind", "service_activity", ["kind", "is_counted", "on_day"], unique=False)
    op.create_index("ix_service_activity_on_day", "service_activity", ["on_day", "id"], unique=False)
    op.create_index("ix_service_activity_unit_id", "service_activity", ["unit_id", "year"], unique=False)

    op.create_table(
        "activity_firm",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("invited_on", sa.Date(), nullable=True),
        sa.Column("registered_at", Instant(), nullable=True),
        sa.Column("is_present", sa.Boolean(), nullable=False),
        sa.Column("rating", sa.String(length=4), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("rated_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["service_activity.id"], name=op.f("fk_activity_firm_activity_id")),
        sa.PrimaryKeyConstraint("activity_id", "code", name=op.f("pk_activity_firm")),
    )
    op.create_index("ix_activity_firm_code", "activity_firm", ["code", "activity_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_activity_firm_code", table_name="activity_firm")
    op.drop_table("activity_firm")
    for name in ("unit_id", "on_day", "kind"):
        op.drop_index(f"ix_service_activity_{name}", table_name="service_activity")
    op.drop_table("service_activity")
    op.drop_index("ix_service_month_instance_id", table_name="service_month")
    op.drop_table("service_month")

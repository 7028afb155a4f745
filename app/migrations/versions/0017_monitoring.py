"""Monitoring reports with their figures and notes, and localities' plans with their lines."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lag_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("light", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_lag_act_instance_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_lag_act_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lag_act")),
    )
    op.create_index("ix_lag_act_unit_id", "lag_act", ["unit_id", "key", "id"], unique=False)

    op.create_table(
        "locality_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("first_submitted_on", sa.Date(), nullable=True),
        sa.Column("late_days", sa.Integer(), nullable=True),
        sa.Column("quality", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("filed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_locality_plan_instance_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_locality_plan_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locality_plan")),
        sa.UniqueConstraint("unit_id", "edition", "revision", name=op.f("uq_locality_plan_unit_id_edition_revision")),
    )
    op.create_index("ix_locality_plan_instance_id", "locality_plan", ["instance_id"], unique=True)

    op.create_table(
        "progress_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("expected", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("counted", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lag_reason", sa.Text(), nullable=False),
        sa.Column("lag_step", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("light", sa.String(length=8), nullable=False),
        sa.Column("is_basis_open", sa.Boolean(), nullable=False),
        sa.Column("verified_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_progress_figure_indicator_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_progress_figure_instance_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_progress_figure_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_figure")),
    )
    op.create_index("ix_progress_figure_indicator_id", "progress_figure", ["indicator_id", "year", "id"], unique=False)
    op.create_index("ix_progress_figure_unit_id", "progress_figure", ["unit_id", "period", "id"], unique=False)

    op.create_table(
        "progress_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_progress_note_instance_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_progress_note_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_note")),
        sa.UniqueConstraint("period", "unit_id", "kind", "ref", name=op.f("uq_progress_note_period_unit_id_kind_ref")),
    )
    op.create_index("ix_progress_note_kind", "progress_note", ["kind", "ref", "year"], unique=False)

    op.create_table(
        "progress_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("correction", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("first_submitted_on", sa.Date(), nullable=True),
        sa.Column("late_days", sa.Integer(), nullable=True),
        sa.Column("is_checked", sa.Boolean(), nullable=False),
        sa.Column("quality", sa.String(length=12), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_progress_report_instance_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_progress_report_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_report")),
        sa.UniqueConstraint(
            "period", "unit_id", "correction", name=op.f("uq_progress_report_period_unit_id_correction")
        ),
    )
    op.create_index("ix_progress_report_instance_id", "progress_report", ["instance_id"], unique=True)
    op.create_index("ix_progress_report_year", "progress_report", ["year", "unit_id"], unique=False)

    op.create_table(
        "plan_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("measure_number", sa.Integer(), nullable=False),
        sa.Column("is_concerned", sa.Boolean(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("by_on", sa.Date(), nullable=True),
        sa.Column("success", sa.String(length=100), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["locality_plan.id"], name=op.f("fk_plan_line_plan_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_plan_line_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_line")),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_plan_line_plan_id_position")),
    )
    op.create_index("ix_plan_line_unit_id", "plan_line", ["unit_id", "ended_on", "by_on"], unique=False)

    op.create_table(
        "plan_suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["unit.id"], name=op.f("fk_plan_suggestion_department_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["locality_plan.id"], name=op.f("fk_plan_suggestion_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_suggestion")),
    )
    op.create_index("ix_plan_suggestion_plan_id", "plan_suggestion", ["plan_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_plan_suggestion_plan_id", table_name="plan_suggestion")
    op.drop_table("plan_suggestion")
    op.drop_index("ix_plan_line_unit_id", table_name="plan_line")
    op.drop_table("plan_line")
    op.drop_index("ix_progress_report_instance_id", table_name="progress_report")
    op.drop_index("ix_progress_report_year", table_name="progress_report")
    op.drop_table("progress_report")
    op.drop_index("ix_progress_note_kind", table_name="progress_note")
    op.drop_table("progress_note")
    op.drop_index("ix_progress_figure_indicator_id", table_name="progress_figure")
    op.drop_index("ix_progress_figure_unit_id", table_name="progress_figure")
    op.drop_table("progress_figure")
    op.drop_index("ix_locality_plan_instance_id", table_name="locality_plan")
    op.drop_table("locality_plan")
    op.drop_index("ix_lag_act_unit_id", table_name="lag_act")
    op.drop_table("lag_act")

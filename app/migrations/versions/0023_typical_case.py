"""Typical cases, who read them, and quality points."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quality_bonus",
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("points", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_quality_bonus_unit_id")),
        sa.PrimaryKeyConstraint("source_key", name=op.f("pk_quality_bonus")),
    )
    op.create_index("ix_quality_bonus_year", "quality_bonus", ["year", "unit_id"], unique=False)

    op.create_table(
        "typical_case",
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("author_name", sa.String(length=120), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=True),
        sa.Column("enterprise_id", sa.String(length=18), nullable=True),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("taken_down_on", sa.Date(), nullable=True),
        sa.Column("top_year", sa.Integer(), nullable=True),
        sa.Column("top_place", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_typical_case_enterprise_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_typical_case_unit_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_typical_case")),
        sa.UniqueConstraint("source_key", name=op.f("uq_typical_case_source_key")),
    )
    op.create_index("ix_typical_case_author", "typical_case", ["author", "number"], unique=False)
    op.create_index("ix_typical_case_enterprise_id", "typical_case", ["enterprise_id", "number"], unique=False)
    op.create_index("ix_typical_case_instance_id", "typical_case", ["instance_id"], unique=False)
    op.create_index("ix_typical_case_state", "typical_case", ["state", "published_on", "number"], unique=False)
    op.create_index("ix_typical_case_unit_id", "typical_case", ["unit_id", "number"], unique=False)
    op.create_index("ix_typical_case_year", "typical_case", ["year", "state"], unique=False)

    op.create_table(
        "case_views",
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["typical_case.number"], name=op.f("fk_case_views_number")),
        sa.PrimaryKeyConstraint("number", "on", name=op.f("pk_case_views")),
    )


def downgrade() -> None:
    op.drop_table("case_views")
    op.drop_index("ix_typical_case_year", table_name="typical_case")
    op.drop_index("ix_typical_case_unit_id", table_name="typical_case")
    op.drop_index("ix_typical_case_state", table_name="typical_case")
    op.drop_index("ix_typical_case_instance_id", table_name="typical_case")
    op.drop_index("ix_typical_case_enterprise_id", table_name="typical_case")
    op.drop_index("ix_typical_case_author", table_name="typical_case")
    op.drop_table("typical_case")
    op.drop_index("ix_quality_bonus_year", table_name="quality_bonus")
    op.drop_table("quality_bonus")

"""The assessment of a year with the rules it used, and the scores of the units."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assessment",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("rules_id", sa.String(length=80), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("computed_on", sa.Date(), nullable=True),
        sa.Column("is_data_late", sa.Boolean(), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("published_at", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_assessment_instance_id")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_assessment")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_assessment_instance_id")),
    )

    op.create_table(
        "assessment_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("ranking", sa.String(length=12), nullable=False),
        sa.Column("rules_id", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("total", sa.Numeric(precision=6, scale=1), nullable=True),
        sa.Column("is_falsified", sa.Boolean(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(length=12), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("successor_id", sa.String(length=40), nullable=True),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_assessment_score_instance_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["unit.id"], name=op.f("fk_assessment_score_successor_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_assessment_score_unit_id")),
        sa.ForeignKeyConstraint(["year"], ["assessment.year"], name=op.f("fk_assessment_score_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_score")),
        sa.UniqueConstraint("year", "unit_id", "revision", name=op.f("uq_assessment_score_year_unit_id_revision")),
    )
    op.create_index(
        "ix_assessment_score_ranking", "assessment_score", ["year", "is_current", "ranking", "place"], unique=False
    )


def downgrade() -> None:
    op.drop_table("assessment_score")
    op.drop_table("assessment")

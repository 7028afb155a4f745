"""Enterprises: their files, figures, titles, and whose account a person's is; what units do for the others."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enterprise",
        sa.Column("id", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("pinyin", sa.String(length=400), nullable=False),
        sa.Column("locality_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("industry", sa.String(length=40), nullable=False),
        sa.Column("chain", sa.String(length=40), nullable=False),
        sa.Column("product", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("contact_name", sa.String(length=80), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("library_since", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.String(length=18), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["locality_id"], ["unit.id"], name=op.f("fk_enterprise_locality_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["enterprise.id"], name=op.f("fk_enterprise_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise")),
    )
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.create_index("ix_enterprise_chain", ["chain", "id"], unique=False)
        batch_op.create_index("ix_enterprise_library_since", ["library_since", "id"], unique=False)
        batch_op.create_index("ix_enterprise_locality_id", ["locality_id", "id"], unique=False)
        batch_op.create_index("ix_enterprise_name", ["name", "id"], unique=False)

    op.create_table(
        "unit_function",
        sa.Column("function", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_function_unit_id")),
        sa.PrimaryKeyConstraint("function", "unit_id", name=op.f("pk_unit_function")),
    )
    op.create_table(
        "enterprise_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_enterprise_name_enterprise_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_name")),
        sa.UniqueConstraint("enterprise_id", "until_on", name=op.f("uq_enterprise_name_enterprise_id_until_on")),
    )
    op.create_table(
        "file_access",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("screen", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_file_access_enterprise_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_file_access_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_file_access_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_access")),
    )
    with op.batch_alter_table("file_access", schema=None) as batch_op:
        batch_op.create_index("ix_file_access_enterprise_id", ["enterprise_id", "at"], unique=False)
        batch_op.create_index("ix_file_access_person_id", ["person_id", "at"], unique=False)

    op.create_table(
        "ban",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_ban_enterprise_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_ban_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ban")),
    )
    with op.batch_alter_table("ban", schema=None) as batch_op:
        batch_op.create_index("ix_ban_enterprise_id", ["enterprise_id", "until_on"], unique=False)

    op.create_table(
        "enterprise_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_enterprise_year_enterprise_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_enterprise_year_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_year")),
        sa.UniqueConstraint("enterprise_id", "year", name=op.f("uq_enterprise_year_enterprise_id_year")),
    )
    with op.batch_alter_table("enterprise_year", schema=None) as batch_op:
        batch_op.create_index("ix_enterprise_year_year", ["year"], unique=False)

    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("rule_version", sa.String(length=40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("is_met", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_evaluation_enterprise_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_evaluation_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
    )
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.create_index("ix_evaluation_enterprise_id", ["enterprise_id", "level", "id"], unique=False)
        batch_op.create_index("ix_evaluation_instance_id", ["instance_id"], unique=False)

    op.create_table(
        "library_stay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("locality_id", sa.String(length=40), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("exit_reason", sa.String(length=40), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_library_stay_enterprise_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_library_stay_instance_id")),
        sa.ForeignKeyConstraint(["locality_id"], ["unit.id"], name=op.f("fk_library_stay_locality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_stay")),
    )
    with op.batch_alter_table("library_stay", schema=None) as batch_op:
        batch_op.create_index("ix_library_stay_entered_on", ["entered_on", "enterprise_id"], unique=False)
        batch_op.create_index("ix_library_stay_enterprise_id", ["enterprise_id", "entered_on"], unique=False)

    op.create_table(
        "title",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("rule_version", sa.String(length=40), nullable=False),
        sa.Column("batch_key", sa.String(length=120), nullable=False),
        sa.Column("certificate", sa.String(length=80), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=False),
        sa.Column("right_lost_on", sa.Date(), nullable=True),
        sa.Column("is_renewal", sa.Boolean(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=True),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_title_enterprise_id")),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_title_evaluation_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_title_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title")),
    )
    with op.batch_alter_table("title", schema=None) as batch_op:
        batch_op.create_index("ix_title_enterprise_id", ["enterprise_id", "level", "id"], unique=False)
        batch_op.create_index("ix_title_level", ["level", "status", "announced_on", "enterprise_id"], unique=False)
        batch_op.create_index("ix_title_until_on", ["status", "until_on"], unique=False)

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("enterprise_id", sa.String(length=18), nullable=True))
        batch_op.create_index(batch_op.f("ix_person_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_person_enterprise_id"), "enterprise", ["enterprise_id"], ["id"])

    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("enterprise_id", sa.String(length=18), nullable=True))
        batch_op.create_index("ix_process_instance_enterprise_id", ["enterprise_id", "started_at"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_process_instance_enterprise_id"), "enterprise", ["enterprise_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.drop_constraint("fk_process_instance_enterprise_id", type_="foreignkey")
        batch_op.drop_index("ix_process_instance_enterprise_id")
        batch_op.drop_column("enterprise_id")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_constraint("fk_person_enterprise_id", type_="foreignkey")
        batch_op.drop_index("ix_person_enterprise_id")
        batch_op.drop_column("enterprise_id")
    for name in (
        "title",
        "library_stay",
        "evaluation",
        "enterprise_year",
        "ban",
        "file_access",
        "enterprise_name",
        "unit_function",
        "enterprise",
    ):
        op.drop_table(name)

"""Recognition: batches and their lists, checks, sheets, notices, objections."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "public_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("earlier", sa.JSON(), nullable=False),
        sa.Column("is_upheld", sa.Boolean(), nullable=False),
        sa.Column("pressed_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_public_notice_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notice")),
        sa.UniqueConstraint("instance_id", "number", name=op.f("uq_public_notice_instance_id_number")),
        sa.UniqueConstraint("key", name=op.f("uq_public_notice_key")),
    )
    with op.batch_alter_table("public_notice", schema=None) as batch_op:
        batch_op.create_index("ix_public_notice_status", ["status", "published_on"], unique=False)

    op.create_table(
        "recognition_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decision_level", sa.String(length=12), nullable=False),
        sa.Column("rule_version", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("window_from", sa.Date(), nullable=True),
        sa.Column("window_to", sa.Date(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("upper_due_on", sa.Date(), nullable=True),
        sa.Column("visit_share", sa.Integer(), nullable=False),
        sa.Column("is_scored", sa.Boolean(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("notice_text", sa.Text(), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("announced_on", sa.Date(), nullable=True),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_recognition_batch_instance_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_recognition_batch_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition_batch")),
        sa.UniqueConstraint("key", name=op.f("uq_recognition_batch_key")),
    )
    with op.batch_alter_table("recognition_batch", schema=None) as batch_op:
        batch_op.create_index("ix_recognition_batch_status", ["status", "level", "kind"], unique=False)

    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("locality_id", sa.String(length=40), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("is_renewal", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("correction_on", sa.Date(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=True),
        sa.Column("asks_manual_check", sa.Boolean(), nullable=False),
        sa.Column("is_visited", sa.Boolean(), nullable=False),
        sa.Column("locality_opinion", sa.String(length=8), nullable=False),
        sa.Column("locality_reason", sa.Text(), nullable=False),
        sa.Column("is_taken_over", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("upper", sa.JSON(), nullable=False),
        sa.Column("told_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["recognition_batch.id"], name=op.f("fk_application_batch_id")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_application_enterprise_id")),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_application_evaluation_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_application_instance_id")),
        sa.ForeignKeyConstraint(["locality_id"], ["unit.id"], name=op.f("fk_application_locality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("batch_id", "enterprise_id", name=op.f("uq_application_batch_id_enterprise_id")),
        sa.UniqueConstraint("key", name=op.f("uq_application_key")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index("ix_application_batch_id", ["batch_id", "status"], unique=False)
        batch_op.create_index("ix_application_enterprise_id", ["enterprise_id", "id"], unique=False)

    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=180), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("proof_list", sa.Text(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_objection_instance_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["public_notice.id"], name=op.f("fk_objection_notice_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_objection_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("key", name=op.f("uq_objection_key")),
        sa.UniqueConstraint("notice_id", "number", name=op.f("uq_objection_notice_id_number")),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index("ix_objection_status", ["notice_id", "status"], unique=False)

    op.create_table(
        "department_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("function", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("has_problem", sa.Boolean(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("fact_on", sa.Date(), nullable=True),
        sa.Column("document_no", sa.String(length=100), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_department_check_application_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_department_check_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department_check")),
        sa.UniqueConstraint("application_id", "function", name=op.f("uq_department_check_application_id_function")),
    )
    op.create_table(
        "expert_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("draw", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_expert_sheet_application_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_expert_sheet_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_sheet")),
        sa.UniqueConstraint("application_id", "person_id", name=op.f("uq_expert_sheet_application_id_person_id")),
    )
    with op.batch_alter_table("expert_sheet", schema=None) as batch_op:
        batch_op.create_index("ix_expert_sheet_person_id", ["person_id", "status"], unique=False)


def downgrade() -> None:
    for name in ("expert_sheet", "department_check", "objection", "application", "recognition_batch", "public_notice"):
        op.drop_table(name)

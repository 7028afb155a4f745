"""Title maintenance, and what consultations decided."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consultation",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_consultation")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_consultation_year_serial")),
    )
    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.create_index("ix_consultation_status", ["status", "subject"], unique=False)

    op.create_table(
        "consultation_caller",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_key", sa.String(length=60), nullable=False),
        sa.Column("caller_key", sa.String(length=160), nullable=False),
        sa.Column("sender", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_key"], ["consultation.key"], name=op.f("fk_consultation_caller_consultation_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_caller")),
        sa.UniqueConstraint(
            "consultation_key", "caller_key", name=op.f("uq_consultation_caller_consultation_key_caller_key")
        ),
    )
    with op.batch_alter_table("consultation_caller", schema=None) as batch_op:
        batch_op.create_index("ix_consultation_caller_caller_key", ["caller_key", "id"], unique=False)

    op.create_table(
        "consultation_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_key", sa.String(length=60), nullable=False),
        sa.Column("caller_key", sa.String(length=160), nullable=False),
        sa.Column("question_no", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("concerns", sa.String(length=12), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_key"], ["consultation.key"], name=op.f("fk_consultation_decision_consultation_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_decision")),
        sa.UniqueConstraint(
            "consultation_key",
            "caller_key",
            "question_no",
            name=op.f("uq_consultation_decision_consultation_key_caller_key_question_no"),
        ),
    )
    with op.batch_alter_table("consultation_decision", schema=None) as batch_op:
        batch_op.create_index("ix_consultation_decision_caller_key", ["caller_key", "id"], unique=False)

    op.create_table(
        "decided_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_key", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_key"], ["consultation.key"], name=op.f("fk_decided_action_consultation_key")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_decided_action_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decided_action")),
    )
    with op.batch_alter_table("decided_action", schema=None) as batch_op:
        batch_op.create_index("ix_decided_action_unit_id", ["unit_id", "state", "due_on"], unique=False)

    op.create_table(
        "meeting_attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_key", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_key"], ["consultation.key"], name=op.f("fk_meeting_attendance_consultation_key")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_meeting_attendance_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_attendance")),
        sa.UniqueConstraint(
            "consultation_key", "unit_id", "met_on", name=op.f("uq_meeting_attendance_consultation_key_unit_id_met_on")
        ),
    )
    with op.batch_alter_table("meeting_attendance", schema=None) as batch_op:
        batch_op.create_index("ix_meeting_attendance_unit_id", ["unit_id", "met_on"], unique=False)

    op.create_table(
        "title_case",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("ground", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_title_case_enterprise_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_title_case")),
        sa.UniqueConstraint("enterprise_id", "year", "serial", name=op.f("uq_title_case_enterprise_id_year_serial")),
    )
    with op.batch_alter_table("title_case", schema=None) as batch_op:
        batch_op.create_index("ix_title_case_status", ["status"], unique=False)

    op.create_table(
        "title_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("event_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("noticed_by", sa.String(length=12), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("is_in_time", sa.Boolean(), nullable=True),
        sa.Column("effect", sa.String(length=12), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_title_change_enterprise_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_title_change_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title_change")),
        sa.UniqueConstraint("enterprise_id", "event_on", name=op.f("uq_title_change_enterprise_id_event_on")),
    )
    op.create_table(
        "title_update",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("is_in_time", sa.Boolean(), nullable=True),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_title_update_enterprise_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_title_update_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title_update")),
        sa.UniqueConstraint("enterprise_id", "year", name=op.f("uq_title_update_enterprise_id_year")),
    )
    with op.batch_alter_table("title_update", schema=None) as batch_op:
        batch_op.create_index("ix_title_update_year", ["year", "status"], unique=False)

    op.create_table(
        "title_renewal",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("batch_key", sa.String(length=120), nullable=False),
        sa.Column("is_granted", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_title_renewal_enterprise_id")),
        sa.ForeignKeyConstraint(["title_id"], ["title.id"], name=op.f("fk_title_renewal_title_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_title_renewal")),
        sa.UniqueConstraint("title_id", "valid_to", name=op.f("uq_title_renewal_title_id_valid_to")),
    )
    with op.batch_alter_table("title_renewal", schema=None) as batch_op:
        batch_op.create_index("ix_title_renewal_status", ["status", "level"], unique=False)


def downgrade() -> None:
    for name in (
        "title_renewal",
        "title_update",
        "title_change",
        "title_case",
        "meeting_attendance",
        "decided_action",
        "consultation_decision",
        "consultation_caller",
        "consultation",
    ):
        op.drop_table(name)

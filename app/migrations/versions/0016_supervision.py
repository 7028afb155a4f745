"""Supervision orders and extensions, and user tasks whose end or due day another process waits for."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "due_date_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("request_key", sa.String(length=80), nullable=False),
        sa.Column("old_on", sa.Date(), nullable=False),
        sa.Column("new_on", sa.Date(), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("is_in_time", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_due_date_change_instance_id")),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_due_date_change_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_date_change")),
    )
    with op.batch_alter_table("due_date_change") as batch_op:
        batch_op.create_index("ix_due_date_change_task_id", ["task_id", "id"])

    op.create_table(
        "extension_request",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("old_due_on", sa.Date(), nullable=False),
        sa.Column("new_due_on", sa.Date(), nullable=True),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.Column("reason_kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("signed_at", Instant(), nullable=True),
        sa.Column("is_in_time", sa.Boolean(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("document_no", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_extension_request_task_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_extension_request_unit_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_extension_request")),
        sa.UniqueConstraint("task_id", "position", name=op.f("uq_extension_request_task_id_position")),
    )
    with op.batch_alter_table("extension_request") as batch_op:
        batch_op.create_index("ix_extension_request_state", ["state"])
        batch_op.create_index("ix_extension_request_unit_id", ["unit_id", "asked_on"])

    op.create_table(
        "supervision_order",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("group_no", sa.String(length=20), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("subject_key", sa.String(length=160), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=True),
        sa.Column("caller_key", sa.String(length=160), nullable=False),
        sa.Column("joined_to", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("co_units", sa.JSON(), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("urgent_reason", sa.Text(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.String(length=80), nullable=False),
        sa.Column("limit_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("signed_for_on", sa.Date(), nullable=True),
        sa.Column("handler", sa.String(length=80), nullable=False),
        sa.Column("quality", sa.String(length=12), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_supervision_order_task_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_supervision_order_unit_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_supervision_order")),
        sa.UniqueConstraint("source_key", name=op.f("uq_supervision_order_source_key")),
    )
    with op.batch_alter_table("supervision_order") as batch_op:
        batch_op.create_index("ix_supervision_order_opened_on", ["opened_on", "number"])
        batch_op.create_index("ix_supervision_order_state", ["state", "level"])
        batch_op.create_index("ix_supervision_order_subject_key", ["subject_key", "state"])
        batch_op.create_index("ix_supervision_order_task_id", ["task_id"])
        batch_op.create_index("ix_supervision_order_unit_id", ["unit_id", "opened_on"])

    op.create_table(
        "order_colour",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("document_no", sa.String(length=60), nullable=False),
        sa.Column("former_no", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.String(length=80), nullable=False),
        sa.Column("contact", sa.String(length=80), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("first_limit_on", sa.Date(), nullable=False),
        sa.Column("limit_on", sa.Date(), nullable=False),
        sa.Column("has_new_limit", sa.Boolean(), nullable=False),
        sa.Column("lapsed_on", sa.Date(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("is_void", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_number"], ["supervision_order.number"], name=op.f("fk_order_colour_order_number")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_order_colour_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_colour")),
        sa.UniqueConstraint("order_number", "position", name=op.f("uq_order_colour_order_number_position")),
    )
    with op.batch_alter_table("order_colour") as batch_op:
        batch_op.create_index("ix_order_colour_issued_on", ["issued_on", "unit_id"])

    with op.batch_alter_table("user_task") as batch_op:
        batch_op.add_column(sa.Column("is_watched", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("is_held", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("user_task") as batch_op:
        batch_op.drop_column("is_held")
        batch_op.drop_column("is_watched")
    for name in ("order_colour", "supervision_order", "extension_request", "due_date_change"):
        op.drop_table(name)

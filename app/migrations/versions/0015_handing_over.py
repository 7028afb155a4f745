"""Delegated user tasks, and copies for information."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_task_copy_by_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_task_copy_instance_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_task_copy_person_id")),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_task_copy_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_copy")),
        sa.UniqueConstraint("task_id", "person_id", name=op.f("uq_task_copy_task_id_person_id")),
    )
    op.create_index("ix_task_copy_person_id", "task_copy", ["person_id", "at", "id"])
    op.create_index("ix_task_copy_instance_id", "task_copy", ["instance_id", "person_id"])
    with op.batch_alter_table("user_task") as batch_op:
        batch_op.add_column(sa.Column("delegated_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_user_task_delegated_by_id"), "person", ["delegated_by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("user_task") as batch_op:
        batch_op.drop_constraint("fk_user_task_delegated_by_id", type_="foreignkey")
        batch_op.drop_column("delegated_by_id")
    op.drop_table("task_copy")

"""Signers of a user task, mentions in comments, and what somebody has delegated."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "joint_signing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_joint_signing_asked_by_id")),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_joint_signing_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_signing")),
        sa.UniqueConstraint("key", name=op.f("uq_joint_signing_key")),
    )
    op.create_index("ix_joint_signing_task_id", "joint_signing", ["task_id", "id"], unique=False)

    op.create_table(
        "signer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signing_id", sa.Integer(), nullable=False),
        sa.Column("principal", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_signer_added_by_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_signer_by_id")),
        sa.ForeignKeyConstraint(["signing_id"], ["joint_signing.id"], name=op.f("fk_signer_signing_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_signer_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signer")),
        sa.UniqueConstraint("signing_id", "principal", name=op.f("uq_signer_signing_id_principal")),
    )

    op.create_table(
        "comment_mention",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_comment_mention_comment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_comment_mention_person_id")),
        sa.PrimaryKeyConstraint("comment_id", "person_id", name=op.f("pk_comment_mention")),
    )
    op.create_index("ix_comment_mention_person_id", "comment_mention", ["person_id", "comment_id"], unique=False)

    op.create_index(
        "ix_user_task_delegated_by",
        "user_task",
        ["delegated_by_id"],
        unique=False,
        sqlite_where=sa.text("delegated_by_id IS NOT NULL"),
        postgresql_where=sa.text("delegated_by_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_user_task_delegated_by", table_name="user_task")
    op.drop_table("comment_mention")
    op.drop_table("signer")
    op.drop_table("joint_signing")

"""Migrations of running instances, with the way back."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "instance_migration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state_before", sa.LargeBinary(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_id"], ["process_definition.id"], name=op.f("fk_instance_migration_from_id_process_definition")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_instance_migration_instance_id_process_instance")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_instance_migration_person_id_person")),
        sa.ForeignKeyConstraint(
            ["to_id"], ["process_definition.id"], name=op.f("fk_instance_migration_to_id_process_definition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance_migration")),
    )
    with op.batch_alter_table("instance_migration", schema=None) as batch_op:
        batch_op.create_index("ix_instance_migration_at", ["at", "id"], unique=False)
        batch_op.create_index("ix_instance_migration_instance_id", ["instance_id", "version"], unique=False)


def downgrade() -> None:
    op.drop_table("instance_migration")

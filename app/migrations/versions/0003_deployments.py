"""Process definitions are proposed by one person and approved by another."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deployment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_deployment_decided_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_deployment_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
    )
    op.create_index("ix_deployment_status", "deployment", ["status", "id"], unique=False)
    op.create_index("ix_process_instance_definition_id", "process_instance", ["definition_id", "status"], unique=False)
    op.create_table(
        "deployed_version",
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_definition.id"], name=op.f("fk_deployed_version_definition_id")
        ),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_deployed_version_deployment_id")),
        sa.PrimaryKeyConstraint("definition_id", name=op.f("pk_deployed_version")),
    )
    op.create_index(op.f("ix_deployed_version_deployment_id"), "deployed_version", ["deployment_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_process_instance_definition_id", table_name="process_instance")
    op.drop_index(op.f("ix_deployed_version_deployment_id"), table_name="deployed_version")
    op.drop_table("deployed_version")
    op.drop_index("ix_deployment_status", table_name="deployment")
    op.drop_table("deployment")

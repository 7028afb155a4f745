"""Policies, service resources and packages."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("issuer", sa.String(length=80), nullable=False),
        sa.Column("owner_id", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("benefit", sa.String(length=100), nullable=False),
        sa.Column("amount_wan", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("how", sa.String(length=300), nullable=False),
        sa.Column("windows", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.String(length=80), nullable=False),
        sa.Column("repealed_on", sa.Date(), nullable=True),
        sa.Column("repealed_because", sa.String(length=200), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["unit.id"], name=op.f("fk_policy_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
    )
    with op.batch_alter_table("policy", schema=None) as batch_op:
        batch_op.create_index("ix_policy_owner_id", ["owner_id", "id"], unique=False)
        batch_op.create_index("ix_policy_valid_to", ["valid_to", "id"], unique=False)

    op.create_table(
        "service_resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("provider", sa.String(length=120), nullable=False),
        sa.Column("owner_id", sa.String(length=40), nullable=False),
        sa.Column("content", sa.String(length=500), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("is_free", sa.Boolean(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["unit.id"], name=op.f("fk_service_resource_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_resource")),
    )
    with op.batch_alter_table("service_resource", schema=None) as batch_op:
        batch_op.create_index("ix_service_resource_owner_id", ["owner_id", "id"], unique=False)

    op.create_table(
        "policy_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_policy_version_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint("policy_id", "version", name=op.f("uq_policy_version_policy_id_version")),
    )
    op.create_table(
        "policy_round",
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("message", sa.String(length=200), nullable=False),
        sa.Column("tools", sa.JSON(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("localities", sa.JSON(), nullable=False),
        sa.Column("with_all", sa.Boolean(), nullable=False),
        sa.Column("is_packing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_policy_round_instance_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_policy_round")),
    )
    op.create_table(
        "policy_match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_key", sa.String(length=20), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_policy_match_enterprise_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_policy_match_policy_id")),
        sa.ForeignKeyConstraint(["round_key"], ["policy_round.key"], name=op.f("fk_policy_match_round_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_match")),
        sa.UniqueConstraint(
            "round_key", "policy_id", "enterprise_id", name=op.f("uq_policy_match_round_key_policy_id_enterprise_id")
        ),
    )
    with op.batch_alter_table("policy_match", schema=None) as batch_op:
        batch_op.create_index("ix_policy_match_round_key", ["round_key", "enterprise_id"], unique=False)

    op.create_table(
        "policy_package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("round_key", sa.String(length=20), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("message", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("specialist", sa.String(length=80), nullable=False),
        sa.Column("is_unconfirmed", sa.Boolean(), nullable=False),
        sa.Column("tools", sa.JSON(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("demand_key", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_policy_package_enterprise_id")),
        sa.ForeignKeyConstraint(["round_key"], ["policy_round.key"], name=op.f("fk_policy_package_round_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_package")),
        sa.UniqueConstraint("key", name=op.f("uq_policy_package_key")),
    )
    with op.batch_alter_table("policy_package", schema=None) as batch_op:
        batch_op.create_index("ix_policy_package_enterprise_id", ["enterprise_id", "id"], unique=False)
        batch_op.create_index("ix_policy_package_round_key", ["round_key", "state"], unique=False)

    op.create_table(
        "policy_round_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_key", sa.String(length=20), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.Column("nearly", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("excluded", sa.Integer(), nullable=False),
        sa.Column("shut_out", sa.JSON(), nullable=False),
        sa.Column("samples", sa.JSON(), nullable=False),
        sa.Column("is_matched", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_policy_round_line_policy_id")),
        sa.ForeignKeyConstraint(["round_key"], ["policy_round.key"], name=op.f("fk_policy_round_line_round_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_round_line")),
        sa.UniqueConstraint("round_key", "policy_id", name=op.f("uq_policy_round_line_round_key_policy_id")),
    )
    with op.batch_alter_table("policy_round_line", schema=None) as batch_op:
        batch_op.create_index("ix_policy_round_line_policy_id", ["policy_id", "round_key"], unique=False)

    op.create_table(
        "package_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("drop_reason", sa.String(length=16), nullable=False),
        sa.Column("use", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["policy_package.id"], name=op.f("fk_package_line_package_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_package_line_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_line")),
        sa.UniqueConstraint("package_id", "policy_id", name=op.f("uq_package_line_package_id_policy_id")),
    )
    with op.batch_alter_table("package_line", schema=None) as batch_op:
        batch_op.create_index("ix_package_line_policy_id", ["policy_id", "use"], unique=False)


def downgrade() -> None:
    op.drop_table("package_line")
    op.drop_table("policy_round_line")
    op.drop_table("policy_package")
    op.drop_table("policy_match")
    op.drop_table("policy_round")
    op.drop_table("policy_version")
    op.drop_table("service_resource")
    op.drop_table("policy")

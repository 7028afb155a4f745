"""Imports of enterprises, and the index along which their list runs."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

LISTED = ["pinyin", "id", "name", "locality_id", "chain", "library_since", "industry", "state"]

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enterprise_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("adds_only", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("letters", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("about", sa.Integer(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", Instant(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name=op.f("fk_enterprise_import_confirmed_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_enterprise_import_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_import")),
    )
    with op.batch_alter_table("enterprise_import", schema=None) as batch_op:
        batch_op.create_index("ix_enterprise_import_status", ["status", "id"], unique=False)

    op.create_table(
        "enterprise_import_row",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["enterprise_import.id"], name=op.f("fk_enterprise_import_row_import_id")
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_enterprise_import_row")),
    )
    with op.batch_alter_table("enterprise_import_row", schema=None) as batch_op:
        batch_op.create_index("ix_enterprise_import_row_kind", ["import_id", "kind", "number"], unique=False)
    with op.batch_alter_table("enterprise_year", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sources", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.create_index("ix_enterprise_changed_at", ["changed_at", "id"], unique=False)
        batch_op.create_index("ix_enterprise_pinyin", LISTED, unique=False)
        batch_op.create_index("ix_enterprise_ladder", ["locality_id", "chain", "library_since", "id"], unique=False)
        batch_op.create_index("ix_enterprise_place", ["id", "locality_id", "chain"], unique=False)
    with op.batch_alter_table("title", schema=None) as batch_op:
        batch_op.create_index("ix_title_status", ["status", "enterprise_id", "level"], unique=False)
    with op.batch_alter_table("file_access", schema=None) as batch_op:
        batch_op.create_index("ix_file_access_at", ["at", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("file_access", schema=None) as batch_op:
        batch_op.drop_index("ix_file_access_at")
    with op.batch_alter_table("title", schema=None) as batch_op:
        batch_op.drop_index("ix_title_status")
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        for name in ("place", "ladder", "pinyin", "changed_at"):
            batch_op.drop_index(f"ix_enterprise_{name}")
    with op.batch_alter_table("enterprise_year", schema=None) as batch_op:
        batch_op.drop_column("sources")
    op.drop_table("enterprise_import_row")
    op.drop_table("enterprise_import")

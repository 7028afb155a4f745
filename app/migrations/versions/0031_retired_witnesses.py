"""Since when a witness is retired."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ledger_witness", sa.Column("retired_at", Instant(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("ledger_witness") as table:
        table.drop_column("retired_at")

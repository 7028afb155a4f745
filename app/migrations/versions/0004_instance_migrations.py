"""Migrations of running instances, with the way back."""

import sqlalchemy as sa  # noqa: F401
from alembic import op  # noqa: F401

from app.db import Instant  # noqa: F401

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by its owner."""


def downgrade() -> None:
    """Filled in by its owner."""

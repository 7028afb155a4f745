"""Incidents say how they were settled, and by whom."""

import sqlalchemy as sa  # noqa: F401
from alembic import op  # noqa: F401

from app.db import Instant  # noqa: F401

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by its owner."""


def downgrade() -> None:
    """Filled in by its owner."""

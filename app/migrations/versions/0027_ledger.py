"""The log over all streams: leaves, nodes, checkpoints, keys, cosignatures."""

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass

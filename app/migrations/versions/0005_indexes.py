"""Indexes for a nation's figures: a million open tasks, years of completed ones, and every event."""

from alembic import op
from sqlalchemy import text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN_ROWS, CLOSED_ROWS = text("status IN ('open', 'claimed')"), text("status NOT IN ('open', 'claimed')")
PAGE_LEFT = text("kind = 'start' AND status IN ('pending', 'failed')")


def upgrade() -> None:
    op.drop_index("ix_user_task_board", table_name="user_task")
    _partial("ix_user_task_board", ["unit_id", "due_on", "duty", "yellow_on", "is_optional", "status", "id"], OPEN_ROWS)
    _partial("ix_user_task_waits", ["instance_id", "unit_id", "duty", "status"], OPEN_ROWS)
    _partial("ix_user_task_principal", ["principal", "created_at", "id"], OPEN_ROWS)
    _partial("ix_user_task_closed", ["unit_id", "completed_at", "due_on", "status"], CLOSED_ROWS)
    _replace("ix_user_task_completed_at", "user_task", ["completed_at", "due_on", "status"])
    op.create_index("ix_process_instance_status", "process_instance", ["status", "started_at", "id"])
    op.create_index("ix_process_instance_started_by", "process_instance", ["started_by", "started_at"])
    _replace(
        "ix_process_instance_unit_id", "process_instance", ["unit_id", "started_at", "status", "duty", "year", "id"]
    )
    op.create_index("ix_process_instance_year", "process_instance", ["year"])
    op.create_index("ix_event_at_raw", "event", ["at_raw", "stream", "seq"])
    _partial("ix_outbox_pages", ["id"], PAGE_LEFT, "outbox")


def downgrade() -> None:
    op.drop_index("ix_outbox_pages", table_name="outbox")
    op.drop_index("ix_event_at_raw", table_name="event")
    for name in ("year", "started_by", "status"):
        op.drop_index(f"ix_process_instance_{name}", table_name="process_instance")
    for name in ("closed", "principal", "waits", "board"):
        op.drop_index(f"ix_user_task_{name}", table_name="user_task")
    _replace("ix_process_instance_unit_id", "process_instance", ["unit_id", "started_at"])
    _replace("ix_user_task_completed_at", "user_task", ["completed_at"])
    _partial("ix_user_task_board", ["unit_id", "duty", "due_on"], OPEN_ROWS)


def _partial(name: str, columns: list[str], where: object, table: str = "user_task") -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _replace(name: str, table: str, columns: list[str]) -> None:
    op.drop_index(name, table_name=table)
    op.create_index(name, table, columns)

"""The first tables."""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_row",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_clock_row")),
    )
    op.create_table(
        "command",
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_command")),
    )
    with op.batch_alter_table("command", schema=None) as batch_op:
        batch_op.create_index("ix_command_at", ["at"], unique=False)

    op.create_table(
        "document_number",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "year", name=op.f("pk_document_number")),
    )
    op.create_table(
        "event",
        sa.Column("stream", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=True),
        sa.Column("on_behalf_of", sa.String(length=80), nullable=True),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("at_raw", sa.String(length=32), nullable=False),
        sa.Column("command_key", sa.String(length=120), nullable=False),
        sa.Column("definition_hash", sa.String(length=64), nullable=True),
        sa.Column("payload_commitment", sa.String(length=64), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("stream", "seq", name=op.f("pk_event")),
    )
    op.create_table(
        "event_payload",
        sa.Column("stream", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("stream", "seq", name=op.f("pk_event_payload")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "inbox_entry",
        sa.Column("principal", sa.String(length=80), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("barred_unit_id", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("principal", "due_on", "task_id", name=op.f("pk_inbox_entry")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("effect_key", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("effect_key", name=op.f("uq_outbox_effect_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_next_at",
            ["next_at", "id"],
            unique=False,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )

    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("short_title", sa.String(length=80), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("loaded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("key", name=op.f("uq_plan_key")),
    )
    op.create_table(
        "process_definition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("deployed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_definition")),
        sa.UniqueConstraint("key", "hash", name=op.f("uq_process_definition_key_hash")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_process_definition_key_version")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_sign_in_failure")),
    )
    op.create_table(
        "stream_head",
        sa.Column("stream", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_stream_head")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("short_name", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=False),
        sa.Column("sits_in_id", sa.String(length=40), nullable=True),
        sa.Column("successor_id", sa.String(length=40), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sits_in_id"], ["unit.id"], name=op.f("fk_unit_sits_in_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["unit.id"], name=op.f("fk_unit_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    op.create_table(
        "work_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_work_day")),
    )
    op.create_table(
        "action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_action_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_action_plan_id_number")),
    )
    op.create_table(
        "calendar_date",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("duty", sa.String(length=40), nullable=True),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("rolls", sa.String(length=10), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_calendar_date_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_date")),
        sa.UniqueConstraint("plan_id", "key", name=op.f("uq_calendar_date_plan_id_key")),
    )
    op.create_table(
        "commitment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("measure_number", sa.Integer(), nullable=True),
        sa.Column("matter_number", sa.Integer(), nullable=True),
        sa.Column("indicator_number", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("value_to", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("comparator", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("applies", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_commitment_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint("plan_id", "key", name=op.f("uq_commitment_plan_id_key")),
    )
    op.create_table(
        "indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("action_number", sa.Integer(), nullable=False),
        sa.Column("measure_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_as_written", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("comparator", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("precision", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("first_year_value", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("floor", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("is_divided", sa.Boolean(), nullable=False),
        sa.Column("lead_id", sa.String(length=40), nullable=False),
        sa.Column("responsible", sa.JSON(), nullable=False),
        sa.Column("responsible_as_written", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["unit.id"], name=op.f("fk_indicator_lead_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_indicator_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_indicator_plan_id_number")),
    )
    op.create_table(
        "matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("lead_id", sa.String(length=40), nullable=True),
        sa.Column("responsible", sa.JSON(), nullable=False),
        sa.Column("responsible_as_written", sa.Text(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["unit.id"], name=op.f("fk_matter_lead_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_matter_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
        sa.UniqueConstraint("plan_id", "year", "number", name=op.f("uq_matter_plan_id_year_number")),
    )
    op.create_table(
        "measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=80), nullable=False),
        sa.Column("action_number", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("lead_id", sa.String(length=40), nullable=False),
        sa.Column("responsible", sa.JSON(), nullable=False),
        sa.Column("responsible_as_written", sa.Text(), nullable=False),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["unit.id"], name=op.f("fk_measure_lead_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_measure_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_measure_plan_id_number")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("pinyin", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("password_changed_at", Instant(), nullable=True),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("locked_until", Instant(), nullable=True),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("has_single_keys", sa.Boolean(), nullable=False),
        sa.Column("has_compact_rows", sa.Boolean(), nullable=False),
        sa.Column("wants_mail", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_person_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_table(
        "recurring_duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("duty", sa.String(length=40), nullable=True),
        sa.Column("measure_number", sa.Integer(), nullable=False),
        sa.Column("frequency", sa.String(length=20), nullable=False),
        sa.Column("due_as_written", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_recurring_duty_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurring_duty")),
        sa.UniqueConstraint("plan_id", "key", name=op.f("uq_recurring_duty_plan_id_key")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_token_key_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_person_id"), ["person_id"], unique=False)

    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=True),
        sa.Column("dedup_key", sa.String(length=160), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notification_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_notification_dedup_key")),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index("ix_notification_person_id", ["person_id", "at"], unique=False)

    op.create_table(
        "past_password",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_past_password_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_password")),
    )
    with op.batch_alter_table("past_password", schema=None) as batch_op:
        batch_op.create_index("ix_past_password_person_id", ["person_id", "id"], unique=False)

    op.create_table(
        "person_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_role_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_person_role_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_role")),
        sa.UniqueConstraint("person_id", "role", "unit_id", name=op.f("uq_person_role_person_id_role_unit_id")),
    )
    with op.batch_alter_table("person_role", schema=None) as batch_op:
        batch_op.create_index("ix_person_role_role", ["role", "unit_id"], unique=False)

    op.create_table(
        "process_instance",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("definition_key", sa.String(length=60), nullable=False),
        sa.Column("duty", sa.String(length=40), nullable=False),
        sa.Column("business_key", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.String(length=40), nullable=True),
        sa.Column("parent_id", sa.String(length=36), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("end_element", sa.String(length=60), nullable=False),
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_definition.id"], name=op.f("fk_process_instance_definition_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["process_instance.id"], name=op.f("fk_process_instance_parent_id")),
        sa.ForeignKeyConstraint(["started_by"], ["person.id"], name=op.f("fk_process_instance_started_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_process_instance_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_instance")),
        sa.UniqueConstraint(
            "definition_key", "business_key", name=op.f("uq_process_instance_definition_key_business_key")
        ),
    )
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.create_index("ix_process_instance_duty", ["duty", "started_at"], unique=False)
        batch_op.create_index("ix_process_instance_parent_id", ["parent_id", "status"], unique=False)
        batch_op.create_index("ix_process_instance_started_at", ["started_at", "id"], unique=False)
        batch_op.create_index("ix_process_instance_unit_id", ["unit_id", "started_at"], unique=False)

    op.create_table(
        "substitution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("absent_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["absent_id"], ["person.id"], name=op.f("fk_substitution_absent_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["person.id"], name=op.f("fk_substitution_substitute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.create_index("ix_substitution_substitute_id", ["substitute_id", "until_on"], unique=False)

    op.create_table(
        "user_session",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_user_session_person_id")),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_user_session")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "annual_target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("comparator", sa.String(length=10), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("quarters", sa.JSON(), nullable=False),
        sa.Column("approved_at", Instant(), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_annual_target_indicator_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_annual_target_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_target")),
        sa.UniqueConstraint(
            "indicator_id", "year", "revision", name=op.f("uq_annual_target_indicator_id_year_revision")
        ),
    )
    op.create_table(
        "case_lead",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_case_lead_instance_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_case_lead_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_lead")),
    )
    op.create_table(
        "december_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("first_submitted_on", sa.Date(), nullable=True),
        sa.Column("late_days", sa.Integer(), nullable=True),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("quality", sa.String(length=12), nullable=False),
        sa.Column("is_supplement", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_december_report_instance_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_december_report_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_december_report")),
        sa.UniqueConstraint("year", "unit_id", name=op.f("uq_december_report_year_unit_id")),
    )
    op.create_table(
        "discrepancy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("must_settle", sa.Boolean(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("indicators", sa.JSON(), nullable=False),
        sa.Column("matters", sa.JSON(), nullable=False),
        sa.Column("text_side", sa.JSON(), nullable=False),
        sa.Column("annex_side", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("note_en", sa.Text(), nullable=False),
        sa.Column("binding", sa.String(length=10), nullable=True),
        sa.Column("binding_value", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("base_value", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("base_as_of", sa.Date(), nullable=True),
        sa.Column("lead_id", sa.String(length=40), nullable=True),
        sa.Column("basis_text", sa.Text(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_discrepancy_instance_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["unit.id"], name=op.f("fk_discrepancy_lead_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_discrepancy_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancy")),
        sa.UniqueConstraint("plan_id", "key", name=op.f("uq_discrepancy_plan_id_key")),
    )
    op.create_table(
        "figure_difference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("reported", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("counted", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("settled", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_figure_difference_indicator_id")),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_figure_difference_instance_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_figure_difference_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_difference")),
    )
    with op.batch_alter_table("figure_difference", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_figure_difference_indicator_id"), ["indicator_id"], unique=False)

    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("task_id", sa.String(length=36), nullable=True),
        sa.Column("command_key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("element_id", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_incident_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index("ix_incident_status", ["status", "at"], unique=False)

    op.create_table(
        "indicator_actual",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("nature", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_indicator_actual_indicator_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_indicator_actual_instance_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_indicator_actual_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_actual")),
    )
    with op.batch_alter_table("indicator_actual", schema=None) as batch_op:
        batch_op.create_index("ix_indicator_actual_year", ["indicator_id", "year", "as_of", "id"], unique=False)

    op.create_table(
        "measure_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("highlight", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_measure_note_instance_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_measure_note_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_note")),
        sa.UniqueConstraint("year", "unit_id", "kind", "number", name=op.f("uq_measure_note_year_unit_id_kind_number")),
    )
    op.create_table(
        "priority",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("measure_number", sa.Integer(), nullable=True),
        sa.Column("indicator_number", sa.Integer(), nullable=True),
        sa.Column("expected", sa.String(length=80), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_priority_instance_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_priority_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priority")),
        sa.UniqueConstraint("year", "unit_id", "position", name=op.f("uq_priority_year_unit_id_position")),
    )
    op.create_table(
        "responsibility_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_responsibility_letter_instance_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_responsibility_letter_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsibility_letter")),
        sa.UniqueConstraint("year", "unit_id", "revision", name=op.f("uq_responsibility_letter_year_unit_id_revision")),
    )
    op.create_table(
        "subscription",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("element_id", sa.String(length=60), nullable=False),
        sa.Column("message", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_subscription_instance_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_subscription")),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscription_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index("ix_subscription_message", ["message", "key"], unique=False)

    op.create_table(
        "target_breakdown",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_target_breakdown_indicator_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_target_breakdown_instance_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_target_breakdown_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_breakdown")),
        sa.UniqueConstraint(
            "indicator_id",
            "year",
            "unit_id",
            "revision",
            name=op.f("uq_target_breakdown_indicator_id_year_unit_id_revision"),
        ),
    )
    op.create_table(
        "timer",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("element_id", sa.String(length=60), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("claim_token", sa.String(length=36), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_timer_instance_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_timer")),
    )
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_timer_due_at",
            ["due_at", "task_id"],
            unique=False,
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        )
        batch_op.create_index(batch_op.f("ix_timer_instance_id"), ["instance_id"], unique=False)

    op.create_table(
        "user_task",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("definition_key", sa.String(length=60), nullable=False),
        sa.Column("duty", sa.String(length=40), nullable=False),
        sa.Column("element_id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=True),
        sa.Column("clause", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("group", sa.String(length=40), nullable=False),
        sa.Column("principal", sa.String(length=80), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("subject_unit_id", sa.String(length=40), nullable=True),
        sa.Column("has_own_item_rule", sa.Boolean(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("yellow_on", sa.Date(), nullable=False),
        sa.Column("limit_days", sa.Integer(), nullable=True),
        sa.Column("due_rule", sa.Text(), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("is_optional", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("completed_at", Instant(), nullable=True),
        sa.Column("completed_by_id", sa.Integer(), nullable=True),
        sa.Column("on_behalf_of_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("urged_at", Instant(), nullable=True),
        sa.Column("urged_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["person.id"], name=op.f("fk_user_task_assignee_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_user_task_changed_by_id")),
        sa.ForeignKeyConstraint(["completed_by_id"], ["person.id"], name=op.f("fk_user_task_completed_by_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_user_task_instance_id")),
        sa.ForeignKeyConstraint(["on_behalf_of_id"], ["person.id"], name=op.f("fk_user_task_on_behalf_of_id")),
        sa.ForeignKeyConstraint(["subject_unit_id"], ["unit.id"], name=op.f("fk_user_task_subject_unit_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_user_task_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_task")),
    )
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.create_index(
            "ix_user_task_assignee_id",
            ["assignee_id"],
            unique=False,
            sqlite_where=sa.text("status IN ('open', 'claimed')"),
            postgresql_where=sa.text("status IN ('open', 'claimed')"),
        )
        batch_op.create_index(
            "ix_user_task_board",
            ["unit_id", "duty", "due_on"],
            unique=False,
            sqlite_where=sa.text("status IN ('open', 'claimed')"),
            postgresql_where=sa.text("status IN ('open', 'claimed')"),
        )
        batch_op.create_index("ix_user_task_completed_at", ["completed_at"], unique=False)
        batch_op.create_index("ix_user_task_completed_by", ["completed_by_id", "completed_at"], unique=False)
        batch_op.create_index(
            "ix_user_task_due_on",
            ["due_on", "id"],
            unique=False,
            sqlite_where=sa.text("status IN ('open', 'claimed')"),
            postgresql_where=sa.text("status IN ('open', 'claimed')"),
        )
        batch_op.create_index("ix_user_task_instance_id", ["instance_id", "created_at"], unique=False)

    op.create_table(
        "working_row",
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_working_row_instance_id")),
        sa.PrimaryKeyConstraint("instance_id", "kind", "key", name=op.f("pk_working_row")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=True),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_attachment_instance_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attachment_person_id")),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_attachment_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index("ix_attachment_instance_id", ["instance_id", "at"], unique=False)

    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_comment_instance_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_comment_person_id")),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_comment_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index("ix_comment_instance_id", ["instance_id", "at"], unique=False)

    op.create_table(
        "draft",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_draft_saved_by_id")),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_draft_task_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_draft")),
    )


def downgrade() -> None:
    op.drop_table("draft")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index("ix_comment_instance_id")

    op.drop_table("comment")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index("ix_attachment_instance_id")

    op.drop_table("attachment")
    op.drop_table("working_row")
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.drop_index("ix_user_task_instance_id")
        batch_op.drop_index(
            "ix_user_task_due_on",
            sqlite_where=sa.text("status IN ('open', 'claimed')"),
            postgresql_where=sa.text("status IN ('open', 'claimed')"),
        )
        batch_op.drop_index("ix_user_task_completed_by")
        batch_op.drop_index("ix_user_task_completed_at")
        batch_op.drop_index(
            "ix_user_task_board",
            sqlite_where=sa.text("status IN ('open', 'claimed')"),
            postgresql_where=sa.text("status IN ('open', 'claimed')"),
        )
        batch_op.drop_index(
            "ix_user_task_assignee_id",
            sqlite_where=sa.text("status IN ('open', 'claimed')"),
            postgresql_where=sa.text("status IN ('open', 'claimed')"),
        )

    op.drop_table("user_task")
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timer_instance_id"))
        batch_op.drop_index(
            "ix_timer_due_at",
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        )

    op.drop_table("timer")
    op.drop_table("target_breakdown")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index("ix_subscription_message")
        batch_op.drop_index(batch_op.f("ix_subscription_instance_id"))

    op.drop_table("subscription")
    op.drop_table("responsibility_letter")
    op.drop_table("priority")
    op.drop_table("measure_note")
    with op.batch_alter_table("indicator_actual", schema=None) as batch_op:
        batch_op.drop_index("ix_indicator_actual_year")

    op.drop_table("indicator_actual")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_status")
        batch_op.drop_index(batch_op.f("ix_incident_instance_id"))

    op.drop_table("incident")
    with op.batch_alter_table("figure_difference", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_figure_difference_indicator_id"))

    op.drop_table("figure_difference")
    op.drop_table("discrepancy")
    op.drop_table("december_report")
    op.drop_table("case_lead")
    op.drop_table("annual_target")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_person_id"))

    op.drop_table("user_session")
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.drop_index("ix_substitution_substitute_id")

    op.drop_table("substitution")
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.drop_index("ix_process_instance_unit_id")
        batch_op.drop_index("ix_process_instance_started_at")
        batch_op.drop_index("ix_process_instance_parent_id")
        batch_op.drop_index("ix_process_instance_duty")

    op.drop_table("process_instance")
    with op.batch_alter_table("person_role", schema=None) as batch_op:
        batch_op.drop_index("ix_person_role_role")

    op.drop_table("person_role")
    with op.batch_alter_table("past_password", schema=None) as batch_op:
        batch_op.drop_index("ix_past_password_person_id")

    op.drop_table("past_password")
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.drop_index("ix_notification_person_id")

    op.drop_table("notification")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_person_id"))

    op.drop_table("api_token")
    op.drop_table("recurring_duty")
    op.drop_table("person")
    op.drop_table("measure")
    op.drop_table("matter")
    op.drop_table("indicator")
    op.drop_table("commitment")
    op.drop_table("calendar_date")
    op.drop_table("action")
    op.drop_table("work_day")
    op.drop_table("unit")
    op.drop_table("stream_head")
    op.drop_table("sign_in_failure")
    op.drop_table("process_definition")
    op.drop_table("plan")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_next_at",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )

    op.drop_table("outbox")
    op.drop_table("inbox_entry")
    op.drop_table("heartbeat")
    op.drop_table("event_payload")
    op.drop_table("event")
    op.drop_table("document_number")
    with op.batch_alter_table("command", schema=None) as batch_op:
        batch_op.drop_index("ix_command_at")

    op.drop_table("command")
    op.drop_table("clock_row")

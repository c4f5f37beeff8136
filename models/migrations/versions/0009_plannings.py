"""The planning in: sources and their health, what they say, and where that clashes with an appointment

Revision 0009, after 0008.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("planning_clashes", "planning_positions", "planning_objects", "planning_sources")


def upgrade() -> None:
    _sources()
    _said()
    _clashes()
    _imported()


def _sources() -> None:
    op.create_table(
        "planning_sources",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("tentative_counts", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("poll_minutes", sa.Integer(), server_default=sa.text("15"), nullable=False),
        sa.Column("silent_after_minutes", sa.Integer(), server_default=sa.text("1440"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.Column("poll_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("etag", sa.String(), server_default="", nullable=False),
        sa.Column("last_modified", sa.String(), server_default="", nullable=False),
        sa.Column("sync_token", sa.String(), server_default="", nullable=False),
        sa.Column("read_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure_code", sa.String(), nullable=True),
        sa.Column("failure_line", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failures_in_a_row", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("entries_read", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("refused_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("refused", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("silent_since", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind IN ('ical', 'caldav')) = (agent_id IS NOT NULL)", name=op.f("ck_planning_sources_whose")
        ),
        sa.CheckConstraint(
            "(kind IN ('ical', 'caldav')) = (columns IS NULL)", name=op.f("ck_planning_sources_columns")
        ),
        sa.CheckConstraint(
            "kind IN ('ical', 'caldav', 'positions_daily', 'positions_forecast')", name=op.f("ck_planning_sources_kind")
        ),
        sa.CheckConstraint(
            "kind NOT IN ('ical', 'caldav') OR (host IS NOT NULL)", name=op.f("ck_planning_sources_address")
        ),
        sa.CheckConstraint(
            "(address_sealed IS NOT NULL) = (host IS NOT NULL AND revoked_at IS NULL)",
            name=op.f("ck_planning_sources_sealed"),
        ),
        sa.CheckConstraint("(failed_at IS NULL) = (failure_code IS NULL)", name=op.f("ck_planning_sources_failure")),
        sa.CheckConstraint(
            "(paused_at IS NULL) = (paused_by_id IS NULL)", name=op.f("ck_planning_sources_paused_by_somebody")
        ),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by_id IS NULL)", name=op.f("ck_planning_sources_revoked_by_somebody")
        ),
        sa.CheckConstraint("poll_minutes BETWEEN 5 AND 1440", name=op.f("ck_planning_sources_poll_minutes")),
        sa.CheckConstraint(
            "silent_after_minutes BETWEEN 15 AND 44640", name=op.f("ck_planning_sources_silent_after_minutes")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_planning_sources_agent_id_agents")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["agents.id"], name=op.f("fk_planning_sources_created_by_id_agents")
        ),
        sa.ForeignKeyConstraint(["paused_by_id"], ["agents.id"], name=op.f("fk_planning_sources_paused_by_id_agents")),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["agents.id"], name=op.f("fk_planning_sources_revoked_by_id_agents")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_planning_sources_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning_sources")),
    )
    op.create_index(
        "ix_planning_sources_poll_at",
        "planning_sources",
        ["poll_at"],
        unique=False,
        postgresql_where=sa.text("revoked_at IS NULL AND paused_at IS NULL AND poll_at IS NOT NULL"),
    )
    op.create_index("ix_planning_sources_unit_id", "planning_sources", ["unit_id"], unique=False)


def _said() -> None:
    op.create_table(
        "planning_objects",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["planning_sources.id"],
            name=op.f("fk_planning_objects_source_id_planning_sources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_id", "key", name=op.f("pk_planning_objects")),
    )
    op.create_table(
        "planning_positions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.CheckConstraint(
            "position IN ('employed', 'first_to_go', 'complementary', 'deferred', 'not_employable')",
            name=op.f("ck_planning_positions_position"),
        ),
        sa.CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)",
            name=op.f("ck_planning_positions_bounded"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_planning_positions_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["planning_sources.id"],
            name=op.f("fk_planning_positions_source_id_planning_sources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning_positions")),
    )
    op.create_index("ix_planning_positions_agent_id", "planning_positions", ["agent_id"], unique=False)
    op.create_index("ix_planning_positions_source_id", "planning_positions", ["source_id"], unique=False)


def _clashes() -> None:
    op.create_table(
        "planning_clashes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kept_at IS NULL) = (kept_by_id IS NULL)", name=op.f("ck_planning_clashes_kept_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_planning_clashes_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_planning_clashes_appointment_id_appointments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["kept_by_id"], ["agents.id"], name=op.f("fk_planning_clashes_kept_by_id_agents")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_planning_clashes_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning_clashes")),
    )
    op.create_index(
        "ix_planning_clashes_unit_id",
        "planning_clashes",
        ["unit_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_planning_clashes_open",
        "planning_clashes",
        ["appointment_id", sa.literal_column("coalesce(agent_id, 0)")],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _imported() -> None:
    op.add_column("absences", sa.Column("planning_source_id", sa.Uuid(), nullable=True))
    op.add_column("absences", sa.Column("planning_key", sa.LargeBinary(), nullable=True))
    op.create_index(
        "ix_absences_planning_source_id",
        "absences",
        ["planning_source_id"],
        unique=False,
        postgresql_where=sa.text("planning_source_id IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_absences_planning_source_id_planning_sources"),
        "absences",
        "planning_sources",
        ["planning_source_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_check_constraint(
        op.f("ck_absences_planning_source"), "absences", "planning_source_id IS NULL OR source = 'planning'"
    )
    op.add_column("duty_statuses", sa.Column("planning_source_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_duty_statuses_planning_source_id",
        "duty_statuses",
        ["planning_source_id"],
        unique=False,
        postgresql_where=sa.text("planning_source_id IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_duty_statuses_planning_source_id_planning_sources"),
        "duty_statuses",
        "planning_sources",
        ["planning_source_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_check_constraint(
        op.f("ck_duty_statuses_planning_source"), "duty_statuses", "planning_source_id IS NULL OR source = 'planning'"
    )
    op.create_check_constraint(
        op.f("ck_absences_planning_key"), "absences", "(planning_source_id IS NULL) = (planning_key IS NULL)"
    )
    op.add_column("agents", sa.Column("service_number", sa.String(), nullable=True))
    op.create_unique_constraint(op.f("uq_agents_service_number"), "agents", ["service_number"])
    op.create_check_constraint(op.f("ck_agents_service_number"), "agents", "service_number ~ '^[0-9]{1,10}$'")
    op.add_column("appointments", sa.Column("to_confirm_because", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_appointments_to_confirm_because"), "appointments", "to_confirm_because IN ('planning_silent')"
    )


def downgrade() -> None:
    op.drop_column("appointments", "to_confirm_because")
    op.drop_column("agents", "service_number")
    op.drop_column("duty_statuses", "planning_source_id")
    op.drop_column("absences", "planning_key")
    op.drop_column("absences", "planning_source_id")
    for table in TABLES:
        op.drop_table(table)

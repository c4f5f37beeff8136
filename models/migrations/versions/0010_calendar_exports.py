"""Calendars out: exports, what agents did there, and tests of an address

Revision 0010, after 0009.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("calendar_trials", "agenda_findings", "sent_invitations", "calendar_exports")


def upgrade() -> None:
    _exports()
    _sent_and_found()
    _trials()
    op.add_column(
        "units", sa.Column("agendas_show_subject", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "units", sa.Column("agendas_show_place", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )


def _exports() -> None:
    op.create_table(
        "calendar_exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_cause", sa.String(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.Column("wanted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("known", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure_code", sa.String(), nullable=True),
        sa.Column("failures_in_a_row", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("(kind = 'feed') = (terminal_id IS NOT NULL)", name=op.f("ck_calendar_exports_terminal")),
        sa.CheckConstraint("(kind = 'feed') = (token_hash IS NOT NULL)", name=op.f("ck_calendar_exports_token")),
        sa.CheckConstraint("kind <> 'caldav' OR host IS NOT NULL", name=op.f("ck_calendar_exports_host")),
        sa.CheckConstraint("kind <> 'feed' OR address_sealed IS NULL", name=op.f("ck_calendar_exports_sealed")),
        sa.CheckConstraint("kind IN ('feed', 'caldav', 'mail')", name=op.f("ck_calendar_exports_kind")),
        sa.CheckConstraint("(failed_at IS NULL) = (failure_code IS NULL)", name=op.f("ck_calendar_exports_failure")),
        sa.CheckConstraint(
            "(paused_at IS NULL) = (pause_cause IS NULL)", name=op.f("ck_calendar_exports_paused_because")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_calendar_exports_agent_id_agents")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["agents.id"], name=op.f("fk_calendar_exports_created_by_id_agents")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["agents.id"], name=op.f("fk_calendar_exports_revoked_by_id_agents")
        ),
        sa.ForeignKeyConstraint(
            ["terminal_id"],
            ["terminals.id"],
            name=op.f("fk_calendar_exports_terminal_id_terminals"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_calendar_exports_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_exports")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_exports_token_hash")),
    )
    op.create_index("ix_calendar_exports_agent_id", "calendar_exports", ["agent_id"], unique=False)
    op.create_index(
        "ix_calendar_exports_run_at",
        "calendar_exports",
        ["run_at"],
        unique=False,
        postgresql_where=sa.text("run_at IS NOT NULL"),
    )
    op.create_index("ix_calendar_exports_unit_id", "calendar_exports", ["unit_id"], unique=False)
    op.create_index(
        "uq_calendar_exports_terminal_id",
        "calendar_exports",
        ["terminal_id"],
        unique=True,
        postgresql_where=sa.text("terminal_id IS NOT NULL AND revoked_at IS NULL"),
    )


def _sent_and_found() -> None:
    op.create_table(
        "sent_invitations",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_sent_invitations_booking_id_bookings"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["calendar_exports.id"],
            name=op.f("fk_sent_invitations_export_id_calendar_exports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("export_id", "booking_id", name=op.f("pk_sent_invitations")),
    )
    op.create_table(
        "agenda_findings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.CheckConstraint("answer IN ('kept', 'left', 'overtaken')", name=op.f("ck_agenda_findings_answer")),
        sa.CheckConstraint("deed IN ('deleted', 'moved', 'changed', 'declined')", name=op.f("ck_agenda_findings_deed")),
        sa.CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name=op.f("ck_agenda_findings_answered")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agenda_findings_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_agenda_findings_appointment_id_appointments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["calendar_exports.id"],
            name=op.f("fk_agenda_findings_export_id_calendar_exports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_findings")),
        sa.UniqueConstraint("export_id", "appointment_id", "deed", "sequence", name="uq_agenda_findings_once"),
    )
    op.create_index("ix_agenda_findings_appointment_id", "agenda_findings", ["appointment_id"], unique=False)


def _trials() -> None:
    op.create_table(
        "calendar_trials",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reading", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("found", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'failed') = (code IS NOT NULL)", name=op.f("ck_calendar_trials_failure_has_a_code")
        ),
        sa.CheckConstraint(
            "(state = 'queued') = (address_sealed IS NOT NULL)", name=op.f("ck_calendar_trials_sealed_while_queued")
        ),
        sa.CheckConstraint(
            "kind IN ('ical', 'caldav', 'positions_daily', 'positions_forecast', 'caldav_export')",
            name=op.f("ck_calendar_trials_kind"),
        ),
        sa.CheckConstraint("state IN ('queued', 'succeeded', 'failed')", name=op.f("ck_calendar_trials_state")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["agents.id"], name=op.f("fk_calendar_trials_asked_by_id_agents"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_calendar_trials_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_trials")),
    )
    op.create_index("ix_calendar_trials_created_at", "calendar_trials", ["created_at"], unique=False)


def downgrade() -> None:
    op.drop_column("units", "agendas_show_place")
    op.drop_column("units", "agendas_show_subject")
    for table in TABLES:
        op.drop_table(table)

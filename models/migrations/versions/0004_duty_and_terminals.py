"""Service positions, absences, proposed openings, and enrolled terminals

Revision 0004, after 0003.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _duty()
    _openings()
    _events()
    _terminals()


def _duty() -> None:
    op.create_table(
        "duty_statuses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "status IN ('available', 'on_intervention', 'first_to_go', 'reachable', 'off_duty')",
            name=op.f("ck_duty_statuses_status"),
        ),
        sa.CheckConstraint("source IN ('own', 'planning')", name=op.f("ck_duty_statuses_source")),
        sa.CheckConstraint("until > since", name=op.f("ck_duty_statuses_in_order")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_duty_statuses_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["set_by_id"], ["agents.id"], name=op.f("fk_duty_statuses_set_by_id_agents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_statuses")),
    )
    op.create_index("ix_duty_statuses_agent_id", "duty_statuses", ["agent_id", "since"], unique=False)
    op.create_table(
        "absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("word", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_by_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("source IN ('own', 'planning')", name=op.f("ck_absences_source")),
        sa.CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)",
            name=op.f("ck_absences_bounded"),
        ),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by_id IS NULL)", name=op.f("ck_absences_cancelled_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_absences_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["declared_by_id"], ["agents.id"], name=op.f("fk_absences_declared_by_id_agents")),
        sa.ForeignKeyConstraint(["cancelled_by_id"], ["agents.id"], name=op.f("fk_absences_cancelled_by_id_agents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
        postgresql.ExcludeConstraint(
            (sa.text("int4range(agent_id, agent_id, '[]')"), "="),
            (sa.text("during"), "&&"),
            where=sa.text("source = 'own' AND cancelled_at IS NULL"),
            using="gist",
            name="ex_absences_no_overlap",
        ),
    )
    op.create_index("ix_absences_agent_id", "absences", ["agent_id"], unique=False)


def _openings() -> None:
    op.create_table(
        "openings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counters", sa.Integer(), nullable=False),
        sa.Column("reason_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("place_kind", sa.String(), nullable=False),
        sa.Column("place_name", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_word", sa.String(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_openings_in_order")),
        sa.CheckConstraint("counters BETWEEN 1 AND 20", name=op.f("ck_openings_counters")),
        sa.CheckConstraint("agent_id IS NULL OR counters = 1", name=op.f("ck_openings_one_counter_for_one_agent")),
        sa.CheckConstraint(
            "place_kind IN ('unit', 'town_hall', 'france_services', 'home', 'video')",
            name=op.f("ck_openings_place_kind"),
        ),
        sa.CheckConstraint("state IN ('proposed', 'approved', 'refused', 'withdrawn')", name=op.f("ck_openings_state")),
        sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_openings_decided")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_openings_decided_by_somebody")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_openings_agent_id_agents")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["agents.id"], name=op.f("fk_openings_decided_by_id_agents")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["agents.id"], name=op.f("fk_openings_proposed_by_id_agents")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_openings_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openings")),
    )
    op.create_index("ix_openings_unit_id", "openings", ["unit_id", "ends_at"], unique=False)


def _events() -> None:
    op.add_column("events", sa.Column("absence_id", sa.Uuid(), nullable=True))
    op.add_column("events", sa.Column("opening_id", sa.Uuid(), nullable=True))
    op.add_column("events", sa.Column("about_agent_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_events_absence_id_absences"), "events", "absences", ["absence_id"], ["id"], ondelete="CASCADE"
    )
    op.create_foreign_key(op.f("fk_events_opening_id_openings"), "events", "openings", ["opening_id"], ["id"])
    op.create_foreign_key(op.f("fk_events_about_agent_id_agents"), "events", "agents", ["about_agent_id"], ["id"])
    for column in ("absence_id", "opening_id"):
        op.create_index(
            f"ix_events_{column}", "events", [column], unique=False, postgresql_where=sa.text(f"{column} IS NOT NULL")
        )


def _terminals() -> None:
    op.create_table(
        "terminals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("credential_hash", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enrolled_by_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("revoked_by_id IS NULL OR revoked_at IS NOT NULL", name=op.f("ck_terminals_revoked_by")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_terminals_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["enrolled_by_id"], ["agents.id"], name=op.f("fk_terminals_enrolled_by_id_agents")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["agents.id"], name=op.f("fk_terminals_revoked_by_id_agents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminals")),
        sa.UniqueConstraint("credential_hash", name=op.f("uq_terminals_credential_hash")),
    )
    op.create_index(op.f("ix_terminals_agent_id"), "terminals", ["agent_id"], unique=False)
    op.create_table(
        "terminal_enrolments",
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_terminal_enrolments_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["agents.id"], name=op.f("fk_terminal_enrolments_asked_by_id_agents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_terminal_enrolments")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_terminal_enrolments_code_hash")),
    )
    _tell_sockets()


def _tell_sockets() -> None:
    # The same channel and key as a sign-in's (revision 0003), because a socket rests on
    # the hash of whichever token its cookie holds. The sixteen digits are useless to whoever listens.
    op.execute(
        "CREATE FUNCTION notify_rights_of_terminals() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN PERFORM pg_notify('rights', 'sign-in:' || left(encode(OLD.credential_hash, 'hex'), 16));"
        " RETURN NULL; END $$"
    )
    changed = " OR ".join(
        f"OLD.{column} IS DISTINCT FROM NEW.{column}"
        for column in ("revoked_at", "expires_at", "agent_id", "credential_hash")
    )
    op.execute(
        "CREATE TRIGGER rights_changed AFTER UPDATE ON terminals FOR EACH ROW"
        f" WHEN ({changed}) EXECUTE FUNCTION notify_rights_of_terminals()"
    )
    op.execute(
        "CREATE TRIGGER rights_deleted AFTER DELETE ON terminals FOR EACH ROW"
        " EXECUTE FUNCTION notify_rights_of_terminals()"
    )


def downgrade() -> None:
    op.drop_table("terminal_enrolments")
    op.drop_table("terminals")
    op.execute("DROP FUNCTION notify_rights_of_terminals()")
    for column in ("about_agent_id", "opening_id", "absence_id"):
        op.drop_column("events", column)
    for table in ("openings", "absences", "duty_statuses"):
        op.drop_table(table)

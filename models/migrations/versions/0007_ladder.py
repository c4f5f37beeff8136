"""The ladder: deadlines per reason, waits that climb, the calls of each step, and who has seen what waits

Revision 0007, after 0006.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _reasons()
    _ladders()
    _calls()
    _ranks()
    op.create_table(
        "ladder_sights",
        sa.Column("ladder_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ladder_id"], ["ladders.id"], name=op.f("fk_ladder_sights_ladder_id_ladders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_ladder_sights_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ladder_id", "agent_id", name=op.f("pk_ladder_sights")),
    )
    op.create_index("ix_ladder_sights_agent_id", "ladder_sights", ["agent_id"], unique=False)


def _reasons() -> None:
    # Whole defaults, so that what waits while the release comes climbs by the design's own table.
    for column, default in (("ladder_minutes", "'{2,10,30}'"), ("approval_minutes", "'{120,480,1440}'")):
        op.add_column(
            "reasons",
            sa.Column(column, postgresql.ARRAY(sa.Integer()), server_default=sa.text(default), nullable=False),
        )
        op.create_check_constraint(
            op.f(f"ck_reasons_{column}"),
            "reasons",
            f"cardinality({column}) = 3 AND array_position({column}, NULL) IS NULL"
            f" AND 0 < {column}[1] AND {column}[1] < {column}[2] AND {column}[2] < {column}[3]",
        )


def _ladders() -> None:
    op.create_table(
        "ladders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("climbed", sa.Integer(), nullable=True),
        sa.Column("next_look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(), nullable=True),
        sa.CheckConstraint("(request_id IS NULL) <> (appointment_id IS NULL)", name=op.f("ck_ladders_one_subject")),
        sa.CheckConstraint("climbed BETWEEN 0 AND 4", name=op.f("ck_ladders_climbed")),
        sa.CheckConstraint("ended_because IN ('taken', 'over', 'supervisor')", name=op.f("ck_ladders_ended_because")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name=op.f("ck_ladders_end")),
        sa.CheckConstraint("(ended_at IS NULL) = (next_look_at IS NOT NULL)", name=op.f("ck_ladders_looked_at_again")),
        sa.CheckConstraint(
            "ended_because IS DISTINCT FROM 'supervisor' OR climbed = 4",
            name=op.f("ck_ladders_up_to_the_supervisors"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_ladders_event_id_events")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_ladders_unit_id_units")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["contact_requests.id"], name=op.f("fk_ladders_request_id_contact_requests")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_ladders_appointment_id_appointments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladders")),
        sa.UniqueConstraint("event_id", name=op.f("uq_ladders_event_id")),
    )
    op.create_index(
        "ix_ladders_open", "ladders", ["next_look_at"], unique=False, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index("ix_ladders_unit_id", "ladders", ["unit_id", "begun_at"], unique=False)
    for column in ("request_id", "appointment_id"):
        op.create_index(
            f"ix_ladders_{column}", "ladders", [column], unique=False, postgresql_where=sa.text(f"{column} IS NOT NULL")
        )


def _calls() -> None:
    op.create_table(
        "ladder_calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ladder_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("step BETWEEN 0 AND 4", name=op.f("ck_ladder_calls_step")),
        sa.CheckConstraint("who IN ('terminals', 'agent', 'mailbox', 'supervisors')", name=op.f("ck_ladder_calls_who")),
        sa.CheckConstraint("(who = 'agent') = (agent_id IS NOT NULL)", name=op.f("ck_ladder_calls_agent")),
        sa.CheckConstraint("channel IN ('socket', 'web_push', 'sms', 'email')", name=op.f("ck_ladder_calls_channel")),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'failed', 'delivered', 'seen')", name=op.f("ck_ladder_calls_state")
        ),
        sa.CheckConstraint("state <> 'failed' OR cause IS NOT NULL", name=op.f("ck_ladder_calls_failure_has_a_cause")),
        sa.CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name=op.f("ck_ladder_calls_sent_at")),
        sa.CheckConstraint(
            "state <> 'delivered' OR delivered_at IS NOT NULL", name=op.f("ck_ladder_calls_delivered_at")
        ),
        sa.CheckConstraint("(state = 'seen') = (seen_at IS NOT NULL)", name=op.f("ck_ladder_calls_seen_at")),
        sa.ForeignKeyConstraint(
            ["ladder_id"], ["ladders.id"], name=op.f("fk_ladder_calls_ladder_id_ladders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_ladder_calls_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_calls")),
        sa.UniqueConstraint(
            "ladder_id",
            "step",
            "who",
            "agent_id",
            "channel",
            name="uq_ladder_calls_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_ladder_calls_agent_id", "ladder_calls", ["agent_id"], unique=False)


def _ranks() -> None:
    # A trigger, because reports come from several sides (the worker, a provider's callback, a terminal), and the one
    # that comes last is not the one that knows most. A failure comes after `sent`: a provider may say so later.
    op.execute(
        "CREATE FUNCTION ladder_call_moves_up() RETURNS trigger LANGUAGE plpgsql AS $$"
        " DECLARE ranks CONSTANT text[] := ARRAY['queued', 'sent', 'failed', 'delivered', 'seen'];"
        " BEGIN"
        "  IF array_position(ranks, NEW.state::text) < array_position(ranks, OLD.state::text) THEN"
        "   RAISE EXCEPTION 'a call goes from % to %, never back', OLD.state, NEW.state"
        "    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_ladder_calls_moves_up';"
        "  END IF;"
        "  RETURN NEW;"
        " END $$"
    )
    op.execute(
        "CREATE TRIGGER moves_up BEFORE UPDATE OF state ON ladder_calls FOR EACH ROW"
        " EXECUTE FUNCTION ladder_call_moves_up()"
    )


def downgrade() -> None:
    for table in ("ladder_sights", "ladder_calls", "ladders"):
        op.drop_table(table)
    op.execute("DROP FUNCTION ladder_call_moves_up()")
    for column in ("approval_minutes", "ladder_minutes"):
        op.drop_column("reasons", column)

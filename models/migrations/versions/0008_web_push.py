"""Web push: browsers that are reached, tests of terminals, the life of a notice, and how a citizen wants to be told

Revision 0008, after 0007.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TOLD = ("contact_requests", "bookings")


def upgrade() -> None:
    _subscriptions()
    _follows()
    _tests()
    _notices()
    _texts()
    for table in _TOLD:
        op.add_column(table, sa.Column("told_by", sa.String(), nullable=True))
        op.create_check_constraint(op.f(f"ck_{table}_told_by"), table, "told_by IN ('push', 'sms', 'email', 'nothing')")
        op.add_column(table, sa.Column("opinion", sa.String(), nullable=True))
        op.add_column(table, sa.Column("opinion_at", sa.DateTime(timezone=True), nullable=True))
        op.create_check_constraint(op.f(f"ck_{table}_opinion"), table, "opinion IN ('good', 'fair', 'bad')")
        op.create_check_constraint(op.f(f"ck_{table}_opinion_at"), table, "(opinion IS NULL) = (opinion_at IS NULL)")
    op.add_column("ladder_calls", sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_ladder_calls_queued", "ladder_calls", ["ladder_id"], postgresql_where=sa.text("state = 'queued'")
    )
    op.add_column("agents", sa.Column("mobile_phone", sa.String(), nullable=True))
    op.create_check_constraint(op.f("ck_agents_mobile_phone"), "agents", r"mobile_phone ~ '^\+[1-9][0-9]{6,14}$'")


def _subscriptions() -> None:
    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("endpoint_hash", sa.LargeBinary(), nullable=False),
        sa.Column("p256dh", sa.String(), nullable=False),
        sa.Column("auth", sa.String(), nullable=False),
        sa.Column("vapid_key", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=True),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_push_subscriptions_language")),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_push_subscriptions_quiet_hours")
        ),
        sa.CheckConstraint(
            "quiet_from IS NULL OR terminal_id IS NOT NULL", name=op.f("ck_push_subscriptions_quiet_terminal")
        ),
        sa.CheckConstraint("quiet_from <> quiet_until", name=op.f("ck_push_subscriptions_quiet_for_some_time")),
        sa.ForeignKeyConstraint(
            ["terminal_id"],
            ["terminals.id"],
            name=op.f("fk_push_subscriptions_terminal_id_terminals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("endpoint_hash", name=op.f("uq_push_subscriptions_endpoint_hash")),
        sa.UniqueConstraint("terminal_id", name=op.f("uq_push_subscriptions_terminal_id")),
    )
    op.create_index("ix_push_subscriptions_confirmed_at", "push_subscriptions", ["confirmed_at"])


def _follows() -> None:
    op.create_table(
        "push_follows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(request_id IS NULL) <> (booking_id IS NULL)", name=op.f("ck_push_follows_one_subject")),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["push_subscriptions.id"],
            name=op.f("fk_push_follows_subscription_id_push_subscriptions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["contact_requests.id"],
            name=op.f("fk_push_follows_request_id_contact_requests"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_push_follows_booking_id_bookings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_follows")),
        sa.UniqueConstraint(
            "subscription_id",
            "request_id",
            "booking_id",
            name="uq_push_follows_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_push_follows_request_id", "push_follows", ["request_id"])
    op.create_index("ix_push_follows_booking_id", "push_follows", ["booking_id"])


def _tests() -> None:
    op.create_table(
        "push_tests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'received', 'shown', 'failed')", name=op.f("ck_push_tests_state")
        ),
        sa.CheckConstraint("(state = 'failed') = (cause IS NOT NULL)", name=op.f("ck_push_tests_failure_has_a_cause")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_push_tests_terminal_id_terminals"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_tests")),
    )
    op.create_index("ix_push_tests_terminal_id", "push_tests", ["terminal_id"])
    op.create_index("ix_push_tests_created_at", "push_tests", ["created_at"])


def _notices() -> None:
    _replace_check("notices", "channel", "channel IN ('email', 'sms', 'push')")
    _replace_check("notices", "state", "state IN ('queued', 'sent', 'failed', 'delivered', 'seen')")
    for name in ("sent_at", "delivered_at", "seen_at"):
        op.add_column("notices", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_appointments_starts_at", "appointments", ["starts_at"], postgresql_where=sa.text("state = 'confirmed'")
    )
    op.execute("UPDATE notices SET sent_at = changed_at WHERE state = 'sent'")
    op.create_check_constraint(
        op.f("ck_notices_delivered_at"), "notices", "state <> 'delivered' OR delivered_at IS NOT NULL"
    )
    op.create_check_constraint(op.f("ck_notices_seen_at"), "notices", "(state = 'seen') = (seen_at IS NOT NULL)")
    op.create_index(
        "ix_notices_unheard",
        "notices",
        ["sent_at"],
        unique=False,
        postgresql_where=sa.text("channel = 'push' AND state = 'sent'"),
    )
    # Receipts and reports overtake each other and are repeated: whatever comes late must not undo what is known.
    op.execute(
        "CREATE FUNCTION notice_state_rises() RETURNS trigger LANGUAGE plpgsql AS $$"
        " DECLARE ranks text[] := ARRAY['queued', 'sent', 'failed', 'delivered', 'seen'];"
        " BEGIN IF array_position(ranks, NEW.state::text) < array_position(ranks, OLD.state::text) THEN"
        " RAISE EXCEPTION 'a notice cannot go from % to %', OLD.state, NEW.state"
        " USING ERRCODE = 'check_violation', CONSTRAINT = 'notice_state_rises'; END IF;"
        " RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER state_rises BEFORE UPDATE OF state ON notices FOR EACH ROW"
        " EXECUTE FUNCTION notice_state_rises()"
    )


def _texts() -> None:
    purposes = "purpose IN ('notice', 'call', 'answer', 'verification_code', 'not_understood')"
    _replace_check("text_messages", "purpose", purposes)
    op.drop_constraint(op.f("ck_text_messages_notice_has_words"), "text_messages")
    op.create_check_constraint(
        op.f("ck_text_messages_has_words"),
        "text_messages",
        "purpose NOT IN ('notice', 'call', 'answer') OR state <> 'queued' OR body IS NOT NULL",
    )
    op.add_column("text_messages", sa.Column("call_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_text_messages_call_id_ladder_calls"),
        "text_messages",
        "ladder_calls",
        ["call_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_check_constraint(
        op.f("ck_text_messages_one_subject"), "text_messages", "notice_id IS NULL OR call_id IS NULL"
    )
    op.create_index("ix_text_messages_call_id", "text_messages", ["call_id"])


def _replace_check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def downgrade() -> None:
    # Rows that only this revision knows have no place in the one before.
    op.execute("DELETE FROM text_messages WHERE purpose IN ('call', 'answer')")
    op.drop_column("text_messages", "call_id")
    op.drop_constraint(op.f("ck_text_messages_has_words"), "text_messages")
    op.create_check_constraint(
        op.f("ck_text_messages_notice_has_words"),
        "text_messages",
        "purpose <> 'notice' OR state <> 'queued' OR body IS NOT NULL",
    )
    _replace_check("text_messages", "purpose", "purpose IN ('notice', 'verification_code', 'not_understood')")

    op.drop_index("ix_appointments_starts_at", "appointments")
    op.drop_index("ix_notices_unheard", "notices")
    op.execute("DROP TRIGGER state_rises ON notices")
    op.execute("DROP FUNCTION notice_state_rises()")
    op.execute("DELETE FROM notices WHERE channel <> 'email'")
    op.drop_constraint(op.f("ck_notices_seen_at"), "notices")
    op.execute("UPDATE notices SET state = 'sent' WHERE state IN ('delivered', 'seen')")
    for name in ("sent_at", "delivered_at", "seen_at"):
        op.drop_column("notices", name)
    _replace_check("notices", "state", "state IN ('queued', 'sent', 'failed')")
    _replace_check("notices", "channel", "channel IN ('email')")

    op.drop_column("agents", "mobile_phone")
    op.drop_index("ix_ladder_calls_queued", "ladder_calls")
    op.drop_column("ladder_calls", "cleared_at")
    for table in _TOLD:
        for column in ("opinion_at", "opinion", "told_by"):
            op.drop_column(table, column)
    for table in ("push_tests", "push_follows", "push_subscriptions"):
        op.drop_table(table)

"""Text messages: what was sent, what came back, who asked for no more

Revision 0006, after 0005.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _outgoing()
    _incoming()
    # Reports overtake each other and are repeated: whatever comes late must not undo what is known.
    op.execute(
        "CREATE FUNCTION text_state_rises() RETURNS trigger LANGUAGE plpgsql AS $$"
        " DECLARE ranks text[] := ARRAY['queued', 'sent', 'failed', 'delivered'];"
        " BEGIN IF array_position(ranks, NEW.state::text) < array_position(ranks, OLD.state::text) THEN"
        " RAISE EXCEPTION 'a text message cannot go from % to %', OLD.state, NEW.state"
        " USING ERRCODE = 'check_violation', CONSTRAINT = 'text_state_rises'; END IF;"
        " RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER state_rises BEFORE UPDATE OF state ON text_messages FOR EACH ROW"
        " EXECUTE FUNCTION text_state_rises()"
    )


def _outgoing() -> None:
    op.create_table(
        "text_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("segments", sa.Integer(), nullable=True),
        sa.Column("cost", sa.Numeric(10, 4), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('notice', 'verification_code', 'not_understood')", name=op.f("ck_text_messages_purpose")
        ),
        sa.CheckConstraint("state IN ('queued', 'sent', 'failed', 'delivered')", name=op.f("ck_text_messages_state")),
        sa.CheckConstraint("state <> 'failed' OR cause IS NOT NULL", name=op.f("ck_text_messages_failure_has_a_cause")),
        sa.CheckConstraint(
            "(state = 'queued') = (phone IS NOT NULL)", name=op.f("ck_text_messages_number_while_queued")
        ),
        sa.CheckConstraint(
            "state = 'queued' OR (body IS NULL AND claimed_until IS NULL)",
            name=op.f("ck_text_messages_words_while_queued"),
        ),
        sa.CheckConstraint(
            "purpose <> 'verification_code' OR body IS NULL", name=op.f("ck_text_messages_code_is_derived")
        ),
        sa.CheckConstraint(
            "purpose <> 'notice' OR state <> 'queued' OR body IS NOT NULL",
            name=op.f("ck_text_messages_notice_has_words"),
        ),
        sa.CheckConstraint(
            "provider IS NOT NULL OR provider_id IS NULL", name=op.f("ck_text_messages_id_of_a_provider")
        ),
        sa.CheckConstraint("segments > 0", name=op.f("ck_text_messages_segments")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_text_messages_notice_id_notices"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_messages")),
        sa.UniqueConstraint("provider", "provider_id", name=op.f("uq_text_messages_provider_provider_id")),
    )
    op.create_index("ix_text_messages_phone_hash_created_at", "text_messages", ["phone_hash", "created_at"])
    op.create_index("ix_text_messages_attempted_at", "text_messages", ["attempted_at"])
    op.create_index("ix_text_messages_notice_id", "text_messages", ["notice_id"])
    op.create_index(
        "ix_text_messages_not_understood",
        "text_messages",
        ["phone_hash"],
        unique=True,
        postgresql_where=sa.text("purpose = 'not_understood'"),
    )


def _incoming() -> None:
    op.create_table(
        "incoming_texts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=True),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "meaning IN ('one', 'two', 'stop', 'start', 'unread')", name=op.f("ck_incoming_texts_meaning")
        ),
        sa.CheckConstraint("meaning = 'unread' OR body IS NULL", name=op.f("ck_incoming_texts_words_while_unread")),
        sa.ForeignKeyConstraint(
            ["text_id"], ["text_messages.id"], name=op.f("fk_incoming_texts_text_id_text_messages"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_texts")),
        sa.UniqueConstraint("provider", "provider_id", name=op.f("uq_incoming_texts_provider_provider_id")),
    )
    op.create_index("ix_incoming_texts_received_at", "incoming_texts", ["received_at"])
    op.create_index("ix_incoming_texts_text_id", "incoming_texts", ["text_id"])
    op.create_table(
        "text_stops",
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("phone_hash", name=op.f("pk_text_stops")),
    )


def downgrade() -> None:
    for table in ("text_stops", "incoming_texts", "text_messages"):
        op.drop_table(table)
    op.execute("DROP FUNCTION text_state_rises()")

"""Recurring openings and their occurrences, appointments and bookings, free times kept by triggers, partners' keys

Revision 0005, after 0004.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FREE_TIMES = Path(__file__).parent.parent / "sql" / "free_times_0005.sql"
TABLES = (
    "free_times", "opening_windows", "appointment_resources", "resources", "appointment_agents", "appointments",
    "opening_occurrences", "counters", "unit_holidays", "opening_changes", "bookings", "contact_verifications",
    "api_keys",
)  # fmt: skip
# What a complaint, a talk about violence or a word of advice asks for: minutes, pause, notice, horizon in days, notice
# to change, approved one by one, places, gendarmes, further resources, papers.
TERMS: tuple[tuple[Any, ...], ...] = (
    ("complaint", 60, 10, 120, 60, 240, False, ["unit", "home"], 1, [],
     "Une pièce d’identité et tout justificatif utile (factures, photos, certificats).",
     "An identity document and anything that proves the facts (invoices, photos, certificates)."),
    ("domestic_violence", 90, 15, 30, 60, 0, False, ["unit", "france_services"], 1, ["room"],
     "Rien n’est obligatoire. Si possible : pièce d’identité, certificats médicaux, messages reçus.",
     "Nothing is required. If possible: identity document, medical certificates, messages received."),
    ("sexual_violence", 120, 15, 30, 60, 0, False, ["unit"], 2, ["room"],
     "Rien n’est obligatoire. Gardez les vêtements portés, sans les laver.",
     "Nothing is required. Keep the clothes worn, unwashed."),
    ("harassment", 60, 10, 60, 60, 120, False, ["unit", "video"], 1, [],
     "Une pièce d’identité et les messages ou captures d’écran.",
     "An identity document and the messages or screenshots."),
    ("fraud", 45, 10, 120, 60, 240, False, ["unit", "town_hall", "france_services", "video"], 1, [],
     "Une pièce d’identité, les échanges avec l’escroc, vos relevés bancaires.",
     "An identity document, the exchanges with the fraudster, your bank statements."),
    ("worry", 30, 0, 30, 30, 60, False, ["unit"], 1, [],
     "Une photo récente de la personne, si vous en avez une.", "A recent photo of the person, if you have one."),
    ("neighbours", 30, 0, 240, 60, 240, False, ["unit", "town_hall", "france_services"], 1, [],
     "Une pièce d’identité.", "An identity document."),
    ("road", 30, 0, 120, 60, 240, False, ["unit"], 1, [],
     "Permis de conduire, carte grise, constat amiable.",
     "Driving licence, vehicle registration, accident statement."),
    ("holiday_watch", 20, 0, 1440, 90, 240, False, ["unit", "town_hall", "france_services"], 1, [],
     "Une pièce d’identité et un justificatif de domicile.", "An identity document and a proof of address."),
    ("case_follow_up", 45, 5, 1440, 60, 1440, True, ["unit", "video"], 1, [],
     "Le récépissé de votre plainte ou la convocation.", "The receipt of your complaint or the summons."),
    ("other", 30, 0, 120, 60, 120, False, ["unit", "town_hall", "france_services"], 1, [],
     "Une pièce d’identité.", "An identity document."),
)  # fmt: skip


def upgrade() -> None:
    _reasons()
    _openings()
    _partners_and_proofs()
    _occurrences()
    _bookings()
    _events()
    op.add_column("absences", sa.Column("intervention", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    for statement in FREE_TIMES.read_text(encoding="utf-8").split("\n-- next\n"):
        op.execute(statement)
    _rights()


def _reasons() -> None:
    op.add_column("reasons", sa.Column("bookable", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("reasons", sa.Column("duration_minutes", sa.Integer(), server_default=sa.text("30"), nullable=False))
    op.add_column("reasons", sa.Column("buffer_minutes", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("reasons", sa.Column("notice_minutes", sa.Integer(), server_default=sa.text("60"), nullable=False))
    op.add_column("reasons", sa.Column("horizon_days", sa.Integer(), server_default=sa.text("60"), nullable=False))
    op.add_column(
        "reasons", sa.Column("change_notice_minutes", sa.Integer(), server_default=sa.text("120"), nullable=False)
    )
    op.add_column("reasons", sa.Column("needs_approval", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("reasons", sa.Column("papers_fr", sa.String(), server_default="", nullable=False))
    op.add_column("reasons", sa.Column("papers_en", sa.String(), server_default="", nullable=False))
    op.add_column(
        "reasons",
        sa.Column("place_kinds", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{unit}'"), nullable=False),
    )
    op.add_column("reasons", sa.Column("agents_needed", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column(
        "reasons",
        sa.Column("resource_kinds", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    for name, condition in (
        ("duration_minutes", "duration_minutes BETWEEN 5 AND 480"),
        ("buffer_minutes", "buffer_minutes BETWEEN 0 AND 240"),
        ("notices", "notice_minutes >= 0 AND change_notice_minutes >= 0"),
        ("horizon_days", "horizon_days BETWEEN 1 AND 366"),
        ("agents_needed", "agents_needed BETWEEN 1 AND 2"),
        (
            "place_kinds",
            "cardinality(place_kinds) > 0"
            " AND place_kinds <@ ARRAY['unit', 'town_hall', 'france_services', 'home', 'video']",
        ),
        ("resource_kinds", "resource_kinds <@ ARRAY['room', 'interpreter']"),
    ):
        op.create_check_constraint(op.f(f"ck_reasons_{name}"), "reasons", condition)
    names = (
        "code", "duration_minutes", "buffer_minutes", "notice_minutes", "horizon_days", "change_notice_minutes",
        "needs_approval", "place_kinds", "agents_needed", "resource_kinds", "papers_fr", "papers_en",
    )  # fmt: skip
    texts = postgresql.ARRAY(sa.Text())
    table = sa.table("reasons", *(sa.column(name, texts if name.endswith("_kinds") else None) for name in names))
    for terms in TERMS:
        values = dict(zip(names, terms, strict=True))
        op.execute(table.update().where(table.c.code == values.pop("code")).values(values))


def _openings() -> None:
    op.add_column("openings", sa.Column("recurrence", sa.String(), nullable=True))
    op.add_column("openings", sa.Column("holiday_rule", sa.String(), server_default="closed", nullable=False))
    op.add_column("openings", sa.Column("amended_by_id", sa.Integer(), nullable=True))
    op.add_column("openings", sa.Column("amended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("openings", sa.Column("stored_until", sa.Date(), nullable=True))
    op.add_column("openings", sa.Column("last_ends_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_openings_amended_by_id_agents"), "openings", "agents", ["amended_by_id"], ["id"])
    op.create_check_constraint(
        op.f("ck_openings_holiday_rule"), "openings", "holiday_rule IN ('closed', 'open', 'only')"
    )
    op.create_check_constraint(
        op.f("ck_openings_amended_by_somebody"), "openings", "(amended_at IS NULL) = (amended_by_id IS NULL)"
    )


def _partners_and_proofs() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("reason_code", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "cardinality(scopes) > 0 AND scopes <@ ARRAY['slots:read', 'bookings:write', 'visioplainte']",
            name=op.f("ck_api_keys_scopes"),
        ),
        sa.CheckConstraint(
            "(unit_id IS NOT NULL AND reason_code IS NOT NULL) OR NOT ('visioplainte' = ANY (scopes))",
            name=op.f("ck_api_keys_unit_and_reason_for_visioplainte"),
        ),
        sa.ForeignKeyConstraint(["reason_code"], ["reasons.code"], name=op.f("fk_api_keys_reason_code_reasons")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_api_keys_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_table(
        "contact_verifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("contact_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel IN ('phone', 'email')", name=op.f("ck_contact_verifications_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_verifications")),
    )
    op.create_index(
        "ix_contact_verifications_contact_hash", "contact_verifications", ["contact_hash", "expires_at"], unique=False
    )


def _occurrences() -> None:
    op.create_table(
        "opening_changes",
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_opening_changes_both_or_none")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_opening_changes_in_order")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["agents.id"], name=op.f("fk_opening_changes_changed_by_id_agents")),
        sa.ForeignKeyConstraint(
            ["opening_id"], ["openings.id"], name=op.f("fk_opening_changes_opening_id_openings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("opening_id", "day", name=op.f("pk_opening_changes")),
    )
    op.create_table(
        "unit_holidays",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_unit_holidays_unit_id_units"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("unit_id", "day", name=op.f("pk_unit_holidays")),
    )
    op.create_table(
        "counters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_counters_number")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_counters_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counters")),
        sa.UniqueConstraint("unit_id", "number", name="uq_counters_number"),
    )
    op.create_table(
        "opening_occurrences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_because", sa.String(), nullable=True),
        sa.Column("closed_name", sa.String(), nullable=True),
        sa.CheckConstraint(
            "closed_because IN ('holiday', 'not_holiday', 'dropped')",
            name=op.f("ck_opening_occurrences_closed_because"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_opening_occurrences_in_order")),
        sa.ForeignKeyConstraint(
            ["opening_id"], ["openings.id"], name=op.f("fk_opening_occurrences_opening_id_openings"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_opening_occurrences_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_occurrences")),
        sa.UniqueConstraint("opening_id", "day", name="uq_opening_occurrences_day"),
    )
    op.create_index("ix_opening_occurrences_unit_id", "opening_occurrences", ["unit_id", "starts_at"], unique=False)
    op.create_table(
        "opening_windows",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("occurrence_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("reason_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("place_kind", sa.String(), nullable=False),
        sa.Column("place_name", sa.String(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.text("int4range(counter_id, counter_id, '[]')"), "="),
            (sa.text("during"), "&&"),
            using="gist",
            name="ex_opening_windows_counter",
        ),
        sa.CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)",
            name=op.f("ck_opening_windows_bounded"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_opening_windows_agent_id_agents")),
        sa.ForeignKeyConstraint(["counter_id"], ["counters.id"], name=op.f("fk_opening_windows_counter_id_counters")),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["opening_occurrences.id"],
            name=op.f("fk_opening_windows_occurrence_id_opening_occurrences"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_opening_windows_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_windows")),
    )
    op.create_index(
        "ix_opening_windows_agent_id",
        "opening_windows",
        ["agent_id"],
        unique=False,
        postgresql_where=sa.text("agent_id IS NOT NULL"),
    )
    op.create_index("ix_opening_windows_occurrence_id", "opening_windows", ["occurrence_id"], unique=False)
    op.create_index(
        "ix_opening_windows_unit_id", "opening_windows", ["unit_id", sa.literal_column("lower(during)")], unique=False
    )
    op.create_table(
        "free_times",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("window_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("place_kind", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["window_id"],
            ["opening_windows.id"],
            name=op.f("fk_free_times_window_id_opening_windows"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_free_times")),
    )
    op.create_index(
        "ix_free_times_unit_id",
        "free_times",
        ["unit_id", "starts_at", sa.literal_column("ends_at DESC")],
        unique=False,
    )
    op.create_index("ix_free_times_window_id", "free_times", ["window_id"], unique=False)


def _bookings() -> None:
    op.create_table(
        "bookings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("commune_insee", sa.String(), nullable=True),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("discreet", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("api_key_id", sa.Integer(), nullable=True),
        sa.Column("caller_name", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("may_leave_message", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("facts", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("follow_token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("follow_generation", sa.Integer(), nullable=False),
        sa.Column("follow_code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("idempotency_hash", sa.LargeBinary(), nullable=False),
        sa.Column("submission_hash", sa.LargeBinary(), nullable=False),
        sa.Column("wants_earlier_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_bookings_language")),
        sa.CheckConstraint(
            "api_key_id IS NOT NULL OR erased_at IS NOT NULL OR caller_name IS NOT NULL",
            name=op.f("ck_bookings_somebody"),
        ),
        sa.CheckConstraint(
            "wants_earlier_since IS NULL OR ended_at IS NULL", name=op.f("ck_bookings_waits_while_open")
        ),
        sa.ForeignKeyConstraint(["api_key_id"], ["api_keys.id"], name=op.f("fk_bookings_api_key_id_api_keys")),
        sa.ForeignKeyConstraint(["commune_insee"], ["communes.insee"], name=op.f("fk_bookings_commune_insee_communes")),
        sa.ForeignKeyConstraint(["reason_code"], ["reasons.code"], name=op.f("fk_bookings_reason_code_reasons")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["contact_requests.id"], name=op.f("fk_bookings_request_id_contact_requests")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_bookings_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("follow_token_hash", name=op.f("uq_bookings_follow_token_hash")),
        sa.UniqueConstraint("idempotency_hash", name=op.f("uq_bookings_idempotency_hash")),
        sa.UniqueConstraint("number", name=op.f("uq_bookings_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_bookings_reference")),
    )
    op.create_index(
        "ix_bookings_email",
        "bookings",
        [sa.literal_column("lower(email)")],
        unique=False,
        postgresql_where=sa.text("email IS NOT NULL"),
    )
    op.create_index(
        "ix_bookings_api_key_id",
        "bookings",
        ["api_key_id"],
        unique=False,
        postgresql_where=sa.text("api_key_id IS NOT NULL"),
    )
    op.create_index("ix_bookings_ended_at", "bookings", ["ended_at"], unique=False)
    op.create_index(
        "ix_bookings_phone", "bookings", ["phone"], unique=False, postgresql_where=sa.text("phone IS NOT NULL")
    )
    op.create_index("ix_bookings_unit_id", "bookings", ["unit_id"], unique=False)
    op.create_index(
        "ix_bookings_wants_earlier_since",
        "bookings",
        ["unit_id", "wants_earlier_since"],
        unique=False,
        postgresql_where=sa.text("wants_earlier_since IS NOT NULL"),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Uuid(), nullable=True),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occupied", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column(
            "occupies",
            sa.Boolean(),
            sa.Computed("ended_at IS NULL OR state::text = 'honoured'::text", persisted=True),
            nullable=False,
        ),
        sa.Column("place_kind", sa.String(), nullable=False),
        sa.Column("place_name", sa.String(), nullable=True),
        sa.Column("agents_needed", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_away", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold_token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("offer", sa.String(), nullable=True),
        sa.Column("moved_from_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("word", sa.String(), nullable=True),
        sa.Column("citizen_word", sa.String(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.text("int4range(counter_id, counter_id, '[]')"), "="),
            (sa.text("occupied"), "&&"),
            where=sa.text("state IN ('held', 'requested', 'confirmed', 'honoured')"),
            using="gist",
            name="ex_appointments_counter",
        ),
        sa.CheckConstraint("(state = 'held') = (held_until IS NOT NULL)", name=op.f("ck_appointments_held_until")),
        sa.CheckConstraint(
            "(state IN ('held', 'requested', 'confirmed')) = (ended_at IS NULL)", name=op.f("ck_appointments_end")
        ),
        sa.CheckConstraint("ended_by IN ('citizen', 'unit', 'time')", name=op.f("ck_appointments_ended_by")),
        sa.CheckConstraint("offer IN ('earlier', 'instead')", name=op.f("ck_appointments_offer")),
        sa.CheckConstraint(
            "state <> 'held' OR booking_id IS NOT NULL OR hold_token_hash IS NOT NULL",
            name=op.f("ck_appointments_held_for"),
        ),
        sa.CheckConstraint(
            "state IN ('held', 'expired', 'cancelled') OR booking_id IS NOT NULL", name=op.f("ck_appointments_booked")
        ),
        sa.CheckConstraint(
            "state IN ('held', 'requested', 'confirmed', 'honoured', 'no_show', 'cancelled', 'moved', 'expired')",
            name=op.f("ck_appointments_state"),
        ),
        sa.CheckConstraint("agents_needed BETWEEN 1 AND 2", name=op.f("ck_appointments_agents_needed")),
        sa.CheckConstraint(
            "lower(occupied) = starts_at AND upper(occupied) >= ends_at", name=op.f("ck_appointments_occupied")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_appointments_in_order")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_appointments_booking_id_bookings")),
        sa.ForeignKeyConstraint(["counter_id"], ["counters.id"], name=op.f("fk_appointments_counter_id_counters")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["agents.id"], name=op.f("fk_appointments_decided_by_id_agents")),
        sa.ForeignKeyConstraint(
            ["moved_from_id"], ["appointments.id"], name=op.f("fk_appointments_moved_from_id_appointments")
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["opening_occurrences.id"],
            name=op.f("fk_appointments_occurrence_id_opening_occurrences"),
        ),
        sa.ForeignKeyConstraint(["reason_code"], ["reasons.code"], name=op.f("fk_appointments_reason_code_reasons")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_appointments_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("id", "occupied", "occupies", name="uq_appointments_occupation"),
    )
    op.create_index("ix_appointments_booking_id", "appointments", ["booking_id"], unique=False)
    op.create_index(
        "ix_appointments_held_until",
        "appointments",
        ["held_until"],
        unique=False,
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index("ix_appointments_unit_id", "appointments", ["unit_id", "starts_at"], unique=False)
    op.create_index(
        "uq_appointments_hold_token_hash",
        "appointments",
        ["hold_token_hash"],
        unique=True,
        postgresql_where=sa.text("hold_token_hash IS NOT NULL"),
    )
    op.create_index(
        "uq_appointments_one_for_a_booking",
        "appointments",
        ["booking_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('requested', 'confirmed')"),
    )
    op.create_table(
        "appointment_agents",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("occupied", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("occupies", sa.Boolean(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_by_id", sa.Integer(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.text("int4range(agent_id, agent_id, '[]')"), "="),
            (sa.text("occupied"), "&&"),
            where=sa.text("occupies"),
            using="gist",
            name="ex_appointment_agents_agent",
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_appointment_agents_agent_id_agents")),
        sa.ForeignKeyConstraint(
            ["appointment_id", "occupied", "occupies"],
            ["appointments.id", "appointments.occupied", "appointments.occupies"],
            name="fk_appointment_agents_occupation",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["named_by_id"], ["agents.id"], name=op.f("fk_appointment_agents_named_by_id_agents")),
        sa.PrimaryKeyConstraint("appointment_id", "agent_id", name=op.f("pk_appointment_agents")),
    )
    op.create_index("ix_appointment_agents_agent_id", "appointment_agents", ["agent_id"], unique=False)
    op.create_table(
        "resources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("kind IN ('room', 'interpreter')", name=op.f("ck_resources_kind")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_resources_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resources")),
        sa.UniqueConstraint("unit_id", "kind", "name", name="uq_resources_name"),
    )
    op.create_table(
        "appointment_resources",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("occupied", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("occupies", sa.Boolean(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("int4range(resource_id, resource_id, '[]')"), "="),
            (sa.text("occupied"), "&&"),
            where=sa.text("occupies"),
            using="gist",
            name="ex_appointment_resources_resource",
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id", "occupied", "occupies"],
            ["appointments.id", "appointments.occupied", "appointments.occupies"],
            name="fk_appointment_resources_occupation",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_appointment_resources_resource_id_resources")
        ),
        sa.PrimaryKeyConstraint("appointment_id", "resource_id", name=op.f("pk_appointment_resources")),
    )
    op.create_index("ix_appointment_resources_resource_id", "appointment_resources", ["resource_id"], unique=False)


def _events() -> None:
    op.add_column("events", sa.Column("booking_id", sa.Uuid(), nullable=True))
    op.add_column("events", sa.Column("appointment_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_events_appointment_id",
        "events",
        ["appointment_id"],
        unique=False,
        postgresql_where=sa.text("appointment_id IS NOT NULL"),
    )
    op.create_index(
        "ix_events_booking_id",
        "events",
        ["booking_id", "id"],
        unique=False,
        postgresql_where=sa.text("booking_id IS NOT NULL"),
    )
    op.create_foreign_key(op.f("fk_events_booking_id_bookings"), "events", "bookings", ["booking_id"], ["id"])
    op.create_foreign_key(
        op.f("fk_events_appointment_id_appointments"), "events", "appointments", ["appointment_id"], ["id"]
    )


def _rights() -> None:
    # As revision 0003 does for contact requests: whoever listens by a follow link is let go when the link ends.
    op.execute(
        "CREATE FUNCTION notify_rights_of_bookings() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN PERFORM pg_notify('rights', 'booking:' || OLD.id); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER rights_changed AFTER UPDATE OF follow_token_hash, erased_at ON bookings FOR EACH ROW"
        " WHEN (OLD.follow_token_hash IS DISTINCT FROM NEW.follow_token_hash"
        " OR OLD.erased_at IS DISTINCT FROM NEW.erased_at) EXECUTE FUNCTION notify_rights_of_bookings()"
    )
    op.execute(
        "CREATE TRIGGER rights_deleted AFTER DELETE ON bookings FOR EACH ROW"
        " EXECUTE FUNCTION notify_rights_of_bookings()"
    )


def downgrade() -> None:
    for function in ("appointments", "appointment_agents", "absences", "opening_windows", "agents"):
        op.execute(f"DROP FUNCTION free_times_after_{function}() CASCADE")
    op.execute("DROP FUNCTION refresh_free_times(bigint[])")
    for column in ("appointment_id", "booking_id"):
        op.drop_column("events", column)
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION notify_rights_of_bookings()")
    op.drop_column("absences", "intervention")
    for column in ("last_ends_at", "stored_until", "amended_at", "amended_by_id", "holiday_rule", "recurrence"):
        op.drop_column("openings", column)
    for column in (
        "resource_kinds", "agents_needed", "place_kinds", "papers_en", "papers_fr", "needs_approval",
        "change_notice_minutes", "horizon_days", "notice_minutes", "buffer_minutes", "duration_minutes", "bookable",
    ):  # fmt: skip
        op.drop_column("reasons", column)

"""Units, communes, agents, contact requests, their feed, and the first reasons

Revision 0002, after 0001.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "communes",
        sa.Column("insee", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("search_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("departement", sa.String(), nullable=False),
        sa.Column("departement_name", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("postcodes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.CheckConstraint("insee <> merged_into", name=op.f("ck_communes_not_merged_into_itself")),
        sa.PrimaryKeyConstraint("insee", name=op.f("pk_communes")),
    )
    op.create_index(
        "ix_communes_merged_into",
        "communes",
        ["merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index("ix_communes_postcodes", "communes", ["postcodes"], unique=False, postgresql_using="gin")
    op.create_table(
        "feed_entries",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "document", name=op.f("pk_feed_entries")),
    )
    op.create_index("ix_feed_entries_scope_version", "feed_entries", ["scope", "version"], unique=False)
    op.create_table(
        "feed_epoch",
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_feed_epoch")),
    )
    op.create_table(
        "jurisdictions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_insee", sa.String(), nullable=False),
        sa.Column("institution", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("service_name", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint("institution IN ('GN', 'PN')", name=op.f("ck_jurisdictions_institution")),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_jurisdictions_dates_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jurisdictions")),
    )
    op.create_index("ix_jurisdictions_commune_insee", "jurisdictions", ["commune_insee"], unique=False)
    op.create_index(
        "uq_jurisdictions_in_force",
        "jurisdictions",
        ["commune_insee", "institution", "service_id"],
        unique=True,
        postgresql_where=sa.text("valid_until IS NULL"),
    )
    op.create_table(
        "rate_limits",
        sa.Column("bucket", sa.LargeBinary(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "window_start", name=op.f("pk_rate_limits")),
        prefixes=["UNLOGGED"],
    )
    op.create_index(op.f("ix_rate_limits_window_start"), "rate_limits", ["window_start"], unique=False)
    op.create_table(
        "reasons",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label_fr", sa.String(), nullable=False),
        sa.Column("label_en", sa.String(), nullable=False),
        sa.Column("hint_fr", sa.String(), nullable=False),
        sa.Column("hint_en", sa.String(), nullable=False),
        sa.Column("discreet", sa.Boolean(), nullable=False),
        sa.Column("due_minutes", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("due_minutes > 0", name=op.f("ck_reasons_due_minutes")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_reasons")),
    )
    op.create_table(
        "scopes",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_scopes")),
    )
    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("directory_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("institution", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("commune_insee", sa.String(), nullable=False),
        sa.Column("commune_name", sa.String(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("phone_as_printed", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("holiday_zone", sa.String(), nullable=False),
        sa.Column("opening_hours", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("opening_hours_as_printed", sa.String(), nullable=False),
        sa.Column("grouping", sa.String(), nullable=True),
        sa.Column("receives_contact_requests", sa.Boolean(), nullable=False),
        sa.Column("id_is_contested", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("updated_from", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint("institution IN ('GN', 'PN')", name=op.f("ck_units_institution")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("directory_id", name=op.f("uq_units_directory_id")),
    )
    op.create_index(op.f("ix_units_commune_insee"), "units", ["commune_insee"], unique=False)
    op.create_table(
        "agents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "NOT (roles && ARRAY['gendarme','chief']) OR unit_id IS NOT NULL", name=op.f("ck_agents_unit_for_gendarmes")
        ),
        sa.CheckConstraint(
            "cardinality(roles) > 0 AND roles <@ ARRAY['gendarme','chief','operator','supervisor','administrator']",
            name=op.f("ck_agents_roles_known"),
        ),
        sa.CheckConstraint("login = lower(login)", name=op.f("ck_agents_login_lower_case")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_agents_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("login", name=op.f("uq_agents_login")),
    )
    op.create_index(op.f("ix_agents_unit_id"), "agents", ["unit_id"], unique=False)
    op.create_table(
        "commune_names",
        sa.Column("insee", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("search_name", sa.String(), nullable=False),
        sa.Column("short_name", sa.String(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["insee"], ["communes.insee"], name=op.f("fk_commune_names_insee_communes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("insee", "name", name=op.f("pk_commune_names")),
    )
    op.create_index(
        "ix_commune_names_search_name",
        "commune_names",
        ["search_name"],
        unique=False,
        postgresql_ops={"search_name": "text_pattern_ops"},
    )
    op.create_index(
        "ix_commune_names_short_name",
        "commune_names",
        ["short_name"],
        unique=False,
        postgresql_ops={"short_name": "text_pattern_ops"},
    )
    op.create_index(
        "ix_commune_names_words",
        "commune_names",
        ["words"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "agent_sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_sessions_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_agent_sessions")),
    )
    op.create_index(op.f("ix_agent_sessions_agent_id"), "agent_sessions", ["agent_id"], unique=False)
    op.create_index(op.f("ix_agent_sessions_expires_at"), "agent_sessions", ["expires_at"], unique=False)
    op.create_table(
        "contact_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("transferred_from_unit_id", sa.Integer(), nullable=True),
        sa.Column("transferred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("commune_insee", sa.String(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("discreet", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("caller_name", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("call_window", sa.String(), nullable=False),
        sa.Column("safe_time", sa.String(), nullable=True),
        sa.Column("may_leave_message", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("call_back_word", sa.String(), nullable=False),
        sa.Column("follow_token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("follow_generation", sa.Integer(), nullable=False),
        sa.Column("follow_code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("idempotency_hash", sa.LargeBinary(), nullable=False),
        sa.Column("submission_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'done') = (outcome IS NOT NULL)", name=op.f("ck_contact_requests_outcome")),
        sa.CheckConstraint(
            "(state IN ('waiting', 'accepted')) = (ended_at IS NULL)", name=op.f("ck_contact_requests_end")
        ),
        sa.CheckConstraint(
            "call_window IN ('asap', 'morning', 'afternoon', 'evening')", name=op.f("ck_contact_requests_call_window")
        ),
        sa.CheckConstraint("channel IN ('phone', 'sms', 'email')", name=op.f("ck_contact_requests_channel")),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_contact_requests_language")),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'done', 'withdrawn', 'expired')", name=op.f("ck_contact_requests_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'done') OR accepted_by_id IS NOT NULL", name=op.f("ck_contact_requests_owned")
        ),
        sa.CheckConstraint(
            "state NOT IN ('waiting', 'expired') OR accepted_by_id IS NULL", name=op.f("ck_contact_requests_not_owned")
        ),
        sa.CheckConstraint(
            "(accepted_by_id IS NULL) = (accepted_at IS NULL)", name=op.f("ck_contact_requests_owner_since")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["agents.id"], name=op.f("fk_contact_requests_accepted_by_id_agents")
        ),
        sa.ForeignKeyConstraint(
            ["commune_insee"], ["communes.insee"], name=op.f("fk_contact_requests_commune_insee_communes")
        ),
        sa.ForeignKeyConstraint(
            ["reason_code"], ["reasons.code"], name=op.f("fk_contact_requests_reason_code_reasons")
        ),
        sa.ForeignKeyConstraint(
            ["transferred_from_unit_id"], ["units.id"], name=op.f("fk_contact_requests_transferred_from_unit_id_units")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_contact_requests_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_requests")),
        sa.UniqueConstraint("follow_token_hash", name=op.f("uq_contact_requests_follow_token_hash")),
        sa.UniqueConstraint("idempotency_hash", name=op.f("uq_contact_requests_idempotency_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_contact_requests_reference")),
    )
    op.create_index("ix_contact_requests_ended_at", "contact_requests", ["ended_at"], unique=False)
    op.create_index(
        "ix_contact_requests_open",
        "contact_requests",
        ["unit_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_contact_requests_transferred_from_unit_id", "contact_requests", ["transferred_from_unit_id"], unique=False
    )
    op.create_table(
        "sync_clients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("last_mutation_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_sync_clients_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_clients")),
    )
    op.create_index(op.f("ix_sync_clients_agent_id"), "sync_clients", ["agent_id"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_events_agent_id_agents")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["contact_requests.id"], name=op.f("fk_events_request_id_contact_requests")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_events_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_request_id", "events", ["request_id", "id"], unique=False)
    op.create_table(
        "mutation_results",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("op", sa.String(), nullable=False),
        sa.Column("args_hash", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('applied', 'noop', 'rejected', 'error')", name=op.f("ck_mutation_results_status")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["sync_clients.id"],
            name=op.f("fk_mutation_results_client_id_sync_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_id", "seq", name=op.f("pk_mutation_results")),
    )
    op.create_index(op.f("ix_mutation_results_at"), "mutation_results", ["at"], unique=False)
    op.create_index("ix_mutation_results_client_id_version", "mutation_results", ["client_id", "version"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel IN ('email')", name=op.f("ck_notices_channel")),
        sa.CheckConstraint("recipient IN ('citizen')", name=op.f("ck_notices_recipient")),
        sa.CheckConstraint("state <> 'failed' OR cause IS NOT NULL", name=op.f("ck_notices_failure_has_a_cause")),
        sa.CheckConstraint("state = 'queued' OR claimed_until IS NULL", name=op.f("ck_notices_claimed_while_queued")),
        sa.CheckConstraint("state IN ('queued', 'sent', 'failed')", name=op.f("ck_notices_state")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_notices_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("event_id", "channel", "recipient", name=op.f("uq_notices_event_id_channel_recipient")),
    )
    _first_rows()


# code, label, étiquette, hint, indication, discreet, minutes until a gendarme should have taken it
REASONS = (
    ("complaint", "Porter plainte", "Report a crime", "Vol, dégradation, agression, menace…",
     "Theft, damage, assault, threats…", False, 120),
    ("domestic_violence", "Violences dans le couple ou la famille", "Violence at home",
     "Vous, un enfant ou un proche.", "You, a child or someone close to you.", True, 15),
    ("sexual_violence", "Violences sexuelles", "Sexual violence", "Récentes ou anciennes.", "Recent or long ago.",
     True, 15),
    ("harassment", "Harcèlement", "Harassment", "À l’école, au travail, dans la rue ou en ligne.",
     "At school, at work, in the street or online.", True, 60),
    ("fraud", "Arnaque ou escroquerie", "Scam or fraud", "Par téléphone, sur internet ou à votre porte.",
     "By phone, online or at your door.", False, 120),
    ("worry", "Inquiétude pour une personne", "Worried about someone",
     "Une personne fragile, isolée ou dont vous êtes sans nouvelles.",
     "Someone vulnerable, isolated or not heard from.", False, 30),
    ("neighbours", "Conflit de voisinage ou nuisances", "Neighbour dispute or noise", "Bruit, limites, animaux…",
     "Noise, boundaries, animals…", False, 240),
    ("road", "Route et circulation", "Road and traffic", "Accident sans blessé, stationnement, comportement dangereux.",
     "Accident without injury, parking, dangerous driving.", False, 240),
    ("holiday_watch", "Surveiller mon logement pendant mon absence", "Watch my home while I am away",
     "Opération tranquillité vacances.", "Free patrols during your holidays.", False, 1440),
    ("case_follow_up", "Suivre une affaire en cours", "Follow up on a case",
     "Vous avez déjà porté plainte ou été entendu.", "You have already reported or been heard.", False, 480),
    ("other", "Autre demande", "Something else", "Un conseil, un renseignement, un objet trouvé…",
     "Advice, information, found property…", False, 480),
)  # fmt: skip


def _first_rows() -> None:
    reasons = sa.table(
        "reasons",
        *(sa.column(name) for name in (
            "code", "position", "label_fr", "label_en", "hint_fr", "hint_en", "discreet", "due_minutes", "active"
        )),
    )  # fmt: skip
    op.bulk_insert(
        reasons,
        [
            {
                "code": code,
                "position": position,
                "label_fr": label_fr,
                "label_en": label_en,
                "hint_fr": hint_fr,
                "hint_en": hint_en,
                "discreet": discreet,
                "due_minutes": due_minutes,
                "active": True,
            }
            for position, (code, label_fr, label_en, hint_fr, hint_en, discreet, due_minutes) in enumerate(REASONS)
        ],
    )
    op.execute("INSERT INTO feed_epoch (epoch) VALUES (extract(epoch FROM clock_timestamp())::bigint)")

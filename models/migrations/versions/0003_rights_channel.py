"""Say at commit whose right to listen has changed, whoever changed it and however

Revision 0003, after 0002.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# A trigger, because a right has many ends: sign-out, an administrator, retention, a command line, a prompt in an
# emergency. A service that forgot to say so would leave a socket listening. The sixteen digits tell sign-ins apart
# and are useless to whoever listens. server/realtime/registry.py reads these keys.
CHANNEL = "rights"
WATCHED = (
    (
        "agent_sessions",
        "'sign-in:' || left(encode(OLD.token_hash, 'hex'), 16)",
        ("revoked_at", "expires_at", "agent_id"),
    ),
    ("agents", "'agent:' || OLD.id", ("active", "unit_id", "roles")),
    ("contact_requests", "'request:' || OLD.id", ("follow_token_hash", "erased_at")),
)


def upgrade() -> None:
    for table, key, columns in WATCHED:
        changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
        op.execute(
            f"CREATE FUNCTION notify_rights_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN PERFORM pg_notify('{CHANNEL}', {key}); RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER rights_changed AFTER UPDATE OF {', '.join(columns)} ON {table} FOR EACH ROW"
            f" WHEN ({changed}) EXECUTE FUNCTION notify_rights_of_{table}()"
        )
        op.execute(
            f"CREATE TRIGGER rights_deleted AFTER DELETE ON {table} FOR EACH ROW"
            f" EXECUTE FUNCTION notify_rights_of_{table}()"
        )


def downgrade() -> None:
    for table, _, _ in WATCHED:
        op.execute(f"DROP TRIGGER rights_deleted ON {table}")
        op.execute(f"DROP TRIGGER rights_changed ON {table}")
        op.execute(f"DROP FUNCTION notify_rights_of_{table}()")

"""Free times are made anew once for each statement that changes absences

Revision 0013, after 0012.
"""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SQL = Path(__file__).parent.parent / "sql"
TRIGGERS = ("inserted", "deleted", "updated_from", "updated_to")


def upgrade() -> None:
    op.create_index(
        "ix_absences_during",
        "absences",
        [sa.literal_column("int4range(agent_id, agent_id, '[]')"), "during"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    for statement in _statements("free_times_0013.sql"):
        op.execute(statement)


def downgrade() -> None:
    for trigger in TRIGGERS:
        op.execute(f"DROP TRIGGER free_times_{trigger} ON absences")
    op.execute("DROP FUNCTION free_times_after_absences()")
    for statement in _statements("free_times_0005.sql"):
        if "refresh_free_times(changed bigint[])" in statement:
            op.execute(statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
        elif "free_times_after_absences" in statement:
            op.execute(statement)
    op.drop_index("ix_absences_during", "absences")


def _statements(name: str) -> list[str]:
    return (SQL / name).read_text(encoding="utf-8").split("\n-- next\n")

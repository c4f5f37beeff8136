"""Invitations remember when the appointment was that they said, to take out what was said

Revision 0012, after 0011.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Nothing was ever sent before this revision, so that there is no row without times.
    op.add_column("sent_invitations", sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False))
    op.add_column("sent_invitations", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False))


def downgrade() -> None:
    op.drop_column("sent_invitations", "ends_at")
    op.drop_column("sent_invitations", "starts_at")

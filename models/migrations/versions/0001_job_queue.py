"""The job queue's own schema, as Procrastinate 3.10 ships it

Revision 0001, after none. An upgrade of the package that ships SQL becomes a further migration.
"""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SCHEMA = Path(__file__).parent.parent / "sql" / "procrastinate_3_10.sql"


def upgrade() -> None:
    # The file holds `%` and `:`, so that it must reach the driver without any parameter handling.
    op.get_bind().exec_driver_sql(SCHEMA.read_text(), execution_options={"no_parameters": True})

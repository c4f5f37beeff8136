"""Migrations of the database, run from code: there is no alembic.ini and hence no second place for the address."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

# Any number will do, as long as every release of this application takes the same one.
_RELEASE_LOCK: Final = 0x62726967


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` (a SQLAlchemy address) to `revision`; does nothing when it is there already.

    Two releases that race are safe: the second waits for the first, then finds nothing left to do.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _RELEASE_LOCK})
            connection.commit()
            try:
                config.attributes["connection"] = connection
                command.upgrade(config, revision)
            finally:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _RELEASE_LOCK})
                connection.commit()
    finally:
        engine.dispose()

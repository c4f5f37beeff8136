"""A throwaway database for the benchmarks of the reference data."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.database import Database
from models.migrations import upgrade
from server import embedded_postgres
from server.importers.communes import DEFAULT_FOLDER, import_communes


@contextmanager
def throwaway_url() -> Iterator[str]:
    """Yield the address of a migrated, empty database with the durability that production has."""
    # Near the root, because the path of a PostgreSQL socket may have 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="brigade-bench-"))
    folder.chmod(0o711)
    try:
        url = embedded_postgres.start(folder)
        upgrade(url)
        yield url
    finally:
        embedded_postgres.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def imported_communes() -> Iterator[Database]:
    """Yield a database that holds all communes of the installed package."""
    with throwaway_url() as url:
        database = Database(url, pool_size=2, application_name="brigade bench")
        try:
            with database.transaction() as session:
                import_communes(session, DEFAULT_FOLDER)
            yield database
        finally:
            database.dispose()

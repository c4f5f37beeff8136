"""Importing the real units and jurisdictions in a process of its own; beside it, a bare COPY of the same files."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import psycopg

from bench.reference import throwaway_url
from bench.report import Row
from models.database import Database, libpq_url
from server.importers.jurisdictions import import_jurisdictions
from server.importers.units import import_units

UNITS = "data/SYNTHETIC_HOURS_units_export_gn2_layout.csv"
JURISDICTIONS = "data/SYNTHETIC_competence_territoriale_layout.csv"
BAR_S = 15.0
BAR_MB = 250.0


def run() -> list[Row]:
    """Import both files twice; without REAL_DATA there is nothing to measure and one line says so.

    Raises:
        RuntimeError: an import failed, or the second one changed something.
    """
    given = os.environ.get("REAL_DATA")
    if not given:
        return [Row("imports not measured: REAL_DATA names no folder", 0.0, "s")]
    folder = Path(given)
    with throwaway_url() as url:
        copied = _bare_copy(url, folder)
        first_s, memory_mb = _import(url, folder)
        again_s, _ = _import(url, folder)
        _check_unchanged(url, folder)
    return [
        Row(
            "units and jurisdictions, first time", first_s, "s", f"≤ {BAR_S:.0f}", "bare COPY", copied, first_s <= BAR_S
        ),
        Row("the same again, nothing changes", again_s, "s", f"≤ {BAR_S:.0f}", "bare COPY", copied, again_s <= BAR_S),
        Row("memory of the larger one", memory_mb, "MB", f"≤ {BAR_MB:.0f}", ok=memory_mb <= BAR_MB),
    ]


def _import(url: str, folder: Path) -> tuple[float, float]:
    """Return the seconds of both commands, start of Python included, and the peak memory in MB of the larger."""
    seconds = 0.0
    for command, path in (("import-units", UNITS), ("import-jurisdictions", JURISDICTIONS)):
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", "from server.cli import main; main()", command, str(folder / path)],
            env={**os.environ, "DATABASE_URL": url},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        seconds += time.perf_counter() - started
    # Of all children waited for so far the largest counts: PostgreSQL itself detaches and is none of them.
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _bare_copy(url: str, folder: Path) -> float:
    """Return the seconds that PostgreSQL alone needs to take both files as text columns, without any check."""
    started = time.perf_counter()
    with psycopg.connect(libpq_url(url)) as connection, connection.cursor() as cursor:
        for number, path in enumerate((UNITS, JURISDICTIONS)):
            with (folder / path).open("rb") as file:
                width = file.readline().count(b";") + 1
                file.seek(0)
                columns = ", ".join(f"c{column} text" for column in range(width))
                cursor.execute(f"CREATE TEMP TABLE bare_{number} ({columns})")
                with cursor.copy(f"COPY bare_{number} FROM STDIN (FORMAT csv, HEADER, DELIMITER ';')") as copy:
                    while block := file.read(65_536):
                        copy.write(block)
    return time.perf_counter() - started


def _check_unchanged(url: str, folder: Path) -> None:
    database = Database(url, pool_size=1)
    try:
        with database.transaction() as session:
            units = import_units(session, str(folder / UNITS))
            jurisdictions = import_jurisdictions(session, str(folder / JURISDICTIONS), on=date(2100, 1, 1))
    finally:
        database.dispose()
    for report in (units, jurisdictions):
        if report.created or report.changed or report.ended:
            raise RuntimeError(f"importing the {report.what} again changed something: {dict(report.counts())}")

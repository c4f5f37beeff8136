"""Import the units that receive the public, keyed on their public unit id."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, cast

from sqlalchemy import Table as SqlTable
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.tables import Unit
from server.importers.loading import Counts, analyze, lock_imports, upsert
from server.importers.reading import Progress, Row, Table, open_source
from server.importers.report import FileRefused, ImportReport
from server.importers.unit_layouts import LAYOUTS, Layout, RowRejected, UnitRecord

_COLUMNS = tuple(field.name for field in fields(UnitRecord))


def import_units(
    session: Session,
    source: str,
    *,
    dry_run: bool = False,
    accept_missing: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring the units of a file in, and report row by row what was wrong.

    Args:
        session: an open transaction; the caller commits it, or rolls it back when this raises.
        source: a path or an https address, plain or gzipped.
        dry_run: report what would happen and change nothing.
        accept_missing: take a file although it lacks more than a fifth of the units known so far.
        progress: told the bytes read.

    Raises:
        FileRefused: the file is not what it claims to be.

    Units that the file no longer names are reported as missing and kept: requests and agents hang on them.
    """
    with open_source(source, progress) as stream:
        table = Table(stream, source)
        layout = _layout_of(table)
        report = ImportReport("units", source, layout.name, dry_run)
        records = _read(table, layout, report)
    report.check_plausible()
    lock_imports(session)
    with session.begin_nested() as savepoint:
        _store(session, _numbered(session, records), layout, report)
        report.missing = _missing(session, records, layout)
        known = report.changed + report.unchanged + len(report.missing)
        report.check_missing(known, accept_missing)
        if dry_run:
            savepoint.rollback()
        else:
            analyze(session, cast(SqlTable, Unit.__table__))
    return report


def _layout_of(table: Table) -> Layout:
    for layout in LAYOUTS:
        if set(layout.required) <= set(table.header):
            return layout
    # Say what is missing from the layout that the file resembles most.
    nearest = max(LAYOUTS, key=lambda layout: len(set(layout.required) & set(table.header)))
    table.require(nearest.required, "units")
    raise FileRefused(f"{table.name} is not a file of units.")


def _read(rows: Iterable[Row], layout: Layout, report: ImportReport) -> list[UnitRecord]:
    records: dict[int | str, UnitRecord] = {}
    lines: dict[int | str, int] = {}
    for row in rows:
        report.read += 1
        if row.fault:
            report.reject(row.line, row.fault)
            continue
        try:
            record, notes = layout.read(row.values)
        except RowRejected as error:
            report.reject(row.line, str(error))
            continue
        key = record.id or cast(str, record.directory_id)
        known = records.get(key)
        if known is not None and not _is_same(record, known):
            # Two units cannot both be the one that the jurisdiction file means: neither is trusted on its id alone.
            records[key] = known.contested()
            cause = f"{record.name} has the id {record.id} of {known.name} at line {lines[key]}"
            if record.directory_id is None or record.directory_id in records:
                report.reject(row.line, cause)
                continue
            notes = [*notes, f"kept under its directory id only, since it has the id of {known.name}"]
            key, record = record.directory_id, replace(record, id=0, id_is_contested=True)
        elif known is not None:
            report.reject(row.line, f"repeats line {lines[key]} ({record.name})")
            continue
        records[key], lines[key] = record, row.line
        for note in notes:
            report.repair(row.line, f"{record.name}: {note}")
    return list(records.values())


def _is_same(one: UnitRecord, other: UnitRecord) -> bool:
    """Whether two rows with one id are the same unit, and not two units that were given the same id by mistake."""
    return (one.name, one.commune_insee) == (other.name, other.commune_insee)


def _numbered(session: Session, records: list[UnitRecord]) -> list[dict[str, Any]]:
    """Give those without a public id the negative number they have, or the next free one."""
    rows = [{name: getattr(record, name) for name in _COLUMNS} for record in records]
    known: dict[str | None, int] = {
        directory_id: id_ for id_, directory_id in session.execute(select(Unit.id, Unit.directory_id))
    }
    lowest = min([0, *known.values(), *(row["id"] for row in rows)])
    for row in rows:
        if row["id"]:
            continue
        number = known.get(row["directory_id"])
        if number is None:
            lowest -= 1
            number = lowest
        row["id"] = number
    return rows


def _store(session: Session, rows: list[dict[str, Any]], layout: Layout, report: ImportReport) -> None:
    _release_directory_ids(session, rows)
    counts: Counts = upsert(
        session,
        cast(SqlTable, Unit.__table__),
        (*_COLUMNS, "updated_from"),
        ([*(_copied(row[name]) for name in _COLUMNS), report.source] for row in rows),
        keys=("id",),
        updated=[name for name in (*_COLUMNS, "updated_from") if name != "id" and name not in layout.silent_on],
        ignored=("updated_from",),
    )
    report.created, report.changed, report.unchanged = counts.created, counts.changed, counts.unchanged


def _release_directory_ids(session: Session, rows: list[dict[str, Any]]) -> None:
    """Let go of the directory ids that the file gives to another unit than before, since they are unique."""
    owners = {row["directory_id"]: row["id"] for row in rows if row["directory_id"] is not None}
    held = session.execute(select(Unit.id, Unit.directory_id).where(Unit.directory_id.is_not(None)))
    moved = [id_ for id_, directory_id in held if owners.get(directory_id, id_) != id_]
    if moved:
        session.execute(update(Unit).where(Unit.id.in_(moved)).values(directory_id=None))


def _copied(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value


def _missing(session: Session, records: list[UnitRecord], layout: Layout) -> list[str]:
    """Name the stored units, of the kinds that the file holds, that it does not name."""
    stored = select(Unit.id, Unit.directory_id, Unit.name).where(Unit.kind.in_({record.kind for record in records}))
    if "directory_id" in layout.silent_on:
        # A unit that has only a directory id cannot be missed in a file of public ids.
        stored = stored.where(Unit.id > 0)
    ids = {record.id for record in records if record.id}
    directory_ids = {record.directory_id for record in records if not record.id}
    return [
        f"{id_} {name}"
        for id_, directory_id, name in session.execute(stored.order_by(Unit.id))
        if id_ not in ids and (directory_id is None or directory_id not in directory_ids)
    ]

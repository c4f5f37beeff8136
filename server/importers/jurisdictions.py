"""Import who is competent for each commune, from a date on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple, cast

from sqlalchemy import Table as SqlTable
from sqlalchemy import and_, delete, exists, func, insert, literal, literal_column, or_, select, update
from sqlalchemy.orm import Session

from models.tables import Commune, Jurisdiction, Unit
from server.importers.loading import analyze, lock_imports, stage
from server.importers.reading import Progress, Row, Table, open_source
from server.importers.report import FileRefused, ImportReport

_REQUIRED = ("code_commune", "institution", "id_service", "service")
_KEYS = ("commune_insee", "institution", "service_id")


class _Record(NamedTuple):
    commune_insee: str
    institution: str
    service_id: str
    service_name: str


def import_jurisdictions(
    session: Session,
    source: str,
    *,
    on: date,
    dry_run: bool = False,
    accept_missing: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring the jurisdiction file in; what it replaces ends on `on`, and stays to tell who was competent before.

    Args:
        session: an open transaction; the caller commits it, or rolls it back when this raises.
        source: a path or an https address, plain or gzipped.
        on: the first day when the file is right. The first row ever of a commune is also taken for the days before.
        dry_run: report what would happen and change nothing.
        accept_missing: take a file although it lacks more than a fifth of the communes known so far.
        progress: told the bytes read.

    Raises:
        FileRefused: the file is not what it claims to be, or a later one is already in force.

    Codes are stored as printed: communes that have merged since are followed when someone asks, so that the order of
    the imports does not matter. A commune that the file leaves out keeps its rows and is reported as missing.
    """
    with open_source(source, progress) as stream:
        table = Table(stream, source)
        table.require(_REQUIRED, "jurisdictions")
        report = ImportReport("jurisdictions", source, "competence", dry_run)
        records = _read(table, report)
    report.check_plausible()
    lock_imports(session)
    with session.begin_nested() as savepoint:
        _refuse_older(session, on, report)
        _name_unknown(session, records, report)
        _store(session, [record for record, _ in records], on, report)
        report.check_missing(len({record.commune_insee for record, _ in records}) + len(report.missing), accept_missing)
        if dry_run:
            savepoint.rollback()
        else:
            analyze(session, cast(SqlTable, Jurisdiction.__table__))
    return report


def _read(rows: Iterable[Row], report: ImportReport) -> list[tuple[_Record, int]]:
    seen: dict[tuple[str, str, str], int] = {}
    records = []
    for row in rows:
        report.read += 1
        fault = row.fault or _fault(row.values)
        if fault:
            report.reject(row.line, fault)
            continue
        values = row.values
        record = _Record(
            values["code_commune"].strip().upper().zfill(5),
            values["institution"].strip().upper(),
            # An id of 0 is how exports print that there is none.
            "" if values["id_service"].strip() == "0" else values["id_service"].strip(),
            " ".join(values["service"].split()),
        )
        key = record[:3]
        if key in seen:
            report.reject(row.line, f"repeats line {seen[key]} ({record.commune_insee})")
            continue
        seen[key] = row.line
        records.append((record, row.line))
    return records


def _fault(values: dict[str, str]) -> str:
    insee = values["code_commune"].strip().upper()
    # Four digits are a code that a spreadsheet has stripped of its leading zero.
    if not re.fullmatch(r"[0-9][0-9AB][0-9]{3}|[0-9]{4}", insee):
        return f"not an INSEE code: {insee or 'empty'}"
    institution = values["institution"].strip().upper()
    if institution not in ("GN", "PN"):
        return f"institution is neither GN nor PN: {institution or 'empty'}"
    return ""


def _refuse_older(session: Session, on: date, report: ImportReport) -> None:
    latest = session.scalar(select(func.max(Jurisdiction.valid_from)))
    if latest is not None and latest > on:
        raise FileRefused(f"{report.source} would be in force from {on}, but a file is already in force from {latest}.")


def _name_unknown(session: Session, records: list[tuple[_Record, int]], report: ImportReport) -> None:
    """Report the codes and units that no other import knows; the rows stay, since the other file may come later."""
    communes = set(session.scalars(select(Commune.insee)))
    units: set[str] = set()
    for id_, directory_id in session.execute(select(Unit.id, Unit.directory_id)):
        units.update(filter(None, (str(id_) if id_ > 0 else None, directory_id)))
    for record, line in records:
        if communes and record.commune_insee not in communes:
            report.repair(line, f"commune {record.commune_insee} is not known; taken as printed")
        if record.institution == "GN" and not record.service_id:
            report.repair(line, f"{record.commune_insee}: no unit is named")
        elif units and record.service_id and record.service_id not in units:
            report.repair(line, f"{record.commune_insee}: unit {record.service_id} is not known; taken as printed")


def _store(session: Session, records: list[_Record], on: date, report: ImportReport) -> None:
    old = cast(SqlTable, Jurisdiction.__table__)
    new = stage(session, old, _Record._fields, records)
    in_force = old.c.valid_until.is_(None)
    same = and_(*(old.c[name] == new.c[name] for name in _KEYS))
    named = exists().where(old.c.commune_insee == new.c.commune_insee)
    replaced = and_(in_force, named, ~exists().where(same))

    renamed: Any = session.execute(
        update(old)
        .where(in_force, same, old.c.service_name != new.c.service_name)
        .values(service_name=new.c.service_name)
        .returning(literal_column("1"))
    ).all()
    # A row that begins on the same day was never in force: a second import on one day corrects the first.
    undone: Any = session.execute(
        delete(old).where(replaced, old.c.valid_from == on).returning(literal_column("1"))
    ).all()
    ended: Any = session.execute(
        update(old)
        .where(replaced, or_(old.c.valid_from.is_(None), old.c.valid_from < on))
        .values(valid_until=on)
        .returning(literal_column("1"))
    ).all()
    is_first = ~exists().where(old.c.commune_insee == new.c.commune_insee)
    absent = ~exists().where(and_(in_force, same))
    added = {}
    for first in (False, True):
        # Communes already known come first: once inserted, a first row would make its commune a known one.
        rows = select(*(new.c[name] for name in _Record._fields), literal(None if first else on, old.c.valid_from.type))
        statement = insert(old).from_select(
            [*_Record._fields, "valid_from"], rows.where(absent, is_first if first else ~is_first)
        )
        added[first] = len(session.execute(statement.returning(literal_column("1"))).all())
    report.created = added[True]
    report.changed = added[False] + len(renamed)
    report.ended = len(ended) + len(undone)
    report.unchanged = len(records) - report.created - report.changed
    report.missing = list(
        session.scalars(select(old.c.commune_insee).where(in_force, ~named).distinct().order_by(old.c.commune_insee))
    )

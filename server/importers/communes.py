"""Import the communes of France with their history, from the package @etalab/decoupage-administratif."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table as SqlTable
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.commune_names import fold, without_article
from models.tables import Commune, CommuneName
from server.importers.loading import analyze, delete_absent, lock_imports, stage, upsert
from server.importers.reading import Progress
from server.importers.report import FileRefused, ImportReport

DEFAULT_FOLDER = "node_modules/@etalab/decoupage-administratif"

_KINDS = {
    "commune-actuelle": "commune",
    "commune-deleguee": "delegated_commune",
    "commune-associee": "associated_commune",
    "arrondissement-municipal": "municipal_arrondissement",
}
_NAME_COLUMNS = ("insee", "name", "search_name", "short_name", "words", "population", "is_current")


@dataclass(frozen=True, slots=True)
class CommuneRecord:
    """A commune as it will be stored; the fields are the columns of `communes`."""

    insee: str
    name: str
    search_name: str
    kind: str
    departement: str
    departement_name: str
    region: str
    population: int
    postcodes: list[str]
    merged_into: str | None


def import_communes(
    session: Session,
    folder: str = DEFAULT_FOLDER,
    *,
    dry_run: bool = False,
    accept_missing: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring in today's communes, those that merged into them, and every name they can be found by.

    Args:
        session: an open transaction; the caller commits it, or rolls it back when this raises.
        folder: the unpacked package; by default the one that `npm ci` installs.
        dry_run: report what would happen and change nothing.
        accept_missing: take an edition although it lacks more than a fifth of the communes known so far.
        progress: told the entries read.

    Raises:
        FileRefused: the folder is not that package.

    A code that the new edition no longer has is reported as missing and kept: the jurisdiction file may still use it.
    """
    report = ImportReport("communes", folder, "decoupage-administratif", dry_run)
    entries, departements = _load(folder)
    records = _records(entries, departements, report, progress)
    report.check_plausible()
    lock_imports(session)
    with session.begin_nested() as savepoint:
        counts = upsert(
            session,
            cast(SqlTable, Commune.__table__),
            [field.name for field in fields(CommuneRecord)],
            map(astuple, records.values()),
            keys=("insee",),
            updated=[field.name for field in fields(CommuneRecord) if field.name != "insee"],
        )
        report.created, report.changed, report.unchanged = counts.created, counts.changed, counts.unchanged
        report.missing = [insee for insee in session.scalars(select(Commune.insee)) if insee not in records]
        report.check_missing(counts.changed + counts.unchanged + len(report.missing), accept_missing)
        _store_names(session, records, entries)
        if dry_run:
            savepoint.rollback()
        else:
            analyze(session, cast(SqlTable, Commune.__table__), cast(SqlTable, CommuneName.__table__))
    return report


def _load(folder: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    data = Path(folder) / "data"
    loaded: dict[str, list[dict[str, Any]]] = {}
    for name in ("communes", "departements"):
        path = data / f"{name}.json"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise FileRefused(f"{path} is not there. Run npm ci first, or name the unpacked package.") from None
        except UnicodeDecodeError:
            raise FileRefused(f"{path} is not UTF-8.") from None
        except json.JSONDecodeError as error:
            raise FileRefused(f"{path} is not JSON, or is cut off (line {error.lineno}).") from None
        if not isinstance(content, list) or not all(isinstance(entry, dict) for entry in content) or not content:
            raise FileRefused(f"{path} is not a list of {name}.")
        loaded[name] = content
    names = {str(entry.get("code")): str(entry.get("nom")) for entry in loaded["departements"]}
    return loaded["communes"], names


def _records(
    entries: list[dict[str, Any]], departements: Mapping[str, str], report: ImportReport, progress: Progress | None
) -> dict[str, CommuneRecord]:
    """Return one record for each code; an entry that is wrong is rejected with its place in the list as line."""
    records: dict[str, CommuneRecord] = {}
    # Today's communes first: one of their delegated communes may share the code, and must not take it.
    ranked = sorted(enumerate(entries, 1), key=lambda item: item[1].get("type") != "commune-actuelle")
    for done, (place, entry) in enumerate(ranked, 1):
        report.read += 1
        if progress is not None and done % 1000 == 0:
            progress(done, len(entries))
        fault = _fault(entry, departements)
        if fault:
            report.reject(place, fault)
            continue
        code = entry["code"]
        if code in records:
            if entry["type"] == "commune-actuelle":
                report.reject(place, f"repeats the commune {code}")
            continue
        records[code] = _record(entry, departements)
    for entry in entries:
        for old in entry.get("anciensCodes", ()):
            if old not in records and entry["code"] in records:
                records[old] = _former(old, records[entry["code"]])
    places = {entry.get("code"): place for place, entry in enumerate(entries, 1)}
    flattened = _flattened(records, places, report)
    report.rejected.sort(key=lambda finding: finding.line)
    return flattened


def _fault(entry: Mapping[str, Any], departements: Mapping[str, str]) -> str:
    if not isinstance(entry.get("code"), str) or len(entry["code"]) != 5:
        return f"not an INSEE code: {entry.get('code')!r}"
    if not isinstance(entry.get("nom"), str) or not entry["nom"].strip():
        return f"{entry['code']} has no name"
    if entry.get("type") not in _KINDS:
        return f"{entry['code']} is of an unknown type: {entry.get('type')!r}"
    if entry.get("departement") not in departements:
        return f"{entry['code']} is in an unknown département: {entry.get('departement')!r}"
    if entry["type"] != "commune-actuelle" and not _parent(entry):
        return f"{entry['code']} belongs to no commune"
    return ""


def _parent(entry: Mapping[str, Any]) -> str | None:
    parent = entry.get("chefLieu") or entry.get("commune")
    return parent if isinstance(parent, str) else None


def _record(entry: Mapping[str, Any], departements: Mapping[str, str]) -> CommuneRecord:
    current = entry["type"] == "commune-actuelle"
    return CommuneRecord(
        insee=entry["code"],
        name=entry["nom"],
        search_name=fold(entry["nom"]),
        kind=_KINDS[entry["type"]],
        departement=entry["departement"],
        departement_name=departements[entry["departement"]],
        region=str(entry.get("region", "")),
        population=int(entry.get("population") or 0),
        postcodes=[str(code) for code in entry.get("codesPostaux", ())],
        merged_into=None if current else _parent(entry),
    )


def _former(code: str, successor: CommuneRecord) -> CommuneRecord:
    """Return a code of which the package knows only what became of it; it has no name to be found by."""
    return CommuneRecord(
        insee=code,
        name=successor.name,
        search_name="",
        kind="former_code",
        departement=successor.departement,
        departement_name=successor.departement_name,
        region=successor.region,
        population=0,
        postcodes=[],
        merged_into=successor.insee,
    )


def _flattened(
    records: dict[str, CommuneRecord], places: Mapping[Any, int], report: ImportReport
) -> dict[str, CommuneRecord]:
    """Leave out codes whose commune is not in the file: they would lead nowhere."""
    kept = {}
    for code, record in records.items():
        parent = records.get(record.merged_into) if record.merged_into else record
        if parent is None or parent.merged_into is not None:
            cause = f"{code} ({record.name}) belongs to {record.merged_into}, which is no commune of today"
            report.reject(places.get(code, 0), cause)
        else:
            kept[code] = record
    return kept


def _store_names(session: Session, records: Mapping[str, CommuneRecord], entries: Iterable[Mapping[str, Any]]) -> None:
    table = cast(SqlTable, CommuneName.__table__)
    rows = list(_names(records, entries))
    upsert(session, table, _NAME_COLUMNS, rows, keys=("insee", "name"), updated=_NAME_COLUMNS[2:])
    delete_absent(
        session, table, stage(session, table, ("insee", "name"), (row[:2] for row in rows)), ("insee", "name")
    )


def _names(records: Mapping[str, CommuneRecord], entries: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """Yield each name that leads to a commune of today: its own, and those of the places that are part of it."""
    seen: set[tuple[str, str]] = set()
    current = [record for record in records.values() if record.merged_into is None]
    named: list[tuple[CommuneRecord, str, list[str]]] = [
        (one, one.name, [one.insee, *one.postcodes]) for one in current
    ]
    for entry in entries:
        parent = records.get(_parent(entry) or "")
        if parent is not None and parent.merged_into is None and isinstance(entry.get("nom"), str):
            named.append((parent, entry["nom"], [str(code) for code in entry.get("codesPostaux", ())]))
    for commune, name, codes in named:
        if (commune.insee, name) in seen:
            continue
        seen.add((commune.insee, name))
        folded = fold(name)
        words = sorted({*folded.split(), *_joined(folded), *(code.casefold() for code in codes)})
        is_current = name == commune.name
        yield commune.insee, name, folded, without_article(folded), " ".join(words), commune.population, is_current


def _joined(folded: str) -> list[str]:
    """Return « labergement » for « l abergement »: an elided article is often typed without its apostrophe."""
    words = folded.split()
    return [first + second for first, second in pairwise(words) if first in ("l", "d")]

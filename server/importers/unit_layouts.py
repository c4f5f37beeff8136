"""The layouts in which units are published, each turned into the same record.

`export` is the ministry's live export, with or without hours in columns; `directory` is the directory of the public
service (DILA) as one table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from models.rules.opening_hours import to_json
from models.rules.opening_hours_reading import ParsedHours, read_columns, read_hours
from models.rules.time_zones import zones_of
from models.rules.unit_kinds import kind_of
from server.importers.coordinates import read_place
from server.importers.phones import read_phone

Values = Mapping[str, str]


class RowRejected(Exception):
    """The row cannot be a unit; the message says why."""


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """A unit as it will be stored; the fields are the columns of `units`. `id` is 0 until a number is given."""

    id: int
    directory_id: str | None
    name: str
    kind: str
    institution: str
    address: str
    postcode: str
    commune_insee: str
    commune_name: str
    latitude: float | None
    longitude: float | None
    phone: str | None
    phone_as_printed: str
    email: str | None
    url: str | None
    time_zone: str
    holiday_zone: str
    opening_hours: dict[str, Any] | None
    opening_hours_as_printed: str
    receives_contact_requests: bool
    id_is_contested: bool = False

    def contested(self) -> UnitRecord:
        return replace(self, id_is_contested=True)


@dataclass(frozen=True, slots=True)
class Layout:
    """One published layout.

    Attributes:
        required: columns by which it is recognised.
        silent_on: columns of `units` that it says nothing about; a known unit keeps what it has there.
        read: turns a row into a record and what was put right; raises `RowRejected`.
    """

    name: str
    required: Sequence[str]
    silent_on: frozenset[str]
    read: Callable[[Values], tuple[UnitRecord, list[str]]]


def _read_export(row: Values) -> tuple[UnitRecord, list[str]]:
    hours = read_hours(row["horaires_accueil"])
    columns = read_columns(row)
    notes = []
    if columns.weekly.is_known:
        if hours.weekly.is_known and hours.weekly != columns.weekly:
            notes.append("opening hours differ between the text and the columns; the columns were taken")
        hours = columns
    return _record(
        id=_public_id(row["identifiant_public_unite"]),
        directory_id=None,
        name=row["service"],
        pivot="",
        lines=row["voie"],
        postcode=row["code_postal"],
        insee=row["code_commune_insee"],
        commune=row["commune"],
        latitude=row["geocodage_y_GPS"],
        longitude=row["geocodage_x_GPS"],
        phone=row["telephone"],
        email="",
        url=row["url"],
        hours=hours,
        printed_hours=row["horaires_accueil"],
        notes=notes,
    )


def _read_directory(row: Values) -> tuple[UnitRecord, list[str]]:
    is_police = row["pivotLocal"] == "commissariat_police"
    directory_id = row["id"].strip()
    if is_police and not directory_id:
        raise RowRejected("no directory id")
    return _record(
        id=0 if is_police else _public_id(row["idPresta"]),
        directory_id=directory_id or None,
        name=row["nom"],
        pivot=row["pivotLocal"],
        lines=row["ligne"],
        postcode=row["cp"],
        insee=row["codeInsee"],
        commune=row["commune"],
        latitude=row["lat"],
        longitude=row["lon"],
        phone=row["tel"],
        email=row["email"],
        url=row["url"],
        hours=read_hours(row["ouverture"]),
        printed_hours=row["ouverture"],
        notes=[],
    )


LAYOUTS = (
    Layout(
        "export",
        (
            *("identifiant_public_unite", "service", "telephone", "code_commune_insee", "voie", "code_postal"),
            *("commune", "geocodage_x_GPS", "geocodage_y_GPS", "horaires_accueil", "url"),
        ),
        frozenset({"directory_id", "email"}),
        _read_export,
    ),
    Layout(
        "directory",
        (
            *("id", "idPresta", "codeInsee", "pivotLocal", "nom", "ligne", "cp", "commune"),
            *("lat", "lon", "tel", "email", "url", "ouverture"),
        ),
        frozenset(),
        _read_directory,
    ),
)


def _record(
    *,
    id: int,  # noqa: A002 -- The name of the column.
    directory_id: str | None,
    name: str,
    pivot: str,
    lines: str,
    postcode: str,
    insee: str,
    commune: str,
    latitude: str,
    longitude: str,
    phone: str,
    email: str,
    url: str,
    hours: ParsedHours,
    printed_hours: str,
    notes: list[str],
) -> tuple[UnitRecord, list[str]]:
    name = _one_line(name)
    if not name:
        raise RowRejected("no name")
    insee = _insee(insee, notes)
    postcode = postcode.strip().zfill(5) if postcode.strip() else ""
    place = read_place(latitude, longitude, insee)
    number = read_phone(phone, insee)
    notes += [note for note in (place.problem, number.problem) if note]
    notes += [f"opening hours: {problem}" for problem in hours.problems]
    kind = kind_of(name, pivot)
    zones = zones_of(insee, postcode)
    record = UnitRecord(
        id=id,
        directory_id=directory_id,
        name=name,
        kind=kind.kind,
        institution=kind.institution,
        address=address_lines(lines),
        postcode=postcode,
        commune_insee=insee,
        commune_name=_one_line(commune),
        latitude=place.latitude,
        longitude=place.longitude,
        phone=number.e164,
        phone_as_printed=_one_line(phone),
        email=email.strip() if re.fullmatch(r"[^\s@:/]+@[^\s@/]+", email.strip()) else None,
        url=url.strip() if re.match(r"https?://\S+$", url.strip()) else None,
        time_zone=zones.time_zone,
        holiday_zone=zones.holiday_zone,
        opening_hours=to_json(hours.weekly) if hours.weekly.is_known else None,
        opening_hours_as_printed=printed_hours.strip(),
        receives_contact_requests=kind.receives_contact_requests,
    )
    return record, notes


def address_lines(printed: str) -> str:
    """Return an address with one line for each part; `|` parts them, and a raw line break is only a long line."""
    return "\n".join(part for part in map(_one_line, printed.split("|")) if part)


def _public_id(printed: str) -> int:
    text = printed.strip()
    if not text:
        raise RowRejected("no public unit id")
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise RowRejected(f"public unit id is not a number: {text}")
    if int(text) == 0:
        raise RowRejected("public unit id is 0")
    return int(text)


def _insee(printed: str, notes: list[str]) -> str:
    text = printed.strip().upper()
    if re.fullmatch(r"[0-9]{4}", text):
        notes.append(f"INSEE code had lost its leading zero: {text}")
        text = "0" + text
    if not re.fullmatch(r"[0-9][0-9AB][0-9]{3}", text):
        raise RowRejected(f"not an INSEE code: {text or 'empty'}")
    return text


def _one_line(text: str) -> str:
    return " ".join(text.split())

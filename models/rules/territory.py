"""The facts about communes, units and who covers whom, as plain values for the rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from models.rules.opening_hours import UNKNOWN_WEEK, WeeklyHours

Institution = Literal["GN", "PN"]


@dataclass(frozen=True, slots=True)
class CommuneFacts:
    """A commune, or a code that has merged into another one."""

    insee: str
    name: str
    departement: str
    departement_name: str = ""
    postcodes: tuple[str, ...] = ()
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit as far as a citizen needs it; `phone` is E.164, `phone_as_printed` what the directory shows.

    `departement` is that of the unit itself, by its own commune.
    """

    id: int
    directory_id: str | None
    name: str
    kind: str
    institution: Institution
    commune_insee: str
    departement: str
    postcode: str
    commune_name: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    phone: str | None = None
    phone_as_printed: str = ""
    url: str | None = None
    time_zone: str = "Europe/Paris"
    holiday_zone: str = "Métropole"
    opening_hours: WeeklyHours = UNKNOWN_WEEK
    receives_contact_requests: bool = True
    id_is_contested: bool = False

    @property
    def address_lines(self) -> tuple[str, ...]:
        """The postal address; the directory separates its lines by `|`, and ends with the town when it can."""
        lines = [line.strip() for line in self.address.split("|") if line.strip()]
        if self.postcode and not any(self.postcode in line for line in lines):
            lines.append(f"{self.postcode} {self.commune_name}".strip())
        return tuple(lines)


@dataclass(frozen=True, slots=True)
class JurisdictionFacts:
    """One row of the jurisdiction file, as printed, with its dates; `None` is open on that side."""

    commune_insee: str
    institution: Institution
    service_id: str
    service_name: str = ""
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def service(self) -> tuple[str, str]:
        """What tells one service from another: its id, or its name when the file gives no id."""
        return self.institution, self.service_id or self.service_name

    def covers(self, day: date) -> bool:
        """Say whether the row is in force on `day`; `valid_until` is the first day when it is not."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day < self.valid_until
        )

    def names(self, unit: UnitFacts) -> bool:
        """Say whether the row's service id is the public id or the directory id of `unit`."""
        if not self.service_id or unit.institution != self.institution:
            return False
        return self.service_id in (str(unit.id) if unit.id > 0 else None, unit.directory_id)

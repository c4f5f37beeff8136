"""The public holidays of France's thirteen zones; the only module that knows who computes them.

Source: the package `jours-feries-france`, which follows etalab's official calendar. A unit may depart from it, for a
local holiday that no calendar has (the patron's day in Wallis) or a bridge on which it receives after all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from jours_feries_france import JoursFeries

ZONES: tuple[str, ...] = tuple(JoursFeries.ZONES)
# The zone where no departure from the common calendar is known.
_MAINLAND = "Métropole"


def holidays_of_year(zone: str, year: int) -> dict[date, str]:
    """Return the public holidays of a year with their French names, in order.

    Args:
        zone: one of `ZONES`; another one is read as the mainland's, whose holidays every zone has.

    When two fall on one day, as Ascension did on 1 May 2008, both are named: « 1er mai et Ascension ».
    """
    return dict(_computed(zone if zone in ZONES else _MAINLAND, year))


def holidays_between(zone: str, first: date, last: date, overrides: Mapping[date, str | None]) -> dict[date, str]:
    """Return the public holidays from `first` to `last`, both included, in order.

    Args:
        overrides: the unit's own word by day: a name makes it a holiday, or renames it; None makes it a day like any.
    """
    found = {
        day: name
        for year in range(first.year, last.year + 1)
        for day, name in holidays_of_year(zone, year).items()
        if first <= day <= last
    }
    for day, name in overrides.items():
        if name is None:
            found.pop(day, None)
        elif first <= day <= last:
            found[day] = name
    return dict(sorted(found.items()))


# Thirteen zones and the few years that openings reach; a year asked for by mistake does not stay for ever.
@lru_cache(maxsize=256)
def _computed(zone: str, year: int) -> tuple[tuple[date, str], ...]:
    found: dict[date, str] = {}
    for name, day in JoursFeries.for_year(year, zone=zone).items():
        found[day] = f"{found[day]} et {name}" if day in found else name
    return tuple(sorted(found.items()))

"""The time zone and the public-holiday zone of a place in France, from its INSEE code or its postcode.

Sources: IANA names; the holiday zones are those of etalab's official calendar, spelt as it spells them. French
Polynesia has three time zones (INSEE codes of the Marquesas and Gambier), Miquelon changes its clocks on American
dates, and Moselle, Bas-Rhin and Haut-Rhin keep two holidays more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Zones:
    """`time_zone` is an IANA name; `holiday_zone` one of etalab's thirteen names."""

    time_zone: str
    holiday_zone: str


METROPOLITAN = Zones("Europe/Paris", "Métropole")
ALSACE_MOSELLE = Zones("Europe/Paris", "Alsace-Moselle")

_OVERSEAS = {
    "971": Zones("America/Guadeloupe", "Guadeloupe"),
    "972": Zones("America/Martinique", "Martinique"),
    "973": Zones("America/Cayenne", "Guyane"),
    "974": Zones("Indian/Reunion", "La Réunion"),
    "975": Zones("America/Miquelon", "Saint-Pierre-et-Miquelon"),
    "976": Zones("Indian/Mayotte", "Mayotte"),
    "977": Zones("America/St_Barthelemy", "Saint-Barthélémy"),
    "978": Zones("America/Marigot", "Saint-Martin"),
    # The Southern Lands have no zone of their own in the calendar; they are administered from La Réunion.
    "984": Zones("Indian/Kerguelen", "La Réunion"),
    "986": Zones("Pacific/Wallis", "Wallis-et-Futuna"),
    "987": Zones("Pacific/Tahiti", "Polynésie Française"),
    "988": Zones("Pacific/Noumea", "Nouvelle-Calédonie"),
    # Nobody lives on Clipperton; its clock is eight hours behind UTC.
    "989": Zones("Etc/GMT+8", "Polynésie Française"),
}
_MARQUESAS = Zones("Pacific/Marquesas", "Polynésie Française")
_GAMBIER = Zones("Pacific/Gambier", "Polynésie Française")

_BY_INSEE = {
    # Fatu-Hiva, Hiva-Oa, Nuku-Hiva, Tahuata, Ua-Huka, Ua-Pou.
    **dict.fromkeys(("98718", "98723", "98731", "98746", "98756", "98757"), _MARQUESAS),
    "98719": _GAMBIER,
    # The codes that two islands had until 2007, when they were communes of Guadeloupe.
    "97123": _OVERSEAS["977"],
    "97127": _OVERSEAS["978"],
}
_BY_POSTCODE = {
    **dict.fromkeys(
        ("98740", "98741", "98742", "98743", "98744", "98745", "98746", "98747", "98748", "98749", "98796"), _MARQUESAS
    ),
    **dict.fromkeys(("98755", "98792", "98793"), _GAMBIER),
    "97133": _OVERSEAS["977"],
    "97150": _OVERSEAS["978"],
}


def zones_of(insee: str, postcode: str = "") -> Zones:
    """Return the zones of a commune.

    Args:
        insee: INSEE code of five characters, or empty when it is not known.
        postcode: used only when the INSEE code is empty, because a postcode is less precise.
    """
    code, exact = (insee, _BY_INSEE) if insee else (postcode, _BY_POSTCODE)
    if code in exact:
        return exact[code]
    if code[:3] in _OVERSEAS:
        return _OVERSEAS[code[:3]]
    return ALSACE_MOSELLE if code[:2] in ("57", "67", "68") else METROPOLITAN


def local_day(insee: str, now: datetime) -> date:
    """Return the day it is in a commune at `now` (aware); in Nouméa tomorrow begins while Paris has its afternoon."""
    return now.astimezone(ZoneInfo(zones_of(insee).time_zone)).date()

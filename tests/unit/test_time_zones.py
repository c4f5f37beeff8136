from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models.rules.time_zones import local_day, zones_of

PLACES = [
    ("01034", "Europe/Paris", "Métropole"),
    ("2A004", "Europe/Paris", "Métropole"),
    ("57463", "Europe/Paris", "Alsace-Moselle"),
    ("67482", "Europe/Paris", "Alsace-Moselle"),
    ("68066", "Europe/Paris", "Alsace-Moselle"),
    ("97105", "America/Guadeloupe", "Guadeloupe"),
    ("97209", "America/Martinique", "Martinique"),
    ("97302", "America/Cayenne", "Guyane"),
    ("97411", "Indian/Reunion", "La Réunion"),
    ("97501", "America/Miquelon", "Saint-Pierre-et-Miquelon"),
    ("97611", "Indian/Mayotte", "Mayotte"),
    ("97701", "America/St_Barthelemy", "Saint-Barthélémy"),
    ("97123", "America/St_Barthelemy", "Saint-Barthélémy"),
    ("97801", "America/Marigot", "Saint-Martin"),
    ("97127", "America/Marigot", "Saint-Martin"),
    ("98613", "Pacific/Wallis", "Wallis-et-Futuna"),
    ("98735", "Pacific/Tahiti", "Polynésie Française"),
    ("98731", "Pacific/Marquesas", "Polynésie Française"),
    ("98719", "Pacific/Gambier", "Polynésie Française"),
    ("98818", "Pacific/Noumea", "Nouvelle-Calédonie"),
]


@pytest.mark.parametrize(("insee", "time_zone", "holiday_zone"), PLACES)
def test_each_territory(insee, time_zone, holiday_zone):
    zones = zones_of(insee)
    assert (zones.time_zone, zones.holiday_zone) == (time_zone, holiday_zone)
    ZoneInfo(zones.time_zone)


@pytest.mark.parametrize(
    ("postcode", "time_zone"),
    [
        ("97133", "America/St_Barthelemy"),
        ("97150", "America/Marigot"),
        ("97110", "America/Guadeloupe"),
        ("98742", "Pacific/Marquesas"),
        ("98755", "Pacific/Gambier"),
        ("98714", "Pacific/Tahiti"),
        ("75001", "Europe/Paris"),
    ],
)
def test_the_postcode_stands_in_for_a_missing_code(postcode, time_zone):
    assert zones_of("", postcode).time_zone == time_zone


def test_the_code_wins_over_the_postcode():
    assert zones_of("97801", "97110").time_zone == "America/Marigot"


def test_the_holiday_zones_are_those_of_the_official_calendar(real_data):
    with (real_data / "data/public_holidays_fr.csv").open(encoding="utf-8", newline="") as file:
        official = {zone for row in csv.DictReader(file) for zone in row["zones"].split("|")}
    assert {holiday_zone for _, _, holiday_zone in PLACES} == official


def test_every_known_commune_has_a_zone_that_exists():
    package = Path("node_modules/@etalab/decoupage-administratif/data/communes.json")
    if not package.is_file():
        package = Path(__file__).parents[1] / "fixtures/reference/decoupage/data/communes.json"
    for entry in json.loads(package.read_text(encoding="utf-8")):
        ZoneInfo(zones_of(entry["code"]).time_zone)


@pytest.mark.parametrize(
    ("insee", "day"),
    [
        ("01034", date(2026, 11, 24)),
        ("98818", date(2026, 11, 25)),
        ("98735", date(2026, 11, 24)),
        ("97502", date(2026, 11, 24)),
    ],
)
def test_the_day_is_the_communes_own(insee, day):
    assert local_day(insee, datetime(2026, 11, 24, 14, 0, tzinfo=UTC)) == day

"""Public holidays of the thirteen zones, against a small list of our own and the official calendar when it is there."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date

import pytest

from models.holiday_calendar import ZONES, holidays_between, holidays_of_year
from tests.unit.rules.zones import HOLIDAY_ZONES

COMMON_2027 = {
    date(2027, 1, 1): "1er janvier",
    date(2027, 3, 29): "Lundi de Pâques",
    date(2027, 5, 1): "1er mai",
    date(2027, 5, 6): "Ascension",
    date(2027, 5, 8): "8 mai",
    date(2027, 5, 17): "Lundi de Pentecôte",
    date(2027, 7, 14): "14 juillet",
    date(2027, 8, 15): "Assomption",
    date(2027, 11, 1): "Toussaint",
    date(2027, 11, 11): "11 novembre",
    date(2027, 12, 25): "Jour de Noël",
}
ABOLITION = "Abolition de l'esclavage"
OWN_2027 = {
    "Alsace-Moselle": {date(2027, 3, 26): "Vendredi saint", date(2027, 12, 26): "2ème jour de Noël"},
    "Guadeloupe": {date(2027, 5, 27): ABOLITION},
    "Guyane": {date(2027, 6, 10): ABOLITION},
    "Martinique": {date(2027, 5, 22): ABOLITION},
    "Mayotte": {date(2027, 4, 27): ABOLITION},
    "La Réunion": {date(2027, 12, 20): ABOLITION},
    "Saint-Barthélémy": {date(2027, 10, 9): ABOLITION},
    "Saint-Martin": {date(2027, 5, 28): ABOLITION},
}


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_each_zone(zone):
    expected = dict(sorted((COMMON_2027 | OWN_2027.get(zone, {})).items()))
    assert list(holidays_of_year(zone, 2027).items()) == list(expected.items())


def test_the_zones_are_those_that_communes_have():
    assert sorted(ZONES) == sorted(HOLIDAY_ZONES)


def test_a_zone_that_nobody_knows_has_the_common_ones():
    assert holidays_of_year("Atlantide", 2027) == COMMON_2027


def test_two_on_one_day_are_both_named():
    assert holidays_of_year("Métropole", 2008)[date(2008, 5, 1)] == "1er mai et Ascension"


def test_what_is_returned_belongs_to_the_caller():
    holidays_of_year("Métropole", 2027).clear()
    assert holidays_of_year("Métropole", 2027) == COMMON_2027


def test_a_unit_departs_from_the_calendar():
    overrides = {
        date(2027, 11, 11): None,
        date(2027, 12, 24): "Fermeture de la brigade",
        date(2027, 12, 25): "Noël",
        date(2028, 6, 1): "Beyond the range",
        date(2027, 12, 3): None,
    }
    found = holidays_between("Métropole", date(2027, 11, 11), date(2028, 1, 1), overrides)
    assert list(found.items()) == [
        (date(2027, 12, 24), "Fermeture de la brigade"),
        (date(2027, 12, 25), "Noël"),
        (date(2028, 1, 1), "1er janvier"),
    ]


def test_the_official_calendar_says_the_same(real_data):
    official = defaultdict(lambda: defaultdict(list))
    with (real_data / "data/public_holidays_fr.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for zone in row["zones"].split("|"):
                official[zone][date.fromisoformat(row["date"])].append(row["nom_jour_ferie"])
    first, last = min(official["Métropole"]), max(official["Métropole"])
    assert sorted(official) == sorted(ZONES)
    for zone in ZONES:
        ours = {day: sorted(name.split(" et ")) for day, name in holidays_between(zone, first, last, {}).items()}
        assert ours == {day: sorted(names) for day, names in official[zone].items() if day <= last}

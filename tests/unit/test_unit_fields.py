"""Phones, coordinates and addresses as directories print them."""

from __future__ import annotations

import csv

import pytest

from server.importers.coordinates import read_place
from server.importers.phones import read_phone
from server.importers.unit_layouts import address_lines


@pytest.mark.parametrize(
    ("printed", "insee", "e164"),
    [
        ("01 99 00 00 01", "75056", "+33199000001"),
        ("+33 4 65 71 00 01", "01034", "+33465710001"),
        ("04 65 71 00  02", "01034", "+33465710002"),
        ("+590 99 00 01", "97105", "+590590990001"),
        ("+590 5 90 99 00 01", "97105", "+590590990001"),
        ("+590 99 00 01", "97801", "+590590990001"),
        ("+596 99 00 01", "97209", "+596596990001"),
        ("+594 99 00 01", "97302", "+594594990001"),
        ("+262 99 00 01", "97411", "+262262990001"),
        ("+262 99 00 01", "97611", "+262269990001"),
        ("+508 99 00 01", "97502", "+508990001"),
        ("+689 99 00 01", "98735", "+68940990001"),
        ("+689 40 99 00 01", "98735", "+68940990001"),
        ("+681 99 00 01", "98613", "+681990001"),
        ("", "75056", None),
        ("3430", "75056", None),
        ("17", "75056", None),
    ],
)
def test_phones(printed, insee, e164):
    phone = read_phone(printed, insee)
    assert phone.e164 == e164
    assert phone.problem == ""


def test_of_two_phones_the_first_is_taken_and_that_is_said():
    phone = read_phone("01 99 00 00 01 (accueil) 01 99 00 00 02", "75056")
    assert phone.e164 == "+33199000001"
    assert "the first one taken" in phone.problem


def test_a_phone_that_is_none_is_named():
    assert "not understood" in read_phone("voir affichage 12345", "75056").problem


@pytest.mark.parametrize(
    ("latitude", "longitude", "insee", "place", "problem"),
    [
        ("45.75", "5.68", "01034", (45.75, 5.68), ""),
        ("45,75", "5,68", "01034", (45.75, 5.68), ""),
        ("5.68", "45.75", "01034", (45.75, 5.68), "swapped"),
        ("55.45", "-20.88", "97411", (-20.88, 55.45), "swapped"),
        ("45.75", "45.75", "01034", (None, None), "the same number"),
        ("45.75", "5.68", "98811", (None, None), "not in the territory"),
        ("0", "0", "01034", (None, None), "the same number"),
        ("45.75", "", "01034", (None, None), "not understood"),
        ("nan", "5.68", "01034", (None, None), "not understood"),
        ("", "", "01034", (None, None), ""),
    ],
)
def test_places(latitude, longitude, insee, place, problem):
    found = read_place(latitude, longitude, insee)
    assert (found.latitude, found.longitude) == place
    assert problem in found.problem
    assert bool(problem) == bool(found.problem)


def test_address_lines():
    assert address_lines("Caserne des Essais | 7 avenue François\nMitterrand ") == (
        "Caserne des Essais\n7 avenue François Mitterrand"
    )
    assert address_lines(" | ") == ""


def test_the_real_directory_loses_no_good_coordinate_and_no_phone(real_data):
    with (real_data / "data/units_dila_2022-01.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    bad_places = [row["nom"] for row in rows if read_place(row["lat"], row["lon"], row["codeInsee"]).problem]
    # Seven with one number twice, one whose INSEE code is in another ocean, one set down in another hemisphere.
    assert len(bad_places) == 9
    unread = [row["tel"] for row in rows if row["tel"] and read_phone(row["tel"], row["codeInsee"]).e164 is None]
    assert set(unread) == {"3430"}

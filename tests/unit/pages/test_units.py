"""Today's hours and the address of a unit, as a citizen reads them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from models.rules.opening_hours import ALWAYS_OPEN, UNKNOWN_WEEK, from_json
from models.rules.territory import UnitFacts
from server import i18n
from server.pages.units import unit_card

WEEK = from_json(
    {day: [[480, 720], [840, 1080]] for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday")}
    | {"sunday": [], "holiday": []}
)


@pytest.fixture(autouse=True)
def french():
    app = Flask("server")
    i18n.register(app)
    with app.test_request_context("/"):
        yield


def card(now, **changes):
    facts = {
        "id": 1, "directory_id": None, "name": "Brigade de gendarmerie - Belley", "kind": "brigade",
        "institution": "GN", "commune_insee": "01034", "departement": "01", "postcode": "01300",
        "commune_name": "Belley", "address": "Caserne Sibuet | 9 Rue Mante", "phone": "+33479816900",
        "opening_hours": WEEK, **changes,
    }  # fmt: skip
    return unit_card(UnitFacts(**facts), now)


def said(text):
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("now", "hours", "status"),
    [
        (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), "8 h – midi, 14 h – 18 h", "Ouvert jusqu’à midi."),
        (
            datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
            "8 h – midi, 14 h – 18 h",
            "Fermé en ce moment. Ouvre aujourd’hui à 14 h.",
        ),
        (
            datetime(2026, 11, 28, 20, 0, tzinfo=UTC),
            "8 h – midi, 14 h – 18 h",
            "Fermé en ce moment. Ouvre lundi 30 novembre à 8 h.",
        ),
        # 11 November is a Wednesday and a public holiday: the eighth row counts.
        (datetime(2026, 11, 11, 9, 0, tzinfo=UTC), "fermé", "Fermé en ce moment. Ouvre demain à 8 h."),
    ],
)
def test_hours_say_what_they_mean_now(now, hours, status):
    unit = card(now)
    assert (said(unit.hours), said(unit.status)) == (hours, status)


def test_a_holiday_counts_only_where_it_is_one():
    easter_friday = datetime(2026, 4, 3, 8, 0, tzinfo=UTC)
    assert card(easter_friday, holiday_zone="Alsace-Moselle").hours == "fermé"
    assert card(easter_friday, holiday_zone="Métropole").is_open


def test_what_is_not_known_is_not_called_closed():
    unit = card(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), opening_hours=UNKNOWN_WEEK)
    assert (unit.hours, unit.status, unit.is_open) == ("", "", None)


def test_day_and_night():
    unit = card(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), opening_hours=ALWAYS_OPEN)
    assert (unit.hours, unit.status) == ("jour et nuit", "Ouvert.")


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("Caserne Sibuet | 9 Rue Mante", ("Caserne Sibuet", "9 Rue Mante", "01300 Belley")),
        ("9 Rue Mante 01300 BELLEY", ("9 Rue Mante 01300 BELLEY",)),
        ("", ("01300 Belley",)),
    ],
)
def test_the_address_ends_with_the_town_once(address, lines):
    assert card(datetime(2026, 11, 24, tzinfo=UTC), address=address).address == lines


def test_a_number_that_cannot_be_dialled_is_still_shown():
    unit = card(datetime(2026, 11, 24, tzinfo=UTC), phone=None, phone_as_printed="17 ou 3 poste 12")
    assert (unit.phone, said(unit.phone_text)) == (None, "17 ou 3 poste 12")
    assert said(card(datetime(2026, 11, 24, tzinfo=UTC)).phone_text) == "04 79 81 69 00"

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from server import i18n
from server.pages import moments
from server.pages.units import unit_in_words

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)


@pytest.fixture(params=["/", "/en/"], ids=["fr", "en"])
def language(request):
    app = Flask("server")
    i18n.register(app)
    with app.test_request_context(request.param):
        yield "en" if request.param == "/en/" else "fr"


def said(text):
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("hour", "minute", "french", "english"),
    [
        (14, 30, "14 h 30", "2:30 pm"),
        (9, 0, "9 h", "9 am"),
        (9, 5, "9 h 05", "9:05 am"),
        (12, 0, "midi", "noon"),
        (0, 0, "minuit", "midnight"),
        (24, 0, "minuit", "midnight"),
        (0, 30, "0 h 30", "12:30 am"),
        (12, 15, "12 h 15", "12:15 pm"),
    ],
)
def test_the_clock_as_people_say_it(language, hour, minute, french, english):
    assert said(moments.say_clock(hour, minute)) == (french if language == "fr" else english)


@pytest.mark.parametrize(
    ("at", "french", "english"),
    [
        (datetime(2026, 11, 24, 22, 59, tzinfo=UTC), "aujourd’hui à 23 h 59", "today at 11:59 pm"),
        (datetime(2026, 11, 24, 23, 0, tzinfo=UTC), "demain à minuit", "tomorrow at midnight"),
        (datetime(2026, 11, 23, 13, 0, tzinfo=UTC), "hier à 14 h", "yesterday at 2 pm"),
        (datetime(2026, 12, 1, 13, 30, tzinfo=UTC), "mardi 1er décembre à 14 h 30", "Tuesday 1 December at 2:30 pm"),
        (datetime(2026, 11, 11, 8, 0, tzinfo=UTC), "mercredi 11 novembre à 9 h", "Wednesday 11 November at 9 am"),
        (datetime(2027, 1, 4, 8, 0, tzinfo=UTC), "lundi 4 janvier 2027 à 9 h", "Monday 4 January 2027 at 9 am"),
    ],
)
def test_a_moment_has_its_day_in_the_units_zone(language, at, french, english):
    assert said(moments.say_moment(at, NOW, PARIS)) == (french if language == "fr" else english)


def test_a_deadline_is_rounded_up_and_may_become_tomorrow(language):
    at = datetime(2026, 11, 24, 22, 56, 1, tzinfo=UTC)
    expected = "demain avant minuit" if language == "fr" else "tomorrow before midnight"
    assert moments.say_deadline(at, NOW, PARIS) == expected


@pytest.mark.parametrize("minute", range(60))
def test_rounding_never_goes_down_nor_five_minutes_up(minute):
    at = datetime(2026, 3, 29, 0, minute, tzinfo=UTC)
    rounded = moments.round_up(at)
    assert rounded.minute % 5 == 0
    assert 0 <= (rounded - at).total_seconds() < 300


@pytest.mark.parametrize(
    ("name", "french", "english"),
    [
        ("Brigade de gendarmerie - Belley", "la brigade de Belley", "the Belley brigade"),
        ("Brigade de gendarmerie - Le Tréport", "la brigade du Tréport", "the Le Tréport brigade"),
        ("Brigade de gendarmerie - Les Baux", "la brigade des Baux", "the Les Baux brigade"),
        ("Brigade de gendarmerie - Évian", "la brigade d’Évian", "the Évian brigade"),
        ("Brigade de gendarmerie - La Rochelle", "la brigade de La Rochelle", "the La Rochelle brigade"),
        ("Brigade de Culoz", "la brigade de Culoz", "the Brigade de Culoz"),
        ("Gendarmerie - Peloton d'autoroute - X", "Gendarmerie - Peloton d'autoroute - X", None),
    ],
)
def test_a_unit_fits_into_a_sentence(language, name, french, english):
    assert unit_in_words(name) == (french if language == "fr" else english or french)


def test_a_day_of_another_year_says_which(language):
    assert moments.say_day(date(2027, 11, 24), date(2026, 11, 24)).endswith("2027")


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_what_is_read_later_names_near_days_too(language, days):
    at = NOW + timedelta(days=days)
    day = {-1: ("lundi 23", "Monday 23"), 0: ("mardi 24", "Tuesday 24"), 1: ("mercredi 25", "Wednesday 25")}[days]
    moment = said(moments.say_moment(at, NOW, PARIS, near_words=False))
    deadline = said(moments.say_deadline(at, NOW, PARIS, near_words=False))
    if language == "fr":
        assert (moment, deadline) == (f"{day[0]} novembre à 14 h 30", f"{day[0]} novembre avant 14 h 30")
    else:
        assert (moment, deadline) == (f"{day[1]} November at 2:30 pm", f"{day[1]} November before 2:30 pm")

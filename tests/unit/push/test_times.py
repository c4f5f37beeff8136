from __future__ import annotations

from datetime import UTC, datetime

import pytest

from push.times import say_instant


def say(at, zone, language):
    return say_instant(at, zone, language).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("at", "zone", "french", "english"),
    [
        (
            datetime(2026, 11, 24, 17, tzinfo=UTC),
            "Europe/Paris",
            "mardi 24 novembre à 18 h",
            "Tuesday 24 November at 6 pm",
        ),
        (
            datetime(2026, 7, 14, 12, 5, tzinfo=UTC),
            "Europe/Paris",
            "mardi 14 juillet à 14 h 05",
            "Tuesday 14 July at 2:05 pm",
        ),
        (
            datetime(2026, 12, 1, 11, tzinfo=UTC),
            "Europe/Paris",
            "mardi 1er décembre à 12 h",
            "Tuesday 1 December at 12 pm",
        ),
        # The same instant is another day elsewhere.
        (
            datetime(2026, 11, 24, 1, 30, tzinfo=UTC),
            "Pacific/Tahiti",
            "lundi 23 novembre à 15 h 30",
            "Monday 23 November at 3:30 pm",
        ),
        (
            datetime(2026, 11, 24, 20, tzinfo=UTC),
            "Indian/Reunion",
            "mercredi 25 novembre à 0 h",
            "Wednesday 25 November at 12 am",
        ),
    ],
)
def test_an_instant_is_said_in_the_units_zone_with_the_days_name(at, zone, french, english):
    assert say(at, zone, "fr") == french
    assert say(at, zone, "en") == english

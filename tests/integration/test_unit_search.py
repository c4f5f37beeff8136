"""Finding the unit to hand a request over to, as it is typed with gloves on."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from models.queries.unit_search import MOST_RESULTS, search_units
from tests.support.seed import seed_unit

UNITS = {
    1: ("Brigade de gendarmerie - Belley", "Belley"),
    2: ("Brigade de gendarmerie - Ambérieu-en-Bugey", "Ambérieu-en-Bugey"),
    3: ("Brigade de gendarmerie - Saint-Rambert-en-Bugey", "Saint-Rambert-en-Bugey"),
    4: ("Brigade de proximité - Le Tréport", "Le Tréport"),
    5: ("Brigade de gendarmerie - Plateau d'Hauteville", "Plateau d'Hauteville"),
}


@pytest.fixture
def units(session: Session) -> Session:
    for number, (name, commune) in UNITS.items():
        seed_unit(session, number, name).commune_name = commune
    seed_unit(session, 6, "Peloton motorisé - Belley").receives_contact_requests = False
    session.flush()
    return session


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("belley", [1]),
        ("BELL", [1]),
        ("amberieu", [2]),
        ("bugey", [2, 3]),
        ("st rambert", [3]),
        ("treport", [4]),
        ("proximite", [4]),
        ("hauteville", [5]),
        ("gendarmerie bel", [1]),
        ("brigade", [2, 1, 4, 5, 3]),
        ("lyon", []),
        ("", []),
        ("%", []),
        ("' OR 1=1", []),
        ("\0", []),
    ],
)
def test_accents_case_and_unfinished_words_are_forgiven(units: Session, q: str, found: list[int]) -> None:
    assert [unit.id for unit in search_units(units, q)] == found


def test_the_unit_that_asks_is_left_out(units: Session) -> None:
    assert search_units(units, "belley", except_unit=1) == []


def test_a_list_stays_short(session: Session) -> None:
    for number in range(1, MOST_RESULTS + 10):
        seed_unit(session, number, f"Brigade de gendarmerie - Lieu {number}")
    assert len(search_units(session, "brigade")) == MOST_RESULTS

"""The second step of booking: which unit, which days, which times, in which words."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.tables import Booking, Reason, Unit
from server.pages.booking.picks import Pick, read_pick, write_pick
from tests.integration.pages.booking_support import (
    AMBERIEU,
    BELLEY,
    WHO,
    appointments,
    paris,
    seed_openings,
    to_times,
)
from tests.support.seed import seed_unit


def bookings(database):
    with database.transaction() as session:
        return session.scalars(select(Booking)).all()


def test_each_place_has_its_times_under_its_name(citizen, database, chief):
    seed_openings(database, place_kind="video", starts=paris(26, 9, 30), ends=paris(26, 11))
    with database.transaction() as session:
        session.get_one(Reason, "neighbours").place_kinds = ["unit", "video"]
    to_times(citizen)
    assert "À la brigade de Belley 9 h" in citizen.text
    assert "Par visioconférence 9 h 30" in citizen.text
    citizen.press(next(one for one in citizen.buttons("pick-") if one.endswith(".video"))).press(**WHO)
    assert appointments(database)[0].place_kind == "video"


def test_more_days_and_a_month_show_what_the_first_days_do_not(citizen, app, database):
    for day in range(25, 31):
        seed_openings(database, starts=paris(day, 9), ends=paris(day, 10))
    seed_openings(database, starts=paris(8, 14, month=12), ends=paris(8, 16, month=12))
    to_times(citizen)
    assert len(citizen.buttons("pick-")) == 8
    assert "Demain, mercredi 25 novembre" in citizen.text
    citizen.press("more")
    assert "Mardi 8 décembre" in citizen.text
    assert not citizen.buttons("more")
    citizen.press("month")
    assert "Novembre 2026" in citizen.text
    assert citizen.buttons("day-")[0] == "day-2026-11-25"
    citizen.press("month-2026-12")
    assert citizen.buttons("day-") == ["day-2026-12-08"]
    citizen.press("day-2026-12-08")
    assert "Mardi 8 décembre 14 h 14 h 30 15 h 15 h 30" in citizen.text
    citizen.press(citizen.buttons("pick-")[0])
    assert "Mardi 8 décembre à 14 h" in citizen.text


@pytest.mark.parametrize("go", ["month-nonsense", "month-1999-01", "month-9999-12", "day-2026-13-45", "day-", "more"])
def test_a_made_up_button_of_the_calendar_shows_a_month_all_the_same(citizen, chief, go):
    to_times(citizen).press(go)
    assert citizen.response.status_code == 200


def test_earlier_elsewhere_shows_the_units_around_and_books_there(citizen, app, database, chief):
    with database.transaction() as session:
        for unit_id in (BELLEY, AMBERIEU):
            session.get_one(Unit, unit_id).grouping = "Bugey"
    seed_openings(database, AMBERIEU, starts=paris(25, 8), ends=paris(25, 9))
    to_times(citizen).press("elsewhere")
    assert citizen.text.index("Ambérieu-en-Bugey") < citizen.text.index("La brigade compétente pour Belley.")
    assert "Demain, mercredi 25 novembre à 8 h" in citizen.text
    citizen.press(f"unit-{AMBERIEU}")
    assert "avec la brigade d’Ambérieu-en-Bugey" in citizen.text
    citizen.press(citizen.buttons("pick-")[0]).press(**WHO)
    assert bookings(database)[0].unit_id == AMBERIEU


def test_without_a_free_time_there_is_a_way_on(citizen, app):
    to_times(citizen)
    assert "Aucun horaire libre pour le moment" in citizen.text
    assert "04 65 71 00 12" in citizen.text
    citizen.press("start", to="/contact")
    assert citizen.form.values["commune"] == "Belley (01)"


def test_where_the_police_answers_it_is_named(citizen, app):
    to_times(citizen, commune="Bourg-en-Bresse")
    assert "c’est la police nationale" in citizen.text


def test_where_nobody_knows_the_citizen_chooses(citizen, app, database):
    seed_openings(database, AMBERIEU)
    to_times(citizen, commune="Lavours")
    assert "Nous ne savons pas quelle brigade est compétente" in citizen.text
    citizen.press(f"unit-{AMBERIEU}")
    citizen.press(citizen.buttons("pick-")[0]).press(**WHO)
    assert bookings(database)[0].unit_id == AMBERIEU


@pytest.mark.parametrize(
    "value", ["", "1", "1.20261126T0800Z", "x.20261126T0800Z.unit", "1.soon.unit", "1.20261126T0800Z.moon"]
)
def test_a_made_up_time_is_no_time(citizen, chief, value):
    assert read_pick(value) is None
    to_times(citizen).press(f"pick-{value}")
    assert citizen.response.status_code == 200
    assert citizen.buttons("pick-")


def test_a_time_is_read_as_it_was_written():
    pick = Pick(BELLEY, paris(26, 9), "unit")
    assert read_pick(write_pick(pick)) == pick


def test_a_time_of_a_unit_that_nobody_knows_shows_the_times_again(citizen, chief):
    to_times(citizen).press(f"pick-{write_pick(Pick(77, paris(26, 9), 'unit'))}")
    assert citizen.response.status_code == 200
    assert citizen.buttons("pick-")


def test_the_times_are_those_of_the_units_own_clocks(citizen, app, database):
    with database.transaction() as session:
        seed_unit(session, 1099999, "Brigade de gendarmerie - Païta").time_zone = "Pacific/Noumea"
    seed_openings(database, 1099999, starts=paris(26, 0), ends=paris(26, 2))
    to_times(citizen, commune="Lavours").press("unit-1099999")
    assert "Les heures sont celles de la brigade." in citizen.text
    assert "Demain, jeudi 26 novembre 10 h" in citizen.text

from __future__ import annotations

from sqlalchemy import select

from models.tables import UnitHoliday
from tests.support.seed import seed_unit


def test_a_unit_departs_from_its_calendar_and_goes_back_to_it(brigade, database):
    with database.transaction() as session:
        seed_unit(session, 2)

    def said(*more):
        result = brigade("set-holiday", "2", "2027-07-13", *more)
        assert result.exit_code == 0, result.output
        with database.transaction() as session:
            return [(one.day.isoformat(), one.name) for one in session.scalars(select(UnitHoliday))]

    assert said("--name", "Pont du 14 juillet") == [("2027-07-13", "Pont du 14 juillet")]
    assert said("--ordinary") == [("2027-07-13", None)]
    assert said() == []


def test_what_cannot_be_is_said_in_words(brigade, database):
    with database.transaction() as session:
        seed_unit(session, 2)
    for arguments, words in (
        (("3", "2027-07-13"), "no unit"),
        (("2", "2001-07-13"), "day is too_old"),
        (("2", "2027-07-13", "--name", "Pont", "--ordinary"), "name is one_of_two"),
        (("2", "13/07/2027"), "13/07/2027"),
    ):
        result = brigade("set-holiday", *arguments)
        assert result.exit_code != 0
        assert words in result.output

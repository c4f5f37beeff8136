"""Yesterday's sheet lies there until today's takes its place: asked all night, and nobody's fault."""

from __future__ import annotations

from sqlalchemy import select

from models.queries.feed.plannings import health_of
from models.rules.plannings import Kind, State, state_of
from models.tables import DutyStatus
from server.jobs.plannings import poll_planning, watch
from tests.support.plannings import source_of
from tests.support.polled import DAILY
from tests.support.polled import add as add
from tests.support.polled import context as context
from tests.support.polled import gendarme as gendarme
from tests.support.polled import site as site
from tests.support.positions import paris
from tests.support.push_service import Say

POLL_MINUTES = 60
TODAYS, TOMORROWS = (DAILY(position=position).encode() for position in ("PAM", "Non employable"))
TOMORROWS = TOMORROWS.replace(b"24/11", b"25/11")


def test_the_sheet_of_the_morning_is_read_when_it_is_there(add, database, site, clock):
    by_night = site.usual = Say(200, {}, TODAYS)
    source_id = add(Kind.POSITIONS_DAILY, "/feuille.csv", poll_minutes=POLL_MINUTES)
    poll_planning(str(source_id))
    states = set()
    while (due := source_of(database, source_id).poll_at) < paris(25, 12):
        # The unit has put the new one there at eight.
        if due >= paris(25, 8):
            site.usual = Say(200, {}, TOMORROWS)
        clock.now = due
        poll_planning(str(source_id))
        row = source_of(database, source_id)
        states.add(state_of(health_of(row))[0])
        if clock.now < paris(25):
            assert (row.failure_code, row.succeeded_at) == (None, clock.now)
        elif site.usual is by_night:
            assert (row.failure_code, row.failures_in_a_row) == ("over", 0)
        else:
            assert (row.failure_code, row.succeeded_at) == (None, clock.now)
    assert states == {State.FRESH}
    clock.now = paris(25, 12)
    watch(0)
    row = source_of(database, source_id)
    assert row.silent_since is None
    with database.transaction() as session:
        assert "off_duty" in session.scalars(select(DutyStatus.status)).all()


def test_what_could_not_be_reached_has_answered_when_it_says_that_it_is_over(add, database, site, clock):
    source_id = add(Kind.POSITIONS_DAILY, "/feuille.csv", poll_minutes=POLL_MINUTES)
    clock.now = paris(25, 1)
    for answer, failures in ((Say(500), 1), (Say(500), 2), (Say(200, {}, TODAYS), 0)):
        site.answer(answer)
        poll_planning(str(source_id))
        assert source_of(database, source_id).failures_in_a_row == failures

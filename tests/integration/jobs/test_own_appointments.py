"""One calendar that a gendarme names both as a planning and as an agenda: their appointments do not come back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.rules.plannings import Kind
from models.tables import Absence, Appointment, PlanningClash, PlanningSource
from server.calendars.entries import uid_of
from server.jobs.plannings import poll_planning
from server.services.add_planning_source import AddPlanningSource, add_planning_source
from tests.support.bookings import NINE
from tests.support.exports import HOST
from tests.support.radicale import PASSWORD, USER
from tests.support.seed import actor_of


@pytest.fixture
def source_id(exporting, kept):
    """Martin's agenda, which is read as well."""
    url = kept.door.origin + kept.calendar.path
    command = AddPlanningSource(Kind.CALDAV, "Mon agenda", url=url, user=USER, password=PASSWORD)
    with exporting.database.transaction() as session:
        return add_planning_source(
            session, command, actor_of(exporting.martin), exporting.now, exporting.context.sealer
        )


@pytest.fixture
def poll(exporting, source_id):
    """Have the calendar read a quarter of an hour later; what Martin is not free for, and what that contradicts."""

    def poll():
        exporting.context.now.forward(minutes=15)
        poll_planning(str(source_id))
        with exporting.database.transaction() as session:
            source = session.get_one(PlanningSource, source_id)
            assert (source.failure_code, source.refused_count) == (None, 0)
            absences = session.scalars(select(Absence).order_by(Absence.during)).all()
            clashes = session.scalars(select(PlanningClash.id)).all()
            return [one.during.lower for one in absences], len(clashes)

    return poll


def write(kept, uid, start, name="x.ics"):
    """An hour that some other program writes there."""
    kept.calendar.write(
        name,
        "\r\n".join(
            [
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:-//x//x//FR",
                "BEGIN:VEVENT",
                f"UID:{uid}",
                "DTSTAMP:20261101T000000Z",
                f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
                "DURATION:PT1H",
                "END:VEVENT",
                "END:VCALENDAR",
                "",
            ]
        ),
    )


def test_an_appointment_that_we_have_written_there_takes_no_time_of_its_own(exporting, kept, poll):
    booked = exporting.book(0, exporting.martin)
    kept.work()
    kept.assert_in_line()
    assert poll() == ([], 0)
    # What is really theirs is read beside it, and what they do to ours there makes it nothing else.
    write(kept, "dentiste@example.fr", NINE + timedelta(hours=5))
    kept.calendar.change(kept.event_of(booked.booking_id), ("T090000", "T083000"))
    assert poll() == ([NINE + timedelta(hours=5)], 0)
    exporting.move(booked, 2)
    kept.work()
    assert poll() == ([NINE + timedelta(hours=5)], 0)
    with exporting.database.transaction() as session:
        assert session.scalars(select(Appointment.released_at).where(Appointment.released_at.is_not(None))).all() == []


def test_an_invitation_that_was_accepted_there_is_ours_too(exporting, kept, poll):
    booked = exporting.book(0, exporting.martin)
    # An export by mail has an id of its own; programs keep the name of what they accept, and not our mark.
    write(kept, uid_of(booked.booking_id, HOST, booked.appointment_id), NINE)
    assert poll() == ([], 0)


def test_what_they_have_booked_as_a_citizen_takes_their_time(exporting, kept, poll):
    booked = exporting.book(0)
    # Their page's file, or the invitation in their mail.
    write(kept, uid_of(booked.booking_id, HOST), NINE)
    assert poll() == ([NINE], 0)

"""A question about somebody's agenda stands for as long as nothing has changed for them, whoever else comes or goes."""

from __future__ import annotations

import pytest

from models.rules.request_lifecycle import Verdict
from models.tables import Appointment
from server.services._receivers import record_receivers
from server.services.assign_appointment import AssignAppointment, assign_appointment
from tests.integration.jobs.test_agenda_findings import DECLINE, answer, deeds, document, look, receivers
from tests.support.seed import actor_of


@pytest.fixture
def booked(exporting, kept):
    """An appointment at nine that Martin has, and that stands in the agenda."""
    booked = exporting.book(0, exporting.martin)
    kept.work()
    return booked


def receive_both(exporting, appointment_id):
    """A colleague comes to Martin's appointment, and everybody's agenda is brought into line."""
    both = AssignAppointment(appointment_id, (exporting.martin.id, exporting.petit.id))
    with exporting.database.transaction() as session:
        session.get_one(Appointment, appointment_id).agents_needed = 2
        assign_appointment(session, both, actor_of(exporting.chief), exporting.now)


def test_who_else_receives_overtakes_no_question(exporting, kept, booked):
    kept.calendar.change(kept.event_of(booked.booking_id), DECLINE)
    look(kept)
    receive_both(exporting, booked.appointment_id)
    kept.work()
    look(kept)
    [finding] = kept.findings
    assert (finding.deed, finding.answer) == ("declined", None)
    _, held = document(exporting, booked.appointment_id)
    assert [one["id"] for one in held["agenda"]] == [finding.id]
    # Nor does their going.
    exporting.assign(booked.appointment_id, exporting.martin)
    kept.work()
    assert answer(exporting, booked.appointment_id, finding.id, "leave") is Verdict.APPLY
    assert receivers(exporting, booked.appointment_id) == []


def test_what_was_done_before_a_colleague_came_is_asked_about(exporting, kept, booked):
    kept.calendar.change(kept.event_of(booked.booking_id), ("T090000", "T083000"))
    receive_both(exporting, booked.appointment_id)
    kept.work()
    assert [(deed, word) for deed, _, word in deeds(kept)] == [("moved", None)]
    kept.assert_in_line()


def test_what_was_done_to_another_time_is_not_asked_about(exporting, kept, booked):
    kept.calendar.change(kept.event_of(booked.booking_id), ("T090000", "T083000"))
    exporting.move(booked, 2)
    kept.work()
    assert kept.findings == []


def test_another_counter_overtakes_the_question(exporting, kept, booked):
    kept.calendar.change(kept.event_of(booked.booking_id), DECLINE)
    look(kept)
    with exporting.database.transaction() as session:
        row = session.get_one(Appointment, booked.appointment_id)
        record_receivers(session, row, "counter", exporting.chief.id, exporting.now)
    kept.work()
    assert [word for _, _, word in deeds(kept)] == ["overtaken"]

"""What a gendarme does in their own agenda is asked about on their terminal, once, and never simply obeyed."""

from __future__ import annotations

import pytest

from models.queries.agenda_findings import open_findings
from models.rules.errors import Conflict, NotFound
from models.rules.request_lifecycle import Verdict
from models.tables import AppointmentAgent, PlanningClash
from server.jobs.agendas import look_at_agendas
from server.services._clashes import weigh_clashes
from server.services.answer_agenda import Answer, AnswerAgenda, answer_agenda
from server.services.revoke_calendar_export import RevokeCalendarExport, revoke_calendar_export
from server.services.take_appointment import TakeAppointment, take_appointment
from tests.support.bookings import at, change_reason
from tests.support.exports import KeptAgenda
from tests.support.planned import import_absence, seed_source
from tests.support.radicale import ADDRESS
from tests.support.seed import actor_of
from tests.support.terminals import Terminal, application

# What a program does for whoever takes part and declines (RFC 5546, section 3.2.3).
DECLINE = ("PARTSTAT=ACCEPTED", "PARTSTAT=DECLINED")


@pytest.fixture
def booked(exporting, kept):
    """An appointment at nine that Martin has, and that stands in the agenda."""
    booked = exporting.book(0, exporting.martin)
    kept.work()
    return booked


def look(kept):
    """What a visit half an hour later finds and does."""
    kept.context.now.now = max(kept.context.now(), kept.row.run_at)
    look_at_agendas(0)
    kept.work()


def deeds(kept):
    return [(one.deed, one.sequence, one.answer) for one in kept.findings]


def document(exporting, appointment_id, agent=None):
    app = application(exporting.database, exporting.context.now)
    terminal = Terminal(app, exporting.database, agent or exporting.martin, now=exporting.now)
    terminal.pull()
    return terminal, terminal.docs[f"appointment/{appointment_id}"]


def answer(exporting, appointment_id, finding_id, word, agent=None):
    with exporting.database.transaction() as session:
        command = AnswerAgenda(appointment_id, finding_id, Answer(word))
        return answer_agenda(session, command, actor_of(agent or exporting.martin), exporting.now)


def receivers(exporting, appointment_id):
    with exporting.database.transaction() as session:
        return [row.agent_id for row in session.query(AppointmentAgent).filter_by(appointment_id=appointment_id).all()]


@pytest.mark.parametrize(
    ("deed", "do"),
    [
        ("deleted", lambda calendar, name: calendar.delete(name)),
        ("moved", lambda calendar, name: calendar.change(name, ("T090000", "T083000"))),
        ("declined", lambda calendar, name: calendar.change(name, DECLINE)),
        ("declined", lambda calendar, name: calendar.change(name, ("STATUS:CONFIRMED", "STATUS:CANCELLED"))),
    ],
)
def test_what_was_done_there_is_asked_about_once(exporting, kept, booked, deed, do):
    do(kept.calendar, kept.event_of(booked.booking_id))
    look(kept)
    assert deeds(kept) == [(deed, 1, None)]
    kept.assert_in_line() if deed != "declined" else None
    look(kept)
    assert deeds(kept) == [(deed, 1, None)]
    assert [event.data for event in exporting.events("agenda_touched")] == [{"deed": deed}]
    [finding] = kept.findings
    for agent in (exporting.martin, exporting.petit):
        _, held = document(exporting, booked.appointment_id, agent)
        assert held["agenda"] == [
            {
                "id": finding.id,
                "agent": {"id": exporting.martin.id, "name": "Adj. Martin"},
                "deed": deed,
                "found_at": finding.found_at.isoformat(),
            }
        ]
        assert held["agents"] == [{"id": exporting.martin.id, "name": "Adj. Martin"}]


def people_of(kept):
    [event] = kept.calendar.events()
    return [(str(event[name]), dict(event[name].params)) for name in ("ORGANIZER", "ATTENDEE")]


def test_whoever_signs_in_with_an_address_takes_part_in_what_their_program_shows(exporting, agenda_door, radicale):
    calendar = radicale.new_calendar(ADDRESS)
    kept = KeptAgenda(exporting.context, exporting.martin, agenda_door, calendar, user=ADDRESS)
    exporting.book(0, exporting.martin)
    kept.work()
    # No server sends a mail about it.
    assert people_of(kept) == [
        ("mailto:ne-pas-repondre@localhost", {"SCHEDULE-AGENT": "NONE"}),
        (f"mailto:{ADDRESS}", {"PARTSTAT": "ACCEPTED", "RSVP": "FALSE", "SCHEDULE-AGENT": "NONE"}),
    ]


def test_whoever_has_no_address_there_takes_part_under_a_name_of_ours(kept, booked):
    assert [address for address, _ in people_of(kept)] == ["mailto:ne-pas-repondre@localhost", kept.id.urn]


def test_a_refusal_stands_until_the_appointment_changes_and_is_asked_about_anew(exporting, kept, booked):
    kept.calendar.change(kept.event_of(booked.booking_id), DECLINE)
    look(kept)
    exporting.assign(booked.appointment_id, exporting.petit)
    exporting.assign(booked.appointment_id, exporting.martin)
    kept.work()
    assert people_of(kept)[1][1]["PARTSTAT"] == "ACCEPTED"
    kept.calendar.change(kept.event_of(booked.booking_id), DECLINE)
    look(kept)
    assert [deed for deed, _, _ in deeds(kept)] == ["declined", "declined"]


def test_whoever_renames_it_is_asked_nothing(exporting, kept, booked):
    kept.calendar.change(kept.event_of(booked.booking_id), ("SUMMARY:Rendez-vous", "SUMMARY:Pêche"))
    look(kept)
    assert kept.findings == []
    assert [str(event["SUMMARY"]) for event in kept.calendar.events()] == ["Rendez-vous"]


def test_whoever_keeps_it_receives_and_is_not_asked_again(exporting, kept, booked):
    kept.calendar.change(kept.event_of(booked.booking_id), DECLINE)
    look(kept)
    [finding] = kept.findings
    terminal, _ = document(exporting, booked.appointment_id)
    said = terminal.do("agenda.answer", appointment_id=str(booked.appointment_id), finding_id=finding.id, answer="keep")
    assert said["status"] == "applied"
    again = answer(exporting, booked.appointment_id, finding.id, "keep")
    assert again is Verdict.NOOP
    terminal.pull()
    assert terminal.docs[f"appointment/{booked.appointment_id}"]["agenda"] == []
    assert receivers(exporting, booked.appointment_id) == [exporting.martin.id]
    look(kept)
    assert deeds(kept) == [("declined", 1, "kept")]
    assert [event.data for event in exporting.events("agenda_answered")] == [{"answer": "keep"}]
    with pytest.raises(Conflict, match="finding_overtaken"):
        answer(exporting, booked.appointment_id, finding.id, "leave")


def test_whoever_leaves_it_gives_it_to_their_colleagues(exporting, kept, booked):
    kept.calendar.delete(kept.event_of(booked.booking_id))
    look(kept)
    [finding] = kept.findings
    assert answer(exporting, booked.appointment_id, finding.id, "leave") is Verdict.APPLY
    assert receivers(exporting, booked.appointment_id) == []
    kept.work()
    assert kept.calendar.events() == []
    assert deeds(kept) == [("deleted", 1, "left")]
    with exporting.database.transaction() as session:
        take_appointment(session, TakeAppointment(booked.appointment_id), actor_of(exporting.petit), exporting.now)
    assert receivers(exporting, booked.appointment_id) == [exporting.petit.id]


def test_whoever_leaves_it_is_no_longer_contradicted_by_the_planning(exporting, kept, booked):
    with exporting.database.transaction() as session:
        source = seed_source(session, exporting.martin)
        import_absence(session, source, exporting.martin, at(0), at(0.5))
        assert weigh_clashes(session, source.unit_id, exporting.now) == 1
    kept.calendar.delete(kept.event_of(booked.booking_id))
    look(kept)
    [finding] = kept.findings
    answer(exporting, booked.appointment_id, finding.id, "leave")
    with exporting.database.transaction() as session:
        assert session.query(PlanningClash).filter_by(ended_at=None).all() == []
        assert session.query(PlanningClash).one().agent_id == exporting.martin.id


def test_a_change_overtakes_the_question_at_once(exporting, kept, booked):
    kept.calendar.change(kept.event_of(booked.booking_id), DECLINE)
    look(kept)
    [finding] = kept.findings
    exporting.assign(booked.appointment_id, exporting.petit)
    exporting.assign(booked.appointment_id, exporting.martin)
    # No worker has looked yet.
    with exporting.database.transaction() as session:
        assert open_findings(session, [booked.appointment_id]) == {}
    for word in ("keep", "leave"):
        with pytest.raises(Conflict, match="finding_overtaken"):
            answer(exporting, booked.appointment_id, finding.id, word)
    kept.work()
    assert deeds(kept) == [("declined", 1, "overtaken")]
    # The new version is one more that they may refuse.
    kept.calendar.change(kept.event_of(booked.booking_id), DECLINE)
    look(kept)
    assert deeds(kept) == [("declined", 1, "overtaken"), ("declined", 3, None)]


def test_nobody_answers_for_somebody_else(exporting, kept, booked):
    kept.calendar.delete(kept.event_of(booked.booking_id))
    look(kept)
    [finding] = kept.findings
    other = exporting.book(1, exporting.martin)
    for appointment_id, finding_id, agent in (
        (booked.appointment_id, finding.id, exporting.petit),
        (booked.appointment_id, finding.id, exporting.chief),
        (booked.appointment_id, finding.id + 1, exporting.martin),
        (other.appointment_id, finding.id, exporting.martin),
    ):
        with pytest.raises(NotFound, match="no_such_finding"):
            answer(exporting, appointment_id, finding_id, "leave", agent)
    assert receivers(exporting, booked.appointment_id) == [exporting.martin.id]


def test_what_is_over_is_not_asked_about(exporting, kept, booked):
    exporting.context.now.now = at(1)
    kept.calendar.delete(kept.event_of(booked.booking_id))
    look(kept)
    assert kept.findings == []
    kept.assert_in_line()


def test_a_worker_that_dies_while_it_undoes_it_has_written_it_down(exporting, kept, booked, monkeypatch):
    """The event is back before anybody has committed that it was gone: nobody would ever know."""
    kept.calendar.delete(kept.event_of(booked.booking_id))

    class Killed(BaseException):
        pass

    def die(*_args, **_kwargs):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("server.jobs.agendas.settle_export", die)
        with pytest.raises(Killed):
            look(kept)
    assert len(kept.calendar.events()) == 1
    assert deeds(kept) == [("deleted", 1, None)]
    look(kept)
    assert deeds(kept) == [("deleted", 1, None)]


def test_what_a_worker_took_out_before_it_died_was_not_deleted_by_the_gendarme(exporting, kept, booked, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*_args, **_kwargs):
        raise Killed

    exporting.assign(booked.appointment_id, exporting.petit)
    with monkeypatch.context() as patched:
        patched.setattr("server.jobs.agendas.settle_export", die)
        with pytest.raises(Killed):
            kept.work()
    assert kept.calendar.events() == []
    exporting.assign(booked.appointment_id, exporting.martin)
    look(kept)
    kept.assert_in_line()
    assert len(kept.calendar.events()) == 1
    assert kept.findings == []


def test_a_requested_one_that_was_refused_there_is_tentative_again_once_confirmed(exporting, kept):
    with exporting.database.transaction() as session:
        change_reason(session, "neighbours", needs_approval=True)
    booked = exporting.book(0, exporting.martin)
    kept.work()
    kept.calendar.change(kept.event_of(booked.booking_id), ("STATUS:TENTATIVE", "STATUS:CANCELLED"))
    look(kept)
    kept.assert_in_line()
    assert deeds(kept) == [("declined", 1, None)]


def test_what_a_revoked_agenda_said_is_asked_no_more(exporting, kept, booked):
    kept.calendar.delete(kept.event_of(booked.booking_id))
    look(kept)
    terminal, held = document(exporting, booked.appointment_id)
    assert len(held["agenda"]) == 1
    with exporting.database.transaction() as session:
        revoke_calendar_export(session, RevokeCalendarExport(kept.id), actor_of(exporting.martin), exporting.now)
    terminal.pull()
    assert terminal.docs[f"appointment/{booked.appointment_id}"]["agenda"] == []
    assert deeds(kept) == [("deleted", 1, "overtaken")]
    [finding] = kept.findings
    with pytest.raises(Conflict, match="finding_overtaken"):
        answer(exporting, booked.appointment_id, finding.id, "leave")
    assert receivers(exporting, booked.appointment_id) == [exporting.martin.id]

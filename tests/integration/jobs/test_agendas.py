"""A gendarme's agenda follows their appointments, over real jobs and a real server; what goes wrong there is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.rules.exports import GIVE_UP_ENDING, LEASE, LOOK_AGAIN
from models.tables import Agent, Reason, Unit
from server.jobs.agendas import look_at_agendas, run_export
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from server.services.change_calendar_export import ChangeCalendarExport, change_calendar_export
from server.services.claim_export import ClaimExport, claim_export
from server.services.close_agent import CloseAgent, close_agent
from server.services.revoke_calendar_export import RevokeCalendarExport, revoke_calendar_export
from server.services.set_agenda_words import SetAgendaWords, set_agenda_words
from tests.support.bookings import NINE, at, change_reason
from tests.support.exports import KeptAgenda
from tests.support.push_service import RESET, Say
from tests.support.seed import actor_of


def test_the_agenda_follows_an_appointment_through_its_life(exporting, kept):
    booked = exporting.book(0, exporting.martin)
    exporting.book(1, exporting.petit)
    exporting.book(2)
    kept.work()
    [event] = kept.calendar.events()
    assert (event.start, str(event["SUMMARY"]), "LOCATION" in event) == (NINE, "Rendez-vous", False)
    kept.assert_in_line()
    first = int(event["SEQUENCE"])

    moved = exporting.move(booked, 3)
    kept.work()
    assert kept.calendar.events() == [], "whoever receives at the new time is yet to be found"
    exporting.assign(moved, exporting.martin)
    kept.work()
    [event] = kept.calendar.events()
    assert event.start == at(3)
    assert int(event["SEQUENCE"]) > first
    kept.assert_in_line()

    exporting.assign(moved, exporting.petit)
    kept.work()
    assert kept.calendar.events() == []
    exporting.assign(moved, exporting.martin)
    kept.work()
    assert len(kept.calendar.events()) == 1
    exporting.cancel(booked)
    kept.work()
    assert kept.calendar.events() == []
    assert kept.findings == []
    row = kept.row
    assert (row.wanted, row.failure_code, row.succeeded_at) == (row.done, None, exporting.now)
    assert row.run_at == exporting.now + LOOK_AGAIN


def test_what_is_only_requested_is_tentative_until_the_chief_confirms(exporting, kept):
    with exporting.database.transaction() as session:
        change_reason(session, "neighbours", needs_approval=True)
    booked = exporting.book(0, exporting.martin)
    kept.work()
    assert [str(event["STATUS"]) for event in kept.calendar.events()] == ["TENTATIVE"]
    with exporting.database.transaction() as session:
        approve_appointment(
            session, ApproveAppointment(booked.appointment_id), actor_of(exporting.chief), exporting.now
        )
    kept.work()
    assert [str(event["STATUS"]) for event in kept.calendar.events()] == ["CONFIRMED"]


def test_the_unit_decides_what_agendas_say(exporting, kept):
    exporting.book(0, exporting.martin, facts="Un secret.", caller_name="Camille Essai")
    with exporting.database.transaction() as session:
        set_agenda_words(session, SetAgendaWords(subject=True, place=True), actor_of(exporting.chief), exporting.now)
    kept.work()
    [event] = kept.calendar.events()
    with exporting.database.transaction() as session:
        subject = session.get_one(Reason, "neighbours").label_fr
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == (subject, f"{exporting.unit.name}, guichet 1")
    text = kept.calendar.read(kept.event_of(next(iter(kept.ought_to_hold().values())).booking_id))
    assert not {"Camille", "secret"} & set(text.replace("\n", " ").split())
    with exporting.database.transaction() as session:
        set_agenda_words(session, SetAgendaWords(subject=False, place=False), actor_of(exporting.chief), exporting.now)
    kept.work()
    [event] = kept.calendar.events()
    assert (str(event["SUMMARY"]), "LOCATION" in event) == ("Rendez-vous", False)
    assert kept.findings == []


@pytest.mark.parametrize(("status", "cause"), [(401, "sign_in"), (403, "forbidden"), (404, "gone")])
def test_an_agenda_that_will_not_have_us_is_left_alone_and_told(exporting, kept, agenda_door, status, cause):
    exporting.book(0, exporting.martin)
    agenda_door.usual = Say(status)
    kept.work()
    row = kept.row
    assert (row.pause_cause, row.failure_code, row.run_at) == (cause, cause, None)
    [event] = exporting.events("export_stopped")
    assert event.data == {"export_id": str(kept.id), "kind": "caldav", "cause": cause}
    asked = len(agenda_door.received)
    exporting.book(1, exporting.martin)
    kept.work()
    exporting.context.now.forward(hours=1)
    look_at_agendas(0)
    kept.work()
    assert len(agenda_door.received) == asked

    agenda_door.usual = "forward"
    with exporting.database.transaction() as session:
        command = ChangeCalendarExport(kept.id, paused=False)
        change_calendar_export(session, command, actor_of(exporting.martin), exporting.now)
    kept.work()
    kept.assert_in_line()
    row = kept.row
    assert (row.wanted, row.paused_at, row.failure_code, row.failures_in_a_row) == (row.done, None, None, 0)


@pytest.mark.parametrize(
    ("answer", "code"),
    [(Say(500), "http_status"), (Say(503, {"Retry-After": "900"}), "http_status"), (RESET, "disconnected")],
    ids=["500", "503", "reset"],
)
def test_an_agenda_that_is_away_is_asked_again_less_and_less_often(exporting, kept, agenda_door, answer, code):
    exporting.book(0, exporting.martin)
    agenda_door.usual = answer
    waits = []
    for _ in range(3):
        kept.work()
        row = kept.row
        assert (row.failure_code, row.paused_at) == (code, None)
        waits.append(row.run_at - exporting.now)
        asked = len(agenda_door.received)
        # Neither a job that comes too early nor another appointment wakes it.
        run_export(str(kept.id))
        exporting.book(1 + len(waits), exporting.martin)
        kept.work()
        assert len(agenda_door.received) == asked
        exporting.context.now.now = row.run_at
        look_at_agendas(0)
    first = timedelta(minutes=15 if isinstance(answer, Say) and answer.status == 503 else 1)
    assert waits == [max(first, timedelta(minutes=one)) for one in (1, 2, 4)]
    assert kept.row.failures_in_a_row == 3
    agenda_door.usual = "forward"
    kept.work()
    kept.assert_in_line()
    row = kept.row
    assert (row.wanted, row.failure_code, row.failures_in_a_row) == (row.done, None, 0)


def test_what_is_at_an_address_inside_is_refused_before_anything_is_sent(exporting, kept, agenda_door, caplog):
    object.__setattr__(exporting.context.settings.calendars, "own_hosts", ())
    kept.work()
    assert (kept.row.failure_code, agenda_door.received) == ("address_not_public", [])
    assert kept.row.run_at == exporting.now + LOOK_AGAIN
    assert f"agenda {kept.id} refused: address_not_public" in caplog.text
    assert kept.calendar.path not in caplog.text


def test_a_worker_that_dies_with_it_loses_nothing(exporting, kept):
    exporting.book(0, exporting.martin)
    with exporting.database.transaction() as session:
        assert claim_export(session, ClaimExport(kept.id), exporting.now) is not None
    exporting.book(1, exporting.martin)
    kept.work()
    with exporting.database.transaction() as session:
        assert claim_export(session, ClaimExport(kept.id), exporting.now) is None
    assert kept.calendar.events() == []
    exporting.context.now.now += LEASE
    look_at_agendas(0)
    kept.work()
    kept.assert_in_line()
    assert len(kept.calendar.events()) == 2


def test_what_is_wanted_while_a_worker_is_at_it_is_done_after(exporting, kept, agenda_door):
    exporting.book(0, exporting.martin)
    booked = []

    def meanwhile():
        if not booked:
            booked.append(exporting.book(1, exporting.martin))

    agenda_door.before_each = meanwhile
    kept.work()
    kept.assert_in_line()
    assert len(kept.calendar.events()) == 2
    assert kept.row.wanted == kept.row.done


def test_a_revoked_agenda_is_emptied_of_ours_and_its_address_forgotten(exporting, kept):
    exporting.book(0, exporting.martin)
    kept.calendar.write("dentiste.ics", OWN)
    kept.work()
    with exporting.database.transaction() as session:
        revoke_calendar_export(session, RevokeCalendarExport(kept.id), actor_of(exporting.chief), exporting.now)
    assert kept.row.address_sealed is not None
    kept.work()
    assert kept.calendar.uids == ["dentiste"]
    row = kept.row
    assert (row.address_sealed, row.run_at, row.known, row.revoked_by_id) == (None, None, [], exporting.chief.id)
    assert [event.data["emptied"] for event in exporting.events("export_ended")] == [True]
    exporting.book(1, exporting.martin)
    kept.work()
    assert kept.calendar.uids == ["dentiste"]


def test_one_that_lets_nobody_in_is_given_up_after_a_week(exporting, kept, agenda_door):
    exporting.book(0, exporting.martin)
    kept.work()
    agenda_door.usual = Say(401)
    with exporting.database.transaction() as session:
        revoke_calendar_export(session, RevokeCalendarExport(kept.id), actor_of(exporting.martin), exporting.now)
    kept.work()
    assert kept.row.address_sealed is not None
    assert len(kept.row.known) == 1, "it holds what it could not be emptied of"
    exporting.context.now.now += GIVE_UP_ENDING
    look_at_agendas(0)
    kept.work()
    assert kept.row.address_sealed is None
    assert [event.data["emptied"] for event in exporting.events("export_ended")] == [False]


def test_whoever_leaves_takes_their_agenda_out(exporting, kept):
    exporting.book(0, exporting.martin)
    kept.work()
    with exporting.database.transaction() as session:
        close_agent(session, CloseAgent("martin"), exporting.now)
    look_at_agendas(0)
    kept.work()
    assert kept.calendar.events() == []
    assert kept.row.address_sealed is None


def test_whoever_serves_elsewhere_now_leaves_nothing_behind(exporting, kept):
    exporting.book(0, exporting.martin)
    kept.work()
    with exporting.database.transaction() as session:
        session.merge(Unit(**{c.key: getattr(exporting.unit, c.key) for c in Unit.__mapper__.columns} | {"id": 2}))
        session.flush()
        session.get_one(Agent, exporting.martin.id).unit_id = 2
    look_at_agendas(0)
    kept.work()
    assert kept.calendar.events() == []


def test_a_paused_agenda_stays_as_it_is_until_it_goes_on(exporting, kept, agenda_door):
    exporting.book(0, exporting.martin)
    kept.work()
    pause(exporting, kept, paused=True)
    asked = len(agenda_door.received)
    exporting.book(1, exporting.martin)
    kept.work()
    exporting.context.now.forward(days=1)
    look_at_agendas(0)
    kept.work()
    assert len(agenda_door.received) == asked
    assert kept.row.pause_cause == "person"
    pause(exporting, kept, paused=False)
    kept.work()
    kept.assert_in_line()
    assert len(kept.calendar.events()) == 2


def pause(exporting, kept, *, paused):
    with exporting.database.transaction() as session:
        command = ChangeCalendarExport(kept.id, paused=paused)
        change_calendar_export(session, command, actor_of(exporting.martin), exporting.now)


def test_two_gendarmes_with_one_agenda_do_not_disturb_each_other(exporting, kept, agenda_door):
    other = KeptAgenda(exporting.context, exporting.petit, agenda_door, kept.calendar)
    exporting.book(0, exporting.martin)
    exporting.book(1, exporting.petit)
    kept.work()
    assert kept.calendar.uids == sorted([*kept.ought_to_hold(), *other.ought_to_hold()])


def test_nothing_that_opens_an_agenda_is_shown_or_logged(exporting, kept, agenda_door, caplog):
    caplog.set_level("DEBUG")
    agenda_door.usual = Say(500)
    exporting.book(0, exporting.martin)
    kept.work()
    with exporting.database.transaction() as session:
        claimed = claim_export(session, ClaimExport(kept.id), exporting.now + timedelta(hours=1))
        sealed = kept.row.address_sealed
    assert claimed is not None
    for secret in (kept.calendar.path, "essai-de"):
        assert secret not in caplog.text + repr(claimed)
        assert secret.encode() not in sealed


OWN = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//FR\r\nBEGIN:VEVENT\r\nUID:dentiste\r\n"
    "DTSTAMP:20261101T080000Z\r\nDTSTART:20261201T080000Z\r\nDTEND:20261201T083000Z\r\nSUMMARY:Dentiste\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)

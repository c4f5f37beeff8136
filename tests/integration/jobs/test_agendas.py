"""A gendarme's agenda follows their appointments, over real jobs and a real server; what goes wrong there is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.rules.actor import Role
from models.rules.exports import GIVE_UP_ENDING, LEASE, LOOK_AGAIN
from models.tables import Agent, Event, Reason, Unit
from server.jobs import wiring
from server.jobs.agendas import look_at_agendas, run_export
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from server.services.assign_appointment import AssignAppointment, assign_appointment
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.change_calendar_export import ChangeCalendarExport, change_calendar_export
from server.services.claim_export import ClaimExport, claim_export
from server.services.close_agent import CloseAgent, close_agent
from server.services.move_appointment import MoveAppointment, move_appointment
from server.services.revoke_calendar_export import RevokeCalendarExport, revoke_calendar_export
from server.services.set_agenda_words import SetAgendaWords, set_agenda_words
from server.services.take_appointment import TakeAppointment, take_appointment
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, change_reason, citizen, keep
from tests.support.exports import KeptAgenda, context_of, environment_of
from tests.support.push_service import RESET, Say
from tests.support.radicale import FrontDoor
from tests.support.seed import TOKENS, actor_of, seed_agent, seed_territory


class Brigade:
    """The unit, its chief and two gendarmes, the first of whom has an agenda."""

    def __init__(self, context) -> None:
        self.context, self.database = context, context.database
        with self.database.transaction() as session:
            self.unit = seed_territory(session)
            self.chief = seed_agent(session, self.unit, Role.GENDARME, Role.CHIEF, name="Maj. Roux")
            self.martin = seed_agent(session, self.unit, name="Adj. Martin", login="martin")
            self.petit = seed_agent(session, self.unit, name="Gend. Petit")
            seed_windows(session, self.chief, NINE, at(8), counters=2)

    @property
    def now(self):
        return self.context.now()

    def book(self, hours=0.0, agent=None, **more):
        with self.database.transaction() as session:
            booked = book(session, self.unit.id, at(hours), now=self.now, **more)
            if agent is not None:
                take_appointment(session, TakeAppointment(booked.appointment_id), actor_of(agent), self.now)
            return booked

    def move(self, booked, hours):
        with self.database.transaction() as session:
            held = keep(session, self.unit.id, at(hours), booking_id=booked.booking_id, now=self.now)
            command = MoveAppointment(booked.booking_id, held.hold_token)
            move_appointment(session, command, citizen(booked), self.now, TOKENS)
            return held.appointment_id

    def assign(self, appointment_id, agent):
        with self.database.transaction() as session:
            command = AssignAppointment(appointment_id, (agent.id,))
            assign_appointment(session, command, actor_of(self.chief), self.now)

    def cancel(self, booked):
        with self.database.transaction() as session:
            cancel_booking(session, CancelBooking(booked.booking_id), citizen(booked), self.now)

    def events(self, name):
        with self.database.transaction() as session:
            return session.scalars(select(Event).where(Event.name == name).order_by(Event.id)).all()


@pytest.fixture
def door(authority, radicale):
    door = FrontDoor(authority, "localhost", radicale)
    yield door
    door.close()


@pytest.fixture
def brigade(database, clock, door, authority, monkeypatch):
    context = context_of(database, clock, environment_of(door, authority))
    monkeypatch.setattr(wiring, "_installed", [context])
    return Brigade(context)


@pytest.fixture
def agenda(brigade, door, radicale):
    return KeptAgenda(brigade.context, brigade.martin, door, radicale.new_calendar())


def test_the_agenda_follows_an_appointment_through_its_life(brigade, agenda):
    booked = brigade.book(0, brigade.martin)
    brigade.book(1, brigade.petit)
    brigade.book(2)
    agenda.work()
    [event] = agenda.calendar.events()
    assert (event.start, str(event["SUMMARY"]), "LOCATION" in event) == (NINE, "Rendez-vous", False)
    agenda.assert_in_line()
    first = int(event["SEQUENCE"])

    moved = brigade.move(booked, 3)
    agenda.work()
    assert agenda.calendar.events() == [], "whoever receives at the new time is yet to be found"
    brigade.assign(moved, brigade.martin)
    agenda.work()
    [event] = agenda.calendar.events()
    assert event.start == at(3)
    assert int(event["SEQUENCE"]) > first
    agenda.assert_in_line()

    brigade.assign(moved, brigade.petit)
    agenda.work()
    assert agenda.calendar.events() == []
    brigade.assign(moved, brigade.martin)
    agenda.work()
    assert len(agenda.calendar.events()) == 1
    brigade.cancel(booked)
    agenda.work()
    assert agenda.calendar.events() == []
    assert agenda.findings == []
    row = agenda.row
    assert (row.wanted, row.failure_code, row.succeeded_at) == (row.done, None, brigade.now)
    assert row.run_at == brigade.now + LOOK_AGAIN


def test_what_is_only_requested_is_tentative_until_the_chief_confirms(brigade, agenda):
    with brigade.database.transaction() as session:
        change_reason(session, "neighbours", needs_approval=True)
    booked = brigade.book(0, brigade.martin)
    agenda.work()
    assert [str(event["STATUS"]) for event in agenda.calendar.events()] == ["TENTATIVE"]
    with brigade.database.transaction() as session:
        approve_appointment(session, ApproveAppointment(booked.appointment_id), actor_of(brigade.chief), brigade.now)
    agenda.work()
    assert [str(event["STATUS"]) for event in agenda.calendar.events()] == ["CONFIRMED"]


def test_the_unit_decides_what_agendas_say(brigade, agenda):
    brigade.book(0, brigade.martin, facts="Un secret.", caller_name="Camille Essai")
    with brigade.database.transaction() as session:
        set_agenda_words(session, SetAgendaWords(subject=True, place=True), actor_of(brigade.chief), brigade.now)
    agenda.work()
    [event] = agenda.calendar.events()
    with brigade.database.transaction() as session:
        subject = session.get_one(Reason, "neighbours").label_fr
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == (subject, f"{brigade.unit.name}, guichet 1")
    text = agenda.calendar.read(agenda.event_of(next(iter(agenda.ought_to_hold().values())).booking_id))
    assert not {"Camille", "secret"} & set(text.replace("\n", " ").split())
    with brigade.database.transaction() as session:
        set_agenda_words(session, SetAgendaWords(subject=False, place=False), actor_of(brigade.chief), brigade.now)
    agenda.work()
    [event] = agenda.calendar.events()
    assert (str(event["SUMMARY"]), "LOCATION" in event) == ("Rendez-vous", False)
    assert agenda.findings == []


@pytest.mark.parametrize(("status", "cause"), [(401, "sign_in"), (403, "forbidden"), (404, "gone")])
def test_an_agenda_that_will_not_have_us_is_left_alone_and_told(brigade, agenda, door, status, cause):
    brigade.book(0, brigade.martin)
    door.usual = Say(status)
    agenda.work()
    row = agenda.row
    assert (row.pause_cause, row.failure_code, row.run_at) == (cause, cause, None)
    [event] = brigade.events("export_stopped")
    assert event.data == {"export_id": str(agenda.id), "kind": "caldav", "cause": cause}
    asked = len(door.received)
    brigade.book(1, brigade.martin)
    agenda.work()
    brigade.context.now.forward(hours=1)
    look_at_agendas(0)
    agenda.work()
    assert len(door.received) == asked

    door.usual = "forward"
    with brigade.database.transaction() as session:
        command = ChangeCalendarExport(agenda.id, paused=False)
        change_calendar_export(session, command, actor_of(brigade.martin), brigade.now)
    agenda.work()
    agenda.assert_in_line()
    row = agenda.row
    assert (row.wanted, row.paused_at, row.failure_code, row.failures_in_a_row) == (row.done, None, None, 0)


@pytest.mark.parametrize(
    ("answer", "code"),
    [(Say(500), "http_status"), (Say(503, {"Retry-After": "900"}), "http_status"), (RESET, "disconnected")],
    ids=["500", "503", "reset"],
)
def test_an_agenda_that_is_away_is_asked_again_less_and_less_often(brigade, agenda, door, answer, code):
    brigade.book(0, brigade.martin)
    door.usual = answer
    waits = []
    for _ in range(3):
        agenda.work()
        row = agenda.row
        assert (row.failure_code, row.paused_at) == (code, None)
        waits.append(row.run_at - brigade.now)
        asked = len(door.received)
        # Neither a job that comes too early nor another appointment wakes it.
        run_export(str(agenda.id))
        brigade.book(1 + len(waits), brigade.martin)
        agenda.work()
        assert len(door.received) == asked
        brigade.context.now.now = row.run_at
        look_at_agendas(0)
    first = timedelta(minutes=15 if isinstance(answer, Say) and answer.status == 503 else 1)
    assert waits == [max(first, timedelta(minutes=one)) for one in (1, 2, 4)]
    assert agenda.row.failures_in_a_row == 3
    door.usual = "forward"
    agenda.work()
    agenda.assert_in_line()
    row = agenda.row
    assert (row.wanted, row.failure_code, row.failures_in_a_row) == (row.done, None, 0)


def test_what_is_at_an_address_inside_is_refused_before_anything_is_sent(brigade, door, radicale, caplog):
    calendar = radicale.new_calendar()
    agenda = KeptAgenda(brigade.context, brigade.martin, door, calendar)
    object.__setattr__(brigade.context.settings.calendars, "own_hosts", ())
    agenda.work()
    assert (agenda.row.failure_code, door.received) == ("address_not_public", [])
    assert agenda.row.run_at == brigade.now + LOOK_AGAIN
    assert f"agenda {agenda.id} refused: address_not_public" in caplog.text
    assert calendar.path not in caplog.text


def test_a_worker_that_dies_with_it_loses_nothing(brigade, agenda):
    brigade.book(0, brigade.martin)
    with brigade.database.transaction() as session:
        assert claim_export(session, ClaimExport(agenda.id), brigade.now) is not None
    brigade.book(1, brigade.martin)
    agenda.work()
    with brigade.database.transaction() as session:
        assert claim_export(session, ClaimExport(agenda.id), brigade.now) is None
    assert agenda.calendar.events() == []
    brigade.context.now.now += LEASE
    look_at_agendas(0)
    agenda.work()
    agenda.assert_in_line()
    assert len(agenda.calendar.events()) == 2


def test_what_is_wanted_while_a_worker_is_at_it_is_done_after(brigade, agenda, door):
    brigade.book(0, brigade.martin)
    booked = []

    def meanwhile():
        if not booked:
            booked.append(brigade.book(1, brigade.martin))

    door.before_each = meanwhile
    agenda.work()
    agenda.assert_in_line()
    assert len(agenda.calendar.events()) == 2
    assert agenda.row.wanted == agenda.row.done


def test_a_revoked_agenda_is_emptied_of_ours_and_its_address_forgotten(brigade, agenda):
    brigade.book(0, brigade.martin)
    agenda.calendar.write("dentiste.ics", OWN)
    agenda.work()
    with brigade.database.transaction() as session:
        revoke_calendar_export(session, RevokeCalendarExport(agenda.id), actor_of(brigade.chief), brigade.now)
    assert agenda.row.address_sealed is not None
    agenda.work()
    assert agenda.calendar.uids == ["dentiste"]
    row = agenda.row
    assert (row.address_sealed, row.run_at, row.known, row.revoked_by_id) == (None, None, [], brigade.chief.id)
    assert [event.data["emptied"] for event in brigade.events("export_ended")] == [True]
    brigade.book(1, brigade.martin)
    agenda.work()
    assert agenda.calendar.uids == ["dentiste"]


def test_one_that_lets_nobody_in_is_given_up_after_a_week(brigade, agenda, door):
    brigade.book(0, brigade.martin)
    agenda.work()
    door.usual = Say(401)
    with brigade.database.transaction() as session:
        revoke_calendar_export(session, RevokeCalendarExport(agenda.id), actor_of(brigade.martin), brigade.now)
    agenda.work()
    assert agenda.row.address_sealed is not None
    brigade.context.now.now += GIVE_UP_ENDING
    look_at_agendas(0)
    agenda.work()
    assert agenda.row.address_sealed is None
    assert [event.data["emptied"] for event in brigade.events("export_ended")] == [False]


def test_whoever_leaves_takes_their_agenda_out(brigade, agenda):
    brigade.book(0, brigade.martin)
    agenda.work()
    with brigade.database.transaction() as session:
        close_agent(session, CloseAgent("martin"), brigade.now)
    look_at_agendas(0)
    agenda.work()
    assert agenda.calendar.events() == []
    assert agenda.row.address_sealed is None


def test_whoever_serves_elsewhere_now_leaves_nothing_behind(brigade, agenda):
    brigade.book(0, brigade.martin)
    agenda.work()
    with brigade.database.transaction() as session:
        session.merge(Unit(**{c.key: getattr(brigade.unit, c.key) for c in Unit.__mapper__.columns} | {"id": 2}))
        session.flush()
        session.get_one(Agent, brigade.martin.id).unit_id = 2
    look_at_agendas(0)
    agenda.work()
    assert agenda.calendar.events() == []


def test_a_paused_agenda_stays_as_it_is_until_it_goes_on(brigade, agenda, door):
    brigade.book(0, brigade.martin)
    agenda.work()
    pause(brigade, agenda, paused=True)
    asked = len(door.received)
    brigade.book(1, brigade.martin)
    agenda.work()
    brigade.context.now.forward(days=1)
    look_at_agendas(0)
    agenda.work()
    assert len(door.received) == asked
    assert agenda.row.pause_cause == "person"
    pause(brigade, agenda, paused=False)
    agenda.work()
    agenda.assert_in_line()
    assert len(agenda.calendar.events()) == 2


def pause(brigade, agenda, *, paused):
    with brigade.database.transaction() as session:
        command = ChangeCalendarExport(agenda.id, paused=paused)
        change_calendar_export(session, command, actor_of(brigade.martin), brigade.now)


def test_two_gendarmes_with_one_agenda_do_not_disturb_each_other(brigade, agenda, door):
    other = KeptAgenda(brigade.context, brigade.petit, door, agenda.calendar)
    brigade.book(0, brigade.martin)
    brigade.book(1, brigade.petit)
    agenda.work()
    assert agenda.calendar.uids == sorted([*agenda.ought_to_hold(), *other.ought_to_hold()])


def test_nothing_that_opens_an_agenda_is_shown_or_logged(brigade, agenda, door, caplog):
    caplog.set_level("DEBUG")
    door.usual = Say(500)
    brigade.book(0, brigade.martin)
    agenda.work()
    with brigade.database.transaction() as session:
        claimed = claim_export(session, ClaimExport(agenda.id), brigade.now + timedelta(hours=1))
        sealed = agenda.row.address_sealed
    assert claimed is not None
    for secret in (agenda.calendar.path, "essai-de"):
        assert secret not in caplog.text + repr(claimed)
        assert secret.encode() not in sealed


OWN = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//FR\r\nBEGIN:VEVENT\r\nUID:dentiste\r\n"
    "DTSTAMP:20261101T080000Z\r\nDTSTART:20261201T080000Z\r\nDTEND:20261201T083000Z\r\nSUMMARY:Dentiste\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)

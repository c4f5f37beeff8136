"""A gendarme's appointments by mail: real jobs, a real relay, and what a calendar makes of the mails in their order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from sqlalchemy import select, update

from models.rules.exports import LEASE, Kind
from models.tables import CalendarExport, SentInvitation
from server.jobs import agenda_mails, wiring
from server.jobs.agendas import look_at_agendas, run_export
from server.services.add_calendar_export import AddCalendarExport, add_calendar_export
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from server.services.readdress_export import ReaddressExport, readdress_export
from server.services.revoke_calendar_export import RevokeCalendarExport, revoke_calendar_export
from server.services.set_agenda_words import SetAgendaWords, set_agenda_words
from tests.support.bookings import NINE, at, change_reason
from tests.support.exports import ExportingBrigade, KeptAgenda, context_of
from tests.support.seed import TOKENS, actor_of
from tests.unit.push.test_messages import plain

ADDRESS = "adj.martin@gendarmerie.example"
SENDER = "ne-pas-repondre@example.org"


class Died(BaseException):
    """A worker that is killed; nothing of ours catches it."""


class Mailbox(KeptAgenda):
    """An export of `agent` by mail, and a calendar that does what each mail says (RFC 5546), as programs do."""

    def __init__(self, context, agent, relay, read_again):
        self.context, self.agent, self.relay, self._read_again = context, agent, relay, read_again
        with context.database.transaction() as session:
            command = AddCalendarExport(Kind.MAIL, "Ma boîte", host="gendarmerie.example", address={"mail": ADDRESS})
            added = add_calendar_export(session, command, actor_of(agent), context.now(), TOKENS, context.sealer)
            self.id = added.export.id

    @property
    def mails(self):
        """All but the first, which only says what will come."""
        return [
            mail for mail in self.relay.messages if "text/calendar" in {one.get_content_type() for one in mail.walk()}
        ]

    @property
    def invitations(self):
        """Their calendar parts, each read by two programs, which must find the same."""
        return [self._read(mail) for mail in self.mails]

    def _read(self, mail):
        [part] = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
        content = part.get_payload(decode=True)
        calendar = icalendar.Calendar.from_ical(content)
        [event] = calendar.walk("VEVENT")
        other = self._read_again(content)
        assert other["warnings"] == []
        [theirs] = other["events"]
        assert (theirs["uid"], theirs["sequence"], other["method"]) == (
            str(event["UID"]),
            int(event["SEQUENCE"]),
            str(calendar["METHOD"]),
        )
        assert datetime.fromtimestamp(theirs["starts_at"], UTC) == event.start.astimezone(UTC)
        assert theirs["attendee"]["address"] == f"mailto:{ADDRESS}"
        assert theirs["organizer"]["address"] == f"mailto:{SENDER}"
        return str(calendar["METHOD"]), event

    def calendar_now(self):
        """What stands in a calendar that took every mail in: by name, the version with the highest number."""
        held = {}
        for method, event in self.invitations:
            before = held.get(str(event["UID"]))
            assert before is None or int(event["SEQUENCE"]) > int(before[1]["SEQUENCE"]), "a number that did not rise"
            held[str(event["UID"])] = (method, event)
        return {
            uid: (event.start.astimezone(UTC), event.end.astimezone(UTC), str(event["STATUS"]))
            for uid, (method, event) in held.items()
            if method == "REQUEST"
        }

    def assert_in_line(self):
        wanted = {
            uid: (one.starts_at, one.ends_at, "CONFIRMED" if one.confirmed else "TENTATIVE")
            for uid, one in self.ought_to_hold().items()
        }
        assert {uid.partition("@")[0]: said for uid, said in self.calendar_now().items()} == {
            uid.partition("@")[0]: said for uid, said in wanted.items()
        }

    def methods(self):
        return [method for method, _ in self.invitations]


@pytest.fixture
def brigade(database, clock, relay, monkeypatch):
    environment = {
        **relay.environment,
        "PUBLIC_URL": "https://rdv.example.org",
        "MAIL_FROM": f"Brigade numérique <{SENDER}>",
    }
    context = context_of(database, clock, environment)
    monkeypatch.setattr(wiring, "_installed", [context])
    return ExportingBrigade(context)


@pytest.fixture
def mailbox(brigade, relay, ical_js):
    return Mailbox(brigade.context, brigade.martin, relay, ical_js)


def test_the_first_mail_says_what_comes_and_how_to_end_it(brigade, mailbox, relay):
    mailbox.work()
    mailbox.work()
    [mail] = relay.messages
    assert mail["To"] == ADDRESS
    assert mail["Subject"] == "Vos rendez-vous arrivent à cette adresse"
    body = plain(mail.get_body(("plain",)).get_content())
    assert "Les rendez-vous à recevoir par Adj. Martin arriveront ici" in body
    assert "https://rdv.example.org/terminal/" in body
    assert mailbox.row.succeeded_at is not None


def test_each_change_is_said_once_and_the_calendar_is_right_after_each(brigade, mailbox):
    booked = brigade.book(0, brigade.martin)
    brigade.book(1, brigade.petit)
    mailbox.work()
    assert mailbox.methods() == ["REQUEST"]
    mailbox.assert_in_line()
    moved = brigade.move(booked, 3)
    mailbox.work()
    mailbox.assert_in_line()
    brigade.assign(moved, brigade.martin)
    mailbox.work()
    mailbox.assert_in_line()
    brigade.assign(moved, brigade.petit)
    mailbox.work()
    mailbox.assert_in_line()
    brigade.assign(moved, brigade.martin)
    mailbox.work()
    brigade.cancel(booked)
    mailbox.work()
    mailbox.assert_in_line()
    # What was reassigned is as gone as what was cancelled; a look that finds nothing new says nothing.
    assert mailbox.methods() == ["REQUEST", "CANCEL", "REQUEST", "CANCEL", "REQUEST", "CANCEL"]
    mailbox.work()
    assert len(mailbox.mails) == 6
    assert len({str(event["UID"]) for _, event in mailbox.invitations}) == 1


def test_what_takes_an_appointment_out_says_when_it_was_not_when_another_has_it(brigade, mailbox):
    booked = brigade.book(0, brigade.martin)
    mailbox.work()
    brigade.assign(brigade.move(booked, 3), brigade.petit)
    mailbox.work()
    [_, (method, event)] = mailbox.invitations
    assert (method, event.start) == ("CANCEL", NINE)
    assert plain(mailbox.mails[-1]["Subject"]) == "Rendez-vous (retiré) : mardi 1er décembre à 9 h"


def test_the_words_are_those_that_the_unit_allows(brigade, mailbox):
    brigade.book(0, brigade.martin, facts="Le voisin menace.")
    mailbox.work()
    with brigade.database.transaction() as session:
        set_agenda_words(session, SetAgendaWords(subject=True, place=True), actor_of(brigade.chief), brigade.now)
    mailbox.work()
    first, second = mailbox.mails
    for part in first.walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True).decode()
            assert "voisin" not in content.lower()
            assert "guichet" not in content
    assert plain(first["Subject"]) == "Rendez-vous : mardi 1er décembre à 9 h"
    assert "Conflit de voisinage" in plain(second["Subject"])
    assert "guichet" in second.get_body(("plain",)).get_content()
    # The booking has not changed, and the number rises all the same.
    mailbox.assert_in_line()
    assert "menace" not in str(second)


def test_a_discreet_appointment_is_like_any_other_whatever_the_unit_allows(brigade, mailbox):
    with brigade.database.transaction() as session:
        change_reason(session, "domestic_violence", notice_minutes=0)
        set_agenda_words(session, SetAgendaWords(subject=True, place=True), actor_of(brigade.chief), brigade.now)
    brigade.book(0, brigade.martin, reason="domestic_violence")
    mailbox.work()
    [mail] = mailbox.mails
    assert plain(mail["Subject"]) == "Rendez-vous : mardi 1er décembre à 9 h"
    [(_, event)] = mailbox.invitations
    assert "LOCATION" not in event
    assert "DESCRIPTION" not in event


def test_what_the_chief_has_yet_to_approve_is_tentative(brigade, mailbox):
    with brigade.database.transaction() as session:
        change_reason(session, "neighbours", needs_approval=True)
    booked = brigade.book(0, brigade.martin)
    mailbox.work()
    with brigade.database.transaction() as session:
        approve_appointment(session, ApproveAppointment(booked.appointment_id), actor_of(brigade.chief), brigade.now)
    mailbox.work()
    assert [str(event["STATUS"]) for _, event in mailbox.invitations] == ["TENTATIVE", "CONFIRMED"]
    mailbox.assert_in_line()


def test_what_is_over_is_neither_changed_nor_taken_out(brigade, mailbox, clock):
    brigade.book(0, brigade.martin)
    mailbox.work()
    for days in (1, 30):
        clock.now = NINE + timedelta(days=days)
        look_at_agendas(timestamp=0)
        mailbox.work()
    assert mailbox.methods() == ["REQUEST"]
    # Nobody looks at what is over when it ends either.
    with brigade.database.transaction() as session:
        revoke_calendar_export(session, RevokeCalendarExport(mailbox.id), actor_of(brigade.martin), brigade.now)
    mailbox.work()
    assert mailbox.methods() == ["REQUEST"]


def test_a_revoked_export_takes_out_what_is_to_come_and_forgets_the_address(brigade, mailbox, relay):
    brigade.book(0, brigade.martin)
    brigade.book(1, brigade.martin)
    mailbox.work()
    with brigade.database.transaction() as session:
        revoke_calendar_export(session, RevokeCalendarExport(mailbox.id), actor_of(brigade.martin), brigade.now)
    mailbox.work()
    assert mailbox.methods() == ["REQUEST", "REQUEST", "CANCEL", "CANCEL"]
    assert mailbox.calendar_now() == {}
    assert mailbox.row.address_sealed is None
    brigade.book(2, brigade.martin)
    mailbox.work()
    assert len(mailbox.mails) == 4


@pytest.mark.parametrize("at_mail", [1, 2, 3])
def test_a_worker_that_dies_before_it_has_written_down_repeats_one_mail_under_its_name(
    brigade, mailbox, relay, clock, monkeypatch, at_mail
):
    for hours in (0, 1):
        brigade.book(hours, brigade.martin)
    sent = 0

    def send(*arguments, **named):
        nonlocal sent
        original(*arguments, **named)
        sent += 1
        if sent == at_mail:
            raise Died

    original = agenda_mails.EmailChannel.send
    monkeypatch.setattr(agenda_mails.EmailChannel, "send", send)
    with pytest.raises(Died):
        mailbox.work()
    monkeypatch.setattr(agenda_mails.EmailChannel, "send", original)
    clock.now += LEASE + timedelta(seconds=1)
    look_at_agendas(timestamp=0)
    mailbox.work()
    names = [mail["Message-ID"] for mail in relay.messages]
    assert len(set(names)) == 3
    assert len(names) == 4
    assert names[at_mail] == names[at_mail - 1]
    with brigade.database.transaction() as session:
        assert len(session.scalars(select(SentInvitation)).all()) == 2


def test_a_relay_that_is_away_loses_nothing_and_says_only_what_is_true_by_then(brigade, mailbox, relay, clock):
    mailbox.work()
    relay.stop()
    booked = brigade.book(0, brigade.martin)
    mailbox.work()
    assert mailbox.row.failure_code == "connection_refused"
    brigade.cancel(booked)
    brigade.book(1, brigade.martin)
    relay.start()
    clock.now += timedelta(minutes=5)
    look_at_agendas(timestamp=0)
    mailbox.work()
    assert mailbox.methods() == ["REQUEST"]
    assert list(mailbox.calendar_now().values()) == [(at(1), at(1.5), "CONFIRMED")]


def test_another_mailbox_is_told_everything(brigade, mailbox, relay):
    brigade.book(0, brigade.martin)
    mailbox.work()
    assert len(relay.messages) == 2
    with brigade.database.transaction() as session:
        command = ReaddressExport(mailbox.id, {"mail": "martin@neuve.example"}, "neuve.example")
        readdress_export(session, command, actor_of(brigade.martin), brigade.now, brigade.context.sealer)
    mailbox.work()
    introduced, invited = relay.messages[2:]
    assert (introduced["To"], invited["To"]) == ("martin@neuve.example",) * 2
    kinds = [{part.get_content_type() for part in mail.walk()} for mail in (introduced, invited)]
    assert ["text/calendar" in one for one in kinds] == [False, True]


def test_what_a_visit_has_no_time_for_is_sent_by_the_next_at_once_and_is_no_failure(brigade, mailbox, monkeypatch):
    mailbox.work()
    for hours in (0, 1, 2):
        brigade.book(hours, brigade.martin)
    with brigade.database.transaction() as session:
        failing = {"failed_at": brigade.now, "failure_code": "timeout", "failures_in_a_row": 1}
        session.execute(update(CalendarExport).values(run_at=brigade.now, **failing))
    monkeypatch.setattr(agenda_mails, "SENDS_FOR_S", -1.0)
    run_export(str(mailbox.id))
    assert mailbox.methods() == ["REQUEST"]
    row = mailbox.row
    assert (row.failure_code, row.failures_in_a_row, row.run_at) == (None, 0, brigade.now)
    assert row.done < row.wanted
    mailbox.work()
    assert mailbox.methods() == ["REQUEST"] * 3
    assert mailbox.row.done == mailbox.row.wanted


def test_two_gendarmes_of_one_appointment_have_names_of_their_own(brigade, mailbox, relay, ical_js):
    other = Mailbox(brigade.context, brigade.petit, relay, ical_js)
    booked = brigade.book(0, brigade.martin)
    mailbox.work()
    brigade.assign(booked.appointment_id, brigade.petit)
    mailbox.work()
    held = mailbox.calendar_now()
    assert list(held) == [uid for uid in held if str(other.id) in uid]
    assert mailbox.methods().count("CANCEL") == 1

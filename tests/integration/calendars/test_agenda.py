"""An agenda on a real Radicale: put, moved, removed, put again, and what others do there meanwhile."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from uuid import UUID

import pytest

from push.endpoint_guard import EndpointRefused
from server.calendars.caldav.answers import Outcome
from server.calendars.caldav.plan import Deed
from server.calendars.entries import Party
from tests.support.agendas import appointment, name_of

FOREIGN = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:{}\r\nDTSTAMP:20261127T090000Z\r\n"
    "DTSTART:20261201T090000Z\r\nDTEND:20261201T100000Z\r\nSUMMARY:Dentiste\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
ENTRY = appointment(1)
LATER = dataclasses.replace(
    ENTRY, starts_at=ENTRY.starts_at + timedelta(days=1), ends_at=ENTRY.ends_at + timedelta(days=1), sequence=1
)
HALF_PAST_NINE = "20261130T093000"


def test_an_appointment_is_put_moved_removed_and_put_again(gendarme):
    first = gendarme.put(ENTRY)
    assert (first.verdict.outcome, first.finding) == (Outcome.DONE, None)
    [event] = gendarme.calendar.events()
    assert (event["UID"], event["SUMMARY"], event.start) == (ENTRY.uid, "Rendez-vous", ENTRY.starts_at)
    moved = gendarme.put(LATER, first.etag)
    assert moved.etag != first.etag
    [event] = gendarme.calendar.events()
    assert (event.start, event["SEQUENCE"]) == (LATER.starts_at, 1)
    assert gendarme.remove(ENTRY.uid, moved.etag).verdict.outcome is Outcome.DONE
    assert gendarme.calendar.events() == []
    assert gendarme.put(LATER).verdict.outcome is Outcome.DONE
    assert gendarme.calendar.uids == [ENTRY.uid]
    assert gendarme.asked == ["PUT", "PUT", "DELETE", "PUT"]


def test_each_request_names_the_version_that_it_replaces(gendarme):
    etag = gendarme.put(ENTRY).etag
    gendarme.put(LATER, etag)
    new, replacing = (one.headers for one in gendarme.door.received)
    assert (new["if-none-match"], replacing["if-match"]) == ("*", etag)
    assert "if-match" not in new
    assert "if-none-match" not in replacing


def test_what_stands_there_already_is_not_written_again(gendarme):
    """The answer to the first attempt may never have arrived."""
    etag = gendarme.put(ENTRY).etag
    again = gendarme.put(ENTRY)
    assert (again.verdict.outcome, again.etag, again.finding) == (Outcome.DONE, etag, None)
    assert gendarme.asked == ["PUT", "PUT", "GET"]


def test_an_older_version_of_ours_is_replaced_without_a_word(gendarme):
    gendarme.put(ENTRY)
    again = gendarme.put(LATER)
    assert (again.verdict.outcome, again.finding) == (Outcome.DONE, None)
    assert gendarme.asked == ["PUT", "PUT", "GET", "PUT"]
    assert gendarme.calendar.events()[0].start == LATER.starts_at


def test_what_was_moved_there_is_told_and_moved_back(gendarme):
    etag = gendarme.put(ENTRY).etag
    gendarme.calendar.change(name_of(ENTRY), (f"Europe/Paris:{HALF_PAST_NINE}", "Europe/Paris:20261130T083000"))
    again = gendarme.put(dataclasses.replace(ENTRY, sequence=1), etag)
    assert again.finding.deed is Deed.MOVED
    assert again.finding.starts_at == ENTRY.starts_at - timedelta(hours=1)
    assert gendarme.calendar.events()[0].start == ENTRY.starts_at


def test_what_was_deleted_there_is_told_and_put_back(gendarme):
    etag = gendarme.put(ENTRY).etag
    gendarme.calendar.delete(name_of(ENTRY))
    again = gendarme.put(LATER, etag)
    assert (again.verdict.outcome, again.finding.deed) == (Outcome.DONE, Deed.DELETED)
    assert gendarme.calendar.uids == [ENTRY.uid]


def test_what_is_not_there_is_removed_already(gendarme):
    assert gendarme.remove(ENTRY.uid).verdict.outcome is Outcome.DONE
    etag = gendarme.put(ENTRY).etag
    gendarme.calendar.delete(name_of(ENTRY))
    assert gendarme.remove(ENTRY.uid, etag).verdict.outcome is Outcome.DONE


def test_a_version_that_we_have_not_seen_is_looked_at_before_it_is_removed(gendarme):
    etag = gendarme.put(ENTRY).etag
    gendarme.calendar.change(name_of(ENTRY), ("SUMMARY:Rendez-vous", "SUMMARY:Chez moi"))
    assert gendarme.remove(ENTRY.uid, etag).verdict.outcome is Outcome.DONE
    assert gendarme.asked == ["PUT", "DELETE", "GET", "DELETE"]
    assert gendarme.calendar.events() == []


def test_an_event_that_is_not_ours_is_neither_overwritten_nor_removed(gendarme):
    gendarme.calendar.write(name_of(ENTRY), FOREIGN.format("somebody-else"))
    for exported in (gendarme.put(ENTRY), gendarme.put(ENTRY, '"guessed"'), gendarme.remove(ENTRY.uid)):
        assert (exported.verdict.outcome, exported.verdict.cause) == (Outcome.CONFLICT, "name_taken")
    assert gendarme.calendar.uids == ["somebody-else"]


def test_an_event_of_ours_under_another_name_is_a_conflict_until_it_is_reconciled(gendarme):
    gendarme.put(ENTRY)
    text = gendarme.calendar.read(name_of(ENTRY))
    gendarme.calendar.delete(name_of(ENTRY))
    gendarme.calendar.write("moved-by-a-program.ics", text)
    taken = gendarme.put(LATER)
    assert (taken.verdict.outcome, taken.verdict.cause) == (Outcome.CONFLICT, "uid_taken")
    reconciled = gendarme.reconcile([LATER])
    assert (reconciled.verdict.outcome, reconciled.findings) == (Outcome.DONE, ())
    assert gendarme.calendar.events()[0].start == LATER.starts_at


def test_two_exports_share_an_agenda_and_an_appointment(gendarme):
    other = UUID(int=0xF)
    theirs = appointment(1, other)
    gendarme.put(ENTRY)
    assert gendarme.put(theirs, export_id=other).verdict.outcome is Outcome.DONE
    assert gendarme.reconcile([]).changed == 1
    assert gendarme.calendar.uids == [theirs.uid]


def test_only_names_of_this_export_are_taken(gendarme):
    theirs = appointment(1, UUID(int=0xF))
    for errand in (lambda: gendarme.put(theirs), lambda: gendarme.remove(theirs.uid)):
        with pytest.raises(ValueError, match="export"):
            errand()
    with pytest.raises(ValueError, match="export"):
        gendarme.reconcile([theirs])
    assert gendarme.asked == []


def test_a_wrong_password_an_agenda_of_others_and_one_that_is_gone(gendarme, radicale):
    theirs = radicale.new_calendar("autre")
    base = gendarme.door.origin
    for account, outcome, cause in (
        ({"password": "faux"}, Outcome.SIGN_IN, "http_401"),
        ({"url": base + theirs.path}, Outcome.FORBIDDEN, "http_403"),
        ({"url": base + gendarme.calendar.path[:-2] + "x/"}, Outcome.GONE, "http_409"),
    ):
        verdict = gendarme.put(ENTRY, **account).verdict
        assert (verdict.outcome, verdict.cause) == (outcome, cause)
    for account, outcome in (
        ({"password": "faux"}, Outcome.SIGN_IN),
        ({"url": base + theirs.path}, Outcome.FORBIDDEN),
        ({"url": base + gendarme.calendar.path[:-2] + "x/"}, Outcome.GONE),
    ):
        reconciled = gendarme.reconcile([ENTRY], {ENTRY.uid}, **account)
        assert (reconciled.verdict.outcome, reconciled.known) == (outcome, {ENTRY.uid})


def test_an_address_that_nobody_has_allowed_is_never_called(gendarme):
    with pytest.raises(EndpointRefused, match="host_not_allowed"):
        gendarme.agenda(hosts="other.test")
    for url in (f"http://127.0.0.1{gendarme.calendar.path}", f"https://127.0.0.1{gendarme.calendar.path}"):
        with pytest.raises(EndpointRefused):
            gendarme.agenda(url=url)


def test_an_agenda_that_invites_says_so_and_a_refusal_is_seen(gendarme):
    invited = dataclasses.replace(
        ENTRY, organizer=Party("ne-pas-repondre@example.org"), attendee=Party("gendarme@example.org")
    )
    known = gendarme.reconcile([invited]).known
    gendarme.calendar.change(name_of(ENTRY), ("PARTSTAT=ACCEPTED", "PARTSTAT=DECLINED"))
    for _ in range(2):
        reconciled = gendarme.reconcile([invited], known)
        assert [(one.deed, one.uid) for one in reconciled.findings] == [(Deed.DECLINED, ENTRY.uid)]
        assert reconciled.changed == 0
    assert "DECLINED" in gendarme.calendar.read(name_of(ENTRY))
    moved = dataclasses.replace(LATER, organizer=invited.organizer, attendee=invited.attendee)
    assert gendarme.reconcile([moved], known).changed == 1
    assert "DECLINED" not in gendarme.calendar.read(name_of(ENTRY))

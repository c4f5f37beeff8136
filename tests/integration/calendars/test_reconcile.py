"""An agenda on a real Radicale is brought into line, whatever was done to it, and what is not ours stays."""

from __future__ import annotations

import dataclasses
from datetime import UTC, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from push.endpoint_guard import parse_https_url
from server.calendars.caldav.answers import Outcome
from server.calendars.caldav.errands import path_within
from server.calendars.caldav.held_events import write_object
from server.calendars.caldav.plan import Deed
from server.calendars.entries import Party, uid_of
from tests.integration.calendars.test_agenda import FOREIGN
from tests.support.agendas import EXPORT, HOST, appointment, name_of
from tests.support.push_service import Say
from tests.unit.calendars.drawn import entries

MANY = [appointment(number) for number in range(12)]


def test_an_empty_agenda_is_filled_and_then_left_alone(gendarme):
    first = gendarme.reconcile(MANY)
    assert (first.verdict.outcome, first.changed, first.findings) == (Outcome.DONE, 12, ())
    assert first.known == {entry.uid for entry in MANY}
    again = gendarme.reconcile(MANY, first.known)
    assert (again.verdict.outcome, again.changed, again.findings) == (Outcome.DONE, 0, ())
    assert gendarme.asked == ["REPORT", *["PUT"] * 12, "REPORT"]


def test_what_changed_is_written_what_ended_goes_and_others_stay(gendarme):
    gendarme.calendar.write("dentist.ics", FOREIGN.format("dentist"))
    known = gendarme.reconcile(MANY).known
    day = timedelta(days=1)
    moved = dataclasses.replace(MANY[0], starts_at=MANY[0].starts_at + day, ends_at=MANY[0].ends_at + day, sequence=1)
    after = gendarme.reconcile([moved, *MANY[1:8], appointment(20)], known)
    assert (after.verdict.outcome, after.changed, after.findings) == (Outcome.DONE, 6, ())
    starts = {str(event["UID"]): event.start for event in gendarme.calendar.events()}
    assert starts.pop("dentist")
    assert starts == {entry.uid: entry.starts_at for entry in [moved, *MANY[1:8], appointment(20)]}


def test_another_owner_is_named_in_events_that_were_there_before(gendarme):
    without = MANY[:2]
    service = Party("service@example.org")
    known = gendarme.reconcile(without).known
    for owner in (Party("martin@example.org"), Party("petit@example.org")):
        entries_now = [dataclasses.replace(entry, organizer=service, attendee=owner) for entry in without]
        for changed in (2, 0):
            after = gendarme.reconcile(entries_now, known)
            assert (after.verdict.outcome, after.changed, after.findings) == (Outcome.DONE, changed, ())
        assert {str(event["ATTENDEE"]) for event in gendarme.calendar.events()} == {f"mailto:{owner.address}"}


def test_only_our_events_are_asked_for(gendarme):
    """An agenda may hold years of somebody's life."""
    for number in range(5):
        gendarme.calendar.write(f"{number}.ics", FOREIGN.format(f"foreign-{number}"))
    gendarme.reconcile(MANY[:1])
    [listing, _] = gendarme.door.received
    answer = gendarme.calendar.ask("REPORT", "", listing.body, Depth="1")
    assert answer.status_code == 207
    assert b"foreign" not in answer.content
    assert answer.content.count(b"calendar-data") == 2


def test_what_a_gendarme_did_is_told_once_each_and_undone(gendarme):
    deleted, moved, renamed, cancelled, repeated, untouched = MANY[:6]
    known = gendarme.reconcile(MANY[:6]).known
    gendarme.calendar.delete(name_of(deleted))
    gendarme.calendar.change(name_of(moved), ("T093000", "T081500"))
    gendarme.calendar.change(name_of(renamed), ("SUMMARY:Rendez-vous", "SUMMARY:Pêche"))
    gendarme.calendar.change(name_of(cancelled), ("STATUS:CONFIRMED", "STATUS:CANCELLED"))
    gendarme.calendar.change(name_of(repeated), ("STATUS:CONFIRMED", "STATUS:CONFIRMED\r\nRRULE:FREQ=DAILY"))
    gendarme.calendar.change(name_of(untouched), ("STATUS:CONFIRMED", "STATUS:CONFIRMED\r\nCOLOR:red"))
    after = gendarme.reconcile(MANY[:6], known)
    assert {finding.uid: finding.deed for finding in after.findings} == {
        deleted.uid: Deed.DELETED,
        moved.uid: Deed.MOVED,
        renamed.uid: Deed.CHANGED,
        cancelled.uid: Deed.DECLINED,
        repeated.uid: Deed.CHANGED,
    }
    assert after.changed == 5
    assert {str(event["UID"]): event.start for event in gendarme.calendar.events()} == {
        entry.uid: entry.starts_at for entry in MANY[:6]
    }
    assert "COLOR:red" in gendarme.calendar.read(name_of(untouched))
    again = gendarme.reconcile(MANY[:6], after.known)
    assert (again.changed, again.findings) == (0, ())


@pytest.mark.parametrize("broken", range(6))
def test_interrupted_anywhere_it_is_finished_the_next_time(gendarme, broken):
    known = gendarme.reconcile(MANY[:3]).known
    wanted = [dataclasses.replace(MANY[0], title="Plainte"), *MANY[2:6]]
    gendarme.door.answer(*["forward"] * broken, Say(500))
    first = gendarme.reconcile(wanted, known)
    assert first.verdict.outcome is Outcome.RETRY
    assert first.changed == max(0, broken - 1)
    again = gendarme.reconcile(wanted, first.known)
    assert (again.verdict.outcome, again.findings) == (Outcome.DONE, ())
    assert gendarme.calendar.uids == sorted(entry.uid for entry in wanted)


def test_a_deletion_that_could_not_be_undone_yet_is_not_forgotten(gendarme):
    known = gendarme.reconcile(MANY[:2]).known
    gendarme.calendar.delete(name_of(MANY[0]))
    gendarme.door.answer("forward", Say(503))
    for outcome in (Outcome.RETRY, Outcome.DONE):
        after = gendarme.reconcile(MANY[:2], known)
        known = after.known
        assert after.verdict.outcome is outcome
        assert [finding.deed for finding in after.findings] == [Deed.DELETED]
    assert gendarme.reconcile(MANY[:2], known).findings == ()


def test_one_event_that_is_refused_holds_up_no_other(gendarme):
    gendarme.calendar.write(name_of(MANY[0]), FOREIGN.format("in-the-way"))
    after = gendarme.reconcile(MANY[:3])
    assert (after.verdict.outcome, after.verdict.cause, after.changed) == (Outcome.CONFLICT, "name_taken", 2)
    assert after.known == {entry.uid for entry in MANY[1:3]}
    assert gendarme.calendar.uids == sorted(["in-the-way", *(entry.uid for entry in MANY[1:3])])


# The agenda is emptied by each example's own reconciliation.
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data())
def test_any_text_zone_and_instant_stands_there_as_it_was_meant(gendarme, radicale, data):
    numbers = data.draw(st.lists(st.uuids(), min_size=1, max_size=4, unique=True))
    said = [data.draw(entries(uid=uid_of(number, HOST, EXPORT))) for number in numbers]
    printed = len(radicale.printed())
    assert gendarme.reconcile(said).verdict.outcome is Outcome.DONE
    found = {str(event["UID"]): event for event in gendarme.calendar.events()}
    assert found.keys() == {entry.uid for entry in said}
    for entry in said:
        event = found[entry.uid]
        assert (event.start.astimezone(UTC), event.end.astimezone(UTC)) == (entry.starts_at, entry.ends_at)
        assert " ".join(str(event["SUMMARY"]).split()) == " ".join(entry.title.split())
    again = gendarme.reconcile(said, {entry.uid for entry in said})
    assert (again.changed, again.findings) == (0, ())
    assert "WARNING" not in radicale.printed()[printed:]


LISTED = (
    '<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response><d:href>{}</d:href>'
    "<d:propstat><d:prop><d:getetag>&quot;1&quot;</d:getetag><c:calendar-data>{}</c:calendar-data></d:prop></d:propstat>"
    "</d:response></d:multistatus>"
)


@pytest.mark.parametrize(
    "place", ["/ailleurs/", "https://autre.test{}", "https://agenda.test:1{}", "http://agenda.test{}"]
)
def test_ours_that_is_listed_elsewhere_is_no_deletion(gendarme, place):
    """A server behind a proxy that names other paths than we ask at: nothing there can be told from something else."""
    entry = appointment(1)
    href = place.format(gendarme.calendar.path) + name_of(entry)
    gendarme.door.answer(Say(207, body=LISTED.format(href, write_object(entry).decode()).encode()))
    reconciled = gendarme.reconcile([entry], {entry.uid})
    assert (reconciled.verdict.outcome, reconciled.verdict.cause) == (Outcome.REFUSED, "not_caldav")
    assert (reconciled.findings, gendarme.asked) == ((), ["REPORT"])
    assert reconciled.known == {entry.uid}


def test_an_address_with_the_usual_port_is_the_same():
    collection = parse_https_url("https://agenda.test/a/")
    for href in (
        "/a/1.ics",
        "https://agenda.test/a/1.ics",
        "https://Agenda.Test:443/a/1.ics",
        "HTTPS://agenda.test/a/1.ics",
    ):
        assert path_within(collection, href) == "/a/1.ics"
    for href in ("https://agenda.test:8443/a/1.ics", "//agenda.test/a/1.ics", "/b/1.ics", "/a/../b/1.ics", "1.ics", ""):
        assert path_within(collection, href) is None

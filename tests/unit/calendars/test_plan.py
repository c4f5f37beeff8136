"""The plan for an agenda: whatever stands there, however often it is interrupted, it comes to the same end."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.calendars.caldav.held_events import HeldEvent, content_of, read_object, write_object
from server.calendars.caldav.plan import Deed, Put, Remove, find_deed, make_plan
from tests.support.agendas import EXPORT, HOST, appointment

ENDING = f".{EXPORT}@{HOST}"
HOUR = timedelta(hours=1)
ENTRY = appointment(1)


def held(entry, path=None, etag='"1"', **changes) -> HeldEvent:
    """The event that a server has after we have put `entry`, but for the changes."""
    event = read_object(write_object(entry), path or f"/{entry.uid}", etag)
    assert event is not None
    return dataclasses.replace(event, **changes)


def with_content(event, **changes) -> HeldEvent:
    """`event` after somebody has changed what it says."""
    return dataclasses.replace(event, content=dataclasses.replace(event.content, **changes))


def moved(event) -> HeldEvent:
    return with_content(event, starts_at=event.content.starts_at + HOUR, ends_at=event.content.ends_at + HOUR)


DEEDS = {
    "nothing": lambda event: event,
    "moved": moved,
    "words": lambda event: with_content(event, title="Chez moi"),
    "cancelled": lambda event: with_content(event, status="CANCELLED"),
    "declined": lambda event: dataclasses.replace(event, declined=True),
    "repeats": lambda event: dataclasses.replace(event, content=None),
    "mark": lambda event: dataclasses.replace(event, mark=""),
}
versions = st.builds(
    lambda number, sequence: appointment(
        number, sequence=sequence, starts_at=ENTRY.starts_at + sequence * HOUR, ends_at=ENTRY.ends_at + sequence * HOUR
    ),
    st.integers(1, 6),
    st.integers(0, 2),
)
events = st.builds(lambda entry, deed: DEEDS[deed](held(entry)), versions, st.sampled_from(sorted(DEEDS)))
foreign = st.builds(
    lambda number, export: held(appointment(number, export)), st.integers(1, 6), st.sampled_from([UUID(int=0), None])
)


class Server:
    """As strict as a CalDAV server: each step must name what is there, and a name may stand once only."""

    def __init__(self, events) -> None:
        self._versions = 0
        self.held: dict[str, HeldEvent] = {}
        for number, event in enumerate(events):
            self._keep(event, f"/{number}.ics")

    def _keep(self, event, path) -> None:
        self._versions += 1
        self.held[path] = dataclasses.replace(event, path=path, etag=f'"{self._versions}"')

    def take(self, step) -> None:
        if isinstance(step, Remove):
            assert self.held.pop(step.path).etag == step.etag
            return
        path = step.path or f"/{step.entry.uid}"
        there = self.held.pop(path, None)
        assert (there and there.etag) == step.etag
        assert all(event.uid != step.entry.uid for event in self.held.values())
        self._keep(held(step.entry), path)

    def do(self, path, deed) -> None:
        """What the gendarme does, between two of our steps."""
        event = self.held.pop(path)
        if deed != "deleted":
            self._keep(DEEDS[deed](event) if event.content else event, path)


@settings(max_examples=300)
@given(
    st.lists(versions, unique_by=lambda entry: entry.uid),
    st.lists(events | foreign, max_size=10),
    st.lists(st.tuples(st.integers(0, 12), st.sampled_from([*sorted(DEEDS), "deleted"])), max_size=4),
    st.data(),
)
def test_interrupted_anywhere_and_repeated_it_ends_in_the_confirmed_set(confirmed, there, interruptions, data):
    server = Server(there)
    others = {path: event for path, event in server.held.items() if not event.uid.endswith(ENDING)}
    known = data.draw(st.sets(st.sampled_from([entry.uid for entry in confirmed]))) if confirmed else set()
    for steps, deed in interruptions:
        for step in make_plan(confirmed, server.held.values(), known, ENDING).steps[:steps]:
            server.take(step)
        ours = sorted(path for path in server.held if path not in others)
        if ours:
            server.do(data.draw(st.sampled_from(ours)), deed)
    for step in make_plan(confirmed, server.held.values(), known, ENDING).steps:
        server.take(step)
    ours = {event.uid: event for path, event in server.held.items() if path not in others}
    assert len(ours) + len(others) == len(server.held)
    assert ours.keys() == {entry.uid for entry in confirmed}
    assert all(ours[entry.uid].says(entry) for entry in confirmed)
    assert others.items() <= server.held.items()
    assert make_plan(confirmed, server.held.values(), known, ENDING).steps == ()


@given(st.lists(foreign), st.sets(st.text()))
def test_what_is_not_ours_is_no_ones_business(there, known):
    assert make_plan([], there, known, ENDING).steps == ()
    assert make_plan([], there, known, ENDING).findings == ()


@pytest.mark.parametrize(
    ("deed", "found"),
    [
        ("nothing", None),
        ("mark", None),
        ("moved", Deed.MOVED),
        ("words", Deed.CHANGED),
        ("repeats", Deed.CHANGED),
        ("cancelled", Deed.DECLINED),
        ("declined", Deed.DECLINED),
    ],
)
def test_each_deed_is_found_and_none_is_obeyed(deed, found):
    event = DEEDS[deed](held(ENTRY))
    finding = find_deed(ENTRY, event)
    assert (finding and finding.deed) == found
    plan = make_plan([ENTRY], [event], (), ENDING)
    assert plan.findings == ((finding,) if finding else ())
    # A refusal is left standing: it says what the gendarme thinks, and takes no time from anybody.
    left = deed in ("nothing", "mark", "declined")
    assert plan.steps == (() if left else (Put(ENTRY, event.path, event.etag),))


def test_a_finding_says_where_it_was_moved_to():
    finding = find_deed(ENTRY, moved(held(ENTRY)))
    assert finding is not None
    assert (finding.starts_at, finding.sequence) == (ENTRY.starts_at + HOUR, 0)


@pytest.mark.parametrize("deed", ["moved", "words"])
def test_an_older_version_of_ours_is_no_deed(deed):
    """The server still has what we wrote before the appointment changed."""
    changed = {
        "moved": {"starts_at": ENTRY.starts_at + HOUR, "ends_at": ENTRY.ends_at + HOUR},
        "words": {"title": "Plainte"},
    }[deed]
    now = dataclasses.replace(ENTRY, sequence=1, **changed)
    plan = make_plan([now], [held(ENTRY)], {ENTRY.uid}, ENDING)
    assert plan.findings == ()
    assert plan.steps == (Put(now, f"/{ENTRY.uid}", '"1"'),)


def test_other_words_at_an_hour_that_was_ours_are_no_move():
    """The gendarme renamed it, and then the appointment moved."""
    now = dataclasses.replace(ENTRY, sequence=1, starts_at=ENTRY.starts_at + HOUR, ends_at=ENTRY.ends_at + HOUR)
    for deed, found in (("words", Deed.CHANGED), ("mark", Deed.MOVED)):
        finding = find_deed(now, DEEDS[deed](held(ENTRY)))
        assert finding is not None
        assert finding.deed is found


def test_what_is_gone_was_deleted_only_if_it_was_there():
    assert make_plan([ENTRY], [], (), ENDING).findings == ()
    [finding] = make_plan([ENTRY], [], {ENTRY.uid}, ENDING).findings
    assert (finding.deed, finding.uid) == (Deed.DELETED, ENTRY.uid)
    assert make_plan([], [], {ENTRY.uid}, ENDING).findings == ()


def test_a_higher_sequence_alone_is_written_and_a_lower_one_is_not():
    """Programs count up when somebody sets an alarm."""
    counted = dataclasses.replace(ENTRY, sequence=2)
    assert make_plan([ENTRY], [held(counted)], (), ENDING).steps == ()
    assert len(make_plan([counted], [held(ENTRY)], (), ENDING).steps) == 1


def test_of_copies_the_right_one_stays():
    wrong, right = moved(held(ENTRY, path="/a")), held(ENTRY, path="/b", etag='"2"')
    assert make_plan([ENTRY], [wrong, right], (), ENDING).steps == (Remove(ENTRY.uid, "/a", '"1"'),)


def test_the_mark_tells_each_part_of_what_is_said():
    content = content_of(ENTRY)
    changes = {"starts_at": content.starts_at + HOUR, "ends_at": content.ends_at + HOUR, "status": "TENTATIVE"}
    for name, value in {**changes, "title": "x", "location": "x", "description": "x"}.items():
        assert dataclasses.replace(content, **{name: value}).mark != content.mark

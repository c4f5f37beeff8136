"""Whatever changes in whichever order: the index equals what the rules compute from scratch, and so do the slots."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.queries.slot_explanations import explain_slots
from models.queries.slots import find_slots, next_slots
from models.rules.actor import Role
from models.rules.appointments import State
from models.tables import Absence, Appointment, AppointmentAgent, OpeningWindow, Reason
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.recomputation import overlaps, recomputed_gaps, recomputed_slots, stored_gaps
from tests.support.seed import NOW, seed_agent, seed_unit

MONDAY = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
REASONS = ("complaint", "fraud", "road", "other")
ENDS = (State.CANCELLED, State.MOVED, State.EXPIRED, State.NO_SHOW)

quarter = st.integers(0, 4 * 24 * 3).map(lambda quarters: MONDAY + timedelta(minutes=15 * quarters))
length = st.integers(1, 40).map(lambda quarters: timedelta(minutes=15 * quarters))
pick = st.integers(0, 10**6)
change = st.one_of(
    st.tuples(st.just("open"), quarter, length, pick),
    st.tuples(st.just("close"), quarter, length, pick),
    st.tuples(st.just("shorten"), quarter, length, pick),
    *[st.tuples(st.just("book"), quarter, length, pick)] * 4,
    st.tuples(st.just("end"), quarter, length, pick),
    st.tuples(st.just("move"), quarter, length, pick),
    st.tuples(st.just("take"), quarter, length, pick),
    st.tuples(st.just("leave"), quarter, length, pick),
    st.tuples(st.just("absent"), quarter, length, pick),
    st.tuples(st.just("back"), quarter, length, pick),
)


class Desk:
    """One unit with three gendarmes and whatever is changed there; what the database refuses is left out."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.unit = seed_unit(session)
        self.agents = [seed_agent(session, self.unit, Role.CHIEF) for _ in range(3)]
        seed_windows(session, self.agents[0], MONDAY, MONDAY + timedelta(hours=9), counters=2)
        seed_windows(session, self.agents[0], MONDAY, MONDAY + timedelta(hours=9), agent=self.agents[1])

    def apply(self, kind: str, at: datetime, length: timedelta, pick: int) -> None:
        with suppress(IntegrityError), self.session.begin_nested():
            getattr(self, kind)(at, length, pick)
            self.session.flush()

    def one(self, query, pick):
        rows = self.session.scalars(query).all()
        return rows[pick % len(rows)] if rows else None

    def window(self, pick):
        return self.one(select(OpeningWindow).order_by(OpeningWindow.id), pick)

    def active(self, pick):
        return self.one(select(Appointment).where(Appointment.ended_at.is_(None)).order_by(Appointment.starts_at), pick)

    def open(self, at, length, pick):
        agent = (None, None, *self.agents)[pick % 5]
        reasons = REASONS[: pick % 3]
        place = ("unit", "unit", "town_hall")[pick % 3]
        count = 1 if agent else 1 + pick % 2
        chief = self.agents[0]
        seed_windows(
            self.session, chief, at, at + length, counters=count, agent=agent, reasons=reasons, place_kind=place
        )

    def close(self, at, length, pick):
        window = self.window(pick)
        if window is not None:
            self.session.execute(delete(OpeningWindow).where(OpeningWindow.id == window.id))
            self.session.expire_all()

    def shorten(self, at, length, pick):
        window = self.window(pick)
        if window is not None:
            window.during = Range(window.during.lower, window.during.lower + length)

    def book(self, at, length, pick):
        window = self.window(pick)
        if window is not None:
            minutes = 10 + pick % 80
            state = (State.HELD, State.REQUESTED, State.CONFIRMED)[pick % 3]
            agents = [window_agent] if (window_agent := self.agent_of(window)) else []
            seed_appointment(self.session, window, at, minutes=minutes, buffer=pick % 20, state=state, agents=agents)

    def agent_of(self, window):
        return next((agent for agent in self.agents if agent.id == window.agent_id), None)

    def end(self, at, length, pick):
        appointment = self.active(pick)
        if appointment is not None:
            appointment.state = State.EXPIRED if appointment.booking_id is None else ENDS[pick % len(ENDS)]
            appointment.ended_at, appointment.held_until = NOW, None

    def move(self, at, length, pick):
        appointment = self.active(pick)
        if appointment is not None:
            appointment.starts_at, appointment.ends_at = at, at + length
            appointment.occupied = Range(at, at + length)
            appointment.counter_id = self.window(pick).counter_id if self.window(pick) else appointment.counter_id

    def take(self, at, length, pick):
        appointment, agent = self.active(pick), self.agents[pick % 3]
        if appointment is not None:
            self.session.add(
                AppointmentAgent(
                    appointment_id=appointment.id,
                    agent_id=agent.id,
                    occupied=appointment.occupied,
                    occupies=True,
                    taken_at=NOW,
                    named_by_id=agent.id,
                )
            )

    def leave(self, at, length, pick):
        named = self.one(select(AppointmentAgent).order_by(AppointmentAgent.occupied), pick)
        if named is not None:
            self.session.delete(named)

    def absent(self, at, length, pick):
        agent, source = self.agents[pick % 3], ("own", "planning")[pick % 2]
        self.session.add(
            Absence(id=uuid4(), agent_id=agent.id, during=Range(at, at + length), source=source, declared_at=NOW)
        )

    def back(self, at, length, pick):
        absence = self.one(select(Absence).where(Absence.cancelled_at.is_(None)).order_by(Absence.during), pick)
        if absence is not None:
            absence.cancelled_at, absence.cancelled_by_id = NOW, absence.agent_id


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(change, min_size=5, max_size=25), reason_code=st.sampled_from(REASONS), late=length)
def test_the_index_and_the_slots_equal_a_recomputation_after_any_changes(session, changes, reason_code, late):
    with session.begin_nested() as savepoint:
        desk = Desk(session)
        for one in changes:
            desk.apply(*one)
        session.expire_all()
        assert stored_gaps(session) == recomputed_gaps(session)
        assert overlaps(session) == {}
        now, reason = MONDAY - timedelta(hours=3) + late, session.get_one(Reason, reason_code)
        expected = recomputed_slots(session, desk.unit.id, reason, now)
        found = find_slots(session, desk.unit.id, reason_code, date(2026, 11, 29), date(2026, 12, 20), now)
        assert [_plain(slot) for slot in found] == [_plain(slot) for slot in expected]
        assert next_slots(session, desk.unit.id, reason_code, now, 5) == found[:5]
        explained = explain_slots(session, desk.unit.id, reason_code, date(2026, 11, 29), date(2026, 12, 20), now)
        assert [start for day in explained for start in day.offered] == [slot.starts_at for slot in found]
        day = find_slots(session, desk.unit.id, reason_code, date(2026, 12, 1), date(2026, 12, 1), now)
        paris = timedelta(hours=1)
        assert day == [slot for slot in found if (slot.starts_at + paris).date() == date(2026, 12, 1)]
        savepoint.rollback()


def _plain(slot):
    return slot.starts_at, slot.ends_at, sorted(slot.choices)


@pytest.mark.parametrize("door", ["open", "close", "shorten", "book", "end", "move", "take", "leave", "absent", "back"])
def test_the_changes_above_really_happen(session, door):
    """A desk whose every change is refused would prove nothing."""
    desk = Desk(session)
    at = MONDAY + timedelta(hours=1)
    desk.apply("book", at, timedelta(minutes=30), 30)
    desk.apply("absent", at + timedelta(hours=4), timedelta(minutes=30), 1)
    if door == "leave":
        desk.apply("take", at, timedelta(minutes=30), 1)
    before = (stored_gaps(session), session.scalar(select(AppointmentAgent.agent_id)))
    desk.apply(door, at + timedelta(hours=2), timedelta(minutes=45), {"take": 1, "absent": 1, "back": 0}.get(door, 2))
    session.expire_all()
    after = (stored_gaps(session), session.scalar(select(AppointmentAgent.agent_id)))
    assert after != before

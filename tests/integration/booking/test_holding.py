from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import Range

from models.rules.appointments import State
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.request_lifecycle import Verdict
from models.tables import Absence, Appointment, AppointmentAgent, AppointmentResource, Event, Resource
from server.services._holds import overdue
from server.services.release_hold import ReleaseHold, release_hold
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.bookings import NINE, at, book, change_reason, keep, row
from tests.support.seed import NOW, TOKENS, seed_agent


def test_a_time_is_held_for_ten_minutes_and_nobody_else_gets_it(session, unit, chief):
    (window,) = seed_windows(session, chief, NINE, at(3))
    held = keep(session, unit.id, reason="complaint")
    assert (held.starts_at, held.ends_at, held.held_until) == (NINE, at(1), NOW + timedelta(minutes=10))
    assert held.place_kind == "unit"
    appointment = row(session, held.appointment_id)
    assert (appointment.state, appointment.counter_id) == (State.HELD, window.counter_id)
    assert appointment.occurrence_id == window.occurrence_id
    # The pause after it is kept free too.
    assert appointment.occupied.upper == at(1) + timedelta(minutes=10)
    # Only a hash of the token is kept, and no event tells terminals of somebody who only looks.
    assert held.hold_token.encode() not in appointment.hold_token_hash
    assert session.scalar(select(func.count()).select_from(Event)) == 0

    with pytest.raises(Conflict, match="slot_taken") as refused:
        keep(session, unit.id, reason="complaint")
    assert refused.value.detail == {"next": [(at(1) + timedelta(minutes=10)).isoformat()]}


def test_who_comes_too_late_is_told_the_next_three_times(session, unit, chief):
    seed_windows(session, chief, NINE, at(3))
    keep(session, unit.id)
    with pytest.raises(Conflict) as refused:
        keep(session, unit.id)
    assert refused.value.detail == {"next": [at(hours).isoformat() for hours in (0.5, 1, 1.5)]}


def test_the_next_times_may_be_far(session, unit, chief):
    seed_windows(session, chief, NINE, at(0.5))
    seed_windows(session, chief, at(24 * 20), at(24 * 20 + 0.5))
    keep(session, unit.id)
    with pytest.raises(Conflict) as refused:
        keep(session, unit.id)
    assert refused.value.detail == {"next": [at(24 * 20).isoformat()]}


def test_what_runs_out_is_free_again_without_waiting_for_a_job(session, unit, chief):
    seed_windows(session, chief, NINE, at(0.5))
    first = keep(session, unit.id)
    with pytest.raises(Conflict):
        keep(session, unit.id, now=NOW + timedelta(minutes=9, seconds=59))
    later = NOW + timedelta(minutes=10)
    assert [one.id for one in overdue(session, unit.id, later)] == [first.appointment_id]
    second = keep(session, unit.id, now=later)
    assert row(session, first.appointment_id).state == State.EXPIRED
    assert row(session, first.appointment_id).ended_by == "time"
    assert row(session, second.appointment_id).state == State.HELD


def test_the_counter_where_it_wastes_least_is_chosen(session, unit, chief):
    seed_windows(session, chief, NINE, at(4))
    (tight,) = seed_windows(session, chief, NINE, at(0.5))
    assert row(session, keep(session, unit.id).appointment_id).counter_id == tight.counter_id


def test_a_start_beside_the_grid_is_fine_as_long_as_it_is_free(session, unit, chief):
    seed_windows(session, chief, NINE, at(2))
    assert keep(session, unit.id, at(0.25)).starts_at == at(0.25)
    with pytest.raises(Conflict):
        keep(session, unit.id, at(0.5))


@pytest.mark.parametrize(
    ("starts_at", "why"),
    [
        (NINE - timedelta(minutes=5), "before the opening"),
        (at(1) - timedelta(minutes=25), "not enough time is left"),
        (NOW + timedelta(hours=2), "less than the notice of two hours"),
        (NOW + timedelta(days=61), "beyond the horizon"),
    ],
)
def test_what_is_not_bookable_is_refused(session, unit, chief, starts_at, why):
    seed_windows(session, chief, NINE, at(1))
    for start in (NOW + timedelta(hours=1), NOW + timedelta(days=60, hours=12)):
        seed_windows(session, chief, start, start + timedelta(hours=24))
    with pytest.raises(Conflict, match="slot_taken"):
        keep(session, unit.id, starts_at, now=NOW + timedelta(minutes=1), reason="road")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"reason": "unheard_of"}, "reason_code", "unknown"),
        ({"place_kind": "home"}, "place_kind", "unknown"),
        ({"starts_at": NINE + timedelta(seconds=1)}, "starts_at", "off_grid"),
    ],
)
def test_a_wrong_question_is_said_field_by_field(session, unit, chief, changes, field, code):
    seed_windows(session, chief, NINE, at(1))
    with pytest.raises(Invalid) as refused:
        keep(session, unit.id, **changes)
    assert refused.value.detail == {"fields": {field: code}}


@pytest.mark.parametrize("column", ["active", "bookable"])
def test_a_reason_that_is_not_bookable_is_unknown(session, unit, chief, column):
    seed_windows(session, chief, NINE, at(1))
    change_reason(session, "neighbours", **{column: False})
    with pytest.raises(Invalid):
        keep(session, unit.id)


def test_there_is_no_such_unit(session):
    with pytest.raises(NotFound, match="no_such_unit"):
        keep(session, 999)


def test_a_window_serves_its_reasons_at_places_of_the_reason(session, unit, chief):
    seed_windows(session, chief, NINE, at(1), reasons=["road"])
    seed_windows(session, chief, NINE, at(1), place_kind="town_hall")
    seed_windows(session, chief, NINE, at(1), place_kind="video")
    assert keep(session, unit.id, reason="neighbours").place_kind == "town_hall"
    with pytest.raises(Conflict):
        keep(session, unit.id, reason="neighbours")
    with pytest.raises(Conflict):
        keep(session, unit.id, reason="complaint")
    assert keep(session, unit.id, reason="fraud", place_kind="video").place_kind == "video"
    assert keep(session, unit.id, reason="road").place_kind == "unit"


def test_the_gendarme_of_a_named_window_is_taken_with_it(session, unit, chief):
    gendarme = seed_agent(session, unit)
    seed_windows(session, chief, NINE, at(1), agent=gendarme)
    held = keep(session, unit.id)
    (named,) = session.scalars(select(AppointmentAgent))
    assert (named.appointment_id, named.agent_id, named.named_by_id) == (held.appointment_id, gendarme.id, None)


def test_a_gendarme_who_is_busy_elsewhere_is_not_at_their_own_window(session, unit, chief):
    gendarme = seed_agent(session, unit)
    (beside,) = seed_windows(session, chief, at(1), at(1.5))
    seed_appointment(session, beside, at(1), agents=[gendarme])
    seed_windows(session, chief, NINE, at(2), agent=gendarme)
    with pytest.raises(Conflict) as refused:
        keep(session, unit.id, at(1))
    assert refused.value.detail == {"next": [at(hours).isoformat() for hours in (0, 0.5, 1.5)]}


def test_a_room_is_taken_with_the_counter_and_two_need_two(session, unit, chief):
    seed_windows(session, chief, NINE, at(1.75), counters=3)
    rooms = [Resource(unit_id=unit.id, kind="room", name=name) for name in ("A", "B")]
    session.add_all(rooms)
    session.add(Resource(unit_id=unit.id, kind="room", name="closed", active=False))
    session.flush()
    for _ in rooms:
        keep(session, unit.id, reason="domestic_violence")
    taken = session.scalars(select(AppointmentResource.resource_id).order_by(AppointmentResource.resource_id)).all()
    assert taken == [room.id for room in rooms]
    with pytest.raises(Conflict, match="slot_taken"):
        keep(session, unit.id, reason="domestic_violence")
    # Other reasons need none.
    keep(session, unit.id, reason="neighbours")


def test_a_unit_without_rooms_receives_all_the_same(session, unit, chief):
    seed_windows(session, chief, NINE, at(2))
    keep(session, unit.id, reason="domestic_violence")
    assert session.scalar(select(func.count()).select_from(AppointmentResource)) == 0


def test_a_refusal_of_the_database_is_said_as_one_of_ours(session, unit, chief):
    """Somebody who wrote behind the lock is found by the constraint, not by the look before it."""
    seed_windows(session, chief, NINE, at(2))
    keep(session, unit.id)
    # The index that is read lies, as if the other one had committed just now.
    session.execute(text("UPDATE free_times SET starts_at = lower(w.during) FROM opening_windows w"))
    with pytest.raises(Conflict, match="slot_taken"):
        keep(session, unit.id)
    assert session.scalar(select(func.count()).select_from(Appointment)) == 1


def test_letting_go_frees_the_time_and_again_is_harmless(session, unit, chief):
    seed_windows(session, chief, NINE, at(0.5))
    held = keep(session, unit.id)
    assert release_hold(session, ReleaseHold(held.hold_token), NOW, TOKENS) is Verdict.APPLY
    assert row(session, held.appointment_id).state == State.CANCELLED
    assert release_hold(session, ReleaseHold(held.hold_token), NOW, TOKENS) is Verdict.NOOP
    assert release_hold(session, ReleaseHold("nobody's"), NOW, TOKENS) is Verdict.NOOP
    book(session, unit.id)


def test_what_was_booked_is_not_let_go_by_its_old_token(session, unit, chief):
    seed_windows(session, chief, NINE, at(0.5))
    held = keep(session, unit.id)
    release_hold(session, ReleaseHold(held.hold_token), NOW, TOKENS)
    booked = book(session, unit.id)
    assert release_hold(session, ReleaseHold(held.hold_token), NOW, TOKENS) is Verdict.NOOP
    assert row(session, booked.appointment_id).state == State.CONFIRMED


class TestTwoGendarmes:
    """A reason that needs two gendarmes takes both together with the counter, or nothing."""

    @pytest.fixture(autouse=True)
    def at_once(self, session):
        change_reason(session, "neighbours", agents_needed=2)

    def names(self, session, appointment_id):
        who = AppointmentAgent.appointment_id == appointment_id
        return sorted(session.scalars(select(AppointmentAgent.agent_id).where(who)))

    def test_both_are_taken_with_the_counter_and_let_go_with_it(self, session, unit, chief):
        seed_windows(session, chief, NINE, at(3), counters=3)
        pair = [chief, seed_agent(session, unit)]
        held = keep(session, unit.id)
        assert row(session, held.appointment_id).agents_needed == 2
        assert self.names(session, held.appointment_id) == sorted(agent.id for agent in pair)
        # Two counters are free, but nobody to receive there.
        with pytest.raises(Conflict, match="slot_taken") as refused:
            keep(session, unit.id)
        assert refused.value.detail == {"next": [at(hours).isoformat() for hours in (0.5, 1, 1.5)]}
        release_hold(session, ReleaseHold(held.hold_token), NOW, TOKENS)
        keep(session, unit.id)

    def test_whom_the_window_names_is_one_of_them(self, session, unit, chief):
        pair = [seed_agent(session, unit), seed_agent(session, unit)]
        seed_windows(session, chief, NINE, at(0.5), agent=pair[1])
        assert pair[1].id in self.names(session, keep(session, unit.id).appointment_id)

    def test_who_has_the_least_to_do_that_week_is_chosen(self, session, unit, chief):
        (window,) = seed_windows(session, chief, NINE, at(30))
        others = [seed_agent(session, unit), seed_agent(session, unit)]
        seed_appointment(session, window, at(24), agents=[chief])
        held = keep(session, unit.id)
        assert self.names(session, held.appointment_id) == sorted(agent.id for agent in others)

    def test_who_is_absent_or_no_longer_serves_is_not_chosen(self, session, unit, chief):
        seed_windows(session, chief, NINE, at(1))
        absent, gone = seed_agent(session, unit), seed_agent(session, unit)
        gone.active = False
        session.add(
            Absence(
                id=uuid4(), agent_id=absent.id, during=Range(NINE, at(0.5)), source="own", declared_at=NOW,
                declared_by_id=absent.id,
            )
        )  # fmt: skip
        session.flush()
        with pytest.raises(Conflict, match="slot_taken") as refused:
            keep(session, unit.id)
        assert refused.value.detail == {"next": [at(0.5).isoformat()]}

    def test_a_unit_that_lists_one_gendarme_still_receives(self, session, unit, chief):
        seed_windows(session, chief, NINE, at(1))
        assert self.names(session, keep(session, unit.id).appointment_id) == []

"""Counters that the planning leaves nobody for: not offered, not held, and explained; without a planning, as ever."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from models.queries.booking_terms import terms_of
from models.queries.earliest import earliest_around
from models.queries.free_gaps import slots_between
from models.queries.slot_explanations import explain_slots
from models.queries.slots import find_slots, next_slots
from models.rules.actor import Role, SystemActor
from models.rules.errors import Conflict
from models.rules.slot_explanations import Rule
from models.tables import Reason
from server.services._offers import move_to_other_counter, offer_instead, reoffer
from server.services.offer_earlier import OfferEarlier, offer_earlier
from server.services.take_appointment import TakeAppointment, take_appointment
from server.services.want_earlier import WantEarlier, want_earlier
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, keep, row
from tests.support.planned import import_absence, seed_source, statements
from tests.support.seed import NOW, actor_of, seed_agent, seed_unit

DAY = date(2026, 12, 1)
CLOCK = SystemActor("test")


@pytest.fixture
def martin(session, unit):
    return seed_agent(session, unit, name="Adj. Martin")


@pytest.fixture(autouse=True)
def windows(session, chief):
    """From nine to eleven at five counters of the unit."""
    return seed_windows(session, chief, NINE, at(2), counters=5)


@pytest.fixture
def source(session, chief):
    """The chief's calendar: from here on, people count."""
    return seed_source(session, chief)


def every_way_to_ask(session, unit):
    """What each search finds on that day: they must agree."""
    session.flush()
    reason = session.get_one(Reason, "neighbours")
    found = [slot.starts_at for slot in find_slots(session, unit.id, "neighbours", DAY, DAY, NOW)]
    assert [slot.starts_at for slot in next_slots(session, unit.id, "neighbours", NOW, 20)] == found
    between = slots_between(session, unit.id, reason, NOW, at(24), terms_of(reason), NOW)
    assert [slot.starts_at for slot in between] == found
    (own,) = earliest_around(session, unit.id, "neighbours", NOW, starts=20)
    assert [slot.starts_at for slot in own.slots] == found
    (day,) = explain_slots(session, unit.id, "neighbours", DAY, DAY, NOW)
    assert list(day.offered) == found
    return found


def refused(session, unit, starts_at=NINE):
    with pytest.raises(Conflict) as refusal:
        keep(session, unit.id, starts_at)
    assert refusal.value.code == "slot_taken"
    return [datetime.fromisoformat(start) for start in refusal.value.detail["next"]]


def test_without_a_planning_counters_alone_decide(session, unit):
    for _ in range(5):
        book(session, unit.id)
    assert every_way_to_ask(session, unit) == [at(0.5), at(1), at(1.5)]
    assert refused(session, unit) == [at(0.5), at(1), at(1.5)]


def test_with_one_no_more_are_booked_than_are_left(session, unit, chief, martin, source):
    book(session, unit.id)
    assert every_way_to_ask(session, unit) == [at(0), at(0.5), at(1), at(1.5)]
    book(session, unit.id)
    assert every_way_to_ask(session, unit) == [at(0.5), at(1), at(1.5)]
    assert refused(session, unit) == [at(0.5), at(1), at(1.5)]


def test_who_is_away_or_named_elsewhere_is_not_left(session, unit, chief, martin, source):
    import_absence(session, source, chief, at(0.25), at(0.75))
    booked = book(session, unit.id, at(0.5))
    assert every_way_to_ask(session, unit) == [at(0), at(1), at(1.5)]
    take_appointment(session, TakeAppointment(booked.appointment_id), actor_of(martin), NOW)
    # The very same: whoever is named is no longer free, and the appointment waits for nobody.
    assert every_way_to_ask(session, unit) == [at(0), at(1), at(1.5)]


def test_a_colleague_who_only_operates_is_nobody_to_receive(session, unit, chief, source):
    seed_agent(session, unit, Role.OPERATOR)
    book(session, unit.id)
    assert at(0) not in every_way_to_ask(session, unit)


def test_the_planning_counts_until_it_is_revoked(session, unit, chief, source):
    import_absence(session, source, chief, NINE, at(2))
    source.paused_at, source.paused_by_id, source.silent_since = NOW, chief.id, NOW
    assert every_way_to_ask(session, unit) == []
    source.revoked_at, source.revoked_by_id, source.address_sealed = NOW, chief.id, None
    assert every_way_to_ask(session, unit) == [at(0), at(0.5), at(1), at(1.5)]


def test_another_unit_s_planning_is_another_unit_s(session, unit, chief):
    elsewhere = seed_agent(session, seed_unit(session, 2, "Culoz"), Role.CHIEF)
    seed_source(session, elsewhere)
    book(session, unit.id)
    assert at(0) in every_way_to_ask(session, unit)


def test_the_reason_needs_two_and_one_is_left(session, unit, chief, martin, source):
    session.get_one(Reason, "neighbours").agents_needed = 2
    book(session, unit.id, at(0.5))
    import_absence(session, source, martin, at(1), at(1.5))
    assert every_way_to_ask(session, unit) == [at(0), at(1.5)]


def test_a_window_of_one_s_own_is_not_sold_beside_what_waits_for_them(session, unit, chief, source):
    seed_windows(session, chief, NINE, at(1), agent=chief)
    book(session, unit.id)
    # Nobody is named for it yet, and the chief is the only one who can take it.
    assert every_way_to_ask(session, unit) == [at(0.5), at(1), at(1.5)]


def test_it_is_said_why(session, unit, chief, source):
    import_absence(session, source, chief, NINE, at(1))
    (day,) = explain_slots(session, unit.id, "neighbours", DAY, DAY, NOW)
    assert day.counts == {Rule.NOBODY_LEFT: 10}
    assert {(one.starts_at, one.left) for one in day.removed} == {(at(0), 0), (at(0.5), 0)}


def test_a_search_costs_one_query_more_where_there_is_a_planning_and_none_where_there_is_none(session, unit, chief):
    def sent():
        session.flush()
        with statements(session.get_bind().engine) as without:
            find_slots(session, unit.id, "neighbours", DAY, DAY, NOW)
        return without

    plain = sent()
    assert not [one for one in plain if "absences" in one]
    seed_source(session, chief)
    assert len(sent()) == len(plain) + 1


def test_the_unit_s_own_offers_are_held_for_who_is_left_only(session, unit, chief, source):
    booked = book(session, unit.id)
    import_absence(session, source, chief, at(0.5), at(1))
    appointment = row(session, booked.appointment_id)
    with pytest.raises(Conflict) as refusal:
        offer_instead(session, appointment, [at(0.5)], "", actor_of(chief), NOW)
    assert refusal.value.code == "slot_taken"
    assert [one.starts_at for one in reoffer(session, appointment, "", CLOCK, NOW)] == [at(1), at(1.5)]


def test_an_earlier_time_is_offered_when_somebody_is_left_for_it(session, unit, chief, source):
    booked = book(session, unit.id, at(1.5))
    absence = import_absence(session, source, chief, NINE, at(1.5))
    want_earlier(session, WantEarlier(booked.booking_id, wanted=True), NOW)
    assert offer_earlier(session, OfferEarlier(), CLOCK, NOW) == 0
    session.delete(absence)
    session.flush()
    assert offer_earlier(session, OfferEarlier(), CLOCK, NOW) == 1


def test_another_counter_needs_nobody_more(session, unit, chief, source):
    appointment = row(session, book(session, unit.id).appointment_id)
    before = appointment.counter_id
    assert move_to_other_counter(session, appointment, NOW)
    assert appointment.counter_id != before


def test_what_somebody_holds_while_typing_keeps_one_back_until_it_runs_out(session, unit, chief, source):
    keep(session, unit.id)
    refused(session, unit)
    assert keep(session, unit.id, now=NOW + timedelta(minutes=10)).starts_at == NINE.astimezone(UTC)

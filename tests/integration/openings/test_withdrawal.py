from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from models.rules.appointments import State
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.openings import Handling
from models.rules.request_lifecycle import Verdict
from models.tables import Appointment, Booking, Event, FreeTime, OpeningWindow
from server.services._offers import offer_instead
from server.services.approve_opening import ApproveOpening, approve_opening
from server.services.change_occurrence import ChangeOccurrence, change_occurrence
from server.services.set_unit_holiday import SetUnitHoliday, set_unit_holiday
from server.services.withdraw_opening import WithdrawOpening, withdraw_opening
from tests.support.agenda import seed_appointment
from tests.support.openings import TUESDAY, at

WEEK = timedelta(days=7)


def withdraw(brigade, opening_id, word="", **choices):
    command = WithdrawOpening(opening_id, word, {one.id: how for one, how in choices.get("handled", [])})
    return withdraw_opening(brigade.session, command, brigade.chief, brigade.now)


def change(brigade, opening_id, day, start=None, end=None, handled=(), by=None, word=""):
    command = ChangeOccurrence(opening_id, day, start, end, word, {one.id: how for one, how in handled})
    return change_occurrence(brigade.session, command, by or brigade.chief, brigade.now)


def appointment(brigade, opening_id, hour, *, which=0, **more):
    """An appointment of half an hour at one of the opening's windows, on that window's day."""
    window = brigade.windows_of(opening_id)[which]
    day = window.during.lower.astimezone(at(TUESDAY, 9).tzinfo).date()
    return seed_appointment(brigade.session, window, at(day, hour), reason_code="other", **more)


def reread(brigade, *appointments):
    for one in appointments:
        brigade.session.refresh(one)
    return [one.state for one in appointments]


def offers(brigade, booking_id):
    return brigade.session.scalars(
        select(Appointment.starts_at)
        .where(Appointment.booking_id == booking_id, Appointment.state == State.HELD)
        .order_by(Appointment.starts_at)
    ).all()


def orphans(brigade):
    """The active appointments that lie in no window: there must never be any."""
    covered = (
        select(OpeningWindow.id)
        .where(
            OpeningWindow.counter_id == Appointment.counter_id,
            OpeningWindow.during.contains(func.tstzrange(Appointment.starts_at, Appointment.ends_at)),
        )
        .exists()
    )
    query = select(func.count()).select_from(Appointment).where(Appointment.ended_at.is_(None), ~covered)
    return brigade.session.scalar(query)


def test_an_opening_without_appointments_just_goes(brigade):
    opening_id = brigade.approve("FREQ=WEEKLY")
    assert withdraw(brigade, opening_id, "renfort") is Verdict.APPLY
    assert brigade.windows(opening_id) == {}
    assert brigade.session.scalar(select(func.count()).select_from(FreeTime)) == 0
    assert withdraw(brigade, opening_id) is Verdict.NOOP


def test_appointments_that_nobody_thought_of_are_listed_and_nothing_changes(brigade):
    opening_id = brigade.approve()
    one, other = appointment(brigade, opening_id, 9), appointment(brigade, opening_id, 10, state=State.REQUESTED)
    with pytest.raises(Conflict, match="appointments_concerned") as refusal, brigade.session.begin_nested():
        withdraw(brigade, opening_id, handled=[(one, Handling.REOFFER)])
    reference = brigade.session.get_one(Booking, other.booking_id).reference
    assert refusal.value.detail == {
        "appointments": [
            {
                "id": str(other.id),
                "reference": reference,
                "reason": "other",
                "state": "requested",
                "starts_at": other.starts_at.isoformat(),
                "ends_at": other.ends_at.isoformat(),
            }
        ]
    }
    assert set(brigade.windows(opening_id)) == {TUESDAY}
    assert reread(brigade, one, other) == ["confirmed", "requested"]


def test_a_promised_time_that_goes_is_replaced_and_its_citizen_told_again(brigade):
    opening_id = brigade.approve()
    beside = brigade.approve(day=TUESDAY + timedelta(days=1), counters=1)
    booked = appointment(brigade, opening_id, 9)
    (promised,) = offer_instead(brigade.session, booked, [at(TUESDAY, 11)], "Au tribunal.", brigade.chief, brigade.now)
    withdraw(brigade, opening_id, "Opération en cours")
    assert reread(brigade, booked, promised) == ["cancelled", "cancelled"]
    (offered,) = offers(brigade, booked.booking_id)
    assert offered >= brigade.windows_of(beside)[0].during.lower
    events = brigade.session.execute(
        select(Event.name, Event.data["word"].astext).where(Event.booking_id == booked.booking_id).order_by(Event.id)
    ).all()
    assert events == [
        ("appointment_cancelled", "Au tribunal."),
        ("appointment_offered", None),
        ("offer_ended", None),
        ("appointment_cancelled", "Opération en cours"),
        ("appointment_offered", None),
    ]


def test_whoever_is_being_received_is_left_alone(brigade):
    opening_id = brigade.approve()
    going_on, to_come = appointment(brigade, opening_id, 9), appointment(brigade, opening_id, 10)
    brigade.now = at(TUESDAY, 9, 10)
    withdraw(brigade, opening_id, "Opération en cours", handled=[(to_come, Handling.CANCEL)])
    assert reread(brigade, going_on, to_come) == ["confirmed", "cancelled"]


def test_each_appointment_is_moved_reoffered_or_cancelled_as_the_chief_says(brigade):
    opening_id, beside = brigade.approve(counters=2), brigade.approve(counters=1)
    later = brigade.approve(day=TUESDAY + timedelta(days=1), counters=1)
    moved, offered, ended = (
        appointment(brigade, opening_id, hour, which=which) for hour, which in ((9, 0), (10, 0), (11, 1))
    )
    held = appointment(brigade, opening_id, 9, which=1, state=State.HELD)
    withdraw(
        brigade,
        opening_id,
        "Opération en cours",
        handled=[(moved, Handling.MOVE), (offered, Handling.REOFFER), (ended, Handling.CANCEL)],
    )
    assert reread(brigade, moved, offered, ended, held) == ["confirmed", "cancelled", "cancelled", "cancelled"]
    assert moved.counter_id == brigade.windows_of(beside)[0].counter_id
    assert moved.starts_at == at(TUESDAY, 9)
    # The moved one has taken the other counter's 9:00, before others were offered what is left there.
    times = offers(brigade, offered.booking_id)
    assert len(times) == 3
    assert at(TUESDAY, 9) not in times
    assert (ended.ended_by, ended.word) == ("unit", "Opération en cours")
    assert brigade.session.get_one(Booking, ended.booking_id).ended_at == brigade.now
    assert brigade.windows(later)
    assert orphans(brigade) == 0


def test_where_no_other_counter_is_free_other_times_are_offered(brigade):
    opening_id = brigade.approve()
    one = appointment(brigade, opening_id, 9)
    withdraw(brigade, opening_id, handled=[(one, Handling.MOVE)])
    assert reread(brigade, one) == ["cancelled"]
    assert brigade.session.get_one(Booking, one.booking_id).ended_at is None
    assert orphans(brigade) == 0


def test_nobodys_appointment_is_cancelled_without_a_word(brigade):
    opening_id = brigade.approve()
    one = appointment(brigade, opening_id, 9)
    with pytest.raises(Invalid) as refusal:
        withdraw(brigade, opening_id, handled=[(one, Handling.CANCEL)])
    assert refusal.value.detail["fields"] == {"word": "missing"}


def test_appointments_that_are_over_are_left_alone(brigade):
    opening_id = brigade.approve("FREQ=WEEKLY")
    one = appointment(brigade, opening_id, 9)
    brigade.forward(days=7)
    withdraw(brigade, opening_id)
    assert reread(brigade, one) == ["confirmed"]


def test_one_occurrence_is_moved_shortened_dropped_and_restored_without_the_others(brigade):
    opening_id = brigade.approve("FREQ=WEEKLY;UNTIL=20261222", counters=1)
    days = [TUESDAY + which * WEEK for which in range(4)]
    wednesday = days[1] + timedelta(days=1)
    assert change(brigade, opening_id, days[0], at(days[0], 10), at(days[0], 11)) is Verdict.APPLY
    assert change(brigade, opening_id, days[1], at(wednesday, 14), at(wednesday, 17)) is Verdict.APPLY
    assert change(brigade, opening_id, days[2]) is Verdict.APPLY
    assert change(brigade, opening_id, days[2]) is Verdict.NOOP
    expected = {
        days[0]: [(1, at(days[0], 10), at(days[0], 11))],
        days[1]: [(1, at(wednesday, 14), at(wednesday, 17))],
        days[3]: [(1, at(days[3], 9), at(days[3], 12))],
    }
    assert brigade.windows(opening_id) == expected
    dropped = brigade.occurrences(opening_id)[2]
    assert (dropped.starts_at, dropped.closed_because) == (at(days[2], 9), "dropped")
    assert change(brigade, opening_id, days[2], at(days[2], 9), at(days[2], 12)) is Verdict.APPLY
    assert brigade.windows(opening_id) == {**expected, days[2]: [(1, at(days[2], 9), at(days[2], 12))]}
    with pytest.raises(NotFound, match="no_such_occurrence"):
        change(brigade, opening_id, wednesday)


def test_an_occurrence_of_a_proposal_is_changed_by_who_proposed_and_approved_like_that(brigade):
    opening_id = brigade.propose("FREQ=WEEKLY;UNTIL=20261215", counters=1)
    change(brigade, opening_id, TUESDAY + WEEK, by=brigade.martin)
    far = date(2027, 2, 2)
    change(brigade, opening_id, TUESDAY + 2 * WEEK, at(far, 9), at(far, 12), by=brigade.martin)
    # The last of them is over later than the rule says.
    assert brigade.opening(opening_id).last_ends_at == at(far, 12)
    assert brigade.windows(opening_id) == {}
    approve_opening(brigade.session, ApproveOpening(opening_id), brigade.chief, brigade.now)
    assert {day: begin for day, [(_, begin, _)] in brigade.windows(opening_id).items()} == {
        TUESDAY: at(TUESDAY, 9),
        TUESDAY + 2 * WEEK: at(far, 9),
    }


def test_a_shorter_occurrence_keeps_the_appointments_that_it_still_covers(brigade):
    opening_id = brigade.approve("FREQ=WEEKLY;UNTIL=20261208", counters=1)
    kept, cut = appointment(brigade, opening_id, 9), appointment(brigade, opening_id, 11)
    with pytest.raises(Conflict, match="appointments_concerned") as refusal, brigade.session.begin_nested():
        change(brigade, opening_id, TUESDAY, at(TUESDAY, 9), at(TUESDAY, 10))
    assert [one["id"] for one in refusal.value.detail["appointments"]] == [str(cut.id)]
    change(brigade, opening_id, TUESDAY, at(TUESDAY, 9), at(TUESDAY, 10), handled=[(cut, Handling.REOFFER)])
    assert reread(brigade, kept, cut) == ["confirmed", "cancelled"]
    assert orphans(brigade) == 0


def test_a_longer_occurrence_keeps_its_counter_and_the_appointments_there(brigade):
    brigade.approve(counters=1, starts_at=at(TUESDAY, 13), ends_at=at(TUESDAY, 15))
    opening_id = brigade.approve(counters=2)
    one = appointment(brigade, opening_id, 9, which=1)
    change(brigade, opening_id, TUESDAY, at(TUESDAY, 9), at(TUESDAY, 14))
    assert [number for number, _, _ in brigade.windows(opening_id)[TUESDAY]] == [2, 3]
    assert reread(brigade, one) == ["confirmed"]
    assert orphans(brigade) == 0


def test_what_makes_no_sense_is_refused_by_field(brigade):
    opening_id = brigade.approve()
    for start, end, fields in (
        (at(TUESDAY, 9), None, {"ends_at": "missing"}),
        (None, at(TUESDAY, 9), {"starts_at": "missing"}),
        (at(TUESDAY, 10), at(TUESDAY, 9), {"ends_at": "before_start"}),
        (at(TUESDAY, 9), at(TUESDAY, 9) + timedelta(hours=25), {"ends_at": "too_long"}),
    ):
        with pytest.raises(Invalid) as refusal:
            change(brigade, opening_id, TUESDAY, start, end)
        assert refusal.value.detail["fields"] == fields
    with pytest.raises(Conflict, match="opening_over"):
        change(brigade, opening_id, TUESDAY, brigade.now - timedelta(hours=2), brigade.now - timedelta(hours=1))


def test_a_holiday_of_the_unit_closes_its_day_and_offers_other_times(brigade):
    opening_id = brigade.approve("FREQ=WEEKLY;UNTIL=20261208", counters=1)
    one = appointment(brigade, opening_id, 9)

    def set_day(**how):
        return set_unit_holiday(brigade.session, SetUnitHoliday(TUESDAY, **how), brigade.chief, brigade.now)

    assert set_day(name="Fête patronale") is Verdict.APPLY
    assert set_day(name="Fête patronale") is Verdict.NOOP
    first = brigade.occurrences(opening_id)[0]
    assert (first.closed_because, first.closed_name) == ("holiday", "Fête patronale")
    assert set(brigade.windows(opening_id)) == {TUESDAY + WEEK}
    assert reread(brigade, one) == ["cancelled"]
    assert one.word == "Fête patronale"
    assert offers(brigade, one.booking_id)
    assert orphans(brigade) == 0
    assert set_day() is Verdict.APPLY
    assert set(brigade.windows(opening_id)) == {TUESDAY, TUESDAY + WEEK}


def test_an_ordinary_day_opens_what_the_calendar_closes(brigade):
    christmas = date(2026, 12, 25)
    opening_id = brigade.approve(day=christmas)
    assert brigade.windows(opening_id) == {}
    set_unit_holiday(brigade.session, SetUnitHoliday(christmas, ordinary=True), brigade.chief, brigade.now)
    assert set(brigade.windows(opening_id)) == {christmas}

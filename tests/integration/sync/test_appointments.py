"""Who receives whom: taken, left, exchanged, assigned, and what becomes of it, through the terminals' own protocol."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from models.events import unit_scope
from models.record import lock_scopes
from models.rules.appointments import Offer, State
from models.tables import Appointment, Booking, Event, FeedEntry
from server.services.settle_outcomes import SettleOutcomes, settle_outcomes
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.brigade_world import absence, after
from tests.support.seed import NOW


@pytest.fixture
def agenda(brigade):
    """Two counters open tomorrow for four hours, and a way to book there."""
    with brigade.database.transaction() as session:
        windows = seed_windows(
            session, brigade.roux, NOW + timedelta(days=1), NOW + timedelta(days=1, hours=4), counters=2
        )

    def book(hours=0.0, counter=0, **changes):
        with brigade.database.transaction() as session:
            start = NOW + timedelta(days=1, hours=hours)
            appointment = seed_appointment(session, windows[counter], start, minutes=60, **changes)
            return tell(session, appointment)

    return book


def tell(session, appointment):
    """Put it into the feed, as `record()` does for whoever books; returns its id as terminals write it."""
    scope = unit_scope(appointment.unit_id)
    version = lock_scopes(session, {scope})[scope]
    session.add(FeedEntry(scope=scope, document=f"appointment/{appointment.id}", version=version))
    return str(appointment.id)


def held(terminal, appointment_id):
    terminal.pull()
    return terminal.docs.get(f"appointment/{appointment_id}")


def names(terminal, appointment_id):
    return [one["name"] for one in held(terminal, appointment_id)["agents"]]


def test_what_a_terminal_holds_of_an_appointment(brigade, agenda):
    mine = brigade.terminal(brigade.martin)
    one = agenda()
    document = held(mine, one)
    assert document.pop("counter")["number"] == 1
    assert document.pop("reference").startswith("RV-")
    assert document.pop("occurrence_id")
    assert document == {
        "id": one,
        "state": "confirmed",
        "starts_at": after(days=1),
        "ends_at": after(days=1, hours=1),
        "free_at": after(days=1, hours=1),
        "reason": "complaint",
        "discreet": False,
        "language": "fr",
        "place": {"kind": "unit", "name": None, "address": None},
        "agents": [],
        "agents_needed": 1,
        "needs_approval": False,
        "to_confirm_because": None,
        "clashes": [],
        "citizen": {"name": "Camille Durand", "phone": "+33639980012", "may_leave_message": True, "facts": None},
        "reached_by": "email",
        "offer": None,
        "held_until": None,
        "released_at": None,
        "word": None,
        "citizen_word": None,
        "decided_by": None,
        "decided_at": None,
        "ended_at": None,
        "ended_by": None,
        "told": [],
        "agenda": [],
    }


def test_a_terminal_is_told_whom_no_message_reaches(brigade, agenda):
    one = agenda()
    with brigade.database.transaction() as session:
        session.get_one(Booking, session.get_one(Appointment, one).booking_id).email = None
    assert held(brigade.terminal(brigade.martin), one)["reached_by"] is None


def test_the_first_to_take_it_has_it_and_the_second_is_told_who_and_when(brigade, agenda):
    mine, colleague = brigade.terminal(brigade.martin), brigade.terminal(brigade.petit)
    one = agenda()
    assert mine.do("appointment.take", appointment_id=one)["status"] == "applied"
    assert mine.do("appointment.take", appointment_id=one)["status"] == "noop"
    late = colleague.do("appointment.take", appointment_id=one)
    assert (late["code"], late["by"], late["at"]) == ("already_taken", "Adj. Martin", after())
    assert names(colleague, one) == ["Adj. Martin"]
    assert colleague.do("appointment.leave", appointment_id=one)["status"] == "noop"
    assert mine.do("appointment.leave", appointment_id=one)["status"] == "applied"
    assert colleague.do("appointment.take", appointment_id=one)["status"] == "applied"


def test_nobody_has_two_at_once_and_nobody_receives_while_absent(brigade, agenda):
    mine = brigade.terminal(brigade.martin)
    one, beside, later = agenda(), agenda(0.5, counter=1), agenda(2)
    mine.do("appointment.take", appointment_id=one)
    busy = mine.do("appointment.take", appointment_id=beside)
    assert (busy["code"], busy["by"]) == ("agent_busy", "Adj. Martin")
    assert (busy["starts_at"], busy["ends_at"]) == (after(days=1), after(days=1, hours=1))
    mine.do("absence.declare", **absence(starts_at=after(days=1, hours=2.5), ends_at=after(days=1, hours=5)))
    away = mine.do("appointment.take", appointment_id=later)
    assert (away["code"], away["starts_at"]) == ("agent_absent", after(days=1, hours=2.5))
    assert names(mine, beside) == names(mine, later) == []


def test_the_chief_assigns_both_or_neither(brigade, agenda):
    chief = brigade.terminal(brigade.roux)
    one, beside = agenda(), agenda(counter=1)
    with brigade.database.transaction() as session:
        session.get_one(Appointment, beside).agents_needed = 2
    assert chief.do("appointment.assign", appointment_id=one, agents=[brigade.petit.id])["status"] == "applied"
    busy = chief.do("appointment.assign", appointment_id=beside, agents=[brigade.martin.id, brigade.petit.id])
    assert (busy["code"], busy["by"]) == ("agent_busy", "Gend. Petit")
    assert names(chief, beside) == []
    assert chief.do("appointment.assign", appointment_id=one, agents=[brigade.roux.id])["status"] == "applied"
    both = chief.do("appointment.assign", appointment_id=beside, agents=[brigade.martin.id, brigade.petit.id])
    assert both["status"] == "applied"
    assert names(chief, beside) == ["Adj. Martin", "Gend. Petit"]
    stranger = chief.do("appointment.assign", appointment_id=one, agents=[brigade.noir.id])
    assert stranger["code"] == "no_such_agent"
    mine = brigade.terminal(brigade.martin)
    assert mine.do("appointment.assign", appointment_id=one, agents=[brigade.martin.id])["code"] == "chief_only"


def test_two_gendarmes_exchange_also_at_the_same_hour(brigade, agenda):
    mine, colleague = brigade.terminal(brigade.martin), brigade.terminal(brigade.petit)
    one, other = agenda(agents=[brigade.martin]), agenda(counter=1, agents=[brigade.petit])
    assert mine.do("appointment.swap", appointment_id=one, other_appointment_id=other)["status"] == "applied"
    assert (names(colleague, one), names(colleague, other)) == (["Gend. Petit"], ["Adj. Martin"])
    third = agenda(2)
    refused = mine.do("appointment.swap", appointment_id=other, other_appointment_id=third)
    assert refused["code"] == "not_swappable"


def test_an_exchange_that_one_of_them_cannot_keep_changes_nothing(brigade, agenda):
    mine = brigade.terminal(brigade.martin)
    one, other = agenda(agents=[brigade.martin]), agenda(2, agents=[brigade.petit])
    agenda(2, counter=1, agents=[brigade.martin])
    refused = mine.do("appointment.swap", appointment_id=one, other_appointment_id=other)
    assert (refused["code"], refused["by"]) == ("agent_busy", "Adj. Martin")
    assert (names(mine, one), names(mine, other)) == (["Adj. Martin"], ["Gend. Petit"])


def test_the_outcome_is_said_corrected_and_ends_the_booking(brigade, agenda):
    mine, chief = brigade.terminal(brigade.martin), brigade.terminal(brigade.roux)
    one = agenda(agents=[brigade.martin])
    with brigade.database.transaction() as session:
        booking = session.get_one(Booking, session.get_one(Appointment, one).booking_id)
        booking.wants_earlier_since = NOW
        offer = session.get_one(Appointment, agenda(2, state=State.HELD))
        offer.booking_id, offer.offer, offer.hold_token_hash = booking.id, Offer.EARLIER, None
    assert held(chief, offer.id)["offer"] == "earlier"
    assert mine.do("appointment.take", appointment_id=str(offer.id))["code"] == "not_booked"
    assert mine.do("appointment.outcome", appointment_id=one, outcome="honoured")["code"] == "outcome_too_early"
    brigade.clock.now = NOW + timedelta(days=1) - timedelta(minutes=1)
    mine = brigade.terminal(brigade.martin)
    assert mine.do("appointment.outcome", appointment_id=one, outcome="no_show")["code"] == "no_show_too_early"
    brigade.clock.now = NOW + timedelta(days=1, minutes=50)
    assert mine.do("appointment.outcome", appointment_id=one, outcome="no_show")["status"] == "applied"
    assert mine.do("appointment.outcome", appointment_id=one, outcome="honoured")["status"] == "applied"
    document = held(mine, one)
    assert (document["state"], document["ended_by"], document["decided_by"]["name"]) == (
        "honoured",
        "unit",
        "Adj. Martin",
    )
    assert held(mine, offer.id) is None
    with brigade.database.transaction() as session:
        booking = session.get_one(Booking, booking.id)
        assert (booking.ended_at, booking.wants_earlier_since) == (brigade.clock.now, None)
    brigade.clock.now += timedelta(days=2)
    late = brigade.terminal(brigade.petit).do("appointment.outcome", appointment_id=one, outcome="no_show")
    assert (late["code"], late["by"], late["state"]) == ("outcome_settled", "Adj. Martin", "honoured")


def test_an_hour_given_away_after_a_no_show_is_not_taken_back(brigade, agenda):
    one = agenda(agents=[brigade.martin])
    brigade.clock.now = NOW + timedelta(days=1, minutes=20)
    mine = brigade.terminal(brigade.martin)
    assert mine.do("appointment.outcome", appointment_id=one, outcome="no_show")["status"] == "applied"
    agenda(0.5)
    refused = mine.do("appointment.outcome", appointment_id=one, outcome="honoured")
    assert refused["code"] == "time_given_away"
    assert (held(mine, one)["state"], held(mine, one)["ended_at"]) == ("no_show", after(days=1, minutes=20))


def test_the_chief_approves_and_cancels_and_the_citizen_is_told(brigade, agenda):
    mine, chief = brigade.terminal(brigade.martin), brigade.terminal(brigade.roux)
    one = agenda(state=State.REQUESTED)
    assert mine.do("appointment.approve", appointment_id=one)["code"] == "chief_only"
    assert chief.do("appointment.approve", appointment_id=one)["status"] == "applied"
    assert chief.do("appointment.approve", appointment_id=one)["status"] == "noop"
    assert held(mine, one)["state"] == "confirmed"
    assert chief.do("appointment.cancel", appointment_id=one, word="")["fields"] == {"word": "missing"}
    assert chief.do("appointment.cancel", appointment_id=one, word="Brigade fermée.")["status"] == "applied"
    assert chief.do("appointment.cancel", appointment_id=one, word="Brigade fermée.")["status"] == "noop"
    document = held(mine, one)
    assert (document["state"], document["ended_by"], document["word"]) == ("cancelled", "unit", "Brigade fermée.")
    ended = mine.do("appointment.take", appointment_id=one)
    assert (ended["code"], ended["by"], ended["state"]) == ("appointment_ended", "Maj. Roux", "cancelled")
    with brigade.database.transaction() as session:
        told = session.execute(
            select(Event.name, Event.data).where(Event.booking_id.is_not(None)).order_by(Event.id)
        ).all()
    assert told == [
        ("appointment_approved", {}),
        ("appointment_cancelled", {"by": "unit", "word": "Brigade fermée."}),
    ]


def test_anybody_cancels_for_a_caller_who_is_told_that_they_asked(brigade, agenda):
    mine = brigade.terminal(brigade.martin)
    one, ended = agenda(agents=[brigade.petit]), agenda(2)
    said = {"for_citizen": True, "word": "Guérie."}
    assert mine.do("appointment.cancel", appointment_id=one, **said)["status"] == "applied"
    assert mine.do("appointment.cancel", appointment_id=one, for_citizen=True)["status"] == "noop"
    document = held(mine, one)
    assert (document["state"], document["ended_by"], document["decided_by"]["name"]) == (
        "cancelled",
        "citizen",
        "Adj. Martin",
    )
    assert (document["citizen_word"], document["word"], document["decided_at"]) == ("Guérie.", None, after())
    with brigade.database.transaction() as session:
        booking = session.get_one(Booking, session.get_one(Appointment, one).booking_id)
        assert booking.ended_at == NOW
        columns = select(Event.name, Event.agent_id, Event.data)
        told = session.execute(columns.where(Event.booking_id.is_not(None))).all()
    assert told == [("appointment_cancelled", brigade.martin.id, {"by": "citizen", "word": "Guérie."})]
    brigade.terminal(brigade.roux).do("appointment.cancel", appointment_id=ended, word="Brigade fermée.")
    assert mine.do("appointment.cancel", appointment_id=ended, for_citizen=True)["code"] == "appointment_ended"
    stranger = brigade.terminal(brigade.noir)
    assert stranger.do("appointment.cancel", appointment_id=one, for_citizen=True)["code"] == "no_such_appointment"


def test_another_units_appointment_and_a_citizens_hold_do_not_exist(brigade, agenda):
    stranger, mine = brigade.terminal(brigade.noir), brigade.terminal(brigade.roux)
    one, held_ = agenda(), agenda(2, state=State.HELD)
    for terminal, appointment_id in ((stranger, one), (mine, held_), (mine, str(uuid4()))):
        for op, more in (
            ("take", {}),
            ("leave", {}),
            ("swap", {"other_appointment_id": one}),
            ("assign", {"agents": [brigade.noir.id]}),
            ("outcome", {"outcome": "honoured"}),
            ("approve", {}),
            ("cancel", {"word": "non"}),
        ):
            result = terminal.do(f"appointment.{op}", appointment_id=appointment_id, **more)
            assert (result["status"], result["code"]) == ("rejected", "no_such_appointment"), op
    assert held(stranger, one) is None
    assert held(mine, held_) is None


def test_what_nobody_says_for_a_week_ends_by_the_clock_and_leaves_the_terminals_a_week_later(brigade, agenda):
    one = agenda(agents=[brigade.martin])
    seen = {}
    for day in (0, 2, 8, 9, 15, 16, 17):
        brigade.clock.now = NOW + timedelta(days=day)
        with brigade.database.transaction() as session:
            settle_outcomes(session, SettleOutcomes(), brigade.clock.now)
        document = held(brigade.terminal(brigade.petit), one)
        seen[day] = document and (document["state"], document["ended_by"])
    confirmed, settled = ("confirmed", None), ("honoured", "time")
    assert seen == {0: confirmed, 2: confirmed, 8: confirmed, 9: settled, 15: settled, 16: settled, 17: None}


def test_days_go_by_and_a_far_one_comes_into_the_fortnight(brigade):
    start = NOW + timedelta(days=20)
    with brigade.database.transaction() as session:
        (window,) = seed_windows(session, brigade.roux, start, start + timedelta(hours=3))
        far = tell(session, seed_appointment(session, window, start))
        asked = tell(session, seed_appointment(session, window, start + timedelta(hours=1), state=State.REQUESTED))
    old = brigade.terminal(brigade.martin)
    assert held(old, asked)["state"] == "requested"
    for day in (1, 5, 6, 20):
        brigade.clock.now = NOW + timedelta(days=day)
        again, newcomer = brigade.terminal(brigade.martin), brigade.terminal(brigade.petit)
        again.docs, again.cursor = old.docs, old.cursor
        old = again
        assert (held(old, far) is not None) is (day >= 6)
        newcomer.pull()
        assert newcomer.docs == old.docs, day

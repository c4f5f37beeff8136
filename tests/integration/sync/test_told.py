"""What a terminal reads of what citizens were told: with the document, and anew with each state."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from models.appointment_events import AppointmentBooked, AppointmentReminded
from models.record import record
from models.rules.errors import Conflict
from models.rules.notices import NoticeState
from models.rules.request_lifecycle import Verdict
from models.rules.telling import Way
from models.rules.text_messages import Purpose
from models.tables import Booking, Event
from push.vapid import VapidKey
from server.services.accept_request import AcceptRequest, accept_request
from server.services.choose_how_told import ChooseHowTold, choose_how_told
from server.services.claim_notice import ClaimNotice, claim_notice
from server.services.drop_push_subscription import DropPushSubscription, drop_push_subscription
from server.services.keep_push_subscription import CitizenOwner, KeepPushSubscription, keep_push_subscription
from server.services.promise_to_come import PromiseToCome, promise_to_come
from server.services.purge_expired import PurgeExpired, purge_expired
from server.services.queue_text import QueueText, queue_text
from server.services.raise_notice import RaiseNotice, raise_notice
from server.services.receive_text import ReceiveText, receive_text
from server.services.settle_notice import SettleNotice, settle_notice
from server.services.settle_text import SettleText, settle_text
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.push_service import Browser
from tests.support.seed import NOW, TOKENS, actor_of, send_request

PHONE = "+33639980012"


def notice(brigade, name, channel, *settled, at=NOW):
    """Write a notice of the last event `name` down and raise it."""
    with brigade.database.transaction() as session:
        event_id = session.scalars(select(Event.id).where(Event.name == name).order_by(Event.id.desc())).first()
        _, notice_id = claim_notice(session, ClaimNotice(event_id, channel, "citizen"), at)
        for command in settled:
            if isinstance(command, SettleNotice):
                settle_notice(session, SettleNotice(notice_id, command.cause, command.for_good), at)
            else:
                raise_notice(session, RaiseNotice(notice_id, command), at)
    return notice_id


def send(brigade):
    with brigade.database.transaction() as session:
        return send_request(session)


@pytest.fixture
def appointment(brigade):
    """One tomorrow, of somebody who gave a phone and no address."""
    with brigade.database.transaction() as session:
        start, end = NOW + timedelta(days=1), NOW + timedelta(days=1, hours=4)
        (window,) = seed_windows(session, brigade.roux, start, end)
        found = seed_appointment(session, window, start, minutes=60)
        session.execute(update(Booking).values(email=None))
        return found


def record_of(brigade, appointment, kind, **own):
    """Let something happen to it."""
    with brigade.database.transaction() as session:
        event = kind(
            at=NOW,
            unit_id=appointment.unit_id,
            booking_id=appointment.booking_id,
            appointment_id=appointment.id,
            **own,
        )
        record(session, event)


def failed(cause):
    return SettleNotice(uuid4(), cause, for_good=True)


def told(terminal, key):
    terminal.pull()
    return terminal.docs[key]["told"]


def test_each_state_reaches_the_terminal_with_its_document(brigade):
    terminal = brigade.terminal(brigade.martin)
    created = send(brigade)
    key = f"request/{created.request_id}"
    assert told(terminal, key) == []
    notice_id = notice(brigade, "request_created", "sms", SettleNotice(uuid4()))
    line = {
        "what": "request_created", "channel": "sms", "state": "sent", "at": NOW.isoformat(), "cause": None,
        "promised": False,
    }  # fmt: skip
    assert told(terminal, key) == [line]
    with brigade.database.transaction() as session:
        raise_notice(session, RaiseNotice(notice_id, NoticeState.DELIVERED), NOW + timedelta(minutes=1))
    # When it was told stays the instant at which it left.
    assert told(terminal, key) == [{**line, "state": "delivered"}]


def test_the_latest_three_come_first_and_say_why_they_failed(brigade):
    terminal = brigade.terminal(brigade.martin)
    created = send(brigade)
    for number, channel in enumerate(("push", "sms", "email")):
        how = SettleNotice(uuid4()) if channel == "email" else failed(f"cause_{channel}")
        notice(brigade, "request_created", channel, how, at=NOW + timedelta(seconds=number))
    with brigade.database.transaction() as session:
        accept_request(session, AcceptRequest(created.request_id), actor_of(brigade.martin), NOW)
    notice(brigade, "request_accepted", "email", SettleNotice(uuid4()), at=NOW + timedelta(minutes=1))
    found = told(terminal, f"request/{created.request_id}")
    assert [(one["what"], one["channel"], one["state"], one["cause"]) for one in found] == [
        ("request_accepted", "email", "sent", None),
        ("request_created", "email", "sent", None),
        ("request_created", "sms", "failed", "cause_sms"),
    ]


@pytest.mark.parametrize(
    ("how", "expected"),
    [(SettleNotice(uuid4()), "sms"), (failed("undeliverable"), None)],
)
def test_whom_a_text_reaches_needs_no_call(brigade, appointment, how, expected):
    terminal = brigade.terminal(brigade.martin)
    record_of(brigade, appointment, AppointmentBooked, state="confirmed")
    terminal.pull()
    assert terminal.docs[f"appointment/{appointment.id}"]["reached_by"] is None
    notice(brigade, "appointment_booked", "sms", how)
    terminal.pull()
    assert terminal.docs[f"appointment/{appointment.id}"]["reached_by"] == expected


def text_of(session, notice_id):
    """Send it as a text message."""
    text = QueueText(notice_id, Purpose.NOTICE, PHONE, "fr", NOW + timedelta(hours=1), "Gardé.", notice_id)
    queue_text(session, text, NOW, TOKENS)
    settle_text(session, SettleText(notice_id, "twilio", "SM1"), NOW)
    session.flush()


def reached(terminal, appointment):
    terminal.pull()
    return terminal.docs[f"appointment/{appointment.id}"]["reached_by"]


def test_whoever_says_stop_must_be_called_until_they_say_start(brigade, appointment):
    terminal = brigade.terminal(brigade.martin)
    record_of(brigade, appointment, AppointmentBooked, state="confirmed")
    notice_id = notice(brigade, "appointment_booked", "sms")
    with brigade.database.transaction() as session:
        text_of(session, notice_id)
    assert reached(terminal, appointment) == "sms"
    for number, (word, expected) in enumerate([("STOP", None), ("STOP", None), ("START", "sms"), ("STOP", None)]):
        with brigade.database.transaction() as session:
            receive_text(session, ReceiveText("twilio", f"SM-{number}", PHONE, word), NOW, TOKENS)
        assert reached(terminal, appointment) == expected
    # What was sent is forgotten after a month, that they said STOP is not.
    with brigade.database.transaction() as session:
        purge_expired(session, PurgeExpired(), NOW + timedelta(days=60))
    assert reached(brigade.terminal(brigade.martin), appointment) is None


def test_a_way_that_comes_or_goes_is_read_at_the_next_pull(brigade, appointment):
    terminal = brigade.terminal(brigade.martin)
    record_of(brigade, appointment, AppointmentBooked, state="confirmed")
    owner = CitizenOwner(booking_id=appointment.booking_id)
    given = Browser().subscribe("https://fcm.googleapis.com/fcm/send/x", VapidKey.make().public)
    assert reached(terminal, appointment) is None
    for command, expected in [
        (KeepPushSubscription(owner, given, "fr"), "push"),
        (ChooseHowTold(owner, Way.NOTHING), None),
        (KeepPushSubscription(owner, given, "fr"), None),
        (ChooseHowTold(owner, None), "push"),
        (DropPushSubscription(owner, given.endpoint), None),
    ]:
        with brigade.database.transaction() as session:
            match command:
                case KeepPushSubscription():
                    keep_push_subscription(session, command, NOW)
                case ChooseHowTold():
                    choose_how_told(session, command, NOW)
                case DropPushSubscription():
                    drop_push_subscription(session, command)
        assert reached(terminal, appointment) == expected


def test_a_promise_is_read_beside_the_reminder(brigade, appointment):
    terminal = brigade.terminal(brigade.martin)
    record_of(brigade, appointment, AppointmentReminded, ahead="two_days")
    notice_id = notice(brigade, "appointment_reminded", "sms")
    with brigade.database.transaction() as session:
        text_of(session, notice_id)
        receive_text(session, ReceiveText("twilio", "SM2", PHONE, "1"), NOW, TOKENS)
    [line] = told(terminal, f"appointment/{appointment.id}")
    assert (line["what"], line["state"], line["promised"]) == ("appointment_reminded", "sent", True)


def test_a_promise_on_the_page_is_read_beside_its_reminder_over_whatever_it_came(brigade, appointment):
    terminal = brigade.terminal(brigade.martin)
    promise = PromiseToCome(appointment.booking_id, appointment.id)
    for ahead, channel in (("two_days", "email"), ("two_hours", "push")):
        record_of(brigade, appointment, AppointmentReminded, ahead=ahead)
        notice(brigade, "appointment_reminded", channel, SettleNotice(uuid4()))
        if ahead == "two_days":
            with brigade.database.transaction() as session:
                assert promise_to_come(session, promise, NOW) is Verdict.APPLY
            with brigade.database.transaction() as session:
                assert promise_to_come(session, promise, NOW) is Verdict.NOOP
    # The second one asks anew.
    lines = told(terminal, f"appointment/{appointment.id}")
    assert sorted((line["channel"], line["promised"]) for line in lines) == [("email", True), ("push", False)]
    with brigade.database.transaction() as session:
        assert promise_to_come(session, promise, NOW) is Verdict.APPLY
    assert all(line["promised"] for line in told(terminal, f"appointment/{appointment.id}"))


def test_nobody_promises_what_nobody_asked(brigade, appointment):
    promise = PromiseToCome(appointment.booking_id, appointment.id)
    # Due, but nobody was told: the unit would not see the answer.
    record_of(brigade, appointment, AppointmentReminded, ahead="two_days")
    with pytest.raises(Conflict, match="not_asked"), brigade.database.transaction() as session:
        promise_to_come(session, promise, NOW)
    # Nor was anybody whom it has not reached yet, or never will.
    for channel, settled in (("push", []), ("sms", [SettleNotice(uuid4(), cause="refused", for_good=True)])):
        notice(brigade, "appointment_reminded", channel, *settled)
        with pytest.raises(Conflict, match="not_asked"), brigade.database.transaction() as session:
            promise_to_come(session, promise, NOW)
    notice(brigade, "appointment_reminded", "email", SettleNotice(uuid4()))
    for changed, now in ((uuid4(), NOW), (appointment.id, NOW + timedelta(days=1))):
        with pytest.raises(Conflict, match="appointment_changed"), brigade.database.transaction() as session:
            promise_to_come(session, PromiseToCome(appointment.booking_id, changed), now)

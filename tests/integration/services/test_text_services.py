"""Reports and answers of text messages: what the database refuses, and what the services make of repeats."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from models.rules.text_messages import Meaning, Purpose, TextState, rises
from models.tables import Event, IncomingText, Ladder, LadderCall, TextMessage, TextStop, Unit
from server.services.purge_expired import PurgeExpired, purge_expired
from server.services.queue_text import QueueText, queue_text
from server.services.receive_text import ReceiveText, TextAnswer, receive_text
from server.services.record_delivery_report import RecordDeliveryReport, record_delivery_report
from server.services.settle_text import SettleText, settle_text
from tests.support.seed import NOW, TOKENS, seed_agent, seed_territory, send_request

PHONE = "+33639980012"
EMPTY = {"phone": None, "body": None}


def queued(session, purpose=Purpose.NOTICE, phone=PHONE, at=NOW, **changes):
    body = "Gardé." if purpose is Purpose.NOTICE else None
    command = QueueText(
        uuid4(), purpose, phone, **{"language": "fr", "good_until": at + timedelta(hours=1), **changes}, body=body
    )
    queue_text(session, command, at, TOKENS)
    return command.text_id


def sent(session, provider="twilio", **changes):
    text_id = queued(session, **changes)
    settle_text(session, SettleText(text_id, provider, f"SM-{text_id}"), NOW)
    session.flush()
    return text_id


def call(session, at=NOW, phone=PHONE):
    """A message that called somebody for a request, which still waits."""
    agent = seed_agent(session, session.scalars(select(Unit)).first() or seed_territory(session))
    request_id = send_request(session, now=at).request_id
    event_id = session.scalars(select(Event.id).filter_by(request_id=request_id, name="request_created")).one()
    ladder = Ladder(
        id=uuid4(), event_id=event_id, unit_id=agent.unit_id, request_id=request_id, begun_at=at, next_look_at=at
    )
    session.add(ladder)
    session.flush()
    called = LadderCall(
        id=uuid4(), ladder_id=ladder.id, step=2, who="agent", agent_id=agent.id, channel="sms", quiet=False,
        state="sent", queued_at=at, sent_at=at, changed_at=at,
    )  # fmt: skip
    session.add(called)
    session.flush()
    command = QueueText(called.id, Purpose.CALL, phone, "fr", at + timedelta(hours=1), "Gardé.", call_id=called.id)
    queue_text(session, command, at, TOKENS)
    settle_text(session, SettleText(called.id, "twilio", f"SM-{called.id}"), at)
    session.flush()
    return called.id


def report(session, text_id, state, provider="twilio", cause=None):
    command = RecordDeliveryReport(text_id, provider, None, state, cause)
    changed = record_delivery_report(session, command, NOW)
    session.flush()
    return changed


def answer(session, body, provider_id=None, phone=PHONE, at=NOW):
    return receive_text(session, ReceiveText("kannel", provider_id or str(uuid4()), phone, body), at, TOKENS)


@pytest.mark.parametrize("before", list(TextState))
@pytest.mark.parametrize("after", list(TextState))
def test_the_database_lets_a_state_only_rise(session, before, after):
    text_id = queued(session)
    session.flush()
    statement = text(
        "UPDATE text_messages SET state = :state, cause = 'why', phone = :phone, body = :body WHERE id = :id"
    )
    for state in (before, after):
        words = {"phone": PHONE, "body": "Gardé."} if state is TextState.QUEUED else EMPTY
        values = {"state": state, "id": text_id, **words}
        if state is after and before != after and not rises(before, after):
            with pytest.raises(IntegrityError, match="cannot go from"), session.begin_nested():
                session.execute(statement, values)
        else:
            session.execute(statement, values)


@pytest.mark.parametrize("kept", [{"phone": PHONE, "body": None}, {"phone": None, "body": "Gardé."}])
def test_the_database_keeps_neither_number_nor_words_of_what_has_left(session, kept):
    text_id = queued(session)
    session.flush()
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            text("UPDATE text_messages SET state = 'sent', phone = :phone, body = :body WHERE id = :id"),
            {"id": text_id, **kept},
        )


def test_two_messages_never_have_the_same_name_at_a_provider(session):
    first, second = queued(session), queued(session)
    settle_text(session, SettleText(first, "twilio", "SM1"), NOW)
    session.flush()
    settle_text(session, SettleText(second, "twilio", "SM1"), NOW)
    with pytest.raises(IntegrityError, match="uq_text_messages_provider_provider_id"):
        session.flush()


@pytest.mark.parametrize("order", list(permutations([TextState.SENT, TextState.FAILED, TextState.DELIVERED, "settle"])))
def test_whatever_order_reports_come_in_the_best_news_stays(session, order):
    text_id = queued(session)
    for event in order:
        for _ in range(2):
            if event == "settle":
                settle_text(session, SettleText(text_id, "twilio", "SM1"), NOW)
                session.flush()
            else:
                report(session, text_id, event, cause="undeliverable")
    message = session.get_one(TextMessage, text_id)
    assert (message.state, message.phone, message.body, message.cause) == ("delivered", None, None, None)
    assert (message.provider, message.provider_id) == ("twilio", "SM1")


def test_a_repeat_of_what_was_given_up_says_so(session):
    text_id = queued(session)
    again = QueueText(text_id, Purpose.NOTICE, PHONE, "fr", NOW + timedelta(hours=1), "Gardé.")
    assert queue_text(session, again, NOW, TOKENS) is TextState.QUEUED
    settle_text(session, SettleText(text_id, cause="no_mobile", for_good=True), NOW)
    session.flush()
    assert queue_text(session, again, NOW, TOKENS) is TextState.FAILED


def test_a_failure_elsewhere_is_no_news(session):
    text_id = sent(session)
    assert not report(session, text_id, TextState.FAILED, provider="kannel", cause="rejected")
    assert report(session, text_id, TextState.FAILED, cause="rejected")
    assert not report(session, text_id, TextState.FAILED, cause="rejected")
    assert session.get_one(TextMessage, text_id).cause == "rejected"
    assert not report(session, uuid4(), TextState.DELIVERED)


def test_a_choice_answers_the_last_message_that_asked_something(session):
    call(session, NOW - timedelta(hours=2))
    asked = call(session, NOW - timedelta(hours=1))
    sent(session, at=NOW - timedelta(minutes=30))
    call(session, phone="+33639980013")
    queued(session)
    assert answer(session, " 1. ") == TextAnswer(Meaning.ONE, asked, None, asked)
    assert answer(session, "2", at=NOW + timedelta(days=6)) == TextAnswer(Meaning.TWO, asked, None, asked)
    # Nobody chooses among what was said a week ago.
    assert answer(session, "2", at=NOW + timedelta(days=8)) == TextAnswer(Meaning.UNREAD, None, None)


def test_a_choice_when_nothing_was_asked_is_answered(session):
    told = sent(session)
    assert answer(session, "1") == TextAnswer(Meaning.UNREAD, told, None)
    (reply,) = session.scalars(select(TextMessage).filter_by(purpose="not_understood")).all()
    assert reply.phone == PHONE


def test_a_repeated_callback_is_one_message(session):
    asked = call(session)
    assert answer(session, "1", "M1") == TextAnswer(Meaning.ONE, asked, None, asked)
    assert answer(session, "1", "M1") is None
    assert len(session.scalars(select(IncomingText)).all()) == 1


def test_stop_holds_until_start(session):
    sent(session)
    assert answer(session, "Arrêt !").meaning is Meaning.STOP
    assert answer(session, "stop.").meaning is Meaning.STOP
    refused = session.get_one(TextMessage, queued(session))
    assert (refused.state, refused.cause, refused.phone, refused.body) == ("failed", "stopped", None, None)
    other = session.get_one(TextMessage, queued(session, phone="+33639980013"))
    assert other.state == "queued"
    assert answer(session, "Start").meaning is Meaning.START
    assert session.get_one(TextMessage, queued(session)).state == "queued"
    # Neither of them was answered by another text.
    assert session.scalars(select(TextMessage).filter_by(purpose="not_understood")).all() == []


def test_what_nobody_understands_is_kept_and_answered_once(session):
    asked = sent(session, language="en")
    for body in ("I am at the door", "Hello?", "1 or 2?"):
        assert answer(session, body) == TextAnswer(Meaning.UNREAD, asked, None)
    (reply,) = session.scalars(select(TextMessage).filter_by(purpose="not_understood")).all()
    assert (reply.state, reply.phone, reply.language) == ("queued", PHONE, "en")
    assert [one.body for one in session.scalars(select(IncomingText).order_by(IncomingText.body))] == [
        "1 or 2?", "Hello?", "I am at the door",
    ]  # fmt: skip


def test_who_said_stop_is_not_answered_either(session):
    answer(session, "STOP")
    answer(session, "Mais qui êtes-vous ?")
    (reply,) = session.scalars(select(TextMessage).filter_by(purpose="not_understood")).all()
    assert (reply.state, reply.cause) == ("failed", "stopped")


def test_a_machine_with_a_name_is_not_answered(session):
    assert answer(session, "Votre colis attend", phone="LIVREUR").meaning is Meaning.UNREAD
    assert session.scalars(select(TextMessage)).all() == []


def test_of_an_answer_only_unread_words_stay_and_no_number(session):
    call(session)
    for body in ("1", "STOP", "Au 3 rue du Lavoir" + "!" * 3000):
        answer(session, body)
    everything = "".join(
        str(session.execute(text(f"SELECT t.* FROM {table} t")).all()) for table in ("incoming_texts", "text_stops")
    )
    assert "639980012" not in everything
    bodies = session.execute(text("SELECT meaning, length(body) FROM incoming_texts ORDER BY meaning")).all()
    assert [tuple(row) for row in bodies] == [("one", None), ("stop", None), ("unread", 2000)]


def test_answers_go_after_a_month_and_stops_stay(session):
    answer(session, "STOP")
    session.flush()
    assert purge_expired(session, PurgeExpired(), NOW + timedelta(days=29))["incoming_texts"] == 0
    assert purge_expired(session, PurgeExpired(), NOW + timedelta(days=31))["incoming_texts"] == 1
    assert len(session.scalars(select(TextStop)).all()) == 1

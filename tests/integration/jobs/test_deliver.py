from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select

from models.rules.actor import CitizenActor
from models.tables import Event, Notice, Unit
from push.ways import Channel
from server.jobs.deliver import DeliverLater, deliver
from server.jobs.notice_channels import channels
from server.services.accept_request import AcceptRequest, accept_request
from server.services.create_contact_request import CreateContactRequest, create_contact_request
from server.services.release_request import ReleaseRequest, release_request
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.support.seed import NOW, TOKENS, actor_of, details, seed_agent, send_request


def send(database, **changes):
    with database.transaction() as session:
        return send_request(session, **changes)


def events(database, name="request_created"):
    with database.transaction() as session:
        return list(session.scalars(select(Event.id).where(Event.name == name).order_by(Event.id)))


def only_notice(database):
    with database.transaction() as session:
        return session.scalars(select(Notice)).one()


def test_a_confirmation_arrives_and_is_written_down(context, database, relay):
    created = send(database)
    [event_id] = events(database)
    deliver(event_id=event_id)
    [mail] = relay.messages
    text = mail.get_body(("plain",)).get_content()
    assert created.reference in mail["Subject"]
    assert created.call_back_word in text
    assert f"https://rdv.example.org/suivi/{created.follow_token}" in text
    assert mail["Date"].datetime == NOW
    notice = only_notice(database)
    assert (notice.event_id, notice.channel, notice.recipient) == (event_id, "email", "citizen")
    assert (notice.state, notice.cause, notice.attempts, notice.claimed_until) == ("sent", None, 1, None)
    assert (notice.created_at, notice.changed_at) == (NOW, NOW)
    assert str(notice.id) in mail["Message-ID"]


def test_nothing_that_the_citizen_wrote_is_in_the_mail(context, database, relay):
    send(
        database, facts="Mon voisin m’a menacé", place="12 rue Secrète", safe_time="après l’école", email="c@a.example"
    )
    deliver(event_id=events(database)[0])
    whole = relay.messages[0].as_string() + "".join(
        part.get_content() for part in relay.messages[0].walk() if part.get_content_maintype() == "text"
    )
    for secret in ("voisin", "menac", "rue Secr", "école", "Camille", "639980012", "plainte", "complaint"):
        assert secret not in whole


def test_english_speakers_are_written_to_in_english(context, database, relay):
    with database.transaction() as session:
        command = CreateContactRequest(details(), "en", "key")
        created = create_contact_request(session, command, NOW, TOKENS)
    deliver(event_id=events(database)[0])
    text = relay.messages[0].get_body(("plain",)).get_content()
    assert "will call you back before" in text
    assert f"https://rdv.example.org/en/follow/{created.follow_token}" in text


def test_a_discreet_request_gives_nothing_away(context, database, relay):
    created = send(database, reason_code="domestic_violence")
    deliver(event_id=events(database)[0])
    [mail] = relay.messages
    assert mail["Subject"] == "Vous avez un message"
    assert str(mail["From"]) == "ne-pas-repondre@example.org"
    assert created.reference not in mail.as_string()
    text = mail.get_body(("plain",)).get_content()
    assert created.follow_token not in mail.as_string()
    assert "https://rdv.example.org/suivi" in text


def test_without_an_address_there_is_no_notice(context, database, relay):
    send(database, email="")
    deliver(event_id=events(database)[0])
    assert relay.attempts == 0
    with database.transaction() as session:
        assert session.scalars(select(Notice)).all() == []


def test_running_twice_sends_once(context, database, relay):
    send(database)
    [event_id] = events(database)
    deliver(event_id=event_id)
    deliver(event_id=event_id)
    assert len(relay.messages) == 1
    assert only_notice(database).attempts == 1


def test_a_busy_relay_gets_the_same_mail_later(context, database, relay, clock):
    send(database)
    [event_id] = events(database)
    relay.answer("RCPT", "450 4.2.1 busy")
    with pytest.raises(DeliverLater):
        deliver(event_id=event_id)
    notice = only_notice(database)
    assert (notice.state, notice.cause, notice.attempts) == ("queued", "smtp_450_4.2.1", 1)
    clock.forward(seconds=10)
    deliver(event_id=event_id)
    again = only_notice(database)
    assert (again.id, again.state, again.cause, again.attempts) == (notice.id, "sent", None, 2)
    assert again.changed_at == NOW + timedelta(seconds=10)
    assert len(relay.messages) == 1


def test_after_a_day_of_trying_it_is_given_up(context, database, relay, clock):
    send(database)
    [event_id] = events(database)
    relay.stop()
    with pytest.raises(DeliverLater):
        deliver(event_id=event_id)
    clock.forward(hours=23)
    with pytest.raises(DeliverLater):
        deliver(event_id=event_id)
    clock.forward(hours=1)
    deliver(event_id=event_id)
    notice = only_notice(database)
    assert (notice.state, notice.cause, notice.attempts) == ("failed", "connection_refused", 3)
    # Failed is failed: a job that runs again all the same does not change its mind.
    relay.start()
    deliver(event_id=event_id)
    assert relay.messages == []


def test_an_unknown_mailbox_is_written_down_and_left_alone(context, database, relay, caplog):
    send(database)
    relay.answer("RCPT", "550 5.1.1 camille@example.org unknown")
    with caplog.at_level(logging.INFO):
        deliver(event_id=events(database)[0])
    notice = only_notice(database)
    assert (notice.state, notice.cause) == ("failed", "smtp_550_5.1.1")
    # "mail.log" is the relay's own.
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "mail.log")
    assert "smtp_550_5.1.1" in logged
    assert "camille" not in logged


def test_a_mistake_of_ours_is_written_down_too(context, database, relay, monkeypatch):
    send(database)
    [event_id] = events(database)
    with monkeypatch.context() as broken:
        broken.setattr("server.jobs.request_notices.compose", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            deliver(event_id=event_id)
    assert only_notice(database).cause == "error_ZeroDivisionError"
    deliver(event_id=event_id)
    assert only_notice(database).state == "sent"


def test_a_notice_is_marked_sent_only_after_the_relay_took_it(context, database, relay):
    send(database)
    seen = []
    relay.when_data_arrives(lambda: seen.append(only_notice(database).state))
    deliver(event_id=events(database)[0])
    assert seen == ["queued"]
    assert only_notice(database).state == "sent"


def test_no_transaction_is_open_while_the_relay_is_spoken_to(context, database, relay):
    send(database)
    held = []
    relay.when_data_arrives(lambda: held.append(database.engine.pool.checkedout()))
    deliver(event_id=events(database)[0])
    assert held == [0]


def test_a_worker_that_died_after_sending_is_repeated_under_the_same_name(context, database, relay, clock, monkeypatch):
    send(database)
    [event_id] = events(database)

    def die(*_):
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr("server.jobs.deliver.settle_notice", die)
        with pytest.raises(SystemExit):
            deliver(event_id=event_id)
    # Its claim is still respected: it might only be slow.
    with pytest.raises(DeliverLater):
        deliver(event_id=event_id)
    assert len(relay.messages) == 1
    clock.forward(minutes=5)
    deliver(event_id=event_id)
    first, second = relay.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert (only_notice(database).state, only_notice(database).attempts) == ("sent", 2)


def test_what_was_overtaken_is_not_said(context, database, relay, clock):
    created = send(database)
    with database.transaction() as session:
        withdraw_request(session, WithdrawRequest(created.request_id), CitizenActor(created.request_id), NOW)
    for name in ("request_created", "request_withdrawn"):
        for event_id in events(database, name):
            deliver(event_id=event_id)
    [mail] = relay.messages
    assert "retirée" in mail["Subject"]


def test_only_the_last_gendarme_is_announced(context, database, relay, clock):
    created = send(database)
    with database.transaction() as session:
        agent = actor_of(seed_agent(session, session.scalars(select(Unit)).one()))
    accept, release = (AcceptRequest, accept_request), (ReleaseRequest, release_request)
    for step, service in (accept, release, accept):
        clock.forward(minutes=1)
        with database.transaction() as session:
            service(session, step(created.request_id), agent, clock.now)
    first, second = events(database, "request_accepted")
    deliver(event_id=first)
    assert relay.messages == []
    deliver(event_id=second)
    assert "s’en occupe" in relay.messages[0]["Subject"]


def test_an_event_that_is_gone_is_no_mistake(context):
    deliver(event_id=999_999)


def test_a_deployment_with_a_relay_alone_has_mail_alone(context):
    assert channels(context).keys() == {Channel.EMAIL}


def test_reading_the_facts_takes_one_query(context, database, relay):
    send(database)
    [event_id] = events(database)
    statements = []
    sqlalchemy_event.listen(
        database.engine, "before_cursor_execute", lambda _c, _u, statement, *_: statements.append(statement)
    )
    deliver(event_id=event_id)
    assert len([one for one in statements if "contact_requests.reference" in one]) == 1

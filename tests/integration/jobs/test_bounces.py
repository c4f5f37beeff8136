"""A mail that comes back: from the relay that took it to the channel that is tried next."""

from __future__ import annotations

import dataclasses
import smtplib

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from models.rules.notices import NoticeState
from models.tables import Event, Notice, Unit
from server.cli import app
from server.jobs import send_text as text_job
from server.jobs import wiring
from server.jobs.deliver import deliver
from server.services.accept_request import AcceptRequest, accept_request
from server.services.raise_notice import RaiseNotice, raise_notice
from tests.support import bounces
from tests.support.seed import NOW, SECRET_KEY, actor_of, seed_agent, send_request
from tests.support.texts import with_sms

OURS = "bounces@example.org"


@pytest.fixture(autouse=True)
def deployment(context, sms_provider, monkeypatch):
    monkeypatch.setattr(text_job, "_standings", {})
    context = with_sms(context, **sms_provider.environment)
    settings = dataclasses.replace(context.settings, mail_bounces=OURS)
    monkeypatch.setattr(wiring, "_installed", [dataclasses.replace(context, settings=settings)])


def send(database, **changes):
    with database.transaction() as session:
        created = send_request(session, **changes)
        session.connection().exec_driver_sql("UPDATE contact_requests SET told_by = 'email'")
    return created


def tell(database, name="request_created"):
    with database.transaction() as session:
        event_id = session.scalars(select(Event.id).where(Event.name == name).order_by(Event.id.desc())).first()
    deliver(event_id=event_id)


def told(database):
    with database.transaction() as session:
        rows = session.execute(
            select(Event.name, Notice.channel, Notice.state, Notice.cause).join(Event, Event.id == Notice.event_id)
        )
        return {(row.name, row.channel): (row.state, row.cause) for row in rows}


def come_back(relay, make, *arguments):
    """Let another mail server return the last mail, with the empty sender that reports have (RFC 3461, 6.1)."""
    to = relay.envelopes[-1].mail_from
    with smtplib.SMTP(relay.host, relay.port, local_hostname="mx.example.net") as smtp:
        smtp.sendmail("", [to], make(to, *arguments))
    envelope = relay.envelopes.pop()
    assert (envelope.mail_from, envelope.rcpt_tos) == ("<>", [to])
    return envelope.content


def hand_over(database, raw, **environment):
    settings = {"DATABASE_URL": database.url, "SECRET_KEY": SECRET_KEY.decode(), "MAIL_BOUNCES": OURS, **environment}
    return CliRunner().invoke(app, ["bounce"], input=raw, env=settings)


@pytest.mark.parametrize("make", [bounces.postfix, bounces.exchange, bounces.sendmail, bounces.exim, bounces.qmail])
def test_a_mail_that_comes_back_is_followed_by_a_text(database, relay, make):
    send(database)
    tell(database)
    assert told(database) == {("request_created", "email"): ("sent", None)}
    raw = come_back(relay, make)
    result = hand_over(database, raw)
    assert result.exit_code == 0, result.output
    assert "camille" not in result.output
    state, cause = told(database)["request_created", "email"]
    assert (state, cause.startswith("bounce_5.")) == ("failed", True)
    assert hand_over(database, raw).output.endswith("known already\n")
    tell(database)
    assert told(database)["request_created", "sms"] == ("queued", None)


def accept(database, created):
    with database.transaction() as session:
        agent = actor_of(seed_agent(session, session.scalars(select(Unit)).one()))
        accept_request(session, AcceptRequest(created.request_id), agent, NOW)


@pytest.mark.parametrize(("status", "next_channel"), [("5.1.1", "sms"), ("5.2.2", "email")])
def test_an_address_without_a_mailbox_is_not_written_to_again(database, relay, status, next_channel):
    created = send(database)
    tell(database)
    hand_over(database, come_back(relay, bounces.postfix, status))
    accept(database, created)
    tell(database, "request_accepted")
    assert [channel for name, channel in told(database) if name == "request_accepted"] == [next_channel]


def test_a_refusal_at_the_door_says_the_same_of_an_address(database, relay):
    created = send(database)
    relay.answer("RCPT", "550 5.1.1 unknown")
    tell(database)
    accept(database, created)
    tell(database, "request_accepted")
    assert [channel for name, channel in told(database) if name == "request_accepted"] == ["sms"]


def test_what_was_read_meanwhile_has_arrived(database, relay):
    send(database)
    tell(database)
    raw = come_back(relay, bounces.postfix)
    with database.transaction() as session:
        raise_notice(session, RaiseNotice(session.scalars(select(Notice.id)).one(), NoticeState.SEEN), NOW)
    hand_over(database, raw)
    assert told(database) == {("request_created", "email"): ("seen", None)}


def test_whatever_else_arrives_there_is_ignored(database, relay):
    send(database)
    tell(database)
    for raw in (come_back(relay, bounces.out_of_office), come_back(relay, bounces.postfix, "4.4.1", "delayed")):
        result = hand_over(database, raw)
        assert (result.exit_code, result.output) == (0, "No bounce of ours: ignored.\n")
    assert told(database) == {("request_created", "email"): ("sent", None)}


def test_the_mail_server_comes_again_when_the_database_is_away(database, relay):
    send(database)
    tell(database)
    raw = come_back(relay, bounces.postfix)
    away = hand_over(database, raw, DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1")
    unset = hand_over(database, raw, MAIL_BOUNCES="")
    assert (away.exit_code, unset.exit_code) == (75, 75)
    assert "MAIL_BOUNCES" in unset.output


def test_the_from_header_stays_what_people_see(database, relay):
    send(database)
    tell(database)
    with database.transaction() as session:
        notice_id = session.scalars(select(Notice.id)).one()
    assert relay.envelopes[0].mail_from == f"bounces+{notice_id.hex}@example.org"
    assert "ne-pas-repondre@example.org" in relay.messages[0]["From"]

from __future__ import annotations

import dataclasses
import socket
from urllib.parse import quote
from uuid import UUID

import icalendar
import pytest

from push.email import EmailChannel
from push.failures import PermanentFailure, TemporaryFailure
from push.messages import CalendarPart, compose
from server.calendars.entries import Party
from server.calendars.writing import write_invitation
from server.config import load_settings
from tests.support.mail import PASSWORD, USER, RudeRelay
from tests.support.processes import free_port
from tests.unit.calendars.drawn import entry
from tests.unit.push.facts import NOW, event, facts

NOTICE = UUID("6a0c6a38-0000-4000-8000-000000000007")
SENDER = "Brigade numérique <ne-pas-repondre@example.org>"


def channel(environment, **limits):
    """The channel of a worker with these settings, read as the worker reads them."""
    settings = load_settings({"DATABASE_URL": "postgresql://db/brigade", "SECRET_KEY": "s" * 32, **environment})
    assert settings.smtp is not None
    return EmailChannel(settings.smtp, SENDER, **limits)


def send(environment, address="camille@example.org", **limits):
    message = compose(event("request_created"), facts(), "fr", NOW)
    channel(environment, **limits).send(address, message, NOTICE, NOW)


def test_a_mail_arrives_as_it_was_written(relay):
    send(relay.environment)
    message = compose(event("request_created"), facts(), "fr", NOW)
    [envelope] = relay.envelopes
    assert envelope.mail_from == "ne-pas-repondre@example.org"
    assert envelope.rcpt_tos == ["camille@example.org"]
    [mail] = relay.messages
    assert mail["Subject"] == message.subject
    assert mail["Message-ID"] == f"<notice.{NOTICE}@example.org>"
    # SMTP ends every line with CR LF.
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == message.text
    assert mail.get_body(("html",)).get_content().replace("\r\n", "\n") == message.html
    assert relay.encrypted == [False]


def test_an_invitation_arrives_and_is_read_by_a_calendar(relay):
    said = entry(
        title="Rendez-vous à la brigade de Saint-Étienne-de-Saint-Geoirs, 38590",
        organizer=Party("ne-pas-repondre@example.org"),
        attendee=Party("camille@example.org"),
    )
    method, calendar = write_invitation(said)
    words = compose(event("request_created"), facts(), "fr", NOW)
    message = dataclasses.replace(words, calendar=CalendarPart(method, calendar))
    channel(relay.environment).send("camille@example.org", message, NOTICE, NOW)
    [mail] = relay.messages
    for part in list(mail.walk())[-2:]:
        [read] = icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
        assert (read["SUMMARY"], read.start) == (said.title, said.starts_at)


def test_starttls_is_used_when_offered_and_the_certificate_is_verified(start_relay, certificate):
    relay = start_relay(certificate)
    send(relay.environment)
    assert relay.encrypted == [True]


def test_a_certificate_that_nobody_vouches_for_stops_the_mail(start_relay, certificate):
    relay = start_relay(certificate)
    with pytest.raises(TemporaryFailure) as refused:
        send({"SMTP_URL": relay.url})
    assert refused.value.cause == "certificate"
    assert relay.attempts == 0


def test_a_certificate_of_another_name_stops_the_mail(start_relay, certificate):
    relay = start_relay(certificate)
    with pytest.raises(TemporaryFailure) as refused:
        send({"SMTP_URL": relay.url.replace("127.0.0.1", "localhost"), "SMTP_CA_FILE": str(certificate)})
    assert refused.value.cause == "certificate"
    assert relay.attempts == 0


def test_encryption_can_be_switched_off_for_a_relay_beside_us(start_relay, certificate):
    relay = start_relay(certificate)
    send({"SMTP_URL": relay.url, "SMTP_TLS": "off"})
    assert relay.encrypted == [False]


def test_encryption_can_be_required(relay):
    with pytest.raises(TemporaryFailure) as refused:
        send({**relay.environment, "SMTP_TLS": "required"})
    assert refused.value.cause == "no_starttls"
    assert relay.attempts == 0


def test_implicit_tls(start_relay, certificate):
    relay = start_relay(certificate, implicit=True)
    send(relay.environment)
    assert relay.encrypted == [True]


def credentials(relay, password=PASSWORD):
    url = relay.url.replace("://", f"://{USER}:{quote(password, safe='')}@")
    return {**relay.environment, "SMTP_URL": url}


def test_signing_in(start_relay, certificate):
    relay = start_relay(certificate, sign_in=True)
    send(credentials(relay))
    assert len(relay.envelopes) == 1


def test_a_wrong_password_is_ours_to_mend_so_the_mail_waits(start_relay, certificate):
    relay = start_relay(certificate, sign_in=True)
    with pytest.raises(TemporaryFailure) as refused:
        send(credentials(relay, "wrong"))
    assert refused.value.cause == "sign_in_535"


def test_a_relay_that_does_not_know_signing_in(relay):
    with pytest.raises(TemporaryFailure) as refused:
        send(credentials(relay))
    assert refused.value.cause.startswith("sign_in")


def test_a_password_never_travels_in_clear(monkeypatch, relay):
    # The same relay under a name that is not this machine's.
    real = socket.getaddrinfo

    def resolve(host, *rest, **more):
        return real("127.0.0.1" if host == "relay.test" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    environment = {"SMTP_URL": credentials(relay)["SMTP_URL"].replace("127.0.0.1", "relay.test")}
    with pytest.raises(TemporaryFailure) as refused:
        send(environment)
    assert refused.value.cause == "no_tls_for_password"
    assert relay.attempts == 0


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "failure", "cause"),
    [
        ("450 4.2.1 mailbox of camille@example.org is busy", TemporaryFailure, "smtp_450_4.2.1"),
        ("451 try later", TemporaryFailure, "smtp_451"),
        ("421 4.3.2 going down", TemporaryFailure, "smtp_421_4.3.2"),
        ("550 5.1.1 camille@example.org unknown", PermanentFailure, "smtp_550_5.1.1"),
        ("554 no", PermanentFailure, "smtp_554"),
    ],
)
def test_what_the_relay_answers_decides_whether_to_try_again(relay, command, answer, failure, cause):
    relay.answer(command, answer)
    with pytest.raises((TemporaryFailure, PermanentFailure)) as refused:
        send(relay.environment)
    assert type(refused.value) is failure
    assert str(refused.value) == cause
    assert refused.value.__suppress_context__
    assert relay.envelopes == []
    # It was a passing mood: the next attempt gets through.
    send(relay.environment)
    assert len(relay.envelopes) == 1


def test_a_relay_that_refuses_us_makes_everything_wait(relay):
    relay.answer("MAIL", "550 5.7.1 sender not allowed")
    with pytest.raises(TemporaryFailure) as refused:
        send(relay.environment)
    assert refused.value.cause == "refused_550"


def test_nobody_listens():
    with pytest.raises(TemporaryFailure) as refused:
        send({"SMTP_URL": f"smtp://127.0.0.1:{free_port()}"})
    assert refused.value.cause == "connection_refused"


def test_a_host_that_does_not_exist():
    with pytest.raises(TemporaryFailure) as refused:
        send({"SMTP_URL": "smtp://relay.invalid:25"})
    assert refused.value.cause == "unknown_host"


def test_a_relay_that_says_nothing():
    silent = RudeRelay(pause=None)
    try:
        with pytest.raises(TemporaryFailure) as refused:
            send({"SMTP_URL": f"smtp://127.0.0.1:{silent.port}"}, answer_within_s=0.2)
    finally:
        silent.close()
    assert refused.value.cause == "timeout"


def test_a_relay_that_never_comes_to_the_point():
    slow = RudeRelay(pause=0.02)
    try:
        with pytest.raises(TemporaryFailure) as refused:
            send({"SMTP_URL": f"smtp://127.0.0.1:{slow.port}"}, delivered_within_s=0.5)
    finally:
        slow.close()
    assert refused.value.cause == "timeout"


def test_an_address_beyond_ascii_needs_a_relay_that_carries_it(relay):
    send(relay.environment, "camille@hôtel.example")
    assert relay.envelopes[0].rcpt_tos == ["camille@xn--htel-vqa.example"]


def test_a_relay_comes_back_on_its_port(relay):
    relay.stop()
    with pytest.raises(TemporaryFailure):
        send(relay.environment)
    relay.start()
    send(relay.environment)
    assert len(relay.envelopes) == 1

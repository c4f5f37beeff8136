from __future__ import annotations

import dataclasses
import email
from email.policy import default
from uuid import UUID

import pytest

from push.email import build_email, parse_address
from push.failures import PermanentFailure
from push.messages import CalendarPart, compose
from tests.unit.push.facts import NOW, event, facts

NOTICE = UUID("6a0c6a38-0000-4000-8000-000000000007")
SENDER = "Brigade numérique <ne-pas-repondre@example.org>"

# A line that is broken inside a word, as calendars break them, must arrive with the same breaks.
CALENDAR = ("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Rendez-vous à la br\r\n igade\r\nEND:VCALENDAR\r\n").encode()


def build(address="camille@example.org", *, sender=SENDER, **changes):
    message = compose(event("request_created"), facts(**changes), "fr", NOW)
    return build_email(address, message, sender=sender, notice_id=NOTICE, now=NOW)


def with_calendar():
    message = compose(event("request_created"), facts(), "fr", NOW)
    return dataclasses.replace(message, calendar=CalendarPart("REQUEST", CALENDAR))


def as_received(mail):
    return email.message_from_bytes(mail.as_bytes(), policy=default)


def test_a_mail_is_whole_and_survives_the_wire():
    mail = as_received(build())
    assert str(mail["From"]) == SENDER
    assert str(mail["To"]) == "camille@example.org"
    assert mail["Message-ID"] == f"<notice.{NOTICE}@example.org>"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "fr"
    assert mail["MIME-Version"] == "1.0"
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    message = compose(event("request_created"), facts(), "fr", NOW)
    assert mail["Subject"] == message.subject
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == message.text
    assert mail.get_body(("html",)).get_content().replace("\r\n", "\n") == message.html


def test_a_calendar_is_an_alternative_and_a_file():
    """The alternative is what Gmail, Outlook and Thunderbird act upon; the file serves whoever has none of them."""
    message = with_calendar()
    mail = as_received(build_email("camille@example.org", message, sender=SENDER, notice_id=NOTICE, now=NOW))
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    *_, acted_upon, file = mail.walk()
    assert acted_upon["Content-Type"].params == {"charset": "utf-8", "method": "REQUEST"}
    assert acted_upon.get_payload(decode=True) == CALENDAR
    assert acted_upon.get_content_disposition() is None
    assert (file.get_filename(), file.get_content_disposition()) == ("rendez-vous.ics", "attachment")
    assert file.get_payload(decode=True) == CALENDAR
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == message.text
    assert mail["Content-Language"] == "fr"


def test_a_mail_is_seven_bit_and_its_lines_are_short():
    invitation = build_email("camille@example.org", with_calendar(), sender=SENDER, notice_id=NOTICE, now=NOW)
    for mail in (build(), invitation):
        wire = mail.as_bytes()
        assert wire.isascii()
        assert max(map(len, wire.split(b"\r\n"))) <= 78


def test_a_message_shows_no_calendar_in_a_log():
    assert "VCALENDAR" not in repr(with_calendar())


def test_a_repeat_has_the_same_identity():
    assert build()["Message-ID"] == build(address="camille@example.org")["Message-ID"]


def test_a_discreet_mail_does_not_name_its_sender():
    mail = as_received(build(discreet=True))
    assert str(mail["From"]) == "ne-pas-repondre@example.org"
    assert mail["Subject"] == "Vous avez un message"


@pytest.mark.parametrize(
    "address",
    [
        "camille@example.org\r\nBcc: everybody@example.org",
        "camille@example.org\nSubject: other",
        "camille@example.org, other@example.org",
        "camille",
        "@example.org",
        "camille@",
        "",
        "a b@example.org",
        "camille@exa\u2028mple.org",
        f"camille@{'x' * 70}.org",
    ],
)
def test_no_address_smuggles_a_header_in(address):
    with pytest.raises(PermanentFailure) as refused:
        build(address)
    assert refused.value.cause == "address"


def test_a_reference_cannot_smuggle_a_header_in():
    with pytest.raises(ValueError, match="linefeed"):
        build_email(
            "camille@example.org",
            _with_subject("Bonjour\r\nBcc: everybody@example.org"),
            sender=SENDER,
            notice_id=NOTICE,
            now=NOW,
        )


def _with_subject(subject):
    return dataclasses.replace(compose(event("request_created"), facts(), "fr", NOW), subject=subject)


def test_a_domain_in_other_scripts_is_written_as_dns_knows_it():
    assert parse_address("camille@hôtel.example").addr_spec == "camille@xn--htel-vqa.example"


def test_a_long_address_to_unsubscribe_stays_whole_on_the_wire():
    url = "https://rendez-vous.gendarmerie.interieur.gouv.fr/en/follow/AbCdEfGhIjKlMnOpQrStUv/unsubscribe?" + "x" * 200
    message = compose(event("request_created"), facts(), "fr", NOW)
    sender = "Brigade <ne-pas-repondre@example.org>"
    settings = {"sender": sender, "notice_id": NOTICE, "now": NOW}
    mail = build_email("c@example.org", message, **settings, unsubscribe_url=url).as_bytes()
    assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in mail
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in mail
    assert b"List-Unsubscribe" not in build_email("c@example.org", message, **settings).as_bytes()

from __future__ import annotations

from decimal import Decimal

import pytest

from push.endpoint_guard import check_endpoint
from push.vapid import VapidKey
from server.config import ConfigError, load_settings

KEY = VapidKey.make().write()
SUBJECT = "mailto:admin@example.org"
GOOD = {"DATABASE_URL": "postgresql://db/brigade", "SECRET_KEY": "s" * 32}


def test_the_least_that_is_needed():
    settings = load_settings(GOOD)
    assert (settings.port, settings.host, settings.async_mode) == (8000, "127.0.0.1", "eventlet")
    assert settings.public_url == "http://localhost:8000"
    assert not settings.secure_cookies
    assert settings.smtp is None


def test_a_public_https_address_makes_cookies_secure():
    assert load_settings({**GOOD, "PUBLIC_URL": "https://rdv.example.org/"}).secure_cookies


def test_a_relay_is_read_whole():
    relay = load_settings({**GOOD, "SMTP_URL": "smtps://user:secret@mail.example.org"}).smtp
    assert relay is not None
    assert (relay.host, relay.port, relay.implicit_tls, relay.user) == ("mail.example.org", 465, True, "user")


def test_without_a_key_there_is_no_web_push():
    assert load_settings({**GOOD, "PUSH_HOSTS": "push.example.org"}).push is None


def test_web_push_is_read_whole():
    older = VapidKey.make().write()
    push = load_settings(
        {
            **GOOD,
            "VAPID_KEYS": f"{KEY},{older}",
            "VAPID_SUBJECT": SUBJECT,
            "PUSH_HOSTS": "push.example.org:8443",
            "PUSH_HOSTS_INSIDE": "1",
        }
    ).push
    assert push is not None
    assert [key.write() for key in push.keys] == [KEY, older]
    assert check_endpoint("https://fcm.googleapis.com/fcm/send/x", push.allowed_hosts).allowed.own is False
    own = check_endpoint("https://push.example.org:8443/x", push.allowed_hosts).allowed
    assert (own.own, own.inside) == (True, True)
    assert KEY not in repr(push)


def test_a_wrong_key_is_not_repeated():
    with pytest.raises(ConfigError) as refused:
        load_settings({**GOOD, "VAPID_KEYS": KEY[:-1]})
    assert KEY[:-1] not in str(refused.value)


KANNEL = {
    "SMS_KANNEL_URL": "https://brigade:mot%2Fde%40passe@sms.example.org:13013/cgi-bin/sendsms",
    "SMS_KANNEL_FROM": "36112",
    "SMS_KANNEL_SECRET": "s" * 16,
}
TWILIO = {"SMS_TWILIO_URL": "https://AC1:jeton@api.twilio.com", "SMS_TWILIO_FROM": "+33644600000"}


def test_without_providers_there_are_no_text_messages():
    assert load_settings(GOOD).sms is None


def test_providers_are_read_whole_and_their_passwords_do_not_show():
    settings = load_settings({**GOOD, **KANNEL, **TWILIO, "SMS_TWILIO_WEIGHT": "0", "SMS_EUROS_PER_DAY": "12.50"})
    sms = settings.sms
    assert sms is not None
    assert {33, 262, 689} <= sms.countries
    assert not {1, 44, 882} & sms.countries
    assert sms.kannel is not None
    assert sms.twilio is not None
    assert (sms.kannel.url, sms.kannel.user) == ("https://sms.example.org:13013/cgi-bin/sendsms", "brigade")
    assert (sms.kannel.password, sms.kannel.weight) == ("mot/de@passe", 1)
    assert (sms.twilio.url, sms.twilio.user, sms.twilio.weight) == ("https://api.twilio.com", "AC1", 0)
    assert (sms.segments_per_hour, sms.euros_per_hour, sms.euros_per_day) == (500, None, Decimal("12.50"))
    assert not any(secret in repr(sms) for secret in ("mot/de", "mot%2Fde", "jeton", "s" * 16))


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({**KANNEL, "SMS_KANNEL_SECRET": ""}, "SMS_KANNEL_SECRET"),
        ({**KANNEL, "SMS_KANNEL_SECRET": "short"}, "SMS_KANNEL_SECRET"),
        ({**KANNEL, "SMS_KANNEL_FROM": ""}, "SMS_KANNEL_FROM"),
        ({**KANNEL, "SMS_KANNEL_FROM": "36112\r\nX-Kannel-To: +33"}, "SMS_KANNEL_FROM"),
        ({**KANNEL, "SMS_KANNEL_URL": "sms.example.org"}, "SMS_KANNEL_URL"),
        ({**KANNEL, "SMS_KANNEL_URL": "http://sms.example.org"}, "SMS_KANNEL_URL"),
        ({**KANNEL, "SMS_KANNEL_URL": "http://user:word@sms.example.org:port"}, "SMS_KANNEL_URL"),
        ({**TWILIO, "SMS_TWILIO_URL": "https://AC1@api.twilio.com"}, "SMS_TWILIO_URL"),
        ({**TWILIO, "SMS_TWILIO_PRICE": "cheap"}, "SMS_TWILIO_PRICE"),
        ({**TWILIO, "SMS_TWILIO_PRICE": "NaN"}, "SMS_TWILIO_PRICE"),
        ({**TWILIO, "SMS_TWILIO_WEIGHT": "-1"}, "SMS_TWILIO_WEIGHT"),
        ({**TWILIO, "SMS_COUNTRIES": "33,+32"}, "SMS_COUNTRIES"),
        ({**TWILIO, "SMS_COUNTRIES": "33,FR"}, "SMS_COUNTRIES"),
        ({**TWILIO, "SMS_EUROS_PER_HOUR": "-1"}, "SMS_EUROS_PER_HOUR"),
        ({**TWILIO, "SMS_SEGMENTS_PER_DAY": "0"}, "SMS_SEGMENTS_PER_DAY"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"DATABASE_URL": "mysql://db"}, "DATABASE_URL"),
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"PORT": "-1"}, "PORT"),
        ({"ASYNC_MODE": "twisted"}, "ASYNC_MODE"),
        ({"PUBLIC_URL": "rdv.example.org"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://rdv.example.org/app"}, "PUBLIC_URL"),
        ({"SMTP_URL": "mail.example.org"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://mail.example.org:mail"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://mail.example.org:0"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://mail.example.org/inbox"}, "SMTP_URL"),
        ({"SMTP_URL": "smtps://user:d%C3%A9j%C3%A0@mail.example.org"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://mail.example.org", "SMTP_TLS": "maybe"}, "SMTP_TLS"),
        ({"SMTP_URL": "smtp://mail.example.org", "SMTP_CA_FILE": "no/such/file.pem"}, "SMTP_CA_FILE"),
        ({"STATE_SITE": "yes"}, "STATE_SITE"),
        ({"TRUSTED_PROXIES": "99"}, "TRUSTED_PROXIES"),
        ({"RETENTION_DAYS": "0"}, "RETENTION_DAYS"),
        ({"QUICK_EXIT_URL": "javascript:alert(1)"}, "QUICK_EXIT_URL"),
        ({"QUICK_EXIT_URL": "meteo"}, "QUICK_EXIT_URL"),
        ({"VAPID_KEYS": "x"}, "VAPID_KEYS"),
        ({"VAPID_KEYS": f"{KEY},{KEY}", "VAPID_SUBJECT": SUBJECT}, "VAPID_KEYS"),
        ({"VAPID_KEYS": KEY}, "VAPID_SUBJECT"),
        ({"VAPID_KEYS": KEY, "VAPID_SUBJECT": "mailto:admin@localhost"}, "VAPID_SUBJECT"),
        ({"PUSH_HOSTS": "https://push.example.org"}, "PUSH_HOSTS"),
        ({"PUSH_HOSTS": "10.0.0.1"}, "PUSH_HOSTS"),
        ({"PUSH_HOSTS": "push.example.org", "PUSH_HOSTS_INSIDE": "yes"}, "PUSH_HOSTS_INSIDE"),
        ({"PUSH_HOSTS": "push.example.org", "PUSH_CA_FILE": "no/such/file.pem"}, "PUSH_CA_FILE"),
    ],
)
def test_a_wrong_setting_says_which_one_and_what_to_do(changes, names):
    with pytest.raises(ConfigError) as refused:
        load_settings({**GOOD, **changes})
    message = str(refused.value)
    assert names in message
    assert any(word in message for word in ("set it", "write", "leave it", "Name a file"))


def test_a_password_may_hold_the_signs_that_mean_something_in_an_address():
    relay = load_settings({**GOOD, "SMTP_URL": "smtps://us%40er:p%3Aa%2Fss@mail.example.org:2465"}).smtp
    assert relay is not None
    assert (relay.user, relay.password, relay.port, relay.tls) == ("us@er", "p:a/ss", 2465, "offered")
    assert "p:a/ss" not in repr(relay)


def test_a_secret_is_never_repeated_in_the_message():
    with pytest.raises(ConfigError) as refused:
        load_settings({**GOOD, "SECRET_KEY": "hunter2"})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "wrong", ["bounces", "a b@example.org", "<bounces@example.org>", "é@example.org", "x" * 32 + "@a.fr"]
)
def test_an_address_for_bounces_that_could_not_be_one_is_refused(wrong):
    with pytest.raises(ConfigError, match="MAIL_BOUNCES"):
        load_settings({**GOOD, "MAIL_BOUNCES": wrong})


def test_bounces_may_have_an_address_or_none():
    assert load_settings(GOOD).mail_bounces is None
    assert load_settings({**GOOD, "MAIL_BOUNCES": "bounces@example.gouv.fr"}).mail_bounces == "bounces@example.gouv.fr"

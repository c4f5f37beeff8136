from __future__ import annotations

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


@pytest.mark.parametrize(
    ("changes", "names"),
    [
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

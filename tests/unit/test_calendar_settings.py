from __future__ import annotations

from pathlib import Path

import pytest

from push.endpoint_guard import AllowedHost
from server.calendar_settings import read_calendar_settings
from server.setting_values import ConfigError

SECRET = b"s" * 32


def test_without_settings_credentials_are_sealed_with_the_secret_key() -> None:
    settings = read_calendar_settings({}, SECRET)
    assert settings.secrets == (SECRET,)
    assert settings.own_hosts == ()
    assert settings.ca_file is None


def test_own_keys_come_first_and_what_the_secret_key_sealed_still_opens() -> None:
    settings = read_calendar_settings({"CREDENTIALS_KEYS": f"{'a' * 32}, {'b' * 40}"}, SECRET)
    assert settings.secrets == (b"a" * 32, b"b" * 40, SECRET)
    assert "aaaa" not in repr(settings)


def test_hosts_inside_are_those_that_the_operator_names(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text("")
    env = {
        "CALENDAR_HOSTS": "agenda.example.gouv.fr:8443",
        "CALENDAR_HOSTS_INSIDE": "1",
        "CALENDAR_CA_FILE": str(ca_file),
    }
    settings = read_calendar_settings(env, SECRET)
    assert [isinstance(one, AllowedHost) and one.admits("agenda.example.gouv.fr", 8443) for one in settings.own_hosts]
    assert settings.ca_file == str(ca_file)


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"CREDENTIALS_KEYS": "short"}, "CREDENTIALS_KEYS is wrong: write secrets of at least 32"),
        ({"CALENDAR_HOSTS": "https://x"}, "CALENDAR_HOSTS is 'https://x': write names"),
        ({"CALENDAR_HOSTS_INSIDE": "yes"}, "CALENDAR_HOSTS_INSIDE is 'yes': set it to 1"),
        ({"CALENDAR_CA_FILE": "/nowhere"}, "there is no such file"),
    ],
)
def test_a_wrong_setting_says_what_to_do(env: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigError, match=says) as refused:
        read_calendar_settings(env, SECRET)
    assert "short" not in str(refused.value)

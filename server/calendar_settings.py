"""The settings of plannings and agendas, from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from push.endpoint_guard import AllowedHost
from server.own_hosts import read_own_hosts
from server.setting_values import ConfigError

SHORTEST_SECRET = 32


@dataclass(frozen=True)
class CalendarSettings:
    """What plannings and agendas need to know; see docs/operations/calendars.md.

    Args:
        secrets: what credentials are sealed with, the current one first.
        own_hosts: hosts that the operator has named; they may be inside and have certificates of their own. Every other
            one must be on the internet.
        ca_file: certificates to trust instead of the system's, for the hosts that the operator has named.
    """

    secrets: tuple[bytes, ...] = field(repr=False)
    own_hosts: tuple[AllowedHost, ...] = ()
    ca_file: str | None = None


def read_calendar_settings(env: Mapping[str, str], secret_key: bytes) -> CalendarSettings:
    """Read CREDENTIALS_KEYS, CALENDAR_HOSTS, CALENDAR_HOSTS_INSIDE and CALENDAR_CA_FILE.

    Args:
        secret_key: what is sealed with where CREDENTIALS_KEYS is not set.

    Raises:
        ConfigError: one of them is wrong.
    """
    keys = [one.strip() for one in env.get("CREDENTIALS_KEYS", "").split(",") if one.strip()]
    if any(len(one) < SHORTEST_SECRET for one in keys):
        # The values themselves are not repeated: they are secrets.
        raise ConfigError(
            f"CREDENTIALS_KEYS is wrong: write secrets of at least {SHORTEST_SECRET} random characters with commas"
            " between them, the one to seal with first; or leave it unset to use SECRET_KEY."
        )
    own = read_own_hosts(env, "CALENDAR", "agenda.example.gouv.fr")
    # What was sealed before CREDENTIALS_KEYS was set still opens.
    return CalendarSettings((*(one.encode() for one in keys), secret_key), own.hosts, own.ca_file)

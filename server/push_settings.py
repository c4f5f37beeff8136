"""The settings of web push, from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from push.endpoint_guard import BROWSERS_OWN, AllowedHost
from push.vapid import VapidKey, check_subject, read_keys
from server.own_hosts import read_own_hosts
from server.setting_values import ConfigError


@dataclass(frozen=True)
class PushSettings:
    """What web push needs to know; see docs/operations/web-push.md.

    Args:
        keys: the current one first.
        subject: whom a push service writes to.
        allowed_hosts: where may be sent.
        ca_file: certificates to trust instead of the system's, for the hosts that the operator has named.
    """

    keys: tuple[VapidKey, ...]
    subject: str
    allowed_hosts: tuple[AllowedHost, ...]
    ca_file: str | None


def read_push_settings(env: Mapping[str, str]) -> PushSettings | None:
    """Read VAPID_KEYS, VAPID_SUBJECT, PUSH_HOSTS, PUSH_HOSTS_INSIDE and PUSH_CA_FILE; None without any key.

    Raises:
        ConfigError: one of them is wrong.
    """
    try:
        keys = read_keys(env.get("VAPID_KEYS", ""))
    except ValueError as error:
        # The value itself is not repeated: it is a secret.
        raise ConfigError(f"VAPID_KEYS is wrong, {error}: write what `brigade vapid-keys` prints.") from None
    own = read_own_hosts(env, "PUSH", "push.example.gouv.fr")
    if not keys:
        return None
    subject = env.get("VAPID_SUBJECT", "")
    try:
        check_subject(subject)
    except ValueError as error:
        raise ConfigError(
            f"VAPID_SUBJECT is {subject!r}, and push services want to know whom to ask: {error}."
        ) from None
    return PushSettings(keys, subject, (*BROWSERS_OWN, *own.hosts), own.ca_file)

"""The settings of web push, from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from push.endpoint_guard import BROWSERS_OWN, AllowedHost, EndpointRefused, parse_allowed_hosts
from push.vapid import VapidKey, check_subject, read_keys


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
        ValueError: one of them is wrong; its text is a sentence that says which, and what to do.
    """
    try:
        keys = read_keys(env.get("VAPID_KEYS", ""))
    except ValueError as error:
        # The value itself is not repeated: it is a secret.
        raise ValueError(f"VAPID_KEYS is wrong, {error}: write what `brigade vapid-keys` prints.") from None
    inside = env.get("PUSH_HOSTS_INSIDE", "")
    if inside not in ("", "0", "1"):
        raise ValueError(f"PUSH_HOSTS_INSIDE is {inside!r}: set it to 1, or leave it unset.")
    hosts = env.get("PUSH_HOSTS", "")
    try:
        own = parse_allowed_hosts(hosts, inside=inside == "1")
    except EndpointRefused:
        raise ValueError(
            f"PUSH_HOSTS is {hosts!r}: write names with commas between them, such as push.example.gouv.fr or"
            " push.example.gouv.fr:8443."
        ) from None
    ca_file = env.get("PUSH_CA_FILE") or None
    if ca_file is not None and not Path(ca_file).is_file():
        raise ValueError(f"PUSH_CA_FILE is {ca_file!r}: there is no such file. Name a file of PEM certificates.")
    if not keys:
        return None
    subject = env.get("VAPID_SUBJECT", "")
    try:
        check_subject(subject)
    except ValueError as error:
        raise ValueError(
            f"VAPID_SUBJECT is {subject!r}, and push services want to know whom to ask: {error}."
        ) from None
    return PushSettings(keys, subject, (*BROWSERS_OWN, *own), ca_file)

"""Hosts that the operator has named, from the environment: they may be inside and have certificates of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from push.endpoint_guard import AllowedHost, EndpointRefused, parse_allowed_hosts
from server.setting_values import ConfigError, certificates, flag


class OwnHosts(NamedTuple):
    """The hosts, and certificates to trust for them instead of the system's."""

    hosts: tuple[AllowedHost, ...]
    ca_file: str | None


def read_own_hosts(env: Mapping[str, str], name: str, example: str) -> OwnHosts:
    """Read `<name>_HOSTS`, `<name>_HOSTS_INSIDE` and `<name>_CA_FILE`.

    Args:
        example: a host such as somebody would write.

    Raises:
        ConfigError: one of them is wrong.
    """
    hosts, inside = env.get(f"{name}_HOSTS", ""), flag(env, f"{name}_HOSTS_INSIDE")
    try:
        own = parse_allowed_hosts(hosts, inside=inside)
    except EndpointRefused:
        raise ConfigError(
            f"{name}_HOSTS is {hosts!r}: write names with commas between them, such as {example} or {example}:8443."
        ) from None
    return OwnHosts(tuple(own), certificates(env, f"{name}_CA_FILE"))

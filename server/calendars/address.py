"""Where an agenda may be: on the internet, or at a host that the operator has named."""

from __future__ import annotations

from collections.abc import Sequence

from models.rules.errors import Invalid
from push.endpoint_guard import AllowedHost, Endpoint, EndpointRefused, HttpsUrl, parse_https_url


def judge_agenda(url: str, own_hosts: Sequence[AllowedHost]) -> Endpoint:
    """Say where the address of an agenda leads; what its name stands for is judged at the moment of connecting.

    Args:
        own_hosts: those that the operator has named, which may be inside.

    Raises:
        EndpointRefused: nothing may be sent there.
    """
    address = _parse(url)
    named = next((one for one in own_hosts if one.admits(address.host, address.port)), None)
    return Endpoint(address, named or AllowedHost(address.host, address.port))


def host_of(url: str) -> str:
    """Return the host of an agenda's address that somebody has typed.

    Raises:
        Invalid: `url`: as `EndpointRefused` has it.
    """
    try:
        return _parse(url).host
    except EndpointRefused as refused:
        raise Invalid("invalid_arguments", {"fields": {"url": refused.code}}) from None


def _parse(url: str) -> HttpsUrl:
    address = parse_https_url(url)
    if "?" in address.path:
        # The names of events are put behind it, and would be in the query.
        raise EndpointRefused("malformed")
    return address

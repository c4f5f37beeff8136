"""Which addresses of the network a URL that somebody else wrote may lead to, and what a name stands for right now.

A name is looked up once for each connection, every address it has is judged, and the connection goes to one of those
very addresses: a name that answers differently a moment later leads nowhere else.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address
from typing import Any

Lookup = Callable[..., Iterable[tuple[Any, Any, Any, Any, tuple[Any, ...]]]]

# The registries of special-purpose addresses (IANA, RFC 6890), written out: what the standard library calls global has
# changed between its versions. Multicast and what is reserved (224.0.0.0/3) are in the list.
_SPECIAL_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
# Only this is handed out to hosts on the internet (RFC 4291), except for the parts below: tunnels that hold another
# address (Teredo in 2001::/23, 6to4 in 2002::/16), documentation, benchmarks.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(
    ipaddress.IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
# How IPv4 looks from a network without it (RFC 6052): the last 32 bits are the address.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# What an operator may mean by "our own network" (RFC 1918, RFC 4193), or by "this machine". Link-local is not in it:
# that is where clouds hand out credentials.
_INSIDE_V4 = tuple(
    ipaddress.IPv4Network(network) for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")
)
_INSIDE_V6 = tuple(ipaddress.IPv6Network(network) for network in ("fc00::/7", "::1/128"))


class AddressRefused(Exception):
    """A name stands for an address that nobody outside may lead us to."""

    code = "address_not_public"

    def __str__(self) -> str:
        return self.code


def is_public(address: str) -> bool:
    """Tell whether `address`, as text, belongs to the internet; what is no address does not."""
    found = _read(address)
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _SPECIAL_V4)
    return found is not None and found in _GLOBAL_UNICAST and not any(found in network for network in _SPECIAL_V6)


def is_inside(address: str) -> bool:
    """Tell whether `address` belongs to this machine or to a network that an organisation numbers for itself."""
    found = _read(address)
    if isinstance(found, IPv4Address):
        return any(found in network for network in _INSIDE_V4)
    return found is not None and any(found in network for network in _INSIDE_V6)


def resolve(host: str, port: int, *, inside: bool = False, lookup: Lookup = socket.getaddrinfo) -> tuple[str, ...]:
    """Look `host` up, and return the addresses to connect to.

    Args:
        inside: addresses of our own networks will do as well; only for a host that an operator has named.
        lookup: answers as `socket.getaddrinfo` does.

    Raises:
        AddressRefused: one of its addresses is not public. A name that stands for inside and outside at once is either
            a mistake or an attack, so the others are not used either.
        OSError: it has no address, or the DNS is away.
    """
    found = lookup(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    addresses = tuple(dict.fromkeys(str(address[0]) for *_, address in found))
    if not addresses:
        raise OSError("no address")
    if not all(is_public(one) or (inside and is_inside(one)) for one in addresses):
        raise AddressRefused
    return addresses


def _read(address: str) -> IPv4Address | IPv6Address | None:
    """Read an address; one of IPv4 that is wrapped into IPv6 is judged as what it is."""
    found: IPv4Address | IPv6Address | None = None
    with contextlib.suppress(ValueError):
        found = ipaddress.ip_address(address)
    if isinstance(found, IPv6Address):
        if found.scope_id is not None:
            return None
        if found.ipv4_mapped is not None:
            return found.ipv4_mapped
        if found in _NAT64:
            return IPv4Address(int(found) & 0xFFFFFFFF)
    return found

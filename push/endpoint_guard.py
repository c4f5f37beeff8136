"""Where we may send: a push endpoint is an address that a client made up, so it could lead into our own network.

Judged when it is saved and again when something is sent, because settings change: https, no user-info, and a host and
port that are on a list. What the host stands for is judged at the moment of connecting, by `push.public_addresses`.
There is one reading of a URL here and it is narrower than the standard's (RFC 3986, WHATWG URL): what two parsers could
read differently is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

LONGEST_URL = 2048
HTTPS_PORT = 443
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# At least one letter in the last label: no spelling of a number is a name.
_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*(?=[a-z0-9-]*[a-z]){_LABEL}", re.ASCII)
_NOT_A_NAME = re.compile(r"0x[0-9a-f]*")
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
# A path and a query of RFC 3986, without a fragment, which no server ever gets to see.
_PATH = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*", re.ASCII)


class EndpointRefused(Exception):
    """Nothing is sent to this address.

    Args:
        code: `too_long`, `not_https`, `user_info`, `malformed` (host, port or path) or `host_not_allowed`; never the
            address itself, which is a capability of its subscriber.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class HttpsUrl:
    """A URL that every parser reads in the same way."""

    host: str
    port: int
    path: str = field(repr=False)

    @property
    def origin(self) -> str:
        """Its origin as RFC 6454 writes it, without the usual port."""
        return f"https://{self.host}" + ("" if self.port == HTTPS_PORT else f":{self.port}")

    @property
    def url(self) -> str:
        """The whole of it, to be asked for."""
        return self.origin + self.path


@dataclass(frozen=True)
class AllowedHost:
    """A host that may be sent to.

    Args:
        name: a name, or `*.` and a name for whatever ends with it.
        own: an operator has named it: it may bring its own authority of certificates.
        inside: it may stand for addresses of our own networks.
    """

    name: str
    port: int = HTTPS_PORT
    own: bool = False
    inside: bool = False

    def admits(self, host: str, port: int) -> bool:
        """Tell whether this entry is about `host`, in lower case, and `port`."""
        if port != self.port:
            return False
        return host.endswith(self.name[1:]) if self.name.startswith("*.") else host == self.name


@dataclass(frozen=True)
class Endpoint:
    """An address that may be sent to, and the entry that says so."""

    address: HttpsUrl
    allowed: AllowedHost


# Where browsers subscribe: Chromium and what is built on it, Firefox, Safari, Edge.
BROWSERS_OWN = (
    AllowedHost("fcm.googleapis.com"),
    AllowedHost("updates.push.services.mozilla.com"),
    AllowedHost("*.push.apple.com"),
    AllowedHost("*.notify.windows.com"),
)


def check_endpoint(url: str, allowed_hosts: Sequence[AllowedHost] = BROWSERS_OWN) -> Endpoint:
    """Say where `url` leads.

    Raises:
        EndpointRefused: nothing may be sent there.
    """
    address = parse_https_url(url)
    for allowed in allowed_hosts:
        if allowed.admits(address.host, address.port):
            return Endpoint(address, allowed)
    raise EndpointRefused("host_not_allowed")


def parse_https_url(url: str) -> HttpsUrl:
    """Read an https URL whose host is a name.

    Raises:
        EndpointRefused: it is anything else, or two programs could read it as two different addresses.
    """
    if len(url) > LONGEST_URL:
        raise EndpointRefused("too_long")
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() != "https":
        raise EndpointRefused("not_https")
    authority, slash, path = rest.partition("/")
    if "@" in authority:
        raise EndpointRefused("user_info")
    host, port = _host_and_port(authority.lower())
    if not _PATH.fullmatch(slash + path):
        raise EndpointRefused("malformed")
    return HttpsUrl(host, port, slash + path)


def parse_allowed_hosts(text: str, *, inside: bool = False) -> tuple[AllowedHost, ...]:
    """Read what an operator writes: `push.example.gouv.fr, push.example.net:8443`, exact names only.

    Args:
        inside: these hosts may stand for addresses of our own networks.

    Raises:
        EndpointRefused: `malformed`: one of them is not a name, with a port or without.
    """
    entries = (one.strip() for one in text.split(","))
    return tuple(AllowedHost(*_host_and_port(one.lower()), own=True, inside=inside) for one in entries if one)


def _host_and_port(authority: str) -> tuple[str, int]:
    host, colon, port = authority.partition(":")
    if not _NAME.fullmatch(host) or _NOT_A_NAME.fullmatch(host.rpartition(".")[2]):
        raise EndpointRefused("malformed")
    if not colon:
        return host, HTTPS_PORT
    if not _PORT.fullmatch(port) or int(port) > 65535:
        raise EndpointRefused("malformed")
    return host, int(port)

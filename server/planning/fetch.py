"""A planning fetched over https: from judged addresses only, once, within bounds, and only when it has changed.

    client = Source("https://agenda.example.fr/chef.ics", user="bn", password=secret)
    match fetch(client, known=Validators(etag, last_modified), allowed_hosts=hosts):
        case Unchanged(): ...
        case Fetched(octets, validators): ...

The URL is one that somebody typed into a form, and is a secret besides: it is judged by `push.endpoint_guard` and
`push.public_addresses`, as a push endpoint is, and never told in an error. A redirect is refused: calendars that are
published have an address of their own, and the chief is told to enter that one.
"""

from __future__ import annotations

import socket
import ssl
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import aiohttp
from yarl import URL

from push.endpoint_guard import AllowedHost, EndpointRefused, HttpsUrl, parse_https_url
from push.pinned_client import PinnedClient, PinningResolver
from push.public_addresses import AddressRefused, Lookup
from push.web_push_request import cause_of
from server.event_loops import run_to_its_end

_PIECE = 65_536
# Longer ones are no validators but an attempt to have something stored (RFC 9110, section 8.8).
_LONGEST_VALIDATOR = 512


class FetchFailed(Exception):
    """The planning could not be fetched; the previous state stands.

    Args:
        code: why. What `EndpointRefused` and `AddressRefused` say of addresses; `unknown_host`, `connection_refused`,
            `certificate`, `tls`, `network`, `timeout`, `disconnected` or `not_http` when no answer came;
            `redirected`, `sign_in_needed`, `forbidden`, `not_found`, `encoded`, `too_big` or `http_status` when it did.
        status: of the answer, or 0.
    """

    def __init__(self, code: str, status: int = 0) -> None:
        super().__init__(code, status)
        self.code = code
        self.status = status

    def __str__(self) -> str:
        return f"{self.code} ({self.status})" if self.status else self.code


@dataclass(frozen=True)
class Source:
    """Where a planning is.

    Args:
        user, password: for the basic scheme (RFC 7617); both empty for none.
    """

    url: str = field(repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Validators:
    """What the last answer was called (RFC 9110, section 8.8); empty where it had no such name."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class FetchLimits:
    """How much and how long: octets, and seconds for connecting, for the next octet, and for everything."""

    octets: int = 64_000_000
    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 60.0

    def within(self, longest_s: float | None) -> FetchLimits:
        """The same, and no longer than that for everything; None: as they are."""
        return self if longest_s is None else replace(self, total_s=min(self.total_s, longest_s))


@dataclass(frozen=True)
class Fetched:
    """A planning, and what to ask with next time."""

    octets: bytes = field(repr=False)
    validators: Validators


@dataclass(frozen=True)
class Unchanged:
    """The planning is what it was."""


def fetch(
    source: Source,
    known: Validators | None = None,
    allowed_hosts: Sequence[AllowedHost] = (),
    ca_file: str | None = None,
    *,
    limits: FetchLimits | None = None,
    lookup: Lookup = socket.getaddrinfo,
) -> Fetched | Unchanged:
    """Ask for a planning, with one request.

    Args:
        known: what was fetched last time, if its reading stands.
        allowed_hosts: those an operator has named: they may stand for addresses inside, and bring their own
            certificates. Every other host must be on the internet.
        ca_file: certificates to trust instead of the system's, for hosts that the operator has named.
        lookup: answers as `socket.getaddrinfo` does.

    Raises:
        FetchFailed: it could not be fetched.
    """
    try:
        address = parse_https_url(source.url)
    except EndpointRefused as error:
        raise FetchFailed(error.code) from None
    named = next((one for one in allowed_hosts if one.admits(address.host, address.port)), None)
    allowed = named or AllowedHost(address.host, address.port)
    tls = ssl.create_default_context(cafile=ca_file if named is not None and named.own else None)
    request = _get(address, _headers(source, known), PinningResolver([allowed], lookup), tls, limits or FetchLimits())
    return run_to_its_end(request)


async def _get(
    address: HttpsUrl, headers: dict[str, str], resolver: PinningResolver, tls: ssl.SSLContext, limits: FetchLimits
) -> Fetched | Unchanged:
    client = PinnedClient(
        resolver, connect_s=limits.connect_s, read_s=limits.read_s, total_s=limits.total_s, dns_cache_s=0
    )
    url = URL(address.url, encoded=True)
    try:
        async with client.session.get(url, headers=headers, ssl=tls, allow_redirects=False) as answer:
            if answer.status == 304 and ("If-None-Match" in headers or "If-Modified-Since" in headers):
                return Unchanged()
            _check(answer, limits)
            octets = bytearray()
            async for piece in answer.content.iter_chunked(_PIECE):
                octets += piece
                if len(octets) > limits.octets:
                    raise FetchFailed("too_big")
            return Fetched(bytes(octets), _validators(answer))
    except AddressRefused as error:
        raise FetchFailed(error.code) from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise FetchFailed(cause_of(error)) from None
    finally:
        await client.close()


def _headers(source: Source, known: Validators | None) -> dict[str, str]:
    # An answer in a coding would have to be unpacked within bounds as well: it is asked for plain.
    headers = {"Accept": "text/calendar, text/csv;q=0.9, */*;q=0.1", "Accept-Encoding": "identity"}
    if source.user or source.password:
        pair = f"{source.user}:{source.password}".encode()
        headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
    if known is not None and known.etag:
        headers["If-None-Match"] = known.etag
    if known is not None and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers


def _check(answer: aiohttp.ClientResponse, limits: FetchLimits) -> None:
    codes = {401: "sign_in_needed", 403: "forbidden", 404: "not_found", 410: "not_found"}
    if 300 <= answer.status < 400:
        raise FetchFailed("redirected", answer.status)
    if answer.status != 200:
        raise FetchFailed(codes.get(answer.status, "http_status"), answer.status)
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise FetchFailed("encoded")
    if answer.content_length is not None and answer.content_length > limits.octets:
        raise FetchFailed("too_big")


def _validators(answer: aiohttp.ClientResponse) -> Validators:
    etag, modified = (answer.headers.get(name, "") for name in ("ETag", "Last-Modified"))
    return Validators(*(one if len(one) <= _LONGEST_VALIDATOR and one.isascii() else "" for one in (etag, modified)))

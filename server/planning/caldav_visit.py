"""The requests of one visit to a CalDAV server: judged addresses only, no redirects, bounded in time and octets."""

from __future__ import annotations

import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self
from urllib.parse import quote

from push.endpoint_guard import AllowedHost, EndpointRefused, HttpsUrl, parse_https_url
from push.pinned_client import PinnedClient, PinningResolver
from push.public_addresses import AddressRefused, Lookup
from push.web_push_request import NoAnswer
from server.calendars.caldav.answers import Answer
from server.calendars.caldav.exchange import exchange
from server.planning.caldav_answers import Listing, read_listing
from server.planning.errors import PlanningRefused
from server.planning.fetch import FetchFailed, Source

_DNS_CACHE_S = 60
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CODES = {401: "sign_in_needed", 403: "forbidden", 404: "not_found", 410: "not_found"}
# What is told that it knows no such method is a web server (RFC 9110, sections 15.5.6 and 15.6.2).
_NO_SUCH_METHOD = frozenset({405, 501})


@dataclass(frozen=True)
class VisitLimits:
    """How much and how long.

    Attributes:
        octets: of all answers together; `answer` of a single one.
        objects: in one calendar.
        at_once: so many objects are asked for in one request.
        connect_s, read_s, total_s: for connecting, for the next octet, and for a whole answer; `visit_s` for all.
    """

    octets: int = 64_000_000
    answer: int = 16_000_000
    objects: int = 20_000
    at_once: int = 100
    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 60.0
    visit_s: float = 240.0

    def within(self, longest_s: float | None) -> VisitLimits:
        """The same, and no longer than that for all; None: as they are."""
        return self if longest_s is None else replace(self, visit_s=min(self.visit_s, longest_s))


class Visit:
    """One visit; to be opened, used and closed inside one event loop.

    Args:
        allowed_hosts: those an operator has named, as `server.planning.fetch` takes them.
        ca_file: certificates to trust instead of the system's, for hosts that the operator has named.

    Raises:
        FetchFailed: nothing may be sent to the address.
    """

    def __init__(
        self,
        source: Source,
        allowed_hosts: Sequence[AllowedHost] = (),
        ca_file: str | None = None,
        limits: VisitLimits | None = None,
        lookup: Lookup = socket.getaddrinfo,
    ) -> None:
        try:
            self._address = parse_https_url(source.url)
        except EndpointRefused as error:
            raise FetchFailed(error.code) from None
        named = next((one for one in allowed_hosts if one.admits(self._address.host, self._address.port)), None)
        self._allowed = named or AllowedHost(self._address.host, self._address.port)
        self._tls = ssl.create_default_context(cafile=ca_file if named is not None and named.own else None)
        self.limits = limits or VisitLimits()
        self._lookup = lookup
        self._left = self.limits.octets
        pair = b64encode(f"{source.user}:{source.password}".encode()).decode()
        self._credentials = {"Authorization": f"Basic {pair}"} if source.user or source.password else {}

    @property
    def path(self) -> str:
        """The path that was entered; that of a collection ends with a slash (RFC 4918, section 5.2)."""
        path = self._address.path
        return path if path.endswith("/") or "?" in path else f"{path}/"

    async def __aenter__(self) -> Self:
        limits = self.limits
        self._client = PinnedClient(
            PinningResolver([self._allowed], self._lookup),
            connect_s=limits.connect_s,
            read_s=limits.read_s,
            total_s=limits.total_s,
            dns_cache_s=_DNS_CACHE_S,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close()

    async def ask(self, method: str, path: str, body: bytes, depth: int) -> Answer:
        """Send one request, whatever is answered.

        Raises:
            FetchFailed: there is no answer, or more of it than is read (`too_big`).
        """
        # An answer in a coding would have to be unpacked within bounds as well: it is asked for plain.
        headers = {
            "Content-Type": "application/xml; charset=utf-8",
            "Depth": str(depth),
            "Accept-Encoding": "identity",
            **self._credentials,
        }
        longest = min(self.limits.answer, self._left)
        try:
            answer = await exchange(
                self._client.session,
                method,
                HttpsUrl(self._address.host, self._address.port, path),
                headers=headers,
                body=body,
                tls=self._tls,
                longest=longest,
            )
        except AddressRefused as error:
            raise FetchFailed(error.code) from None
        except NoAnswer as error:
            if error.cause != "too_long":
                raise FetchFailed(error.cause) from None
            self._left -= longest
            raise FetchFailed("too_big") from None
        self._left -= len(answer.body)
        return answer

    async def list(self, method: str, path: str, body: bytes, depth: int) -> Listing:
        """Send one request whose answer is a multistatus.

        Raises:
            FetchFailed: there is no answer, or not the expected one.
            PlanningRefused: `not_caldav`.
        """
        answer = await self.ask(method, path, body, depth)
        check(answer)
        return read_listing(answer.body)

    @property
    def is_spent(self) -> bool:
        """Nothing more can be read during this visit."""
        return self._left <= 0

    def path_of(self, href: str) -> str | None:
        """The path of a resource (RFC 4918, section 8.3); None for what is none.

        Only the path counts: servers behind a relay name themselves in other ways, and we ask no other host.
        """
        _, absolute, rest = href.partition("://")
        path = f"/{rest.partition('/')[2]}" if absolute else href
        # Some servers write spaces and accents as they are.
        path = quote(_BARE_PERCENT.sub("%25", path), safe="/%!$&'()*+,;=:@~?")
        try:
            return parse_https_url(self._address.origin + path).path if path.startswith("/") else None
        except EndpointRefused:
            return None


def check(answer: Answer) -> None:
    """Let a multistatus through (RFC 4918, section 11.1).

    Raises:
        FetchFailed: the server refuses.
        PlanningRefused: `not_caldav`: it is none of these servers.
    """
    status = answer.status
    if 300 <= status < 400:
        raise FetchFailed("redirected", status)
    if status in _NO_SUCH_METHOD or (status < 300 and status != 207):
        raise PlanningRefused("not_caldav")
    if status != 207:
        raise FetchFailed(_CODES.get(status, "http_status"), status)

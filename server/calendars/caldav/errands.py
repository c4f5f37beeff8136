"""What one agenda is asked for, request by request, without ever writing over what we have not seen."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote
from uuid import UUID

from push.endpoint_guard import EndpointRefused, HttpsUrl, parse_https_url
from push.pinned_client import PinnedClient
from push.public_addresses import AddressRefused
from push.web_push_request import NoAnswer
from server.calendars.caldav.answers import Answer, Outcome, Verdict, judge
from server.calendars.caldav.exchange import exchange
from server.calendars.caldav.held_events import HeldEvent, read_object, write_object
from server.calendars.caldav.multistatus import NotUnderstood, ask_for, read_multistatus
from server.calendars.caldav.plan import Deed, Finding, find_deed
from server.calendars.entries import CalendarEntry

# Who changes an event each time that we have looked at it is a program, and not to be won against.
_LOOKS = 3
_WRITTEN = frozenset({200, 201, 204})
_REMOVED = frozenset({200, 202, 204})
_ABSENT = frozenset({404, 410})
_CHANGED = 412
# Asked for again, these say the same; the agenda is not away.
_HOPELESS = frozenset({"too_long", "not_http"})


@dataclass(frozen=True)
class Account:
    """Whose agenda, and how we get in.

    Args:
        url: the collection of the calendar.
        export_id: what makes our events' names those of this export.
    """

    url: str = field(repr=False)
    user: str = field(repr=False)
    password: str = field(repr=False)
    export_id: UUID


@dataclass(frozen=True)
class Limits:
    """How long we wait, and how much of an answer is read."""

    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 60.0
    longest_object: int = 256 * 1024
    longest_listing: int = 8 * 1024 * 1024


@dataclass(frozen=True)
class Exported:
    """What became of one event.

    Args:
        verdict: its outcome, the cause, and when to try again.
        etag: the version that stands there now, when the server says so.
        finding: what somebody had done to it there.
    """

    verdict: Verdict
    etag: str | None = None
    finding: Finding | None = None


class ErrandFailed(Exception):
    """The errand ends here; `verdict` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.cause)
        self.verdict = verdict


@dataclass(frozen=True)
class Errands:
    """The requests to one agenda.

    Args:
        collection: its address, which ends with a slash.
        ending: what the names of our events end with.
    """

    client: PinnedClient
    account: Account
    collection: HttpsUrl
    ending: str
    tls: ssl.SSLContext
    limits: Limits
    clock: Callable[[], datetime]

    async def put(self, entry: CalendarEntry, path: str, etag: str | None) -> Exported:
        """Write `entry` over the version `etag`, or where there is none.

        Raises:
            ErrandFailed: the agenda does not take it.
        """
        body, finding = write_object(entry), None
        for _ in range(_LOOKS):
            condition = {"If-Match": etag} if etag else {"If-None-Match": "*"}
            headers = {"Content-Type": "text/calendar; charset=utf-8", **condition}
            answer = await self._ask("PUT", path, _WRITTEN | {_CHANGED}, headers, body)
            if answer.status != _CHANGED:
                return Exported(Verdict(Outcome.DONE), answer.etag, finding)
            event = await self._look(path, entry.uid)
            if event is None:
                finding = Finding(Deed.DELETED, entry.uid) if etag else finding
                etag = None
                continue
            # An earlier attempt may have arrived although its answer did not: then there is nothing to tell.
            finding = find_deed(entry, event) or finding
            if event.says(entry):
                return Exported(Verdict(Outcome.DONE), event.etag, finding)
            etag = event.etag
        raise ErrandFailed(Verdict(Outcome.RETRY, "changing"))

    async def remove(self, uid: str, path: str, etag: str | None) -> Exported:
        """Take away what lies at `path`, if it is ours.

        Raises:
            ErrandFailed: the agenda does not let go of it.
        """
        for _ in range(_LOOKS):
            if etag is None:
                event = await self._look(path, uid)
                if event is None:
                    break
                etag = event.etag
            answer = await self._ask("DELETE", path, _REMOVED | _ABSENT | {_CHANGED}, {"If-Match": etag})
            if answer.status != _CHANGED:
                break
            etag = None
        else:
            raise ErrandFailed(Verdict(Outcome.RETRY, "changing"))
        return Exported(Verdict(Outcome.DONE))

    async def held(self) -> list[HeldEvent]:
        """Everything of ours in the agenda.

        Raises:
            ErrandFailed: the agenda does not say.
        """
        headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": "1"}
        longest = self.limits.longest_listing
        answer = await self._ask("REPORT", self.collection.path, {207}, headers, ask_for(self.ending), longest)
        try:
            found = [(path_within(self.collection, one.href), one) for one in read_multistatus(answer.body)]
        except NotUnderstood as error:
            raise ErrandFailed(Verdict(Outcome.REFUSED, error.cause)) from None
        events = [read_object(one.data, path or "", one.etag) for path, one in found]
        ours = [event for event in events if event and event.uid.endswith(self.ending)]
        if not all(event.path for event in ours):
            # It is there, although not where it can be asked for: to leave it out would take it for deleted.
            raise ErrandFailed(Verdict(Outcome.REFUSED, "not_caldav"))
        return ours

    async def _look(self, path: str, uid: str) -> HeldEvent | None:
        """What lies at `path`; None when nothing does.

        Raises:
            ErrandFailed: `name_taken`: it is not ours, or cannot be told.
        """
        answer = await self._ask("GET", path, {200} | _ABSENT)
        if answer.status in _ABSENT:
            return None
        event = read_object(answer.body, path, answer.etag) if answer.etag else None
        if event is None or event.uid != uid:
            raise ErrandFailed(Verdict(Outcome.CONFLICT, "name_taken"))
        return event

    async def _ask(
        self,
        method: str,
        path: str,
        expected: frozenset[int] | set[int],
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        longest: int | None = None,
    ) -> Answer:
        credentials = base64.b64encode(f"{self.account.user}:{self.account.password}".encode()).decode()
        try:
            answer = await exchange(
                self.client.session,
                method,
                HttpsUrl(self.collection.host, self.collection.port, path),
                headers={"Authorization": f"Basic {credentials}", **(headers or {})},
                body=body,
                tls=self.tls,
                longest=longest or self.limits.longest_object,
            )
        except AddressRefused as error:
            raise ErrandFailed(Verdict(Outcome.REFUSED, error.code)) from None
        except NoAnswer as error:
            outcome = Outcome.REFUSED if error.cause in _HOPELESS else Outcome.RETRY
            raise ErrandFailed(Verdict(outcome, error.cause)) from None
        if answer.status not in expected:
            raise ErrandFailed(judge(answer, self.clock()))
        return answer


def path_within(collection: HttpsUrl, href: str) -> str | None:
    """The path of a resource of this collection; None for whatever a server names besides."""
    try:
        address = parse_https_url(collection.origin + href if href.startswith("/") else href)
    except EndpointRefused:
        return None
    path = unquote(address.path)
    if (address.origin, path.startswith(unquote(collection.path))) != (collection.origin, True) or "/../" in path:
        return None
    return address.path

"""A gendarme's agenda, kept over CalDAV (RFC 4791): put, remove, and bring into line.

    async with Agenda(account, host, allowed_hosts) as agenda:
        exported = await agenda.put(entry)
        reconciled = await agenda.reconcile(entries, known)

Nothing is written over a version that we have not seen: each request names the version that it replaces (`If-Match`),
or says that there must be none (`If-None-Match: *`). When that is no longer so, we look again and decide again. What
does not bear a name of this export is neither asked for, nor changed, nor removed.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from push.endpoint_guard import AllowedHost, check_endpoint
from push.pinned_client import PinnedClient, PinningResolver
from push.public_addresses import Lookup
from server.calendars.caldav.answers import STOPPING, Outcome, Verdict
from server.calendars.caldav.errands import Account, ErrandFailed, Errands, Exported, Limits
from server.calendars.caldav.plan import Finding, Put, Remove, make_plan
from server.calendars.entries import CalendarEntry

_DNS_CACHE_S = 60


@dataclass(frozen=True)
class Reconciled:
    """What became of the whole agenda.

    Args:
        verdict: `DONE`, or the first thing that went wrong.
        known: the names of our events that stand there as far as we know; for the next time.
        changed: how many events were written or removed.
    """

    verdict: Verdict
    known: frozenset[str]
    findings: tuple[Finding, ...] = ()
    changed: int = 0


class Agenda:
    """One agenda; to be opened, used and closed inside one event loop.

    Args:
        host: this installation's, part of each event's name.
        allowed_hosts: where agendas may be.
        ca_file: certificates to trust instead of the system's, for hosts that the operator has named.

    Raises:
        EndpointRefused: nothing may be sent to the account's address.
    """

    def __init__(
        self,
        account: Account,
        host: str,
        allowed_hosts: Sequence[AllowedHost],
        *,
        ca_file: str | None = None,
        limits: Limits | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        lookup: Lookup = socket.getaddrinfo,
    ) -> None:
        self._endpoint = check_endpoint(f"{account.url.rstrip('/')}/", allowed_hosts)
        self._account = account
        self._ending = f".{account.export_id}@{host}"
        self._tls = ssl.create_default_context(cafile=ca_file if self._endpoint.allowed.own else None)
        self._limits = limits or Limits()
        self._clock = clock
        self._lookup = lookup

    async def __aenter__(self) -> Self:
        limits = self._limits
        self._client = PinnedClient(
            PinningResolver([self._endpoint.allowed], self._lookup),
            connect_s=limits.connect_s,
            read_s=limits.read_s,
            total_s=limits.total_s,
            dns_cache_s=_DNS_CACHE_S,
        )
        address = self._endpoint.address
        self._errands = Errands(self._client, self._account, address, self._ending, self._tls, limits, self._clock)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def put(self, entry: CalendarEntry, etag: str | None = None) -> Exported:
        """Let the agenda say what `entry` says.

        Args:
            etag: the version that we last put there; None when we know of none.

        Raises:
            ValueError: the entry bears no name of this export.
        """
        return await _tried(self._errands.put(entry, self._path_of(entry.uid), etag))

    async def remove(self, uid: str, etag: str | None = None) -> Exported:
        """Let the agenda hold nothing of this name.

        Raises:
            ValueError: it is no name of this export.
        """
        return await _tried(self._errands.remove(uid, self._path_of(uid), etag))

    async def lists(self, uid: str) -> Verdict:
        """Say whether the agenda lists an event of ours when `reconcile` asks; `not_caldav`: it does not."""
        try:
            held = await self._errands.held()
        except ErrandFailed as failed:
            return failed.verdict
        listed = any(event.uid == uid for event in held)
        return Verdict(Outcome.DONE) if listed else Verdict(Outcome.REFUSED, "not_caldav")

    async def reconcile(
        self,
        entries: Iterable[CalendarEntry],
        known: Collection[str] = (),
        *,
        on_found: Callable[[Sequence[Finding]], None] = lambda _findings: None,
    ) -> Reconciled:
        """Let the agenda hold exactly `entries`, apart from what is not ours.

        Args:
            known: what the last reconciliation gave back.
            on_found: hears what somebody has done there before any of it is undone, so that it is not forgotten when
                this ends halfway.

        Raises:
            ValueError: an entry bears no name of this export.
        """
        paths = {entry.uid: (self._path_of(entry.uid), entry) for entry in entries}
        try:
            held = await self._errands.held()
        except ErrandFailed as failed:
            return Reconciled(failed.verdict, frozenset(known))
        plan = make_plan([entry for _, entry in paths.values()], held, known, self._ending)
        there = {event.uid for event in held} | set(known)
        findings = {(finding.deed, finding.uid): finding for finding in plan.findings}
        if plan.findings:
            on_found(plan.findings)
        first, changed = Verdict(Outcome.DONE), 0
        for step in plan.steps:
            exported = await self._take(step)
            if finding := exported.finding:
                findings.setdefault((finding.deed, finding.uid), finding)
            if exported.verdict.outcome is Outcome.DONE:
                changed += 1
                there |= {step.entry.uid} if isinstance(step, Put) else set()
                continue
            first = exported.verdict if first.outcome is Outcome.DONE else first
            if exported.verdict.outcome in STOPPING:
                break
        return Reconciled(first, frozenset(there & paths.keys()), tuple(findings.values()), changed)

    async def _take(self, step: Put | Remove) -> Exported:
        if isinstance(step, Put):
            path = step.path or self._path_of(step.entry.uid)
            return await _tried(self._errands.put(step.entry, path, step.etag))
        return await _tried(self._errands.remove(step.uid, step.path, step.etag))

    def _path_of(self, uid: str) -> str:
        """Where an event of ours is put."""
        if not uid.endswith(self._ending):
            raise ValueError("no name of this export")
        return f"{self._endpoint.address.path}{uid.rpartition('@')[0]}.ics"


async def _tried(errand: Awaitable[Exported]) -> Exported:
    try:
        return await errand
    except ErrandFailed as failed:
        return Exported(failed.verdict)

"""The web push sender: any number of messages in, one result for each, as they come.

    vapid = Vapid(settings.push.keys, settings.push.subject)
    with WebPushSender(vapid, settings.push.allowed_hosts, settings.push.ca_file) as sender:    # once, in a worker
        for result in sender.send(messages):                                # in any job, in several at once
            match result.outcome:
                case Outcome.DELIVERED: ...                                 # mark as sent
                case Outcome.GONE: ...                                      # delete the subscription
                case Outcome.RETRY: ...                                     # keep retry_at, count it if result.tried
                case Outcome.EXPIRED: ...                                   # mark as too late
                case Outcome.KEY_WRONG | Outcome.REFUSED: ...               # mark as failed with result.cause, alert

What a browser hands in is judged before it is saved, by `push.web_push_values.check_subscription`, and again at each
sending. A job loads its subscriptions into `PushMessage`s, commits, calls `send`, and stores each result in a
transaction of its own or in batches: results of a host that hangs come last and hold no other up. A job that dies in
between sends again: at least once. The Topic and the tag make that seen once.

Inside: one thread with one event loop and one client (`push.pinned_client`). Each host has a queue of its own
(`push.web_push_lane`) and at most `Limits.per_host` requests under way. A host that asks for patience, or fails again
and again, is left alone: its messages come back at once as `RETRY` instead of waiting for one time-out after the other.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from typing import Self

from push.endpoint_guard import BROWSERS_OWN, AllowedHost, EndpointRefused, HttpsUrl, check_endpoint
from push.pinned_client import PinnedClient, PinningResolver
from push.public_addresses import AddressRefused, Lookup
from push.vapid import KeyUnknown, Vapid
from push.web_push_answers import BUSY, TOO_MANY, back_off, outcome_of, read_retry_after, try_again
from push.web_push_lane import SPREAD, Errand, Lane
from push.web_push_request import Answer, NoAnswer, post, prepare
from push.web_push_values import Outcome, PayloadTooLong, PushMessage, PushResult, SubscriptionRefused

log = logging.getLogger(__name__)

_MOST_LANES = 1000
# A service that says "too many" without saying until when is left alone for as long as after two failures.
_BUSY_PAUSE = 2


@dataclass(frozen=True)
class Limits:
    """How long and how much; the times are in seconds.

    Args:
        connect_s: for the lookup, the connection and TLS together.
        read_s: for the next octet of an answer.
        total_s: for everything, also when a host sends an octet now and then.
        rest_s: for what follows an answer's head; the outcome does not depend on it.
        dns_cache_s: how long judged addresses serve for further connections.
        same_tag_s: for so long nothing else goes to the same tag of the same subscription.
        per_host: requests under way to one host.
        per_service: requests under way to all hosts of one entry of the list, such as `*.push.apple.com`.
    """

    connect_s: float = 3.0
    read_s: float = 10.0
    total_s: float = 13.0
    rest_s: float = 1.0
    dns_cache_s: float = 10.0
    same_tag_s: float = 1.0
    per_host: int = 32
    per_service: int = 128


class WebPushSender:
    """Sends messages; may be used by several threads at once.

    Args:
        vapid: our keys.
        allowed_hosts: where may be sent.
        ca_file: certificates to trust instead of the system's, for hosts that the operator has named.
        clock: gives the present as an aware instant.
        lookup: answers as `socket.getaddrinfo` does.
    """

    def __init__(
        self,
        vapid: Vapid,
        allowed_hosts: Sequence[AllowedHost] = BROWSERS_OWN,
        ca_file: str | None = None,
        *,
        limits: Limits | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        lookup: Lookup = socket.getaddrinfo,
    ) -> None:
        self._vapid = vapid
        self._allowed_hosts = tuple(allowed_hosts)
        self._limits = limits or Limits()
        self._clock = clock
        self._lookup = lookup
        self._systems_tls = ssl.create_default_context()
        self._own_tls = ssl.create_default_context(cafile=ca_file) if ca_file else self._systems_tls
        self._numbers = itertools.count()
        self._lanes: dict[tuple[str, int], Lane] = {}
        self._services: dict[AllowedHost, asyncio.Semaphore] = {}
        self._tags: dict[tuple[str, str], float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._door = threading.Lock()
        self._open = False

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="web-push", daemon=True)
        self._thread.start()
        self._client = asyncio.run_coroutine_threadsafe(self._connect(), self._loop).result()
        self._open = True
        return self

    def __exit__(self, *_: object) -> None:
        """Stop sending: whatever has no result yet comes back as `RETRY`, with the cause `closing`."""
        with self._door:
            self._open = False
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def send(self, messages: Iterable[PushMessage]) -> Iterator[PushResult]:
        """Send all of `messages`, beginning at once.

        Returns:
            One result for each, in the order in which they come about. Whoever stops listening loses results, not
            messages.

        Raises:
            RuntimeError: the sender is not open.
        """
        results: SimpleQueue[PushResult] = SimpleQueue()
        errands: list[tuple[AllowedHost, Errand]] = []
        count = 0
        for message in messages:
            count += 1
            try:
                endpoint = check_endpoint(message.subscription.endpoint, self._allowed_hosts)
            except EndpointRefused as refused:
                results.put(_held_back(message, Outcome.REFUSED, refused.code))
                continue
            errand = Errand(next(self._numbers), message, endpoint.address, results.put)
            errands.append((endpoint.allowed, errand))
        with self._door:
            if not self._open:
                raise RuntimeError("the web push sender is not open")
            self._loop.call_soon_threadsafe(self._accept, errands)
        return (results.get() for _ in range(count))

    async def _connect(self) -> PinnedClient:
        limits = self._limits
        return PinnedClient(
            PinningResolver(self._allowed_hosts, self._lookup),
            connect_s=limits.connect_s,
            read_s=limits.read_s,
            total_s=limits.total_s,
            dns_cache_s=limits.dns_cache_s,
        )

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for lane in self._lanes.values():
            while errand := lane.take():
                errand.finish(self._closing(errand.message))
        await self._client.close()

    def _accept(self, errands: Sequence[tuple[AllowedHost, Errand]]) -> None:
        for allowed, errand in errands:
            key = (errand.address.host, errand.address.port)
            lane = self._lanes.get(key)
            if lane is None:
                lane = self._lanes[key] = Lane(allowed)
            lane.add(errand)
            if lane.running < self._limits.per_host:
                lane.running += 1
                task = self._loop.create_task(self._work(lane, errand.address))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _work(self, lane: Lane, address: HttpsUrl) -> None:
        service = self._services.setdefault(lane.allowed, asyncio.Semaphore(self._limits.per_service))
        try:
            while lane.waiting:
                async with service:
                    if errand := lane.take():
                        await self._run(lane, errand)
        finally:
            lane.running -= 1
            if not (lane.running or lane.waiting) and (lane.forgettable or len(self._lanes) > _MOST_LANES):
                self._lanes.pop((address.host, address.port), None)

    async def _run(self, lane: Lane, errand: Errand) -> None:
        """Do one errand; whatever happens, it has exactly one result."""
        try:
            result = await self._attempt(lane, errand)
        except asyncio.CancelledError:
            errand.finish(self._closing(errand.message))
            raise
        except Exception as error:
            # Our own mistake: a release may mend it while the message is still of use.
            log.exception("a push could not be sent")
            cause = f"error_{type(error).__name__}"
            result = try_again(errand.message, cause, self._clock() + back_off(errand.message.attempts))
        errand.finish(result)
        if not result.tried:
            # Thousands that are held back must not keep the others of this thread waiting.
            await asyncio.sleep(0)

    async def _attempt(self, lane: Lane, errand: Errand) -> PushResult:
        message, now = errand.message, self._clock()
        if now >= message.expires_at:
            return _held_back(message, Outcome.EXPIRED, "too_late")
        if held := lane.held_until(now):
            until, cause = held
            return try_again(message, cause, until, spread=SPREAD, tried=False)
        try:
            request = prepare(message, errand.address, self._vapid, now)
        except KeyUnknown:
            return _held_back(message, Outcome.KEY_WRONG, "key_unknown")
        except (SubscriptionRefused, PayloadTooLong) as refused:
            return _held_back(message, Outcome.REFUSED, refused.code)
        if wait := self._tag_is_busy_for(message):
            return try_again(message, "same_tag", now + wait, tried=False)
        try:
            tls = self._own_tls if lane.allowed.own else self._systems_tls
            answer = await post(self._client.session, request, tls, self._limits.rest_s)
        except AddressRefused as refused:
            return _held_back(message, Outcome.REFUSED, refused.code)
        except NoAnswer as failure:
            return self._failed(lane, errand, failure.cause)
        return self._judge(lane, errand, answer)

    def _judge(self, lane: Lane, errand: Errand, answer: Answer) -> PushResult:
        message, now, outcome = errand.message, self._clock(), outcome_of(answer.status)
        cause = f"http_{answer.status}"
        if outcome is not Outcome.RETRY:
            lane.succeeded()
            return PushResult(message=message, outcome=outcome, cause="" if outcome is Outcome.DELIVERED else cause)
        until = read_retry_after(answer.retry_after, now) if answer.status in BUSY else None
        if until is None and answer.status == TOO_MANY:
            until = now + back_off(_BUSY_PAUSE)
        if until is None:
            return self._failed(lane, errand, cause)
        lane.pause(until, cause)
        log.warning("%s wants no push before %s (%s)", errand.address.host, until, cause)
        return try_again(message, cause, until, spread=SPREAD)

    def _failed(self, lane: Lane, errand: Errand, cause: str) -> PushResult:
        now = self._clock()
        if lane.failed(now, cause):
            log.warning("%s fails again and again and is left alone for a while (%s)", errand.address.host, cause)
        return try_again(errand.message, cause, now + back_off(errand.message.attempts))

    def _closing(self, message: PushMessage) -> PushResult:
        return try_again(message, "closing", self._clock() + back_off(message.attempts))

    def _tag_is_busy_for(self, message: PushMessage) -> timedelta | None:
        """How long this tag of this subscription must rest; None when it may be sent to, which is noted."""
        now, rest = self._loop.time(), self._limits.same_tag_s
        # The oldest are first; two for each new one keep the list as short as a second is.
        for old in list(itertools.islice(self._tags, 2)):
            if self._tags[old] <= now:
                del self._tags[old]
        key = (message.subscription.endpoint, message.notice.tag)
        busy_until = self._tags.get(key, now)
        if busy_until > now:
            return timedelta(seconds=busy_until - now)
        # Taken out first, so that it goes to the end of the list.
        self._tags.pop(key, None)
        self._tags[key] = now + rest
        return None


def _held_back(message: PushMessage, outcome: Outcome, cause: str) -> PushResult:
    return PushResult(message=message, outcome=outcome, cause=cause, tried=False)

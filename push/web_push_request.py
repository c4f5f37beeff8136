"""One POST to a push service (RFC 8030, section 5): what it says, and what comes back."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import aiohttp
from pywebpush import WebPusher
from yarl import URL

from push.endpoint_guard import HttpsUrl
from push.vapid import Vapid
from push.web_push_answers import ttl_seconds
from push.web_push_values import PushMessage, PushSubscription, SubscriptionRefused, topic

_LONGEST_REST = 65_536


class NoAnswer(Exception):
    """The host has not answered.

    Args:
        cause: a code such as `timeout`.
    """

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True)
class Answer:
    """The part of an answer that matters."""

    status: int
    retry_after: str | None


@dataclass(frozen=True)
class Request:
    """A message, sealed and addressed."""

    address: HttpsUrl
    headers: Mapping[str, str]
    body: bytes


def prepare(message: PushMessage, address: HttpsUrl, vapid: Vapid, now: datetime) -> Request:
    """Encrypt and sign a message.

    Raises:
        SubscriptionRefused: nothing can be encrypted for its keys.
        KeyUnknown: it was made with a key of ours that is gone.
        PayloadTooLong: the notice has too many words.
    """
    subscription, notice = message.subscription, message.notice
    headers = {
        "Authorization": vapid.authorization(address.origin, subscription.vapid_key, now),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(ttl_seconds(message.expires_at, now)),
        "Topic": topic(subscription, notice.tag),
        "Urgency": message.urgency,
    }
    return Request(address, headers, encrypt(subscription, notice.payload()))


def encrypt(subscription: PushSubscription, payload: bytes) -> bytes:
    """Encrypt for the browser (RFC 8291).

    Raises:
        SubscriptionRefused: its keys are none.
    """
    keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
    try:
        body: bytes = WebPusher({"endpoint": "", "keys": keys}).encode(payload)["body"]
    except ValueError:
        raise SubscriptionRefused from None
    return body


async def post(client: aiohttp.ClientSession, request: Request, tls: ssl.SSLContext, rest_s: float) -> Answer:
    """Send `request` and read the head of the answer; what follows it is only read to keep the connection.

    Raises:
        NoAnswer: there is none, or nothing that is one.
        AddressRefused: nothing may be sent to the addresses of the host.
    """
    # Already read by our own narrow reading: to quote it anew would change what the service has given out.
    url = URL(request.address.url, encoded=True)
    try:
        response = await client.post(url, data=request.body, headers=request.headers, ssl=tls, allow_redirects=False)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise NoAnswer(cause_of(error)) from None
    try:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with asyncio.timeout(rest_s):
                await response.content.readexactly(_LONGEST_REST)
    except asyncio.IncompleteReadError:
        # It ends sooner, as it should.
        pass
    finally:
        # This closes a connection on which something is still to come.
        response.release()
    return Answer(response.status, response.headers.get("Retry-After"))


def cause_of(error: Exception) -> str:
    """A code for what the client raised, without the address that its own words hold."""
    match error:
        case TimeoutError():
            return "timeout"
        case aiohttp.ClientConnectorCertificateError():
            return "certificate"
        case aiohttp.ClientSSLError():
            return "tls"
        case aiohttp.ClientConnectorDNSError():
            return "unknown_host"
        case aiohttp.ClientConnectorError(os_error=ConnectionRefusedError()):
            return "connection_refused"
        case aiohttp.ClientConnectorError():
            return "network"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError() | aiohttp.ClientPayloadError():
            return "disconnected"
    return "not_http"

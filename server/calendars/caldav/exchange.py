"""One request to a CalDAV server and its answer."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping

import aiohttp
from yarl import URL

from push.endpoint_guard import HttpsUrl
from push.web_push_request import NoAnswer, cause_of
from server.calendars.caldav.answers import Answer


async def exchange(
    client: aiohttp.ClientSession,
    method: str,
    address: HttpsUrl,
    *,
    headers: Mapping[str, str],
    body: bytes | None,
    tls: ssl.SSLContext,
    longest: int,
) -> Answer:
    """Send a request and read the whole of its answer.

    The library sends a PUT or DELETE once more when the connection breaks before an answer. What each of them demands
    of the version that it meets makes that harmless.

    Args:
        longest: so many octets of an answer are read.

    Raises:
        NoAnswer: there is none, or nothing that is one, or more of it than `longest` (`too_long`).
        AddressRefused: nothing may be sent to the addresses of the host.
    """
    # Already read by a narrower reading: to quote it anew would name another resource.
    url = URL(address.url, encoded=True)
    try:
        async with client.request(method, url, data=body, headers=headers, ssl=tls, allow_redirects=False) as response:
            try:
                await response.content.readexactly(longest + 1)
            except asyncio.IncompleteReadError as ended:
                read = ended.partial
            else:
                raise NoAnswer("too_long")
            retry_after = response.headers.get("Retry-After")
            return Answer(response.status, _version(response.headers.get("ETag")), retry_after, read)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise NoAnswer(cause_of(error)) from None


def _version(etag: str | None) -> str | None:
    """What can be named in the next request (RFC 9110, section 8.8.3); octets that are no text cannot."""
    return etag if etag and etag.isprintable() else None

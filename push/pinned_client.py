"""An HTTP client that connects to judged addresses only: see `push.public_addresses`.

It follows no redirects, keeps no cookies, uses no proxy from the environment, and keeps connections for the next one.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from weakref import WeakSet

from aiohttp import AddrInfoType, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

from push.endpoint_guard import AllowedHost
from push.public_addresses import AddressRefused, Lookup, resolve

# For each entry of the list: name servers that hang delay only the hosts that they are asked about, or their siblings.
_LOOKUPS_AT_ONCE = 8
_CLOSED_WITHIN_S = 2.0


class PinningResolver(AbstractResolver):
    """Gives the client the addresses of a name that were judged, so that it has nothing to look up itself."""

    def __init__(self, allowed_hosts: Sequence[AllowedHost], lookup: Lookup) -> None:
        self._allowed_hosts = allowed_hosts
        self._lookup = lookup
        self._threads: dict[AllowedHost, ThreadPoolExecutor] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Look `host` up.

        Raises:
            AddressRefused: it is not on the list, or stands for an address that nothing may be sent to.
            OSError: it has no address, or the DNS is away.
        """
        allowed = next((one for one in self._allowed_hosts if one.admits(host, port)), None)
        if allowed is None:
            raise AddressRefused
        work = partial(resolve, host, port, inside=allowed.inside, lookup=self._lookup)
        if allowed not in self._threads:
            self._threads[allowed] = ThreadPoolExecutor(_LOOKUPS_AT_ONCE, thread_name_prefix="push-lookup")
        addresses = await asyncio.get_running_loop().run_in_executor(self._threads[allowed], work)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Take no more lookups; one that hangs ends by itself."""
        for threads in self._threads.values():
            threads.shutdown(wait=False, cancel_futures=True)


class PinnedClient:
    """The client; to be made, used and closed inside one event loop.

    Args:
        connect_s: for the lookup, the connection and TLS together.
        read_s: for the next octet of an answer.
        total_s: for everything, which is what a host cannot stretch that sends an octet now and then.
        dns_cache_s: how long judged addresses serve for further connections.
    """

    def __init__(
        self, resolver: PinningResolver, *, connect_s: float, read_s: float, total_s: float, dns_cache_s: float
    ) -> None:
        self._resolver = resolver
        self._sockets: WeakSet[socket.socket] = WeakSet()
        connector = TCPConnector(
            resolver=resolver,
            # The number of connections is bounded by who calls: a wait for one of the pool's would count as connecting.
            limit=0,
            use_dns_cache=dns_cache_s > 0,
            ttl_dns_cache=max(1, round(dns_cache_s)),
            socket_factory=self._open_socket,
        )
        self.session = ClientSession(
            connector=connector,
            timeout=ClientTimeout(total=total_s, connect=connect_s, sock_read=read_s),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
            trust_env=False,
        )

    async def close(self) -> None:
        """Cut every connection, and return when they are gone."""
        await self.session.close()
        await self._resolver.close()
        # A connection that was given up says goodbye in TLS first, and waits for an answer that may never come.
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSED_WITHIN_S):
                while any(sock.fileno() != -1 for sock in self._sockets):
                    await asyncio.sleep(0.005)

    def _open_socket(self, address: AddrInfoType) -> socket.socket:
        family, kind, protocol, *_ = address
        sock = socket.socket(family, kind, protocol)
        self._sockets.add(sock)
        return sock

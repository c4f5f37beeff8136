"""Fetch a reference file over https, from public addresses only, within limits of size and time."""

from __future__ import annotations

import ipaddress
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

from server.importers.report import FileRefused

MOST_BYTES = 200_000_000
MOST_SECONDS = 120.0
MOST_REDIRECTS = 5
_TIMEOUT = (10, 30)  # seconds to connect, and between two packets

_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Allows = Callable[[str], bool]
"""Whether an IP address, as text, may be connected to."""


def is_public(address: str) -> bool:
    """Say whether an IP address is on the public internet; IPv4 inside IPv6 is judged as IPv4."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


@contextmanager
def download(url: str, *, allows: Allows = is_public, verify: bool | str = True) -> Iterator[tuple[IO[bytes], int]]:
    """Fetch `url` into a temporary file, and yield it with its size in bytes.

    Args:
        url: https only; a redirect is followed after the same checks.
        allows: which addresses may be connected to; the name is resolved once, and that address is the one used.
        verify: as in requests; a path to a certificate bundle, for an authority of one's own.

    Raises:
        FileRefused: not https, not a public address, an HTTP error, too large, too slow, or cut off.
    """
    deadline = time.monotonic() + MOST_SECONDS
    with requests.Session() as session, tempfile.TemporaryFile() as file:
        # A proxy would connect in our place, past the check of the address.
        session.trust_env = False
        session.mount("https://", _GuardedAdapter(allows))
        try:
            size = _fetch(session, url, file, verify, deadline)
        except requests.RequestException as error:
            raise FileRefused(f"{url} cannot be fetched: {_cause(error)}.") from None
        file.seek(0)
        yield file, size


def _fetch(session: requests.Session, url: str, file: IO[bytes], verify: bool | str, deadline: float) -> int:
    for _ in range(MOST_REDIRECTS + 1):
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            raise FileRefused(f"{url} is not an https address.")
        with session.get(url, stream=True, allow_redirects=False, timeout=_TIMEOUT, verify=verify) as answer:
            if answer.is_redirect:
                url = urljoin(url, answer.headers["Location"])
                continue
            if answer.status_code != 200:
                raise FileRefused(f"{url} answered {answer.status_code} {answer.reason}.")
            return _save(answer, url, file, deadline)
    raise FileRefused(f"{url}: more than {MOST_REDIRECTS} redirects.")


def _save(answer: requests.Response, url: str, file: IO[bytes], deadline: float) -> int:
    size = 0
    for chunk in answer.iter_content(65_536):
        size += len(chunk)
        if size > MOST_BYTES:
            raise FileRefused(f"{url} is larger than {MOST_BYTES // 1_000_000} MB.")
        if time.monotonic() > deadline:
            raise FileRefused(f"{url} took longer than {MOST_SECONDS:.0f} s.")
        file.write(chunk)
    return size


def _cause(error: requests.RequestException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, _NotAllowed):
            return str(cause)
        # urllib3 keeps the real reason in an argument rather than as the cause.
        inner = next((one for one in cause.args if isinstance(one, BaseException)), None)
        cause = inner or getattr(cause, "reason", None) or cause.__cause__ or cause.__context__
        if not isinstance(cause, BaseException):
            break
    return type(error).__name__


class _NotAllowed(OSError):
    """The host name leads to an address that is not public."""


class _GuardedAdapter(HTTPAdapter):
    """Resolve, judge and connect in one step, so that a name cannot change its address in between."""

    def __init__(self, allows: Allows) -> None:
        self._allows = allows
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        allows = self._allows

        class GuardedConnection(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _connect(self._dns_host, self.port or 443, allows)

        class GuardedPool(HTTPSConnectionPool):
            ConnectionCls = GuardedConnection

        self.poolmanager.pool_classes_by_scheme = {"https": GuardedPool}


def _connect(host: str, port: int, allows: Allows) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [entry for entry in found if allows(str(entry[4][0]))]
    if len(addresses) < len(found) or not addresses:
        raise _NotAllowed(f"{host} is not a public address")
    last: OSError | None = None
    for family, kind, protocol, _, address in addresses:
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(_TIMEOUT[0])
        try:
            connection.connect(address)
        except OSError as error:
            connection.close()
            last = error
        else:
            connection.settimeout(_TIMEOUT[1])
            return connection
    raise last or OSError(f"{host} has no address")

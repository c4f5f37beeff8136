"""The address that somebody types for a planning, judged before it is kept; judged again whenever it is asked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from push.endpoint_guard import HTTPS_PORT, EndpointRefused, parse_https_url
from server.sealing import Unsealable


@dataclass(frozen=True)
class Address:
    """Where a planning is and who asks there: all of it a secret, sealed as one."""

    url: str = field(repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    def host(self) -> str:
        """What may be shown of it.

        Raises:
            ValueError: nothing is asked there; its text is the code of `push.endpoint_guard`.
        """
        try:
            read = parse_https_url(self.url)
        except EndpointRefused as error:
            raise ValueError(error.code) from None
        return read.host if read.port == HTTPS_PORT else f"{read.host}:{read.port}"

    def written(self) -> str:
        """The address as it is sealed."""
        return json.dumps({"url": self.url, "user": self.user, "password": self.password})


def read_address(written: str) -> Address:
    """Read what `Address.written` gave.

    Raises:
        Unsealable: it means nothing any more, because another release has written it: it must be written anew.
    """
    try:
        return Address(**json.loads(written))
    except (TypeError, ValueError):
        raise Unsealable("unknown form") from None


def place_of(url: str) -> tuple[str, str] | None:
    """The origin of an address and its path without the last slash; None for none, and for one that is refused."""
    try:
        read = parse_https_url(url)
    except EndpointRefused:
        return None
    return read.origin, read.path.rstrip("/")

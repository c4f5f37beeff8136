"""How our mails write their headers: as the standard library does, but for addresses that must stay whole."""

from __future__ import annotations

from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from typing import Any


class _WholeHeader(UnstructuredHeader):
    """One that is never folded.

    The library takes a long word without spaces for text and encodes it (RFC 2047), which makes of an address something
    that no mail program calls. RFC 5322 (section 2.1.1) allows 998 characters.
    """

    # Of the base class that the registry mixes in, which the stubs do not know.
    name: str

    def fold(self, *, policy: Policy[Any]) -> str:
        """The header as one line."""
        return f"{self.name}: {self}{policy.linesep}"


def mail_policy() -> EmailPolicy[EmailMessage]:
    """The policy of messages that are handed to a relay."""
    registry = HeaderRegistry()
    registry.map_to_type("list-unsubscribe", _WholeHeader)  # type: ignore[arg-type]
    return SMTP.clone(header_factory=registry)

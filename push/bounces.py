"""Mails that come back: the address they come back to, and what they say.

Each mail leaves with a sender of its own in its envelope (VERP), so that whatever comes back there names its notice,
however much of the mail the other side returns. Reports are read as RFC 3464 has them, and in the two older shapes that
are still met: Exim's `X-Failed-Recipients` and qmail's text.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses
from uuid import UUID

# Whom the mail came back to, as mail servers note it before they hand it over.
_CAME_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b", re.ASCII)
_QMAIL = "this is the qmail-send program"
_UNKNOWN = "5.0.0"
_LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Bounce:
    """A mail that will not arrive.

    Args:
        status: the enhanced code (RFC 3463), `5.0.0` where none is given.
    """

    notice_id: UUID
    status: str


def bounce_address(bounces: str, notice_id: UUID) -> str:
    """The sender in the envelope of one mail: `bounces+<id>@example.gouv.fr`."""
    local, _, domain = bounces.rpartition("@")
    return f"{local}+{notice_id.hex}@{domain}"


def read_bounce(raw: bytes, bounces: str) -> Bounce | None:
    """Read a mail that came to `bounces`.

    Returns:
        None unless it says that a mail of ours was given up: delays, receipts and answers of people or machines are
        none, nor is one that names no notice.
    """
    mail = email.message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    status = _failure(mail)
    if status is None:
        return None
    notice_id = _notice_of(mail, bounces)
    return None if notice_id is None else Bounce(notice_id, status)


def _notice_of(mail: EmailMessage, bounces: str) -> UUID | None:
    local, _, domain = bounces.rpartition("@")
    ours = re.compile(rf"{re.escape(local)}\+([0-9a-f]{{32}})@{re.escape(domain)}", re.IGNORECASE | re.ASCII)
    named = [str(value) for name in _CAME_TO for value in mail.get_all(name, [])]
    for _, address in getaddresses(named):
        if found := ours.fullmatch(address):
            return UUID(found[1])
    return None


def _failure(mail: EmailMessage) -> str | None:
    """The status with which a mail was given up; None when nothing says that one was."""
    if reports := [part for part in mail.walk() if part.get_content_type() == "message/delivery-status"]:
        return next((status for part in reports for status in _failed_recipients(part)), None)
    text = _text(mail)
    if "X-Failed-Recipients" in mail or _QMAIL in text[:200]:
        found = _STATUS.search(text)
        return found[0] if found and found[1] == "5" else _UNKNOWN
    return None


def _failed_recipients(report: Message) -> Iterator[str]:
    """Of each recipient that was given up (RFC 3464, sections 2.3.3 and 2.3.4), the status."""
    for block in report.walk():
        # The report's parts are its blocks of fields, the first one about the mail itself.
        if str(block.get("Action", "")).strip().lower() == "failed":
            found = _STATUS.search(str(block.get("Status", "")))
            yield found[0] if found else _UNKNOWN


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    try:
        return str(part.get_content())[:_LONGEST_TEXT].lower() if part is not None else ""
    except (LookupError, ValueError):
        # A charset that nobody knows, or that its octets are none of.
        return ""

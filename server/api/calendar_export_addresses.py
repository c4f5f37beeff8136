"""Judges what somebody typed as the address of an export, before anything is sealed or asked there."""

from __future__ import annotations

from typing import Any

from models.rules.contact_details import looks_like_address
from models.rules.errors import Invalid
from models.rules.exports import Kind
from server.calendars.address import host_of


def judge(kind: Kind, body: dict[str, Any]) -> tuple[str | None, dict[str, str] | None]:
    """The host that may be shown, and the address that is sealed; none for a feed.

    Raises:
        Invalid: by field, with what `EndpointRefused` or `looks_like_address` says of it.
    """
    if kind is Kind.FEED:
        return None, None
    if kind is Kind.MAIL:
        mail, host = _read_mail(body["mail"])
        return host, {"mail": mail}
    url, host = _read_url(body["url"])
    return host, {"url": url, "user": body["user"], "password": body["password"]}


def judge_anew(address: dict[str, str]) -> str | None:
    """The host that may be shown; `address` is what is sealed afterwards.

    Raises:
        Invalid: as `judge`.
    """
    host = None
    if "mail" in address:
        address["mail"], host = _read_mail(address["mail"])
    if "url" in address:
        address["url"], host = _read_url(address["url"])
    return host


def _read_mail(typed: str) -> tuple[str, str]:
    mail = typed.strip()
    if not looks_like_address(mail):
        raise Invalid("invalid_arguments", {"fields": {"mail": "unreadable" if mail else "missing"}})
    return mail, mail.rpartition("@")[2].lower()


def _read_url(typed: str) -> tuple[str, str]:
    url = typed.strip()
    if not url:
        raise Invalid("invalid_arguments", {"fields": {"url": "missing"}})
    return url, host_of(url)

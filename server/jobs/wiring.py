"""What jobs work with; the worker installs it once before the first job runs."""

from __future__ import annotations

from push.web_push import WebPushSender
from server.context import Context

_installed: list[Context] = []
_push_senders: list[WebPushSender] = []


def install(context: Context, push_sender: WebPushSender | None = None) -> None:
    """Make `context` what every job of this process works with.

    Args:
        push_sender: an open one; None where web push is off.
    """
    _installed[:] = [context]
    _push_senders[:] = [] if push_sender is None else [push_sender]


def current() -> Context:
    """The worker's context.

    Raises:
        LookupError: no worker has installed one.
    """
    if not _installed:
        raise LookupError("no context installed: jobs run inside server.worker")
    return _installed[0]


def push_sender() -> WebPushSender | None:
    """The process's one web push sender, which is open; None where web push is off."""
    return _push_senders[0] if _push_senders else None

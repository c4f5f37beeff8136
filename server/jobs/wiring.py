"""What jobs work with; the worker installs it once before the first job runs."""

from __future__ import annotations

from server.context import Context

_installed: list[Context] = []


def install(context: Context) -> None:
    """Make `context` what every job of this process works with."""
    _installed[:] = [context]


def current() -> Context:
    """The worker's context.

    Raises:
        LookupError: no worker has installed one.
    """
    if not _installed:
        raise LookupError("no context installed: jobs run inside server.worker")
    return _installed[0]

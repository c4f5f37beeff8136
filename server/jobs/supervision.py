"""Keeps the queue's worker at work: it stops by itself when it loses the database, and this starts it again."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

import psycopg
from procrastinate.exceptions import ConnectorException

log = logging.getLogger(__name__)

SHORTEST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0
# A worker that held out for so long was well: the next loss starts again with a short pause.
STEADY_AFTER_S = 60.0


async def keep_working(work: Callable[[], Awaitable[None]], stopping: asyncio.Event) -> None:
    """Call `work` again whenever it ends, with growing pauses, until `stopping` is set.

    Args:
        work: runs the worker; when it is cancelled it finishes the jobs in hand first.

    Raises:
        Exception: whatever `work` raises that a lost database does not explain.
    """
    loop = asyncio.get_running_loop()
    pause = SHORTEST_PAUSE_S
    while not stopping.is_set():
        started = loop.time()
        cause = await _work_until_stopped(work, stopping)
        if stopping.is_set():
            return
        if loop.time() - started > STEADY_AFTER_S:
            pause = SHORTEST_PAUSE_S
        log.warning("the worker lost the database (%s); starting again", cause)
        with_jitter = pause * random.uniform(0.5, 1)  # noqa: S311 -- jitter, not a secret.
        await _wait(stopping, with_jitter)
        pause = min(pause * 2, LONGEST_PAUSE_S)


async def _work_until_stopped(work: Callable[[], Awaitable[None]], stopping: asyncio.Event) -> str:
    """Run `work` once; returns why it ended, in a word."""
    working = asyncio.ensure_future(work())
    told = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({working, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not working.done():
        working.cancel()
    try:
        await working
    except asyncio.CancelledError:
        return "stopped"
    except (ConnectorException, psycopg.OperationalError) as error:
        return type(error.__cause__ or error).__name__
    return "side task"


async def _wait(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return

"""Runs what is written for an event loop from code that has none, or that somebody else's loop is running around."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_to_its_end(errand: Coroutine[Any, Any, Result]) -> Result:
    """Run `errand` in a loop and a thread of its own, and return what it returns.

    `asyncio.run` alone refuses where a loop runs in the thread already, as a browser's does beside the tests.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="errand") as threads:
        return threads.submit(asyncio.run, errand).result()

"""Measuring inside this process what the web process does inside its own."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from server.garbage import collect_rarely


@contextmanager
def like_the_web_process() -> Iterator[None]:
    """Collect garbage as the web process does: what loading a bench left behind is none of a search's business."""
    thresholds = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()

"""When a process that serves looks for garbage: rarely, because whoever waits meanwhile waits for nothing."""

from __future__ import annotations

import gc


def collect_rarely() -> None:
    """Leave out what lives already from all collections to come, and look at the rest only when asked to.

    What has no cycles, nearly everything, is freed at once as ever; whoever calls this calls `gc.collect` at times.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50, 1_000_000)

"""Tells people outside of what was recorded: one job for each event that somebody must hear of."""

from __future__ import annotations

from server.jobs.app import DELIVERY_QUEUE, queue


@queue.task(name="deliver", queue=DELIVERY_QUEUE)
def deliver(event_id: int) -> None:
    """Send what the event `event_id` calls for; safe to run again."""

"""When a job that failed runs again."""

from __future__ import annotations

import random
from datetime import timedelta

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

FIRST = timedelta(seconds=10)
LONGEST = timedelta(hours=1)


class ExponentialBackoff(BaseRetryStrategy):
    """10 s, 20 s, 40 s … one hour, each a little shorter by chance, so that a relay that comes back is not stormed.

    Args:
        attempts: so many runs at most; 42 last 26 hours and more whatever chance gives, because whoever waits for a
            day must see its end: a notice that tried another way for an hour before, or a text that is good so long.
    """

    def __init__(self, attempts: int = 42) -> None:
        self.attempts = attempts

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Give up after the last attempt, whatever went wrong; until then a new release may have mended it."""
        del exception
        if job.attempts + 1 >= self.attempts:
            return None
        wait = min(FIRST * 2 ** min(job.attempts, 20), LONGEST)
        seconds = wait.total_seconds() * random.uniform(0.8, 1)  # noqa: S311 -- jitter, not a secret.
        return RetryDecision(retry_in={"seconds": max(1, round(seconds))})

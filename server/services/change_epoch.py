from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from models.tables import FeedEpoch


def change_epoch(session: Session, now: datetime) -> int:
    """Give the feeds a new epoch, so that every terminal drops its documents (never its outbox) and starts over.

    For after a restore from backup: versions would otherwise be given out a second time. Returns the new epoch.
    """
    before = session.scalar(select(FeedEpoch.epoch).with_for_update())
    # Two changes within one second must still give two epochs.
    epoch = max(int(now.timestamp()), (before or 0) + 1)
    session.execute(delete(FeedEpoch))
    session.execute(insert(FeedEpoch).values(epoch=epoch))
    return epoch

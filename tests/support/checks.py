"""What must hold at rest, whatever was killed."""

from __future__ import annotations

from sqlalchemy import select

from models.tables import ContactRequest
from tests.support.live import FACTS, LiveTerminal, Site, Stream
from tests.support.processes import wait_until


def assert_nothing_lost(site: Site, stream: Stream, terminal: LiveTerminal) -> None:
    """Every acknowledged request is there once, and the terminal has every request of its unit."""
    with site.database.transaction() as session:
        rows = session.execute(select(ContactRequest.id, ContactRequest.reference, ContactRequest.facts)).all()
    assert stream.acknowledged <= {row.reference for row in rows}, "an acknowledged request is gone"
    # The facts hold the number of the citizen, who may have had to send more than once.
    from_stream = [row.facts for row in rows if row.facts.startswith(FACTS)]
    assert len(from_stream) == len(set(from_stream)), "a request is there twice"
    everything = {f"request/{row.id}" for row in rows}
    wait_until(lambda: everything <= terminal.docs.keys(), "the terminal has caught up", 30)

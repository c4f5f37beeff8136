"""Searching a commune as people type it, over all of them; beside it, what one trivial query costs here."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import partial

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bench.reference import imported_communes
from bench.report import Row
from models.queries.communes import search_communes
from models.tables import Commune

COMMUNES = 300
TYPED = (1, 2, 3, 5, 8, 100)
BAR_MS = 10.0


def run() -> list[Row]:
    """Type the names of 300 communes drawn at random, letter by letter, and time each search."""
    with imported_communes() as database, database.snapshot() as session:
        typed = _typed(session)
        # A process that has just started has its statements to compile; people meet one that has not.
        for query in typed[:50]:
            search_communes(session, query)
        searched, trivial = [], []
        for query in typed:
            searched.append(_milliseconds(partial(search_communes, session, query)))
            trivial.append(_milliseconds(partial(session.scalar, text("SELECT 1"))))
    p50, p95 = _percentile(searched, 0.5), _percentile(searched, 0.95)
    base50, base95 = _percentile(trivial, 0.5), _percentile(trivial, 0.95)
    return [
        Row(f"one search, p50 of {len(typed)}", p50, "ms", peer="SELECT 1", peer_measured=base50),
        Row(f"one search, p95 of {len(typed)}", p95, "ms", f"≤ {BAR_MS:.0f}", "SELECT 1", base95, p95 <= BAR_MS),
        Row("one search, slowest", max(searched), "ms", peer="SELECT 1", peer_measured=max(trivial)),
    ]


def _typed(session: Session) -> list[str]:
    names = session.scalars(select(Commune.name).where(Commune.merged_into.is_(None)).order_by(Commune.insee)).all()
    draw = random.Random(20261125)
    typed = {name[:length] for name in draw.sample(names, COMMUNES) for length in TYPED}
    # The set has an order of its own in each process; the draw must not.
    queries = sorted(typed)
    draw.shuffle(queries)
    return queries


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]

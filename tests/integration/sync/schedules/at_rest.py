"""What must hold when every call has arrived: the results, their effects, and what the terminal shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from models.database import Database
from models.rules.appointments import State as AppointmentState
from models.rules.openings import State as OpeningState
from models.tables import (
    Absence,
    Agent,
    Appointment,
    ContactRequest,
    Event,
    MutationResult,
    Opening,
    OpeningOccurrence,
    SyncClient,
)
from tests.integration.sync.schedules.browser import Json
from tests.integration.sync.schedules.taps import BY_THE_WAY, EVENTS
from tests.support.seed import NOW


@dataclass
class Handset:
    """A terminal as its agent and the test know it: what was tapped, and what the server has ever answered."""

    agent: Any
    client_id: str
    token: str = ""
    revoked: bool = False
    tapped: dict[int, Json] = field(default_factory=dict)
    results: dict[int, Json] = field(default_factory=dict)


def check_at_rest(database: Database, handset: Handset, held: Json, answer: Json) -> None:
    """`held` is the terminal's memory, `answer` what a terminal without any memory is told now."""
    assert held["outbox"] == [], "4: the queue did not drain"
    assert held["client"] == handset.client_id, "2: the numbers began anew"
    with database.transaction() as session:
        stored = _check_results(session, handset, held)
        _check_effects(session, handset, stored)
        must_be_held = _must_be_held(session, handset.agent.unit_id)
    assert not answer["more"]
    fresh = {doc["k"]: doc["body"] for doc in answer["docs"] if doc["body"] is not None}
    assert held["docs"] == fresh, "5: the terminal does not hold what the server holds"
    assert must_be_held <= fresh.keys(), "5: the feed has never heard of what is in the tables"


def _check_results(session: Session, handset: Handset, held: Json) -> dict[int, str]:
    client = UUID(handset.client_id)
    rows = session.scalars(select(MutationResult).where(MutationResult.client_id == client))
    stored = {row.seq: row.status for row in rows}
    lmid = session.scalar(select(SyncClient.last_mutation_id).where(SyncClient.id == client)) or 0
    assert sorted(stored) == sorted(handset.tapped), "2: a number without its result, or one too many"
    assert lmid == len(handset.tapped), "2: lmid is not the last number"
    assert {seq: result["status"] for seq, result in handset.results.items()} == stored, "2: a result was lost"
    refused = {f"{handset.client_id}.{seq}" for seq, status in stored.items() if status in ("rejected", "error")}
    assert {conflict["id"] for conflict in held["conflicts"]} == refused, "2: a refusal nobody was told of"
    return stored


def _check_effects(session: Session, handset: Handset, stored: dict[int, str]) -> None:
    applied = {name: 0 for events in EVENTS.values() for name in events}
    for seq, mutation in handset.tapped.items():
        for name, count in EVENTS[mutation["op"]].items():
            applied[name] += count * (stored[seq] == "applied")
    how = Event.data["how"].astext
    said = case((how.is_not(None), Event.name + ":" + how), else_=Event.name).label("said")
    counts = session.execute(
        select(said, func.count())
        .where(
            Event.agent_id == handset.agent.id,
            Event.data["intervention"].astext.is_distinct_from("true"),
            func.coalesce(Event.data["word"].astext, "").not_in(BY_THE_WAY) | (Event.name != "appointment_cancelled"),
        )
        .group_by("said")
    )
    happened = dict(iter(counts))
    assert {name: happened.get(name, 0) for name in applied} == applied, "1: effects are not what the results say"


def _must_be_held(session: Session, unit_id: int) -> set[str]:
    """The documents that the unit's terminals hold whatever day it is."""
    found = {
        "request": select(ContactRequest.id).where(ContactRequest.unit_id == unit_id),
        "absence": select(Absence.id)
        .join(Agent, Agent.id == Absence.agent_id)
        .where(Agent.unit_id == unit_id, Absence.cancelled_at.is_(None)),
        "appointment": select(Appointment.id).where(
            Appointment.unit_id == unit_id, Appointment.state == AppointmentState.REQUESTED
        ),
        "occurrence": select(OpeningOccurrence.id)
        .join(Opening, Opening.id == OpeningOccurrence.opening_id)
        .where(
            OpeningOccurrence.unit_id == unit_id,
            Opening.state == OpeningState.APPROVED,
            OpeningOccurrence.starts_at < NOW + timedelta(days=7),
            OpeningOccurrence.ends_at > NOW + timedelta(days=1),
        ),
        "opening": select(Opening.id).where(Opening.unit_id == unit_id, Opening.state == OpeningState.PROPOSED),
    }
    return {f"{kind}/{one}" for kind, query in found.items() for one in session.scalars(query)}

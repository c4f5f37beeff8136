from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes
from models.rules.actor import AgentActor
from models.rules.errors import Conflict, Forbidden, Refusal
from models.rules.request_lifecycle import Verdict
from models.tables import MutationResult, SyncClient
from server.services.mutations import MUTATIONS, Mutation


@dataclass(frozen=True)
class ApplyMutation:
    """One numbered mutation of one outbox, as the terminal sent it."""

    client_id: UUID
    seq: int
    op: str
    args: Mapping[str, Any]


def apply_mutation(session: Session, command: ApplyMutation, actor: AgentActor, now: datetime) -> MutationResult:
    """Apply a mutation exactly once and store its one result, in this transaction.

    A repeat gets the stored result. A refusal is a result too (`rejected`); only an unexpected exception leaves
    without one, and the edge then calls `store_mutation_error` in a second transaction.

    Raises:
        Forbidden: the outbox is another agent's, or the agent serves in no unit.
        Conflict: `gap` (an earlier number is missing) or `fork` (this number had other arguments before);
            `detail["lmid"]` is the last number that has its result.
    """
    client = _lock_client(session, command.client_id, actor, now)
    if earlier := _earlier_result(session, client, command):
        return earlier

    own = _own_scope(actor)
    try:
        mutation, parsed = _parse(command)
    except Refusal as refusal:
        version = lock_scopes(session, {own})[own]
        return _store(session, client, command, version, "rejected", refusal.code, refusal.detail, now)

    # The locks are taken before the savepoint, all in one order, so that a refusal keeps its place in the feed.
    version = lock_scopes(session, {own, *(unit_scope(unit) for unit in mutation.other_units(parsed))})[own]
    try:
        with session.begin_nested():
            verdict = mutation.service(session, parsed, actor, now)
    except Refusal as refusal:
        return _store(session, client, command, version, "rejected", refusal.code, refusal.detail, now)
    status = "noop" if verdict is Verdict.NOOP else "applied"
    return _store(session, client, command, version, status, None, {}, now)


def store_mutation_error(
    session: Session, command: ApplyMutation, actor: AgentActor, now: datetime, error_id: str
) -> MutationResult:
    """Give a mutation that failed unexpectedly its result, so that the queue behind it never blocks.

    Raises:
        Forbidden, Conflict: as `apply_mutation`.
    """
    client = _lock_client(session, command.client_id, actor, now)
    if earlier := _earlier_result(session, client, command):
        return earlier
    version = lock_scopes(session, {_own_scope(actor)})[_own_scope(actor)]
    return _store(session, client, command, version, "error", "unexpected", {"error_id": error_id}, now)


def _lock_client(session: Session, client_id: UUID, actor: AgentActor, now: datetime) -> SyncClient:
    session.execute(
        insert(SyncClient)
        .values(id=client_id, agent_id=actor.agent_id, last_mutation_id=0, created_at=now, last_seen_at=now)
        .on_conflict_do_nothing()
    )
    client = session.scalars(
        select(SyncClient).where(SyncClient.id == client_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if client.agent_id != actor.agent_id:
        raise Forbidden("not_your_outbox")
    client.last_seen_at = now
    return client


def _earlier_result(session: Session, client: SyncClient, command: ApplyMutation) -> MutationResult | None:
    lmid = client.last_mutation_id
    if command.seq > lmid + 1:
        raise Conflict("gap", {"lmid": lmid})
    if command.seq == lmid + 1:
        return None
    earlier = session.get(MutationResult, (client.id, command.seq))
    if earlier is None or earlier.args_hash != _hash(command):
        raise Conflict("fork", {"lmid": lmid})
    return earlier


def _parse(command: ApplyMutation) -> tuple[Mutation, Any]:
    mutation = MUTATIONS.get(command.op)
    if mutation is None:
        raise Refusal("unknown_mutation")
    return mutation, mutation.command(command.args)


def _own_scope(actor: AgentActor) -> str:
    if actor.serves_in_unit is None:
        raise Forbidden("not_in_a_unit")
    return unit_scope(actor.serves_in_unit)


def _store(
    session: Session,
    client: SyncClient,
    command: ApplyMutation,
    version: int,
    status: str,
    code: str | None,
    detail: dict[str, Any],
    now: datetime,
) -> MutationResult:
    result = MutationResult(
        client_id=client.id,
        seq=command.seq,
        op=command.op[:80],
        args_hash=_hash(command),
        version=version,
        status=status,
        code=code,
        detail=detail,
        at=now,
    )
    session.add(result)
    client.last_mutation_id = command.seq
    session.flush()
    return result


def _hash(command: ApplyMutation) -> bytes:
    content = json.dumps([command.op, command.args], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()

"""Accounts and sign-ins, service by service."""

from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.actor import Role
from models.rules.errors import Conflict, Forbidden, Invalid
from models.tables import AgentSession
from server.identity import LAST_SEEN_STEP, load_actor
from server.services.create_agent import CreateAgent, create_agent
from server.services.sign_in import SESSION_LENGTH, SignIn, sign_in
from server.services.sign_out import SignOut, sign_out
from tests.support.seed import NOW, PASSWORD, TOKENS, seed_agent, seed_sign_in, seed_unit


def _command(**changes: object) -> CreateAgent:
    values: dict[str, object] = {
        "login": " Lea.Marchand ",
        "name": " Léa Marchand ",
        "roles": frozenset({Role.OPERATOR}),
        "unit_id": None,
        "password": PASSWORD,
        **changes,
    }
    return CreateAgent(**values)  # type: ignore[arg-type]


def test_a_login_is_one_whatever_its_case(session: Session) -> None:
    agent = create_agent(session, _command(), NOW)

    assert (agent.login, agent.name) == ("lea.marchand", "Léa Marchand")
    with pytest.raises(Conflict, match="login_taken"):
        create_agent(session, _command(login="LEA.marchand"), NOW)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"login": "  "}, {"login": "missing"}),
        ({"password": "x" * 11}, {"password": "too_short"}),
        ({"roles": frozenset()}, {"roles": "missing"}),
        ({"roles": frozenset({Role.GENDARME})}, {"unit_id": "missing"}),
        ({"roles": frozenset({Role.CHIEF}), "unit_id": 42}, {"unit_id": "unknown"}),
    ],
)
def test_an_account_that_does_not_hold_together_names_its_fields(
    session: Session, changes: dict[str, object], fields: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        create_agent(session, _command(**changes), NOW)
    assert refused.value.detail == {"fields": fields}


def test_a_password_is_never_shown_by_a_command() -> None:
    assert PASSWORD not in repr(_command())
    assert PASSWORD not in repr(SignIn("lea", PASSWORD))


def test_only_a_hash_of_the_token_is_kept(session: Session) -> None:
    create_agent(session, _command(), NOW)

    signed_in = sign_in(session, SignIn("lea.marchand", PASSWORD), NOW, TOKENS)
    session.flush()

    row = session.scalars(select(AgentSession).where(AgentSession.agent_id == signed_in.agent.id)).one()
    assert signed_in.token.encode() not in row.token_hash
    assert row.expires_at == NOW + SESSION_LENGTH
    assert load_actor(session, signed_in.token, TOKENS, NOW) is not None
    assert signed_in.token not in repr(signed_in)


def test_a_hash_of_older_parameters_is_renewed_by_the_next_sign_in(session: Session) -> None:
    agent = create_agent(session, _command(), NOW)
    agent.password_hash = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)

    sign_in(session, SignIn("lea.marchand", PASSWORD), NOW, TOKENS)

    assert "m=64," not in agent.password_hash
    with pytest.raises(Forbidden, match="wrong_credentials"):
        sign_in(session, SignIn("lea.marchand", PASSWORD + "x"), NOW, TOKENS)


def test_signing_out_ends_one_sign_in_and_again_changes_nothing(session: Session) -> None:
    agent = seed_agent(session, seed_unit(session))
    here, elsewhere = seed_sign_in(session, agent), seed_sign_in(session, agent)

    sign_out(session, SignOut(here), NOW, TOKENS)
    sign_out(session, SignOut(here), NOW + timedelta(hours=1), TOKENS)

    assert load_actor(session, here, TOKENS, NOW) is None
    assert load_actor(session, elsewhere, TOKENS, NOW) is not None
    row = session.get_one(AgentSession, TOKENS.stored_hash("agent-session", here), populate_existing=True)
    assert row.revoked_at == NOW


@pytest.mark.parametrize("token", [None, "", "x", "é", "x" * 10_000])
def test_a_token_that_is_none_is_nobody(session: Session, token: str | None) -> None:
    assert load_actor(session, token, TOKENS, NOW) is None


def test_the_last_contact_is_written_now_and_then(session: Session) -> None:
    agent = seed_agent(session, seed_unit(session))
    token = seed_sign_in(session, agent)
    row = session.get_one(AgentSession, TOKENS.stored_hash("agent-session", token))

    load_actor(session, token, TOKENS, NOW + LAST_SEEN_STEP)
    assert row.last_seen_at == NOW
    later = NOW + LAST_SEEN_STEP + timedelta(seconds=1)
    load_actor(session, token, TOKENS, later)
    assert row.last_seen_at == later

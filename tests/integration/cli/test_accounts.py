"""Accounts from the shell: opened, closed, given a new password; sign-ins ended at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.database import Database
from models.rules.actor import Role
from models.rules.errors import Forbidden
from models.tables import Agent, AgentSession, FeedEpoch
from server.context import utc_now
from server.identity import load_actor
from server.services.sign_in import SignIn, sign_in
from tests.integration.cli.conftest import Brigade
from tests.support.seed import PASSWORD, TOKENS, seed_agent, seed_sign_in, seed_unit

NEW = "un autre mot de passe"


@pytest.fixture
def unit_id(database: Database) -> int:
    with database.transaction() as session:
        return seed_unit(session).id


def _sign_in(database: Database, login: str, password: str) -> bool:
    try:
        with database.transaction() as session:
            sign_in(session, SignIn(login, password), utc_now(), TOKENS)
    except Forbidden:
        return False
    return True


def _signed_in_agent(database: Database, login: str = "lea") -> str:
    with database.transaction() as session:
        return seed_sign_in(session, seed_agent(session, None, Role.OPERATOR, login=login), now=utc_now())


def _is_signed_in(database: Database, token: str) -> bool:
    with database.transaction() as session:
        return load_actor(session, token, TOKENS, utc_now()) is not None


def test_an_account_is_opened_with_a_password_from_standard_input(
    brigade: Brigade, database: Database, unit_id: int
) -> None:
    done = brigade(
        "create-agent", "Lea.Marchand", "--name", "Léa Marchand", "--role", "gendarme", "--role", "chief",
        "--unit", str(unit_id), "--password-stdin", typed=f"{PASSWORD}\n",
    )  # fmt: skip

    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    assert _sign_in(database, "lea.marchand", PASSWORD)
    with database.transaction() as session:
        agent = session.scalars(select(Agent)).one()
        assert (agent.name, agent.unit_id, agent.roles) == ("Léa Marchand", unit_id, ["chief", "gendarme"])
        assert agent.password_hash.startswith("$argon2id$")


def test_the_password_is_asked_for_twice_and_not_shown(brigade: Brigade, database: Database) -> None:
    arguments = ("create-agent", "lea", "--name", "Léa", "--role", "operator")

    differing = brigade(*arguments, typed=f"{PASSWORD}\nsomething else\n")
    assert differing.exit_code != 0
    done = brigade(*arguments, typed=f"{PASSWORD}\n{PASSWORD}\n")

    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    assert _sign_in(database, "lea", PASSWORD)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--role", "gendarme"), "unit_id is missing"),
        (("--role", "gendarme", "--unit", "42"), "unit_id is unknown"),
        (("--role", "operator"), "exists already"),
    ],
)
def test_an_account_that_does_not_hold_together_is_refused_in_words(
    brigade: Brigade, database: Database, arguments: tuple[str, ...], said: str
) -> None:
    _signed_in_agent(database, "lea")

    refused = brigade("create-agent", "lea", "--name", "Léa", *arguments, "--password-stdin", typed=f"{PASSWORD}\n")

    assert refused.exit_code == 1
    assert said in refused.output
    with database.transaction() as session:
        assert len(session.scalars(select(Agent)).all()) == 1


def test_a_short_password_is_refused(brigade: Brigade) -> None:
    refused = brigade("create-agent", "lea", "--name", "L", "--role", "operator", "--password-stdin", typed="short\n")
    assert refused.exit_code == 1
    assert "password is too_short" in refused.output


def test_a_closed_account_is_out_at_once(brigade: Brigade, database: Database) -> None:
    token = _signed_in_agent(database)

    done = brigade("close-agent", "LEA")

    assert done.exit_code == 0, done.output
    assert "Sign-ins ended: 1" in done.output
    assert not _is_signed_in(database, token)
    assert not _sign_in(database, "lea", PASSWORD)


def test_a_new_password_puts_out_whoever_knew_the_old_one(brigade: Brigade, database: Database) -> None:
    token = _signed_in_agent(database)

    done = brigade("reset-password", "lea", "--password-stdin", typed=f"{NEW}\n")

    assert done.exit_code == 0, done.output
    assert not _is_signed_in(database, token)
    assert not _sign_in(database, "lea", PASSWORD)
    assert _sign_in(database, "lea", NEW)


def test_sign_ins_of_one_or_of_everybody_end(brigade: Brigade, database: Database) -> None:
    lea, hugo, nora = (_signed_in_agent(database, login) for login in ("lea", "hugo", "nora"))

    assert brigade("revoke-sessions", "lea").exit_code == 0
    assert [_is_signed_in(database, token) for token in (lea, hugo, nora)] == [False, True, True]
    everybody = brigade("revoke-sessions", "--all")

    assert "Sign-ins ended: 2" in everybody.output
    with database.transaction() as session:
        assert all(session.scalars(select(AgentSession.revoked_at)).all())


@pytest.mark.parametrize("arguments", [("revoke-sessions",), ("revoke-sessions", "lea", "--all")])
def test_it_must_be_said_whose_sign_ins_end(brigade: Brigade, database: Database, arguments: tuple[str, ...]) -> None:
    token = _signed_in_agent(database)
    assert brigade(*arguments).exit_code == 2
    assert _is_signed_in(database, token)


@pytest.mark.parametrize("command", [("close-agent",), ("revoke-sessions",), ("reset-password", "--password-stdin")])
def test_an_unknown_login_is_told(brigade: Brigade, command: tuple[str, ...]) -> None:
    refused = brigade(command[0], "nobody", *command[1:], typed=f"{NEW}\n")
    assert refused.exit_code == 1
    assert "No account has this login" in refused.output


def test_each_change_of_epoch_gives_another_one(brigade: Brigade, database: Database) -> None:
    seen = []
    for _ in range(3):
        with database.transaction() as session:
            seen.append(session.scalars(select(FeedEpoch.epoch)).one())
        assert brigade("change-epoch").exit_code == 0
    assert seen == sorted(set(seen))


def test_release_can_run_again(brigade: Brigade) -> None:
    assert brigade("release").exit_code == 0
    assert brigade("release").exit_code == 0

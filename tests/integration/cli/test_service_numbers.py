"""What planning tools call an agent, from the shell."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.database import Database
from models.tables import Agent
from tests.integration.cli.conftest import Brigade
from tests.support.seed import seed_agent, seed_unit


def _number(database: Database, login: str = "lea") -> str | None:
    with database.transaction() as session:
        return session.scalars(select(Agent.service_number).filter_by(login=login)).one()


@pytest.fixture
def _people(database: Database) -> None:
    with database.transaction() as session:
        unit = seed_unit(session)
        seed_agent(session, unit, login="lea")
        seed_agent(session, unit, login="ana")


@pytest.mark.usefixtures("_people")
def test_a_number_is_kept_without_leading_zeros_and_forgotten(brigade: Brigade, database: Database) -> None:
    done = brigade("set-service-number", "LEA", "00123456")
    assert done.exit_code == 0, done.output
    assert "has the service number 123456" in done.output
    assert _number(database) == "123456"
    assert brigade("set-service-number", "lea", "--forget").exit_code == 0
    assert _number(database) is None


@pytest.mark.usefixtures("_people")
def test_two_accounts_never_have_one_number(brigade: Brigade, database: Database) -> None:
    brigade("set-service-number", "lea", "123456")
    refused = brigade("set-service-number", "ana", "0123456")
    assert refused.exit_code == 1
    assert "Another account has this service number." in refused.output
    assert _number(database, "ana") is None


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("typed", ["", "12 34", "lea", "12345678901", "٣"])
def test_what_is_no_number_is_refused(brigade: Brigade, database: Database, typed: str) -> None:
    refused = brigade("set-service-number", "lea", typed)
    assert refused.exit_code == 1
    assert "number is unreadable" in refused.output
    assert _number(database) is None


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("arguments", [(), ("123456", "--forget")])
def test_it_must_be_said_which(brigade: Brigade, arguments: tuple[str, ...]) -> None:
    assert brigade("set-service-number", "lea", *arguments).exit_code == 2

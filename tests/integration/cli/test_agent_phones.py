"""The mobile number over which the ladder calls an agent, from the shell."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.database import Database
from models.tables import Agent
from tests.integration.cli.conftest import Brigade
from tests.support.seed import PASSWORD, seed_agent, seed_unit


def _phone(database: Database, login: str = "lea") -> str | None:
    with database.transaction() as session:
        return session.scalars(select(Agent.mobile_phone).filter_by(login=login)).one()


@pytest.fixture
def _lea(database: Database) -> None:
    with database.transaction() as session:
        seed_agent(session, seed_unit(session), name="Léa", login="lea")


@pytest.mark.usefixtures("_lea")
def test_a_number_is_kept_as_dialled_in_the_unit_and_forgotten(brigade: Brigade, database: Database) -> None:
    done = brigade("set-phone", "LEA", "06 39 98 00 21")
    assert done.exit_code == 0, done.output
    assert "639980021" not in done.output.replace(" ", "")
    assert _phone(database) == "+33639980021"
    assert brigade("set-phone", "lea", "+262 692 12 34 56").exit_code == 0
    assert _phone(database) == "+262692123456"
    assert brigade("set-phone", "lea", "--forget").exit_code == 0
    assert _phone(database) is None


def test_overseas_a_number_is_read_as_it_is_dialled_there(brigade: Brigade, database: Database) -> None:
    with database.transaction() as session:
        unit = seed_unit(session)
        unit.commune_insee = "97411"
        unit_id = unit.id
    done = brigade(
        "create-agent", "lea", "--name", "Léa", "--role", "gendarme", "--unit", str(unit_id),
        "--phone", "0692 12 34 56", "--password-stdin", typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert _phone(database) == "+262692123456"


@pytest.mark.usefixtures("_lea")
@pytest.mark.parametrize("typed", ["04 65 71 00 12", "17", "+1 415 555 2671", "demain"])
def test_what_gets_no_texts_is_refused_in_words(brigade: Brigade, database: Database, typed: str) -> None:
    refused = brigade("set-phone", "lea", typed)
    assert refused.exit_code == 1
    assert "no mobile number" in refused.output
    assert _phone(database) is None


@pytest.mark.usefixtures("_lea")
@pytest.mark.parametrize("arguments", [(), ("06 39 98 00 21", "--forget")])
def test_it_must_be_said_which(brigade: Brigade, arguments: tuple[str, ...]) -> None:
    assert brigade("set-phone", "lea", *arguments).exit_code == 2


@pytest.mark.usefixtures("_lea")
def test_a_closed_account_keeps_no_number(brigade: Brigade, database: Database) -> None:
    brigade("set-phone", "lea", "06 39 98 00 21")
    assert brigade("close-agent", "lea").exit_code == 0
    assert _phone(database) is None

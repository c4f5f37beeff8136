"""Partners' keys from the shell: shown once, listed without their secret, ended at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.database import Database
from models.rules.api_keys import Scope
from models.rules.errors import Forbidden
from models.tables import ApiKey
from server.context import utc_now
from server.services.use_api_key import Partner, UseApiKey, use_api_key
from tests.integration.cli.conftest import Brigade
from tests.support.seed import TOKENS, seed_unit


@pytest.fixture
def unit_id(database: Database) -> int:
    with database.transaction() as session:
        return seed_unit(session).id


def _use(database: Database, key: str, scope: Scope) -> Partner:
    with database.transaction() as session:
        return use_api_key(session, UseApiKey(key, scope), utc_now(), TOKENS)


def _create(brigade: Brigade, *arguments: str) -> str:
    made = brigade("api-key", "create", "--name", "Service-Public.fr", *arguments)
    assert made.exit_code == 0, made.output
    key = made.stdout.strip()
    assert key.startswith("bn_")
    return key


def test_a_key_is_printed_once_and_only_its_hash_is_kept(brigade: Brigade, database: Database, unit_id: int) -> None:
    key = _create(
        brigade, "--scope", "slots:read", "--scope", "bookings:write", "--unit", str(unit_id), "--reason", "complaint"
    )

    partner = _use(database, key, Scope.SLOTS_READ)
    assert partner.actor.scopes == {"slots:read", "bookings:write"}
    assert (partner.actor.unit_id, partner.reason_code) == (unit_id, "complaint")
    with database.transaction() as session:
        row = session.scalars(select(ApiKey)).one()
        assert key.encode() not in row.key_hash
        assert row.last_used_at is not None
    listed = brigade("api-key", "list").output
    assert "Service-Public.fr" in listed
    assert f"unit {unit_id}" in listed
    assert key not in listed


def test_a_scope_that_a_key_lacks_and_a_key_that_nobody_made_are_refused(brigade: Brigade, database: Database) -> None:
    key = _create(brigade, "--scope", "slots:read")
    with pytest.raises(Forbidden, match="scope_missing"):
        _use(database, key, Scope.BOOKINGS_WRITE)
    for other in (key[:-1], key + "x", key.lower(), "", "bn_"):
        with pytest.raises(Forbidden, match="unknown_api_key"):
            _use(database, other, Scope.SLOTS_READ)


def test_a_revoked_key_opens_nothing_and_is_listed_on_demand(brigade: Brigade, database: Database) -> None:
    key = _create(brigade, "--scope", "slots:read")
    with database.transaction() as session:
        number = str(session.scalars(select(ApiKey.id)).one())

    done = brigade("api-key", "revoke", number)
    again = brigade("api-key", "revoke", number)

    assert (done.exit_code, again.exit_code) == (0, 0), done.output + again.output
    with pytest.raises(Forbidden, match="unknown_api_key"):
        _use(database, key, Scope.SLOTS_READ)
    assert "Service-Public.fr" not in brigade("api-key", "list").output
    assert "revoked" in brigade("api-key", "list", "--all").output


def test_a_renewed_key_is_the_same_key_with_another_secret(brigade: Brigade, database: Database) -> None:
    key = _create(brigade, "--scope", "slots:read")
    number = _use(database, key, Scope.SLOTS_READ).actor.api_key_id

    renewed = brigade("api-key", "renew", str(number)).stdout.strip()

    assert _use(database, renewed, Scope.SLOTS_READ).actor.api_key_id == number
    with pytest.raises(Forbidden, match="unknown_api_key"):
        _use(database, key, Scope.SLOTS_READ)
    brigade("api-key", "revoke", str(number))
    assert brigade("api-key", "renew", str(number)).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--scope", "visioplainte"), "unit is missing, reason is missing"),
        (("--scope", "slots:read", "--unit", "42"), "unit is unknown"),
        (("--scope", "slots:read", "--reason", "none-such"), "reason is unknown"),
    ],
)
def test_a_key_that_does_not_hold_together_is_refused_in_words(
    brigade: Brigade, database: Database, arguments: tuple[str, ...], said: str
) -> None:
    refused = brigade("api-key", "create", "--name", "X", *arguments)
    assert refused.exit_code == 1
    assert said in refused.output
    with database.transaction() as session:
        assert session.scalars(select(ApiKey)).all() == []


def test_a_number_that_no_key_has_is_told(brigade: Brigade) -> None:
    refused = brigade("api-key", "revoke", "7")
    assert refused.exit_code == 1
    assert "No key has this number" in refused.output

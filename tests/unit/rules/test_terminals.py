from __future__ import annotations

import secrets

import pytest

from models.rules.actor import AgentActor, Role
from models.rules.colleagues import Colleague
from models.rules.errors import Forbidden, NotFound
from models.rules.terminals import draw_code, enrol, normalise_code, revoke

MARTIN = AgentActor(1, "Adj. Martin", 10, frozenset({Role.GENDARME}))
CHIEF = AgentActor(3, "Maj. Roux", 10, frozenset({Role.CHIEF}))
OTHER_CHIEF = AgentActor(4, "Maj. Noir", 20, frozenset({Role.CHIEF}))
OPERATOR = AgentActor(5, "Opér. Vert", None, frozenset({Role.OPERATOR}))
ADMINISTRATOR = AgentActor(6, "Adm. Gris", None, frozenset({Role.ADMINISTRATOR}))
SERVING_ADMINISTRATOR = AgentActor(7, "Adj. Brun", 10, frozenset({Role.GENDARME, Role.ADMINISTRATOR}))

OF_MARTIN, OF_PETIT = Colleague(1, "Adj. Martin", 10), Colleague(2, "Gend. Petit", 10)
OF_NOIR, OF_VERT = Colleague(4, "Maj. Noir", 20), Colleague(5, "Opér. Vert", None)
OF_GRIS, OF_BRUN = Colleague(6, "Adm. Gris", None), Colleague(7, "Adj. Brun", 10)
NO_AGENT, CHIEF_ONLY, NO_UNIT = NotFound("no_such_agent"), Forbidden("chief_only"), Forbidden("not_in_a_unit")


@pytest.mark.parametrize(
    ("actor", "owner", "refusal"),
    [
        (MARTIN, OF_MARTIN, None),
        (MARTIN, OF_PETIT, CHIEF_ONLY),
        (MARTIN, OF_NOIR, NO_AGENT),
        (MARTIN, None, NO_AGENT),
        (CHIEF, OF_PETIT, None),
        (CHIEF, OF_NOIR, NO_AGENT),
        (CHIEF, OF_VERT, NO_AGENT),
        (OPERATOR, OF_VERT, NO_UNIT),
        (OPERATOR, OF_MARTIN, NO_UNIT),
        (ADMINISTRATOR, OF_MARTIN, None),
        (ADMINISTRATOR, OF_NOIR, None),
        (ADMINISTRATOR, OF_VERT, NO_AGENT),
        (ADMINISTRATOR, OF_GRIS, NO_UNIT),
        (ADMINISTRATOR, None, NO_UNIT),
        (SERVING_ADMINISTRATOR, OF_BRUN, None),
        (SERVING_ADMINISTRATOR, OF_NOIR, None),
    ],
)
def test_enrolling(actor, owner, refusal):
    if refusal is None:
        assert enrol(actor, owner) == owner
        return
    with pytest.raises(type(refusal)) as raised:
        enrol(actor, owner)
    assert raised.value == refusal


@pytest.mark.parametrize(
    ("actor", "owner", "allowed"),
    [
        (MARTIN, OF_MARTIN, True),
        (MARTIN, OF_PETIT, False),
        (CHIEF, OF_PETIT, True),
        (OTHER_CHIEF, OF_PETIT, False),
        (CHIEF, OF_VERT, False),
        (OPERATOR, OF_PETIT, False),
        (OPERATOR, OF_VERT, True),
        (ADMINISTRATOR, OF_VERT, True),
        (ADMINISTRATOR, OF_PETIT, True),
    ],
)
def test_revoking(actor, owner, allowed):
    if allowed:
        revoke(actor, owner)
        return
    with pytest.raises(NotFound, match="no_such_terminal"):
        revoke(actor, owner)


def test_codes_are_many_and_found_again_from_what_people_type():
    codes = {draw_code(secrets.randbelow) for _ in range(500)}
    assert len(codes) == 500
    for code in codes:
        assert normalise_code(code) == code
        for typed in (code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
            assert normalise_code(typed) == code
    assert normalise_code("") == ""
    assert normalise_code("7k4q 29") == "7K4Q-29"

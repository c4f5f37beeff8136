"""Every mutation has a service of its own, reads its arguments, and refuses what it cannot read, whatever it is."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.errors import Invalid
from server.services.mutations import MUTATIONS
from tests.support.brigade_world import absence, after, proposal

DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs/sync-documents.md"

# The arguments that must be there, and those that may.
NEEDED: dict[str, dict[str, Any]] = {
    "request.accept": {"request_id": str(uuid4())},
    "request.release": {"request_id": str(uuid4())},
    "request.transfer": {"request_id": str(uuid4()), "to_unit_id": 2},
    "request.note": {"request_id": str(uuid4()), "text": "rappelé"},
    "request.close": {"request_id": str(uuid4()), "outcome": "handled"},
    "request.seen": {"request_id": str(uuid4())},
    "duty.set": {"status": "available"},
    "absence.declare": {name: value for name, value in absence().items() if name != "word"},
    "absence.cancel": {"absence_id": str(uuid4())},
    "opening.propose": {name: value for name, value in proposal().items() if name != "reasons"},
    "opening.amend": {name: value for name, value in proposal().items() if name != "reasons"},
    "opening.approve": {"opening_id": str(uuid4())},
    "opening.refuse": {"opening_id": str(uuid4()), "word": "non"},
    "opening.withdraw": {"opening_id": str(uuid4())},
    "occurrence.change": {"opening_id": str(uuid4()), "day": "2026-12-01"},
    "holiday.set": {"day": "2026-12-24"},
    "appointment.take": {"appointment_id": str(uuid4())},
    "appointment.leave": {"appointment_id": str(uuid4())},
    "appointment.swap": {"appointment_id": str(uuid4()), "other_appointment_id": str(uuid4())},
    "appointment.assign": {"appointment_id": str(uuid4()), "agents": [7]},
    "appointment.outcome": {"appointment_id": str(uuid4()), "outcome": "no_show"},
    "appointment.approve": {"appointment_id": str(uuid4())},
    "appointment.propose": {"appointment_id": str(uuid4()), "starts": [after(days=2), after(days=3)]},
    "appointment.cancel": {"appointment_id": str(uuid4()), "word": "renfort"},
    "agenda.answer": {"appointment_id": str(uuid4()), "finding_id": 7, "answer": "keep"},
    "clash.keep": {"appointment_id": str(uuid4()), "clash_id": str(uuid4())},
    "intervention.start": {"absence_id": str(uuid4()), "until": after(hours=1)},
}
OPENING = {
    "reasons": ["other"],
    "place_name": "Virieu",
    "agent_id": 7,
    "recurrence": "FREQ=WEEKLY;BYDAY=TU",
    "holiday_rule": "open",
}
OPTIONAL: dict[str, dict[str, Any]] = {
    "request.transfer": {"word": "votre secteur"},
    "duty.set": {"until": after(hours=1), "agent_id": 7},
    "absence.declare": {"word": "tribunal", "agent_id": 7},
    "opening.propose": OPENING,
    "opening.amend": OPENING,
    "opening.withdraw": {"word": "renfort", "appointments": {str(uuid4()): "move"}},
    "occurrence.change": {
        "starts_at": after(days=7),
        "ends_at": after(days=7, hours=1),
        "word": "renfort",
        "appointments": {str(uuid4()): "cancel"},
    },
    "holiday.set": {"name": "Veille de Noël", "ordinary": True},
    "appointment.propose": {"word": "renfort"},
    "appointment.cancel": {"for_citizen": True},
}


def test_every_mutation_is_here():
    assert NEEDED.keys() == MUTATIONS.keys(), "say here which arguments the new mutation takes"
    assert OPTIONAL.keys() <= MUTATIONS.keys()


def test_every_mutation_has_a_service_of_its_own_that_takes_its_command():
    services = [mutation.service for mutation in MUTATIONS.values()]
    assert len(set(services)) == len(MUTATIONS)
    for op, mutation in MUTATIONS.items():
        command = mutation.command(NEEDED[op])
        parameter = list(inspect.signature(mutation.service).parameters.values())[1]
        assert parameter.annotation == type(command).__name__, op
        assert mutation.service.__module__ == f"server.services.{mutation.service.__name__}", op
        assert all(isinstance(unit, int) for unit in mutation.other_units(command))


@pytest.mark.parametrize("op", MUTATIONS)
def test_each_needed_argument_is_needed_and_each_optional_one_is_read(op):
    read = MUTATIONS[op].command
    needed, optional = NEEDED[op], OPTIONAL.get(op, {})
    assert read({**needed, **optional}) is not None
    for name in needed:
        with pytest.raises(Invalid) as refusal:
            read({key: value for key, value in needed.items() if key != name})
        assert refusal.value.code == "invalid_arguments"
        assert set(refusal.value.detail["fields"]) == {name}
    for name in optional:
        assert read({**needed, name: optional[name]}) != read(needed), name
        with pytest.raises(Invalid) as refusal:
            read({**needed, name: {"a": "surprise"}})
        assert set(refusal.value.detail["fields"]) == {name}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(str) | st.uuids().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)


@pytest.mark.parametrize("op", MUTATIONS)
@given(data=st.data())
def test_whatever_arrives_is_read_or_refused_by_field(op, data):
    known = {**NEEDED[op], **OPTIONAL.get(op, {})}
    args = {name: data.draw(st.just(value) | anything, label=name) for name, value in known.items()}
    wrong: set[str] = set()
    try:
        assert MUTATIONS[op].command(args) == MUTATIONS[op].command(args)
    except Invalid as refusal:
        wrong = set(refusal.detail["fields"])
    assert wrong <= known.keys()


def test_the_documentation_names_every_mutation_and_every_argument():
    text = DOCUMENTATION.read_text()
    described = dict(re.findall(r"^\| `([a-z]+\.[a-z]+)` \| ([^|]*) \|", text, flags=re.MULTILINE))
    assert described.keys() == MUTATIONS.keys()
    for op, args in described.items():
        assert set(re.findall(r"`(\w+)\??`", args)) == {*NEEDED[op], *OPTIONAL.get(op, {})}, op
        assert set(re.findall(r"`(\w+)\?`", args)) == OPTIONAL.get(op, {}).keys(), op

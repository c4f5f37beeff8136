"""A field of a form holds as much as the server takes: what is longer would be cut without a word."""

from __future__ import annotations

import re
from pathlib import Path

import marshmallow as ma
import pytest

from server.api.calendar_export_schemas import ExportChange, NewExport
from server.api.calendar_trials import NewTrial
from server.api.planning_schemas import NewPlanning, PlanningChange

FORM = Path(__file__).parents[3] / "pwa/screens/calendars/frame.js"
[HELD] = re.findall(r"const LONGEST = .*\(\{(.+)\}\);", FORM.read_text())
LONGEST = {name: int(length) for name, length in re.findall(r"(\w+): (\d+)", HELD)}


@pytest.mark.parametrize("schema", [NewPlanning, PlanningChange, NewExport, ExportChange, NewTrial])
def test_a_field_holds_what_the_server_takes(schema: type[ma.Schema]) -> None:
    taken = {
        name: limit.max
        for name, field in schema().fields.items()
        if name in LONGEST
        for limit in field.validators
        if isinstance(limit, ma.validate.Length) and limit.max
    }
    assert taken.keys() >= {"url", "user", "password"}
    assert taken == {name: LONGEST[name] for name in taken}

"""What goes wrong on our own side while an agenda is visited is told like every other failure, and gives it back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from models.rules.exports import Kind
from server.jobs import agendas
from server.jobs.agendas import look_at_agendas


@pytest.fixture
def crashing(exporting, kept, monkeypatch):
    """Each visit to the agenda ends in an accident that quotes where it went."""

    def visit(context, claimed, address):
        raise ValueError(f"no way to {address['url']}")

    exporting.book(0, exporting.martin)
    with monkeypatch.context() as patched:
        patched.setitem(agendas.DELIVERIES, Kind.CALDAV, visit)
        yield kept


def test_a_visit_that_crashes_is_a_failure_and_is_tried_again(exporting, crashing):
    crashing.work()
    row = crashing.row
    assert (row.failure_code, row.failures_in_a_row, row.paused_at) == ("unexpected", 1, None)
    assert row.run_at == exporting.now + timedelta(minutes=1)
    exporting.context.now.now = row.run_at
    look_at_agendas(0)
    crashing.work()
    assert crashing.row.failures_in_a_row == 2


def test_the_log_says_where_it_crashed_and_not_with_what(crashing, caplog):
    crashing.work()
    assert re.search(rf"agenda {crashing.id} [0-9a-f]+: ValueError\n", caplog.text)
    assert "test_agenda_accidents.py" in caplog.text
    assert crashing.calendar.path not in caplog.text

"""How little a gendarme's agenda says."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from uuid import UUID

import pytest

from server.calendars.entries import AgendaAppointment, Shown, Status, for_gendarme, uid_of

APPOINTMENT = AgendaAppointment(
    booking_id=UUID(int=7),
    starts_at=datetime(2026, 11, 26, 8, 0, tzinfo=UTC),
    ends_at=datetime(2026, 11, 26, 8, 30, tzinfo=UTC),
    time_zone="Europe/Paris",
    subject="Plainte",
    place="Mairie de Belley",
    at_home=False,
    discreet=False,
    confirmed=True,
    sequence=2,
    changed_at=datetime(2026, 11, 24, 13, 30, tzinfo=UTC),
)
ALL = Shown(subject=True, place=True)


def said(shown=Shown(), **changes):  # noqa: B008 -- frozen.
    changed = dataclasses.replace(APPOINTMENT, **changes)
    return for_gendarme(changed, shown, title="Rendez-vous", host="example.org")


@pytest.mark.parametrize(
    ("shown", "changes", "title", "place"),
    [
        (Shown(), {}, "Rendez-vous", ""),
        (Shown(subject=True), {}, "Plainte", ""),
        (Shown(place=True), {}, "Rendez-vous", "Mairie de Belley"),
        (ALL, {}, "Plainte", "Mairie de Belley"),
        (ALL, {"at_home": True}, "Plainte", ""),
        (ALL, {"discreet": True}, "Rendez-vous", ""),
        (ALL, {"subject": ""}, "Rendez-vous", "Mairie de Belley"),
    ],
)
def test_a_unit_decides_and_a_discreet_appointment_says_nothing(shown, changes, title, place):
    entry = said(shown, **changes)
    assert (entry.title, entry.location, entry.description) == (title, place, "")
    assert (entry.starts_at, entry.ends_at) == (APPOINTMENT.starts_at, APPOINTMENT.ends_at)
    assert (entry.sequence, entry.stamp, entry.time_zone) == (2, APPOINTMENT.changed_at, "Europe/Paris")


def test_what_is_not_confirmed_is_tentative():
    assert said().status is Status.CONFIRMED
    assert said(confirmed=False).status is Status.TENTATIVE


def test_a_value_shows_no_subject_in_a_log():
    for value in (APPOINTMENT, said(ALL)):
        assert "Plainte" not in repr(value)
        assert "Mairie" not in repr(value)


def test_each_export_has_names_of_its_own():
    names = {uid_of(UUID(int=7), "example.org", export) for export in (None, UUID(int=1), UUID(int=2))}
    assert len(names) == 3
    assert all(name.endswith("@example.org") for name in names)

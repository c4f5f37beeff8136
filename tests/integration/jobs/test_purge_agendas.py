"""What is kept of agendas outside: what mails said, and what was asked."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from models.rules.actor import Role
from models.tables import AgendaFinding, Appointment, CalendarExport, SentInvitation
from server.services.purge_expired import PurgeExpired, purge_expired
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.seed import NOW, seed_agent, seed_unit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_what_was_said_and_asked_goes_a_month_after_the_appointment(session):
    chief = seed_agent(session, seed_unit(session), Role.GENDARME, Role.CHIEF)
    [window] = seed_windows(session, chief, NOW, NOW + 9 * HOUR, counters=1)
    export = CalendarExport(
        id=uuid4(), unit_id=chief.unit_id, agent_id=chief.id, kind="mail", name="Agenda", address_sealed=b"sealed",
        created_at=NOW, created_by_id=chief.id,
    )  # fmt: skip
    session.add(export)
    first, last = (seed_appointment(session, window, NOW + hours * HOUR, agents=[chief]) for hours in (0, 4))
    session.flush()
    for one in (first, last):
        said = {"starts_at": one.starts_at, "ends_at": one.ends_at, "sent_at": NOW, "digest": b"", "cancelled": False}
        session.add(SentInvitation(export_id=export.id, booking_id=one.booking_id, sequence=0, **said))
        asked = {"deed": "deleted", "sequence": 0, "found_at": NOW}
        session.add(AgendaFinding(export_id=export.id, agent_id=chief.id, appointment_id=one.id, **asked))
    session.flush()

    assert not any(purge_expired(session, PurgeExpired(), first.ends_at + 30 * DAY).values())
    found = purge_expired(session, PurgeExpired(), last.ends_at + 30 * DAY)
    assert {kind: count for kind, count in found.items() if count} == {"sent_invitations": 1, "agenda_findings": 1}
    assert session.scalars(select(SentInvitation.booking_id)).all() == [last.booking_id]
    assert session.scalars(select(AgendaFinding.appointment_id)).all() == [last.id]
    assert len(session.scalars(select(Appointment)).all()) == 2

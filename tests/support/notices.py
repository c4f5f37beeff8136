"""Requests whose citizens are told, and what the notices to them, and the jobs that send them, have come to."""

from __future__ import annotations

from sqlalchemy import select, text, update

from models.tables import ContactRequest, Event, FeedEntry, Notice, TextMessage
from server.jobs.deliver import deliver
from server.jobs.send_text import send_text
from server.services.record_delivery_report import RecordDeliveryReport, record_delivery_report
from tests.support.seed import NOW, send_request


def send(database, **changes):
    told_by = changes.pop("told_by", None)
    with database.transaction() as session:
        created = send_request(session, **changes)
        session.execute(update(ContactRequest).values(told_by=told_by))
    return created


def event_id(database, name="request_created"):
    with database.transaction() as session:
        return session.scalars(select(Event.id).where(Event.name == name).order_by(Event.id.desc())).first()


def tell(database, name="request_created"):
    """Run the job of an event, and those of the texts that it has queued."""
    deliver(event_id=event_id(database, name))
    for text_id in queued(database):
        send_text(str(text_id))


def queued(database):
    with database.transaction() as session:
        return session.scalars(select(TextMessage.id).where(TextMessage.state == "queued")).all()


def told(database):
    """Channel → state and cause, of every notice."""
    with database.transaction() as session:
        return {one.channel: (one.state, one.cause) for one in session.scalars(select(Notice))}


def report(database, state, cause=None, at=NOW):
    with database.transaction() as session:
        text_id = session.scalars(select(TextMessage.id)).one()
        record_delivery_report(session, RecordDeliveryReport(text_id, "twilio", None, state, cause), at)


def deferred(database, task="deliver"):
    """The events that wait to be delivered again, and when."""
    with database.transaction() as session:
        return session.execute(
            text(
                "SELECT (args->>'event_id')::int, scheduled_at FROM procrastinate_jobs WHERE task_name = :task"
                " ORDER BY id"
            ),
            {"task": task},
        ).all()


def version(database, created):
    with database.transaction() as session:
        return session.scalar(select(FeedEntry.version).where(FeedEntry.document == f"request/{created.request_id}"))

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.database import Database
from models.rules.ladder import Channel
from models.tables import Unit
from push.endpoint_guard import parse_allowed_hosts
from push.vapid import Vapid
from push.web_push import WebPushSender
from server.config import load_settings
from server.context import Context
from server.jobs import wiring
from server.jobs.ladder import call_channels
from tests.support.certificates import Authority
from tests.support.exports import ExportingBrigade, KeptAgenda, context_of, environment_of
from tests.support.ladders import Carrier, People, seed_people
from tests.support.mail import MailRelay
from tests.support.phones import KEY, LIMITS, OLD_KEY, Phones
from tests.support.push_service import PushService, StartPushService, loopback
from tests.support.radicale import FrontDoor, Radicale
from tests.support.seed import NOW, SECRET_KEY, TOKENS, seed_territory
from tests.unit.calendars.conftest import ical_js as ical_js


class Clock:
    """The jobs' clock, which tests move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **how: float) -> None:
        self.now += timedelta(**how)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def context(database: Database, relay: MailRelay, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Context:
    """What the jobs of this test work with: its database, its relay, its clock; one unit is competent for Belley."""
    settings = load_settings(
        {
            "DATABASE_URL": database.url,
            "SECRET_KEY": SECRET_KEY.decode(),
            "PUBLIC_URL": "https://rdv.example.org",
            "MAIL_FROM": "Brigade numérique <ne-pas-repondre@example.org>",
            **relay.environment,
        }
    )
    context = Context(dataclasses.replace(settings, database_url=database.url), database, TOKENS, clock)
    monkeypatch.setattr(wiring, "_installed", [context])
    with database.transaction() as session:
        seed_territory(session)
    return context


@pytest.fixture
def unit(session: Session) -> Unit:
    """The unit that is competent for Belley, in the test's own transaction."""
    return seed_territory(session)


@pytest.fixture
def people(context: Context, database: Database) -> People:
    """Who serves in the unit: somebody available, the first to go, a chief, and one who is off duty."""
    with database.transaction() as session:
        return seed_people(session, session.scalars(select(Unit)).one(), NOW)


@pytest.fixture
def service(start_push_service: StartPushService) -> PushService:
    """One push service."""
    return start_push_service("push-a.test")


@pytest.fixture
def sender(
    context: Context, clock: Clock, service: PushService, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WebPushSender]:
    """An open sender, which the jobs of this test use."""
    allowed = parse_allowed_hosts(f"{service.name}:{service.port}", inside=True)
    vapid = Vapid([KEY, OLD_KEY], "mailto:brigade@example.gouv.fr")
    with WebPushSender(vapid, allowed, str(authority.ca_file), limits=LIMITS, clock=clock, lookup=loopback) as sender:
        monkeypatch.setattr(wiring, "_push_senders", [sender])
        yield sender


@pytest.fixture
def phones(database: Database, clock: Clock, service: PushService, sender: WebPushSender) -> Phones:
    return Phones(database, clock, service)


@pytest.fixture
def carriers(monkeypatch: pytest.MonkeyPatch) -> dict[Channel, Carrier]:
    """What carries pushes and text messages in the jobs of this test, instead of their services."""
    carriers = {Channel.WEB_PUSH: Carrier(), Channel.SMS: Carrier()}
    monkeypatch.setattr("server.jobs.ladder.call_channels", lambda context: {**call_channels(context), **carriers})
    return carriers


@pytest.fixture
def push(carriers: dict[Channel, Carrier]) -> Carrier:
    return carriers[Channel.WEB_PUSH]


@pytest.fixture
def sms(carriers: dict[Channel, Carrier]) -> Carrier:
    return carriers[Channel.SMS]


@pytest.fixture
def agenda_door(authority: Authority, radicale: Radicale) -> Iterator[FrontDoor]:
    """The way to a server of agendas that is well."""
    door = FrontDoor(authority, "localhost", radicale)
    yield door
    door.close()


@pytest.fixture
def exporting(
    database: Database, clock: Clock, agenda_door: FrontDoor, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> ExportingBrigade:
    """A brigade whose gendarmes may have agendas behind that door; jobs work for it."""
    context = context_of(database, clock, environment_of(agenda_door, authority))
    monkeypatch.setattr(wiring, "_installed", [context])
    return ExportingBrigade(context)


@pytest.fixture
def kept(exporting: ExportingBrigade, agenda_door: FrontDoor, radicale: Radicale) -> KeptAgenda:
    """The agenda of Martin, empty."""
    return KeptAgenda(exporting.context, exporting.martin, agenda_door, radicale.new_calendar())

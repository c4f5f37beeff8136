"""One unit's plannings asked by the worker's own job from a real server, which answers as it is told."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from models.database import Database
from models.rules.actor import Role
from models.rules.plannings import Kind
from models.tables import Agent, Unit
from push.endpoint_guard import AllowedHost
from server.calendar_settings import CalendarSettings
from server.context import Context
from server.jobs import wiring
from server.planning.fetch import FetchLimits
from server.services.add_planning_source import AddPlanningSource, add_planning_source
from tests.support.certificates import Authority
from tests.support.plannings import calendar, hour
from tests.support.push_service import PushService, Say, StartPushService
from tests.support.seed import NOW, SECRET_KEY, actor_of, seed_agent

HOST = "localhost"
# What must arrive may take its time on a busy machine; only who waits for what never comes is in a hurry.
PATIENT = FetchLimits(octets=200_000, connect_s=30.0, read_s=30.0, total_s=30.0)
HURRIED = dataclasses.replace(PATIENT, read_s=0.3, total_s=0.6)
EVENTS = [("a", *hour(3)), ("b", *hour(30))]
DAILY = "NIGEND;Date;Position\n123456;24/11/2026;{position}\n".format


@pytest.fixture
def site(start_push_service: StartPushService) -> PushService:
    """Where the plannings are: a calendar of two events until it is told otherwise."""
    site = start_push_service(HOST)
    site.usual = Say(200, {"ETag": '"1"'}, calendar(*EVENTS))
    return site


@pytest.fixture
def context(context: Context, site: PushService, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Context:
    """The worker's context; an operator has named the site."""
    named = (AllowedHost(HOST, site.port, own=True, inside=True),)
    calendars = CalendarSettings((SECRET_KEY,), named, str(authority.ca_file))
    settings = dataclasses.replace(context.settings, calendars=calendars)
    context = dataclasses.replace(context, settings=settings)
    monkeypatch.setattr(wiring, "_installed", [context])
    wait_at_most(PATIENT, monkeypatch)
    return context


def wait_at_most(limits: FetchLimits, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the site asked within other limits from now on."""
    monkeypatch.setattr(FetchLimits.__init__, "__defaults__", dataclasses.astuple(limits))


@pytest.fixture
def gendarme(context: Context, database: Database) -> Agent:
    """The chief, whom the planning tool knows by a number."""
    with database.transaction() as session:
        agent = seed_agent(session, session.scalars(select(Unit)).one(), Role.CHIEF)
        agent.service_number = "123456"
        return agent


@pytest.fixture
def add(context: Context, database: Database, gendarme: Agent, site: PushService) -> Callable[..., UUID]:
    """Name a planning of that site."""

    def add(kind: Kind = Kind.ICAL, path: str = "/chef.ics?jeton=secret-de-l-adresse", **more: Any) -> UUID:
        command = AddPlanningSource(kind, "Agenda", url=site.origin + path, **more)
        with database.transaction() as session:
            return add_planning_source(session, command, actor_of(gendarme), NOW, context.sealer)

    return add

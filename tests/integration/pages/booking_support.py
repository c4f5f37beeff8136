"""A citizen on the way to an appointment at Belley, where one counter is open on Thursday morning."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from models.rules.actor import Role
from models.tables import Agent, Appointment, Booking, Unit
from tests.support.agenda import seed_windows
from tests.support.citizen import Citizen
from tests.support.seed import seed_agent

BELLEY = 1008593
AMBERIEU = 1008600
PARIS = ZoneInfo("Europe/Paris")
WHO = {"caller_name": "Camille Essai", "phone": "06 39 98 00 12", "email": "camille@example.org"}


def paris(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """An instant of 2026 on the clocks of the mainland; the tests' present is 24 November, 14 h 30."""
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)


def seed_openings(database: Any, unit_id: int = BELLEY, **window: Any) -> Agent:
    """Thursday 26 November from 9 h to 12 h, or what `window` says; returns the chief."""
    with database.transaction() as session:
        chief = seed_agent(session, session.get_one(Unit, unit_id), Role.GENDARME, Role.CHIEF)
        starts, ends = window.pop("starts", paris(26, 9)), window.pop("ends", paris(26, 12))
        seed_windows(session, chief, starts, ends, **window)
        return chief


def to_times(citizen: Citizen, reason: str = "neighbours", commune: str = "Belley") -> Citizen:
    """The second page."""
    return citizen.get("/rendez-vous").press(reason_code=reason, commune=commune)


def to_who(citizen: Citizen, reason: str = "neighbours") -> Citizen:
    """The third page, with the first time of all."""
    to_times(citizen, reason)
    return citizen.press(citizen.buttons("pick-")[0])


def book(citizen: Citizen, reason: str = "neighbours", **who: str) -> Citizen:
    """The confirmation."""
    return to_who(citizen, reason).press(**{**WHO, **who})


def appointments(database: Any) -> list[Appointment]:
    with database.transaction() as session:
        return list(session.scalars(select(Appointment).order_by(Appointment.created_at, Appointment.starts_at)))


def post(citizen: Citizen, path: str, **data: str) -> Citizen:
    """Press a button of one of the page's small forms."""
    response = citizen.http.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"})
    if response.status_code == 303:
        return citizen.get(response.headers["Location"])
    return citizen._read(response, path)


def only_booking(database: Any) -> Booking:
    with database.transaction() as session:
        return session.scalars(select(Booking)).one()

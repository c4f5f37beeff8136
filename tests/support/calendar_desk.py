"""A brigade whose plannings are read and whose agendas are written by a real worker, from servers on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, text

from models.database import Database
from models.tables import CalendarExport, PlanningSource
from tests.support.brigade import PATIENCE_MS, Brigade
from tests.support.certificates import Authority
from tests.support.mail import MailRelay
from tests.support.processes import Deployment
from tests.support.push_service import PushService, Say, StartPushService
from tests.support.radicale import FrontDoor, Radicale

PAGE = "#/reglages/calendriers"
TITLE = "Plannings et agendas"


class CalendarBrigade(Brigade):
    """The brigade, its worker, and where plannings and agendas are; `site` serves files, `door` is an agenda's."""

    def __init__(
        self,
        deployment: Deployment,
        database: Database,
        browser: Browser,
        site: PushService,
        door: FrontDoor,
        authority: Authority,
        relay: MailRelay,
    ) -> None:
        self.site, self.door = site, door
        deployment.environment |= {
            **relay.environment,
            "CALENDAR_HOSTS": ",".join(f"{one.name}:{one.port}" for one in (site, door)),
            "CALENDAR_HOSTS_INSIDE": "1",
            "CALENDAR_CA_FILE": str(authority.ca_file),
        }
        super().__init__(deployment, database, browser)
        self.worker = deployment.worker()

    def sources(self) -> list[PlanningSource]:
        """What was ever named, the first one first."""
        with self.database.transaction() as session:
            return list(session.scalars(select(PlanningSource).order_by(PlanningSource.created_at)))

    def exports(self) -> list[CalendarExport]:
        """The same of what goes out."""
        with self.database.transaction() as session:
            return list(session.scalars(select(CalendarExport).order_by(CalendarExport.created_at)))

    def nobody_visits(self) -> bool:
        """Whether each agenda has been visited, and none is just now or soon: what is written then stays as it is."""
        left = (
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name IN ('want_export', 'run_export')"
            " AND status IN ('todo', 'doing')"
        )
        with self.database.transaction() as session:
            waiting = session.scalar(text(left))
        return not waiting and all(one.succeeded_at and one.wanted == one.done for one in self.exports())


def open_calendars(page: Page, where: str = "", title: str = TITLE) -> None:
    """Go to one of these pages, and wait for what is on it."""
    page.evaluate(f"location.hash = '{PAGE}{where}'")
    expect(page.get_by_role("heading", name=title, level=1)).to_be_focused(timeout=PATIENCE_MS)


def calendar_file(*lines: str, days: int = 3) -> Say:
    """An answer with one event of an hour on each of the next days, and further lines of what is none."""
    begins = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    events = [
        f"BEGIN:VEVENT\r\nUID:{day}@example.fr\r\nDTSTAMP:20261101T000000Z\r\n"
        f"DTSTART:{begins + timedelta(days=day):%Y%m%dT%H%M%SZ}\r\nDURATION:PT1H\r\nEND:VEVENT"
        for day in range(1, days + 1)
    ]
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//FR", *events, *lines, "END:VCALENDAR", ""])
    return Say(200, {"Content-Type": "text/calendar"}, text.encode())


@pytest.fixture
def calendars(
    deployment: Deployment,
    database: Database,
    browser: Browser,
    start_push_service: StartPushService,
    radicale: Radicale,
    authority: Authority,
    relay: MailRelay,
) -> Iterator[CalendarBrigade]:
    """A brigade with a worker, a server of files and an agenda's server."""
    door = FrontDoor(authority, "localhost", radicale)
    brigade = CalendarBrigade(deployment, database, browser, start_push_service("localhost"), door, authority, relay)
    yield brigade
    brigade.close()
    door.close()
    assert brigade.complaints == []


Look = Callable[[Page, str], None]

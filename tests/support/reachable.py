"""A brigade that is reached over web push: real web and worker processes, Mozilla's push service, stock Firefoxes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.database import Database
from models.rules.duty import Status
from models.tables import Agent, DutyStatus, PushSubscription
from push.vapid import VapidKey
from tests.support.brigade import Brigade
from tests.support.certificates import Authority
from tests.support.devices import PIN, enrolment_code
from tests.support.firefox import SHOWN, Firefox, NewFirefox
from tests.support.mail import MailRelay
from tests.support.mozilla_push import MozillaPushService
from tests.support.processes import Deployment, wait_until


class ReachableBrigade(Brigade):
    """The brigade; `service` is where its browsers subscribe."""

    def __init__(
        self,
        deployment: Deployment,
        database: Database,
        service: MozillaPushService,
        authority: Authority,
        relay: MailRelay,
        new_firefox: NewFirefox,
    ) -> None:
        self.service = service
        self.keys = [VapidKey.make()]
        self._new_firefox = new_firefox
        deployment.environment |= {
            **relay.environment,
            **service.environment,
            "VAPID_KEYS": self.keys[0].write(),
            "VAPID_SUBJECT": "mailto:brigade@example.gouv.fr",
            "PUSH_CA_FILE": str(authority.ca_file),
        }
        # Nobody here uses Playwright's browser.
        super().__init__(deployment, database, browser=None)
        deployment.environment["PUBLIC_URL"] = self.url
        self.worker = deployment.worker()

    def rotate_keys(self) -> None:
        """Put a new key before the old one, in all processes, as docs/operations/web-push.md says."""
        self.keys.insert(0, VapidKey.make())
        for process in (self.web, self.worker):
            process.stop()
            process.environment["VAPID_KEYS"] = ",".join(key.write() for key in self.keys)
            process.start()
        self.web.ready()

    def available(self, name: str) -> Agent:
        """One more agent of the unit, who is available."""
        agent = self.agent(name)
        with self.database.transaction() as session:
            since = datetime.now(UTC) - timedelta(days=1)
            position = {"agent_id": agent.id, "status": Status.AVAILABLE, "since": since, "until": None}
            session.add(DutyStatus(**position, source="planning", set_by_id=None))
        return agent

    def firefox(self) -> Firefox:
        """A browser of somebody's own, which subscribes at `service`."""
        return self._new_firefox({"dom.push.serverURL": self.service.url})

    def told_terminal(self, agent: Agent) -> Firefox:
        """The agent's terminal: enrolled, and its notifications turned on, on the screens that are for it."""
        firefox = self.firefox()
        firefox.go(f"{self.url}/terminal/#/enrol/{enrolment_code(self, agent)}")
        firefox.press("Enrôler")
        firefox.fill("#pin-new", PIN)
        firefox.fill("#pin-again", PIN)
        firefox.press("Garder ce code")
        firefox.reads("h1", "Demandes")
        firefox.run("location.hash = '#/reglages/notifications'")
        firefox.press("Activer les notifications")
        firefox.reads(".push-state", "Les notifications sont activées.")
        return firefox

    def told_citizen(self, link: str) -> Firefox:
        """A citizen's browser at the link of their request, which they let tell them."""
        firefox = self.firefox()
        firefox.go(link)
        firefox.run("for (const one of document.querySelectorAll('#prevenir details')) one.open = true;")
        firefox.press("Me prévenir sur cet appareil")
        firefox.reads("#prevenir p", "Cet appareil vous prévient.")
        return firefox

    def close_page(self, firefox: Firefox) -> None:
        """Leave whatever is open, for a page that is nobody's: only workers are left."""
        firefox.go(f"{self.url}/")

    def start_page(self, firefox: Firefox, page: str | None = None) -> None:
        """Open the terminal, or another page, as if the browser had been started anew."""
        firefox.go("about:blank")
        firefox.go(page or f"{self.url}/terminal/")

    def subscriptions(self) -> list[PushSubscription]:
        """How browsers are reached, as the server has it."""
        with self.database.transaction() as session:
            return list(session.scalars(select(PushSubscription).order_by(PushSubscription.created_at)))

    def wait_for_subscription(self, **fields: Any) -> PushSubscription:
        """Wait until there is one browser, and its row has these values."""

        def holds() -> bool:
            rows = self.subscriptions()
            return len(rows) == 1 and all(getattr(rows[0], name) == value for name, value in fields.items())

        self.worker.wait_for(holds, f"one subscription with {sorted(fields)}")
        return self.subscriptions()[0]

    def shows(self, firefox: Firefox, *tags: str) -> list[dict[str, Any]]:
        """Wait until these are the tags of the notifications there are; gives the notifications in their order."""

        def holds() -> bool:
            return {one["tag"] for one in firefox.run(SHOWN)} == set(tags)

        try:
            wait_until(holds, f"Firefox shows {tags}")
        except TimeoutError as error:
            raise TimeoutError(f"{error}, not {firefox.run(SHOWN)}. {self.worker.printed()}") from None
        return sorted(firefox.run(SHOWN), key=lambda one: tags.index(one["tag"]))


@pytest.fixture
def reachable(
    deployment: Deployment,
    database: Database,
    mozilla_push: MozillaPushService,
    authority: Authority,
    relay: MailRelay,
    new_firefox: NewFirefox,
) -> ReachableBrigade:
    """A brigade of one's own that is reached over web push."""
    return ReachableBrigade(deployment, database, mozilla_push, authority, relay, new_firefox)

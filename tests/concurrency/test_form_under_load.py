"""Two hundred people submit at once, through real processes and real HTTP: none is lost, doubled or turned away."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from models.database import Database
from models.tables import ContactRequest, Event, FeedEntry
from tests.support.citizen import Citizen, seed_places
from tests.support.processes import Deployment
from tests.support.seed import SECRET_KEY, seed_territory
from tests.support.terminals import application

PEOPLE = 200


@dataclass(frozen=True)
class Person:
    """One citizen on a network address of their own, whose impatience sends the same form twice."""

    number: int
    key: str

    @property
    def facts(self) -> str:
        return f"Je suis la personne numéro {self.number}."

    def send(self, url: str) -> tuple[int, str]:
        """Returns the status and the reference (or the code of the refusal)."""
        body = {
            "commune_insee": "01034",
            "reason_code": "other",
            "channel": "phone",
            "facts": self.facts,
            "caller_name": "Camille",
            "phone": "06 39 98 00 12",
        }
        request = urllib.request.Request(
            f"{url}/api/contact-requests",
            data=json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Idempotency-Key": self.key,
                "X-Forwarded-For": f"10.1.{self.number >> 8}.{self.number & 255}",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, json.load(answer)["reference"]
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode(errors="replace")


@pytest.mark.parametrize("async_mode", ["eventlet", "gevent"])
def test_none_lost_none_doubled_no_5xx(deployment: Deployment, database: Database, async_mode: str) -> None:
    with database.transaction() as session:
        seed_territory(session)
    environment = {"TRUSTED_PROXIES": "1", "ASYNC_MODE": async_mode}
    urls = [deployment.web(environment).url for _ in range(2)]
    people = [Person(number, str(uuid4())) for number in range(PEOPLE)]
    # Everybody sends twice, to different processes: the second tap of an impatient thumb.
    sends = [(person, urls[(person.number + tap) % 2]) for tap in range(2) for person in people]
    answers = _all_at_once([partial(person.send, url) for person, url in sends])

    assert {status for status, _ in answers} == {201}, [answer for answer in answers if answer[0] != 201][:3]
    first, second = answers[:PEOPLE], answers[PEOPLE:]
    assert first == second, "both taps of a person have one answer"
    with database.transaction() as session:
        stored = [(row.facts, row.reference) for row in session.scalars(select(ContactRequest))]
        created = session.scalar(select(func.count()).where(Event.name == "request_created"))
        documents = session.scalar(select(func.count()).select_from(FeedEntry))
    expected = {person.facts: reference for person, (_, reference) in zip(people, first, strict=True)}
    assert len(stored) == PEOPLE
    assert dict(stored) == expected
    assert (created, documents) == (PEOPLE, PEOPLE)


def test_the_citizens_form_holds_too(deployment: Deployment, database: Database) -> None:
    with database.transaction() as session:
        seed_places(session)
    environment = {"TRUSTED_PROXIES": "1", "SECRET_KEY": SECRET_KEY.decode()}
    urls = [deployment.web(environment).url for _ in range(2)]
    summary = Citizen(application(database)).answer_all().form
    people = [
        {**summary.values, "facts": f"Je suis la personne numéro {number}.", "key": str(uuid4()), "go": "continue"}
        for number in range(PEOPLE)
    ]
    answers = _all_at_once(
        [
            partial(_post_form, urls[(number + tap) % 2] + summary.action, number, fields)
            for tap in range(2)
            for number, fields in enumerate(people)
        ]
    )

    assert {status for status, _ in answers} == {303}, [answer for answer in answers if answer[0] != 303][:3]
    assert answers[:PEOPLE] == answers[PEOPLE:], "both taps lead to the same page"
    assert len(set(answers)) == PEOPLE
    with database.transaction() as session:
        stored = session.scalars(select(ContactRequest.facts)).all()
    assert sorted(stored) == sorted(fields["facts"] for fields in people)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        return None


def _post_form(url: str, number: int, fields: dict[str, str]) -> tuple[int, str]:
    """Returns the status and where the browser is sent."""
    request = urllib.request.Request(
        url,
        data=urllib.parse.urlencode(fields).encode(),
        headers={"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": f"10.2.{number >> 8}.{number & 255}"},
    )
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=120) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as redirect:
        with redirect:
            return redirect.code, redirect.headers.get("Location", "")


def _all_at_once(sends: Sequence[Callable[[], tuple[int, str]]]) -> list[tuple[int, str]]:
    start = threading.Barrier(len(sends))

    def send(one: Callable[[], tuple[int, str]]) -> tuple[int, str]:
        start.wait()
        return one()

    with ThreadPoolExecutor(len(sends)) as pool:
        return list(pool.map(send, sends))

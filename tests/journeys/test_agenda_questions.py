"""A gendarme is asked about what they did in their own agenda, once, and answers with and without network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models.events import unit_scope
from models.export_events import ExportStopped
from models.record import record, stamp
from models.tables import AgendaFinding, AppointmentAgent, CalendarExport
from server.services.note_findings import Found, NoteFindings, note_findings, version_for
from tests.journeys.test_terminal_availability import disconnect, open_tab, reconnect
from tests.journeys.test_terminal_availability_screens import SMALL, go
from tests.support.brigade import offline_ready
from tests.support.processes import wait_until


class OwnAgenda:
    """My agenda, into which my appointments are written, and what I do there."""

    def __init__(self, diary) -> None:
        self.diary, self.me = diary, diary.people.me
        self.database = diary.people.brigade.database
        with self.database.transaction() as session:
            export = CalendarExport(
                id=uuid4(),
                unit_id=self.me.unit_id,
                agent_id=self.me.id,
                kind="caldav",
                name="Mon agenda",
                host="agenda.example",
                address_sealed=b"sealed",
                created_at=datetime.now(UTC),
                created_by_id=self.me.id,
            )
            session.add(export)
            session.flush()
            self.id = export.id

    def found(self, appointment_id: str, deed: str = "deleted") -> None:
        """The worker has seen there what I did to an appointment."""
        with self.database.transaction() as session:
            row = session.merge(self.diary.row(appointment_id))
            found = Found(row.id, deed, version_for(session, row, self.me.id))
            command = NoteFindings(self.id, row.unit_id, self.me.id, [found])
            assert note_findings(session, command, datetime.now(UTC)) == 1

    def stops(self, cause: str) -> None:
        """The worker can do no more for it until somebody has done something about it."""
        now = datetime.now(UTC)
        with self.database.transaction() as session:
            row = session.get_one(CalendarExport, self.id)
            row.paused_at, row.pause_cause = now, cause
            session.flush()
            stopped = ExportStopped(
                at=now,
                unit_id=row.unit_id,
                export_id=str(row.id),
                agent_id=row.agent_id,
                about_agent_id=row.agent_id,
                kind="caldav",
                cause=cause,
            )
            record(session, stopped)

    def fails(self, cause: str) -> None:
        """It has not been in line for most of a day, and a worker tries again."""
        now = datetime.now(UTC)
        with self.database.transaction() as session:
            row = session.get_one(CalendarExport, self.id)
            row.succeeded_at, row.failed_at = now - timedelta(hours=12), now
            row.failure_code, row.failures_in_a_row = cause, 2
            stamp(session, unit_scope(row.unit_id), f"agent/{row.agent_id}")

    def answers(self) -> list[str | None]:
        with self.database.transaction() as session:
            return list(session.scalars(select(AgendaFinding.answer).order_by(AgendaFinding.id)))

    def receivers(self, appointment_id: str) -> list[int]:
        with self.database.transaction() as session:
            mine = AppointmentAgent.appointment_id == UUID(appointment_id)
            return list(session.scalars(select(AppointmentAgent.agent_id).where(mine)))


@pytest.fixture
def own(diary):
    return OwnAgenda(diary)


def question(page, appointment_id):
    return page.locator(f"[data-question='{appointment_id}']")


def test_what_was_deleted_there_is_asked_about_and_kept(diary, own):
    one = diary.book(60 * 20, agents=[own.me])
    page = diary.people.brigade.terminal(own.me)
    open_tab(page, "Agenda")
    own.found(one)
    expect(question(page, one)).to_contain_text("Vous avez supprimé ce rendez-vous dans votre agenda. Venez-vous")
    expect(page.get_by_role("link", name="Agenda 1")).to_be_visible()
    question(page, one).get_by_role("button", name="Je le garde").click()
    expect(question(page, one)).to_have_count(0)
    expect(page.locator("#questions-title")).to_be_focused()
    wait_until(lambda: own.answers() == ["kept"], "the server has the answer")
    assert own.receivers(one) == [own.me.id]
    # Asked once: what is answered does not come back.
    page.reload()
    expect(page.locator(".agenda-next")).to_be_visible()
    expect(page.get_by_text("Votre agenda dit autre chose")).to_have_count(0)


def test_without_network_whoever_cannot_come_gives_it_back(diary, own):
    one = diary.book(60 * 20, agents=[own.me])
    own.found(one, "declined")
    page = diary.people.brigade.terminal(own.me)
    offline_ready(page)
    disconnect(page)
    page.close()
    page = page.context.new_page()
    page.goto(f"{diary.people.brigade.url}/terminal/#/agenda/{one}")
    expect(page.get_by_text("Vous avez refusé ce rendez-vous dans votre agenda.")).to_be_visible()
    page.get_by_role("button", name="Je ne peux pas").click()
    expect(page.locator(".detail-state")).to_contain_text("À prendre")
    expect(page.locator(".detail-state .mark-pending")).to_be_visible()
    assert own.receivers(one) == [own.me.id]
    reconnect(page)
    wait_until(lambda: own.receivers(one) == [], "somebody else may take it")
    assert own.answers() == ["left"]
    # As whoever gave it back by another way, they may take it again.
    page.get_by_role("button", name="Prendre").click()
    wait_until(lambda: own.receivers(one) == [own.me.id], "it is theirs again")


def test_an_answer_that_comes_too_late_says_why(diary, own):
    one = diary.book(60 * 20, agents=[own.me])
    own.found(one)
    page, other = (diary.people.brigade.terminal(own.me) for _ in range(2))
    offline_ready(page)
    disconnect(page)
    open_tab(page, "Agenda")
    question(page, one).get_by_role("button", name="Je le garde").click()
    open_tab(other, "Agenda")
    question(other, one).get_by_role("button", name="Je ne peux pas").click()
    wait_until(lambda: own.answers() == ["left"], "the other telephone was first")
    reconnect(page)
    card = page.locator(".notice-conflict")
    expect(card).to_contain_text("Votre réponse n’a pas été retenue")
    expect(card).to_contain_text("Le rendez-vous a changé depuis, vous aviez déjà répondu")
    expect(card.get_by_role("link", name="Voir le rendez-vous")).to_have_attribute("href", f"#/agenda/{one}")


def test_others_read_that_it_was_asked_and_do_not_answer(diary, own, check):
    one = diary.book(60 * 20, agents=[own.me])
    own.found(one, "moved")
    page = diary.people.brigade.terminal(diary.people.chief)
    go(page, f"#/agenda/{one}", "Porter plainte")
    asked = page.get_by_text("Adjudant Sacha Martin l’a déplacé dans son agenda. La question lui est posée.")
    expect(asked).to_be_visible()
    expect(page.get_by_role("button", name="Je le garde")).to_have_count(0)
    check(page, "appointment-question-other")


def test_every_look_of_the_question(diary, own, check):
    one, other = diary.book(60 * 20, agents=[own.me]), diary.book(60 * 30, agents=[own.me], reason="road")
    own.found(one)
    own.found(other, "moved")
    page = diary.people.brigade.terminal(own.me)
    go(page, "#/agenda", "Agenda")
    expect(page.locator("[data-question]")).to_have_count(2)
    check(page, "agenda-questions")
    assert page.evaluate(SMALL) == []
    go(page, f"#/agenda/{one}", "Porter plainte")
    check(page, "appointment-question")
    assert page.evaluate(SMALL) == []


def test_an_agenda_that_stands_still_is_said_to_both(diary, own, check):
    own.stops("sign_in")
    page = diary.people.brigade.terminal(own.me)
    go(page, "#/agenda", "Agenda")
    stopped = page.get_by_role("region", name="Votre agenda ne reçoit plus vos rendez-vous.")
    expect(stopped).to_contain_text("L’identifiant ou le mot de passe est refusé.")
    expect(stopped.get_by_role("link", name="Voir cet agenda")).to_have_attribute(
        "href", f"#/reglages/calendriers/agenda/{own.id}"
    )
    check(page, "agenda-stopped")
    assert page.evaluate(SMALL) == []
    chief = diary.people.brigade.terminal(diary.people.chief)
    go(chief, "#/a-traiter", "À traiter")
    expect(chief.locator(f"[data-agenda='{own.id}']")).to_contain_text("Agenda · Adjudant Sacha Martin")
    check(chief, "desk-agenda-stopped")


@pytest.mark.parametrize(
    ("cause", "title", "why", "at_the_desk", "standing"),
    [
        (
            "name_taken",
            "Au moins un rendez-vous n’arrive pas dans votre agenda.",
            "Un événement qui n’est pas de nous est à la place du nôtre.",
            "Au moins un rendez-vous n’y arrive pas.",
            "Incomplet",
        ),
        (
            "unvisited",
            "Votre agenda ne reçoit plus vos rendez-vous.",
            "Nous n’y sommes pas allés depuis plus d’une heure\u202f: trop d’agendas attendent.",
            "Ses rendez-vous n’y arrivent plus.",
            "N’arrive plus",
        ),
    ],
)
def test_how_much_of_an_agenda_fails_is_said_to_both(diary, own, check, cause, title, why, at_the_desk, standing):
    own.fails(cause)
    page = diary.people.brigade.terminal(own.me)
    go(page, "#/agenda", "Agenda")
    expect(page.get_by_role("region", name=title)).to_contain_text(why)
    check(page, f"agenda-failing-{cause}")
    chief = diary.people.brigade.terminal(diary.people.chief)
    go(chief, "#/a-traiter", "À traiter")
    expect(chief.locator(f"[data-agenda='{own.id}']")).to_contain_text(f"{why} {at_the_desk}")
    check(chief, f"desk-agenda-failing-{cause}")
    chief.goto(chief.url.partition("#")[0] + f"#/reglages/calendriers/agenda/{own.id}")
    expect(chief.locator(f"[data-code='{cause}']")).to_be_visible()
    expect(chief.locator(".calendar-standing")).to_contain_text(standing)
    check(chief, f"agenda-page-failing-{cause}")


def test_two_hundred_questions(diary, own, check):
    booked = [diary.book(60 * 24 + number * 45, agents=[own.me], length=30) for number in range(200)]
    with own.database.transaction() as session:
        rows = [session.merge(diary.row(one)) for one in booked]
        found = [Found(row.id, "deleted", version_for(session, row, own.me.id)) for row in rows]
        command = NoteFindings(own.id, own.me.unit_id, own.me.id, found)
        assert note_findings(session, command, datetime.now(UTC) - timedelta(minutes=5)) == 200
    page = diary.people.brigade.terminal(own.me)
    go(page, "#/agenda", "Agenda")
    expect(page.locator("[data-question]")).to_have_count(200)
    check(page, "agenda-questions-full")

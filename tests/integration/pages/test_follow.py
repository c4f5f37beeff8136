"""The page behind a follow link: what it says in each state, and what one can still do there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.rules.actor import CitizenActor, Role, SystemActor
from models.tables import ContactRequest, Event, Notice, Unit
from server.services.accept_request import AcceptRequest, accept_request
from server.services.book_appointment import BookAppointment, book_appointment
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.claim_notice import ClaimNotice, claim_notice
from server.services.close_request import CloseRequest, close_request
from server.services.expire_requests import ExpireRequests, expire_requests
from server.services.hold_slot import HoldSlot, hold_slot
from server.services.note_request import NoteRequest, note_request
from server.services.release_request import ReleaseRequest, release_request
from server.services.settle_notice import SettleNotice, settle_notice
from server.services.transfer_request import TransferRequest, transfer_request
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.support.agenda import seed_windows
from tests.support.bookings import CAMILLE, NINE, at, change_reason
from tests.support.citizen import Citizen, seed_places
from tests.support.seed import NOW, TOKENS, actor_of, seed_agent, send_request
from tests.support.terminals import application


class Followed:
    """One request with its link, and the gendarme of Belley who deals with it."""

    def __init__(self, database, **changes):
        self.database = database
        with database.transaction() as session:
            self.created = send_request(session, **changes)
            self.martin = actor_of(seed_agent(session, session.get_one(Unit, 1008593), name="Adj. Martin"))
        self.id = self.created.request_id
        self.path = f"/suivi/{self.created.follow_token}"

    def do(self, service, command, actor=None, now=NOW):
        with self.database.transaction() as session:
            service(session, command, actor or self.martin, now)

    def accept(self):
        self.do(accept_request, AcceptRequest(self.id))


@pytest.fixture
def followed(app, database):
    return Followed(database)


def test_waiting_says_who_calls_and_until_when(citizen, followed):
    citizen.get(followed.path)
    assert "En attente" in citizen.text
    assert "La brigade de Belley vous rappelle aujourd’hui avant 16 h 30." in citizen.text
    assert followed.created.reference in citizen.text
    assert followed.created.call_back_word in citizen.text
    assert f"{followed.created.follow_code[:4]} {followed.created.follow_code[4:]}" in citizen.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channel": "sms"}, "La brigade de Belley vous écrit par SMS aujourd’hui avant 16 h 30."),
        ({"channel": "email"}, "La brigade de Belley vous répond par courriel aujourd’hui avant 16 h 30."),
        ({"call_window": "evening"}, "Un gendarme vous appelle ensuite, plutôt en soirée."),
        ({"reason_code": "holiday_watch"}, "vous rappelle demain avant 14 h 30."),
    ],
)
def test_waiting_keeps_to_the_channel_and_the_time_that_were_asked_for(app, database, citizen, changes, words):
    assert words in citizen.get(Followed(database, **changes).path).text


def test_late_is_said_as_it_is(citizen, followed, clock):
    clock.now = NOW + timedelta(hours=3)
    citizen.get(followed.path)
    assert "Votre demande attend plus longtemps que prévu" in citizen.text
    assert "04 65 71 00 12" in citizen.text


def test_accepted_names_the_brigade_and_never_the_gendarme(citizen, followed):
    followed.accept()
    citizen.get(followed.path)
    assert "Un gendarme de la brigade de Belley vous appelle dès que possible." in citizen.text
    assert "Martin" not in citizen.text


def test_released_waits_again(citizen, followed):
    followed.accept()
    followed.do(release_request, ReleaseRequest(followed.id))
    assert "Votre demande attend un autre gendarme de la brigade de Belley." in citizen.get(followed.path).text


def test_transferred_names_the_new_brigade_and_keeps_the_word_between_units(citizen, followed):
    followed.do(transfer_request, TransferRequest(followed.id, 1008600, "Entre nous"))
    citizen.get(followed.path)
    assert "Votre demande a changé de brigade" in citizen.text
    assert "La brigade d’Ambérieu-en-Bugey vous rappelle aujourd’hui avant 16 h 30." in citizen.text
    assert "Entre nous" not in citizen.text


def test_notes_between_gendarmes_are_never_shown(citizen, followed):
    followed.do(note_request, NoteRequest(followed.id, "Déjà connu"))
    assert "Déjà connu" not in citizen.get(followed.path).text


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("handled", "Le gendarme y a répondu."),
        ("appointment", "Vous avez convenu d’un rendez-vous"),
        ("redirected", "vous a orienté vers le bon service"),
        ("unreachable", "n’a pas réussi à vous joindre"),
        ("mistake", "classée comme une erreur"),
    ],
)
def test_done_says_how(citizen, followed, outcome, words):
    followed.accept()
    followed.do(close_request, CloseRequest(followed.id, outcome))
    citizen.get(followed.path)
    assert words in citizen.text
    assert "Ajouter un message" not in citizen.text
    assert followed.created.call_back_word not in citizen.text


def test_expired_is_sorry_and_says_what_to_do(citizen, followed, database, clock):
    clock.now = NOW + ExpireRequests().after + timedelta(days=1)
    with database.transaction() as session:
        expire_requests(session, ExpireRequests(), SystemActor("expire"), clock.now)
    assert "Votre demande n’a pas reçu de réponse" in citizen.get(followed.path).text


def test_a_word_is_added_and_comes_back_in_the_history(citizen, followed, database):
    citizen.get(f"{followed.path}/mot").press(text="Plutôt après 18 h\r\n<b>merci</b>")
    assert citizen.path == followed.path
    assert "Vous avez ajouté un message. Plutôt après 18 h <b>merci</b>" in citizen.text
    with database.transaction() as session:
        event = session.scalars(select(Event).where(Event.name == "citizen_word_added")).one()
        assert event.data == {"text": "Plutôt après 18 h\n<b>merci</b>"}


@pytest.mark.parametrize(("text", "words"), [("  ", "Écrivez votre message"), ("é" * 2001, "il y en a 1 de trop")])
def test_a_bad_word_is_explained_and_kept(citizen, followed, text, words):
    citizen.get(f"{followed.path}/mot").press(text=text)
    assert citizen.response.status_code == 422
    assert citizen.text.count(words) == 2
    assert citizen.form.values["text"] == text.strip()


def test_a_word_that_comes_too_late_is_not_lost(citizen, followed):
    citizen.get(f"{followed.path}/mot")
    followed.do(withdraw_request, WithdrawRequest(followed.id), CitizenActor(followed.id))
    citizen.press(text="Encore ceci")
    assert citizen.response.status_code == 409
    assert "Votre message n’est pas parti" in citizen.text
    assert citizen.form.values["text"] == "Encore ceci"


def test_too_many_words_lose_nothing(citizen, followed):
    citizen.get(f"{followed.path}/mot")
    for _ in range(20):
        citizen.http.post(f"{followed.path}/mot", data={"text": "x"}, environ_base={"REMOTE_ADDR": citizen.address})
    citizen.press(text="Le dernier")
    assert citizen.response.status_code == 429
    assert citizen.form.values["text"] == "Le dernier"


def test_withdrawing_asks_once_more(citizen, followed, database):
    citizen.get(f"{followed.path}/annuler")
    with database.transaction() as session:
        assert session.get_one(ContactRequest, followed.id).state == "waiting"
    citizen.press()
    assert "Vous avez annulé votre demande" in citizen.text
    citizen.get(f"{followed.path}/annuler")
    assert citizen.response.status_code == 303


def test_withdrawing_what_has_ended_shows_how_it_ended(citizen, followed):
    citizen.get(f"{followed.path}/annuler")
    followed.accept()
    followed.do(close_request, CloseRequest(followed.id, "handled"))
    citizen.press()
    assert "Votre demande est terminée" in citizen.text


@pytest.mark.parametrize("page", ["", "/envoyee", "/etat", "/mot", "/annuler"])
def test_a_link_that_opens_nothing_is_met_kindly(citizen, followed, page):
    citizen.get(f"/suivi/AAAAAAAAAAAAAAAAAAAAAA{page}")
    assert citizen.response.status_code == 404
    assert "Cette demande n’est plus ici" in citizen.text


def test_a_revoked_link_opens_nothing(citizen, followed, database):
    with database.transaction() as session:
        row = session.get_one(ContactRequest, followed.id)
        row.follow_generation = 2
        row.follow_token_hash = TOKENS.stored_hash("follow-token", TOKENS.follow_token(row.id, 2))
    assert citizen.get(followed.path).response.status_code == 404


def test_the_reference_and_the_code_open_the_same_page(citizen, followed):
    code = followed.created.follow_code
    typed = followed.created.reference.lower().replace("-", " ")
    citizen.get("/suivi").press(reference=typed, code=f"{code[:4]} {code[4:]}")
    assert citizen.path == followed.path
    assert followed.created.reference in citizen.text


@pytest.mark.parametrize(
    ("reference", "code", "words"),
    [
        ("", "12345678", "Écrivez la référence"),
        ("BN-7K4Q-29", "", "Écrivez les huit chiffres"),
        ("BN-7K4Q-29", "12345678", "Aucune demande ne correspond"),
        ("\0", "é", "Écrivez la référence"),
    ],
)
def test_a_wrong_reference_or_code_is_explained_and_kept(citizen, followed, reference, code, words):
    citizen.get("/suivi").press(reference=reference, code=code)
    assert citizen.response.status_code == 422
    assert citizen.text.count(words) == 2
    assert citizen.form.values["code"] == code


def test_a_code_cannot_be_guessed_by_trying(app, followed):
    for number in range(10):
        Citizen(app, f"198.51.100.{number}").get("/suivi").press(
            reference=followed.created.reference, code=f"{number:08d}"
        )
    last = Citizen(app, "198.51.100.99").get("/suivi")
    last.press(reference=followed.created.reference, code=followed.created.follow_code)
    assert last.response.status_code == 429
    assert int(last.response.headers["Retry-After"]) > 0


def test_the_fragment_is_the_state_and_nothing_around_it(citizen, followed):
    citizen.get(f"{followed.path}/etat")
    assert "En attente" in citizen.text
    assert citizen.read.lang == ""
    assert citizen.response.headers["Cache-Control"] == "private, no-cache"


def test_the_english_page_speaks_english_about_the_same_request(citizen, followed):
    citizen.get(f"/en/follow/{followed.created.follow_token}")
    assert "The brigade has received your request" in citizen.text
    other = [link["href"] for link in citizen.read.links if link.get("hreflang") == "fr"]
    assert other == [followed.path]


def test_times_are_the_units_own(database, followed, citizen):
    with database.transaction() as session:
        session.get_one(Unit, 1008593).time_zone = "Pacific/Marquesas"
    assert "vous rappelle aujourd’hui avant 6 h." in citizen.get(followed.path).text


def test_neither_link_nor_answers_are_ever_logged(database, clock, caplog):
    caplog.set_level("DEBUG")
    app = application(database, clock)
    with database.transaction() as session:
        seed_places(session)
    followed = Followed(database)
    caplog.clear()
    citizen = Citizen(app)
    citizen.get(followed.path)
    citizen.get(f"{followed.path}/mot").press(text="Un secret")
    citizen.get("/suivi").press(reference=followed.created.reference, code="00000000")
    assert "GET /suivi/<token>" in caplog.text
    for secret in (followed.created.follow_token, "Un secret", followed.created.reference):
        assert secret not in caplog.text


def test_opening_the_page_shows_that_what_had_left_was_seen(citizen, followed, database, clock):
    with database.transaction() as session:
        event_id = session.scalars(select(Event.id).where(Event.request_id == followed.id)).one()
        _, notice_id = claim_notice(session, ClaimNotice(event_id, "email", "citizen"), NOW)

    def seen():
        with database.transaction() as session:
            found = session.get_one(Notice, notice_id)
            return found.state, found.seen_at

    citizen.get(followed.path)
    assert seen() == ("queued", None)
    with database.transaction() as session:
        settle_notice(session, SettleNotice(notice_id), clock.now)
    # Neither the part that a script fetches nor a look whether the page is there was read by anybody.
    citizen.get(f"{followed.path}/etat")
    citizen.http.head(followed.path)
    assert seen() == ("sent", None)
    citizen.get(followed.path)
    first = seen()
    assert first[0] == "seen"
    citizen.get(followed.path)
    assert seen() == first


def answer_with_appointment(followed, reason):
    """Answer the request with an appointment, as its gendarme does."""
    with followed.database.transaction() as session:
        change_reason(session, reason, notice_minutes=0)
        chief = seed_agent(session, session.get_one(Unit, 1008593), Role.GENDARME, Role.CHIEF, name="Maj. Roux")
        seed_windows(session, chief, NINE, at(4))
        held = hold_slot(session, HoldSlot(1008593, reason, NINE), NOW, TOKENS)
        asked = BookAppointment(held.hold_token, CAMILLE, "fr", "answer", request_id=followed.id)
        return book_appointment(session, asked, followed.martin, NOW, TOKENS)


def test_a_request_that_led_to_an_appointment_leads_there_and_into_the_calendar(citizen, followed):
    followed.accept()
    booked = answer_with_appointment(followed, "neighbours")
    citizen.get(followed.path)
    assert "Votre rendez-vous Quand Mardi 1er décembre à 9 h Où À la brigade de Belley" in citizen.text
    page = citizen.response.get_data(as_text=True)
    assert f'href="/suivi/{booked.follow_token}/rendez-vous.ics" download' in page
    assert citizen.http.get(f"/suivi/{booked.follow_token}/rendez-vous.ics").status_code == 200
    followed.do(cancel_booking, CancelBooking(booked.booking_id), CitizenActor(booking_id=booked.booking_id))
    assert booked.follow_token not in citizen.get(followed.path).response.get_data(as_text=True)


def test_a_discreet_appointment_stays_off_the_page_of_a_request_that_is_not(citizen, followed):
    booked = answer_with_appointment(followed, "domestic_violence")
    assert booked.follow_token not in citizen.get(followed.path).response.get_data(as_text=True)

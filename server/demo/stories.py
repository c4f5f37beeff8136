"""What happened before the visitor of the demonstration arrives: requests in every state, told through the services.

No request has an e-mail address: a demonstration sends no mail to anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from models.rules.actor import AgentActor, CitizenActor
from models.rules.contact_details import ContactDetails
from models.rules.request_lifecycle import Outcome
from server.demo.people import BELLEY
from server.services.accept_request import AcceptRequest, accept_request
from server.services.add_citizen_word import AddCitizenWord, add_citizen_word
from server.services.close_request import CloseRequest, close_request
from server.services.create_contact_request import CreateContactRequest, create_contact_request
from server.services.note_request import NoteRequest, note_request
from server.services.transfer_request import TransferRequest, transfer_request
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from server.tokens import Tokens


@dataclass(frozen=True)
class Story:
    """One request, and how many minutes ago each thing happened to it; None where it did not.

    Args:
        by: the login of the gendarme who accepts, notes and closes.
        transferred: to which unit, after acceptance.
    """

    minutes_ago: int
    insee: str
    reason: str
    facts: str
    caller: str
    phone: str
    place: str = ""
    window: str = "asap"
    channel: str = "phone"
    safe_time: str = ""
    may_leave_message: bool = True
    language: str = "fr"
    by: str | None = None
    accepted: int | None = None
    note: str = ""
    word: str = ""
    transferred: tuple[int, int, str] | None = None
    closed: tuple[int, Outcome] | None = None
    withdrawn: int | None = None


STORIES = (
    Story(
        12, "01034", "complaint",
        "Mon vélo électrique a été volé cette nuit devant mon immeuble. L’antivol a été coupé. J’ai la facture et"
        " le numéro de cadre.",
        "Camille Perret", "+33639980011", place="Parking de la rue des Tilleuls, Belley",
    ),
    Story(
        25, "01454", "domestic_violence",
        "Mon conjoint m’a menacée hier soir. Je voudrais parler à quelqu’un sans qu’il le sache.",
        "Élodie M.", "+33639980012", window="morning", safe_time="Entre 9 h et 11 h, il travaille.",
        may_leave_message=False,
    ),
    Story(
        190, "01138", "neighbours",
        "Depuis trois semaines, le chien des voisins aboie la nuit quand ils sont absents. Nous avons essayé d’en"
        " parler, sans résultat.",
        "Gérard Blanc", "+33639980013", window="evening",
    ),
    Story(
        95, "01034", "fraud",
        "J’ai payé un acompte de 450 € pour une location de vacances. L’annonce a disparu et le téléphone ne répond"
        " plus. J’ai gardé les messages et le virement.",
        "Yvonne Carrel", "+33639980014", by="lea.marchand", accepted=60,
        note="Rappelée une première fois, elle réunit ses justificatifs.",
        word="J’ai retrouvé l’annonce sur un autre site, avec un autre prénom.",
    ),
    Story(
        55, "01098", "road",
        "Un fourgon blanc passe très vite devant l’école à la sortie des classes, presque chaque jour.",
        "Thomas Jacquet", "+33639980015", place="Rue de l’École, Chazey-Bons", window="afternoon",
        by="hugo.perrin", accepted=40,
    ),
    Story(
        1500, "01034", "holiday_watch",
        "Nous partons du 2 au 12 du mois prochain. Pouvez-vous passer devant la maison ?",
        "Famille Morel", "+33639980016", by="lea.marchand", accepted=1440, closed=(1425, Outcome.HANDLED),
    ),
    Story(
        2900, "01079", "case_follow_up",
        "J’ai porté plainte pour un cambriolage et je voudrais ajouter un objet à la liste.",
        "Solange Brun", "+33639980017", by="hugo.perrin", accepted=2800, closed=(2790, Outcome.APPOINTMENT),
    ),
    Story(
        310, "01034", "other",
        "I found a wallet with foreign papers near the station. Where can I hand it in?",
        "Emma Clarke", "+33639980018", language="en", withdrawn=280,
    ),
    Story(
        20, "01004", "worry",
        "Je n’ai plus de nouvelles de mon oncle depuis dimanche. Il vit seul et ses volets restent fermés.",
        "Julien Favre", "+33639980021", place="Chemin du Four, Ambérieu-en-Bugey",
    ),
    Story(
        140, "01202", "harassment",
        "Ma fille reçoit des messages insultants d’élèves de son collège sur une application.",
        "Nadia Lefort", "+33639980022", window="evening", by="karim.benali", accepted=100,
    ),
    Story(
        75, "01007", "complaint",
        "On a forcé la porte de mon cabanon de jardin à Belley et pris des outils.",
        "Paul Giroud", "+33639980023", place="Jardins familiaux, Belley", by="karim.benali", accepted=50,
        transferred=(BELLEY, 45, "Les faits ont eu lieu à Belley."),
    ),
    Story(
        1700, "01384", "fraud",
        "Un faux conseiller bancaire m’a appelé. J’ai raccroché, mais il connaissait mon nom.",
        "Robert Vial", "+33639980024", by="anne.rousset", accepted=1600, closed=(1500, Outcome.UNREACHABLE),
    ),
)  # fmt: skip


def tell_stories(session: Session, agents: Mapping[str, AgentActor], now: datetime, tokens: Tokens) -> int:
    """Let the stories happen, each step at its own time before `now`; returns how many requests there are."""
    # Oldest first, as it was: versions and histories then read in the order of time.
    for story in sorted(STORIES, key=lambda story: -story.minutes_ago):
        _tell(session, story, agents, now, tokens)
    return len(STORIES)


def _tell(session: Session, story: Story, agents: Mapping[str, AgentActor], now: datetime, tokens: Tokens) -> None:
    def ago(minutes: int) -> datetime:
        return now - timedelta(minutes=minutes)

    request_id = _send(session, story, ago(story.minutes_ago), tokens)
    if story.by is not None and story.accepted is not None:
        agent = agents[story.by]
        accept_request(session, AcceptRequest(request_id), agent, ago(story.accepted))
        if story.note:
            note_request(session, NoteRequest(request_id, story.note), agent, ago(story.accepted - 10))
        if story.word:
            add_citizen_word(
                session, AddCitizenWord(request_id, story.word), CitizenActor(request_id), ago(story.accepted - 20)
            )
        if story.transferred is not None:
            unit_id, minutes, word = story.transferred
            transfer_request(session, TransferRequest(request_id, unit_id, word), agent, ago(minutes))
        if story.closed is not None:
            minutes, outcome = story.closed
            close_request(session, CloseRequest(request_id, outcome), agent, ago(minutes))
    if story.withdrawn is not None:
        withdraw_request(session, WithdrawRequest(request_id), CitizenActor(request_id), ago(story.withdrawn))


def _send(session: Session, story: Story, at: datetime, tokens: Tokens) -> UUID:
    details = ContactDetails(
        commune_insee=story.insee,
        reason_code=story.reason,
        channel=story.channel,
        call_window=story.window,
        safe_time=story.safe_time,
        may_leave_message=story.may_leave_message,
        facts=story.facts,
        place=story.place,
        caller_name=story.caller,
        phone=story.phone,
        phone_is_valid=True,
        email="",
    )
    command = CreateContactRequest(details, story.language, idempotency_key=str(uuid4()))
    return create_contact_request(session, command, at, tokens).request_id

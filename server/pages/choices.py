"""The answers that a citizen chooses from, in words."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.contact_details import CallWindow, Channel
from models.tables import Reason
from server import i18n
from server.i18n import gettext


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    hint: str = ""
    discreet: bool = False


def reasons(session: Session, *, bookable: bool = False) -> dict[str, Choice]:
    """The reasons that can be chosen today, by code, in the order in which they are shown.

    Args:
        bookable: only those for which appointments are made.
    """
    query = select(Reason).where(Reason.active).order_by(Reason.position)
    rows = session.scalars(query.where(Reason.bookable) if bookable else query)
    english = i18n.language() == "en"
    return {
        row.code: Choice(
            row.code,
            row.label_en if english else row.label_fr,
            row.hint_en if english else row.hint_fr,
            row.discreet,
        )
        for row in rows
    }


def channels() -> dict[str, Choice]:
    return {
        Channel.PHONE.value: Choice(Channel.PHONE, gettext("Par téléphone"), gettext("Un gendarme vous appelle.")),
        Channel.SMS.value: Choice(Channel.SMS, gettext("Par SMS"), gettext("Si vous ne pouvez pas parler.")),
        Channel.EMAIL.value: Choice(Channel.EMAIL, gettext("Par courriel"), gettext("La réponse est moins rapide.")),
    }


def call_windows() -> dict[str, Choice]:
    return {
        CallWindow.ASAP.value: Choice(CallWindow.ASAP, gettext("Dès que possible")),
        CallWindow.MORNING.value: Choice(CallWindow.MORNING, gettext("Plutôt le matin")),
        CallWindow.AFTERNOON.value: Choice(CallWindow.AFTERNOON, gettext("Plutôt l’après-midi")),
        CallWindow.EVENING.value: Choice(CallWindow.EVENING, gettext("Plutôt en soirée")),
    }

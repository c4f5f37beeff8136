"""What is wrong with an answer of the booking form, said so that one knows what to write."""

from __future__ import annotations

from collections.abc import Mapping

from models.rules.booking import LONGEST
from server.i18n import gettext
from server.pages.wording import say_problem, say_too_long


def say_booking_problems(found: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """Each field's sentence, in the order given; `found` is field → code as `models.rules.booking.problems` says."""
    return {field: _say(field, code, typed.get(field, "")) for field, code in found.items()}


def _say(field: str, code: str, typed: str) -> str:
    if code == "too_long":
        return say_too_long(typed, LONGEST[field])
    own = {
        ("phone", "missing"): gettext(
            "Écrivez un numéro de téléphone ou une adresse électronique, pour vous prévenir d’un changement."
        ),
        ("address", "missing"): gettext("Écrivez l’adresse où le gendarme doit venir."),
        ("code", "missing"): gettext("Écrivez les six chiffres du code reçu."),
        ("code", "wrong_code"): gettext("Ce n’est pas le bon code. Vérifiez les six chiffres, un par un."),
        ("code", "code_expired"): gettext("Ce code ne vaut plus. Demandez-en un autre."),
    }
    return own.get((field, code)) or say_problem(field, code, typed)

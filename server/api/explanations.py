"""The plain sentence that says who is competent, or why we cannot tell."""

from __future__ import annotations

from models.rules.jurisdiction import Competence, Competent, Police, Unknown, Why
from server.wording import gettext


def explain(answer: Competence) -> str:
    """Say the answer to a citizen, in the language of this request."""
    match answer:
        case Competent(commune=commune, unit=unit):
            return gettext("Pour %(commune)s, l’unité compétente est : %(unit)s.", commune=commune.name, unit=unit.name)
        case Police(commune=commune, station=station, service_name=service_name):
            name = station.name if station is not None else service_name
            if not name:
                return gettext(
                    "À %(commune)s, c’est la police nationale qui est compétente. Appelez le 17 pour savoir où aller.",
                    commune=commune.name,
                )
            return gettext(
                "À %(commune)s, c’est la police nationale qui est compétente : %(station)s.",
                commune=commune.name,
                station=name,
            )
        case Unknown(commune=commune, why=why):
            name = "" if commune is None else commune.name
            reason = _reason(why)
            if answer.candidates:
                return gettext(
                    "Nous ne pouvons pas dire avec certitude quelle unité est compétente pour %(commune)s. %(reason)s"
                    " Appelez l’une des unités proposées.",
                    commune=name,
                    reason=reason,
                )
            return gettext(
                "Nous ne pouvons pas dire quelle unité est compétente pour %(commune)s. %(reason)s"
                " Appelez le 17 pour être orienté.",
                commune=name,
                reason=reason,
            )


def _reason(why: Why) -> str:
    reasons = {
        Why.UNKNOWN_COMMUNE: gettext("Cette commune est inconnue."),
        Why.NO_JURISDICTION: gettext("Le fichier officiel n’en dit rien."),
        Why.NOT_IN_FORCE: gettext("Le fichier officiel n’a pas de ligne en vigueur à ce jour."),
        Why.UNKNOWN_UNIT: gettext("L’unité que nomme le fichier officiel nous est inconnue."),
        Why.CONTESTED_UNIT: gettext("Deux unités portent le même numéro dans le fichier officiel."),
        Why.SEVERAL_UNITS: gettext("Le fichier officiel nomme plusieurs unités."),
        Why.SEVERAL_INSTITUTIONS: gettext("Le fichier officiel nomme la gendarmerie et la police."),
        Why.UNIT_TAKES_NO_REQUESTS: gettext("L’unité que nomme le fichier officiel ne reçoit pas de demandes."),
    }
    return reasons[why]

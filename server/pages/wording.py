"""What is wrong with a field, said so that one knows what to write."""

from __future__ import annotations

from collections.abc import Mapping

from models.rules.contact_details import LONGEST
from models.rules.jurisdiction import Why
from server.i18n import gettext


def say_problems(found: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """Each field's sentence, in the order given.

    Args:
        found: field → code, as `models.rules.contact_details.problems` names them.
        typed: field → what was typed, to say by how much a text is too long.
    """
    return {field: say_problem(field, code, typed.get(field, "")) for field, code in found.items()}


def say_problem(field: str, code: str, typed: str = "") -> str:
    if code == "too_long":
        return say_too_long(typed, LONGEST[field])
    return _sentences()[field, code]


def say_too_long(typed: str, longest: int) -> str:
    return gettext(
        "Votre texte dépasse la limite de %(longest)s caractères : il y en a %(over)s de trop.",
        over=len(typed) - longest,
        longest=longest,
    )


def say_why_unknown(why: str) -> str:
    """Why we cannot tell which unit is competent, for a citizen."""
    return _whys()[Why(why)]


def _sentences() -> dict[tuple[str, str], str]:
    return {
        ("commune", "missing"): gettext("Écrivez le nom ou le code postal de la commune, par exemple « Belley »."),
        ("commune", "unknown"): gettext(
            "Nous ne trouvons pas cette commune. Vérifiez l’orthographe, ou écrivez le code postal."
        ),
        ("commune", "several"): gettext("Plusieurs communes correspondent. Choisissez la vôtre dans la liste."),
        ("commune", "not_chosen"): gettext("Choisissez votre commune dans la liste, ou changez le texte."),
        ("commune_insee", "missing"): gettext("Dites-nous d’abord dans quelle commune cela se passe."),
        ("chosen_unit_id", "missing"): gettext("Choisissez une brigade dans la liste, ou appelez-en une."),
        ("chosen_unit_id", "police"): gettext(
            "Nous ne pouvons pas transmettre de demande à la police nationale. Voici comment la joindre."
        ),
        ("chosen_unit_id", "unavailable"): gettext(
            "Cette brigade ne reçoit pas de demande en ligne. Choisissez-en une autre, ou appelez."
        ),
        ("reason_code", "missing"): gettext("Choisissez un motif. Si aucun ne convient, prenez « Autre demande »."),
        ("reason_code", "unknown"): gettext("Ce motif n’existe plus. Choisissez-en un dans la liste."),
        ("channel", "missing"): gettext("Choisissez comment nous devons vous répondre."),
        ("channel", "unknown"): gettext("Choisissez comment nous devons vous répondre, dans la liste."),
        ("call_window", "missing"): gettext("Choisissez quand nous pouvons vous joindre."),
        ("call_window", "unknown"): gettext("Choisissez quand nous pouvons vous joindre, dans la liste."),
        ("facts", "missing"): gettext("Écrivez en quelques mots ce qui se passe. Une phrase suffit."),
        ("caller_name", "missing"): gettext("Écrivez votre nom, pour que le gendarme sache qui demander."),
        ("phone", "missing"): gettext(
            "Écrivez votre numéro de téléphone, par exemple « 06 12 34 56 78 »."
            " Nous en avons besoin pour vous répondre."
        ),
        ("phone", "unreadable"): gettext(
            "Nous ne pouvons pas appeler ce numéro. Écrivez-le en entier, par exemple « 06 12 34 56 78 »,"
            " ou « +32 470 12 34 56 » depuis l’étranger."
        ),
        ("email", "missing"): gettext(
            "Écrivez votre adresse électronique, par exemple « nom@exemple.fr ». Nous vous répondrons par courriel."
        ),
        ("email", "unreadable"): gettext("Cette adresse est incomplète. Écrivez-la ainsi : « nom@exemple.fr »."),
        ("text", "missing"): gettext("Écrivez votre message avant de l’envoyer."),
        ("reference", "missing"): gettext("Écrivez la référence de votre demande, par exemple « BN-7K4Q-29 »."),
        ("code", "missing"): gettext("Écrivez les huit chiffres du code reçu avec la référence."),
        ("code", "wrong"): gettext(
            "Aucune demande ne correspond à cette référence et à ce code. Vérifiez les deux, chiffre par chiffre."
        ),
    }


def _whys() -> dict[Why, str]:
    return {
        Why.UNKNOWN_COMMUNE: gettext("Cette commune n’est pas dans notre liste."),
        Why.NO_JURISDICTION: gettext("Notre fichier ne dit pas qui est compétent dans cette commune."),
        Why.NOT_IN_FORCE: gettext("La compétence dans cette commune est en train de changer."),
        Why.UNKNOWN_UNIT: gettext("Notre fichier nomme une brigade que nous ne connaissons pas."),
        Why.CONTESTED_UNIT: gettext("Notre fichier nomme deux brigades différentes sous le même numéro."),
        Why.SEVERAL_UNITS: gettext("Plusieurs brigades se partagent cette commune."),
        Why.SEVERAL_INSTITUTIONS: gettext("La gendarmerie et la police se partagent cette commune."),
        Why.UNIT_TAKES_NO_REQUESTS: gettext("La brigade compétente ne reçoit pas de demande en ligne."),
    }

"""The sentences of the interface for programs and of every refusal, in French, with English in server/translations."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from flask_babel import Domain

_domain = Domain([str(Path(__file__).parent / "translations")], domain="interface")


def gettext(sentence: str, **values: str) -> str:
    """`sentence` in the language of this request, with its values put in."""
    translated: str = _domain.gettext(sentence, **values)
    return translated


def problem_title(status: HTTPStatus, code: str) -> str:
    """What `code` means, in the reader's language; the status's own sentence when the code has none."""
    # Built at each call: a sentence is translated for whoever reads this answer.
    titles = {
        "bad_request": gettext("Votre demande est illisible."),
        "unreadable_json": gettext("Le corps de la demande n’est pas un document JSON lisible."),
        "not_signed_in": gettext("Connectez-vous d’abord."),
        "terminal_revoked": gettext("Ce terminal a été révoqué. Faites-le inscrire de nouveau."),
        "not_a_page": gettext("Ceci ne s’ouvre pas comme une page. Ouvrez le terminal."),
        "wrong_code": gettext("Ce code ne vaut plus. Demandez-en un nouveau."),
        "chief_only": gettext("Seul le commandant de brigade peut le faire."),
        "answers_for_nobody": gettext(
            "Seuls les commandants de brigade et les superviseurs voient ce qui est en retard."
        ),
        "no_such_agent": gettext("Cet agent n’est pas de votre unité."),
        "no_such_terminal": gettext("Ce terminal n’existe pas."),
        "no_such_calendar_trial": gettext("Ce test n’existe pas."),
        "no_such_planning": gettext("Ce planning n’existe pas."),
        "planning_paused": gettext("La lecture de ce planning est en pause. Reprenez-la d’abord."),
        "planning_without_address": gettext("Ce planning n’a pas d’adresse. Envoyez-en le fichier."),
        "too_many_plannings": gettext("Votre unité a trop de plannings. Retirez-en un d’abord."),
        "not_a_table_source": gettext("Ce planning est un agenda. Il se lit à son adresse."),
        "no_such_export": gettext("Cet export n’existe pas."),
        "no_terminal": gettext("Seul un terminal inscrit peut avoir un flux. Ouvrez cette page sur le terminal."),
        "too_many_exports": gettext("Cet agent a déjà trop d’agendas. Révoquez-en un d’abord."),
        "export_paused": gettext("Cet export est en pause. Reprenez-le d’abord."),
        "nothing_to_run": gettext("Un flux est lu par les agendas eux-mêmes."),
        "no_such_finding": gettext("Cette question n’existe pas, ou s’adresse à un autre."),
        "finding_overtaken": gettext(
            "Le rendez-vous a changé depuis, vous avez déjà répondu, ou l’agenda a été révoqué."
        ),
        "terminal_needed": gettext("Seul un terminal inscrit peut recevoir des notifications. Inscrivez celui-ci."),
        "push_off": gettext("Les notifications ne sont pas en service ici."),
        "no_such_push_test": gettext("Ce test n’existe pas."),
        "unknown_receipt": gettext("Cet accusé de réception n’est pas de nous."),
        "no_push_subscription": gettext("Ce terminal ne reçoit pas de notifications."),
        "endpoint_host_not_allowed": gettext("Le service de notifications de ce navigateur n’est pas accepté ici."),
        "endpoint_not_https": gettext("L’adresse de notification n’est pas en https."),
        "endpoint_user_info": gettext("L’adresse de notification contient un nom d’utilisateur."),
        "endpoint_malformed": gettext("L’adresse de notification est illisible."),
        "endpoint_too_long": gettext("L’adresse de notification est trop longue."),
        "bad_push_key": gettext("Les clés de notification de ce navigateur sont illisibles. Activez-les de nouveau."),
        "unknown_vapid_key": gettext("La clé de ce site a changé. Activez les notifications de nouveau."),
        "wrong_credentials": gettext("L’identifiant ou le mot de passe est faux."),
        "foreign_origin": gettext("Cette demande vient d’un autre site."),
        "csrf": gettext("La preuve que la demande vient de notre page manque. Connectez-vous de nouveau."),
        "not_in_a_unit": gettext("Seuls les gendarmes et les commandants de brigade ont accès à ceci."),
        "not_your_outbox": gettext("Cette file d’envoi appartient à un autre agent."),
        "not_found": gettext("Cette adresse n’existe pas."),
        "no_such_commune": gettext("Aucune commune ne porte ce code."),
        "no_such_request": gettext("Cette demande de contact n’existe pas."),
        "no_such_unit": gettext("Cette unité n’existe pas ou ne reçoit pas de demandes."),
        "api_key_needed": gettext("Cette opération demande une clé de partenaire."),
        "unknown_api_key": gettext("Cette clé est inconnue ou a été révoquée."),
        "scope_missing": gettext("Cette clé ne donne pas accès à cette opération."),
        "password_needed": gettext("Montrez le mot de passe de la passerelle de SMS."),
        "not_the_provider": gettext("Cet appel ne vient pas de l’opérateur de SMS."),
        "slot_taken": gettext("Cet horaire vient d’être pris. Choisissez-en un autre."),
        "hold_expired": gettext("Cet horaire n’est plus gardé. Choisissez-en un autre."),
        "too_late": gettext("Il est trop tard pour changer ce rendez-vous en ligne. Appelez l’unité."),
        "already_ended": gettext("Ce rendez-vous est déjà terminé."),
        "no_such_booking": gettext("Ce rendez-vous n’existe pas."),
        "method_not_allowed": gettext("Cette adresse n’accepte pas cette méthode."),
        "gap": gettext("Une action précédente manque."),
        "fork": gettext("Ce numéro a déjà servi pour une autre action."),
        "idempotency_key_reused": gettext("Cette clé d’idempotence a déjà servi pour une autre demande."),
        "request_entity_too_large": gettext("La demande est trop longue."),
        "unsupported_media_type": gettext("Envoyez la demande en application/json."),
        "invalid_arguments": gettext("Un ou plusieurs champs sont à corriger."),
        "invalid_details": gettext("Un ou plusieurs champs sont à corriger."),
        "no_competent_unit": gettext("Aucune unité de gendarmerie ne peut recevoir cette demande pour cette commune."),
        "too_many": gettext("Trop de demandes. Réessayez plus tard."),
        "unexpected": gettext("Une erreur imprévue est survenue. Elle est enregistrée."),
        "database_away": gettext("Le service est indisponible pour l’instant. Réessayez dans un instant."),
    }
    return titles.get(code) or _status_title(status)


def _status_title(status: HTTPStatus) -> str:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return gettext("Le service n’a pas pu répondre.")
    return gettext("Votre demande n’a pas pu être traitée.")

"""Refusals as the remote complaints' client knows them: `{"errors": ["…"]}`, in its own French sentences."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify

from server.wording import problem_title

CONTRACT_PREFIX = "/api/visioplainte/"

# Part of the contract: its client shows or compares them, so that they are neither translated nor improved.
SENTENCES = {
    "api_key_needed": "Authentification invalide",
    "unknown_api_key": "Authentification invalide",
    "no_slot_then": "Pas de créneau disponible à la date demandée",
    "no_slot_after": "Aucun créneau n'est disponible après cette date",
    "no_such_booking": "Pas de rdv pour cet id",
    "ids_or_dates": "Vous devez préciser le paramètre ids ou les paramètres date_debut et date_fin",
}
FIELD_SENTENCES = {
    "missing": "Paramètre {field} manquant",
    "before_from": "date_fin ne doit pas précéder date_debut",
    "too_far": "date_debut et date_fin ne doivent pas être espacés de plus de 31 jours",
}
UNREADABLE = "Paramètre {field} illisible"


def contract_problem(status: HTTPStatus, code: str, detail: dict[str, Any]) -> Response:
    """Say a refusal; a wrong field has a sentence of its own, named as the client sent it."""
    if code == "invalid_arguments":
        sentences = [
            FIELD_SENTENCES.get(error, UNREADABLE).format(field=field.partition(".")[0].removesuffix("[]"))
            for field, error in detail.get("fields", {}).items()
        ]
    else:
        sentences = [SENTENCES.get(code) or problem_title(status, code)]
    response = jsonify({"errors": sentences})
    response.status_code = int(status)
    response.headers["Cache-Control"] = "no-store"
    return response

"""What every browser needs to be reached over web push: the key to subscribe with, and where to say what came."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import marshmallow as ma
from flask import Response, jsonify

from models.rules.errors import Forbidden
from server.api.interface import Blueprint
from server.api.schemas import Choice, Schema, text
from server.context import current
from server.push_receipts import read_receipt
from server.push_subscriptions import current_key
from server.rate_limits import limit_by_receipt
from server.services.record_receipt import RecordReceipt, What, record_receipt

blueprint = Blueprint("push", __name__, url_prefix="/api/push", description="What browsers need for web push.")


# Three words and their repeats. A receipt that is made up costs no look at the database, so that it is not counted:
# thousands of terminals share one address.
WORDS_BY_RECEIPT = 20
WINDOW = timedelta(minutes=15)


class Key(Schema):
    key = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "For `PushManager.subscribe()`, base64url; null where web push is off."},
    )


class Receipt(Schema):
    class Meta:
        unknown = ma.RAISE

    receipt = text(120, required=True, description="The message's own `data.receipt`.")
    what = ma.fields.String(
        required=True, validate=Choice(What), metadata={"description": "It is there, on the screen, or was tapped."}
    )


@blueprint.get("/key")
@blueprint.problems()
@blueprint.response(HTTPStatus.OK, Key)
def get_key() -> Response:
    """Read the public key that browsers subscribe with"""
    response = jsonify({"key": current_key(current().settings.push)})
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.post("/receipts")
@blueprint.arguments(Receipt)
@blueprint.problems(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
@blueprint.response(HTTPStatus.NO_CONTENT)
def post_receipt(body: dict[str, str]) -> Response:
    """Say that a push has come

    From a service worker, which needs no sign-in for it: the receipt proves that the message was ours, and is good for
    nothing else. A repeat or an older word changes nothing. 403 `unknown_receipt`.
    """
    context = current()
    found = read_receipt(context.tokens, body["receipt"])
    if found is None:
        raise Forbidden("unknown_receipt")
    limit_by_receipt(body["receipt"], limit=WORDS_BY_RECEIPT, window=WINDOW)
    kind, of_id = found
    with context.database.transaction() as session:
        record_receipt(session, RecordReceipt(kind, of_id, What(body["what"])), context.now())
    return Response(status=HTTPStatus.NO_CONTENT)

"""How the terminal that asks is reached over web push."""

from __future__ import annotations

from datetime import time, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response, jsonify

from models.queries.push_subscriptions import of_terminal
from models.rules.errors import Invalid, NotFound
from models.tables import PushSubscription as PushSubscriptionRow
from models.tables import PushTest
from server.api.interface import Blueprint
from server.api.schemas import Choice, Pattern, Schema, Text
from server.context import current
from server.i18n import LANGUAGES
from server.identity import require_terminal
from server.push_subscriptions import PushSubscription, current_key, fingerprint, judge_subscription
from server.rate_limits import limit_by_agent
from server.services.ask_push_test import AskPushTest, ask_push_test
from server.services.confirm_push_subscription import ConfirmPushSubscription, confirm_push_subscription
from server.services.drop_push_subscription import DropPushSubscription, drop_push_subscription
from server.services.keep_push_subscription import KeepPushSubscription, TerminalOwner, keep_push_subscription

blueprint = Blueprint(
    "terminal_push",
    __name__,
    url_prefix="/api/terminals/this",
    description="How the enrolled terminal that asks is reached over web push.",
)

# Each start of a browser compares; a terminal whose browser is restarted again and again stays far below.
TRIES_BY_AGENT = 120
TESTS_BY_AGENT = 30
WINDOW = timedelta(minutes=15)
TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"


class Keys(Schema):
    class Meta:
        unknown = ma.EXCLUDE

    p256dh = Text(required=True, metadata={"description": "The browser's public key, base64url."})
    auth = Text(required=True, metadata={"description": "Its authentication secret, base64url."})


class QuietHours(Schema):
    class Meta:
        unknown = ma.RAISE

    # `from` is a word of Python.
    from_ = Text(
        required=True, data_key="from", validate=Pattern(TIME), metadata={"description": "By the unit's clock: 22:00."}
    )
    until = Text(required=True, validate=Pattern(TIME), metadata={"description": "Next morning if it is earlier."})


class Subscription(Schema):
    class Meta:
        unknown = ma.RAISE

    endpoint = Text(required=True, metadata={"description": "Where the browser's push service takes messages."})
    keys = ma.fields.Nested(Keys, required=True)
    vapid_key = Text(required=True, metadata={"description": "The key of ours that the browser subscribed with."})
    language = ma.fields.String(required=True, validate=Choice(LANGUAGES))
    quiet = ma.fields.Nested(QuietHours, load_default=None, allow_none=True)


class QuietHoursOut(Schema):
    from_ = ma.fields.String(required=True, data_key="from")
    until = ma.fields.String(required=True)


class Kept(Schema):
    fingerprint = ma.fields.String(
        required=True, metadata={"description": "SHA-256 of the endpoint, base64url: the address is told to nobody."}
    )
    vapid_key = ma.fields.String(required=True, metadata={"description": "The key of ours that it was made with."})
    quiet = ma.fields.Nested(QuietHoursOut, required=True, allow_none=True)
    key = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The present key; when it differs, the browser should subscribe anew."},
    )


class Asked(Schema):
    id = ma.fields.UUID(required=True)


class Tested(Schema):
    state = ma.fields.String(
        required=True, validate=ma.validate.OneOf(["queued", "sent", "received", "shown", "failed"])
    )
    cause = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Of a failure: `no_channel`, `no_address`, `gone`, `key_wrong`, or the way's own code."
        },
    )


@blueprint.get("/push-subscription")
@blueprint.signed_in()
@blueprint.problems(HTTPStatus.NOT_FOUND)
@blueprint.response(HTTPStatus.OK, Kept)
def get_push_subscription() -> Response:
    """Read how this terminal is reached

    Each start of the browser compares this with what it has, and repairs it with a PUT.
    """
    context = current()
    with context.database.transaction() as session:
        _, terminal_id = require_terminal(session)
        row = of_terminal(session, terminal_id)
        if row is None:
            raise NotFound("no_push_subscription")
        confirm_push_subscription(session, ConfirmPushSubscription(row.id), context.now())
        return _present(row)


@blueprint.put("/push-subscription")
@blueprint.signed_in(writes=True)
@blueprint.arguments(Subscription)
@blueprint.problems(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
@blueprint.response(HTTPStatus.OK, Kept)
def put_push_subscription(body: dict[str, Any]) -> Response:
    """Be reached like this from now on

    The same once more changes nothing. 409 `push_off` where there is no web push; 422 `endpoint_…` for an address that
    nothing is sent to, `bad_push_key`, and `unknown_vapid_key` when the browser has to subscribe anew.
    """
    context = current()
    with context.database.transaction() as session:
        actor, terminal_id = require_terminal(session)
    limit_by_agent("push-subscription", actor.agent_id, limit=TRIES_BY_AGENT, window=WINDOW)
    keys = body["keys"]
    given = PushSubscription(body["endpoint"], keys["p256dh"], keys["auth"], body["vapid_key"])
    subscription = judge_subscription(context.settings.push, given)
    command = KeepPushSubscription(TerminalOwner(terminal_id), subscription, body["language"], _quiet(body["quiet"]))
    with context.database.transaction() as session:
        return _present(keep_push_subscription(session, command, context.now()))


@blueprint.delete("/push-subscription")
@blueprint.signed_in(writes=True)
@blueprint.problems()
@blueprint.response(HTTPStatus.NO_CONTENT)
def delete_push_subscription() -> Response:
    """Be reached no more"""
    context = current()
    with context.database.transaction() as session:
        _, terminal_id = require_terminal(session)
        drop_push_subscription(session, DropPushSubscription(TerminalOwner(terminal_id)))
    return _private(Response(status=HTTPStatus.NO_CONTENT))


@blueprint.post("/push-tests")
@blueprint.signed_in(writes=True)
@blueprint.problems(HTTPStatus.TOO_MANY_REQUESTS)
@blueprint.response(HTTPStatus.CREATED, Asked)
def post_push_test() -> Response:
    """Have a notification sent to this terminal, to see how far it comes"""
    context = current()
    with context.database.transaction() as session:
        actor, terminal_id = require_terminal(session)
    limit_by_agent("push-test", actor.agent_id, limit=TESTS_BY_AGENT, window=WINDOW)
    with context.database.transaction() as session:
        test = ask_push_test(session, AskPushTest(terminal_id), context.now())
    response = jsonify({"id": str(test.id)})
    response.status_code = int(HTTPStatus.CREATED)
    return _private(response)


@blueprint.get("/push-tests/<uuid:test_id>")
@blueprint.signed_in()
@blueprint.problems(HTTPStatus.NOT_FOUND)
@blueprint.response(HTTPStatus.OK, Tested)
def get_push_test(test_id: UUID) -> Response:
    """Read how far a test of this terminal has come"""
    context = current()
    with context.database.transaction() as session:
        _, terminal_id = require_terminal(session)
        test = session.get(PushTest, test_id)
    if test is None or test.terminal_id != terminal_id:
        raise NotFound("no_such_push_test")
    return _private(jsonify({"state": test.state, "cause": test.cause}))


def _quiet(given: dict[str, str] | None) -> tuple[time, time] | None:
    if given is None:
        return None
    start, end = time.fromisoformat(given["from_"]), time.fromisoformat(given["until"])
    if start == end:
        raise Invalid("invalid_arguments", {"fields": {"quiet.until": "unreadable"}})
    return start, end


def _present(row: PushSubscriptionRow) -> Response:
    quiet = None
    if row.quiet_from is not None and row.quiet_until is not None:
        quiet = {"from": f"{row.quiet_from:%H:%M}", "until": f"{row.quiet_until:%H:%M}"}
    return _private(
        jsonify(
            {
                "fingerprint": fingerprint(row.endpoint),
                "vapid_key": row.vapid_key,
                "quiet": quiet,
                "key": current_key(current().settings.push),
            }
        )
    )


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response

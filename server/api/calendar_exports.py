"""How gendarmes' appointments reach their own agendas: feeds, agendas over CalDAV, invitations by mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from sqlalchemy.orm import Session

from models.queries.exports import SeenExport, find_export, find_exports
from models.rules.actor import AgentActor
from models.rules.colleagues import require_unit
from models.rules.errors import Conflict, Forbidden, Invalid
from models.rules.exports import Health, Kind, state_of
from models.rules.refused_mails import count_refused
from models.tables import Unit
from server.api.calendar_export_addresses import judge, judge_anew
from server.api.calendar_export_schemas import AddedExport, AgendaWords, Export, ExportChange, NewExport
from server.api.interface import Blueprint
from server.context import current
from server.identity import require_agent, require_terminal
from server.rate_limits import limit_by_agent
from server.services.add_calendar_export import AddCalendarExport, add_calendar_export
from server.services.change_calendar_export import ChangeCalendarExport, change_calendar_export
from server.services.readdress_export import ReaddressExport, readdress_export
from server.services.revoke_calendar_export import RevokeCalendarExport, revoke_calendar_export
from server.services.run_calendar_export import RunCalendarExport, run_calendar_export
from server.services.set_agenda_words import SetAgendaWords, set_agenda_words

blueprint = Blueprint(
    "calendar_exports", __name__, url_prefix="/api/calendar-exports", description="Where appointments are exported to."
)

# Somebody who tries one address after the other stays below.
CHANGES_BY_AGENT = 60
WINDOW = timedelta(minutes=15)
REFUSALS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
)


@blueprint.get("")
@blueprint.signed_in()
@blueprint.response(HTTPStatus.OK, Export(many=True))
def get_exports() -> Response:
    """List exports

    One's own; the chief sees those of the unit.
    """
    context = current()
    with context.database.transaction() as session:
        actor = require_agent(session)
        here = _this_terminal(session)
        found = [_present(one, here) for one in find_exports(session, actor, context.now())]
    return _private(jsonify(found), HTTPStatus.OK)


@blueprint.post("")
@blueprint.signed_in(writes=True)
@blueprint.arguments(NewExport)
@blueprint.problems(*REFUSALS)
@blueprint.response(HTTPStatus.CREATED, AddedExport)
def post_export(body: dict[str, Any]) -> Response:
    """Export appointments

    A feed belongs to the terminal that asks, whose feed before it ends: 409 `no_terminal` for a browser that is none.
    409 `too_many_exports` with `most`; 422 names the field and why nothing may be sent there. With an `id` of one's own
    an agenda or mailbox can be asked for again when no answer came: it is the same export. 409 `id_taken` for somebody
    else's; 404 `no_such_export` where it is revoked.
    """
    context = current()
    kind = Kind(body["kind"])
    with context.database.transaction() as session:
        actor = require_agent(session)
        require_unit(actor)
    limit_by_agent("calendar-export", actor.agent_id, limit=CHANGES_BY_AGENT, window=WINDOW)
    host, address = judge(kind, body)
    with context.database.transaction() as session:
        terminal_id = None
        if kind is Kind.FEED:
            actor, terminal_id = _terminal(session)
            if body["agent_id"] not in (None, actor.agent_id):
                raise Invalid("invalid_arguments", {"fields": {"agent_id": "own_only"}})
        own_id = None if kind is Kind.FEED else body["id"]
        command = AddCalendarExport(kind, body["name"].strip(), body["agent_id"], terminal_id, host, address, own_id)
        now = context.now()
        added = add_calendar_export(session, command, actor, now, context.tokens, context.sealer)
        presented = _present(_seen(session, actor, added.export.id, now), terminal_id)
    url = f"{context.settings.public_url}/agenda/{added.token}.ics"
    return _private(jsonify(presented | ({"url": url} if added.token else {})), HTTPStatus.CREATED)


@blueprint.patch("/<uuid:export_id>")
@blueprint.signed_in(writes=True)
@blueprint.arguments(ExportChange)
@blueprint.problems(*REFUSALS)
@blueprint.response(HTTPStatus.OK, Export)
def patch_export(body: dict[str, Any], export_id: UUID) -> Response:
    """Rename, pause, resume or readdress an export

    What is left out stays. While a feed is paused it is not there; an agenda stays as it is. An address that is entered
    anew ends the pause of an export that stood still for the old one. A password goes with the server that it was given
    for: another one needs it anew.
    """
    context = current()
    address: dict[str, str] = {part: body[part] for part in ("url", "user", "password", "mail") if part in body}
    if address:
        with context.database.transaction() as session:
            actor = require_agent(session)
        limit_by_agent("calendar-export", actor.agent_id, limit=CHANGES_BY_AGENT, window=WINDOW)
    with context.database.transaction() as session:
        actor, now = require_agent(session), context.now()
        if address:
            host = judge_anew(address)
            readdress_export(session, ReaddressExport(export_id, address, host), actor, now, context.sealer)
        name = body.get("name")
        command = ChangeCalendarExport(export_id, name and name.strip(), body.get("paused"))
        change_calendar_export(session, command, actor, now)
        presented = _present(_seen(session, actor, export_id, now), _this_terminal(session))
    return _private(jsonify(presented), HTTPStatus.OK)


@blueprint.post("/<uuid:export_id>/run")
@blueprint.signed_in(writes=True)
@blueprint.problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)
@blueprint.response(HTTPStatus.ACCEPTED)
def post_run(export_id: UUID) -> Response:
    """Bring an agenda into line now

    409 `export_paused`, or `nothing_to_run` for a feed.
    """
    context = current()
    with context.database.transaction() as session:
        actor = require_agent(session)
    limit_by_agent("calendar-run", actor.agent_id, limit=CHANGES_BY_AGENT, window=WINDOW)
    with context.database.transaction() as session:
        run_calendar_export(session, RunCalendarExport(export_id), actor, context.now())
    return _private(Response(), HTTPStatus.ACCEPTED)


@blueprint.delete("/<uuid:export_id>")
@blueprint.signed_in(writes=True)
@blueprint.problems(HTTPStatus.NOT_FOUND)
@blueprint.response(HTTPStatus.NO_CONTENT)
def delete_export(export_id: UUID) -> Response:
    """Revoke an export

    A feed is gone at once. What was written into an agenda is taken out first, for a week at most (`ending`).
    """
    context = current()
    with context.database.transaction() as session:
        actor = require_agent(session)
        revoke_calendar_export(session, RevokeCalendarExport(export_id), actor, context.now())
    return _private(Response(), HTTPStatus.NO_CONTENT)


@blueprint.get("/settings")
@blueprint.signed_in()
@blueprint.response(HTTPStatus.OK, AgendaWords)
def get_settings() -> Response:
    """Read what the unit's agendas may say

    Of a discreet appointment they say neither, whatever is set.
    """
    with current().database.transaction() as session:
        unit = session.get_one(Unit, require_unit(require_agent(session)))
        words = {"subject": unit.agendas_show_subject, "place": unit.agendas_show_place}
    return _private(jsonify(words), HTTPStatus.OK)


@blueprint.put("/settings")
@blueprint.signed_in(writes=True)
@blueprint.arguments(AgendaWords)
@blueprint.problems(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
@blueprint.response(HTTPStatus.OK, AgendaWords)
def put_settings(body: dict[str, bool]) -> Response:
    """Set what the unit's agendas may say

    The chief only.
    """
    context = current()
    with context.database.transaction() as session:
        actor = require_agent(session)
        set_agenda_words(session, SetAgendaWords(body["subject"], body["place"]), actor, context.now())
    return _private(jsonify(body), HTTPStatus.OK)


def _terminal(session: Session) -> tuple[AgentActor, UUID]:
    """Who asks, and their terminal.

    Raises:
        Conflict: `no_terminal`: it is a browser with a password.
    """
    try:
        return require_terminal(session)
    except Forbidden as refusal:
        if refusal.code != "terminal_needed":
            raise
        raise Conflict("no_terminal") from None


def _seen(session: Session, actor: AgentActor, export_id: UUID, now: datetime) -> SeenExport:
    seen = find_export(session, actor, export_id, now)
    assert seen is not None
    return seen


def _this_terminal(session: Session) -> UUID | None:
    """The terminal that asks; None: it is a browser with a password."""
    try:
        return require_terminal(session)[1]
    except Forbidden:
        return None


def _present(seen: SeenExport, here: UUID | None) -> dict[str, Any]:
    """What the screens read.

    Args:
        here: the terminal that asks.
    """
    export = seen.export
    health = Health(
        paused=export.paused_at is not None,
        revoked=export.revoked_at is not None,
        succeeded_at=export.succeeded_at,
        failures_in_a_row=export.failures_in_a_row,
        failure_code=export.failure_code,
    )
    terminal = (
        None
        if export.terminal_id is None
        else {"id": str(export.terminal_id), "name": seen.terminal_name, "this": export.terminal_id == here}
    )
    return {
        "id": str(export.id),
        "kind": export.kind,
        "name": export.name,
        "agent": {"id": export.agent_id, "name": seen.agent_name},
        "terminal": terminal,
        "host": export.host,
        "state": state_of(health).value,
        "pause_cause": export.pause_cause,
        "created_at": export.created_at.isoformat(),
        "tried_at": _iso(export.tried_at),
        "succeeded_at": _iso(export.succeeded_at),
        "failure": None
        if export.failed_at is None
        else {
            "code": export.failure_code,
            "at": export.failed_at.isoformat(),
            "in_a_row": export.failures_in_a_row,
        },
        "holds": seen.holds,
        "refused": count_refused(export.known),
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _private(response: Response, status: HTTPStatus) -> Response:
    response.status_code = int(status)
    response.headers["Cache-Control"] = "no-store"
    return response

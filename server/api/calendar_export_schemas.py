"""What the operations on exports take and give."""

from __future__ import annotations

import marshmallow as ma

from models.rules.exports import Kind, State
from server.api.planning_schemas import LONGEST_NAME, LONGEST_SECRET, LONGEST_URL, OWN_ID, Flag
from server.api.schemas import Choice, Person, Schema, Whole, text


class NewExport(Schema):
    class Meta:
        unknown = ma.RAISE

    id = ma.fields.UUID(
        load_default=None,
        metadata={"description": f"{OWN_ID['description']} Of no meaning for a feed, which a new one replaces."},
    )
    kind = ma.fields.String(required=True, validate=Choice(Kind))
    name = text(LONGEST_NAME, shortest=1, required=True, description="What people recognise it by.")
    agent_id = Whole(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(1, 2**31 - 1, error="unreadable"),
        metadata={"description": "Whose appointments; null for your own. A feed is always your own."},
    )
    url = text(LONGEST_URL, load_default="", description="Of the agenda, for `caldav`.")
    user = text(LONGEST_SECRET, load_default="", description="For `caldav`.")
    password = text(LONGEST_SECRET, load_default="", description="For `caldav`; never shown again.")
    mail = text(254, load_default="", description="For `mail`.")


class ExportChange(Schema):
    class Meta:
        unknown = ma.RAISE

    name = text(LONGEST_NAME, shortest=1)
    paused = Flag()
    url = text(LONGEST_URL, description="Of the agenda, for `caldav`.")
    user = text(LONGEST_SECRET, description="For `caldav`.")
    password = text(LONGEST_SECRET, description="For `caldav`; never shown again.")
    mail = text(254, description="For `mail`.")


class AgendaWords(Schema):
    class Meta:
        unknown = ma.RAISE

    subject = Flag(required=True)
    place = Flag(required=True)


class OfTerminal(Schema):
    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    this = ma.fields.Boolean(required=True, metadata={"description": "Whether it is the terminal that asks."})


class ExportFailure(Schema):
    code = ma.fields.String(required=True)
    at = ma.fields.String(required=True, metadata={"format": "date-time"})
    in_a_row = ma.fields.Integer(required=True)


class Export(Schema):
    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True, validate=Choice(Kind))
    name = ma.fields.String(required=True)
    agent = ma.fields.Nested(Person, required=True)
    terminal = ma.fields.Nested(OfTerminal, required=True, allow_none=True)
    host = ma.fields.String(required=True, allow_none=True)
    state = ma.fields.String(required=True, validate=Choice(State))
    pause_cause = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "`person`, or why nothing more is tried: `sign_in`, `forbidden`, `gone`, `unsealable`."
        },
    )
    created_at = ma.fields.String(required=True, metadata={"format": "date-time"})
    tried_at = ma.fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    succeeded_at = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"format": "date-time", "description": "Of a feed: when it was last read."},
    )
    failure = ma.fields.Nested(ExportFailure, required=True, allow_none=True)
    holds = ma.fields.Integer(required=True, metadata={"description": "How many appointments the agenda holds."})
    refused = ma.fields.Integer(
        required=True,
        metadata={
            "description": "Of `mail`: how many invitations were refused for good. They are sent again once they say"
            " something else, or when somebody runs the export."
        },
    )


class AddedExport(Export):
    url = ma.fields.String(metadata={"description": "Of a feed, this once: it is a secret of its agent."})

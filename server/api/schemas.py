"""What every schema of the interface shares: error codes instead of sentences, and problems as RFC 9457 has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

WITHOUT_NUL = r"^[^\x00]*$"
INSEE = "^[0-9][0-9AB][0-9]{3}$"


class Schema(ma.Schema):
    """A schema whose errors are codes: `missing`, `unreadable`, `unknown`, `too_long`; programs act on them."""

    error_messages = {"unknown": "unknown", "type": "unreadable"}  # noqa: RUF012 -- marshmallow reads it from here.

    def on_bind_field(self, field_name: str, field_obj: ma.fields.Field[Any]) -> None:
        del field_name
        field_obj.error_messages = {
            key: "missing" if key in ("required", "null") else "unreadable" for key in field_obj.error_messages
        }
        if isinstance(field_obj, ma.fields.List):
            self.on_bind_field("", field_obj.inner)


class Person(Schema):
    """Somebody of the gendarmerie, as documents name them."""

    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)


class Pattern(ma.validate.Regexp):
    """A pattern that the whole text must match; `$` alone would let a final line break through."""

    def __init__(self, pattern: str, error: str = "unreadable") -> None:
        super().__init__(pattern, error=error)

    def __call__(self, value: Any) -> Any:
        if self.regex.fullmatch(value) is None:
            raise ma.ValidationError(str(self.error))
        return value


class Choice(ma.validate.OneOf):
    """One of some words, else `unknown`."""

    def __init__(self, choices: Any) -> None:
        super().__init__(list(choices), error="unknown")


class Text(ma.fields.String):
    """Text that the database can keep and that can be sent on: no NUL, no half of a surrogate pair."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        read = super()._deserialize(value, attr, data, **kwargs)
        if not storable(read):
            raise self.make_error("invalid")
        return read


class Whole(ma.fields.Integer):
    """A whole number of a JSON body: `1` and `1.0` are the same number there, `"1"` and `true` are none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise self.make_error("invalid", input=value)
        return super()._deserialize(int(value), attr, data, **kwargs)


def storable(value: str) -> bool:
    """Whether a text holds neither NUL nor half of a surrogate pair."""
    return "\0" not in value and not any("\ud800" <= char <= "\udfff" for char in value)


def text(longest: int, *, shortest: int = 0, description: str = "", **options: Any) -> Text:
    """A text field with its limits and what it means."""
    limits: list[Any] = [ma.validate.Length(max=longest, error="too_long")]
    if shortest:
        limits.append(ma.validate.Length(min=shortest, error="missing"))
    metadata = {"pattern": WITHOUT_NUL, **({"description": description} if description else {})}
    return Text(validate=limits, metadata=metadata, **options)


class _Open(Schema):
    class Meta:
        unknown = ma.INCLUDE


# A class body could not name a field `fields`: marshmallow keeps its own there.
Problem = _Open.from_dict(
    {
        "type": ma.fields.String(required=True, metadata={"format": "uri-reference"}),
        "title": ma.fields.String(required=True, metadata={"description": "For people, in their language."}),
        "status": ma.fields.Integer(required=True),
        "code": ma.fields.String(required=True, metadata={"description": "For programs; it stays."}),
        "fields": ma.fields.Dict(
            keys=ma.fields.String(),
            values=ma.fields.String(),
            metadata={"description": "What is wrong, by field: `missing`, `unreadable`, `unknown`, `too_long`, …"},
        ),
        "error_id": ma.fields.String(metadata={"description": "Finds the entry in our log."}),
        "retry_after": ma.fields.Integer(metadata={"description": "Seconds to wait before trying again."}),
    },
    name="Problem",
)


def flat_errors(messages: Mapping[Any, Any]) -> dict[str, str]:
    """Turn marshmallow's nested messages into `{"mutations.0.seq": "missing"}`: the first code of each field."""
    found: dict[str, str] = {}

    def walk(value: Any, path: str) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                walk(inner, path if key == "_schema" else f"{path}.{_printable(key)}".lstrip("."))
        elif isinstance(value, list):
            found.setdefault(path or "body", str(value[0]) if value else "unreadable")
        else:
            found.setdefault(path or "body", str(value))

    walk(messages, "")
    return found


def _printable(key: Any) -> str:
    # The name of an unknown field is the caller's own text: it is echoed, but no more of it than helps.
    return re.sub(r"[^\w.\[\]-]", "?", str(key))[:60]

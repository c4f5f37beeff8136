"""What a citizen has answered so far, carried from page to page in the form itself: nothing is kept before they send.

The fields are signed by nobody and believed by nobody: the service checks all of them again when they are sent.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from models.rules.contact_details import ContactDetails, problems
from server.phone_numbers import read_phone, region_of

KEY_BYTES = 16
LONGEST_KEY = 64

# The pages of the form in order, with the fields that each one asks for.
FIELDS_OF_STEP: dict[str, tuple[str, ...]] = {
    "where": ("commune", "commune_insee"),
    "unit": ("chosen_unit_id",),
    "why": ("reason_code",),
    "how": ("channel", "call_window", "safe_time", "may_leave_message"),
    "facts": ("facts", "place"),
    "who": ("caller_name", "phone", "email"),
    "summary": (),
}
STEPS = tuple(FIELDS_OF_STEP)


@dataclass(frozen=True)
class Answers:
    """Every field as it was typed, so that it can be shown again as it was typed.

    Args:
        key: drawn when the form begins; the same key is the same request, however often it is sent.
        commune: what was typed to find the commune; `commune_asked` is what `commune_insee` was chosen for.
        may_leave_message: `yes`, or empty.
    """

    key: str = ""
    commune: str = ""
    commune_asked: str = ""
    commune_insee: str = ""
    chosen_unit_id: str = ""
    reason_code: str = ""
    channel: str = ""
    call_window: str = ""
    safe_time: str = ""
    may_leave_message: str = ""
    facts: str = ""
    place: str = ""
    caller_name: str = ""
    phone: str = ""
    email: str = ""

    def but(self, **changes: str) -> Answers:
        """The same answers with some changed."""
        return replace(self, **changes)

    def hidden_on(self, step: str) -> dict[str, str]:
        """The fields that the page of `step` carries without showing them."""
        shown = FIELDS_OF_STEP[step]
        values = {field.name: str(getattr(self, field.name)) for field in fields(self)}
        return {name: value for name, value in values.items() if name not in shown and value}

    def details(self) -> ContactDetails:
        """The answers as the service wants them."""
        phone, phone_is_valid = read_phone(self.phone, region_of(self.commune_insee))
        return ContactDetails(
            commune_insee=self.commune_insee,
            reason_code=self.reason_code,
            channel=self.channel,
            call_window=self.call_window,
            safe_time=self.safe_time,
            may_leave_message=self.may_leave_message == "yes",
            facts=self.facts,
            place=self.place,
            caller_name=self.caller_name,
            phone=phone,
            phone_is_valid=phone_is_valid,
            email=self.email,
        )

    def problems_of(self, step: str, reason_codes: Mapping[str, object]) -> dict[str, str]:
        """What is wrong on the page of `step`, by field, in the order in which the page asks."""
        found = problems(self.details(), reason_codes=reason_codes.keys())
        return {name: found[name] for name in FIELDS_OF_STEP[step] if name in found}


def begin() -> Answers:
    """Nothing answered yet, and the key of the request to come."""
    return Answers(key=new_key())


def new_key() -> str:
    return secrets.token_urlsafe(KEY_BYTES)


def read_answers(form: Mapping[str, str]) -> Answers:
    """Read every field from a form that was sent, whoever made it up."""
    values = {field.name: _clean(form.get(field.name, "")) for field in fields(Answers)}
    if not 0 < len(values["key"]) <= LONGEST_KEY:
        values["key"] = new_key()
    return Answers(**values)


def step_of(field: str) -> str:
    """The page that asks for `field`."""
    return next((step for step, names in FIELDS_OF_STEP.items() if field in names), "summary")


def _clean(text: str) -> str:
    # Browsers send line ends as CR LF, and PostgreSQL has no text that holds a NUL.
    return text.replace("\r\n", "\n").replace("\0", "").strip()

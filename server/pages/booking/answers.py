"""What a citizen has answered on the way to an appointment, carried in the form itself like the contact form's answers.

The fields are believed by nobody: the services check all of them again. The time that is kept for the citizen is a row
in the database; the form only carries the secret that belongs to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from uuid import UUID

from models.rules.booking import BookingDetails
from server.pages.answers import LONGEST_KEY, new_key
from server.phone_numbers import read_phone, region_of

# The pages of the form in order, with the fields that each one asks for; `prove` belongs to the third step.
FIELDS_OF_STEP: dict[str, tuple[str, ...]] = {
    "what": ("reason_code", "commune", "commune_insee"),
    "when": (),
    "who": ("caller_name", "phone", "email", "may_leave_message", "facts", "address"),
    "prove": ("code",),
}
STEPS = tuple(FIELDS_OF_STEP)
VIEWS = ("list", "month", "elsewhere")


@dataclass(frozen=True)
class BookingAnswers:
    """Every field as it was typed, so that it can be shown again as it was typed.

    Args:
        key: drawn when the form begins; the same key is the same booking, however often it is sent.
        chosen_unit_id: another unit than the competent one, when the citizen wants it or nobody knows who is.
        view: how the free times are shown, one of `VIEWS`; `days` how many of the list, `month` and `day` which ones.
        pick: the time that was pressed, as `server.pages.booking.picks` writes it.
        hold_token: the secret of the time that is kept.
        verification_id: the code that was sent, to be typed into `code`.
    """

    key: str = ""
    reason_code: str = ""
    commune: str = ""
    commune_asked: str = ""
    commune_insee: str = ""
    chosen_unit_id: str = ""
    view: str = ""
    days: str = ""
    month: str = ""
    day: str = ""
    pick: str = ""
    hold_token: str = ""
    caller_name: str = ""
    phone: str = ""
    email: str = ""
    may_leave_message: str = ""
    facts: str = ""
    address: str = ""
    verification_id: str = ""
    code: str = ""

    def but(self, **changes: str) -> BookingAnswers:
        """The same answers with some changed."""
        return replace(self, **changes)

    def hidden_on(self, step: str) -> dict[str, str]:
        """The fields that the page of `step` carries without showing them."""
        shown = FIELDS_OF_STEP[step]
        values = {field.name: str(getattr(self, field.name)) for field in fields(self)}
        return {name: value for name, value in values.items() if name not in shown and value}

    def details(self) -> BookingDetails:
        """The answers as the service wants them."""
        phone, phone_is_valid = read_phone(self.phone, region_of(self.commune_insee))
        return BookingDetails(
            caller_name=self.caller_name,
            phone=phone,
            phone_is_valid=phone_is_valid,
            email=self.email,
            facts=self.facts,
            address=self.address,
            commune_insee=self.commune_insee or None,
            may_leave_message=self.may_leave_message == "yes",
        )

    @property
    def unit_id(self) -> int | None:
        """The chosen unit's number, when it can be one."""
        chosen = self.chosen_unit_id
        return int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 10 else None

    @property
    def verification_uuid(self) -> UUID | None:
        """The code's number, when it can be one."""
        try:
            return UUID(self.verification_id)
        except ValueError:
            return None


def begin() -> BookingAnswers:
    """Nothing answered yet, and the key of the booking to come."""
    return BookingAnswers(key=new_key())


def read_answers(form: Mapping[str, str]) -> BookingAnswers:
    """Read every field from a form that was sent, whoever made it up."""
    # Browsers send line ends as CR LF, and PostgreSQL has no text that holds a NUL.
    values = {
        field.name: form.get(field.name, "").replace("\r\n", "\n").replace("\0", "").strip()
        for field in fields(BookingAnswers)
    }
    if not 0 < len(values["key"]) <= LONGEST_KEY:
        values["key"] = new_key()
    if values["view"] not in VIEWS:
        values["view"] = "list"
    return BookingAnswers(**values)


def step_of(field: str) -> str:
    """The page that asks for `field`."""
    return next((step for step, names in FIELDS_OF_STEP.items() if field in names), "who")

"""Reads the arguments of mutations about openings and their occurrences."""

from __future__ import annotations

from uuid import UUID

from models.rules.occurrences import HolidayRule
from models.rules.openings import Handling, PlaceKind, Proposal
from models.rules.recurrence import Recurrence
from models.rules.recurrence_text import LONGEST, read_recurrence
from server.services._arguments import (
    Args,
    invalid,
    read_day,
    read_flag,
    read_instant,
    read_optional_instant,
    read_optional_whole,
    read_text,
    read_uuid,
    read_whole,
    read_word,
    read_words,
)
from server.services.amend_opening import AmendOpening
from server.services.change_occurrence import ChangeOccurrence
from server.services.propose_opening import ProposeOpening
from server.services.refuse_opening import RefuseOpening
from server.services.set_unit_holiday import SetUnitHoliday
from server.services.withdraw_opening import WithdrawOpening

LONGEST_WORD = 500
LONGEST_PLACE = 200
LONGEST_HOLIDAY = 80
MOST_REASONS = 50
MOST_APPOINTMENTS = 1000


def read_proposal(args: Args) -> ProposeOpening:
    return ProposeOpening(read_uuid(args, "opening_id"), _proposal(args))


def read_amendment(args: Args) -> AmendOpening:
    return AmendOpening(read_uuid(args, "opening_id"), _proposal(args))


def read_refusal(args: Args) -> RefuseOpening:
    return RefuseOpening(read_uuid(args, "opening_id"), read_text(args, "word", LONGEST_WORD, required=True))


def read_withdrawal(args: Args) -> WithdrawOpening:
    word = read_text(args, "word", LONGEST_WORD, required=False)
    return WithdrawOpening(read_uuid(args, "opening_id"), word, _choices(args))


def read_change(args: Args) -> ChangeOccurrence:
    return ChangeOccurrence(
        read_uuid(args, "opening_id"),
        read_day(args, "day"),
        read_optional_instant(args, "starts_at"),
        read_optional_instant(args, "ends_at"),
        read_text(args, "word", LONGEST_WORD, required=False),
        _choices(args),
    )


def read_holiday(args: Args) -> SetUnitHoliday:
    return SetUnitHoliday(
        read_day(args, "day"),
        "" if args.get("name") is None else read_text(args, "name", LONGEST_HOLIDAY, required=False),
        read_flag(args, "ordinary"),
    )


def _proposal(args: Args) -> Proposal:
    rule = args.get("holiday_rule")
    return Proposal(
        starts_at=read_instant(args, "starts_at"),
        ends_at=read_instant(args, "ends_at"),
        counters=read_whole(args, "counters"),
        reason_codes=read_words(args, "reasons", MOST_REASONS),
        place_kind=read_word(args, "place_kind", PlaceKind),
        place_name=read_text(args, "place_name", LONGEST_PLACE, required=False),
        agent_id=read_optional_whole(args, "agent_id"),
        recurrence=_recurrence(args),
        holiday_rule=HolidayRule.CLOSED if rule is None else read_word(args, "holiday_rule", HolidayRule),
    )


def _recurrence(args: Args) -> Recurrence | None:
    if args.get("recurrence") is None:
        return None
    return read_recurrence(read_text(args, "recurrence", LONGEST, required=True))


def _choices(args: Args) -> dict[UUID, Handling]:
    """What becomes of each appointment, by its id."""
    value = args.get("appointments")
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > MOST_APPOINTMENTS:
        raise invalid("appointments", "unreadable")
    try:
        return {UUID(str(one)): Handling(how) for one, how in value.items()}
    except ValueError as error:
        raise invalid("appointments", "unreadable") from error

"""The ladder that a wait climbs until a person has taken it: which step is due, to whom, and over which channels.

    step  after              who                                              channels
    0     at commit          every connected terminal of the unit             socket
    1     at once            agents who are available                         web push
    2     2 min unseen       the whole unit on duty; the first to go          web push; SMS too
    3     10 min untaken     the chiefs; the unit's mailbox                   web push and SMS; e-mail
    4     30 min untaken     the supervisors; the citizen is told honestly    socket; e-mail

Pure: facts and `now` in, a plan out. A call that did not get through is not repeated here: the next step is its
repeat, and reaches more people.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from models.rules.duty import Status, offered


class Step(IntEnum):
    TERMINALS = 0
    AVAILABLE = 1
    ON_DUTY = 2
    CHIEF = 3
    SUPERVISOR = 4


class Channel(StrEnum):
    SOCKET = "socket"
    WEB_PUSH = "web_push"
    SMS = "sms"
    EMAIL = "email"


class Who(StrEnum):
    """Whom a call is for; only `AGENT` goes with an agent's id."""

    TERMINALS = "terminals"
    AGENT = "agent"
    MAILBOX = "mailbox"
    SUPERVISORS = "supervisors"


class Subject(StrEnum):
    """What waits: a citizen's request for anybody of the unit, or an appointment that only a chief can approve."""

    REQUEST = "request"
    APPROVAL = "approval"


class Standing(StrEnum):
    """Whether it still waits, somebody has taken it, or it came to another end (withdrawn, expired, moved away)."""

    WAITING = "waiting"
    TAKEN = "taken"
    OVER = "over"


class End(StrEnum):
    """How a ladder ended: taken, over for another reason, or with the supervisors, above whom there is nobody."""

    TAKEN = "taken"
    OVER = "over"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Deadlines:
    """When the steps after the first two are due, counted from the beginning of the wait.

    Args:
        on_duty: when nobody has seen it until then.
        chief, supervisor: when nobody has taken it until then.

    Raises:
        ValueError: they are not in order.
    """

    on_duty: timedelta = timedelta(minutes=2)
    chief: timedelta = timedelta(minutes=10)
    supervisor: timedelta = timedelta(minutes=30)

    def __post_init__(self) -> None:
        if not timedelta(0) < self.on_duty < self.chief < self.supervisor:
            raise ValueError(f"deadlines out of order: {self}")


@dataclass(frozen=True)
class Person:
    """An agent of the unit; `absent` is one who has said to be away just now, whatever their position says."""

    agent_id: int
    status: Status | None
    is_chief: bool = False
    absent: bool = False


@dataclass(frozen=True)
class Ladder:
    """What is known of a wait and its ladder.

    Args:
        begun_at: when the wait began, put back by as much as the clock was put back since (`Plan.begun_at`).
        looked_at: when somebody last looked at it; None for the first time.
        climbed: the highest step behind it.
        seen: somebody of the unit has opened it since it waits.
        declined: who has answered that they cannot: nothing more comes to them for this wait.
    """

    subject: Subject
    standing: Standing
    begun_at: datetime
    looked_at: datetime | None = None
    climbed: Step | None = None
    seen: bool = False
    declined: frozenset[int] = frozenset()


@dataclass(frozen=True, order=True)
class Call:
    """One person (or mailbox, or the terminals) to reach in a step over one channel.

    Args:
        quiet: shown without a sound, for who has their hands full.
    """

    step: Step
    who: Who
    channel: Channel
    agent_id: int = 0
    quiet: bool = False


@dataclass(frozen=True)
class Plan:
    """What follows from a look.

    Args:
        begun_at: what `Ladder.begun_at` is from now on.
        climbed: the same of `Ladder.climbed`.
        calls: whom to reach now; nobody twice over the same channel.
        next_look_at: when the next step is due; None once it has ended.
        end: how the ladder ended, or None.
    """

    begun_at: datetime
    climbed: Step | None
    calls: tuple[Call, ...] = ()
    next_look_at: datetime | None = None
    end: End | None = None

    @property
    def reaches_supervisors(self) -> bool:
        return self.end is End.SUPERVISOR


def look(ladder: Ladder, people: Collection[Person], deadlines: Deadlines, now: datetime) -> Plan:
    """Say what is to be done for a wait at `now`.

    When several steps have come due since the last look, because no worker ran or the clock was put forward, whoever
    is named by more than one of them hears of the highest only.
    """
    # A clock that was put back would make a citizen wait for as much longer: the time that has passed stays passed.
    begun_at = ladder.begun_at - max((ladder.looked_at or ladder.begun_at) - now, timedelta(0))
    if ladder.standing is not Standing.WAITING:
        end = End.TAKEN if ladder.standing is Standing.TAKEN else End.OVER
        return Plan(begun_at, ladder.climbed, end=end)
    to_come = [rung for rung in LADDER if ladder.climbed is None or rung.step > ladder.climbed]
    due = [rung for rung in to_come if begun_at + rung.after(deadlines) <= now]
    climbed = due[-1].step if due else ladder.climbed
    willing = [person for person in people if person.agent_id not in ladder.declined]
    calls: dict[tuple[Who, Channel, int], Call] = {}
    for rung in due:
        if rung.spared_when_seen and ladder.seen:
            continue
        for call in rung.calls(willing, ladder.subject):
            calls[call.who, call.channel, call.agent_id] = call
    if climbed is Step.SUPERVISOR or not to_come:
        return Plan(begun_at, climbed, tuple(sorted(calls.values())), end=End.SUPERVISOR)
    next_rung = to_come[len(due)]
    return Plan(begun_at, climbed, tuple(sorted(calls.values())), next_look_at=begun_at + next_rung.after(deadlines))


def may_still_be_called(person: Person, channel: Channel) -> bool:
    """Say whether a call that has waited may reach `person` now: who has gone off duty or away meanwhile sleeps.

    Over SMS, which cannot be quiet, neither may one whose hands are full by now.
    """
    return _serves(person) and (channel is not Channel.SMS or offered(person.status))


@dataclass(frozen=True)
class Line:
    """In a rung: a channel, and which of the people it is for (`who` alone, where it is nobody of the unit)."""

    who: Who
    channel: Channel
    among: Callable[[Person], bool] | None = None


@dataclass(frozen=True)
class Rung:
    """A step: when it is due, whom it is for, and whether one who has seen it makes it needless."""

    step: Step
    after: Callable[[Deadlines], timedelta]
    lines: tuple[Line, ...]
    spared_when_seen: bool = False

    def calls(self, people: Collection[Person], subject: Subject) -> list[Call]:
        """Whom this step reaches of `people`."""
        found = []
        for line in self.lines:
            if line.among is None:
                found.append(Call(self.step, line.who, line.channel))
                continue
            found += [
                Call(self.step, line.who, line.channel, one.agent_id, quiet=one.status is Status.ON_INTERVENTION)
                for one in people
                # Whoever cannot do anything about it is left in peace.
                if (subject is Subject.REQUEST or one.is_chief) and line.among(one)
            ]
        return found


def _serves(person: Person) -> bool:
    return person.status is not Status.OFF_DUTY and not person.absent


def _on_duty(person: Person) -> bool:
    return offered(person.status) and not person.absent


def _available(person: Person) -> bool:
    # In a unit that does not keep positions, whoever serves in it counts as available.
    return person.status in {Status.AVAILABLE, None} and not person.absent


def _first_to_go(person: Person) -> bool:
    return person.status is Status.FIRST_TO_GO and not person.absent


def _chief(person: Person) -> bool:
    # On an intervention the chief still answers for the brigade, but nothing may ring there.
    return person.is_chief and _serves(person)


def _chief_who_may_be_rung(person: Person) -> bool:
    return _chief(person) and offered(person.status)


LADDER: tuple[Rung, ...] = (
    Rung(Step.TERMINALS, lambda _: timedelta(0), (Line(Who.TERMINALS, Channel.SOCKET),)),
    Rung(Step.AVAILABLE, lambda _: timedelta(0), (Line(Who.AGENT, Channel.WEB_PUSH, _available),)),
    Rung(
        Step.ON_DUTY,
        lambda deadlines: deadlines.on_duty,
        (Line(Who.AGENT, Channel.WEB_PUSH, _on_duty), Line(Who.AGENT, Channel.SMS, _first_to_go)),
        spared_when_seen=True,
    ),
    Rung(
        Step.CHIEF,
        lambda deadlines: deadlines.chief,
        (
            Line(Who.AGENT, Channel.WEB_PUSH, _chief),
            Line(Who.AGENT, Channel.SMS, _chief_who_may_be_rung),
            Line(Who.MAILBOX, Channel.EMAIL),
        ),
    ),
    # The citizen's mail is the event's own, which `push.audience` sends as every other.
    Rung(Step.SUPERVISOR, lambda deadlines: deadlines.supervisor, (Line(Who.SUPERVISORS, Channel.SOCKET),)),
)

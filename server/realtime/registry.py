"""Which sockets this process holds, and by which right each of them listens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

AGENT = "agent"
SIGN_IN = "sign-in"
# Enough of a hash to tell sign-ins apart, too little to be of use; the trigger cuts at the same place.
HASH_DIGITS = 16


@dataclass(frozen=True, slots=True)
class TerminalTicket:
    """A terminal listens to `scope`, its unit's or the supervisors', because the sign-in with `token_hash` belongs to
    `agent_id`."""

    sid: str
    token_hash: bytes
    agent_id: int
    scope: str

    def rests_on(self, key: str) -> bool:
        kind, _, rest = key.partition(":")
        if kind == AGENT:
            return rest == str(self.agent_id)
        return kind == SIGN_IN and rest == self.token_hash.hex()[:HASH_DIGITS]


@dataclass(frozen=True, slots=True)
class CitizenTicket:
    """A follow page listens to `scope` because its link hashes to `token_hash`; it came from `address`.

    The scope is that of a request or of a booking, and the right to listen to it has the same name.
    """

    sid: str
    token_hash: bytes
    scope: str
    address: str

    def rests_on(self, key: str) -> bool:
        return key == self.scope


Ticket = TerminalTicket | CitizenTicket


class LiveSockets:
    """The tickets of one process, by socket id.

    `changes` counts the rights that changed meanwhile: who reads rights and then admits a socket compares it, because
    a right that ended in between was reported before there was a ticket to find.
    """

    def __init__(self) -> None:
        self._tickets: dict[str, Ticket] = {}
        self._citizens_from: Counter[str] = Counter()
        self.changes = 0

    def __len__(self) -> int:
        return len(self._tickets)

    def __contains__(self, sid: str) -> bool:
        return sid in self._tickets

    def __iter__(self) -> Iterator[Ticket]:
        return iter(list(self._tickets.values()))

    def add(self, ticket: Ticket) -> None:
        self._tickets[ticket.sid] = ticket
        if isinstance(ticket, CitizenTicket):
            self._citizens_from[ticket.address] += 1

    def drop(self, sid: str) -> None:
        """Forget a socket; a second time changes nothing."""
        ticket = self._tickets.pop(sid, None)
        if isinstance(ticket, CitizenTicket):
            self._citizens_from[ticket.address] -= 1
            if not self._citizens_from[ticket.address]:
                del self._citizens_from[ticket.address]

    def get(self, sid: str) -> Ticket | None:
        return self._tickets.get(sid)

    def citizens_from(self, address: str) -> int:
        return self._citizens_from[address]

    def resting_on(self, key: str) -> list[Ticket]:
        """The sockets whose right is `key`; rights end rarely, so that looking at all of them is cheap enough."""
        return [ticket for ticket in self if ticket.rests_on(key)]

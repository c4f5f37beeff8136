"""What a CalDAV server's answer means, and what there is to be done (RFC 4791, RFC 4918, RFC 9110). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from push.web_push_answers import read_retry_after


class Outcome(StrEnum):
    """What has become of an errand, and what the caller has to do."""

    DONE = "done"  # The agenda is as it ought to be. Nothing.
    SIGN_IN = "sign_in"  # Name and password are not accepted. Pause the export, tell the chief.
    FORBIDDEN = "forbidden"  # We may look, but not write. Pause the export, tell the chief.
    GONE = "gone"  # There is no such agenda any more. Pause the export, tell the chief.
    CONFLICT = "conflict"  # Something that is not ours stands in the way. Reconcile; tell the chief if it stays so.
    REFUSED = "refused"  # Our mistake, or no CalDAV server, or an address that may not be sent to. Alert.
    RETRY = "retry"  # The server is away, slow or busy. Try again, not before `retry_at` if it has asked for that.


# These are about the whole agenda: whatever else is to be done there would fare the same.
STOPPING = frozenset({Outcome.SIGN_IN, Outcome.FORBIDDEN, Outcome.GONE, Outcome.RETRY})

_FINAL = {
    401: Outcome.SIGN_IN,
    403: Outcome.FORBIDDEN,
    404: Outcome.GONE,
    # What an event should lie in is missing (RFC 4918, section 9.7.1).
    409: Outcome.GONE,
    410: Outcome.GONE,
}
# Too early or too slow, locked by another program (RFC 4918, section 11.3), asked too often.
_TEMPORARY = frozenset({408, 423, 425, 429})
_HELD_ELSEWHERE = b"no-uid-conflict"


@dataclass(frozen=True)
class Answer:
    """The parts of an answer that matter."""

    status: int
    etag: str | None = None
    retry_after: str | None = None
    body: bytes = b""


@dataclass(frozen=True)
class Verdict:
    """What an answer means.

    Args:
        cause: a code such as `http_403` or `timeout`, without an address.
        retry_at: the instant before which the server wants no other attempt.
    """

    outcome: Outcome
    cause: str = ""
    retry_at: datetime | None = None


def judge(answer: Answer, now: datetime) -> Verdict:
    """Say what an answer means that is not the expected one.

    A redirection is an error: name and password go only where the gendarme said.
    """
    status, cause = answer.status, f"http_{answer.status}"
    if status in (403, 409) and _HELD_ELSEWHERE in answer.body:
        # The server has an event of this name at another path (RFC 4791, section 5.3.2.1).
        return Verdict(Outcome.CONFLICT, "uid_taken")
    if status in _TEMPORARY or status >= 500:
        return Verdict(Outcome.RETRY, cause, read_retry_after(answer.retry_after, now))
    return Verdict(_FINAL.get(status, Outcome.REFUSED), cause)

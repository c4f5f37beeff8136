"""What the cause of a mail's failure says about its address."""

from __future__ import annotations

import re

# RFC 3463: the address is at fault (5.1.x, without 5.1.7 and 5.1.8, which are about ours), or the mailbox is closed.
_NO_MAILBOX = re.compile(r"(?:bounce|smtp_\d{3})_5\.(?:1\.(?!7$|8$)\d{1,3}|2\.1)", re.ASCII)


def is_no_mailbox(cause: str) -> bool:
    """Say whether it makes no sense to write there again: a full mailbox, or a mail that a filter did not like, says
    nothing about the next one."""
    return _NO_MAILBOX.fullmatch(cause) is not None

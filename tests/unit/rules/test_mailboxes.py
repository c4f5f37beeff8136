from __future__ import annotations

import pytest

from models.rules.mailboxes import is_no_mailbox


@pytest.mark.parametrize("cause", ["bounce_5.1.1", "bounce_5.1.10", "bounce_5.2.1", "smtp_550_5.1.1", "smtp_553_5.1.3"])
def test_there_is_no_sense_in_writing_there_again(cause):
    assert is_no_mailbox(cause)


@pytest.mark.parametrize(
    "cause",
    ["bounce_5.2.2", "bounce_5.7.1", "bounce_5.1.8", "bounce_5.1.7", "bounce_4.4.7", "bounce_4.1.1", "bounce_5.0.0",
     "smtp_550", "smtp_552_5.2.2", "timeout", "stopped", "xbounce_5.1.1", "bounce_5.1.1x", "bounce_5.2.10"],
)  # fmt: skip
def test_the_next_mail_may_arrive(cause):
    assert not is_no_mailbox(cause)

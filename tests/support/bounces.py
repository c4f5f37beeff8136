"""Mails as they come back, in the shapes of several mail servers; written for these tests from what those send."""

from __future__ import annotations

_REPORT = """\
From: {sender}
To: {to}
Subject: {subject}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

{words}

--b1
Content-Type: message/delivery-status

{fields}
--b1
Content-Type: {returned}

From: Brigade <ne-pas-repondre@example.org>
To: camille@example.net
Subject: Votre demande
Message-ID: <notice.returned@example.org>

--b1--
"""


def report(to: str, fields: str, *, sender: str, subject: str, words: str, returned: str) -> bytes:
    """A report as RFC 3464 has it."""
    text = _REPORT.format(to=to, fields=fields, sender=sender, subject=subject, words=words, returned=returned)
    return text.replace("\n", "\r\n").encode()


def postfix(to: str, status: str = "5.1.1", action: str = "failed") -> bytes:
    return report(
        to,
        f"""\
Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: 4ABCD12345
X-Postfix-Sender: rfc822; {to}
Arrival-Date: Tue, 24 Nov 2026 14:30:00 +0100 (CET)

Final-Recipient: rfc822; camille@example.net
Original-Recipient: rfc822;camille@example.net
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.net
Diagnostic-Code: smtp; 550 {status} <camille@example.net>: Recipient address
    rejected: User unknown in virtual mailbox table
""",
        sender="MAILER-DAEMON@mx.example.net (Mail Delivery System)",
        subject="Undelivered Mail Returned to Sender",
        words="This is the mail system at host mx.example.net.\n\nI'm sorry to have to inform you that …",
        returned="text/rfc822-headers",
    )


def exchange(to: str) -> bytes:
    return report(
        to,
        """\
Reporting-MTA: dns;EXCH01.example.net
Received-From-MTA: dns;mx.example.org
Arrival-Date: Tue, 24 Nov 2026 13:30:00 +0000

Final-Recipient: rfc822;camille@example.net
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
X-Display-Name: camille@example.net
""",
        sender="postmaster@example.net",
        subject="Undeliverable: Votre demande",
        words="Delivery has failed to these recipients or groups:",
        returned="message/rfc822",
    )


def sendmail(to: str) -> bytes:
    return report(
        to,
        """\
Reporting-MTA: dns; relay.example.net
Arrival-Date: Tue, 24 Nov 2026 14:30:00 +0100

Final-Recipient: RFC822; autre@example.net
Action: relayed
Status: 2.1.5

Final-Recipient: RFC822; camille@example.net
Action: FAILED
Status: 5.2.1 (mailbox disabled)
Last-Attempt-Date: Tue, 24 Nov 2026 14:30:02 +0100
""",
        sender="Mail Delivery Subsystem <MAILER-DAEMON@relay.example.net>",
        subject="Returned mail: see transcript for details",
        words="   ----- The following addresses had permanent fatal errors -----",
        returned="message/rfc822",
    )


def exim(to: str) -> bytes:
    """Before version 4.85, and where its administrators prefer it so."""
    return f"""\
Delivered-To: {to}
X-Failed-Recipients: camille@example.net
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@smtp.example.net>
To: undisclosed-recipients:;
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  camille@example.net
    SMTP error from remote mail server after RCPT TO:<camille@example.net>:
    host mail.example.net [192.0.2.1]: 550 5.1.1 User unknown
""".replace("\n", "\r\n").encode()


def qmail(to: str) -> bytes:
    return f"""\
From: MAILER-DAEMON@mail.example.net
To: {to}
Subject: failure notice

Hi. This is the qmail-send program at mail.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<camille@example.net>:
Sorry, no mailbox here by that name. (#5.1.1)
""".replace("\n", "\r\n").encode()


def out_of_office(to: str) -> bytes:
    return f"""\
From: camille@example.net
To: {to}
Auto-Submitted: auto-replied
Subject: =?utf-8?q?Absente_jusqu=27au_5_d=C3=A9cembre?=
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Je serai absente. Votre message 5.1.1 est bien arrivé.
""".replace("\n", "\r\n").encode()

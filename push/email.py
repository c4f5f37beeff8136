"""E-mail: one RFC 5322 message, handed to one relay over SMTP (RFC 5321), encrypted whenever the relay can.

At least once: a worker that dies between the relay's "250" and our own note sends again, under the same Message-ID,
by which mail programs and people recognise the repeat.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any, Protocol
from uuid import UUID

from push.bounces import bounce_address
from push.failures import PermanentFailure, TemporaryFailure
from push.mail_headers import mail_policy
from push.messages import CalendarPart, Message

MAIL_POLICY = mail_policy()
# Nobody waits for an answer of a relay longer than this, and no delivery takes longer in all.
ANSWER_WITHIN_S = 20.0
DELIVERED_WITHIN_S = 90.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Relay(Protocol):
    """Where mail goes out; `server.config.SmtpRelay` is one.

    `tls` is `offered` (use STARTTLS whenever the relay offers it), `required` (send nothing without) or `off`.
    `ca_file` holds the certificates to trust instead of the system's. Whatever is encrypted is also verified.
    """

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def implicit_tls(self) -> bool: ...
    @property
    def user(self) -> str | None: ...
    @property
    def password(self) -> str | None: ...
    @property
    def tls(self) -> str: ...
    @property
    def ca_file(self) -> str | None: ...


@dataclass(frozen=True)
class EmailChannel:
    """Sends messages as e-mail.

    Args:
        sender: what the From header says, `Name <address>`; the address is the envelope's sender too.
        bounces: the envelope's sender instead, with the notice's id in it (`push.bounces`).
    """

    relay: Relay
    sender: str
    bounces: str | None = None
    answer_within_s: float = ANSWER_WITHIN_S
    delivered_within_s: float = DELIVERED_WITHIN_S

    def send(
        self, address: str, message: Message, notice_id: UUID, now: datetime, *, unsubscribe_url: str | None = None
    ) -> None:
        """Hand one message to the relay.

        Args:
            notice_id: becomes the Message-ID, the same for every repeat.
            unsubscribe_url: as `build_email`.

        Raises:
            TemporaryFailure: the relay is away, slow, busy, or refuses us rather than this message.
            PermanentFailure: the relay refuses the recipient or the message for good, or the address is none.
        """
        mail = build_email(
            address, message, sender=self.sender, notice_id=notice_id, now=now, unsubscribe_url=unsubscribe_url
        )
        recipient = mail["To"].addresses[0].addr_spec
        own_address = parse_address(self.sender).addr_spec
        with _failures_named(), self._connection(own_address.rpartition("@")[2]) as smtp:
            self._secure(smtp)
            from_addr = own_address if self.bounces is None else bounce_address(self.bounces, notice_id)
            smtp.send_message(mail, from_addr=from_addr, to_addrs=[recipient])

    @contextlib.contextmanager
    def _connection(self, own_name: str) -> Iterator[smtplib.SMTP]:
        # The name is given, because the library would otherwise ask the DNS for it, for as long as that takes.
        options: dict[str, Any] = {"local_hostname": own_name, "timeout": self.answer_within_s}
        host, port = self.relay.host, self.relay.port
        with contextlib.ExitStack() as stack:
            watch = stack.enter_context(_Watch(self.delivered_within_s))
            smtp: smtplib.SMTP
            if self.relay.implicit_tls:
                smtp = _WatchedOverTls(watch, host, port, context=self._tls_context(), **options)
            else:
                smtp = _Watched(watch, host, port, **options)
            stack.callback(smtp.close)
            yield smtp
            # The relay has said 250: whatever happens to the farewell, the message is gone.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()

    def _secure(self, smtp: smtplib.SMTP) -> None:
        """Encrypt and sign in as far as the settings and the relay say."""
        smtp.ehlo_or_helo_if_needed()
        encrypted = self.relay.implicit_tls
        if not encrypted and self.relay.tls != "off" and smtp.has_extn("starttls"):
            smtp.starttls(context=self._tls_context())
            encrypted = True
        if not encrypted and self.relay.tls == "required":
            raise TemporaryFailure("no_starttls")
        if self.relay.user:
            if not encrypted and self.relay.host not in _LOOPBACK:
                raise TemporaryFailure("no_tls_for_password")
            try:
                smtp.login(self.relay.user, self.relay.password or "")
            except smtplib.SMTPNotSupportedError:
                raise TemporaryFailure("sign_in_not_offered") from None

    def _tls_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.relay.ca_file)


def build_email(
    address: str,
    message: Message,
    *,
    sender: str,
    notice_id: UUID,
    now: datetime,
    unsubscribe_url: str | None = None,
) -> EmailMessage:
    """Build the message, text first, HTML as its alternative, and a calendar as another where there is one.

    Args:
        unsubscribe_url: for mails that nobody has to get: where a mail program stops them with one POST.

    Raises:
        PermanentFailure: `address` cannot be written into a header.
    """
    own = parse_address(sender)
    mail = EmailMessage(policy=MAIL_POLICY)
    # Over a shoulder, the sender's name in the list of messages says as much as the subject.
    mail["From"] = Address(addr_spec=own.addr_spec) if message.discreet else own
    try:
        mail["To"] = parse_address(address)
    except ValueError:
        raise PermanentFailure("address") from None
    mail["Subject"] = message.subject
    mail["Date"] = now
    mail["Message-ID"] = f"<notice.{notice_id}@{own.domain}>"
    # RFC 3834: no out-of-office answers; the second header says the same to Exchange.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if unsubscribe_url is not None:
        # RFC 2369, and RFC 8058 for the button that some mail programs show beside the sender.
        mail["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    if message.calendar:
        _add_calendar(mail, message.calendar)
    # Only now: a Content header that was there before would have moved into the first part.
    mail["Content-Language"] = message.language
    return mail


def _add_calendar(mail: EmailMessage, calendar: CalendarPart) -> None:
    """Once as the alternative that calendars act upon (RFC 6047, section 2.4), once as a file for all others."""
    mail.add_alternative(
        calendar.content.decode(), subtype="calendar", cte="base64", params={"method": calendar.method}
    )
    # Under the other name a program that knows invitations does not take it for a second one.
    mail.add_attachment(calendar.content, maintype="application", subtype="ics", filename=calendar.filename)


def parse_address(text: str) -> Address:
    """Read `Name <local@domain>` or `local@domain`; a domain in other scripts is written as DNS knows it.

    Raises:
        ValueError: it is no single address, or could smuggle in a header.
    """
    found = getaddresses([text])
    name, spec = found[0] if len(found) == 1 else ("", "")
    local, at, domain = spec.rpartition("@")
    if not at or not local or not domain or not text.isprintable():
        raise ValueError("not an e-mail address")
    try:
        return Address(name, addr_spec=f"{local}@{domain.encode('idna').decode('ascii')}")
    except (HeaderParseError, MessageError, IndexError, UnicodeError) as error:
        raise ValueError("not an e-mail address") from error


@contextlib.contextmanager
def _failures_named() -> Iterator[None]:
    """Turn what goes wrong into a cause without addresses: the library's own exceptions quote them."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        raise _refused(code, answer) from None
    except smtplib.SMTPDataError as error:
        raise _refused(error.smtp_code, error.smtp_error) from None
    except smtplib.SMTPNotSupportedError:
        # The part before the @ is not ASCII and the relay cannot carry that (RFC 6531).
        raise PermanentFailure("not_supported") from None
    except smtplib.SMTPAuthenticationError as error:
        raise TemporaryFailure(f"sign_in_{error.smtp_code}") from None
    except smtplib.SMTPResponseException as error:
        # Refused before any recipient was named: that is about us, so that mending the settings sends the rest.
        raise TemporaryFailure(f"refused_{error.smtp_code}") from None
    except ssl.SSLCertVerificationError:
        raise TemporaryFailure("certificate") from None
    except ssl.SSLError:
        raise TemporaryFailure("tls") from None
    except TimeoutError:
        raise TemporaryFailure("timeout") from None
    except smtplib.SMTPServerDisconnected as error:
        # The library calls a relay that falls silent a lost connection too, and keeps the truth as context.
        raise TemporaryFailure("timeout" if isinstance(error.__context__, TimeoutError) else "disconnected") from None
    except ConnectionRefusedError:
        raise TemporaryFailure("connection_refused") from None
    except socket.gaierror:
        raise TemporaryFailure("unknown_host") from None
    except OSError:
        raise TemporaryFailure("network") from None


def _refused(code: int, answer: bytes | str) -> TemporaryFailure | PermanentFailure:
    """RFC 5321: 4yz asks for another try, 5yz forbids it. The enhanced code (RFC 3463) is kept, the words are not."""
    words = answer.decode("ascii", "replace") if isinstance(answer, bytes) else answer
    enhanced = re.match(r"[45]\.\d{1,3}\.\d{1,3}\b", words)
    cause = f"smtp_{code}" + (f"_{enhanced[0]}" if enhanced else "")
    return PermanentFailure(cause) if 500 <= code < 600 else TemporaryFailure(cause)


class _Watch(contextlib.AbstractContextManager["_Watch"]):
    """Cuts a connection that takes too long in all: a relay that sends a byte now and then never times out.

    Raises:
        TemporaryFailure: `timeout`, instead of what the library made of half an answer.
    """

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._has_cut = False
        self.connection: smtplib.SMTP | None = None

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._timer.cancel()
        if self._has_cut and kind is not None:
            raise TemporaryFailure("timeout") from None

    def _cut(self) -> None:
        self._has_cut = True
        sock = getattr(self.connection, "sock", None)
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class _Watched(smtplib.SMTP):
    def __init__(self, watch: _Watch, *args: Any, **options: Any) -> None:
        # Before the library's own constructor, which connects already.
        watch.connection = self
        super().__init__(*args, **options)


class _WatchedOverTls(smtplib.SMTP_SSL):
    def __init__(self, watch: _Watch, *args: Any, **options: Any) -> None:
        watch.connection = self
        super().__init__(*args, **options)

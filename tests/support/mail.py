"""A real SMTP relay for the tests: what it received, and what it is told to answer."""

from __future__ import annotations

import asyncio
import contextlib
import email
import ipaddress
import socket
import ssl
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default as default_policy
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.processes import free_port, wait_until

USER, PASSWORD = "brigade", "un:mot/de@passe d'essai"


class _Controller(Controller):
    """Closes what clients left open; the library's own stop leaves them to the garbage collector, which complains."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._protocols: list[SMTP] = []
        super().__init__(*args, **options)

    def factory(self) -> SMTP:
        self._protocols.append(SMTP(self.handler, **self.SMTP_kwargs))
        return self._protocols[-1]

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(5)
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        for protocol in self._protocols:
            for transport in (protocol.transport, getattr(protocol, "_original_transport", None)):
                if transport is not None:
                    cast(asyncio.WriteTransport, transport).abort()
            task = getattr(protocol, "_handler_coroutine", None)
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        # A transport lets go of its socket one turn of the loop after it is aborted.
        for _ in range(3):
            await asyncio.sleep(0)


class _Hooks:
    """What the library calls; it reads every member at each connection, so `MailRelay.messages` must not be one."""

    def __init__(self, relay: MailRelay) -> None:
        self.handle_MAIL = relay.handle_MAIL
        self.handle_RCPT = relay.handle_RCPT
        self.handle_DATA = relay.handle_DATA


class MailRelay:
    """An SMTP server on 127.0.0.1 in a thread of its own; it may stop and come back on the same port.

    Args:
        certificate: a PEM file with key and certificate; STARTTLS is offered then, or spoken at once if `implicit`.
        sign_in: only who signs in as USER may send; offered over an encrypted connection only.
    """

    def __init__(self, certificate: Path | None = None, *, implicit: bool = False, sign_in: bool = False) -> None:
        self.host = "127.0.0.1"
        self.port = free_port()
        self.certificate = certificate
        self.implicit = implicit
        self.sign_in = sign_in
        self.envelopes: list[Envelope] = []
        self.encrypted: list[bool] = []
        self.attempts = 0
        self._answers: defaultdict[str, deque[str]] = defaultdict(deque)
        self._controller: Controller | None = None
        self._on_data: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        """The value of SMTP_URL."""
        return f"{'smtps' if self.implicit else 'smtp'}://{self.host}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a worker needs to send here."""
        return {"SMTP_URL": self.url, **({"SMTP_CA_FILE": str(self.certificate)} if self.certificate else {})}

    @property
    def messages(self) -> list[EmailMessage]:
        """What was accepted, in order, parsed."""
        return [
            email.message_from_bytes(cast(bytes, envelope.content), policy=default_policy)
            for envelope in self.envelopes
        ]

    def answer(self, command: str, *answers: str) -> None:
        """Give `answers` to the next uses of MAIL, RCPT or DATA (at its end), then be friendly again."""
        self._answers[command].extend(answers)

    def when_data_arrives(self, call: Callable[[], None]) -> None:
        """Call `call` in the relay's thread before each message is accepted."""
        self._on_data = call

    def wait_for(self, count: int) -> list[EmailMessage]:
        """Wait until `count` messages were accepted, then return all."""
        wait_until(lambda: len(self.envelopes) >= count, f"{count} mails at the relay, {len(self.envelopes)} are there")
        return self.messages

    def start(self) -> None:
        tls = None
        if self.certificate is not None:
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            tls.load_cert_chain(self.certificate)
        self._controller = _Controller(
            _Hooks(self),
            hostname=self.host,
            port=self.port,
            ssl_context=tls if self.implicit else None,
            tls_context=None if self.implicit else tls,
            authenticator=_authenticate if self.sign_in else None,
            auth_required=self.sign_in,
        )
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.attempts += 1
        envelope.mail_from = address
        return self._next("MAIL") or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._next("RCPT")
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self._next("DATA")
        if answer is None:
            self._on_data()
            self.encrypted.append(session.ssl is not None or self.implicit)
            self.envelopes.append(envelope)
        return answer or "250 Message accepted for delivery"

    def _next(self, command: str) -> str | None:
        return self._answers[command].popleft() if self._answers[command] else None


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    login = cast(LoginPassword, data)
    known = (login.login, login.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


@pytest.fixture
def relay() -> Iterator[MailRelay]:
    """A plain relay that accepts everything."""
    relay = MailRelay()
    relay.start()
    yield relay
    relay.stop()


@pytest.fixture
def start_relay(certificate: Path) -> Iterator[Callable[..., MailRelay]]:
    """Start relays of other kinds: `start_relay(certificate, implicit=…, sign_in=…)`."""
    started: list[MailRelay] = []

    def start(*args: Any, **options: Any) -> MailRelay:
        started.append(MailRelay(*args, **options))
        started[-1].start()
        return started[-1]

    yield start
    for relay in started:
        relay.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-made certificate for 127.0.0.1, with its key, in one PEM file that also serves as SMTP_CA_FILE."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "relay.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class RudeRelay:
    """Accepts connections and sends one byte now and then (or, with `pause=None`, nothing), never a whole line."""

    def __init__(self, pause: float | None) -> None:
        self._pause = pause
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                while not self._closing.wait(0.02 if self._pause is None else self._pause):
                    try:
                        connection.setblocking(False)
                        if connection.recv(1024) == b"":
                            break
                    except BlockingIOError:
                        pass
                    except OSError:
                        break
                    connection.setblocking(True)
                    if self._pause is not None:
                        try:
                            connection.sendall(b"2")
                        except OSError:
                            break

    def close(self) -> None:
        self._closing.set()
        # Closing alone does not wake a thread that accepts.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

"""Twilio's API for the tests: a real HTTP server that accepts what its documentation demands and nothing else."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

ACCOUNT, TOKEN = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "essai-du-jeton-de-twilio"
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


@dataclass(frozen=True)
class Answer:
    """What the provider says next: `silent` hangs up without a word."""

    status: int
    body: str = "{}"
    silent: bool = False


class SmsProvider:
    """Listens in threads of its own; `messages` holds the forms that it accepted, in order."""

    def __init__(self) -> None:
        self.messages: list[dict[str, str]] = []
        self.refused: list[str] = []
        self._when_taken: Callable[[], None] = lambda: None
        self._answers: deque[Answer] = deque()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """What a web process and a worker need to send here and to believe what comes back."""
        host = self.url.partition("://")[2]
        return {"SMS_TWILIO_FROM": "+33644600000", "SMS_TWILIO_URL": f"http://{ACCOUNT}:{TOKEN}@{host}"}

    def answer(self, *answers: Answer) -> None:
        """Give `answers` to the next messages, then be friendly again."""
        self._answers.extend(answers)

    def when_taken(self, call: Callable[[], None]) -> None:
        """Call `call` after each message is taken and before that is answered."""
        self._when_taken = call

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, path: str, headers: Any, body: bytes) -> Answer:
        """Judge one request as the documentation does."""
        credentials = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if path != PATH:
            return self._refuse(404, 20404, "no such resource")
        if headers.get("Authorization") != f"Basic {credentials}":
            return self._refuse(401, 20003, "authentication")
        if headers.get_content_type() != "application/x-www-form-urlencoded":
            return self._refuse(415, 20415, "content type")
        form = dict(parse_qsl(body.decode(), strict_parsing=True))
        if not form.get("To", "").startswith("+"):
            return self._refuse(400, 21211, "To")
        if not form.get("From") or not 0 < len(form.get("Body", "")) <= 1600:
            return self._refuse(400, 21602, "From and Body")
        if not 1 <= int(form.get("ValidityPeriod", "36000")) <= 36_000:
            return self._refuse(400, 21720, "ValidityPeriod")
        if self._answers:
            return self._answers.popleft()
        self.messages.append(form)
        self._when_taken()
        return Answer(201, json.dumps({"sid": f"SM{len(self.messages):032d}", "status": "queued"}))

    def _refuse(self, status: int, code: int, what: str) -> Answer:
        self.refused.append(what)
        return Answer(status, json.dumps({"code": code, "status": status, "message": what}))


def sign(url: str, form: dict[str, str], token: str = TOKEN) -> str:
    """The signature of a callback, written from the documentation and not from our own code."""
    text = url
    for name in sorted(form):
        text += name + form[name]
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), hashlib.sha1)).decode()


def _handler(provider: SmsProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = provider.take(self.path, self.headers, body)
            if answer.silent:
                return
            sent = answer.body.encode()
            # Whoever asked may have been killed meanwhile.
            with contextlib.suppress(OSError):
                self.send_response(answer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

        def log_message(self, *args: object) -> None:
            """Say nothing: pytest shows what a test prints."""

    return Handler


@pytest.fixture
def sms_provider() -> Iterator[SmsProvider]:
    """A provider that accepts every correct message."""
    provider = SmsProvider()
    provider.start()
    yield provider
    provider.stop()

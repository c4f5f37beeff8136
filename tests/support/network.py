"""A mobile network between browsers and the site: it is slow, it loses, it is cut, and it counts what goes through."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import threading
from collections.abc import Callable, Coroutine
from typing import Any

_REQUEST_LINE = re.compile(rb"(?:GET|POST|PUT|DELETE) (/\S*) HTTP/1\.1\r\n")


class Network:
    """A TCP relay on a port of its own, in a thread of its own.

    Set `upstream` to the server's port, `round_trip_s` and `loss` (the share of what is sent, in either direction, that
    ends its connection instead of arriving) at any time.
    """

    def __init__(self, seed: int = 17) -> None:
        self.upstream = 0
        self.round_trip_s = 0.0
        self.loss = 0.0
        self.paths: list[str] = []
        self._chance = random.Random(seed)
        self._up = True
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._do(self._listen())
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.url = f"http://localhost:{self.port}"

    def cut(self) -> None:
        """Airplane mode: everything under way is lost, and nothing gets through."""
        self._do(self._set_up(False))

    def restore(self) -> None:
        self._do(self._set_up(True))

    def asked(self, path: str) -> int:
        """How many requests for `path` (without its query) have left the browsers."""
        return sum(one.partition("?")[0] == path for one in list(self.paths))

    def close(self) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def _set_up(self, up: bool) -> None:
        self._up = up
        if not up:
            self._abort_all()

    async def _end(self) -> None:
        self._server.close()
        self._up = False
        # Connections that are being made come to an end after this one's own.
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            self._abort_all()
            await asyncio.wait(tasks, timeout=0.1)

    def _abort_all(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Making a connection costs a round trip before anything can be said.
        await asyncio.sleep(self.round_trip_s if self._up else 0)
        if not self._up:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, far_writer}
        self._open |= both
        try:
            await asyncio.gather(self._pump(reader, far_writer, both, self._note), self._pump(far_reader, writer, both))
        finally:
            self._open -= both
            for one in both:
                one.transport.abort()

    def _note(self, data: bytes) -> None:
        self.paths += [path.decode() for path in _REQUEST_LINE.findall(data)]

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        both: set[asyncio.StreamWriter],
        note: Callable[[bytes], None] | None = None,
    ) -> None:
        try:
            while data := await reader.read(65536):
                if note:
                    note(data)
                if self._chance.random() < self.loss:
                    break
                self._later(writer.write, data)
            else:
                self._later(writer.write_eof)
                return
        except (OSError, asyncio.IncompleteReadError):
            pass
        for one in both:
            one.transport.abort()

    def _later(self, act: Callable[..., None], *args: Any) -> None:
        # Everything is late by the same time, so that it arrives in the order in which it was sent.
        def now() -> None:
            # The other side may have gone meanwhile.
            with contextlib.suppress(OSError, RuntimeError):
                act(*args)

        if self.round_trip_s:
            self._loop.call_later(self.round_trip_s / 2, now)
        else:
            now()

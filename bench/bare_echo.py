"""The peer of bench_sockets: Flask-SocketIO as its own documentation shows it, without sign-in, database or rooms."""

# ruff: noqa: E402 -- the patching comes first, as in server/wsgi.py.
from __future__ import annotations

import os

mode = os.environ["ASYNC_MODE"]
if mode == "eventlet":
    import eventlet

    eventlet.monkey_patch()
elif mode == "gevent":
    import gevent.monkey

    gevent.monkey.patch_all()

import resource

from flask import Flask
from flask_socketio import SocketIO, emit

app = Flask(__name__)
socketio = SocketIO(app, async_mode=mode, transports=["websocket"])


@app.get("/healthz")
def healthz() -> str:
    return "ok"


@socketio.on("echo")  # type: ignore[untyped-decorator]
def echo(word: str) -> None:
    emit("poke", word)


@socketio.on("everybody")  # type: ignore[untyped-decorator]
def everybody(word: str) -> None:
    emit("poke", word, broadcast=True)


if __name__ == "__main__":
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    options = {"max_size": 20_000} if mode == "eventlet" else {}
    socketio.run(app, port=int(os.environ["PORT"]), log_output=False, **options)

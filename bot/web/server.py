"""The HTTP server, in a thread of its own."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

STOP_SECONDS = 5.0
# Connections at once; more are answered 503, so that nobody's patience fills our memory.
MOST_CONNECTIONS = 200


class PortTaken(Exception):
    """Our address can't be listened on, mostly because another program does."""


class WebServer:
    """Serves the application until stopped; the process's signals stay with the runtime."""

    def __init__(self, web: FastAPI, host: str, port: int) -> None:
        self._host, self._port = host, port
        # uvicorn's own handlers would bypass our log's redaction.
        config = uvicorn.Config(
            web,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            limit_concurrency=MOST_CONNECTIONS,
        )
        self._server = uvicorn.Server(config)
        self._listener: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    def start(self) -> None:
        """Listen; PortTaken says what to do when the port is not free."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        try:
            self._listener = socket.create_server((self._host, self._port), family=family)
        except OSError as refused:
            raise PortTaken(_advice(self._host, self._port, refused)) from refused
        self._thread.start()

    def stop(self) -> None:
        """Answer what is asked right now and end."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)
        if self._listener is not None:
            self._listener.close()

    def _run(self) -> None:
        run: Callable[..., None] = self._server.run
        run(sockets=[self._listener])


def _advice(host: str, port: int, refused: OSError) -> str:
    if refused.errno == errno.EADDRINUSE:
        return f"Another program listens on {host}:{port} already. Stop it, or set PORT to a free one."
    return f"{host}:{port} can't be listened on ({refused.strerror or refused}). Correct HOST and PORT."

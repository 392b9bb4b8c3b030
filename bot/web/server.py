"""The HTTP server: /live and /health, in a thread of its own."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable, Mapping

import structlog
import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from bot.web.health import Check, health

log = structlog.get_logger(__name__)

STOP_SECONDS = 5.0


class PortTaken(Exception):
    """Our address can't be listened on, mostly because another program does."""


def build_web(checks: Mapping[str, Check]) -> FastAPI:
    """Return the application; it shows no interactive documentation, for there is nothing to try."""
    web = FastAPI(title="Casebot", docs_url=None, redoc_url=None, openapi_url=None)

    @web.get("/live")
    def live() -> dict[str, str]:
        return {"status": "alive"}

    @web.get("/health")
    def tell_health() -> JSONResponse:
        answer = health(checks)
        return JSONResponse(answer.body, answer.status_code)

    return web


class WebServer:
    """Serves the application until stopped; the process's signals stay with the runtime."""

    def __init__(self, web: FastAPI, host: str, port: int) -> None:
        self._host, self._port = host, port
        # uvicorn's own handlers would bypass our log's redaction.
        config = uvicorn.Config(web, host=host, port=port, log_config=None, access_log=False, lifespan="off")
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

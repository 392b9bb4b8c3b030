"""The page at `/`: a small Slack and mailbox to look at and play with, safe from other websites."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox.mailbox import Mailbox
from bot.sandbox.page_blocks import drawing_room
from bot.sandbox.page_deeds import Deeds, Form, one
from bot.sandbox.page_sight import HOME, Sight
from bot.sandbox.workspace import Workspace

FRAGMENTS = {"sidebar", "conversation", "mail", "modal", "clock"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
SHORTEST_PAUSE = 0.15
"""Seconds between two changes told to a page."""


class Page:
    """The page's routes; `advance` moves the clock and tells the bot of it."""

    def __init__(self, workspace: Workspace, mailbox: Mailbox, advance: Callable[[timedelta], None]) -> None:
        self._workspace, self._mailbox = workspace, mailbox
        self._room: Environment = drawing_room(workspace)
        self._closed = asyncio.Event()
        deeds = Deeds(workspace, mailbox, advance)
        self._deeds: dict[str, Callable[[Form], None]] = {
            "say": deeds.say,
            "click": deeds.click,
            "react": deeds.react,
            "home": deeds.open_home,
            "submit": deeds.submit,
            "close": deeds.close_modal,
            "mail": deeds.mail,
            "clock": deeds.move_clock,
        }

    def routes(self) -> list[BaseRoute]:
        """Return the routes for the sandbox's application."""
        return [
            Route("/", self._whole),
            Route("/archives/{channel}/{message}", self._permalink),
            Route("/sandbox/fragment/{name}", self._fragment),
            Route("/sandbox/changes", self._changes),
            Route("/sandbox/{deed}", self._deed, methods=["POST"]),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ]

    def close(self) -> None:
        """Let go of the pages that listen."""
        self._closed.set()

    async def _whole(self, request: Request) -> Response:
        return self._refusal(request) or await self._drawn(request, "page")

    async def _fragment(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in FRAGMENTS:
            return PlainTextResponse("There is no such part of the page.", 404)
        return self._refusal(request) or await self._drawn(request, name)

    async def _drawn(self, request: Request, template: str) -> Response:
        sight = self._sight(request)
        html = await run_in_threadpool(self._draw, template, sight)
        return HTMLResponse(html, headers=HEADERS)

    def _draw(self, template: str, sight: Sight) -> str:
        return self._room.get_template(f"{template}.html").render(
            sight=sight,
            everybody=[person for person in self._workspace.people.values() if not person.is_bot],
            now=self._workspace.clock.now(),
            ahead=self._workspace.clock.offset,
            errors=self._workspace.modal_errors(sight.person.id),
        )

    def _sight(self, request: Request) -> Sight:
        """Return who looks at what; unknown people and places become the first ones."""
        workspace = self._workspace
        person = workspace.people.get(request.query_params.get("as", ""))
        if person is None or person.is_bot:
            person = workspace.person("ada") if "U0ADA" in workspace.people else workspace.person("carla")
        place = request.query_params.get("at", "")
        known = place == HOME or (place in workspace.channels and person.id in workspace.channels[place].members)
        sight = Sight(workspace, self._mailbox, person, place)
        if known:
            return sight
        first = sight.places()[0].id if sight.places() else workspace.dm(person.id)
        return Sight(workspace, self._mailbox, person, first)

    async def _permalink(self, request: Request) -> Response:
        channel = self._workspace.channels.get(request.path_params["channel"])
        reader = channel.members[0] if channel and channel.members else ""
        query = urlencode({"as": reader, "at": request.path_params["channel"]})
        return self._refusal(request) or RedirectResponse(f"/?{query}", 303)

    async def _deed(self, request: Request) -> Response:
        """Carry out a form; a page without JavaScript is sent back to where it was."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        deed = self._deeds.get(request.path_params["deed"])
        if deed is None:
            return PlainTextResponse("There is no such thing to do.", 404)
        async with request.form() as fields:
            form = {name: [str(v) for v in fields.getlist(name)] for name in fields}
        try:
            await run_in_threadpool(deed, form)
        except (LookupError, ValueError) as wrong:
            return PlainTextResponse(f"That didn’t work: {wrong}", 400)
        query = urlencode({"as": one(form, "as"), "at": one(form, "at") or one(form, "channel")})
        return RedirectResponse(f"/?{query}", 303)

    async def _changes(self, request: Request) -> Response:
        """Tell a page of every change, as server-sent events."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        return StreamingResponse(self._told(), media_type="text/event-stream", headers=HEADERS)

    async def _told(self) -> AsyncIterator[str]:
        loop, rung = asyncio.get_running_loop(), asyncio.Event()

        def ring() -> None:
            loop.call_soon_threadsafe(rung.set)

        stop = self._workspace.changes.listen(ring)
        closed = asyncio.create_task(self._closed.wait())
        try:
            while not self._closed.is_set():
                rung.clear()
                yield f"data: {json.dumps(self._workspace.changes.version)}\n\n"
                waiting = asyncio.create_task(rung.wait())
                await asyncio.wait({waiting, closed}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                await asyncio.wait({closed}, timeout=SHORTEST_PAUSE)
        finally:
            stop()
            closed.cancel()

    def _refusal(self, request: Request) -> Response | None:
        """Refuse names other than this machine's (DNS rebinding) and deeds of other websites (CSRF)."""
        port = urlsplit(self._workspace.url).port
        hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        host = request.headers.get("host", "")
        if host not in hosts:
            return PlainTextResponse("This sandbox answers on 127.0.0.1 only.", 421)
        if request.method == "POST" and request.headers.get("origin") != f"http://{host}":
            return PlainTextResponse("Only the sandbox’s own page may do that.", 403)
        return None

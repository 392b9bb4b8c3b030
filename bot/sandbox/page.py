"""The page at `/`: a small Slack and mailbox to look at and play with, safe from other websites."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox.mailbox import Mailbox
from bot.sandbox.page_blocks import drawing_room, option_shown
from bot.sandbox.page_deeds import Deeds, view_query
from bot.sandbox.page_files import PageFiles
from bot.sandbox.page_forms import Form, read_form
from bot.sandbox.page_guard import HEADERS, Guard
from bot.sandbox.page_plugs import Outlets
from bot.sandbox.page_sight import DESK, HOME, NEWEST, OWN, Sight
from bot.sandbox.page_stage import Stage
from bot.sandbox.page_story import Told, View, tell
from bot.sandbox.page_unread import ReadMarks
from bot.sandbox.people import Person
from bot.sandbox.workspace import Workspace

SHORTEST_PAUSE = 0.15
"""Seconds between two changes told to a page."""
RETRY = 500
"""Milliseconds after which a page that lost the sandbox asks again."""
KEPT = ("as", "at", "box", "pane")
BOXES = {OWN, DESK}
PANES = {"slack", "mail", "story"}
MOST_SHOWN = 2_000


class Page:
    """The page's routes; `advance` moves the clock and tells the bot of it, `stage` tells of the app."""

    def __init__(
        self, workspace: Workspace, mailbox: Mailbox, outlets: Outlets, advance: Callable[[timedelta], None]
    ) -> None:
        self._workspace, self._mailbox, self._outlets = workspace, mailbox, outlets
        self._room: Environment = drawing_room(workspace)
        self._closed = asyncio.Event()
        self._marks = ReadMarks()
        self._deeds = Deeds(workspace, mailbox, outlets, advance)
        self._guard = Guard(workspace)
        self._files = PageFiles(workspace, mailbox, self._guard)

    @property
    def stage(self) -> Stage:
        """What the page knows of the app."""
        return self._deeds.stage

    @stage.setter
    def stage(self, stage: Stage) -> None:
        self._deeds.stage = stage

    def routes(self) -> list[BaseRoute]:
        """Return the routes for the sandbox's application."""
        return [
            Route("/", self._whole),
            Route("/archives/{channel}/{message}", self._permalink),
            Route("/sandbox/changes", self._changes),
            Route("/sandbox/suggest", self._suggest, methods=["POST"]),
            *self._files.routes(),
            Route("/sandbox/{deed}", self._deed, methods=["POST"]),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ]

    def close(self) -> None:
        """Let go of the pages that listen."""
        self._closed.set()

    async def _whole(self, request: Request) -> Response:
        refusal = self._guard.refusal(request)
        if refusal is not None:
            return refusal
        html = await run_in_threadpool(self._draw, self._sight(request))
        return HTMLResponse(html, headers=HEADERS)

    def _draw(self, sight: Sight) -> str:
        sight.look()
        stage, workspace = self.stage, self._workspace
        told = tell(stage.steps, self._deeds.world) if stage.steps else []
        return self._room.get_template("page.html").render(
            sight=sight,
            stage=stage,
            story=[(one, sight.url(**_renamed(view_query(workspace, _whereto(one))))) for one in told],
            plugs=self._outlets.switches,
            now=workspace.clock.now(),
            ahead=workspace.clock.offset,
            errors=workspace.modal_errors(sight.person.id),
        )

    def _sight(self, request: Request) -> Sight:
        """Return who looks at what; unknown people and places become the first ones."""
        asked = request.query_params
        person = self._workspace.people.get(asked.get("as", ""))
        if person is None or person.is_bot:
            person = self._first_person()
        place = self._place(person, asked.get("at", ""))
        pane, newest = asked.get("pane", ""), asked.get("newest", "")
        sight = Sight(self._workspace, self._mailbox, self._marks, person, place)
        return replace(
            sight,
            box=asked.get("box", "") if asked.get("box") in BOXES else DESK if sight.is_team(person) else OWN,
            pane=pane if pane in PANES else "slack",
            newest=min(int(newest), MOST_SHOWN) if newest.isdecimal() and len(newest) < 6 else NEWEST,
        )

    def _first_person(self) -> Person:
        people = [person for person in self._workspace.people.values() if not person.is_bot]
        return next((person for person in people if person.name == "ada"), people[0])

    def _place(self, person: Person, asked: str) -> str:
        channels = self._workspace.channels
        if asked == HOME or (asked in channels and person.id in channels[asked].members):
            return asked
        first = next((c.id for c in channels.values() if c.kind != "im" and person.id in c.members), "")
        return first or self._workspace.dm(person.id)

    async def _permalink(self, request: Request) -> Response:
        """Show a message: to whoever the link says reads it, else to one of the channel's members."""
        place, name = request.path_params["channel"], request.path_params["message"].removeprefix("p")
        channel = self._workspace.channels.get(place)
        people = [m for m in channel.members if not self._workspace.people[m].is_bot] if channel else []
        asked = request.query_params.get("as", "")
        reader = asked if asked in people else next(iter(people), "")
        query = urlencode({"as": reader, "at": place, "newest": MOST_SHOWN})
        return self._guard.refusal(request) or RedirectResponse(f"/?{query}#m{name[:-6]}.{name[-6:]}", 303)

    async def _deed(self, request: Request) -> Response:
        """Carry out a form and send the page to where that shows."""
        refusal = self._guard.refusal(request)
        if refusal is not None:
            return refusal
        deed = self._deeds.by_name.get(request.path_params["deed"])
        if deed is None:
            return PlainTextResponse("There is no such thing to do.", 404)
        try:
            async with request.form() as fields:
                form = await read_form(fields)
            whereto = await run_in_threadpool(deed, form)
        except (LookupError, ValueError) as wrong:
            return PlainTextResponse(f"That didn’t work: {_sentence(wrong)}", 400)
        return RedirectResponse(f"/?{urlencode(_address(form) | (whereto or {}))}", 303)

    async def _suggest(self, request: Request) -> Response:
        """Ask the bot what it suggests for the words typed into an external select."""
        refusal = self._guard.refusal(request)
        if refusal is not None:
            return refusal
        try:
            async with request.form() as fields:
                form = await read_form(fields)
            options = await run_in_threadpool(self._deeds.suggest, form)
        except (LookupError, ValueError) as wrong:
            return JSONResponse({"trouble": _sentence(wrong)}, 400)
        return JSONResponse([option_shown(option) for option in options])

    async def _changes(self, request: Request) -> Response:
        """Tell a page of every change, as server-sent events."""
        refusal = self._guard.refusal(request)
        if refusal is not None:
            return refusal
        return StreamingResponse(self._told(), media_type="text/event-stream", headers=HEADERS)

    async def _told(self) -> AsyncIterator[str]:
        loop, rung = asyncio.get_running_loop(), asyncio.Event()

        def ring() -> None:
            loop.call_soon_threadsafe(rung.set)

        stop = self._workspace.changes.listen(ring)
        closed = asyncio.create_task(self._closed.wait())
        waiting = closed
        try:
            while not self._closed.is_set():
                rung.clear()
                yield f"retry: {RETRY}\ndata: {json.dumps(self._workspace.changes.version)}\n\n"
                waiting = asyncio.create_task(rung.wait())
                await asyncio.wait({waiting, closed}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                await asyncio.wait({closed}, timeout=SHORTEST_PAUSE)
        finally:
            stop()
            waiting.cancel()
            closed.cancel()


def _address(form: Form) -> dict[str, str]:
    """Return the part of the page's address that a form was sent from."""
    given = {name: form.one(name) for name in KEPT}
    given["at"] = given["at"] or form.one("channel")
    return {name: value for name, value in given.items() if value}


def _whereto(told: Told) -> View:
    """Return where a step shows, or where one does it as long as it has not happened."""
    return told.step.view if told.done or told.step.by_hand is None else told.step.by_hand


def _renamed(query: dict[str, str]) -> dict[str, str]:
    return {"who" if name == "as" else name: value for name, value in query.items()}


def _sentence(wrong: Exception) -> str:
    """Return the words of an error; a KeyError's are only a key."""
    return "that is not here any more" if isinstance(wrong, KeyError) else str(wrong)

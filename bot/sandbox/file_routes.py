"""Where files go in and out over plain HTTP: upload addresses, and `url_private` for whoever has the bot's token."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.faults import Faults
from bot.sandbox.people import TEAM_ID
from bot.sandbox.state import State


class FileRoutes:
    """The routes of files. As in Slack, a download without a good token leads to a page for people, not to an error."""

    def __init__(self, state: State, faults: Faults) -> None:
        self._state, self._faults = state, faults

    def routes(self) -> list[BaseRoute]:
        """Return the routes for the sandbox's application."""
        return [
            Route("/upload/v1/{key}", self._upload, methods=["POST"]),
            Route("/files-pri/{team_file}/download/{name}", self._download),
            Route("/files-pri/{team_file}/{name}", self._download),
        ]

    async def _upload(self, request: Request) -> Response:
        if self._faults.slack_is_away:
            return PlainTextResponse("Service Unavailable", 503)
        content = await _content(request)
        try:
            with self._state.changes.writing():
                self._state.files.fill(request.path_params["key"], content)
        except LookupError:
            return PlainTextResponse("Not Found", 404)
        return PlainTextResponse(f"OK - {len(content)}")

    async def _download(self, request: Request) -> Response:
        if self._faults.slack_is_away:
            return PlainTextResponse("Service Unavailable", 503)
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if token != self._state.bot_token or not self._state.grants.allows("files:read"):
            return RedirectResponse(f"/?redir={quote(request.url.path)}", 302)
        team, _, file_id = request.path_params["team_file"].partition("-")
        with self._state.changes.reading():
            file = self._state.files.stored.get(file_id)
            if team != TEAM_ID or file is None or not self._readable(list(file.places)):
                return PlainTextResponse("Not Found", 404)
            headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"}
            return Response(file.content, media_type=file.mimetype, headers=headers)

    def _readable(self, places: list[str]) -> bool:
        """Whether the bot is where the file was shared, or nobody shared it yet."""
        return not places or any(self._state.channels[place].has_bot for place in places)


async def _content(request: Request) -> bytes:
    """Return the raw body, or the one file of a form, as curl -F sends it."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form() as form:
        for part in form.values():
            return part.encode() if isinstance(part, str) else await part.read()
    return b""

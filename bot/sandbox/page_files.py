"""What people download on the page: files of Slack, and what is attached to mails."""

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.mailbox import Mailbox
from bot.sandbox.page_guard import HEADERS, Guard
from bot.sandbox.page_letters import attachment_of, key_of
from bot.sandbox.workspace import Workspace

GONE = PlainTextResponse("That file is not here (any more).", 404, headers=HEADERS)


class PageFiles:
    """The routes of downloads. Nothing is ever shown as a page: a hostile attachment can't run here."""

    def __init__(self, workspace: Workspace, mailbox: Mailbox, guard: Guard) -> None:
        self._workspace, self._mailbox, self._guard = workspace, mailbox, guard

    def routes(self) -> list[BaseRoute]:
        """Return the routes for the sandbox's application."""
        return [
            Route("/sandbox/files/{id}/{name}", self._file),
            Route("/sandbox/letters/{key}/{number:int}/{name}", self._attachment),
            Route("/files/{user}/{id}/{name}", self._permalink),
        ]

    async def _file(self, request: Request) -> Response:
        """Send a file to a person (`as`) who is where it was shared, or who owns it."""
        refusal = self._guard.refusal(request)
        if refusal is not None:
            return refusal
        asked, reader = request.path_params["id"], request.query_params.get("as", "")
        with self._workspace.changes.reading():
            file = self._workspace.files.stored.get(asked)
            if file is None:
                return GONE
            places = [self._workspace.channels[place] for place in file.places]
            if reader != file.user and not any(reader in place.members for place in places):
                return GONE
            return _download(file.name, file.mimetype, file.content)

    async def _attachment(self, request: Request) -> Response:
        refusal = self._guard.refusal(request)
        if refusal is not None:
            return refusal
        found = await run_in_threadpool(self._attached, request.path_params["key"], request.path_params["number"])
        return GONE if found is None else _download(*found)

    def _attached(self, key: str, number: int) -> tuple[str, str, bytes] | None:
        """Return name, type and bytes of an attachment of the mail with this key."""
        raws = [raw for _, raw in self._mailbox.stored()]
        raws += [bytes(mail) for mails in self._mailbox.inboxes().values() for mail in mails]
        return next((attachment_of(raw, number) for raw in raws if key_of(raw) == key), None)

    async def _permalink(self, request: Request) -> Response:
        """Lead from a file's permalink to its download, for its owner."""
        given = request.path_params
        return self._guard.refusal(request) or RedirectResponse(
            f"/sandbox/files/{given['id']}/{quote(given['name'])}?as={quote(given['user'])}", 303
        )


def _download(name: str, kind: str, content: bytes) -> Response:
    disposition = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=kind, headers=HEADERS | disposition)

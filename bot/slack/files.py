"""Files out of Slack: what people attach to their messages, read with our token and from Slack's own hosts only."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.cases.files import FILE_LIMIT, too_large
from bot.outbox.sending import Unsure
from bot.slack.calls import calling, reason_of
from bot.slack.transport import TIMEOUT_SECONDS, proxy_for
from bot.tls import tls_context

SHELF = "slack"
# Slack's file servers; GovSlack has its own.
_SLACK_DOMAINS = (".slack.com", ".slack-gov.com", ".slack-files.com")
_GONE = {
    "file_not_found": "it was deleted in Slack",
    "file_deleted": "it was deleted in Slack",
    "access_denied": "Slack does not hand it out to the bot",
    "missing_scope": "the Slack app lacks the scope files:read",
}
CHUNK = 64 * 1024


class FileGone(LookupError):
    """This file can't be had; its text says why, for people."""


class SlackFiles:
    """Reads files of the workspace by their ids. `largest` is in bytes; what is larger is not read at all."""

    def __init__(self, web: WebClient, largest: int = FILE_LIMIT) -> None:
        self._web = web
        self._largest = largest
        self._api = urlsplit(web.base_url)

    def read(self, held: str) -> bytes:
        """Return the content of the file held as `slack:<file id>`; FileGone, or what `calls.calling` raises."""
        file = self._described(held.removeprefix(f"{SHELF}:"))
        if file.get("is_external") or file.get("mode") == "external":
            raise FileGone("it is kept outside Slack")
        if why := too_large(int(file.get("size") or 0), self._largest):
            raise FileGone(why)
        url = str(file.get("url_private_download") or file.get("url_private") or "")
        if not self._is_trusted(url):
            raise FileGone("it is kept outside Slack")
        return calling(lambda: self._download(url))

    def _described(self, file_id: str) -> Mapping[str, Any]:
        """Return Slack's file object; an event's own may be a stub (Slack Connect) or out of date."""

        def ask() -> Mapping[str, Any]:
            try:
                file: Mapping[str, Any] = self._web.files_info(file=file_id)["file"]
            except SlackApiError as error:
                if reason_of(error) in _GONE:
                    raise FileGone(_GONE[reason_of(error)]) from error
                raise
            return file

        return calling(ask)

    def _is_trusted(self, url: str) -> bool:
        """Whether our token may go there: the API's own host, or Slack's file servers over TLS."""
        parts = urlsplit(url)
        if (parts.scheme, parts.netloc) == (self._api.scheme, self._api.netloc):
            return True
        return parts.scheme == "https" and parts.port in (None, 443) and f".{parts.hostname}".endswith(_SLACK_DOMAINS)

    def _download(self, url: str) -> bytes:
        request = Request(url, headers={"Authorization": f"Bearer {self._web.token}"})  # noqa: S310 - see _is_trusted
        try:
            with _opener(url).open(request, timeout=TIMEOUT_SECONDS) as answer:
                return self._bounded(answer)
        except HTTPError as error:
            if error.code >= 500 or error.code == 429:
                raise Unsure(f"HTTP {error.code}") from error
            raise FileGone("Slack does not hand it out to the bot") from error

    def _bounded(self, answer: HTTPResponse) -> bytes:
        content = bytearray()
        while piece := answer.read(CHUNK):
            content += piece
            if why := too_large(len(content), self._largest):
                raise FileGone(why)
        return bytes(content)


def _opener(url: str) -> OpenerDirector:
    """Return an opener that follows no redirect: it would take our token along to wherever it is sent.

    Slack sends strangers to its page for signing in; here that is an error like any other.
    """
    proxy = proxy_for(url)
    opener = OpenerDirector()
    for handler in (
        ProxyHandler({"http": proxy, "https": proxy} if proxy else {}),
        HTTPHandler(),
        HTTPSHandler(context=tls_context()),
        HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener

"""POST /slack/events: Slack's calls, bounded in size, time and number, handed to whoever answers them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, HTTPException, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from bot.settings import SLACK_PATH

# A click on a message of 40,000 characters, written as Slack writes it, is below 1 MB.
MOST_BYTES = 2_000_000
BODY_SECONDS = 5.0
AT_ONCE = 10
# What waits longer than Slack does (3 s) is done for nothing: it is sent away at once, and comes again.
MOST_WAITING = 100

Door = Callable[[Request, bytes], Response]
"""Answers one call in a thread of ours; a call and its whole body in, the ack out."""


class SlackCalls:
    """Reads calls in the server's loop and lets the door answer them in a few threads."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._threads = CapacityLimiter(AT_ONCE)
        self._waiting = 0

    async def answer(self, request: Request) -> Response:
        """Answer one call."""
        body = await whole_body(request)
        if self._waiting >= MOST_WAITING:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "Too much at once.", {"Retry-After": "5"})
        self._waiting += 1
        try:
            return await to_thread.run_sync(partial(self._door, request, body), limiter=self._threads)
        finally:
            self._waiting -= 1


def add_slack(web: FastAPI, door: Door) -> None:
    """Serve Slack's calls."""
    web.add_api_route(SLACK_PATH, SlackCalls(door).answer, methods=["POST"], response_model=None)


async def whole_body(request: Request) -> bytes:
    """Read a body that is not too large and does not take too long; refuse any other."""
    told = request.headers.get("content-length", "0")
    if not told.isdecimal() or len(told) > 9 or int(told) > MOST_BYTES:
        raise _too_large()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _read(request)
    except TimeoutError:
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, "The body took too long.") from None
    except ClientDisconnect:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The body broke off.") from None


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise _too_large()
    return bytes(body)


def _too_large() -> HTTPException:
    # The connection is closed: what is still to come would be read as the next request.
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large.", {"Connection": "close"})

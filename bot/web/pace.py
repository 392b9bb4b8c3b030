"""How often somebody may ask: a bucket of requests for each address, filled again as time goes by."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.settings import SLACK_PATH
from bot.web.access import is_near

REMEMBERED = 2_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many requests a second in the long run, and so many at once."""

    a_second: float
    at_once: int


PAGES = Allowance(a_second=5, at_once=50)
# Slack makes 30,000 calls an hour at most to one app in one workspace, in bursts.
CALLS = Allowance(a_second=50, at_once=500)


class Turnstile:
    """Counts by address; the addresses seen longest ago are forgotten, and with them what they used up."""

    def __init__(self, allowance: Allowance, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._allowance = allowance
        self._monotonic = monotonic
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, address: str) -> float:
        """Return 0 and count, or after how many seconds the address may come again. One thread at a time."""
        now = self._monotonic()
        left, at = self._left.pop(address, (float(self._allowance.at_once), now))
        left = min(self._allowance.at_once, left + (now - at) * self._allowance.a_second)
        passes = left >= 1
        self._left[address] = (left - passes, now)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        return 0.0 if passes else (1 - left) / self._allowance.a_second


class Pace:
    """Sends away who asks too often. /live is always answered, and so is this machine, but for Slack's path."""

    def __init__(self, app: ASGIApp, pages: Turnstile, calls: Turnstile) -> None:
        self._app = app
        self._pages, self._calls = pages, calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 429."""
        wait = self._wait(HTTPConnection(scope)) if scope["type"] == "http" else 0.0
        if not wait:
            await self._app(scope, receive, send)
            return
        headers = {"Retry-After": str(math.ceil(wait)), "Connection": "close"}
        refusal = PlainTextResponse("Too many requests.\n", HTTPStatus.TOO_MANY_REQUESTS, headers)
        await refusal(scope, receive, send)

    def _wait(self, request: HTTPConnection) -> float:
        path, address = request.scope["path"], neighbourhood(request.client.host if request.client else "")
        if path == SLACK_PATH:
            return self._calls.wait(address)
        return 0.0 if path == "/live" or is_near(request) else self._pages.wait(address)


def neighbourhood(host: str) -> str:
    """Return as whom an address is counted: itself, or of IPv6 the 64 bits before it, which one line mostly has."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:  # what a proxy wrote into its header
        return host
    return address.exploded[:19] if address.version == 6 else host

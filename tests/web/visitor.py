"""Who asks our web server, without a port between."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from bot.clock import Clock
from bot.web.access import Access
from bot.web.figures import Figures
from bot.web.health import Check, Outbox
from bot.web.routes import DebugView, build_web


@dataclass(frozen=True)
class Page:
    """What was answered; `body` is the JSON, `text` everything else."""

    status: int
    body: Any
    text: str = ""
    headers: Mapping[str, str] | None = None


def visit(
    checks: Mapping[str, Check],
    path: str = "/health",
    *,
    clock: Clock | None = None,
    figures: Figures | None = None,
    debug: DebugView | None = None,
    outbox: Outbox | None = None,
    access: Access | None = None,
    peer: str = "127.0.0.1",
    host: str = "127.0.0.1:8000",
    headers: Mapping[str, str | bytes] | None = None,
) -> Page:
    """Ask for one page, from this address, and under this name of ours."""
    web = build_web(checks, clock, figures, debug, outbox, access=access)
    transport = httpx.ASGITransport(web, client=(peer, 4711))
    answer = asyncio.run(_got(transport, f"http://{host}{path}", dict(headers or {})))
    if not answer.headers["content-type"].startswith("application/json"):
        return Page(answer.status_code, None, answer.text, answer.headers)
    told = answer.headers if headers else None
    return Page(answer.status_code, answer.json(), headers=told)


async def _got(transport: httpx.ASGITransport, url: str, headers: dict[str, str | bytes]) -> httpx.Response:
    async with httpx.AsyncClient(transport=transport) as client:
        raw = [(name.encode(), sent if isinstance(sent, bytes) else sent.encode()) for name, sent in headers.items()]
        return await client.get(url, headers=raw)

"""What is served: /live, /health, /ready, /metrics, and with DEBUG=true /cases."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse

from bot.clock import Clock, SystemClock
from bot.web.case_list import CaseLine
from bot.web.figures import CONTENT_TYPE, Figures
from bot.web.health import Answer, Check, Outbox, health, readiness

MOST_CASES = 1000
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@dataclass(frozen=True, slots=True)
class DebugView:
    """What DEBUG=true adds: the newest cases, and web origins that may call us from a browser."""

    cases: Callable[[int], Sequence[CaseLine]]
    origins: Sequence[str] = ()


def build_web(
    checks: Mapping[str, Check],
    clock: Clock | None = None,
    figures: Figures | None = None,
    debug: DebugView | None = None,
    outbox: Outbox | None = None,
) -> FastAPI:
    """Return the application; it shows no interactive documentation, for there is nothing to try."""
    web = FastAPI(title="Casebot", docs_url=None, redoc_url=None, openapi_url=None)
    times = clock or SystemClock()

    @web.get("/live")
    def live() -> dict[str, str]:
        return {"status": "alive"}

    @web.get("/health")
    def tell_health() -> JSONResponse:
        return _json(health(checks, times.now(), outbox))

    @web.get("/ready")
    def tell_readiness() -> JSONResponse:
        return _json(readiness(checks))

    if figures is not None:
        _add_metrics(web, figures)
    if debug is not None:
        _add_cases(web, debug)
    return web


def near_only(request: Request) -> None:
    """Refuse public addresses, and proxies, which may stand before one: no password guards these pages."""
    client = request.client.host if request.client else ""
    forwarded = any(name in request.headers for name in _FORWARDED)
    if forwarded or not _is_near(client):
        raise HTTPException(403, "Only for this machine and its private networks, and not through a proxy.")


def _add_metrics(web: FastAPI, figures: Figures) -> None:
    @web.get("/metrics", dependencies=[Depends(near_only)])
    def tell_metrics() -> Response:
        return Response(figures.exposition(), media_type=CONTENT_TYPE)


def _add_cases(web: FastAPI, debug: DebugView) -> None:
    if debug.origins:
        web.add_middleware(CORSMiddleware, allow_origins=list(debug.origins), allow_methods=["GET"])

    @web.get("/cases", dependencies=[Depends(near_only)])
    def tell_cases(limit: Annotated[int, Query(ge=1, le=MOST_CASES)] = MOST_CASES) -> dict[str, Sequence[CaseLine]]:
        return {"cases": debug.cases(limit)}


def _is_near(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private


def _json(answer: Answer) -> JSONResponse:
    return JSONResponse(answer.body, answer.status_code)

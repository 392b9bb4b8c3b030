"""What is served: /live, /health, /ready, /metrics, with DEBUG=true /cases, and where Slack calls us its calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse

from bot.clock import Clock, SystemClock
from bot.web.access import Access
from bot.web.case_list import CaseLine
from bot.web.figures import CONTENT_TYPE, Figures
from bot.web.health import Answer, Check, Outbox, health, readiness
from bot.web.pace import CALLS, PAGES, Pace, Turnstile
from bot.web.slack_calls import Door, add_slack

MOST_CASES = 1000
SHORT = ("status", "services")
"""What everybody is told of /health and /ready."""


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
    *,
    access: Access | None = None,
    door: Door | None = None,
) -> FastAPI:
    """Return the application; it shows no interactive documentation, for there is nothing to try.

    Everybody is told whether the desk works; why not, figures and cases only whom `access` admits.
    """
    web = FastAPI(title="Casebot", docs_url=None, redoc_url=None, openapi_url=None)
    admitted = access or Access()
    _add_health(web, checks, clock or SystemClock(), outbox, admitted)
    if figures is not None:
        _add_metrics(web, figures, admitted)
    if debug is not None:
        _add_cases(web, debug, admitted)
    if door is not None:
        add_slack(web, door)
    web.add_middleware(Pace, pages=Turnstile(PAGES), calls=Turnstile(CALLS))
    return web


def _add_health(web: FastAPI, checks: Mapping[str, Check], clock: Clock, outbox: Outbox | None, access: Access) -> None:
    @web.get("/live")
    async def live() -> dict[str, str]:
        return {"status": "alive"}

    @web.get("/health")
    def tell_health(request: Request) -> JSONResponse:
        return _json(health(checks, clock.now(), outbox), whole=access.admits(request))

    @web.get("/ready")
    def tell_readiness(request: Request) -> JSONResponse:
        return _json(readiness(checks), whole=access.admits(request))


def _add_metrics(web: FastAPI, figures: Figures, access: Access) -> None:
    @web.get("/metrics", dependencies=[Depends(access.check)])
    def tell_metrics() -> Response:
        return Response(figures.exposition(), media_type=CONTENT_TYPE)


def _add_cases(web: FastAPI, debug: DebugView, access: Access) -> None:
    if debug.origins:
        origins = list(debug.origins)
        web.add_middleware(
            CORSMiddleware, allow_origins=origins, allow_methods=["GET"], allow_headers=["Authorization"]
        )

    @web.get("/cases", dependencies=[Depends(access.check)])
    def tell_cases(limit: Annotated[int, Query(ge=1, le=MOST_CASES)] = MOST_CASES) -> dict[str, Sequence[CaseLine]]:
        return {"cases": debug.cases(limit)}


def _json(answer: Answer, *, whole: bool) -> JSONResponse:
    body = answer.body if whole else {name: answer.body[name] for name in SHORT if name in answer.body}
    return JSONResponse(body, answer.status_code)

"""The Web API's door: `/api/<method>`, tokens, faults, and the answers' outer shape; response URLs too."""

import asyncio
import json
from collections.abc import Callable
from typing import Literal, TypeAlias
from uuid import uuid4

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.sandbox import api_chat, api_conversations, api_files, api_people, api_views
from bot.sandbox.faults import Faults
from bot.sandbox.response_urls import answer_by_url
from bot.sandbox.shapes import Call, Json, SlackError
from bot.sandbox.state import State

log = structlog.get_logger(__name__)
Method: TypeAlias = Callable[[State, Call], Json]

METHODS: dict[str, Method] = {
    **api_chat.METHODS,
    **api_conversations.METHODS,
    **api_files.METHODS,
    **api_people.METHODS,
    **api_views.METHODS,
}
TOKENLESS = {"api.test"}
APP_TOKEN_METHODS = {"apps.connections.open"}


class WebApi:
    """Answers calls of the Web API with what the workspace says."""

    def __init__(self, state: State, faults: Faults, reset: Callable[[tuple[str, int]], None]) -> None:
        self._state = state
        self._faults = faults
        self._reset = reset

    async def call(self, request: Request) -> Response:
        """Answer one call, unless a fault is switched on."""
        if self._faults.slack_is_away:
            return PlainTextResponse("Service Unavailable", 503)
        call = await _read(request)
        await self._delay("slow", call)
        response = self._fault(call) or self._answered(call)
        await self._delay("late", call)
        if self._faults.take("reset", call) and request.client is not None:
            self._reset((request.client.host, request.client.port))
        return response

    async def respond(self, request: Request) -> Response:
        """Take an answer posted to a response URL."""
        if self._faults.slack_is_away:
            return PlainTextResponse("Service Unavailable", 503)
        try:
            body = json.loads(await request.body())
            with self._state.changes.writing():
                answer_by_url(self._state, request.path_params["key"], body)
        except SlackError as refusal:
            return JSONResponse(refusal.answer(), 404 if refusal.code.endswith("_url") else 200)
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_payload"}, 400)
        return PlainTextResponse("ok")

    async def _delay(self, kind: Literal["slow", "late"], call: Call) -> None:
        slowness = self._faults.take(kind, call)
        if slowness is not None:
            await asyncio.sleep(slowness.number)

    def _fault(self, call: Call) -> Response | None:
        failure = self._faults.take("status", call)
        if failure is not None:
            return PlainTextResponse("Sandbox: switched-on failure", int(failure.number))
        limit = self._faults.take("rate_limit", call)
        if limit is not None:
            return self._limited(call, int(limit.number))
        if call.method == "chat.postMessage" and self._faults.too_soon(str(call.arguments.get("channel"))):
            return self._limited(call, 1)
        if too_many := self._faults.tier_wait(call):
            return self._limited(call, too_many)
        refusal = self._faults.take("error", call)
        if refusal is not None:
            return self._shaped(call, SlackError(refusal.error).answer())
        return None

    def _limited(self, call: Call, retry_after: int) -> Response:
        response = self._shaped(call, {"ok": False, "error": "ratelimited"}, 429)
        response.headers["Retry-After"] = str(retry_after)
        return response

    def _answered(self, call: Call) -> Response:
        with self._state.changes.writing():
            try:
                answer = {"ok": True, **self._method(call)(self._state, call)}
            except SlackError as refusal:
                answer = refusal.answer()
            return self._shaped(call, answer)

    def _method(self, call: Call) -> Method:
        method = METHODS.get(call.method)
        if method is None:
            self._state.unknown_methods[call.method] += 1
            log.warning("unknown method called", method=call.method, times=self._state.unknown_methods[call.method])
            raise SlackError("unknown_method", req_method=call.method)
        if call.method not in TOKENLESS:
            self._check_token(call)
            self._state.grants.check(self._state, call)
        return method

    def _check_token(self, call: Call) -> None:
        if not call.token:
            raise SlackError("not_authed")
        if call.token not in {self._state.bot_token, self._state.app_token}:
            raise SlackError("invalid_auth")
        needs_app = call.method in APP_TOKEN_METHODS
        if needs_app != (call.token == self._state.app_token):
            raise SlackError("not_allowed_token_type")

    def _shaped(self, call: Call, answer: Json, status: int = 200) -> Response:
        """Make the response while the state is held, and remember the call as it was answered."""
        response = JSONResponse(answer, status)
        response.headers["x-oauth-scopes"] = ",".join(sorted(self._state.grants.scopes))
        response.headers["server"] = "casebot-sandbox"
        response.headers["x-slack-req-id"] = uuid4().hex
        call.answer = json.loads(bytes(response.body))
        self._state.calls.append(call)
        return response


async def _read(request: Request) -> Call:
    """Read method, token and arguments from query, form or JSON."""
    arguments: Json = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        arguments |= _json_object(await request.body())
    elif request.method == "POST":
        async with request.form() as form:
            arguments |= {name: value for name, value in form.items() if isinstance(value, str)}
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    token = str(arguments.pop("token", "")) or bearer
    return Call(request.path_params["method"], arguments, token)


def _json_object(body: bytes) -> Json:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}

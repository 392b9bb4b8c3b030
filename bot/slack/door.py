"""The road by HTTP: Slack calls us. Who knocks must have signed; what is heard goes to the same Bolt app."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus

import structlog
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.clock import Clock
from bot.slack.hearing import Hearing

log = structlog.get_logger(__name__)

KEEP_SECONDS = 5.0
# So often Slack is asked whether it still knows us: nothing else tells a desk without a socket.
ASK_SECONDS = 60.0
# Longer than a failing loop's longest pause: who was not kept for so long was asleep, and so was the web server.
ASLEEP_SECONDS = 90.0
# Slack tries again at once, after a minute and after five. The one after a minute tells of a road broken that long.
TELLING_TRY = 2
FINISH_SECONDS = 3.0
_SIGNATURE = (
    "The signature is missing, wrong or too old. Casebot answers only what Slack signed with SLACK_SIGNING_SECRET.\n"
)


class Door:
    """Answers Slack's calls from the moment on when the desk knows what is needed for it.

    Something may have missed us before the start; while Slack could not be asked, for then it hardly reached us either;
    while this process or machine slept; and where Slack tells by a late try of an event that the road was broken.
    Whether the road works at all is the patrol's to find out, from history.
    """

    token_setting = "SLACK_BOT_TOKEN"  # noqa: S105 - the name of a setting
    renewable = False

    def __init__(self, app: App, signing_secret: str, web: WebClient, hearing: Hearing, clock: Clock) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)
        self._web = web
        self._hearing = hearing
        self._clock = clock
        self._open = False
        self._kept_at: datetime | None = None
        self._answered_at: datetime | None = None
        self._asked: float | None = None
        self._refused = 0
        self._in_hand = 0
        self._idle = threading.Condition()
        self.wake: Callable[[], None] = lambda: None

    # -- the road ------------------------------------------------------------------------------------------------

    @property
    def begun(self) -> bool:
        """Whether calls are taken."""
        return self._open

    @property
    def problem(self) -> str:
        """Why nothing is heard; whether Slack finds the way to us is told by the patrol."""
        return "" if self._open else "the door for Slack's calls is not open yet"

    @property
    def evidence(self) -> Mapping[str, float | int | bool | str]:
        """When Slack last answered us, and how many calls were refused for their signature."""
        known: dict[str, float | int | bool | str] = {"mode": "http", "refused_calls": self._refused}
        if self._answered_at is not None:
            known["last_auth_test_seconds"] = round((self._clock.now() - self._answered_at).total_seconds(), 1)
        return known

    def keep(self) -> None:
        """Ask Slack now and then whether it knows us, and open the door; raises what the Web API raises."""
        self._note_sleep()
        if self._asked is None or time.monotonic() - self._asked > ASK_SECONDS:
            self._ask()
        if not self._open or not self._hearing.hears:
            self._open = True
            self._hearing.opened()

    def rest(self) -> float:
        """Return after how many seconds `keep` is to be called again."""
        return KEEP_SECONDS

    def renew(self) -> None:
        """Do nothing: the road belongs to Slack, and to whoever runs what stands between."""

    def close(self) -> None:
        """Refuse what comes from now on, so that Slack sends it again, and let what is in hand be answered."""
        self._open = False
        with self._idle:
            self._idle.wait_for(lambda: self._in_hand == 0, FINISH_SECONDS)

    def _note_sleep(self) -> None:
        now, before = self._clock.now(), self._kept_at
        self._kept_at = now
        if self._open and before is not None and (now - before).total_seconds() > ASLEEP_SECONDS:
            log.warning("nothing ran here for a while; what slack called meanwhile may be lost", since=str(before))
            self._hearing.missed(before)
            self._asked = None

    def _ask(self) -> None:
        try:
            self._web.auth_test()
        except Exception:
            if self._hearing.hears:
                self._hearing.lost(self._answered_at)
            raise
        self._asked = time.monotonic()
        self._answered_at = self._clock.now()

    # -- the calls -----------------------------------------------------------------------------------------------

    def answer(self, request: Request, body: bytes) -> Response:
        """Answer one call, in any thread; the answer is the ack, so it is given after the commit.

        Nothing of a call that is not signed is read.
        """
        if not self._is_signed(request.headers, body):
            return self._refuse()
        self._hearing.called()
        try:
            call = to_bolt_request(request, body)
        except (ValueError, TypeError, AttributeError, RecursionError):
            return PlainTextResponse("This is no call that Slack makes.\n", HTTPStatus.BAD_REQUEST)
        with self._idle:
            self._in_hand += 1
        try:
            return self._answered(call, request.headers)
        finally:
            with self._idle:
                self._in_hand -= 1
                self._idle.notify_all()

    def _answered(self, call: BoltRequest, headers: Headers) -> Response:
        # Slack asks for the challenge while the app is being set up, and whenever its address is saved.
        if not self._open and call.body.get("type") != "url_verification":
            return PlainTextResponse("Casebot is not ready.\n", HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "5"})
        self._note_try(headers)
        response = self._app.dispatch(call)
        if call.body.get("type") == "event_callback":
            self._hearing.heard(call.body, taken=response.status == HTTPStatus.OK)
        return to_starlette_response(response)

    def _is_signed(self, headers: Headers, body: bytes) -> bool:
        timestamp, signature = headers.get("x-slack-request-timestamp"), headers.get("x-slack-signature")
        try:
            return self._verifier.is_valid(body, timestamp, signature)
        except (ValueError, TypeError):  # a time that is no number, a signature or a body that is no text
            return False

    def _refuse(self) -> Response:
        """Count it and log the first: anybody may knock, and nobody shall fill the log."""
        self._refused += 1
        if self._refused == 1:
            log.warning("a call without slack's signature was refused; further ones are counted in /health")
        return PlainTextResponse(_SIGNATURE, HTTPStatus.UNAUTHORIZED)

    def _note_try(self, headers: Headers) -> None:
        number, reason = headers.get("x-slack-retry-num", ""), headers.get("x-slack-retry-reason", "")
        if not number.isdecimal():
            return
        log.info("slack tries again", number=int(number[:3]), reason=reason[:40])
        if int(number[:3]) >= TELLING_TRY:
            self._hearing.missed()

"""The way to Slack for who examines it: each call's refusal becomes a sentence and the click that mends it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from http.client import HTTPException
from typing import TypeVar
from urllib.error import URLError
from urllib.parse import urlsplit

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.clock import Clock
from bot.doctor.finding import Trouble
from bot.settings import Settings
from bot.slack.identity import BAD_TOKEN
from bot.slack.transport import web_client

Told = TypeVar("Told")
CALL_SECONDS = 8
_APP_ID = re.compile(r"xapp-\d+-(A[A-Z0-9]+)-")
_WRONG_KIND = frozenset({"not_allowed_token_type", "no_permission"})
_LATER = "Try again in a minute; https://slack-status.com tells of outages."
_APP_GONE = frozenset({"account_inactive", "token_revoked"})


class SlackSide:
    """Calls Slack with the desk's tokens. Every call may raise Trouble."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._clock = clock
        self._bot_token = settings.slack_bot_token.get_secret_value()
        self._app_token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
        self.web = web_client(self._bot_token, settings.slack_api_url, patient=True)
        self.web.timeout = CALL_SECONDS
        self._pages = _pages_of(settings.slack_api_url, self.app_id_of_token)
        self.asked_at: datetime = clock.now()
        """By our clock, when Slack answered auth.test."""

    @property
    def app_id_of_token(self) -> str:
        """The app's id as the app-level token tells it (xapp-1-A…-…); empty where it does not."""
        found = _APP_ID.match(self._app_token)
        return found[1] if found else ""

    @cached_property
    def identity(self) -> SlackResponse:
        """The answer of auth.test, with its headers."""
        answer = self.ask(self.web.auth_test)
        self.asked_at = self._clock.now()
        return answer

    @property
    def granted(self) -> frozenset[str]:
        """The scopes that Slack granted the bot token, from the header it adds to every answer."""
        return frozenset(filter(None, (scope.strip() for scope in self.header("x-oauth-scopes").split(","))))

    @cached_property
    def app_id(self) -> str:
        """The id of the app that the bot token belongs to."""
        bot = self.ask(lambda: self.web.bots_info(bot=self.identity["bot_id"]))
        return str(bot["bot"]["app_id"])

    def header(self, name: str) -> str:
        """Return a header of auth.test's answer, empty where there is none."""
        headers = {str(key).lower(): value for key, value in self.identity.headers.items()}
        return str(headers.get(name, ""))

    def socket_address(self) -> str:
        """Ask for the address of a Socket Mode socket; nothing is opened by that."""
        answer = self.ask(lambda: self.web.apps_connections_open(app_token=self._app_token), at_socket=True)
        return str(answer["url"])

    def page(self, name: str) -> str:
        """Return where a page of the app's settings is: its address where the app is known, else the way to it."""
        return self._pages(name)

    def ask(self, call: Callable[[], Told], *, at_socket: bool = False) -> Told:
        """Make one call or several; what Slack refuses, or a Slack that can't be reached, is Trouble."""
        try:
            return call()
        except SlackApiError as error:
            status = error.response.status_code
            if status >= 500:
                raise Trouble(f"Slack is out of order (HTTP {status})", _LATER) from error
            reason = str(error.response.get("error") or f"HTTP {status}")
            raise self._refusal(reason, str(error.response.get("needed") or ""), at_socket=at_socket) from error
        except (URLError, OSError, HTTPException) as error:
            cause = getattr(error, "reason", error)
            raise Trouble(
                f"Slack can't be reached ({cause})",
                "Check the network from this machine: curl -sS https://slack.com/api/api.test",
                "Behind a proxy set HTTPS_PROXY; leave SLACK_API_URL empty for slack.com.",
            ) from error

    def _refusal(self, reason: str, needed: str, *, at_socket: bool) -> Trouble:
        if needed:
            return Trouble(f"Slack refuses: the app lacks the scope {needed}", *self.add_scopes(needed))
        token = "SLACK_APP_TOKEN" if at_socket else "SLACK_BOT_TOKEN"
        if reason in _WRONG_KIND:
            return Trouble(f"{token} is a token of another kind ({reason})", self._copy(at_socket=at_socket))
        if reason in _APP_GONE:
            again = f"Install the app again: {self.page('install-on-team')} → Install to Workspace."
            return Trouble(f"{token} was revoked ({reason})", again, self._copy(at_socket=at_socket))
        if reason in BAD_TOKEN:
            return Trouble(f"Slack does not know {token} ({reason})", self._copy(at_socket=at_socket))
        if at_socket:
            switch = f"Look whether Socket Mode is on: {self.page('socket-mode')} → Enable Socket Mode."
            return Trouble(f"Slack opens no socket ({reason})", switch)
        return Trouble(f"Slack answers {reason}", _LATER)

    def add_scopes(self, scopes: str) -> tuple[str, str]:
        """Return the clicks that grant missing scopes."""
        return (
            f"{self.page('oauth')} → Scopes → Bot Token Scopes → Add an OAuth Scope: {scopes}",
            f"Then {self.page('install-on-team')} → Reinstall to Workspace. The token stays the same.",
        )

    def _copy(self, *, at_socket: bool) -> str:
        if at_socket:
            where = f"{self.page('general')} → App-Level Tokens → Generate Token, scope connections:write"
            return f"Put a new one into SLACK_APP_TOKEN: {where} (xapp-…)."
        return f"Copy it again into SLACK_BOT_TOKEN: {self.page('oauth')} → Bot User OAuth Token (xoxb-…)."


_WAYS = {
    "general": "Basic Information",
    "oauth": "OAuth & Permissions",
    "install-on-team": "Install App",
    "socket-mode": "Socket Mode",
    "app-manifest": "App Manifest",
}


def _pages_of(api_url: str, app_id: str) -> Callable[[str], str]:
    site = "api.slack-gov.com" if "slack-gov" in (urlsplit(api_url).hostname or "") else "api.slack.com"
    if app_id:
        return lambda name: f"https://{site}/apps/{app_id}/{name}"
    return lambda name: f"https://{site}/apps → your app → {_WAYS[name]}"

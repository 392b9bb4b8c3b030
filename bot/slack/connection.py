"""Our tie to Slack: who we are, which channels are meant, and the road by which we hear."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import URLError

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.directory import Directory
from bot.slack.hearing import Hearing
from bot.slack.identity import BAD_TOKEN, Identity
from bot.slack.places import Places

log = structlog.get_logger(__name__)

PLACES_AGAIN_SECONDS = 30.0
_BOT_TOKEN = "SLACK_BOT_TOKEN"  # noqa: S105 - the name of a setting
_COPY_AGAIN = {
    _BOT_TOKEN: "Copy it again from your app's OAuth & Permissions page.",
    "SLACK_APP_TOKEN": (
        "Copy it again from your app's Basic Information → App-Level Tokens (scope connections:write)."
    ),
}


class TokenRefused(PermissionError):
    """Slack does not know a token of ours; only a new setting helps."""


class SlackAway(OSError):
    """Slack could not be asked; the next try may succeed."""


class Road(Protocol):
    """How events reach us: by sockets that we open, or at a door where Slack knocks."""

    wake: Callable[[], None]

    @property
    def token_setting(self) -> str:
        """The setting that holds the token with which `keep` asks Slack."""
        ...

    @property
    def renewable(self) -> bool:
        """Whether `renew` can help: whether the road is ours to open."""
        ...

    @property
    def begun(self) -> bool:
        """Whether events may come in already."""
        ...

    @property
    def problem(self) -> str:
        """Why nothing is heard; empty while something would be."""
        ...

    @property
    def evidence(self) -> Mapping[str, float | int | bool | str]:
        """What is known of it, for /health."""
        ...

    def keep(self) -> None:
        """Do what is missing; raises what the Web API raises."""
        ...

    def rest(self) -> float:
        """Return after how many seconds `keep` is to be called again, if nothing wakes it sooner."""
        ...

    def renew(self) -> None:
        """Begin anew: it looks well and hears nothing."""
        ...

    def close(self) -> None:
        """Hear nothing more; what is in hand is finished first."""
        ...


class SlackConnection:
    """Brings the tie up step by step, and keeps it up: each call of `keep` does what is still missing."""

    def __init__(
        self,
        road: Road,
        web: WebClient,
        identity: Identity,
        places: Places,
        directory: Directory,
        hearing: Hearing,
    ) -> None:
        self._road = road
        self._web = web
        self._identity = identity
        self._places = places
        self._directory = directory
        self._hearing = hearing
        self._places_at = 0.0
        self._described = False
        self._problem = "not connected yet"

    @property
    def wake(self) -> Callable[[], None]:
        """What is called when there is something to do before the next regular `keep`."""
        return self._road.wake

    @wake.setter
    def wake(self, wake: Callable[[], None]) -> None:
        self._road.wake = wake

    @property
    def renewable(self) -> bool:
        """Whether `renew` can help against a road that looks well and hears nothing."""
        return self._road.renewable

    @property
    def problem(self) -> str:
        """What is wrong with the line, in words; empty while all is well."""
        if self._problem:
            return self._problem
        unusable = [f"{setting}: {problem}" for setting, problem in self._places.missing.items()]
        if self._places.resolved and self._road.problem:
            unusable.append(self._road.problem)
        return "; ".join(unusable)

    @property
    def details(self) -> Mapping[str, float | int | bool | str]:
        """The evidence for the road: how many seconds ago Slack last spoke, and whether anything may be missing."""
        ages = {f"last_{what}_seconds": self._hearing.age(what) for what in ("hello", "pong", "call", "event")}
        known = {name: round(age, 1) for name, age in ages.items() if age is not None}
        return {**self._road.evidence, **known, "catching_up": self._hearing.gap is not None}

    def rest(self) -> float:
        """Return after how many seconds `keep` is to be called again, if nothing wakes it sooner."""
        return self._road.rest()

    def renew(self) -> None:
        """Begin anew with a road that looks well and hears nothing."""
        self._road.renew()

    def identify(self) -> None:
        """Ask Slack who we are. TokenRefused if it does not know us; SlackAway if it can't be asked."""
        answer = self._asking(self._web.auth_test)
        self._identity.team_id = answer["team_id"]
        self._identity.user_id = answer["user_id"]
        self._identity.bot_id = answer.get("bot_id") or ""
        self._identity.workspace_url = answer.get("url") or ""
        log.info("slack knows us", workspace=answer.get("team"), bot=answer.get("user"))

    def keep(self) -> int:
        """Do what is missing on the line; returns 0, for there is never more to do at once."""
        try:
            if not self._identity.known:
                self.identify()
            if not self._places.resolved or (self._places.missing and self._places_due()):
                self._asking(self._places.resolve)
                self._places_at = time.monotonic()
            self._meet_people()
            if self._places.resolved:
                self._asking(self._road.keep, token=self._road.token_setting)
            # What the last process knew is good enough to begin with: a large workspace takes minutes to list.
            if not self._described:
                self._describe()
        except (SlackAway, TokenRefused) as problem:
            self._problem = str(problem)
            raise
        self._problem = ""
        return 0

    def close(self) -> None:
        """Hear nothing more; what is in hand is finished and acked first."""
        self._road.close()

    def _meet_people(self) -> None:
        """Before anybody is heard: who may act now, and at the very first start everybody's name."""
        if self._described or self._road.begun:
            return
        if self._directory.is_empty:
            self._describe()
        else:
            self._asking(self._directory.refresh_groups)

    def _describe(self) -> None:
        self._asking(self._directory.refresh)
        self._described = True

    def _places_due(self) -> bool:
        return time.monotonic() - self._places_at > PLACES_AGAIN_SECONDS

    def _asking(self, call: Callable[[], Any], token: str = _BOT_TOKEN) -> Any:
        try:
            return call()
        except SlackApiError as error:
            reason = _reason(error)
            if reason in BAD_TOKEN:
                raise TokenRefused(f"{token} is refused by Slack ({reason}). {_COPY_AGAIN[token]}") from error
            needed = error.response.get("needed")
            advice = f"; the app needs the scope {needed}: add it and install the app again" if needed else ""
            raise SlackAway(f"Slack answers {reason}{advice}") from error
        except (URLError, OSError, HTTPException) as error:
            cause = getattr(error, "reason", error)
            raise SlackAway(f"Slack can't be reached ({cause}); check the network and SLACK_API_URL") from error


def _reason(error: SlackApiError) -> str:
    """Return Slack's word for it; a server that is out of order has none but its status."""
    status = error.response.status_code
    told = None if status >= HTTPStatus.INTERNAL_SERVER_ERROR else error.response.get("error")
    return str(told or f"HTTP {status}")

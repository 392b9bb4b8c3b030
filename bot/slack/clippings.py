"""A message that an admin points at: found in Slack again, and taken in on its author's behalf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_sdk import WebClient

from bot.cases.errors import IllegalMove
from bot.cases.inbound import Author, Inbound, Outcome
from bot.cases.intake import Intake
from bot.slack.directory import Directory
from bot.slack.inbound import to_inbound
from bot.slack.places import Places


class Clippings:
    """Makes cases of what was said where nobody listens, or where it belonged to no case."""

    def __init__(self, web: WebClient, intake: Intake, directory: Directory, places: Places) -> None:
        self._web = web
        self._intake = intake
        self._directory = directory
        self._places = places

    def find(self, channel: str, ts: str) -> Mapping[str, Any]:
        """Ask Slack for one message; IllegalMove if it is not there any more."""
        exactly: dict[str, Any] = {"channel": channel, "oldest": ts, "latest": ts, "inclusive": True, "limit": 10}
        said = self._web.conversations_history(**exactly)["messages"]
        # Of a thread, history knows only the first message.
        said = said or self._web.conversations_replies(ts=ts, **exactly)["messages"]
        for message in said:
            if message["ts"] == ts:
                return dict(message)
        raise IllegalMove("That message is not there any more.")

    def open_case(self, channel: str, message: Mapping[str, Any], by: Author) -> str:
        """Open a case with a message, or add it to its author's open one; returns what to tell the admin."""
        inbound = self._words(channel, message)
        author = inbound.author
        if author.is_admin:
            raise IllegalMove(f"{author.name} is an admin, and admins have no cases.")
        taken = self._intake.receive(replace(inbound, taken_down_by=by, inside=False))
        if taken.outcome is Outcome.DUPLICATE:
            raise IllegalMove(f"That message stands in {taken.case_id or 'a question to the team'} already.")
        if taken.outcome is Outcome.OPENED:
            return f"{taken.case_id} is open for {author.name}."
        return f"{author.name} has an open case, so the message was added to {taken.case_id}."

    def add_to(self, case_id: str, channel: str, message: Mapping[str, Any], by: Author) -> str:
        """Put a message into a case of the admin's choice; returns what to tell him."""
        taken = self._intake.add_to(case_id, self._words(channel, message), by)
        return f"The message was added to {taken.case_id}."

    def author(self, message: Mapping[str, Any]) -> Author:
        """Return who wrote a message."""
        return self._directory.author(str(message.get("user") or ""))

    def _words(self, channel: str, message: Mapping[str, Any]) -> Inbound:
        said = {**message, "channel": channel}
        inbound = to_inbound(said, self._directory.author, self._directory.names(), self._places.inside)
        if not isinstance(inbound, Inbound) or self._directory.is_bot(inbound.author.identity):
            raise IllegalMove("Only what a person wrote can be put into a case.")
        return inbound

"""Whom a repeated alert calls: a user or a user group, by its id or its @handle."""

from __future__ import annotations

import structlog
from slack_sdk import WebClient

from bot.slack.calls import Mendable, calling
from bot.slack.views.words import escape, mention

log = structlog.get_logger(__name__)


class Mention:
    """Turns ESCALATION_MENTION into Slack's markup; a handle is looked up once, when it is first wanted."""

    def __init__(self, wanted: str | None, web: WebClient) -> None:
        self._wanted = wanted or ""
        self._web = web
        self._found = "" if self._wanted.startswith("@") else self._wanted

    def markup(self) -> str:
        """Return the mention, or nothing where nobody is to be called; raises what `calls.calling` raises."""
        if not self._found and self._wanted:
            self._found = self._group_id()
        return mention(self._found) if self._found else escape(self._wanted)

    def _group_id(self) -> str:
        try:
            groups = calling(self._web.usergroups_list)["usergroups"]
        except Mendable as mendable:
            log.error("ESCALATION_MENTION can't be looked up; add the scope usergroups:read", reason=mendable.reason)
            return ""
        named = [str(group["id"]) for group in groups if group.get("handle") == self._wanted.removeprefix("@")]
        if not named:
            log.error("no such user group; correct ESCALATION_MENTION", group=self._wanted)
        return named[0] if named else ""

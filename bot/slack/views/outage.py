"""The line after an outage; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.slack.views import words
from bot.slack.views.parts import Drawing, section


def recap(content: Mapping[str, Any]) -> Drawing:
    """Draw how long the desk was away, what came in, and what it can't know."""
    since, until = (datetime.fromisoformat(str(content[name])) for name in ("since", "until"))
    counted = [
        words.count(int(content[part]), noun)
        for part, noun in (("mails", "mail"), ("messages", "Slack message"))
        if content[part]
    ]
    taken = f"{', '.join(counted)} taken in" if counted else "nothing came in"
    due = f", {words.count(int(content['escalations']), 'escalation')} fell due" if content["escalations"] else ""
    rest = "Reactions and button clicks of that time are not known to me."
    text = f"Away {since:%Y-%m-%d %H:%M}–{until:%Y-%m-%d %H:%M} UTC: {taken}{due}. {rest}"
    said = f":zzz: Away from {words.when(since)} to {words.when(until)}: {taken}{due}. {rest}"
    return Drawing(text, [section(said)])

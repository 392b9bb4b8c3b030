"""Files in words: what came with a message, how large it is, and what is not posted and why."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cases.models import Attachment
from bot.slack.views import words
from bot.slack.views.parts import Drawing, section

# What comes beyond is counted.
FILES_SHOWN = 8


def listed(attachments: Sequence[Attachment], room: int = 400) -> str:
    """Return the files of a message in a line of at most about `room` characters, or nothing where it has none."""
    if not attachments:
        return ""
    shown: list[str] = []
    for one in attachments[:FILES_SHOWN]:
        described = _described(one)
        if shown and sum(map(len, shown)) + len(described) > room:
            break
        shown.append(described)
    more = len(attachments) - len(shown)
    return ":paperclip: " + ", ".join([*shown, *([f"and {more} more"] if more else [])])


def unposted(attachment: Attachment, why: str, *, to_customer: bool) -> Drawing:
    """Draw for the team that a file did not get where it should."""
    name = words.one_line(attachment.name, 120)
    fate = "did not reach the customer" if to_customer else "could not be posted"
    text = f":paperclip: {name} {fate}: {words.one_line(why, 300)}"
    return Drawing(f"{attachment.case_id} · {text}", [section(text)])


def _described(one: Attachment) -> str:
    size = words.size(one.size)
    detail = f"{size}; {words.one_line(one.withheld, 100)}, not posted" if one.withheld else size
    return f"{words.one_line(one.name, 100) or 'unnamed'} ({detail})"

"""The wizard: every step in order; each may be skipped and repeated, and what was answered is kept at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bot.doctor.finding import Trouble
from bot.setup import card, mail_steps, rooms, slack_steps
from bot.setup.dialogue import Skipped
from bot.setup.visit import Visit


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to set up; `take` returns what is to be said of it, or raises Trouble or Skipped."""

    name: str
    title: str
    take: Callable[[Visit], str]


STEPS = (
    Step("app", "The Slack app", slack_steps.app),
    Step("bot-token", "The bot token", slack_steps.bot_token),
    Step("app-token", "The app-level token, or the signing secret", slack_steps.app_token),
    Step("admins", "Who may acknowledge and close", slack_steps.admins),
    Step("channels", "The team's channels", rooms.rooms),
    Step("mailbox", "Incoming mail", mail_steps.mailbox),
    Step("smtp", "Outgoing mail", mail_steps.way_out),
    Step("card", "A test card", card.card),
    Step("mail", "A test mail", mail_steps.letter),
)
STEP_NAMES = tuple(step.name for step in STEPS)


def set_up(visit: Visit, left_out: Collection[str] = (), given: Mapping[str, str] | None = None) -> list[str]:
    """Go through the steps, then keep what was given beside them; returns the names of the steps that are not right."""
    failed = []
    for number, step in enumerate(STEPS, start=1):
        visit.dialogue.tell(f"{number}. {step.title}")
        if step.name in left_out:
            visit.dialogue.tell("   ○ left out")
        elif not _is_taken(visit, step):
            failed.append(step.name)
    try:
        visit.write_unasked(given or {})
    except Trouble as trouble:
        _tell_trouble(visit, trouble)
        failed.append("--set")
    return failed


def _is_taken(visit: Visit, step: Step) -> bool:
    while True:
        try:
            visit.dialogue.tell(f"   ✓ {step.take(visit)}")
        except Skipped as skipped:
            visit.dialogue.tell(f"   ○ {skipped}")
        except Trouble as trouble:
            _tell_trouble(visit, trouble)
            if visit.dialogue.wants_another_try():
                continue
            return False
        return True


def _tell_trouble(visit: Visit, trouble: Trouble) -> None:
    visit.dialogue.tell(f"   ✗ {trouble.finding.text}")
    for remedy in trouble.finding.remedies:
        visit.dialogue.tell(f"     → {remedy}")

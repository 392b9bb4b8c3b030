"""What an alarm says, in plain text; of a case no more than its alert would say (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.alarm.senses import CLOCK, DATABASE, MAILBOX, OUTGOING, SLACK
from bot.cases.models import Case, Escalation
from bot.cases.rules import span

_NAMES = {
    SLACK: "Slack",
    MAILBOX: "the mailbox",
    OUTGOING: "outgoing mail",
    CLOCK: "the clock (sweep and reminders)",
    DATABASE: "the database",
}
_MEANWHILE = {
    SLACK: "New escalations come by mail meanwhile; everything else is kept, and said once Slack is back.",
    MAILBOX: "Mail waits in the mailbox and is taken in once it can be read again.",
    OUTGOING: "Answers by mail are kept, and sent once the server takes them again.",
    CLOCK: "Cases that wait too long are not escalated meanwhile.",
    DATABASE: "Nothing is taken in meanwhile: mail waits in the mailbox, and Slack sends again only for a while.",
}
_LONGEST_REASON = 500
_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One mail to the people who are to be alarmed; the same `token` makes it the same mail to its reader."""

    subject: str
    text: str
    token: str


@dataclass(frozen=True, slots=True)
class Outage:
    """What is or was away, since when, and why."""

    name: str
    began_at: datetime
    reason: str


def began(outages: Sequence[Outage], now: datetime) -> Bulletin:
    """Return what is said of outages that go on."""
    lines = [
        f"{_NAMES[each.name]}: failing since {_time(each.began_at)} ({span(now - each.began_at)}).\n"
        f"  {_one_line(each.reason, _LONGEST_REASON)}\n  {_MEANWHILE[each.name]}"
        for each in outages
    ]
    advice = "`casebot doctor` says what to do. This is told once; another mail comes when it is over."
    return Bulletin(f"Casebot: {_named(outages)} can't be used", _body(*lines, advice), _token("began", outages))


def ended(outages: Sequence[Outage], now: datetime) -> Bulletin:
    """Return what is said once outages are over."""
    lines = [
        f"{_NAMES[each.name]}: works again at {_time(now)}, after {span(now - each.began_at)}." for each in outages
    ]
    return Bulletin(f"Casebot: {_named(outages)} works again", _body(*lines), _token("ended", outages))


def escalated(raised: Sequence[tuple[Escalation, Case]], now: datetime) -> Bulletin:
    """Return what is said of escalations that Slack does not hear of."""
    lines = [
        "\n".join(
            [
                f"{case.case_id} needs somebody now: {_one_line(case.customer_name, _LONGEST_TEXT)}"
                f" ({_one_line(case.customer_identifier, _LONGEST_TEXT)}), raised {_time(escalation.raised_at)}",
                *(f"  - {_one_line(reason['words'], _LONGEST_TEXT)}" for reason in escalation.reasons),
            ]
        )
        for escalation, case in raised
    ]
    named = ", ".join(case.case_id for _, case in raised[:3]) + (" and others" if len(raised) > 3 else "")
    advice = "Slack can't be told at the moment; its alert follows there once it can."
    token = f"alarm.escalation.{raised[0][0].id}.{len(raised)}.{raised[0][0].raised_at:%Y%m%d%H%M%S}"
    return Bulletin(f"Casebot: {named} escalated", _body(*lines, f"{advice} It is {_time(now)}."), token)


def _body(*paragraphs: str) -> str:
    return "\n\n".join([*paragraphs, "Casebot wrote this by itself; nobody reads answers to it."]) + "\n"


def _named(outages: Sequence[Outage]) -> str:
    return ", ".join(_NAMES[each.name].partition(" (")[0] for each in outages)


def _token(what: str, outages: Sequence[Outage]) -> str:
    return ".".join(["alarm", what, *(f"{each.name}.{each.began_at:%Y%m%d%H%M%S}" for each in outages)])


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _one_line(text: str, limit: int) -> str:
    bare = " ".join(text.split())
    return bare if len(bare) <= limit else f"{bare[: limit - 1]}…"

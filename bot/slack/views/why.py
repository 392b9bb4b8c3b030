"""`/case why`: the rules' arithmetic in words: what counts, since when, what falls due, what was raised and said."""

from __future__ import annotations

from datetime import datetime

from bot.cases.deeds import ACK_EXPIRES, REMIND, WAKE
from bot.cases.grounds import Alarm, Grounds
from bot.cases.models import EventKind, Status
from bot.cases.rules import Rules, span
from bot.slack.views import words
from bot.slack.views.parts import Drawing, section

_RESTARTED = {
    EventKind.ANSWERED: "answered",
    EventKind.ACKNOWLEDGED: "acknowledged",
    EventKind.WOKEN: "woken",
    EventKind.REOPENED: "reopened",
}
_DUE = {
    REMIND: "the alert is repeated",
    ACK_EXPIRES: "the acknowledgement ends, unless the customer was answered",
    WAKE: "the snooze ends",
}


def why(grounds: Grounds, rules: Rules, now: datetime) -> Drawing:
    """Return the reckoning of a case."""
    case = grounds.case
    title = f"*Why {case.case_id} is {_standing(grounds, now)}*"
    parts = [title, *_clocks(grounds, rules, now), "*Raised so far*", *_raised(grounds), *_to_come(grounds)]
    return Drawing(f"Why {case.case_id} stands as it does", [section("\n".join(parts))])


def _standing(grounds: Grounds, now: datetime) -> str:
    case = grounds.case
    if case.status == Status.CLOSED:
        return f"closed (by {words.one_line(case.closed_by or '', 120)})"
    if case.snoozed_until is not None:
        return f"snoozed for another {span(case.snoozed_until - now)}"
    if any(alarm.escalation.settled_at is None for alarm in grounds.alarms):
        return "escalated"
    return "open, escalated before" if case.escalated else "open and quiet"


def _clocks(grounds: Grounds, rules: Rules, now: datetime) -> list[str]:
    case = grounds.case
    if case.status == Status.CLOSED:
        return ["A closed case has no clock; the customer's next message opens a new one."]
    return [_waiting(grounds, rules, now), _follow_ups(grounds, rules), _keywords(rules)]


def _waiting(grounds: Grounds, rules: Rules, now: datetime) -> str:
    case = grounds.case
    since = max(case.last_message_at, case.clock_restarted_at or case.last_message_at)
    turn = "the customer's turn" if grounds.last_by_admin else "our turn"
    reckoning = f":hourglass: *Waiting* {span(now - since)} of {span(rules.after)} since {words.when(since)} ({turn})"
    if case.snoozed_until is not None:
        return f"{reckoning}; no clock runs until {words.when(case.snoozed_until)}."
    pending = grounds.alarms and grounds.alarms[0].escalation.settled_at is None
    due = "an alert waits already" if pending else f"falls due {words.when(since + rules.after)}"
    return f"{reckoning}; {due}.{_since_what(grounds)}"


def _since_what(grounds: Grounds) -> str:
    restarted = grounds.restarted
    if restarted is None or EventKind(restarted.kind) not in _RESTARTED:
        return ""
    done = _RESTARTED[EventKind(restarted.kind)]
    return f" The clock was last set by: {done} by {words.one_line(restarted.actor_name, 120)}."


def _follow_ups(grounds: Grounds, rules: Rules) -> str:
    count, allowed = grounds.unanswered, rules.followups
    verdict = "that is too many" if count > allowed else f"number {allowed + 1} escalates"
    return f":speech_balloon: *Unanswered* {words.count(count, 'message')} of {allowed} allowed; {verdict}."


def _keywords(rules: Rules) -> str:
    listed = ", ".join(words.one_line(keyword, 40) for keyword in rules.keywords)
    return f":mag: *Words* that escalate at once, at the start of a word in new text: {listed}."


def _raised(grounds: Grounds) -> list[str]:
    return [_alarm(alarm) for alarm in grounds.alarms] or ["Nothing."]


def _alarm(alarm: Alarm) -> str:
    raised = alarm.escalation
    reasons = "; ".join(words.one_line(reason["words"], 200) for reason in raised.reasons)
    told = f"posted {span(alarm.told_at - raised.raised_at)} later" if alarm.told_at else "*not posted yet*"
    settled = "waits for an acknowledgement"
    if raised.settled_at is not None:
        by = words.one_line(raised.settled_by or "", 120)
        settled = f"{raised.outcome} by {by} after {span(raised.settled_at - raised.raised_at)}"
    return f"• {words.when(raised.raised_at)}: {reasons}. Its alert was {told}; {settled}."


def _to_come(grounds: Grounds) -> list[str]:
    coming = [f"• {words.when(at)}: {_DUE[kind]}" for kind, at in grounds.due if kind in _DUE]
    return ["*To come*", *coming] if coming else []

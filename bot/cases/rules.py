"""The three escalation rules and the closure phrase, as pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.cases.models import ReasonKind

DEFAULT_KEYWORDS = ("urgent", "immediately", "emergency", "critical")
DEFAULT_CLOSURE_PHRASES = ("I'm closing this case.",)

# Phones and mail clients turn the typed apostrophe into one of these.
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´＇", "'"))
_REPLY_PREFIX = re.compile(
    r"^\s*(?:re|aw|antw|sv|vs|fw|fwd|wg|tr|rv|odp|回复|答复|转发)\s*(?:\[\d+\])?\s*[:：]\s*", re.I
)
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s+|\n")


@dataclass(frozen=True, slots=True)
class Rules:
    """The desk's rules with their configured figures.

    `undo` is how long an answer can be stopped. An alert nobody acknowledged is repeated each `remind_after`; an
    acknowledgement that no answer follows ends after `ack_expires`; None: never. `thread_replies`: what an admin
    writes in a case's thread goes to the customer. `closing_message`: what the customer may be told at the end.
    """

    after: timedelta = timedelta(hours=48)
    followups: int = 3
    keywords: tuple[str, ...] = DEFAULT_KEYWORDS
    closure_phrases: tuple[str, ...] = DEFAULT_CLOSURE_PHRASES
    flood_mails: int = 20
    flood_window: timedelta = timedelta(minutes=10)
    undo: timedelta = timedelta(seconds=5)
    remind_after: timedelta | None = None
    ack_expires: timedelta | None = None
    thread_replies: bool = False
    close_reasons: tuple[str, ...] = ()
    closing_message: str = ""

    @property
    def asks_at_closing(self) -> bool:
        """Whether who closes a case has something to say: a reason, or whether its customer is told."""
        return bool(self.close_reasons or self.closing_message)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a case is escalated, in words for the alert; `at` is when it was said, or when it was seen."""

    kind: ReasonKind
    words: str
    at: datetime
    detail: dict[str, str] = field(default_factory=dict)

    def as_row(self) -> dict[str, str]:
        """Return the form that is stored with the escalation."""
        return {"kind": self.kind, "words": self.words, "at": self.at.isoformat(), **self.detail}


def new_words(text: str) -> str:
    """Return `text` without the lines it quotes (those that begin with >)."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))


def keywords_in(text: str, keywords: Iterable[str]) -> list[tuple[str, str]]:
    """Return (keyword, its sentence) for each keyword that begins a word of the unquoted text, each once."""
    spoken = new_words(text)
    lowered = spoken.lower() if spoken.isascii() else ""
    found = []
    for keyword in keywords:
        if lowered and keyword.lower() not in lowered:
            continue  # most words are not urgent, and the look below costs a hundred times this one
        # Not \b: Slack's _italics_ put an underscore before the word.
        match = re.search(rf"(?<![^\W_]){re.escape(keyword)}", spoken, re.IGNORECASE)
        if match:
            found.append((keyword, _sentence_at(spoken, match.start())))
    return found


def closes(text: str, phrases: Iterable[str]) -> bool:
    """Return whether the unquoted text contains a closure phrase, in any case, apostrophe and white space."""
    spoken = _folded(new_words(text))
    return any(_folded(phrase) in spoken for phrase in phrases)


def too_many_followups(unanswered: int, allowed: int) -> bool:
    """Return whether `unanswered` consecutive customer messages are more than the first and its follow-ups.

    The requirement says both "3+ follow-ups" and "more than 3 consecutive": the first message and 3 follow-ups are
    4 messages, which is more than 3. So the fourth message escalates.
    """
    return unanswered > allowed


def overdue(last_message_at: datetime, clock_restarted_at: datetime | None, now: datetime, after: timedelta) -> bool:
    """Return whether more than `after` has passed since both the last message and the restart of the clock."""
    return now - max(last_message_at, clock_restarted_at or last_message_at) > after


def topic(subject: str) -> str:
    """Return a subject without its reply and forward prefixes, folded for comparison."""
    bare, before = subject.strip(), None
    while bare != before:
        before, bare = bare, _REPLY_PREFIX.sub("", bare)
    return " ".join(bare.split()).casefold()


def judged_words(text: str, subject: str, case_subject: str, *, opening: bool) -> str:
    """Return the words that keywords are looked for in: the text, and the subject where it says something new."""
    fresh = opening or topic(subject) != topic(case_subject)
    return f"{subject}\n{text}" if subject and fresh else text


def keyword_reasons(words: str, rules: Rules, at: datetime) -> list[Reason]:
    """Return a reason for each keyword said."""
    return [
        Reason(ReasonKind.KEYWORD, f"says “{keyword}”: {sentence}", at, {"keyword": keyword})
        for keyword, sentence in keywords_in(words, rules.keywords)
    ]


def followup_reason(unanswered: int, rules: Rules, at: datetime) -> list[Reason]:
    """Return the reason of a customer who wrote too often without an answer, or none."""
    if not too_many_followups(unanswered, rules.followups):
        return []
    return [Reason(ReasonKind.FOLLOW_UPS, f"{_ordinal(unanswered)} message without an answer", at)]


def waiting_reason(since: datetime, now: datetime, *, customer_spoke_last: bool) -> Reason:
    """Return the reason of a case that nobody moved for too long; it says whose turn it is."""
    turn = "our turn to answer" if customer_spoke_last else "the customer's turn to answer"
    return Reason(ReasonKind.WAITING, f"waiting {span(now - since)}, {turn}", now, {"since": since.isoformat()})


def span(length: timedelta) -> str:
    """Return a length of time in words: `48 h 03 min`, `12 min`, `5 s`."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d} min" if hours else f"{rest} min"


def _folded(text: str) -> str:
    return " ".join(text.translate(_APOSTROPHES).split()).casefold()


def _sentence_at(text: str, position: int) -> str:
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if end.end() > position:
            return text[start : end.start()].strip()[:200]
        start = end.end()
    return text[start:].strip()[:200]


def _ordinal(number: int) -> str:
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
